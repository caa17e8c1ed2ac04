"""Questions out of sight, by the published rules of contributions: hidden with a reason, appealed once, decided by another."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.encrypted import mailbox_index
from participation.actions.questions import MINE, NotPossible
from participation.models import Question, QuestionHiding
from publishing.actions import publication, subscribing
from publishing.models import Subscriber


@transaction.atomic(durable=True)
def hide(question: Question, *, rule: str, reason: str, by, at) -> QuestionHiding:
    """Take a question from sight; its place shows the rule and the reason, its author gets a letter.

    Raises NotPossible for one's own, for one that was moderated before and for one that has an answer.
    """
    found = Question.objects.select_for_update(no_key=True, of=("self",)).get(pk=question.pk)
    own = mailbox_index(by.email)
    if found.mailbox == own:
        raise NotPossible(_("Ini pertanyaan Anda sendiri. Moderator lain yang memutuskan."))
    if found.confirmed_at is None or QuestionHiding.objects.filter(question=found).exists():
        raise NotPossible(_("Pertanyaan ini sudah pernah dimoderasi."))
    if found.answers.exists():
        raise NotPossible(_("Pertanyaan ini sudah dijawab. Yang sudah dijawab tetap tampil."))
    made = QuestionHiding.objects.create(question=found, rule=rule, reason=reason, by=by, by_mailbox=own, at=at)
    _author_hears(
        found,
        source=f"question-hiding:{made.pk}",
        subject=_("Pertanyaan Anda disembunyikan"),
        body=_("Aturan: %(rule)s. Alasan: %(reason)s Anda dapat mengajukan keberatan satu kali lewat tautan ini.")
        % {"rule": made.get_rule_display(), "reason": reason},
        at=at,
    )
    return made


@transaction.atomic(durable=True)
def appeal(hiding: QuestionHiding, *, text: str, by: Subscriber, at) -> None:
    """The author disagrees, once; another moderator looks. Raises NotPossible."""
    found = QuestionHiding.objects.select_for_update(no_key=True, of=("self",)).select_related("question")
    found = found.get(pk=hiding.pk)
    if found.question.subscriber_id != by.pk or found.appealed_at:
        raise NotPossible(_("Keberatan sudah pernah diajukan."))
    found.appeal, found.appealed_at = text, at
    found.save(update_fields=["appeal", "appealed_at"])


@transaction.atomic(durable=True)
def decide(hiding: QuestionHiding, *, restore: bool, answer: str, by, at) -> None:
    """Another person than the moderator, and not the author, shows the question again or leaves it hidden.

    Raises NotPossible.
    """
    found = QuestionHiding.objects.select_for_update(no_key=True, of=("self",)).select_related("question__subscriber")
    found = found.get(pk=hiding.pk)
    if found.by_id == by.pk or found.question.mailbox == mailbox_index(by.email):
        raise NotPossible(_("Keberatan diputuskan orang lain, bukan yang menyembunyikan atau menulisnya."))
    if not found.appealed_at or found.decided_at:
        raise NotPossible(_("Tidak ada keberatan yang menunggu."))
    found.answer, found.restored, found.decided_by, found.decided_at = answer, restore, by, at
    found.save(update_fields=["answer", "restored", "decided_by", "decided_at"])
    _author_hears(
        found.question,
        source=f"question-hiding:{found.pk}:decided",
        subject=_("Pertanyaan Anda tampil lagi") if restore else _("Pertanyaan Anda tetap disembunyikan"),
        body=answer,
        at=at,
    )


def _author_hears(question: Question, *, source: str, subject: str, body: str, at) -> None:
    if question.subscriber:
        made = publication.publish(source=source, subject=subject, body=body, url=MINE, at=at, personal=True)
        subscribing.write_to(question.subscriber, made, at=at)
