"""A row of a published list has to disappear, by law or by order: its hash stays, so that the list still proves itself.

Prepared by one person, approved by another (which writes the fact), applied by the keeper once the signed record
holds the fact. Every file of the version is made again from the published rows, not from the database, where
the person may be erased already.
"""

import json
import logging
import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from ledger import queries
from ledger.actions import record
from ledger.vouching import Vouching
from lib.statement_time import allow_minutes
from selection.actions import attestation
from selection.actions.announcement import prepared_folder, public_folder
from selection.models import Announcement, Redaction
from selection.rendering import folder as folders
from selection.rendering.announcement import Subject, fill
from selection.rendering.pointer import write_pointer
from selection.rendering.proof import redactions_file, write_index, write_redactions
from selection.rendering.rows import RedactedRow, read_row
from vacancies.models import Stage

logger = logging.getLogger(__name__)


class NotRedactable(Exception):
    """This row cannot be redacted, or not now; the message says why."""


class NotAllowed(Exception):
    """The same person may not do both, or it was approved already."""


@transaction.atomic(durable=True)
def ask(number: str, p: str, *, reason: str, letter: str, by, at) -> list[Redaction]:
    """Prepare the announcement `number` without the row of participant `p`, in every public version that shows it.

    Locks the stage. Raises NotRedactable where no version shows the row, one is not bound row by row, its files
    are not intact, or another redaction of it is not finished.
    """
    allow_minutes()
    public = Announcement.objects.public().filter(number=number).order_by("version")
    first = public.first()
    if first is None:
        raise NotRedactable(_("Tidak ada pengumuman terbit dengan nomor itu."))
    Stage.objects.select_for_update(no_key=True, of=("self",)).get(pk=first.stage_id)
    if Redaction.objects.filter(announcement__number=number, applied_at=None).exists():
        raise NotRedactable(_("Penyamaran lain untuk pengumuman ini belum selesai. Tunggu sampai selesai."))
    found = [_prepared(one, p) for one in public.select_related("stage__recruitment__agency", "outcome_set")]
    if not any(found):
        raise NotRedactable(_("Tidak ada versi yang menampilkan nomor peserta itu. Periksa nomornya."))
    return [
        Redaction.objects.create(**about, reason=reason, letter=letter, asked_by=by, asked_at=at)
        for about in found
        if about
    ]


def _prepared(announcement: Announcement, p: str) -> dict | None:
    """Every file of the version without the row of `p`, in a private folder; what the redaction says of it."""
    source = public_folder(announcement.number, announcement.version)
    lines = (source / "rows.jsonl").read_bytes().split(b"\n")[:-1]
    rows = [read_row(line) for line in lines]
    place = next((place for place, row in enumerate(rows) if row.p == p), None)
    if place is None:
        return None
    if not announcement.rows_root or not folders.is_intact(source, announcement.files_digest()):
        raise NotRedactable(
            _("Berkas versi %(n)s tidak utuh atau tidak terikat per baris.") % {"n": announcement.version}
        )
    rows[place] = RedactedRow(rows[place].leaf())
    settings.PREPARED_ROOT.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=settings.PREPARED_ROOT, prefix=".") as waiting:
        folder = Path(waiting) / "announcement"
        folder.mkdir()
        about = fill(
            _subject(announcement), folder, rows, _formations(source), source / "hitung-ulang" / "rulepack.json"
        )
        if about["rows_root"] != announcement.rows_root:
            raise NotRedactable(_("Akar daftar berubah: berkas yang terbit bukan yang tercatat."))
        digest = folders.seal(folder, number=announcement.number, version=announcement.version)
        if not prepared_folder(digest).exists():
            folder.rename(prepared_folder(digest))
    return {
        "announcement": announcement,
        "place": place,
        "leaf": rows[place].hashed.hex(),
        "redacted": sum(row.redacted for row in rows),
        "digest": digest,
        "rows_digest": about["rows_digest"],
    }


def _subject(announcement: Announcement) -> Subject:
    before = announcement.supersedes
    return Subject(
        announcement.stage, announcement.outcome_set, announcement.number, announcement.version, announcement.reason,
        before and before.outcome_set,
    )  # fmt: skip


