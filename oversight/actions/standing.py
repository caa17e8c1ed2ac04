"""What every step of a finding asks first: who acts, for which team, and whether the table allows the step."""

from django.utils.translation import gettext as _

from oversight import rules, states
from oversight.models import Finding, Membership

INTERESTED = _("Anda menyatakan benturan kepentingan di sini. Serahkan kepada anggota lain.")


class NotAllowed(Exception):
    """This person may not do this to a finding, or the finding is past that step."""


class NotReady(Exception):
    """Something is missing that the finding needs before this step."""


def member(by, at) -> Membership:
    """The membership on which `by` acts at `at`; NotAllowed without one."""
    membership = rules.membership_of(by, at)
    if membership is None:
        raise NotAllowed(_("Hanya anggota tim pengawas yang dapat melakukan ini."))
    return membership


def locked(finding: Finding) -> Finding:
    """The finding as it is now, locked until the end of the transaction."""
    found = Finding.objects.select_related("team", "stage__recruitment", "announcement", "review", "hold", "recurs")
    return found.select_for_update(no_key=True, of=("self",)).get(pk=finding.pk)


def own(finding: Finding, by, at) -> Finding:
    """The finding locked, when it is one of `by`'s team at `at`; NotAllowed otherwise. Wants as_team()."""
    member(by, at)
    finding = locked(finding)
    if not finding.team.memberships.current(at).filter(user=by).exists():
        raise NotAllowed(_("Temuan ini milik tim pengawas lain."))
    return finding


def without_interest(finding: Finding, by, at) -> None:
    """NotAllowed when `by` has declared a conflict of interest about the finding's stage."""
    if rules.has_interest(by, finding.stage, at):
        raise NotAllowed(INTERESTED)


def must_reach(finding: Finding, state: str) -> None:
    if not states.allows(finding.state, state):
        raise NotAllowed(
            _("Temuan %(number)s sekarang: %(state)s.")
            % {"number": finding.number, "state": finding.get_state_display()}
        )


def words(text: str, otherwise: str) -> str:
    """The text without blanks around it; NotReady saying `otherwise` when nothing is left."""
    if not text.strip():
        raise NotReady(otherwise)
    return text.strip()
