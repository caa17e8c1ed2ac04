"""Which field of a profile who may read, and by which law. The one table that decides; `showing.show` asks it.

public      everybody reads it
consent     everybody reads it of holders of structural posts; of others when the person agrees (and may take it back)
aggregated  nobody reads it of one person beside those named; per unit as a distribution with a least size
closed      only those named

The law is cited as far as it is the basis: UU 14/2008 (KIP), UU 27/2022 (PDP), UU 20/2023 (ASN), UU 28/1999.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Reader(StrEnum):
    """As whom somebody reads one profile. The same account may be several of these for different people."""

    ANONYMOUS = "anonymous"
    CITIZEN = "citizen"
    PERSON = "person"
    SUPERIOR = "superior"
    BKD = "bkd"
    OVERSEER = "overseer"


class Openness(StrEnum):
    PUBLIC = "public"
    CONSENT = "consent"
    AGGREGATED = "aggregated"
    CLOSED = "closed"


WORDS = {
    Openness.PUBLIC: _("Terbuka"),
    Openness.CONSENT: _("Terbuka untuk pejabat struktural; untuk pegawai lain bila ia setuju"),
    Openness.AGGREGATED: _("Hanya sebagai jumlah per unit"),
    Openness.CLOSED: _("Tertutup"),
}
OWN = frozenset({Reader.PERSON, Reader.BKD})  # whose it is, and who keeps it


@dataclass(frozen=True)
class Line:
    """One field: how open it is, by which law, why in a sentence, and who reads it whatever its openness.

    `objectable`: a granted objection of the person closes it to everybody but OWN.
    """

    key: str
    label: str
    openness: Openness
    basis: str
    why: str
    also: frozenset[Reader] = OWN
    objectable: bool = True

    def is_open_to(self, reader: Reader, *, structural: bool, consents: bool) -> bool:
        """Whether `reader` may read it of a person who holds a structural post or not, who agreed or not."""
        if reader in self.also or self.openness is Openness.PUBLIC:
            return True
        return self.openness is Openness.CONSENT and (structural or consents)


OFFICE = _("UU 14/2008 Pasal 18 ayat (2): yang menyangkut jabatan publik tidak dikecualikan")
HISTORY = _("UU 14/2008 Pasal 17 huruf h dan Pasal 18 ayat (2); UU 27/2022 Pasal 20 (persetujuan)")
FIELDS: dict[str, Line] = {
    line.key: line
    for line in (
        Line(
            "name", _("Nama"), Openness.PUBLIC, OFFICE,
            _("Warga berhak tahu siapa yang melayaninya."), objectable=False,
        ),
        Line(
            "position", _("Jabatan"), Openness.PUBLIC, OFFICE,
            _("Jabatan dibiayai dan dijalankan untuk umum."), objectable=False,
        ),
        Line(
            "unit", _("Unit kerja"), Openness.PUBLIC, OFFICE,
            _("Warga perlu tahu ke unit mana ia berurusan."), objectable=False,
        ),
        Line(
            "contact", _("Kontak unit"), Openness.PUBLIC, _("UU 14/2008 Pasal 9"),
            _("Kontak unit, bukan kontak pribadi."), objectable=False,
        ),
        Line(
            "kind", _("Status kepegawaian"), Openness.PUBLIC, _("UU 20/2023 Pasal 5; UU 14/2008 Pasal 18 ayat (2)"),
            _("PNS atau PPPK adalah bagian dari jabatan."),
        ),
        Line(
            "history", _("Riwayat jabatan"), Openness.CONSENT, HISTORY,
            _("Jalan karier pejabat dapat diperiksa; milik pegawai lain dibuka bila ia setuju."),
            OWN | {Reader.SUPERIOR, Reader.OVERSEER},
        ),
        Line(
            "decrees", _("Nomor keputusan"), Openness.CONSENT, HISTORY,
            _("Nomor keputusan membuat setiap pengangkatan dapat diperiksa."), OWN | {Reader.OVERSEER},
        ),
        Line(
            "education", _("Pendidikan"), Openness.CONSENT, HISTORY,
            _("Catatan pendidikan termasuk rahasia pribadi, kecuali untuk jabatan publik atau bila disetujui."),
        ),
        Line(
            "training", _("Pelatihan"), Openness.CONSENT, HISTORY,
            _("Catatan pendidikan nonformal diperlakukan seperti pendidikan."), OWN | {Reader.SUPERIOR},
        ),
        Line(
            "certificates", _("Sertifikat"), Openness.CONSENT, HISTORY,
            _("Diperlakukan seperti pendidikan."), OWN | {Reader.SUPERIOR},
        ),
        Line(
            "assets_report", _("Laporan harta kekayaan"), Openness.PUBLIC, _("UU 28/1999 Pasal 5"),
            _("Hanya sudah atau belum melapor; isinya tidak pernah ada di sini."),
        ),
        Line(
            "reply", _("Tanggapan yang bersangkutan"), Openness.PUBLIC, _("UU 27/2022 Pasal 20 (persetujuan)"),
            _("Ditulis dan dapat ditarik oleh orangnya sendiri."),
        ),
        Line(
            "grade", _("Golongan"), Openness.AGGREGATED, _("UU 14/2008 Pasal 17 huruf h (penghasilan)"),
            _("Golongan menunjukkan gaji seseorang."),
        ),
        Line(
            "sex", _("Jenis kelamin"), Openness.AGGREGATED, _("UU 27/2022 Pasal 4 ayat (3)"),
            _("Data pribadi umum; dipakai untuk melihat kesetaraan per unit."),
        ),
        Line(
            "skp", _("Predikat kinerja (SKP)"), Openness.AGGREGATED, _("UU 14/2008 Pasal 17 huruf h (hasil evaluasi)"),
            _("Nilai satu orang adalah rahasia pribadi; sebarannya per unit terbuka."), OWN | {Reader.SUPERIOR},
        ),
        Line(
            "talent_box", _("Kotak talenta"), Openness.CLOSED, _("UU 14/2008 Pasal 17 huruf h (hasil evaluasi)"),
            _("Hasil evaluasi satu orang adalah rahasia pribadi; jumlah per kelompok terbuka."),
        ),
        Line(
            "nip", _("NIP"), Openness.CLOSED, _("UU 23/2006 Pasal 84; UU 27/2022 Pasal 4 ayat (3)"),
            _("NIP memuat tanggal lahir dan jenis kelamin."),
        ),
        Line(
            "birth_date", _("Tanggal lahir"), Openness.CLOSED, _("UU 23/2006 Pasal 84"),
            _("Data yang wajib dilindungi."),
        ),
    )
}  # fmt: skip
LISTED = ("name", "position", "unit")  # in lists, search and downloads: nothing else leaves in bulk
