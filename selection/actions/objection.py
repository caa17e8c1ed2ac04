"""A person's own moves: begin an objection, say what is wrong, point to files, send it once."""

from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from lib.codes import random_code
from lib.document_checks.check import PDF, check
from lib.indonesian_text import instant
from publishing.actions import publication
from selection import objection_evidence
from selection.models import Objection, ObjectionAttachment, ObjectionItem, ObjectionStep
from selection.objectable import Chance, Point, chance_of, points_of
from selection.objection_states import ObjectionState
from selection.states import State

MOST_FILES = 5  # that explain; documents handed in before are not counted
MAX_KB = 800
LONGEST = 1500


class NotOpen(Exception):
    """No objection is possible: no such window, it is over, or the result holds nothing against the person."""


class NotEditable(Exception):
    """The objection was sent: it stays as it is."""


class Unfinished(Exception):
    """Nothing is disputed yet; the message says what to do."""


class TooMany(Exception):
    """More files than anybody reads."""


@transaction.atomic(durable=True)
def start(application, stage, *, by, at) -> Objection:
    """A draft of `by` to their own result of `stage`; the one already there when the button is pressed twice.

    May be begun as soon as the result is public; sending waits for the first day. Raises NotOpen.
    """
    if application.user_id != by.pk or application.state not in (State.SUBMITTED, State.EXCLUDED):
        raise NotOpen(_("Sanggah hanya untuk hasil Anda sendiri."))
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # a double click waits here
    chance = chance_of(application, stage)
    if chance is None:
        raise NotOpen(_("Tahap ini belum punya hasil yang dapat Anda sanggah."))
    if chance.objection:
        return chance.objection
    _must_not_be_over(chance, at)
    if not points_of(chance.outcome):
        raise NotOpen(_("Tidak ada yang dinilai kurang pada hasil Anda, jadi tidak ada yang perlu disanggah."))
    return Objection.objects.create(
        application=application, stage=chance.stage, announcement=chance.announcement, started_at=at
    )


def _must_not_be_over(chance: Chance, at) -> None:
    if chance.window.is_over(at):
        when = instant(chance.window.last_second, chance.window.zone)
        raise NotOpen(_("Masa sanggah sudah berakhir %(when)s.") % {"when": when})


def _editable(objection, *, by) -> Objection:
    """The objection of `by`, locked, while it is a draft. Raises NotEditable. Call it in a transaction."""
    locked = (
        Objection.objects.select_for_update(no_key=True, of=("self",))
        .visible_to(by)
        .select_related("application", "stage__recruitment", "announcement")
        .filter(pk=objection.pk)
        .first()
    )
    if locked is None or locked.state != ObjectionState.DRAFT:
        raise NotEditable
    return locked


@transaction.atomic(durable=True)
def dispute(objection, point: Point, *, ground: str, text: str, by) -> ObjectionItem:
    """The draft says why `point` is wrong; saying it again replaces what was said. Raises NotEditable."""
    locked = _editable(objection, by=by)
    item, _made = ObjectionItem.objects.update_or_create(
        objection=locked,
        key=point.key,
        defaults={
            "title": point.title,
            "requirement_id": point.requirement_id,
            "reason_id": point.reason_id,
            "ground": ground,
            "text": text.strip()[:LONGEST],
        },
    )
    return item


@transaction.atomic(durable=True)
def drop(objection, key: str, *, by) -> None:
    """The point is not disputed after all. Raises NotEditable."""
    _editable(objection, by=by).items.filter(key=key).delete()


@transaction.atomic(durable=True)
def point_to(objection, documents: list[int], *, by, at) -> None:
    """The draft points to exactly these documents of its own application. Raises NotEditable."""
    locked = _editable(objection, by=by)
    locked.attachments.filter(document__isnull=False).exclude(document__in=documents).delete()
    there = set(locked.attachments.values_list("document", flat=True))
    wanted = locked.application.documents.filter(pk__in=set(documents) - there)
    ObjectionAttachment.objects.bulk_create(
        ObjectionAttachment(
            objection=locked,
            document=one,
            sha256=one.sha256,
            size=one.size,
            pages=one.pages,
            content_type=one.content_type,
            added_at=at,
        )
        for one in wanted
    )


def explain(objection, file, *, by, at) -> ObjectionAttachment:
    """Keep a PDF that explains; checked like every document, before the transaction.

    It explains what was handed in and replaces nothing of it. Raises BadDocument, NotEditable, TooMany.
    """
    checked = check(file, kind=PDF, max_kb=MAX_KB)
    return _keep(objection, checked, by=by, at=at)


