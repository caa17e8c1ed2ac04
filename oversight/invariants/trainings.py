"""Trainings: seats follow the rule that was published, and certificates were earned."""

from django.utils.translation import gettext_lazy as _

from oversight.invariants.shape import rows

CHECKS = (
    rows(
        "seats_follow_the_draw",
        _("Urutan kursi pelatihan yang diundi sama dengan hitungan dari benih yang tercatat di catatan publik."),
        of="""FROM (SELECT t.slug, e.id, e.place, d.seed, row_number() OVER (PARTITION BY t.id
                ORDER BY sha256(convert_to(d.seed || E'\\n' || e.number || E'\\n', 'UTF8'))) AS due
            FROM workforce_trainingdraw d JOIN workforce_training t ON t.id = d.training_id
            JOIN workforce_enrolment e ON e.training_id = t.id AND e.place IS NOT NULL) x""",
        what="x.slug || ' ' || x.id",
        broken="""x.place <> x.due OR NOT EXISTS (SELECT FROM ledger_pending p WHERE p.kind = 'training.drawn'
            AND convert_from(p.body, 'UTF8')::jsonb -> 'body' ->> 'training' = x.slug
            AND convert_from(p.body, 'UTF8')::jsonb -> 'body' ->> 'seed' = x.seed)""",
    ),
    rows(
        "seats_go_in_order",
        _("Tidak ada pelatihan yang kursinya lebih dari yang ditetapkan, atau yang peserta menunggunya dilewati."),
        of="""FROM (SELECT t.slug, t.seats, t.taken, count(*) FILTER (WHERE e.state = 'seated') AS seated,
                max(e.place) FILTER (WHERE e.state = 'seated') AS last,
                min(e.place) FILTER (WHERE e.state = 'waiting') AS next
            FROM workforce_training t JOIN workforce_enrolment e ON e.training_id = t.id GROUP BY t.id) x""",
        what="x.slug",
        broken="x.taken <> x.seated OR x.seated > x.seats OR coalesce(x.last > x.next, false)",
    ),
    rows(
        "certificates_were_earned",
        _("Setiap sertifikat milik orang yang cukup hadir, dan terbit oleh petugas yang tidak mencatat kehadirannya."),
        of="""FROM (SELECT c.id, c.issued_by_id, e.user_id,
                (SELECT count(*) FROM workforce_trainingsession s WHERE s.training_id = e.training_id) AS meetings,
                (SELECT count(*) FROM workforce_attendance a WHERE a.enrolment_id = e.id AND a.present) AS attended,
                (SELECT count(*) FROM workforce_attendance a
                 WHERE a.enrolment_id = e.id AND a.by_id = c.issued_by_id) AS own
            FROM workforce_certificate c JOIN workforce_enrolment e ON e.id = c.enrolment_id) x""",
        what="'sertifikat ' || x.id",
        broken="x.attended * 100 < x.meetings * 80 OR x.own > 0 OR x.user_id = x.issued_by_id",
    ),
)
