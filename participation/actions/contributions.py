"""What people say to a consultation: asked to confirm by letter, confirmed by the signed link, supported, hidden, appealed."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.encrypted import address_index, mailbox_index
from participation.models import Consultation, Contribution, Hiding, Vote
from publishing.actions import consenting, publication, subscribing
from publishing.models import Subscriber

UNCONFIRMED = timedelta(days=7)
MINE = "/konsultasi/saya/{token}/"  # the letter puts the reader's own token in


class Closed(Exception):
    """The consultation takes nothing at this moment, by the database's clock."""


class NotPossible(Exception):
    """The act does not fit what the contribution is now, or is not this person's."""


@transaction.atomic(durable=True)
def contribute(
    consultation: Consultation, *, address: str, name: str, text: str, parent: Contribution | None, at, helped_by=None
) -> Contribution:
    """Keep words until the owner of the address confirms them: by the link in a letter, or with `helped_by` by a code.

    Raises Closed, NotPossible.
    """
    _still_taking(consultation.pk)
    if parent and (parent.parent_id or parent.consultation_id != consultation.pk or is_hidden(parent)):
        raise NotPossible(_("Masukan ini tidak dapat dibalas."))
    subscriber = subscribing.take_in(address, at=at)
    made = Contribution.objects.create(
        consultation=consultation,
        parent=parent,
        subscriber=subscriber,
        mailbox=mailbox_index(address),
        name=name,
        text=text,
        made_at=at,
        helped_by=helped_by,
    )
    if helped_by:
        subscribing.write_to(subscriber, _code_letter(made, at), at=at)
    else:
        _question(subscriber, at)
    return made


@transaction.atomic(durable=True)
def support(contribution: Contribution, *, address: str, at) -> None:
    """Keep a vote until its owner confirms it. A second one of the same mailbox changes nothing, and says nothing.

    Nor does one for the mailbox's own contribution: whoever asks must not learn whose it is. Raises Closed.
    """
    _still_taking(contribution.consultation_id)
    subscriber, mailbox = subscribing.take_in(address, at=at), mailbox_index(address)
    _keep_vote(contribution, subscriber, mailbox, at)
    _question(subscriber, at)


def _keep_vote(contribution: Contribution, subscriber: Subscriber, mailbox: str, at) -> None:
    own = contribution.subscriber_id == subscriber.pk or contribution.mailbox == mailbox
    counted = contribution.votes.filter(mailbox=mailbox, confirmed_at__isnull=False).exists()
    if not own and not counted and not is_hidden(contribution):
        made = Vote(contribution=contribution, subscriber=subscriber, mailbox=mailbox, made_at=at)
        Vote.objects.bulk_create([made], ignore_conflicts=True)


@transaction.atomic(durable=True)
def ask_support_consent(contribution: Contribution, address: str, *, by, at) -> None:
    """A letter with a code about a vote that the officer `by` would enter for a person. Raises Closed, NotPossible."""
    _still_taking(contribution.consultation_id)
    if is_hidden(contribution):
        raise NotPossible(_("Masukan itu sudah disembunyikan."))
    consenting.ask(
        address,
        _support_of(contribution, by),
        subject=_("Kode persetujuan dukungan"),
        body=_(
            "Petugas akan mencatat bahwa Anda mendukung masukan ini pada konsultasi %(title)s: “%(text)s” Bila Anda "
            "setuju, sebutkan kode ini kepada petugas: {code}. Bila tidak, abaikan surat ini: tidak ada yang dihitung."
        )
        % {
            "title": consenting.plain(contribution.consultation.title),
            "text": consenting.plain(contribution.text[:500]),
        },
        at=at,
    )


