"""A small city's vacancies in an open, a coming and a closed recruitment, by the real clock."""

from datetime import timedelta

from django.utils import timezone

from accounts.roles import Role
from tests.parts import make_agency, make_recruitment, make_stage, make_user
from tests.vacancies.files import formation_csv
from vacancies.actions import formation_import
from vacancies.actions import recruitment as recruitments

DAY = timedelta(days=1)
HEALTH = "Pemerintah Kota Contoh | DINAS KESEHATAN"
DATA = "Pemerintah Kota Contoh | DINAS KOMUNIKASI DAN INFORMATIKA"


class City:
    """`open`: 4 formations of CPNS, closing in 5 days. `coming`: 1 of PPPK. `closed`: 1 contract. `hidden`: not public."""

    def __init__(self):
        self.now = timezone.now()
        self.pia = make_user("pia-kota@contoh.example", Role.PREPARER)
        self.agency = make_agency()
        self.open = self.recruitment("cpns-kota", "cpns", "cpns-2024", -2, 5)
        self.coming = self.recruitment("pppk-kota", "pppk", "pppk-2024", 3, 9)
        self.closed = self.recruitment("blud-kota", "contract", "local-contract", -20, -2)
        self.hidden = self.recruitment("rahasia", "cpns", "cpns-2024", -2, 5)
        self.fill(
            self.open,
            {"formasi_id": "A1", "lokasi_nm": DATA, "jenjang_studi": "S-1/Sarjana", "program_studi": "S-1 STATISTIKA"},
            {"formasi_id": "A2", "jabatan_nm": "PERAWAT TERAMPIL", "lokasi_nm": HEALTH, "disable": "0",
             "jenjang_studi": "Diploma III/Sarjana Muda", "program_studi": "D-III KEPERAWATAN", "gaji_max": "4000000"},
            {"formasi_id": "A3", "jabatan_nm": "PERAWAT TERAMPIL", "lokasi_nm": HEALTH, "gaji_max": "8000000",
             "formasi_nm": "PENYANDANG DISABILITAS",
             "jenjang_studi": "Diploma III/Sarjana Muda", "program_studi": "D-III KEPERAWATAN"},
            {"formasi_id": "A4", "jabatan_nm": "PENGELOLA SISTEM INFORMASI", "lokasi_nm": DATA, "disable": "0",
             "program_studi": "S-1 TEKNIK INFORMATIKA"},
        )  # fmt: skip
        self.fill(self.coming, {"formasi_id": "B1", "jabatan_nm": "DOKTER AHLI PERTAMA", "lokasi_nm": HEALTH,
                                "program_studi": "S-1 KEDOKTERAN", "jp_nama": ""})  # fmt: skip
        self.fill(self.closed, {"formasi_id": "C1", "jabatan_nm": "SOPIR AMBULANS", "lokasi_nm": HEALTH, "jp_nama": "",
                                "jenjang_studi": "SLTA", "program_studi": "SLTA SEDERAJAT"})  # fmt: skip
        self.fill(self.hidden, {"formasi_id": "D1", "jabatan_nm": "ARSIPARIS RAHASIA", "lokasi_nm": DATA})
        for one in (self.open, self.coming, self.closed):
            recruitments.publish(one, by=self.pia, at=self.now)

    def recruitment(self, slug, kind, pack, opens: int, closes: int):
        """Registration from `opens` to `closes` days from now."""
        made = make_recruitment(
            slug=slug, name=slug.upper(), kind=kind, rulepack=pack, rulepack_digest="", agency=self.agency
        )
        make_stage(made, "registration", 1, opens_at=self.now + opens * DAY, closes_at=self.now + closes * DAY)
        return made

    def fill(self, recruitment, *rows):
        made = formation_import.stage_file(
            recruitment, formation_csv(*rows), file_name="kota.csv", by=self.pia, at=self.now
        )
        formation_import.apply(made, by=self.pia, at=self.now, reason="Tambahan")