def _formations(source: Path) -> dict:
    """The formations as they were announced: they may have changed since."""
    announced = json.loads((source / "hitung-ulang" / "meta.json").read_bytes())["formations"]
    return {
        code: SimpleNamespace(
            position=one["position"], unit=SimpleNamespace(name=one["unit"]), need=one["need"], quota=one["quota"]
        )
        for code, one in announced.items()
    }


@transaction.atomic(durable=True)
def approve(redaction: Redaction, *, by, at) -> list[Redaction]:
    """The second person approves what was prepared for the announcement, all its versions; each writes its fact.

    Locks the rows. Raises NotAllowed for whoever prepared it or when it was approved; NotRedactable when the folder
    does not hold what was prepared.
    """
    number = redaction.announcement.number
    waiting = Redaction.objects.select_for_update(no_key=True, of=("self",)).filter(announcement__number=number)
    waiting = list(waiting.filter(fact=None).select_related("announcement__stage__recruitment").order_by("pk"))
    if not waiting:
        raise NotAllowed(_("Penyamaran ini sudah disahkan."))
    for one in waiting:
        if one.asked_by_id == by.pk:
            raise NotAllowed(_("Yang menyiapkan tidak boleh mengesahkan. Minta rekan lain."))
        if not folders.is_intact(prepared_folder(one.digest), one.digest):
            raise NotRedactable(_("Berkas yang disiapkan berubah. Siapkan lagi."))
        stage = one.announcement.stage
        one.fact = record.append(
            "row.redacted",
            at=at,
            recruitment=stage.recruitment.slug,
            stage=stage.slug,
            number=number,
            version=one.announcement.version,
            place=one.place,
            leaf=one.leaf,
            redacted=one.redacted,
            digest=one.digest,
            rows_digest=one.rows_digest,
        )
        one.approved_by, one.approved_at = by, at
        one.save(update_fields=["fact", "approved_by", "approved_at"])
    return waiting


def apply_due(at) -> int:
    """Put the files of every approved redaction in place that the signed record holds; returns how many."""
    applied = 0
    waiting = Redaction.objects.filter(applied_at=None, fact__isnull=False).select_related("fact", "announcement")
    for one in waiting.order_by("pk"):
        try:
            applied += _apply(one, at)
        except Exception:
            logger.exception("redaction %s was not applied; the next ring tries again", one.pk)
    shown = Announcement.objects.filter(redactions__applied_at__isnull=False).distinct()
    for one in shown.select_related("stage__recruitment", "fact").prefetch_related("redactions__fact"):
        if len(one.redacted()) != _told(one):
            _tell(one)
    return applied


@transaction.atomic(durable=True)
def _apply(redaction: Redaction, at) -> bool:
    """False while the record does not hold the fact, or when another process did. May be repeated after a crash."""
    if not queries.is_signed(redaction.fact):
        return False
    allow_minutes()
    locked = Redaction.objects.select_for_update(no_key=True, of=("self",)).get(pk=redaction.pk)
    if locked.applied_at:
        return False
    announcement = redaction.announcement
    place, prepared = public_folder(announcement.number, announcement.version), prepared_folder(redaction.digest)
    if not folders.is_intact(place, redaction.digest):
        folders.take_the_place(prepared, place)
    for digest in (announcement.digest, *(one.digest for one in announcement.redacted())):
        shutil.rmtree(prepared_folder(digest), ignore_errors=True)
    attestation.withdraw_files(announcement)
    locked.applied_at = at
    locked.save(update_fields=["applied_at"])
    return True


def _told(announcement: Announcement) -> int:
    """How many redactions the file beside the announcement proves."""
    try:
        return len(json.loads(redactions_file(announcement).read_bytes())["redactions"])
    except (OSError, ValueError, KeyError):
        return 0


def _tell(announcement: Announcement) -> None:
    """Say beside the files which rows are redacted: the index, the pointer where it shows this version, the proofs."""
    write_index()
    newest = announcement.stage.announcements.public().order_by("-version").first()
    if newest.pk == announcement.pk:
        write_pointer(announcement, Vouching().of(announcement.fact.n))
    write_redactions(announcement)