@transaction.atomic(durable=True)
def support_agreed(contribution: Contribution, address: str, code: str, *, by, at) -> None:
    """A vote that counts, once the person told the officer the code. A second one of the same mailbox changes nothing,
    nor does one for the mailbox's own contribution, and neither is told to the officer.

    Raises consenting.WrongCode, Closed, NotPossible.
    """
    _still_taking(contribution.consultation_id)
    if is_hidden(contribution):
        raise NotPossible(_("Masukan itu sudah disembunyikan."))
    subscriber = consenting.agreed(address, _support_of(contribution, by), code, at=at)
    _keep_vote(contribution, subscriber, mailbox_index(address), at)
    waiting = contribution.votes.filter(subscriber=subscriber, confirmed_at=None).first()
    if waiting:
        _confirm(waiting, subscriber, at)


def _support_of(contribution: Contribution, by) -> str:
    return consenting.purpose("support-consent", by, str(contribution.pk))


@transaction.atomic(durable=True)
def confirm(found: Contribution | Vote, *, by: Subscriber, at) -> None:
    """The owner of the address says yes to one contribution or vote of theirs. Raises Closed when it is too late."""
    _confirm(found, by, at)


@transaction.atomic(durable=True)
def consent(contribution: Contribution, code: str, *, at) -> None:
    """The owner of the address told the officer the code of the letter about these words. Raises consenting.WrongCode, Closed."""
    consenting.check(contribution.subscriber, code, code_source(contribution))
    _confirm(contribution, contribution.subscriber, at)


def _confirm(found: Contribution | Vote, by: Subscriber, at) -> None:
    vote = isinstance(found, Vote)
    _still_taking(found.contribution.consultation_id if vote else found.consultation_id)
    if vote and is_hidden(found.contribution):
        raise NotPossible(_("Masukan itu sudah disembunyikan."))
    waiting = type(found).objects.filter(pk=found.pk, subscriber=by, confirmed_at=None)
    try:
        with transaction.atomic():
            confirmed = waiting.update(confirmed_at=at)
    except IntegrityError:
        raise NotPossible(_("Kotak surat ini sudah mendukung masukan itu dengan ejaan lain.")) from None
    if not confirmed:
        raise NotPossible(_("Ini sudah Anda benarkan."))
    subscribing.confirm(by, at=at)


@transaction.atomic(durable=True)
def drop(found: Contribution | Vote, *, by: Subscriber) -> None:
    """The owner of the address did not mean it, or somebody else wrote it: it goes before anybody saw it."""
    type(found).objects.filter(pk=found.pk, subscriber=by, confirmed_at=None).delete()


@transaction.atomic(durable=True)
def hide(contribution: Contribution, *, rule: str, reason: str, by, at) -> Hiding:
    """Take a contribution from sight by a published rule; its place shows the reason, its author gets a letter.

    Raises NotPossible for one's own and for one that was moderated before.
    """
    found = Contribution.objects.select_for_update(no_key=True, of=("self",)).select_related("subscriber")
    found = found.get(pk=contribution.pk)
    own = address_index(by.email.strip().lower())
    if found.mailbox == mailbox_index(by.email) or found.subscriber and found.subscriber.address_index == own:
        raise NotPossible(_("Ini masukan Anda sendiri. Moderator lain yang memutuskan."))
    if found.confirmed_at is None or Hiding.objects.filter(contribution=found).exists():
        raise NotPossible(_("Masukan ini sudah pernah dimoderasi."))
    made = Hiding.objects.create(contribution=found, rule=rule, reason=reason, by=by, by_index=own, at=at)
    _author_hears(
        found,
        source=f"hiding:{made.pk}",
        subject=_("Masukan Anda disembunyikan"),
        body=_("Aturan: %(rule)s. Alasan: %(reason)s Anda dapat mengajukan keberatan satu kali lewat tautan ini.")
        % {"rule": made.get_rule_display(), "reason": reason},
        at=at,
    )
    return made


@transaction.atomic(durable=True)
def appeal(hiding: Hiding, *, text: str, by: Subscriber, at) -> Hiding:
    """The author disagrees, once; another moderator looks."""
    found = Hiding.objects.select_for_update(no_key=True, of=("self",)).select_related("contribution")
    found = found.get(pk=hiding.pk)
    if found.contribution.subscriber_id != by.pk or found.appealed_at:
        raise NotPossible(_("Keberatan sudah pernah diajukan."))
    found.appeal, found.appealed_at = text, at
    found.save(update_fields=["appeal", "appealed_at"])
    return found


