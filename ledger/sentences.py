"""What a fact of the public record says in plain words: a short name of its kind, and one sentence with its numbers.

A test holds these tables against facts.KINDS. The verifier and the browser have the short names of their own
(verifier/kinds.py, static/js/verify/kinds.js), as neither may lean on the portal.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _l

from lib import indonesian_text

# Kind: its name, and what happened. Recruitment and stage are named by the page, before the sentence.
TOLD = {
    "log.genesis": (_l("catatan dimulai"), _l("Catatan ini dimulai.")),
    "log.key": (_l("kunci catatan baru"), _l("Kunci baru untuk menandatangani catatan mulai dipakai.")),
    "log.key.retired": (_l("kunci catatan berhenti dipakai"), _l("Satu kunci catatan tidak dipakai lagi.")),
    "vacancy.published": (
        _l("lowongan terbit"),
        _l("Lowongan terbit: {formations} formasi untuk {quota} orang."),
    ),
    "vacancy.changed": (_l("lowongan berubah"), _l("Isi lowongan berubah.")),
    "schedule.changed": (_l("jadwal berubah"), _l("Jadwal berubah: dari {old} menjadi {new}.")),
    "clarification.given": (_l("penjelasan resmi"), _l("Penjelasan resmi nomor {number} terbit.")),
    "rulepack.bound": (_l("aturan seleksi ditetapkan"), _l("Aturan seleksi {rulepack} ditetapkan.")),
    "registration.closed": (_l("pendaftaran ditutup"), _l("Pendaftaran ditutup dengan {applications} lamaran.")),
    "participants.imported": (
        _l("daftar peserta diterima"),
        _l("Daftar {rows} peserta diterima; {added} di antaranya baru."),
    ),
    "applications.batch": (_l("lamaran dicatat"), _l("{count} lamaran terkirim dicatat tanpa nama.")),
    "scores.approved": (_l("nilai disetujui"), _l("Berkas nilai {rows} baris disetujui orang kedua.")),
    "scores.shown": (_l("nilai tampil langsung"), _l("{rows} nilai tampil di layar langsung, kiriman ke-{delivery}.")),
    "announcement.frozen": (
        _l("pengumuman dikunci"),
        _l("Pengumuman {number} versi {version} dikunci: {rows} baris."),
    ),
    "announcement.attested": (
        _l("pengumuman ditandatangani resmi"),
        _l("Dokumen resmi pengumuman {number} versi {version}, yang ditandatangani pejabat, diterima."),
    ),
    "row.redacted": (
        _l("baris pengumuman disamarkan"),
        _l("Satu baris pengumuman {number} versi {version} disamarkan; tempatnya tetap."),
    ),
    "delay.noticed": (_l("keterlambatan diberitahukan"), _l("Pengumuman {number} terlambat; jadwalnya {due}.")),
    "objection.decided": (_l("sanggah diputus"), _l("Sanggah {number} diputus.")),
    "hold.placed": (_l("penahanan diminta"), _l("Tim pengawas meminta tahap ini ditahan.")),
    "hold.confirmed": (_l("tahap ditahan"), _l("Tim pengawas menahan tahap ini.")),
    "hold.lifted": (_l("penahanan dicabut"), _l("Penahanan tahap ini berakhir.")),
    "finding.confirmed": (_l("temuan ditetapkan"), _l("Temuan {finding} ditetapkan dua anggota tim pengawas.")),
    "finding.sent": (_l("temuan dikirim"), _l("Temuan {finding} dikirim kepada instansi.")),
    "finding.answered": (_l("temuan dijawab"), _l("Instansi menjawab temuan {finding}.")),
    "finding.returned": (_l("jawaban temuan dikembalikan"), _l("Jawaban atas temuan {finding} dikembalikan.")),
    "finding.rechecked": (_l("berkas diperiksa ulang"), _l("Karena temuan {finding}, {files} berkas diperiksa ulang.")),
    "finding.reviewed": (_l("pemeriksaan ulang selesai"), _l("Pemeriksaan ulang untuk temuan {finding} selesai.")),
    "finding.published": (_l("temuan terbit"), _l("Temuan {finding} terbit.")),
    "finding.assessed": (_l("jawaban temuan dinilai"), _l("Tim pengawas menilai jawaban atas temuan {finding}.")),
    "finding.escalated": (_l("temuan diteruskan"), _l("Temuan {finding} diteruskan kepada {body}.")),
    "finding.escalation.answered": (
        _l("penerusan temuan dijawab"),
        _l("{body} menjawab penerusan temuan {finding}."),
    ),
    "finding.overdue": (_l("temuan lewat waktu"), _l("Jawaban atas temuan {finding} lewat waktu; batasnya {due}.")),
    "finding.clock.moved": (
        _l("batas waktu temuan digeser"),
        _l("Batas waktu temuan {finding} bergeser dari {old} menjadi {new}."),
    ),
    "finding.closed": (_l("temuan ditutup"), _l("Temuan {finding} ditutup.")),
    "panel.sealed": (
        _l("panitia dikunci"),
        _l("Susunan panitia dikunci: {members} anggota, {inside} dari dalam instansi."),
    ),
    "sheet.locked": (_l("lembar nilai dikunci"), _l("Seorang anggota panitia mengunci lembar nilainya, {rows} baris.")),
    "choice.made": (_l("pilihan pejabat"), _l("Pejabat yang berwenang memilih dari pengumuman {number}.")),
    "training.published": (_l("pelatihan terbit"), _l("Pelatihan {training} terbit dengan {seats} kursi.")),
    "training.committed": (
        _l("janji angka undian pelatihan"),
        _l("Satu pihak menyerahkan janji angka undian pelatihan {training}."),
    ),
    "training.cancelled": (_l("pelatihan batal"), _l("Pelatihan {training} batal.")),
    "training.certified": (_l("sertifikat pelatihan"), _l("{people} orang mendapat sertifikat pelatihan {training}.")),
    "training.closed": (
        _l("pendaftaran pelatihan ditutup"),
        _l("Daftar undian pelatihan {training} ditutup dengan {people} orang."),
    ),
    "training.revealed": (
        _l("angka undian pelatihan dibuka"),
        _l("Satu pihak membuka angka undian pelatihan {training}."),
    ),
    "training.withheld": (
        _l("angka undian pelatihan tidak dibuka"),
        _l("Satu pihak tidak membuka angka undian pelatihan {training}."),
    ),
    "training.drawn": (
        _l("kursi pelatihan diundi"),
        _l("{seats} kursi pelatihan {training} diundi di antara {people} orang."),
    ),
    "exam.sealed": (
        _l("ujian disegel"),
        _l("Ujian “{session}” disegel: {items} soal, {seats} kursi, {extra} orang dengan tambahan waktu."),
    ),
    "exam.opened": (_l("segel ujian dibuka"), _l("Dua petugas membuka segel ujian “{session}”.")),
    "exam.closed": (
        _l("ujian selesai"),
        _l("Ujian “{session}” selesai: {people} orang memberi {answers} jawaban, yang sejak itu terkunci."),
    ),
    "exam.corrected": (
        _l("soal ujian dinetralkan"),
        _l("Satu soal ujian “{session}” dinetralkan. Nilai {people} orang dihitung ulang; {changed} berubah."),
    ),
    "exam.resit": (
        _l("ujian pengganti diberikan"),
        _l("{people} orang mengulang ujian “{session}” di sesi lain karena kejadian saat ujian."),
    ),
    "report.key": (_l("kunci laporan warga"), _l("Tim pengawas memakai kunci nomor {number} untuk laporan warga.")),
    "audit.committed": (_l("janji angka undian audit"), _l("Satu pihak menyerahkan janji angka undian audit.")),
    "audit.revealed": (_l("angka undian audit dibuka"), _l("Satu pihak membuka angka undian audit, putaran {round}.")),
    "audit.withheld": (
        _l("angka undian audit tidak dibuka"),
        _l("Satu pihak tidak membuka angka undian audit, putaran {round}."),
    ),
    "audit.drawn": (_l("berkas audit diundi"), _l("{sample} dari {population} berkas diundi untuk diperiksa ulang.")),
    "report.published": (_l("laporan terbit"), _l("Laporan keterbukaan {number} terbit.")),
    "reports.tallied": (_l("laporan warga dihitung"), _l("Jumlah laporan warga sampai {until} dicatat.")),
}


def name_of(kind: str) -> str:
    """The short name of a kind of fact."""
    return str(TOLD[kind][0])


def told(fact: dict, names: dict[str, str] | None = None) -> str:
    """One sentence for a fact as facts.check returns it, with the reason that somebody gave.

    `names` says how a code inside it is called.
    """
    body = {field: (names or {}).get(value, value) for field, value in fact["body"].items()}
    sentence = str(TOLD[fact["type"]][1]).format_map(_Words(body))
    return f"{sentence} Alasan: {body['reason']}" if body.get("reason") else sentence


class _Words(dict):
    """The fields of a fact as words: numbers and times as they are written here, a dash for what is left out."""

    def __missing__(self, name: str) -> str:
        return "–"

    def __getitem__(self, name: str) -> str:
        value = super().__getitem__(name) if name in self else None
        if value is None:
            return "–"
        if isinstance(value, int):
            return indonesian_text.number(value)
        if name in ("old", "new", "due", "until"):
            return indonesian_text.instant(datetime.fromisoformat(value), ZoneInfo(settings.TIME_ZONE))
        return value