@transaction.atomic(durable=True)
def _keep(objection, checked, *, by, at) -> ObjectionAttachment:
    locked = _editable(objection, by=by)
    if locked.attachments.filter(document=None).count() >= MOST_FILES:
        raise TooMany(_("Paling banyak %(n)s berkas penjelasan. Hapus satu dahulu.") % {"n": MOST_FILES})
    made = ObjectionAttachment(
        objection=locked,
        sha256=checked.sha256,
        size=len(checked.content),
        pages=checked.pages,
        content_type=checked.content_type,
        added_at=at,
    )
    made.file.save(checked.sha256, ContentFile(checked.content), save=False)
    made.save()
    return made


@transaction.atomic(durable=True)
def detach(objection, attachment: int, *, by) -> None:
    """Take an attachment out of the draft; a document stays in the application. Raises NotEditable."""
    _editable(objection, by=by).attachments.filter(pk=attachment).delete()


@transaction.atomic(durable=True)
def file(objection, *, by) -> Objection:
    """Send the objection with the portal's evidence; the database's clock in the sending statement says whether in time.

    Sending twice returns the same one. The news to the person is a row. Raises NotOpen, Unfinished, NotEditable.
    """
    mine = Objection.objects.visible_to(by).select_for_update(no_key=True, of=("self",)).filter(pk=objection.pk)
    locked = mine.select_related("application__user", "stage__recruitment", "announcement").first()
    if locked is None:
        raise NotEditable
    if locked.state != ObjectionState.DRAFT:
        return locked
    if not locked.items.exists():
        raise Unfinished(_("Pilih dahulu paling sedikit satu hal yang menurut Anda keliru."))
    chance = chance_of(locked.application, locked.stage)
    if chance is None or chance.announcement.pk != locked.announcement_id:
        raise NotOpen(_("Hasil Anda sudah berubah sejak sanggah ini ditulis. Tulis sanggah untuk hasil yang baru."))
    filed_at = _send(locked, chance)
    if filed_at is None:
        raise NotOpen(
            _("Sanggah tidak terkirim. Masa sanggah %(first)s sampai %(last)s.")
            % {
                "first": instant(chance.window.opens_at, chance.window.zone),
                "last": instant(chance.window.last_second, chance.window.zone),
            }
        )
    locked.refresh_from_db()
    ObjectionStep.objects.create(
        objection=locked, old=ObjectionState.DRAFT, new=ObjectionState.FILED, by=by, at=filed_at
    )
    _confirm(locked, by=by)
    return locked


def _send(objection, chance: Chance):
    """The one statement that sends, if the database's clock stands inside the window; the instant, or None."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        evidence = objection_evidence.of(objection, cursor.fetchone()[0])
        cursor.execute(
            """UPDATE selection_objection o
            SET state = 'filed', number = 'SGH-' || to_char(clock_timestamp(), 'YY') || '-' || %s,
                filed_at = clock_timestamp(), due_at = %s, evidence = %s, evidence_digest = %s
            FROM selection_announcement a JOIN vacancies_stage s ON s.id = a.stage_id
            JOIN vacancies_recruitment r ON r.id = s.recruitment_id
            WHERE o.id = %s AND a.id = o.announcement_id
              AND clock_timestamp() <@ objection_window(a.public_at, r.time_zone, s.objection_days)
            RETURNING o.filed_at""",
            [
                random_code(6),
                chance.window.due_at,
                Objection._meta.get_field("evidence").get_db_prep_value(evidence, connection),
                objection_evidence.digest(evidence),
                objection.pk,
            ],
        )
        row = cursor.fetchone()
    return row and row[0]


def _confirm(objection, *, by) -> None:
    zone = objection.stage.recruitment.zone
    made = publication.publish(
        source=f"objection:{objection.number}:filed",
        subject=_("Sanggah Anda diterima: %(number)s") % {"number": objection.number},
        body=_(
            "Sanggah Anda atas hasil %(stage)s kami terima %(when)s.\n"
            "Nomor sanggah: %(number)s.\n"
            "Sanggah diputus orang yang tidak ikut menilai Anda. Jawaban paling lambat %(due)s, "
            "di halaman sanggah Anda dan lewat e-mail."
        )
        % {
            "stage": objection.stage.name_public,
            "when": instant(objection.filed_at, zone),
            "number": objection.number,
            "due": instant(objection.due_at, zone),
        },
        url=f"/sanggah/{objection.application.ref}/{objection.stage.slug}/",
        at=objection.filed_at,
    )
    publication.queue_for(made, User.objects.filter(pk=by.pk), at=objection.filed_at)
