"""The one road by which a case changes its state: lock, clock, step, row."""

from django.utils.translation import gettext as _

from lib.personal_marks import marks
from participation import case_clock
from participation.case_states import OVER, NotAllowed, allows
from participation.models import CaseStep, ServiceCase


def locked(case, to: str) -> ServiceCase:
    """The case, locked until the end of the transaction. Raises NotAllowed where it does not lead to `to`."""
    found = ServiceCase.objects.select_for_update(no_key=True, of=("self",)).get(pk=case.pk)
    if not allows(found.state, to):
        raise NotAllowed(_("Aduan ini sekarang: %(state)s.") % {"state": found.get_state_display()})
    return found


def move(case, to: str, *, at, met: bool, words="", private="", by=None, by_reporter=False, **changed) -> CaseStep:
    """End the running clock, write the step, then the state and what is `changed` with it. Wants a locked case."""
    case_clock.end(case, at=at, met=met)
    agency = changed.get("agency", case.agency)
    step = CaseStep.objects.create(
        case=case, old=case.state, new=to, words=words, private=private or None,
        agency=agency, by=by, by_reporter=by_reporter, at=at,
    )  # fmt: skip
    changed |= {"state": to, "closed_at": at if to in OVER else None}
    for name, value in changed.items():
        setattr(case, name, value)
    case.save(update_fields=list(changed))
    return step


def public(words: str, missing: str) -> str:
    """`words` as everybody may read them. Raises NotAllowed with `missing` for none, and for what points at a person."""
    words = words.strip()
    if not words:
        raise NotAllowed(missing)
    if found := marks(words):
        raise NotAllowed(
            _("Tulisan untuk umum memuat %(what)s. Hapus, atau tulis di kotak hanya untuk pelapor.")
            % {"what": ", ".join(found)}
        )
    return words
