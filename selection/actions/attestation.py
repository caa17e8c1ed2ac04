"""An officially signed PDF beside an announcement: handed in by one person, approved by another, opened by the keeper."""

import hashlib
import logging
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from ledger import files, queries
from ledger.actions import record
from lib.document_checks.check import Checked
from selection.actions import announcement as announcements
from selection.models import Announcement, Attestation
from selection.rendering.proof import write_proof_of_signed, write_signed_index
from vacancies.models import Stage

logger = logging.getLogger(__name__)


class NotAllowed(Exception):
    """The same person may not do both, or it was decided already."""


class NotReady(Exception):
    """Something is missing before this PDF can be handed in or approved."""


def kept_file(sha256: str) -> Path:
    """Where the PDF lies as long as nobody outside may see it; also what a lost public file is made from."""
    return settings.PREPARED_ROOT / "resmi" / f"{sha256}.pdf"


def public_file(number: str, serial: int) -> Path:
    return settings.PUBLIC_ROOT / "pengumuman" / number / "resmi" / f"v{serial}.pdf"


def in_force(announcement: Announcement) -> Attestation | None:
    """The approved one of an announcement that no other supersedes."""
    return announcement.attestations.filter(state=Attestation.State.APPROVED, superseded_by=None).first()


@transaction.atomic(durable=True)
def hand_in(
    announcement: Announcement, checked: Checked, *, letter: str, letter_date, reason="", by, at
) -> Attestation:
    """Keep a signed PDF for `announcement` until a second person decides. Locks the stage.

    `letter` is the office's own number as it stands in the letter. Raises NotReady before the announcement is public,
    while another one waits, for the same file again, or for a second one without a reason.
    """
    Stage.objects.select_for_update(no_key=True, of=("self",)).get(announcements=announcement.pk)
    announcement = Announcement.objects.get(pk=announcement.pk)
    if announcement.public_at is None:
        raise NotReady(_("Pengumuman ini belum terbit. Dokumen resmi dipasang sesudahnya."))
    others = announcement.attestations.exclude(state=Attestation.State.REFUSED)
    if others.filter(state=Attestation.State.WAITING).exists():
        raise NotReady(_("Satu dokumen masih menunggu orang kedua. Putuskan yang itu dahulu."))
    if others.filter(sha256=checked.sha256).exists():
        raise NotReady(_("Berkas ini sudah dipasang pada pengumuman ini."))
    if others.exists() and not reason.strip():
        raise NotReady(_("Tulis alasan mengganti dokumen resmi yang sudah terbit. Publik membacanya."))
    path = kept_file(checked.sha256)
    files.put(path.parent, [(path.name, checked.content)])
    return Attestation.objects.create(
        announcement=announcement,
        number=announcement.number,
        letter=letter,
        letter_date=letter_date,
        sha256=checked.sha256,
        size=len(checked.content),
        pages=checked.pages,
        signatures=list(checked.signatures),
        reason=reason.strip() if others.exists() else "",
        uploaded_by=by,
        uploaded_at=at,
    )


@transaction.atomic(durable=True)
def approve(attestation: Attestation, *, by, at) -> Attestation:
    """The second person approves the very bytes; the public record gets the fact. Locks the stage.

    Raises NotAllowed for whoever handed it in or when it was decided already, NotReady when the kept file changed.
    """
    Stage.objects.select_for_update(no_key=True, of=("self",)).get(announcements__attestations=attestation.pk)
    attestation = _undecided(attestation)
    if attestation.uploaded_by_id == by.pk:
        raise NotAllowed(_("Yang mengunggah tidak boleh mengesahkan. Minta rekan lain."))
    if not is_intact(attestation):
        raise NotReady(_("Berkas yang disimpan berubah. Tolak, lalu unggah lagi."))
    announcement, before = attestation.announcement, in_force(attestation.announcement)
    last = Attestation.objects.filter(number=attestation.number).aggregate(last=Max("serial"))["last"] or 0
    attestation.serial, attestation.supersedes = last + 1, before
    attestation.fact = record.append(
        "announcement.attested",
        at=at,
        recruitment=announcement.stage.recruitment.slug,
        stage=announcement.stage.slug,
        number=attestation.number,
        version=announcement.version,
        serial=attestation.serial,
        digest=attestation.sha256,
        size=attestation.size,
        supersedes=before.serial if before else None,
        reason=attestation.reason or None,
    )
    attestation.state, attestation.decided_by, attestation.decided_at = Attestation.State.APPROVED, by, at
    attestation.save(update_fields=["state", "decided_by", "decided_at", "serial", "supersedes", "fact"])
    return attestation


def refuse(attestation: Attestation, *, by, at) -> Attestation:
    """Not this file; also how whoever handed it in takes it back. The kept file goes. Raises NotAllowed when decided."""
    with transaction.atomic(durable=True):
        attestation = _undecided(attestation)
        attestation.state, attestation.decided_by, attestation.decided_at = Attestation.State.REFUSED, by, at
        attestation.save(update_fields=["state", "decided_by", "decided_at"])
    used = Attestation.objects.exclude(state=Attestation.State.REFUSED).filter(sha256=attestation.sha256)
    if not used.exists():
        kept_file(attestation.sha256).unlink(missing_ok=True)
    return attestation


def _undecided(attestation: Attestation) -> Attestation:
    found = (
        Attestation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("announcement__stage__recruitment")
        .get(pk=attestation.pk)
    )
    if found.state != Attestation.State.WAITING:
        raise NotAllowed(_("Dokumen ini sudah diputuskan."))
    return found


def is_intact(attestation: Attestation) -> bool:
    """Whether the kept file still is the one that was handed in."""
    try:
        return hashlib.sha256(kept_file(attestation.sha256).read_bytes()).hexdigest() == attestation.sha256
    except OSError:
        return False


def open_due(at) -> int:
    """Let everybody read what is approved and stands in the signed record; returns how many opened. A keeper's duty.

    The file is in place before `public_at` says so, and the page that points to it follows. A public file that is
    missing is put back. One that fails does not stop the others.
    """
    opened = 0
    approved = Attestation.objects.standing().filter(state=Attestation.State.APPROVED).select_related("fact")
    for one in approved.order_by("pk"):
        try:
            if one.public_at or queries.is_signed(one.fact):
                _put(one)
                write_proof_of_signed(one)
                opened += one.public_at is None and _open(one.pk, at)
        except Exception:
            logger.exception("attestation %s was not opened; the next ring tries again", one.pk)
    write_signed_index()
    if opened:
        announcements.repair(at)
    return opened


def withdraw_files(announcement: Announcement) -> None:
    """Remove every signed PDF of an announcement: one of its rows was redacted, and nobody here can change what was signed."""
    for one in announcement.attestations.all():
        kept_file(one.sha256).unlink(missing_ok=True)
        if one.serial:
            public_file(one.number, one.serial).unlink(missing_ok=True)


def _put(attestation: Attestation) -> None:
    path = public_file(attestation.number, attestation.serial)
    if path.exists():
        return
    if not is_intact(attestation):
        raise NotReady(f"the kept file of {path.name} of {attestation.number} is not what was approved")
    files.put(path.parent, [(path.name, kept_file(attestation.sha256).read_bytes())])


@transaction.atomic(durable=True)
def _open(attestation_id: int, at) -> bool:
    attestation = Attestation.objects.select_for_update(no_key=True).get(pk=attestation_id)
    if attestation.public_at:
        return False
    attestation.public_at = max(at, attestation.decided_at)
    attestation.save(update_fields=["public_at"])
    return True
