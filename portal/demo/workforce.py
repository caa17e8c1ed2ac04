"""About two hundred invented employees, taken in by the same files and people as everywhere."""

import csv
import io
from datetime import date, timedelta
from random import Random

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from portal.demo.people import FIRST, LAST
from workforce.actions import claims, employee_import, requests
from workforce.actions import profile as profiles
from workforce.models import Employee

OFFICES = {
    "Dinas Pendidikan": ("Bidang Sekolah Dasar", "Bidang Guru"),
    "Dinas Kesehatan": ("Bidang Pelayanan", "Bidang Pencegahan"),
    "Dinas Kependudukan": ("Bidang Pendaftaran",),
    "Dinas Arsip dan Perpustakaan": ("Bidang Arsip",),
    "Dinas Perhubungan": ("Bidang Lalu Lintas",),
}
STAFF = [("Guru Ahli Pertama", "Fungsional"), ("Arsiparis Mahir", "Fungsional"), ("Pengelola Layanan", "Pelaksana"),
         ("Operator Loket", "Pelaksana")]  # fmt: skip
COLUMNS = ("nip", "nama", "jenis", "unit", "jabatan", "jenjang", "tmt", "nomor_keputusan", "tanggal_keputusan", "status",
           "sampai", "memimpin_unit", "golongan", "laporan_harta", "predikat_skp", "pendidikan", "pelatihan",
           "sertifikat", "telepon_unit", "surel_unit")  # fmt: skip


class Roll:
    """Rows of a file of employees, with running numbers so that no NIP comes twice."""

    def __init__(self, rng: Random):
        self.rng, self.made = rng, 0

    def person(self, unit: str, position: str, level: str, **cells) -> dict:
        self.made += 1
        rng = self.rng
        year = rng.randint(1970, 1995)
        number = f"{year}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{year + 24}03{rng.choice('12')}{self.made:03d}"
        since = date(rng.randint(2016, 2024), rng.randint(1, 12), 1)
        return dict.fromkeys(COLUMNS, "") | {
            "nip": number, "nama": f"{rng.choice(FIRST)} {rng.choice(LAST)}, S.A.P.", "jenis": "PNS", "unit": unit,
            "jabatan": position, "jenjang": level, "tmt": since.isoformat(),
            "nomor_keputusan": f"800/{self.made:03d}/SK/{since.year} (contoh)", "tanggal_keputusan": since.isoformat(),
            "golongan": rng.choice(["III/a", "III/b", "III/c", "IV/a"]),
            "laporan_harta": rng.choice(["sudah", "sudah", "belum"]),
            "predikat_skp": rng.choice(["Sangat baik", "Baik", "Baik", "Baik", "Butuh perbaikan"]),
            "pendidikan": f"S-1 Administrasi Publik | Universitas Latihan | {year + 22}",
            "pelatihan": f"Pelatihan dasar | Balai Diklat Latihan | {year + 25}",
        } | cells  # fmt: skip


def _file(rows: list[dict]) -> io.BytesIO:
    target = io.StringIO()
    writer = csv.DictWriter(target, fieldnames=COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(target.getvalue().encode())


def _take(rows: list[dict], name: str, pia: User, rudi: User, at) -> None:
    made = employee_import.stage_file(_file(rows), file_name=name, by=pia, at=at)
    employee_import.apply(made, by=rudi, at=at)


def build(people: dict[str, User], *, rng: Random, now) -> None:
    """Everybody of five offices for a month, two vacant posts, one of them acted in for too long; Asri in preview."""
    pia, rudi, roll = people["pia"], people["rudi"], Roll(rng)
    today = timezone.localdate(now)
    rows = []
    for turn, (office, fields) in enumerate(OFFICES.items()):
        contact = {"telepon_unit": f"(000) 1234{turn}", "surel_unit": f"unit{turn}@kota-contoh.example"}
        left = {} if turn != 3 else {"sampai": (today - timedelta(days=400)).isoformat(), "tmt": "2019-01-02"}
        rows.append(
            roll.person(office, f"Kepala {office}", "Pimpinan tinggi pratama", memimpin_unit="ya", **left, **contact)
        )
        for field in fields:
            unit = f"{office} | {field}"
            empty = {} if turn != 4 else {"sampai": (today - timedelta(days=60)).isoformat(), "tmt": "2020-01-02"}
            named = {"nama": "Lina Latihan"} if field == "Bidang Pendaftaran" else {}
            rows.append(roll.person(unit, f"Kepala {field}", "Administrator", memimpin_unit="ya", **empty, **named))
            for _person in range(28):
                rows.append(roll.person(unit, *rng.choice(STAFF)))
    deputy = rows[-1]
    since = (today - timedelta(days=240)).isoformat()
    acting = deputy | {"unit": "Dinas Arsip dan Perpustakaan", "jabatan": "Kepala Dinas Arsip dan Perpustakaan",
                       "jenjang": "Pimpinan tinggi pratama", "memimpin_unit": "ya", "status": "plt", "tmt": since,
                       "nomor_keputusan": "800/900/PLT (contoh)", "tanggal_keputusan": since}  # fmt: skip
    _take([*rows, acting], "pegawai.csv", pia, rudi, now - timedelta(days=settings.PROFILE_PREVIEW_DAYS + 16))
    newcomer = roll.person(
        "Dinas Kependudukan | Bidang Pendaftaran", "Operator Loket", "Pelaksana", nama="Asri Latihan"
    )
    _take([newcomer], "pegawai-baru.csv", pia, rudi, now)
    asri = Employee.objects.get(name="Asri Latihan")
    claims.claim(claims.make_code(asri, by=pia, at=now), by=people["asri"], at=now)
    profiles.reply(asri, "Saya melayani loket akta kelahiran. Datang saja, tidak perlu calo.", at=now)
    requests.object_to(asri, "assets_report", text="Laporan saya sudah terkirim, statusnya keliru.", at=now)
