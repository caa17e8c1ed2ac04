"""What the oversight keeps by itself. One line for each duty; each is a row with a due time and may run twice."""

from lib import duties as duty
from oversight.actions import (
    audit,
    clocks,
    escalated,
    flags,
    hold,
    indicators,
    invariants,
    openness_report,
    probing,
    report_keeping,
    report_tally,
    retaliation,
    training_letters,
)

DUTIES = (
    hold.tell_lapsed,
    clocks.move_clocks,
    clocks.publish_overdue,
    escalated.tell_overdue,
    invariants.check_due,
    flags.keep,
    audit.keep,
    training_letters.tell_due,
    report_keeping.tell_waiting,
    report_keeping.forget_old,
    retaliation.forget_over,
    report_tally.tally_due,
    probing.probe_due,
    indicators.compute_due,
    openness_report.publish_due,
)


def keep(at, duties=DUTIES) -> None:
    """Do what is due at `at`, each duty by itself: one that fails does not stop the next."""
    duty.run(duties, at)
