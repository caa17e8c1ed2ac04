"""The office's side of a consultation: put, published, sorted, answered, promised and done."""

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from lib.document_checks.check import PDF, check
from lib.indonesian_text import instant
from participation.models import Cluster, Consultation, ConsultationDocument, Promise
from publishing.actions import publication, subscribing

MOST_KB = 10_000  # a draft regulation with its maps


class NotPossible(Exception):
    """The act does not fit what the consultation, cluster or promise is now."""


@transaction.atomic(durable=True)
def write(*, title: str, body: str, opens_at, closes_at, by, at) -> Consultation:
    """A draft that nobody but the office sees."""
    if closes_at <= max(opens_at, at):
        raise NotPossible(_("Waktu tutup harus sesudah waktu buka dan sesudah sekarang."))
    stem = f"{slugify(title)[:60] or 'topik'}-{timezone.localtime(opens_at).year}"
    taken = set(Consultation.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    slug = next(one for one in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if one not in taken)
    return Consultation.objects.create(
        slug=slug, title=title, body=body, opens_at=opens_at, closes_at=closes_at, written_by=by, written_at=at
    )


@transaction.atomic(durable=True)
def add_document(consultation: Consultation, *, title: str, file, by, at) -> ConsultationDocument:
    """A PDF beside the question. Raises BadDocument, and NotPossible once it is published."""
    found = _locked(consultation)
    if found.published_at:
        raise NotPossible(_("Konsultasi sudah terbit. Dokumennya tidak berubah lagi."))
    checked = check(file, kind=PDF, max_kb=MOST_KB)
    return ConsultationDocument.objects.create(
        consultation=found,
        title=title,
        file=ContentFile(checked.content, name="dokumen.pdf"),
        sha256=checked.sha256,
        pages=checked.pages,
        by=by,
        at=at,
    )


@transaction.atomic(durable=True)
def publish(consultation: Consultation, *, by, at) -> Consultation:
    """Everybody reads it and hears of it. Raises NotPossible for its own writer, and when its time is over."""
    found = _locked(consultation)
    if found.published_at:
        raise NotPossible(_("Konsultasi ini sudah terbit."))
    if found.written_by_id == by.pk:
        raise NotPossible(_("Anda menulis konsultasi ini. Minta orang lain menerbitkannya."))
    if found.closes_at <= at:
        raise NotPossible(_("Waktu tutup sudah lewat. Tulis konsultasi baru dengan waktu lain."))
    found.published_by, found.published_at = by, at
    found.save(update_fields=["published_by", "published_at"])
    publication.publish(
        source=f"consultation:{found.pk}",
        subject=_("Sampaikan masukan Anda: %(title)s") % {"title": found.title},
        body=_("Pemerintah bertanya kepada warga tentang %(title)s. Masukan diterima sampai %(until)s. Tanpa akun.")
        % {"title": found.title, "until": instant(found.closes_at, timezone.get_default_timezone())},
        url=f"/konsultasi/{found.slug}/",
        at=at,
        for_all=True,
    )
    return found


@transaction.atomic(durable=True)
def sort(consultation: Consultation, contributions: list[int], *, cluster: Cluster | None, title: str, by, at) -> int:
    """Put contributions that say the same into `cluster`, or into a new one; returns how many.

    Raises NotPossible when the cluster is answered: its authors were told.
    """
    _locked(consultation)
    if cluster is None:
        if not title:
            raise NotPossible(_("Pilih kelompok, atau tulis pokok masukan yang baru."))
        cluster = Cluster.objects.create(consultation=consultation, title=title, made_by=by, made_at=at)
    elif cluster.answered_at:
        raise NotPossible(_("Kelompok ini sudah ditanggapi. Buat kelompok baru."))
    unanswered = consultation.contributions.confirmed().filter(pk__in=contributions)
    return unanswered.exclude(cluster__answered_at__isnull=False).update(cluster=cluster)


@transaction.atomic(durable=True)
def answer(cluster: Cluster, *, response: str, by, at) -> Cluster:
    """The office answers what the contributions of a cluster say; each author gets a letter. Once."""
    _locked(cluster.consultation)
    found = Cluster.objects.select_for_update(no_key=True).get(pk=cluster.pk)
    if found.answered_at:
        raise NotPossible(_("Kelompok ini sudah ditanggapi."))
    found.response, found.answered_by, found.answered_at = response, by, at
    found.save(update_fields=["response", "answered_by", "answered_at"])
    _tell(
        found.contributions.all(),
        found.consultation,
        source=f"cluster:{found.pk}:answered",
        subject=_("Masukan Anda ditanggapi"),
        body=_("Pemerintah menanggapi masukan Anda pada konsultasi %(title)s. Baca tanggapannya di halaman ini."),
        at=at,
    )
    return found


@transaction.atomic(durable=True)
def promise(consultation: Consultation, *, text: str, due_on, cluster: Cluster | None, by, at) -> Promise:
    """The office says what it will do, and until when; the authors it is for get a letter."""
    found = _locked(consultation)
    if found.published_at is None:
        raise NotPossible(_("Konsultasi ini belum terbit."))
    if due_on < timezone.localdate(at):
        raise NotPossible(_("Tanggal itu sudah lewat."))
    made = Promise.objects.create(consultation=found, cluster=cluster, text=text, due_on=due_on, made_by=by, made_at=at)
    _tell(
        (cluster or found).contributions.all(),
        found,
        source=f"promise:{made.pk}:made",
        subject=_("Pemerintah berjanji"),
        body=_("Ada janji baru pada konsultasi %(title)s. Baca apa yang akan dikerjakan, dan kapan, di halaman ini."),
        at=at,
    )
    return made


@transaction.atomic(durable=True)
def settle(made: Promise, *, state: str, proof: str = "", reason: str = "", by, at) -> Promise:
    """It is done, with a link that shows it, or will not be done, with a reason; the authors get a letter. Once."""
    found = Promise.objects.select_for_update(no_key=True).select_related("consultation").get(pk=made.pk)
    if found.settled_at:
        raise NotPossible(_("Janji ini sudah dicatat selesai."))
    if state == Promise.State.DONE and not proof:
        raise NotPossible(_("Tulis tautan yang memperlihatkan bahwa ini sudah dikerjakan."))
    if state == Promise.State.DROPPED and not reason:
        raise NotPossible(_("Tulis alasan mengapa tidak jadi."))
    done = state == Promise.State.DONE
    found.state, found.settled_by, found.settled_at = state, by, at
    found.proof, found.reason = (proof, "") if done else ("", reason)
    found.save(update_fields=["state", "proof", "reason", "settled_by", "settled_at"])
    heard = found.cluster.contributions if found.cluster else found.consultation.contributions
    _tell(
        heard.all(),
        found.consultation,
        source=f"promise:{found.pk}:settled",
        subject=_("Janji dikerjakan") if done else _("Janji tidak jadi dikerjakan"),
        body=_("Ada kabar tentang janji pemerintah pada konsultasi %(title)s. Baca di halaman ini."),
        at=at,
    )
    return found


def _locked(consultation: Consultation) -> Consultation:
    return Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)


def _tell(contributions, consultation: Consultation, *, source: str, subject: str, body: str, at) -> None:
    """A letter to each confirmed author who is still known; once each, however many contributions."""
    authors = contributions.order_by().confirmed().exclude(subscriber=None).values_list("subscriber", flat=True)
    made = publication.publish(
        source=source,
        subject=subject,
        body=body % {"title": consultation.title},
        url=f"/konsultasi/{consultation.slug}/",
        at=at,
    )
    subscribing.write_to_all(set(authors), made, at=at)
