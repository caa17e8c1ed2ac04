"""The clock of an answer: how it is counted, how a new holiday moves it, and what is published when it ends."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from ledger.actions import record
from lib import working_days
from lib.indonesian_text import instant, weekday_date
from oversight.actions.standing import locked
from oversight.actions.telling import tell_heads, tell_members, tell_office
from oversight.models import ClockMove, Finding, Overdue
from oversight.states import FindingState
from vacancies.models import Holiday


def deadline(finding: Finding, holidays: dict[date, str] | None = None) -> tuple[datetime, list[str]]:
    """When the answer is due by the calendar as it is now, and the holidays that did not count (ISO dates)."""
    zone = finding.stage.recruitment.zone
    if holidays is None:
        holidays = holidays_since(finding.clock_from)
    found = working_days.deadline(finding.clock_from, finding.answer_days, holidays, zone)
    return found.at, [day.isoformat() for day in found.skipped]


def holidays_since(at: datetime) -> dict[date, str]:
    """Date → name of every holiday from the day before `at` on, whatever the zone."""
    return dict(Holiday.objects.filter(date__gte=at.date()).values_list("date", "name"))


def move_clocks(at) -> int:
    """Move each running clock to where the calendar of holidays puts it now; returns how many moved.

    The row that says old, new and why makes it once; office and team are told. A clock never moves into the
    past: who still had time keeps what was left.
    """
    running = list(Finding.objects.filter(state=FindingState.SENT, due_at__gt=at).select_related("stage__recruitment"))
    if not running:
        return 0
    holidays = holidays_since(min(finding.clock_from for finding in running))
    return sum(_move(finding, holidays, at) for finding in running if deadline(finding, holidays)[0] != finding.due_at)


@transaction.atomic(durable=True)
def _move(finding: Finding, holidays: dict[date, str], at) -> bool:
    finding = locked(finding)
    new, skipped = deadline(finding, holidays)
    if finding.state != FindingState.SENT or finding.due_at <= at or new <= at or new == finding.due_at:
        return False
    zone, old = finding.stage.recruitment.zone, finding.due_at
    move = ClockMove.objects.create(
        finding=finding, old=old, new=new, because=_because(finding.due_skipped, skipped, holidays), at=at
    )
    finding.due_at, finding.due_skipped = new, skipped
    finding.save(update_fields=["due_at", "due_skipped"])
    record.append(
        "finding.clock.moved", at=at, finding=finding.number, old=record.instant(old), new=record.instant(new)
    )
    told = {
        "subject": _("Tenggat jawaban temuan %(number)s dipindah") % {"number": finding.number},
        "body": _("Semula %(old)s, menjadi %(new)s. Karena: %(because)s.")
        % {"old": instant(old, zone), "new": instant(new, zone), "because": move.because},
        "at": at,
    }
    source = f"finding:{finding.number}:moved:{move.pk}"
    tell_office(source=source, url=f"/kelola/temuan/{finding.number}/", **told)
    tell_members(
        finding.team.memberships, source=f"{source}:team", url=f"/pengawasan/ruang/temuan/{finding.number}/", **told
    )
    return True


def _because(before: list[str], now: list[str], holidays: dict[date, str]) -> str:
    """Which days began or ceased to be holidays, in words."""
    came = [date.fromisoformat(day) for day in now if day not in before]
    went = [date.fromisoformat(day) for day in before if date.fromisoformat(day) not in holidays]
    parts = [_("%(day)s menjadi hari libur (%(name)s)") % {"day": weekday_date(d), "name": holidays[d]} for d in came]
    parts += [_("%(day)s bukan hari libur lagi") % {"day": weekday_date(d)} for d in went]
    return "; ".join(parts)[:300] or _("kalender hari libur berubah")


def publish_overdue(at) -> int:
    """Publish of each awaited answer whose clock has ended that it is not there; returns how many.

    The due time is the finding's own; the row is unique per clock. Heads of the office and the team are told.
    """
    published = Overdue.objects.filter(finding=OuterRef("pk"), due_at=OuterRef("due_at"))
    late = Finding.objects.filter(state=FindingState.SENT, due_at__lt=at).exclude(Exists(published))
    return sum(_publish(finding, at) for finding in late.order_by("due_at", "pk"))


@transaction.atomic(durable=True)
def _publish(finding: Finding, at) -> bool:
    finding = locked(finding)
    if finding.state != FindingState.SENT or finding.due_at >= at:
        return False
    made, new = Overdue.objects.get_or_create(finding=finding, due_at=finding.due_at, defaults={"at": at})
    if not new:
        return False
    record.append("finding.overdue", at=at, finding=finding.number, due=record.instant(made.due_at))
    told = {
        "subject": _("Temuan %(number)s belum dijawab, lewat tenggat") % {"number": finding.number},
        "body": _("Jawaban seharusnya ada %(due)s. Halaman temuan sekarang menyebut bahwa instansi belum menjawab.")
        % {"due": instant(made.due_at, finding.stage.recruitment.zone)},
        "at": at,
    }
    source = f"finding:{finding.number}:overdue:{made.pk}"
    tell_heads(source=source, url=f"/pengawasan/temuan/{finding.number}/", **told)
    tell_members(
        finding.team.memberships, source=f"{source}:team", url=f"/pengawasan/ruang/temuan/{finding.number}/", **told
    )
    return True
