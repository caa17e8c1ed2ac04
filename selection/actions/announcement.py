"""A stage's result becomes public: prepare and approve by people, freeze and open by the keeper.

Every ringer (keeper, beat, command) calls `announce_due`; the row lock on the stage and the unique
constraints make one announcement out of any number of calls.
"""

import json
import logging
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from ledger import queries
from ledger.actions import record, recording
from ledger.vouching import Vouching
from lib.indonesian_text import instant
from lib.statement_time import allow_minutes
from publishing.actions import mailing, publication
from publishing.models import Publication
from selection.actions import changed_results
from selection.actions.settlement import (
    counts_add_up,
    current_preparation,
    has_news,
    last_announcement,
    unsettled,
)
from selection.models import Announcement, AnnouncementNumber, Attestation, DelayNotice, Preparation
from selection.queries import current_set
from selection.rendering import folder as folders
from selection.rendering.announcement import Subject, render
from selection.rendering.pointer import current, write_pointer
from selection.rendering.proof import write_index, write_proof
from vacancies.models import Stage

logger = logging.getLogger(__name__)


class NotReady(Exception):
    """Something must be settled before the result can be announced."""


class NotAllowed(Exception):
    """The same person may not do both, or it was done already."""


def prepared_folder(digest: str) -> Path:
    return settings.PREPARED_ROOT / digest


def public_folder(number: str, version: int) -> Path:
    return settings.PUBLIC_ROOT / "pengumuman" / number / f"v{version}"


@transaction.atomic(durable=True)
def prepare(stage, *, by, at, reason: str = "") -> Preparation:
    """Render the result in force of `stage` into a private folder named by its digest.

    May be repeated; a newer preparation replaces an older one and has to be approved again. Locks the
    stage. Raises NotReady without a result, when its counts do not add up, when it was announced already,
    or for a correction without a reason.
    """
    allow_minutes()
    stage = (
        Stage.objects.select_for_update(no_key=True, of=("self",))
        .select_related("recruitment__agency")
        .get(pk=stage.pk)
    )
    found = current_set(stage)
    if found is None:
        raise NotReady(_("Belum ada hasil yang berlaku untuk tahap ini."))
    if not counts_add_up(stage, found):
        raise NotReady(_("Jumlah hasil tidak sama dengan jumlah peserta. Hitung ulang dahulu."))
    last = last_announcement(stage)
    if last and last.outcome_set_id == found.pk:
        raise NotReady(_("Hasil ini sudah diumumkan. Koreksi dimulai dari hasil yang dihitung ulang."))
    if last and not reason.strip():
        raise NotReady(_("Koreksi perlu alasan yang dapat dibaca publik."))
    number = _reserve(stage, "P", at)
    version = last.version + 1 if last else 1
    subject = Subject(stage, found, str(number), version, reason.strip() if last else "", last and last.outcome_set)
    settings.PREPARED_ROOT.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=settings.PREPARED_ROOT, prefix=".") as place:
        folder = Path(place) / "announcement"
        folder.mkdir()
        about = render(subject, folder)
        digest = folders.seal(folder, number=str(number), version=version)
        if not prepared_folder(digest).exists():
            folder.rename(prepared_folder(digest))
    same = current_preparation(stage, found)
    if same and same.digest == digest and same.version == version:
        return same
    stage.preparations.filter(version=version, replaced_at=None).update(replaced_at=at)
    return Preparation.objects.create(
        stage=stage,
        outcome_set=found,
        number=number,
        version=version,
        digest=digest,
        reason=subject.reason,
        prepared_by=by,
        prepared_at=at,
        **about,
    )


def _reserve(stage, series: str, at) -> AnnouncementNumber:
    """The number of `stage` in `series`, taken now when it has none. Notices take a new one each time."""
    if series == "P" and (mine := stage.numbers.filter(series="P").first()):
        return mine
    year = at.astimezone(stage.recruitment.zone).year
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"announcement number {series} {year}"])
    last = AnnouncementNumber.objects.filter(series=series, year=year).aggregate(last=Max("serial"))["last"] or 0
    return AnnouncementNumber.objects.create(series=series, year=year, serial=last + 1, stage=stage, reserved_at=at)


