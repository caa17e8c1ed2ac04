"""The roles people act in. A role is a group; what it may do is said where it is done."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """Groups by code. The oversight team's two roles are never given by staff."""

    APPLICANT = "applicant", _("Pelamar")
    VERIFIER = "verifier", _("Pemeriksa berkas")
    SUPERVISOR = "supervisor", _("Pemeriksa ketiga")
    PREPARER = "preparer", _("Penyiap data dan pengumuman")
    PUBLISHER = "publisher", _("Pengesah")
    ADJUDICATOR = "adjudicator", _("Pemutus sanggah")
    OVERRIDE_OFFICIAL = "override_official", _("Pejabat pencabut penahanan")
    SECRETARIAT = "secretariat", _("Sekretariat tim pengawas")
    OVERSEER = "overseer", _("Anggota tim pengawas")
    AGENCY_OFFICER = "agency_officer", _("Petugas perangkat daerah")
    ASSESSOR = "assessor", _("Penilai")
    APPOINTING_OFFICIAL = "appointing_official", _("Pejabat pembina kepegawaian")
    EMPLOYEE = "employee", _("Pegawai")
    ITEM_WRITER = "item_writer", _("Penyusun soal")
    ITEM_REVIEWER = "item_reviewer", _("Penelaah soal")
    ROOM_OFFICER = "room_officer", _("Petugas ruang ujian")


STAFF_ROLES = frozenset(
    {
        Role.VERIFIER,
        Role.SUPERVISOR,
        Role.PREPARER,
        Role.PUBLISHER,
        Role.ADJUDICATOR,
        Role.OVERRIDE_OFFICIAL,
        Role.AGENCY_OFFICER,
        Role.ITEM_WRITER,
        Role.ITEM_REVIEWER,
        Role.ROOM_OFFICER,
        Role.ASSESSOR,
        Role.APPOINTING_OFFICIAL,
    }
)
TEAM_ROLES = frozenset({Role.SECRETARIAT, Role.OVERSEER})
