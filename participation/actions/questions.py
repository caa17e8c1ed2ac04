"""Questions at a session: asked, confirmed by the owner of the address, wanted by others, and answered for everybody."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.encrypted import mailbox_index
from lib.indonesian_text import instant
from participation.actions.contributions import UNCONFIRMED
from participation.models import Answer, Event, Question, QuestionVote
from participation.models.consultation import DatabaseClock
from publishing.actions import consenting, publication, subscribing
from publishing.models import Subscriber
from vacancies.actions import clarification
from vacancies.models import Formation

MINE = "/acara/saya/{token}/"  # the letter puts the reader's own token in
MOST = 5  # questions of one mailbox at one session


class Closed(Exception):
    """The session takes no questions (any more), by the database's clock."""


class NotPossible(Exception):
    """The act does not fit what the question is now, or is not this person's."""


@transaction.atomic(durable=True)
def ask(event: Event, *, address: str, name: str, text: str, at, helped_by=None) -> Question:
    """Keep a question until the owner of the address confirms it: by the link in a letter, or with `helped_by` by a code.

    Raises Closed, and NotPossible for more questions than one mailbox may have.
    """
    _still_taking(event.pk)
    subscriber, mailbox = subscribing.take_in(address, at=at), mailbox_index(address)
    if event.questions.filter(mailbox=mailbox).count() >= MOST:
        raise NotPossible(
            _("Dari alamat ini sudah ada %(n)s pertanyaan untuk acara ini. Dukung pertanyaan orang lain.") % {"n": MOST}
        )
    made = Question.objects.create(
        event=event, subscriber=subscriber, mailbox=mailbox, name=name, text=text, asked_at=at, helped_by=helped_by
    )
    letter = _code_letter(made, at) if helped_by else _letter(subscriber, at)
    subscribing.write_to(subscriber, letter, at=at)
    return made


@transaction.atomic(durable=True)
def support(question: Question, *, address: str, at) -> None:
    """Keep a vote until its owner confirms it. One more of the same mailbox changes nothing, and says nothing.

    Nor does one for the mailbox's own question: whoever asks must not learn whose it is. Raises Closed.
    """
    _still_taking(question.event_id)
    subscriber, mailbox = subscribing.take_in(address, at=at), mailbox_index(address)
    _keep_vote(question, subscriber, mailbox, at)
    subscribing.write_to(subscriber, _letter(subscriber, at), at=at)


def _keep_vote(question: Question, subscriber: Subscriber, mailbox: str, at) -> None:
    if question.mailbox != mailbox and not question.votes.filter(mailbox=mailbox, confirmed_at__isnull=False).exists():
        made = QuestionVote(question=question, subscriber=subscriber, mailbox=mailbox, made_at=at)
        QuestionVote.objects.bulk_create([made], ignore_conflicts=True)


@transaction.atomic(durable=True)
def ask_support_consent(question: Question, address: str, *, by, at) -> None:
    """A letter with a code about a vote that the officer `by` would enter for a person. Raises Closed, NotPossible."""
    _takes_votes(question)
    consenting.ask(
        address,
        _support_of(question, by),
        subject=_("Kode persetujuan dukungan"),
        body=_(
            "Petugas akan mencatat bahwa Anda ingin pertanyaan ini dijawab pada acara %(title)s: “%(text)s” Bila Anda "
            "setuju, sebutkan kode ini kepada petugas: {code}. Bila tidak, abaikan surat ini: tidak ada yang dihitung."
        )
        % {"title": consenting.plain(question.event.title), "text": consenting.plain(question.text)},
        at=at,
    )


@transaction.atomic(durable=True)
def support_agreed(question: Question, address: str, code: str, *, by, at) -> None:
    """A vote that counts, once the person told the officer the code. A second one of the same mailbox changes nothing,
    nor does one for the mailbox's own question, and neither is told to the officer.

    Raises consenting.WrongCode, Closed, NotPossible.
    """
    _takes_votes(question)
    subscriber = consenting.agreed(address, _support_of(question, by), code, at=at)
    _keep_vote(question, subscriber, mailbox_index(address), at)
    waiting = question.votes.filter(subscriber=subscriber, confirmed_at=None).first()
    if waiting:
        _confirm(waiting, subscriber, at)


def _takes_votes(question: Question) -> None:
    _still_taking(question.event_id)
    if question.is_hidden:
        raise NotPossible(_("Pertanyaan itu sudah disembunyikan."))


def _support_of(question: Question, by) -> str:
    return consenting.purpose("question-consent", by, str(question.pk))


@transaction.atomic(durable=True)
def confirm(found: Question | QuestionVote, *, by: Subscriber, at) -> None:
    """The owner of the address says yes to one question or vote of theirs. Raises Closed, NotPossible."""
    _confirm(found, by, at)


@transaction.atomic(durable=True)
def consent(question: Question, code: str, *, at) -> None:
    """The owner of the address told the officer the code of the letter about this question. Raises consenting.WrongCode, Closed."""
    consenting.check(question.subscriber, code, code_source(question))
    _confirm(question, question.subscriber, at)