@transaction.atomic(durable=True)
def approve(preparation: Preparation, *, by, at) -> Preparation:
    """The second person approves the digest of what was prepared. Locks the preparation.

    Raises NotAllowed for the person who prepared it, or when it was replaced or approved already;
    NotReady when the folder no longer holds what was prepared.
    """
    preparation = Preparation.objects.select_for_update(no_key=True, of=("self",)).get(pk=preparation.pk)
    if preparation.prepared_by_id == by.pk:
        raise NotAllowed(_("Yang menyiapkan tidak boleh mengesahkan. Minta rekan lain."))
    if preparation.replaced_at or preparation.approved_at:
        raise NotAllowed(_("Persiapan ini sudah disahkan atau sudah diganti."))
    if not folders.is_intact(prepared_folder(preparation.digest), preparation.digest):
        raise NotReady(_("Berkas yang disiapkan berubah. Siapkan lagi."))
    preparation.approved_by, preparation.approved_at = by, at
    preparation.save(update_fields=["approved_by", "approved_at"])
    return preparation


def freeze(stage, *, at) -> Announcement | None:
    """Decide the announcement of a due stage, bound to the approved digest; None when there is nothing to decide.

    One short transaction, whatever the number of applicants: one announcement, one fact, one publication.
    Raises NotReady while something is unsettled.
    """
    found = current_set(stage)
    preparation = found and current_preparation(stage, found)
    intact = bool(preparation) and folders.is_intact(prepared_folder(preparation.digest), preparation.digest)
    return _freeze(stage.pk, preparation.pk if preparation else None, intact, at)


@transaction.atomic(durable=True)
def _freeze(stage_id: int, preparation_id: int | None, intact: bool, at) -> Announcement | None:
    stage = Stage.objects.select_for_update(no_key=True, of=("self",)).select_related("recruitment").get(pk=stage_id)
    if stage.announce_at is None or stage.announce_at > at or not has_news(stage):
        return None
    if issues := unsettled(stage, at):
        raise NotReady(" ".join(issue.words for issue in issues))
    preparation = current_preparation(stage, current_set(stage))
    if preparation.pk != preparation_id:
        return None  # replaced while we looked at the files: the next ring decides
    if not intact:
        raise NotReady(_("Berkas yang disahkan berubah sejak disahkan."))
    last = last_announcement(stage)
    fact = record.append(
        "announcement.frozen",
        at=at,
        recruitment=stage.recruitment.slug,
        stage=stage.slug,
        number=str(preparation.number),
        version=preparation.version,
        digest=preparation.digest,
        rows=preparation.rows,
        rows_digest=preparation.rows_digest,
        rows_root=preparation.rows_root or None,  # prepared before rows were bound
        supersedes=last.version if last else None,
        reason=preparation.reason or None,
    )
    found = Announcement.objects.create(
        stage=stage,
        preparation=preparation,
        outcome_set=preparation.outcome_set,
        fact=fact,
        number=str(preparation.number),
        version=preparation.version,
        supersedes=last,
        digest=preparation.digest,
        rows=preparation.rows,
        rows_digest=preparation.rows_digest,
        rows_root=preparation.rows_root,
        reason=preparation.reason,
        due_at=stage.announce_at if last is None else preparation.approved_at,
        frozen_at=at,
    )
    publication.publish(
        source=source_of(found),
        subject=_("%(what)s sudah diumumkan: %(recruitment)s")
        % {"what": stage.name_public, "recruitment": stage.recruitment.name},
        body=_body(found),
        url=f"/pengumuman/{found.number}/",
        at=at,
        opened=False,
        for_all=True,
    )
    return found


def source_of(announcement: Announcement) -> str:
    return f"announcement:{announcement.number}:v{announcement.version}"


