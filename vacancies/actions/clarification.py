"""The office answers what helps every applicant: dated, binding, never edited; a later answer may take its place."""

import hashlib

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.actions import record
from lib.canonical import canonical
from publishing.actions import publication
from vacancies.models import Clarification, Formation, Recruitment, Revision


class NotPossible(Exception):
    """This answer cannot be given here; the words say why."""


@transaction.atomic
def clarify(
    recruitment: Recruitment,
    *,
    question: str,
    answer: str,
    by,
    at,
    formation: Formation | None = None,
    supersedes: Clarification | None = None,
) -> Clarification:
    """The answer binds the office from now on, at every vacancy of `recruitment` or at `formation` alone.

    It stands in the history of the vacancy and in the record (as a digest), is news for everybody, and selection
    writes to whoever applies there. What it `supersedes` stays readable. Locks the recruitment. Runs in the caller's transaction. Raises
    NotPossible.
    """
    recruitment = Recruitment.objects.select_for_update(no_key=True).get(pk=recruitment.pk)
    if supersedes:
        formation = formation or supersedes.formation
    check(recruitment, formation, supersedes)
    made = Clarification.objects.create(
        recruitment=recruitment,
        formation=formation,
        question=question,
        answer=answer,
        supersedes=supersedes,
        by=by,
        at=at,
    )
    summary = _("Penjelasan resmi diganti: %(question)s") if supersedes else _("Penjelasan resmi: %(question)s")
    Revision.objects.create(
        recruitment=recruitment, formation=formation, summary=(summary % {"question": question})[:300], by=by, at=at
    )
    record.append(
        "clarification.given",
        at=at,
        recruitment=recruitment.slug,
        number=made.pk,
        supersedes=supersedes.pk if supersedes else None,
        digest=digest_of(made),
    )
    _news(made, at)
    return made


def check(recruitment: Recruitment, formation: Formation | None, supersedes: Clarification | None) -> None:
    """Whether an answer may be given here. Raises NotPossible."""
    if recruitment.published_at is None:
        raise NotPossible(_("Pengadaan ini belum terbit."))
    if formation and formation.recruitment_id != recruitment.pk:
        raise NotPossible(_("Formasi itu bukan dari pengadaan ini."))
    if supersedes and supersedes.recruitment_id != recruitment.pk:
        raise NotPossible(_("Penjelasan itu bukan dari pengadaan ini."))
    if supersedes and formation and supersedes.formation_id != formation.pk:
        raise NotPossible(_("Penjelasan itu berlaku di tempat lain. Penggantinya berlaku di tempat yang sama."))
    if supersedes and Clarification.objects.filter(supersedes=supersedes).exists():
        raise NotPossible(_("Penjelasan itu sudah diganti. Ganti penjelasan yang terbaru."))


def digest_of(clarification: Clarification) -> str:
    """SHA-256 in hex over where it holds, question and answer: whoever has the page can tell that nobody changed it."""
    place = [clarification.recruitment.slug, clarification.formation.slug if clarification.formation else ""]
    return hashlib.sha256(canonical([*place, clarification.question, clarification.answer])).hexdigest()


def _news(made: Clarification, at) -> None:
    about = made.formation.position if made.formation else made.recruitment.name
    subject = _("Penjelasan diganti: %(about)s") if made.supersedes_id else _("Penjelasan resmi: %(about)s")
    words = _("Pertanyaan: %(question)s\n\nJawaban: %(answer)s\n\nJawaban ini mengikat dan berlaku bagi semua pelamar.")
    publication.publish(
        source=f"clarification:{made.pk}",
        subject=subject % {"about": about},
        body=words % {"question": made.question, "answer": made.answer},
        url=path(made),
        at=at,
        for_all=True,
    )


def path(clarification: Clarification) -> str:
    """Where it is read: at its vacancy, or at the recruitment when it is for all of them."""
    found = clarification.formation
    return f"/lowongan/{found.slug}/" if found else f"/seleksi/{clarification.recruitment.slug}/"