def _confirm(found: Question | QuestionVote, by: Subscriber, at) -> None:
    vote = isinstance(found, QuestionVote)
    question = found.question if vote else found
    _still_taking(question.event_id)
    if vote and question.is_hidden:
        raise NotPossible(_("Pertanyaan itu sudah disembunyikan."))
    waiting = type(found).objects.filter(pk=found.pk, subscriber=by, confirmed_at=None)
    try:
        with transaction.atomic():
            confirmed = waiting.update(confirmed_at=at)
    except IntegrityError:
        raise NotPossible(_("Kotak surat ini sudah mendukung pertanyaan itu dengan ejaan lain.")) from None
    if not confirmed:
        raise NotPossible(_("Ini sudah Anda benarkan."))
    subscribing.confirm(by, at=at)


@transaction.atomic(durable=True)
def drop(found: Question | QuestionVote, *, by: Subscriber) -> None:
    """The owner of the address did not mean it, or somebody else wrote it: it goes before anybody saw it."""
    type(found).objects.filter(pk=found.pk, subscriber=by, confirmed_at=None).delete()


@transaction.atomic(durable=True)
def answer(question: Question, *, text: str, asked: str, by, at, formation: Formation | None = None) -> Answer:
    """The office answers for everybody; the asker and whoever wanted it answered get a letter.

    At a session about a recruitment the answer is a clarification that binds the office, at `formation` or at all
    vacancies, with the question in the words `asked`, which name nobody. A question that has an answer gets one that
    takes its place. Raises NotPossible.
    """
    found = Question.objects.select_for_update(no_key=True, of=("self",)).select_related("event__recruitment")
    found = found.get(pk=question.pk)
    if found.confirmed_at is None or found.is_hidden:
        raise NotPossible(_("Pertanyaan ini tidak tampil, jadi tidak dapat dijawab."))
    before = found.answers.select_related("clarification").first()
    if before and before.words == text:
        raise NotPossible(_("Jawaban ini sama dengan yang sudah ada."))
    made = Answer(question=found, by=by, at=at)
    if recruitment := found.event.recruitment:
        try:
            made.clarification = clarification.clarify(
                recruitment,
                question=asked,
                answer=text,
                formation=formation,
                supersedes=before and before.clarification,
                by=by,
                at=at,
            )
        except clarification.NotPossible as error:
            raise NotPossible(str(error)) from None
    else:
        made.text = text
    made.save()
    _tell(found, made, again=before is not None, at=at)
    return made


def _tell(question: Question, made: Answer, *, again: bool, at) -> None:
    """A letter to the asker and to every mailbox that voted: the words that everybody reads, and where."""
    event = question.event
    letter = publication.publish(
        source=f"answer:{made.pk}",
        subject=_("Jawaban diganti: %(title)s") % {"title": event.title}
        if again
        else _("Pertanyaan dijawab: %(title)s") % {"title": event.title},
        body=_("Pertanyaan: %(asked)s\n\nJawaban: %(words)s\n\nSemua orang membaca jawaban yang sama.")
        % {"asked": question.text, "words": made.words},
        url=path(question),
        at=at,
    )
    voters = set(question.votes.filter(confirmed_at__isnull=False).values_list("subscriber", flat=True))
    subscribing.write_to_all(voters | ({question.subscriber_id} - {None}), letter, at=at)


def sweep(at) -> int:
    """Questions and votes that nobody confirmed within a week go; returns how many."""
    votes, _each = QuestionVote.objects.filter(confirmed_at=None, made_at__lte=at - UNCONFIRMED).delete()
    asked, _each = Question.objects.filter(confirmed_at=None, asked_at__lte=at - UNCONFIRMED).delete()
    return votes + asked


def path(question: Question) -> str:
    """Where the question and its answers are read."""
    return f"/acara/{question.event.slug}/tanya/#pertanyaan-{question.pk}"


def code_source(question: Question) -> str:
    return f"question:{question.pk}:code:{question.asked_at:%Y-%m-%d}"


def _still_taking(event: int) -> None:
    taking = Event.objects.published().filter(pk=event, cancelled_at=None, ends_at__gt=DatabaseClock())
    if not taking.exists():
        raise Closed(_("Acara ini sudah selesai atau batal. Pertanyaan tidak diterima lagi."))


def _letter(subscriber: Subscriber, at):
    """One letter a day to an address that never answered, one an hour to others; each leads to all that waits."""
    often = "%Y-%m-%dT%H" if subscriber.confirmed_at else "%Y-%m-%d"
    return publication.publish(
        source=f"question:of:{subscriber.pk}:{at.strftime(often)}",
        subject=_("Benarkan pertanyaan Anda"),
        body=_(
            "Ada yang menulis pertanyaan atau dukungan untuk sebuah acara dengan alamat surel ini. Bila itu Anda, buka "
            "tautan ini dan tekan Benarkan sebelum acara selesai. Bila bukan, abaikan: tidak ada yang tampil, dan "
            "semuanya terhapus dalam 7 hari."
        ),
        url=MINE,
        at=at,
        personal=True,
    )


def _code_letter(question: Question, at):
    event = question.event
    return publication.publish(
        source=code_source(question),
        subject=_("Kode pertanyaan: %(title)s") % {"title": event.title},
        body=_(
            "Petugas akan mengirim pertanyaan Anda untuk %(title)s, %(when)s. Baca dahulu di tautan di bawah. Bila Anda "
            "setuju, sebutkan kode ini kepada petugas: {code}. Bila tidak, abaikan surat ini: pertanyaan itu terhapus "
            "dalam 7 hari."
        )
        % {"title": event.title, "when": instant(event.starts_at, event.zone)},
        url=MINE,
        at=at,
        personal=True,
    )