def _body(found: Announcement) -> str:
    what = _("Hasil %(stage)s untuk %(recruitment)s sudah terbit.") % {
        "stage": found.stage.name_public,
        "recruitment": found.stage.recruitment.name,
    }
    if found.version > 1:
        what = _("Hasil %(stage)s dikoreksi. Alasan: %(reason)s") % {
            "stage": found.stage.name_public,
            "reason": found.reason,
        }
    then = _("Buka halaman lamaran Anda untuk melihat hasil Anda dan penjelasannya.")
    return f"{what}\n\n{then}"


def open_(announcement: Announcement, *, at) -> bool:
    """Let everybody see a frozen announcement; False when another process did, or the record does not hold it yet.

    The files are in place before `public_at` says so, and the pointer follows: a reader sees nothing or
    all. May be repeated after a crash at any point.
    """
    if not queries.is_signed(announcement.fact):
        return False
    source = prepared_folder(announcement.digest)
    target = public_folder(announcement.number, announcement.version)
    if not target.exists():
        if not folders.is_intact(source, announcement.digest):
            raise NotReady(_("Berkas pengumuman %(number)s tidak utuh.") % {"number": announcement.number})
        folders.put_in_place(source, target)
    write_proof(announcement)
    opened = _open(announcement.pk, at)
    announcement.refresh_from_db()
    write_pointer(announcement, Vouching().of(announcement.fact.n))
    write_index()
    return opened


@transaction.atomic(durable=True)
def _open(announcement_id: int, at) -> bool:
    announcement = Announcement.objects.select_for_update(no_key=True).get(pk=announcement_id)
    if announcement.public_at:
        return False
    announcement.public_at = max(at, announcement.frozen_at)
    announcement.save(update_fields=["public_at"])
    Publication.objects.filter(source=source_of(announcement)).update(opened_at=announcement.public_at)
    return True


@transaction.atomic(durable=True)
def notice_delay(stage, *, at) -> DelayNotice | None:
    """Say in public that a stage is due and what is unsettled, once per due time; None when it was said.

    Locks the stage. A stage that was announced before needs no notice: its result stands.
    """
    stage = Stage.objects.select_for_update(no_key=True, of=("self",)).select_related("recruitment").get(pk=stage.pk)
    if stage.announce_at is None or stage.announce_at > at or last_announcement(stage):
        return None
    if stage.delay_notices.filter(due_at=stage.announce_at).exists():
        return None
    issues = unsettled(stage, at)
    if not issues:
        return None
    number = str(_reserve(stage, "T", at))
    notice = DelayNotice.objects.create(
        stage=stage,
        number=number,
        due_at=stage.announce_at,
        unsettled=[issue.public for issue in issues],
        public_at=at,
    )
    record.append(
        "delay.noticed",
        at=at,
        recruitment=stage.recruitment.slug,
        stage=stage.slug,
        number=number,
        due=record.instant(stage.announce_at),
        issues=len(issues),
    )
    publication.publish(
        source=f"delay:{number}",
        subject=_("Pengumuman %(stage)s ditunda") % {"stage": stage.name_public},
        body=_(
            "Hasil %(stage)s seharusnya terbit %(due)s. Yang belum selesai: %(issues)s Hasil terbit sendiri setelah semuanya selesai."
        )
        % {
            "stage": stage.name_public,
            "due": instant(stage.announce_at, stage.recruitment.zone),
            "issues": " ".join(notice.unsettled),
        },
        url=f"/seleksi/{stage.recruitment.slug}/",
        at=at,
        for_all=True,
    )
    return notice


