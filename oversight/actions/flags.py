"""Red flags: computed every night and after events, each raised once; a member of the team judges it."""

import logging
from collections import defaultdict
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.team_role import as_team
from ledger.models import Pending
from oversight import rules
from oversight.actions import finding as findings
from oversight.flag_states import FlagState, allows
from oversight.flags.table import BY_CODE, RULES
from oversight.models import Finding, Flag, FlagRun

logger = logging.getLogger(__name__)
TURN = 0x6A740020  # the advisory lock of whoever computes
NIGHT = time(1, 30)  # where the portal is
# Facts after which the rules are asked again at once, not only at night.
EVENTS = (
    "vacancy.published", "vacancy.changed", "schedule.changed", "registration.closed", "scores.approved",
    "announcement.frozen", "finding.reviewed",
)  # fmt: skip


class NotAllowed(Exception):
    """Only a member of the team judges a flag, and only one that is open."""


class NotReady(Exception):
    """The judgement needs words."""


# --- Computing ---------------------------------------------------------------------------------
def keep(at: datetime) -> int:
    """Ask all rules when a night has come or something happened since the last time; returns how many flags are new.

    The next night stands as a row before it comes. Any number of keepers may ring: one computes, the others pass.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [TURN])
        if not cursor.fetchone()[0]:
            return 0
        return sum(_run(run, at) for run in _due(at))


def _due(at: datetime) -> list[FlagRun]:
    """The runs whose time has come; one is enough for all that happened, the night's counts as such a one too."""
    waiting = FlagRun.objects.filter(done_at=None)
    if not waiting.filter(cause=FlagRun.Cause.NIGHT).exists():
        FlagRun.objects.create(cause=FlagRun.Cause.NIGHT, due_at=_next_night(at))
    due = list(waiting.filter(due_at__lte=at).order_by("due_at"))
    seen = FlagRun.objects.filter(done_at__isnull=False).aggregate(upto=Max("facts_upto"))["upto"]
    if not due and (seen is None or _newest_fact() > seen):
        due = [FlagRun.objects.create(cause=FlagRun.Cause.EVENT, due_at=at)]
    return due


def _next_night(at: datetime) -> datetime:
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    night = datetime.combine(local.date(), NIGHT, local.tzinfo)
    return night if night > local else datetime.combine(local.date() + timedelta(days=1), NIGHT, local.tzinfo)


def _newest_fact() -> int:
    return Pending.objects.filter(kind__in=EVENTS).aggregate(newest=Max("pk"))["newest"] or 0


def _run(run: FlagRun, at: datetime) -> int:
    run.facts_upto = _newest_fact()
    for rule in RULES:
        try:
            with transaction.atomic():
                run.raised += raise_flags(rule, at)
        except Exception:
            logger.exception("the rule %s broke; the other rules were asked", rule.code)
            run.failed.append(rule.code)
    run.done_at = at
    run.save(update_fields=["facts_upto", "raised", "failed", "done_at"])
    return run.raised


@transaction.atomic
def raise_flags(rule, at: datetime) -> int:
    """Ask one rule and keep what it finds; returns how many flags are new.

    An open flag takes over the newest evidence. A judged one stays, and its key is raised again only on grounds
    that none of its flags had.
    """
    known = defaultdict(list)
    for flag in Flag.objects.filter(rule=rule.code).order_by("round"):
        known[flag.key].append(flag)
    new, seen = [], []
    for found in rule.find(at):
        earlier = known[found.key]
        last = earlier[-1] if earlier else None
        old_grounds = {ground for flag in earlier for ground in flag.grounds}
        if last and (last.state == FlagState.OPEN or old_grounds.issuperset(found.grounds)):
            if last.state == FlagState.OPEN:
                last.subject, last.grounds, last.evidence = found.subject[:300], found.grounds, found.evidence
            last.last_seen_at = at
            seen.append(last)
            continue
        new.append(
            Flag(
                rule=rule.code, key=found.key, round=last.round + 1 if last else 1, stage_id=found.stage_id,
                subject=found.subject[:300], grounds=found.grounds, evidence=found.evidence,
                first_seen_at=at, last_seen_at=at,
            )
        )  # fmt: skip
    Flag.objects.bulk_update(seen, ["subject", "grounds", "evidence", "last_seen_at"], batch_size=500)
    Flag.objects.bulk_create(new, batch_size=500)
    return len(new)


# --- Judging -----------------------------------------------------------------------------------
@transaction.atomic(durable=True)
def judge(flag: Flag, state: str, *, note: str, by, at: datetime) -> Flag:
    """A member says in words why a flag is explained, or that it was a false alarm. Locks the flag.

    The words are the team's own; the public sees counts. Raises NotAllowed, NotReady.
    """
    if state not in (FlagState.EXPLAINED, FlagState.FALSE_ALARM):
        raise NotAllowed(_("Pilih: ada penjelasannya, atau alarm palsu."))
    _must_be_member(by, at)
    if not note.strip():
        raise NotReady(_("Tulis alasan penilaian Anda."))
    with as_team():
        flag = _open(flag)
        _judged(flag, state, note=note, by=by, at=at)
    return flag


def begin_finding(flag: Flag, *, by, at: datetime) -> Finding:
    """A member makes a draft finding of a flag, with the flag's evidence in it. Locks the flag.

    Raises NotAllowed, also when somebody judged the flag meanwhile: then no finding is written.
    """
    _must_be_member(by, at)
    with transaction.atomic(durable=True):
        with as_team():
            flag = _open(flag)
        rule = BY_CODE[flag.rule]
        made = findings.write_draft(
            flag.stage,
            title=str(rule.name),
            body=_("%(subject)s. Aturan: %(computes)s Ambang: %(threshold)s")
            % {"subject": flag.subject, "computes": rule.computes, "threshold": rule.threshold},
            severity=Finding.Severity.MAJOR,
            by=by,
            at=at,
            evidence=flag.evidence["lines"],
        )
        with as_team():
            note = _("Menjadi rancangan temuan %(number)s.") % {"number": made.number}
            _judged(flag, FlagState.FINDING, note=note, by=by, at=at, finding=made)
    return made


def _must_be_member(by, at) -> None:
    if rules.membership_of(by, at) is None:
        raise NotAllowed(_("Hanya anggota tim pengawas yang menilai tanda."))


def _open(flag: Flag) -> Flag:
    flag = (
        Flag.objects.select_for_update(no_key=True, of=("self",)).select_related("stage__recruitment").get(pk=flag.pk)
    )
    if not allows(flag.state, FlagState.EXPLAINED):
        raise NotAllowed(_("Tanda ini sudah dinilai: %(state)s.") % {"state": flag.get_state_display()})
    return flag


def _judged(flag: Flag, state: str, *, note: str, by, at, finding=None) -> None:
    flag.state, flag.note, flag.judged_by, flag.judged_at, flag.finding = state, note.strip()[:500], by, at, finding
    flag.save(update_fields=["state", "note", "judged_by", "judged_at", "finding"])
