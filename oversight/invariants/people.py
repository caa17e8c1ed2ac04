"""People: nobody decides twice, alone, or about themselves; who applied has a receipt and was in time."""

from django.utils.translation import gettext_lazy as _

from oversight.invariants.shape import rows

CHECKS = (
    rows(
        "two_people",
        _("Yang mengesahkan nilai, pengumuman, penahanan, atau kaji ulang bukan orang yang membuatnya."),
        of="""FROM (
            SELECT 'berkas nilai' AS kind, id, uploaded_by_id AS maker, decided_by_id AS checker
            FROM selection_scorebatch WHERE state = 'approved'
            UNION ALL SELECT 'persiapan', id, prepared_by_id, approved_by_id
            FROM selection_preparation WHERE approved_at IS NOT NULL
            UNION ALL SELECT 'penahanan', id, placed_by_id, confirmed_by_id
            FROM selection_hold WHERE confirmed_at IS NOT NULL
            UNION ALL SELECT 'kaji ulang', id, made_by_id, decided_by_id
            FROM selection_outcomeset WHERE state = 'applied' AND reason <> '') x""",
        what="x.kind || ' ' || x.id",
        broken="x.maker = x.checker",
    ),
    rows(
        "decided_once_by_one_person",
        _("Tidak ada orang yang memutuskan berkas yang sama dua kali."),
        of="""FROM (SELECT application_id, stage_id, count(*) AS n, count(DISTINCT verifier_id) AS people,
                count(DISTINCT (coalesce(reopening_id, 0), seat)) AS seats FROM selection_review GROUP BY application_id, stage_id) x""",
        what="'lamaran ' || x.application_id",
        broken="x.people < x.n OR x.seats < x.n",
        weight="x.n",
    ),
    rows(
        "nobody_judges_oneself",
        _("Tidak ada pemeriksa yang memeriksa lamarannya sendiri atau yang ia lepaskan karena kenal."),
        of="""FROM selection_review v JOIN selection_application a ON a.id = v.application_id
            LEFT JOIN accounts_person p ON p.id = a.person_id
            LEFT JOIN selection_recusal r ON r.application_id = v.application_id AND r.verifier_id = v.verifier_id""",
        what="'pemeriksaan ' || v.id",
        broken="coalesce(v.verifier_id IN (a.user_id, p.user_id), false) OR coalesce(r.at <= v.taken_at, false)",
    ),
    rows(
        "files_stay_sealed",
        _("Tidak ada berkas yang diperiksa sebelum pendaftaran ditutup bila berkasnya disegel."),
        of="""FROM selection_review v JOIN vacancies_stage t ON t.id = v.stage_id
            JOIN vacancies_recruitment r ON r.id = t.recruitment_id AND r.sealed_until_closing
            JOIN vacancies_stage g ON g.recruitment_id = r.id AND g.kind = 'registration'""",
        what="'pemeriksaan ' || v.id",
        broken="g.closed_at IS NULL OR v.taken_at < g.closed_at",
    ),
    rows(
        "not_met_has_a_reason",
        _("Setiap keputusan belum memenuhi syarat menyebut syarat yang kurang dan alasannya."),
        of="FROM selection_review v WHERE v.verdict = 'TMS'",
        what="'pemeriksaan ' || v.id",
        broken="""NOT EXISTS (SELECT FROM selection_reviewitem i
            WHERE i.review_id = v.id AND NOT i.met AND i.reason_id IS NOT NULL)""",
    ),
    rows(
        "two_agreed_on_each_file",
        _("Di balik setiap hasil pemeriksaan berkas ada dua pemeriksa yang sepakat, atau orang ketiga."),
        of="""FROM selection_outcome o JOIN selection_outcomeset s ON s.id = o.set_id AND s.state = 'applied'
            LEFT JOIN (
                SELECT application_id, stage_id, bool_or(seat = 3) AS third, count(*) FILTER (WHERE seat < 3) AS two,
                       count(DISTINCT verdict) FILTER (WHERE seat < 3) AS verdicts
                FROM selection_review WHERE decided_at IS NOT NULL AND reopening_id IS NULL
                GROUP BY application_id, stage_id
            ) v ON v.application_id = o.application_id AND v.stage_id = s.stage_id
            WHERE o.decided_by = 'review'""",
        what="'hasil ' || o.set_id || ' lamaran ' || o.application_id",
        broken="(v.third OR (v.two = 2 AND v.verdicts = 1)) IS NOT TRUE",
    ),
    rows(
        "sent_and_receipted",
        _(
            "Setiap lamaran yang terkirim lewat portal ini punya tanda terima, dan tidak ada tanda terima tanpa lamaran."
        ),
        of="""FROM selection_application a LEFT JOIN selection_receipt r ON r.application_id = a.id
            WHERE a.origin = 'portal'""",
        what="'lamaran ' || a.id",
        broken="(a.submitted_at IS NULL) <> (r.id IS NULL) OR coalesce(r.at <> a.submitted_at, false)",
    ),
    rows(
        "sent_in_time",
        _("Tidak ada lamaran yang diterima setelah pendaftaran ditutup."),
        of="""FROM selection_application a
            JOIN vacancies_stage g ON g.recruitment_id = a.recruitment_id AND g.kind = 'registration'
            WHERE a.origin = 'portal' AND a.submitted_at IS NOT NULL""",
        what="'lamaran ' || a.id",
        broken="a.submitted_at < g.opens_at OR a.submitted_at > coalesce(g.closed_at, g.closes_at)",
    ),
    rows(
        "one_application_per_person",
        _("Tidak ada orang yang punya dua lamaran terkirim di satu pengadaan yang hanya mengizinkan satu."),
        of="""FROM (SELECT a.recruitment_id, a.person_id, count(*) AS n FROM selection_application a
                JOIN vacancies_recruitment r ON r.id = a.recruitment_id AND r.one_application
                WHERE a.state = 'submitted' AND a.person_id IS NOT NULL GROUP BY a.recruitment_id, a.person_id) x""",
        what="'pengadaan ' || x.recruitment_id || ' orang ' || x.person_id",
        broken="x.n > 1",
        weight="x.n",
    ),
    rows(
        "state_by_its_steps",
        _("Keadaan setiap lamaran sama dengan langkah terakhir yang tertulis."),
        of="""FROM (SELECT DISTINCT ON (application_id) application_id, new FROM selection_step
                ORDER BY application_id, at DESC, id DESC) x JOIN selection_application a ON a.id = x.application_id""",
        what="'lamaran ' || a.id",
        broken="x.new <> a.state",
    ),
)
