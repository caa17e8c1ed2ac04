"""The accounts of the practice city. Their passwords and seeds are public: they exist in a demo only."""

import base64
import hashlib
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group

from accounts.models import User
from accounts.roles import STAFF_ROLES, TEAM_ROLES, Role

PASSWORD = "latihan-jabatan-terbuka"  # noqa: S105 - printed for everybody who tries the demo


@dataclass(frozen=True)
class Member:
    key: str
    name: str
    label: str
    roles: tuple[Role, ...]
    does: str
    superuser: bool = False

    @property
    def email(self) -> str:
        return f"{self.key}@demo.example"

    @property
    def secret(self) -> str:
        """The seed of the authenticator app, the same on every machine."""
        return base64.b32encode(hashlib.sha1(f"jabatan-terbuka-demo:{self.key}".encode()).digest()).decode()  # noqa: S324

    @property
    def needs_code(self) -> bool:
        return self.superuser or bool(set(self.roles) & (STAFF_ROLES | TEAM_ROLES))


CAST = (
    Member("alya", "Alya", "", (Role.APPLICANT,), "pelamar, lamarannya belum dikirim"),
    Member("budi", "Budi", "", (Role.APPLICANT,), "pelamar, menunggu hasil yang terbit sendiri"),
    Member("citra", "Citra", "", (Role.APPLICANT,), "pelamar, hasilnya dapat disanggah sekarang"),
    Member("dewi", "Dewi", "", (Role.APPLICANT,), "pelamar, ujiannya sedang dibuka: masuk lewat /ujian/"),
    Member("eko", "Eko", "", (Role.APPLICANT,), "pelamar, ujiannya selesai dan ia lulus"),
    Member("fani", "Fani", "", (Role.APPLICANT,), "pelamar, ujiannya selesai dan nilainya di bawah ambang batas"),
    Member("vera", "Vera", "Pemeriksa A", (Role.VERIFIER,), "pemeriksa berkas"),
    Member("wati", "Wati", "Pemeriksa B", (Role.VERIFIER,), "pemeriksa berkas"),
    Member("sari", "Sari", "Pemeriksa ketiga", (Role.SUPERVISOR,), "pemeriksa ketiga"),
    Member("pia", "Pia", "Penyiap", (Role.PREPARER,), "menyiapkan formasi, nilai, dan pengumuman"),
    Member("rudi", "Rudi", "Pengesah", (Role.PUBLISHER,), "mengesahkan nilai dan pengumuman"),
    Member("joko", "Joko", "Pemutus A", (Role.ADJUDICATOR,), "memutus sanggah"),
    Member("dina", "Dina", "Pemutus B", (Role.ADJUDICATOR,), "memutus sanggah"),
    Member("olga", "Olga", "Pejabat", (Role.OVERRIDE_OFFICIAL,), "dapat mencabut penahanan dengan alasan"),
    Member("tono", "Tono", "Petugas unit", (Role.AGENCY_OFFICER,), "petugas perangkat daerah"),
    Member("yuni", "Yuni", "Anggota panitia", (Role.ASSESSOR,), "anggota panitia seleksi JPT, menilai di lembar"),
    Member("wali", "Wali", "Pejabat pembina", (Role.APPOINTING_OFFICIAL,), "memilih dari tiga terbaik dengan alasan"),
    Member("asri", "Asri", "", (), "pegawai, profilnya dalam pratinjau"),
    Member("lina", "Lina", "", (), "atasan Asri, menilai kinerja timnya"),
    Member("wina", "Wina", "Penyusun soal", (Role.ITEM_WRITER,), "menyusun soal ujian"),
    Member("raka", "Raka", "Penelaah A", (Role.ITEM_REVIEWER,), "menelaah soal ujian"),
    Member("rini", "Rini", "Penelaah B", (Role.ITEM_REVIEWER,), "menelaah soal ujian"),
    Member("rina", "Rina", "Petugas ruang", (Role.ROOM_OFFICER,), "petugas ruang ujian, memegang kode kursi"),
    Member("oka", "Oka", "", (Role.OVERSEER,), "anggota tim pengawas"),
    Member("nia", "Nia", "", (Role.OVERSEER, Role.SECRETARIAT), "sekretariat tim pengawas"),
    Member("admin", "Admin", "Pengelola", (), "pengelola sistem", superuser=True),
)


def make_cast() -> dict[str, User]:
    """Every account of CAST with its e-mail confirmed, its roles and its second factor; key → user."""
    return {member.key: _make(member) for member in CAST}


def _make(member: Member) -> User:
    staff = member.superuser or bool(set(member.roles) & STAFF_ROLES)
    user = User.objects.create_user(
        member.email,
        PASSWORD,
        name=member.name,
        public_label=member.label,
        is_staff=staff,
        is_superuser=member.superuser,
        requires_second_factor=member.needs_code,
        made_by_team=bool(set(member.roles) & TEAM_ROLES),
    )
    user.groups.set([Group.objects.get_or_create(name=role)[0] for role in member.roles])
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if member.needs_code:
        secret = get_adapter().encrypt(member.secret)
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})
    return user