@transaction.atomic(durable=True)
def decide(hiding: Hiding, *, restore: bool, answer: str, by, at) -> Hiding:
    """Another person than the moderator, and not the author, shows the contribution again or leaves it hidden."""
    found = Hiding.objects.select_for_update(no_key=True, of=("self",)).select_related("contribution__subscriber")
    found = found.get(pk=hiding.pk)
    author, mailbox = found.contribution.subscriber, found.contribution.mailbox
    own = mailbox == mailbox_index(by.email) or author and author.address_index == address_index(by.email.lower())
    if found.by_id == by.pk or own:
        raise NotPossible(_("Keberatan diputuskan orang lain, bukan yang menyembunyikan atau menulisnya."))
    if not found.appealed_at or found.decided_at:
        raise NotPossible(_("Tidak ada keberatan yang menunggu."))
    found.answer, found.restored, found.decided_by, found.decided_at = answer, restore, by, at
    found.save(update_fields=["answer", "restored", "decided_by", "decided_at"])
    _author_hears(
        found.contribution,
        source=f"hiding:{found.pk}:decided",
        subject=_("Masukan Anda tampil lagi") if restore else _("Masukan Anda tetap disembunyikan"),
        body=answer,
        at=at,
    )
    return found


def is_hidden(contribution: Contribution) -> bool:
    """Whether its words are out of sight now."""
    hiding = getattr(contribution, "hiding", None)
    return hiding is not None and not hiding.restored


def sweep(at) -> int:
    """Words and votes that nobody confirmed within a week go; returns how many."""
    votes, _each = Vote.objects.filter(confirmed_at=None, made_at__lte=at - UNCONFIRMED).delete()
    words, _each = Contribution.objects.filter(confirmed_at=None, made_at__lte=at - UNCONFIRMED).delete()
    return votes + words


def _still_taking(consultation: int) -> None:
    if not Consultation.objects.taking().filter(pk=consultation).exists():
        raise Closed(_("Konsultasi ini tidak sedang dibuka. Masukan tidak diterima."))


def _question(subscriber: Subscriber, at) -> None:
    """One letter a day to an address that never answered, one an hour to others; each leads to all that waits."""
    often = "%Y-%m-%dT%H" if subscriber.confirmed_at else "%Y-%m-%d"
    made = publication.publish(
        source=f"voice:{subscriber.pk}:{at.strftime(often)}",
        subject=_("Benarkan masukan Anda"),
        body=_(
            "Ada yang menulis masukan atau dukungan dengan alamat surel ini. Bila itu Anda, buka tautan ini dan tekan "
            "Benarkan sebelum konsultasi ditutup. Bila bukan, abaikan: tidak ada yang tampil, dan semuanya terhapus "
            "dalam 7 hari."
        ),
        url=MINE,
        at=at,
        personal=True,
    )
    subscribing.write_to(subscriber, made, at=at)


def code_source(contribution: Contribution) -> str:
    """What the code of an officer's letter is for: these words, sent on this day."""
    return f"contribution:{contribution.pk}:code:{contribution.made_at:%Y-%m-%d}"


def _code_letter(contribution: Contribution, at):
    return publication.publish(
        source=code_source(contribution),
        subject=_("Kode masukan: %(title)s") % {"title": contribution.consultation.title},
        body=_(
            "Petugas akan mengirim masukan Anda untuk konsultasi %(title)s. Baca dahulu di tautan di bawah. Bila Anda setuju, "
            "sebutkan kode ini kepada petugas: {code}. Bila tidak, abaikan surat ini: masukan itu terhapus dalam 7 hari."
        )
        % {"title": contribution.consultation.title},
        url=MINE,
        at=at,
        personal=True,
    )


def _author_hears(contribution: Contribution, *, source: str, subject: str, body: str, at) -> None:
    if contribution.subscriber:
        made = publication.publish(source=source, subject=subject, body=body, url=MINE, at=at, personal=True)
        subscribing.write_to(contribution.subscriber, made, at=at)
