"""The rules in one table: what each computes, from when on it speaks up, and the function that does it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from oversight.flags import judging, openness, results
from oversight.flags.raised import Raised


@dataclass(frozen=True)
class Rule:
    """One rule in words for everybody, and its function: what it finds at a given time."""

    code: str
    name: str
    computes: str
    threshold: str
    find: Callable[..., Iterator[Raised]]


RULES = (
    Rule(
        "short-window",
        _("Masa pendaftaran pendek"),
        _("Hari kalender sejak pengadaan dapat dilihat dan pendaftaran dibuka, sampai ditutup."),
        _("Di bawah 15 hari. Untuk pegawai kontrak dan promosi: di bawah 7 hari."),
        openness.short_window,
    ),
    Rule(
        "changed-after-opening",
        _("Syarat atau kuota berubah setelah dibuka"),
        _("Riwayat kuota, jenis kebutuhan, pendidikan, dan syarat yang ditulis basis data sendiri, juga yang dihapus."),
        _("Satu perubahan setelah pendaftaran dibuka."),
        openness.changed_after_opening,
    ),
    Rule(
        "one-eligible",
        _("Hanya satu pelamar memenuhi syarat"),
        _("Pelamar yang lolos pemeriksaan berkas, per formasi."),
        _("Tepat satu lolos dari dua pelamar atau lebih."),
        openness.one_eligible,
    ),
    Rule(
        "rejection-rate",
        _("Tingkat penolakan seorang pemeriksa tidak biasa"),
        _("Bagian berkas yang ditolak karena satu alasan, dibanding median rekan pada tahap yang sama."),
        _("Lebih dari 3,5 simpangan (dari median simpangan mutlak) dan selisih 10%; sedikitnya 30 berkas dan 4 rekan."),
        judging.rejection_rate,
    ),
    Rule(
        "outside-hours",
        _("Keputusan di luar jam kerja"),
        _("Waktu pemeriksaan, pengesahan nilai, pengesahan pengumuman, dan penerapan hasil."),
        _("Sebelum pukul 07.00, mulai pukul 18.00, hari Sabtu, hari Minggu, atau hari libur."),
        judging.outside_hours,
    ),
    Rule(
        "identical-documents",
        _("Dokumen yang sama dari orang berbeda"),
        _("Sidik (SHA-256) dokumen dalam satu pengadaan."),
        _("Berkas yang sama persis dari dua orang atau lebih."),
        judging.identical_documents,
    ),
    Rule(
        "sealed-peek",
        _("Berkas tersegel dilihat"),
        _("Catatan akses berkas sebelum pendaftaran ditutup, selain oleh pelamarnya."),
        _("Satu kali dilihat."),
        judging.peeks,
    ),
    Rule(
        "scores-after-freeze",
        _("Nilai berubah setelah hasil dibekukan"),
        _("Berkas nilai yang disahkan setelah hasil pertama tahap itu dibekukan."),
        _("Satu nilai berubah atau bertambah."),
        results.after_freeze,
    ),
    Rule(
        "reversal-near-limit",
        _("Hasil berbalik di dekat batas"),
        _("Peserta yang berubah antara lanjut dan tidak lanjut pada dua hitungan yang berlaku berturut-turut."),
        _("Nilainya berjarak paling jauh 2% dari nilai terendah yang lanjut."),
        results.reversed_near_limit,
    ),
    Rule(
        "scores-differ",
        _("Nilai dan pengumuman tidak sama"),
        _(
            "Nilai di layar ujian (bila ujiannya di portal ini; sekarang belum ada), berkas nilai, nilai yang tersimpan, dan daftar yang diumumkan, dibanding dengan hitungan ulang."
        ),
        _("Satu perbedaan."),
        results.scores_differ,
    ),
)
BY_CODE = {rule.code: rule for rule in RULES}
