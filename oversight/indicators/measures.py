"""The table of indicators. Whoever changes a formula changes it here, and the page says so by itself."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from oversight.flags.openness import LEAST_DAYS, LEAST_DAYS_OTHERWISE
from oversight.indicators.shape import COUNT, RATIO, Measure

PUBLISHED = "JOIN vacancies_recruitment r ON r.id = t.recruitment_id AND r.published_at <= %(at)s"

ON_TIME = Measure(
    "tepat-waktu",
    _("Hasil terbit tepat waktu"),
    _(
        "Jumlah tahap yang hasilnya terbit paling lambat dua menit setelah rencana pertama, dibagi jumlah tahap yang rencananya sudah lewat. Rencana yang diundur kemudian tidak mengubah hitungan ini."
    ),
    _("tahap"),
    _("Janji portal ini: rencana pertama yang diumumkan."),
    target=Decimal(95),
    counted=f"""
        SELECT t.planned_announce_at, r.name || ': ' || t.name_public, '/seleksi/' || r.slug || '/',
            coalesce(a.public_at <= t.planned_announce_at + interval '2 minutes', false)::int, 1,
            extract(epoch FROM greatest(a.public_at - t.planned_announce_at, interval '0'))
        FROM vacancies_stage t {PUBLISHED}
        LEFT JOIN selection_announcement a ON a.stage_id = t.id AND a.version = 1 AND a.public_at <= %(at)s
        WHERE t.planned_announce_at <= %(at)s - interval '2 minutes'""",
)

COMPLETE = Measure(
    "lowongan-lengkap",
    _("Lowongan yang isinya lengkap"),
    _(
        "Jumlah formasi yang memuat jabatan, unit kerja, pendidikan, jumlah, rentang penghasilan, tugas, dan dasar hukum, dibagi jumlah formasi yang terbit."
    ),
    _("formasi"),
    _("PermenPANRB 6 Tahun 2024 tentang isi pengumuman lowongan."),
    target=Decimal(100),
    counted="""
        SELECT r.published_at, f.position || ', ' || f.unit_path, '/lowongan/' || f.slug || '/',
            (f.position <> '' AND f.unit_path <> '' AND f.salary_min IS NOT NULL AND f.salary_max IS NOT NULL
             AND f.duties <> '' AND r.decree <> ''
             AND EXISTS (SELECT FROM vacancies_qualification q WHERE q.formation_id = f.id))::int, 1, NULL
        FROM vacancies_formation f JOIN vacancies_recruitment r ON r.id = f.recruitment_id
        WHERE r.published_at <= %(at)s AND (f.withdrawn_at IS NULL OR f.withdrawn_at > %(at)s)""",
)

REASONED = Measure(
    "penolakan-beralasan",
    _("Penolakan berkas yang beralasan lengkap"),
    _(
        "Jumlah pelamar yang belum memenuhi syarat dengan alasan dari daftar dan keterangan tertulis, dibagi jumlah pelamar yang belum memenuhi syarat di hasil yang terbit. Kelulusan yang dicabut oleh koreksi ikut dihitung."
    ),
    _("pelamar yang belum memenuhi syarat"),
    _("UU 14 Tahun 2008: setiap penolakan disertai alasan."),
    target=Decimal(100),
    looks_back=3,
    counted=f"""
        SELECT a.public_at, r.name || ': ' || t.name_public, '/pengumuman/' || a.number || '/', x.reasoned, x.refused, NULL
        FROM selection_announcement a JOIN vacancies_stage t ON t.id = a.stage_id {PUBLISHED}
        CROSS JOIN LATERAL (
            SELECT count(*) AS refused, count(*) FILTER (WHERE EXISTS (
                SELECT FROM selection_review v JOIN selection_reviewitem i ON i.review_id = v.id
                LEFT JOIN selection_reopening p ON p.id = v.reopening_id
                LEFT JOIN selection_recheck k ON k.id = p.recheck_id
                LEFT JOIN selection_outcomeset s ON s.id = k.result_id
                WHERE v.application_id = o.application_id AND v.stage_id = t.id AND v.verdict = 'TMS'
                AND (v.reopening_id IS NOT NULL) = (o.decided_by = 'finding')
                AND (v.reopening_id IS NULL OR s.state = 'applied')
                AND NOT i.met AND i.reason_id IS NOT NULL AND i.detail <> '')) AS reasoned
            FROM selection_outcome o
            LEFT JOIN selection_announcement b ON b.id = a.supersedes_id
            LEFT JOIN selection_outcome e ON e.set_id = b.outcome_set_id AND e.application_id = o.application_id
            WHERE o.set_id = a.outcome_set_id AND o.decided_by IN ('review', 'finding') AND NOT o.advances
            AND (b.id IS NULL OR e.advances)
        ) x
        WHERE a.public_at <= %(at)s AND x.refused > 0""",
)

UNCORRECTED = Measure(
    "tanpa-koreksi",
    _("Pengumuman yang tidak perlu dikoreksi"),
    _("Jumlah pengumuman yang tidak pernah diganti versi baru, dibagi jumlah pengumuman yang terbit."),
    _("pengumuman"),
    _("Tidak ada target: koreksi yang jujur lebih baik daripada kesalahan yang didiamkan."),
    counted=f"""
        SELECT a.public_at, r.name || ': ' || t.name_public, '/pengumuman/' || a.number || '/',
            (NOT EXISTS (SELECT FROM selection_announcement b WHERE b.stage_id = a.stage_id AND b.version > 1
                AND b.public_at <= %(at)s))::int, 1, NULL
        FROM selection_announcement a JOIN vacancies_stage t ON t.id = a.stage_id {PUBLISHED}
        WHERE a.version = 1 AND a.public_at <= %(at)s""",
)

FINDINGS = Measure(
    "temuan-dijawab",
    _("Temuan tim pengawas yang dijawab tepat waktu"),
    _("Jumlah temuan yang dijawab instansi sebelum tenggatnya, dibagi jumlah temuan yang tenggatnya sudah lewat."),
    _("temuan"),
    _("Tenggat jawaban dihitung dalam hari kerja sejak temuan dikirim."),
    target=Decimal(100),
    counted="""
        SELECT f.due_at, trim(f.number || ' ' || f.public_title), '/pengawasan/temuan/' || f.number || '/',
            coalesce(x.answered <= f.due_at, false)::int, 1, extract(epoch FROM x.answered - f.sent_at)
        FROM oversight_finding f CROSS JOIN LATERAL (
            SELECT min(p.at) AS answered FROM oversight_response p WHERE p.finding_id = f.id AND p.at <= %(at)s) x
        WHERE f.state <> 'draft' AND f.due_at <= %(at)s""",
)

REPORTS = Measure(
    "laporan-dijawab",
    _("Laporan warga yang dijawab tim dalam 7 hari"),
    _(
        "Jumlah laporan yang mendapat jawaban pertama paling lambat 7 hari kalender setelah masuk, dibagi jumlah laporan. Hanya bulan yang sudah lewat dengan paling sedikit 5 laporan yang dihitung, supaya tidak ada pelapor yang dapat ditebak."
    ),
    _("laporan"),
    _("Janji tim pengawas."),
    target=Decimal(90),
    counted="""
        SELECT c.month, 'Laporan warga ' || to_char(c.month, 'YYYY-MM'), '/lapor/statistik/', c.answered, c.reports, NULL
        FROM report_answers(%(at)s) c""",
)

OBJECTIONS = Measure(
    "sanggah-dijawab",
    _("Sanggah yang dijawab tepat waktu"),
    _("Jumlah sanggah yang diputus sebelum tenggatnya, dibagi jumlah sanggah yang tenggatnya sudah lewat."),
    _("sanggah"),
    _("Tenggat menurut jadwal setiap tahap, dihitung sesudah masa sanggah berakhir."),
    target=Decimal(100),
    counted=f"""
        SELECT o.due_at, CASE WHEN x.decided IS NULL THEN r.name || ': ' || t.name_public ELSE o.number END,
            CASE WHEN x.decided IS NULL THEN '/sanggah/' ELSE '/sanggah/putusan/' || o.number || '/' END,
            coalesce(x.decided <= o.due_at, false)::int, 1, extract(epoch FROM x.decided - o.filed_at)
        FROM selection_objection o JOIN vacancies_stage t ON t.id = o.stage_id {PUBLISHED}
        CROSS JOIN LATERAL (SELECT CASE WHEN o.state IN ('granted', 'refused')
            AND coalesce(o.confirmed_at, o.decided_at) <= %(at)s THEN coalesce(o.confirmed_at, o.decided_at) END AS decided) x
        WHERE o.state <> 'draft' AND o.due_at <= %(at)s""",
)

DISABILITY = Measure(
    "kuota-disabilitas",
    _("Kursi untuk penyandang disabilitas"),
    _("Jumlah kursi pada formasi khusus penyandang disabilitas, dibagi jumlah semua kursi yang dibuka."),
    _("kursi"),
    _("UU 8 Tahun 2016 Pasal 53: paling sedikit 2 persen."),
    target=Decimal(2),
    counted="""
        SELECT r.published_at, r.name, '/seleksi/' || r.slug || '/',
            coalesce(sum(f.quota) FILTER (WHERE f.need = 'disabilitas'), 0), sum(f.quota), NULL
        FROM vacancies_formation f JOIN vacancies_recruitment r ON r.id = f.recruitment_id
        WHERE r.published_at <= %(at)s AND (f.withdrawn_at IS NULL OR f.withdrawn_at > %(at)s) GROUP BY r.id""",
)

APPLIED = """
    FROM vacancies_stage t JOIN vacancies_recruitment r ON r.id = t.recruitment_id AND r.published_at <= %(at)s
    CROSS JOIN LATERAL (SELECT count(*) AS people, count(DISTINCT formation_id) AS wanted FROM selection_application
        WHERE recruitment_id = r.id AND submitted_at IS NOT NULL AND state <> 'draft') p
    CROSS JOIN LATERAL (SELECT sum(quota) AS seats, count(*) AS formations FROM vacancies_formation
        WHERE recruitment_id = r.id AND withdrawn_at IS NULL) s
    WHERE t.kind = 'registration' AND t.closed_at <= %(at)s AND s.seats > 0"""

COMPETITION = Measure(
    "persaingan",
    _("Pelamar untuk setiap kursi"),
    _("Jumlah lamaran yang terkirim, dibagi jumlah kursi, pada pendaftaran yang sudah ditutup."),
    _("kursi"),
    _("Tidak ada target: angka ini menunjukkan seberapa banyak orang merasa kesempatannya terbuka."),
    kind=RATIO,
    counted=f"SELECT t.closed_at, r.name, '/seleksi/' || r.slug || '/', p.people, s.seats, NULL {APPLIED}",
)

WANTED = Measure(
    "formasi-diminati",
    _("Formasi yang ada pelamarnya"),
    _(
        "Jumlah formasi dengan paling sedikit satu lamaran terkirim, dibagi jumlah formasi, pada pendaftaran yang sudah ditutup."
    ),
    _("formasi"),
    _("Tidak ada target."),
    counted=f"SELECT t.closed_at, r.name, '/seleksi/' || r.slug || '/', least(p.wanted, s.formations), s.formations, NULL {APPLIED}",
)

PARTICIPATION = Measure(
    "partisipasi",
    _("Orang yang melamar"),
    _("Jumlah lamaran yang terkirim pada pendaftaran yang sudah ditutup."),
    _("lamaran"),
    _("Tidak ada target."),
    kind=COUNT,
    counted=f"SELECT t.closed_at, r.name, '/seleksi/' || r.slug || '/', p.people, NULL::bigint, NULL {APPLIED}",
)

LEAST = " ".join(f"WHEN '{kind}' THEN {days}" for kind, days in LEAST_DAYS.items())

LONG_ENOUGH = Measure(
    "masa-pendaftaran",
    _("Pendaftaran yang dibuka cukup lama"),
    _(
        "Jumlah pendaftaran yang dapat dilihat dan dibuka paling sedikit 15 hari kalender (pegawai kontrak dan promosi: 7 hari), dibagi jumlah pendaftaran yang sudah ditutup."
    ),
    _("pendaftaran"),
    _("PP 11 Tahun 2017: pengumuman lowongan paling singkat 15 hari kalender."),
    target=Decimal(100),
    counted=f"""
        SELECT t.closes_at, r.name, '/seleksi/' || r.slug || '/',
            (x.days >= CASE r.kind {LEAST} ELSE {LEAST_DAYS_OTHERWISE} END)::int, 1, x.days * 86400
        FROM vacancies_stage t {PUBLISHED}
        CROSS JOIN LATERAL (SELECT (t.closes_at AT TIME ZONE r.time_zone)::date
            - (greatest(t.opens_at, r.published_at) AT TIME ZONE r.time_zone)::date + 1 AS days) x
        WHERE t.kind = 'registration' AND t.closes_at <= %(at)s""",
)

AVAILABLE = Measure(
    "tersedia",
    _("Portal menjawab pada tiga hari terakhir pendaftaran"),
    _(
        "Portal memeriksa alamatnya sendiri setiap lima menit. Jumlah pemeriksaan yang dijawab dalam lima detik, dibagi jumlah lima menit pada tiga hari terakhir setiap pendaftaran. Lima menit tanpa pemeriksaan dihitung tidak menjawab."
    ),
    _("pemeriksaan"),
    _("Pengalaman seleksi nasional: situs paling sering tidak dapat dibuka pada hari-hari terakhir."),
    target=Decimal("99.5"),
    counted=f"""
        SELECT t.closes_at, r.name, '/seleksi/' || r.slug || '/', x.answered, x.slots, NULL
        FROM vacancies_stage t {PUBLISHED}
        CROSS JOIN LATERAL (
            SELECT count(p.id) FILTER (WHERE p.answered) AS answered, count(*) AS slots
            FROM generate_series(date_bin('5 minutes', greatest(t.opens_at, t.closes_at - interval '3 days'), 'epoch'),
                                 t.closes_at - interval '5 minutes', interval '5 minutes') g(slot)
            LEFT JOIN oversight_probe p ON p.slot = g.slot) x
        WHERE t.kind = 'registration' AND t.closes_at <= %(at)s
          AND greatest(t.opens_at, t.closes_at - interval '3 days') >= (SELECT min(slot) FROM oversight_probe)""",
)

MEASURES: dict[str, Measure] = {
    one.name: one
    for one in (ON_TIME, LONG_ENOUGH, AVAILABLE, REASONED, FINDINGS, OBJECTIONS, REPORTS, COMPLETE, DISABILITY, UNCORRECTED, COMPETITION, WANTED, PARTICIPATION)
}  # fmt: skip