def announce_due(at) -> int:
    """Freeze what is due and settled, give notice of what is due and not, record, open; returns how many opened.

    The one function that keeper, beat and command ring. One stage that fails does not stop the others.
    """
    due = Stage.objects.filter(announce_at__lte=at, recruitment__published_at__isnull=False)
    for stage in due.select_related("recruitment").order_by("announce_at", "pk"):
        try:
            if has_news(stage):
                freeze(stage, at=at)
            elif not stage.announcements.exists():
                notice_delay(stage, at=at)
        except NotReady:
            notice_delay(stage, at=at)
        except Exception:
            logger.exception("stage %s was not announced; the next ring tries again", stage.pk)
    _record(at)
    opened = 0
    for announcement in Announcement.objects.filter(public_at=None).select_related("fact").order_by("pk"):
        try:
            opened += open_(announcement, at=at)
        except Exception:
            logger.exception("announcement %s was not opened; the next ring tries again", announcement)
    repair(at)
    fan_out(at)
    return opened


def _record(at) -> None:
    """Bring what waits into the signed record; where that fails nothing opens, and the rest goes on."""
    try:
        recording.record_waiting(at)
    except Exception:
        logger.exception("the record was not continued: what is frozen stays closed")


def repair(at) -> None:
    """Put back files, proofs and pointers of public announcements that are missing or say less than is known, newest last."""
    public = Announcement.objects.public().select_related("stage__recruitment", "fact").order_by("version")
    vouching = Vouching()
    official = dict(Attestation.objects.public().order_by().values_list("number").annotate(last=Max("serial")))
    for announcement in public:
        place = public_folder(announcement.number, announcement.version)
        newest = announcement.stage.announcements.public().order_by("-version").first()
        prepared = prepared_folder(announcement.files_digest())
        if not place.exists() and prepared.exists():
            folders.put_in_place(prepared, place)
        if newest.pk == announcement.pk and place.exists():
            vouched = vouching.of(announcement.fact.n)
            said = current(announcement, vouched, official.get(announcement.number, 0))
            if _pointed(place.parent / "current.json") != said:
                write_pointer(announcement, vouched)
        write_proof(announcement)
    write_index()


def _pointed(pointer: Path) -> dict | None:
    """What a pointer says."""
    try:
        return json.loads(pointer.read_bytes())
    except (OSError, ValueError):
        return None


def fan_out(at) -> int:
    """Queue the mails of publications that are open and not fanned out yet; returns how many.

    They wait for nobody: the words were approved with the stage. They leave inside the hours for letters to many.
    """
    queued = 0
    waiting = Publication.objects.filter(
        opened_at__isnull=False, fanned_out_at=None, source__regex="^(announcement|delay):"
    )
    for one in waiting.order_by("pk"):
        with transaction.atomic(durable=True):
            locked = Publication.objects.select_for_update(no_key=True).get(pk=one.pk)
            if locked.fanned_out_at is None:
                users, zone = _audience(locked.source)
                queued += publication.queue_for(locked, users, at=at, mailing=mailing.begin(locked, zone=zone, at=at))
                _tell_changed(locked.source, at)
                locked.fanned_out_at = at
                locked.save(update_fields=["fanned_out_at"])
    return queued


def _tell_changed(source: str, at) -> None:
    """Letters of their own for those whom a correction moves in or out."""
    kind, number, *version = source.split(":")
    if kind == "announcement":
        found = Announcement.objects.select_related("supersedes", "stage__recruitment")
        changed_results.tell(found.get(number=number, version=int(version[0][1:])), at=at)


def _audience(source: str):
    """The accounts that a publication about a stage is for, and the zone in which its letters keep their hours."""
    kind, number, *version = source.split(":")
    if kind == "announcement":
        found = Announcement.objects.select_related("stage__recruitment").get(
            number=number, version=int(version[0][1:])
        )
        users = User.objects.filter(is_active=True, applications__outcomes__set=found.outcome_set_id).distinct()
        return users, found.stage.recruitment.time_zone
    notice = DelayNotice.objects.select_related("stage__recruitment").get(number=number)
    recruitment = notice.stage.recruitment
    users = User.objects.filter(
        is_active=True, applications__recruitment=recruitment, applications__state="submitted"
    ).distinct()
    return users, recruitment.time_zone
