"""What becomes of a test: its scores on the live board, its answers in the record, its score file on the usual road."""

import csv
import hashlib
import io
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from exams.actions import live_feed, resits, tested_components
from exams.actions import sitting as sittings
from exams.actions.live_sessions import components_of
from exams.actions.local_tests import NotPossible, names
from exams.live_rows import Refused
from exams.models import LocalTest, Neutralisation, Resit, ShadowScore, Sitting, TestFile
from ledger.actions import record
from lib.canonical import canonical
from selection.actions import scores
from selection.queries import participants


def scaled(test: LocalTest, parts: dict[str, dict]) -> dict[str, Decimal]:
    """A score by the components of the stage's rule: the share of the points there were, of the component's maximum.

    Rounded half up to the decimals of the rule. `parts` as Sitting.score["parts"] has them.
    """
    goes_to = {one.component: one.scores_as or one.component for one in test.blueprint.parts.all()}
    rule = {one["key"]: one for one in components_of(test.session.stage)}
    found = {}
    for key in dict.fromkeys(goes_to.values()):
        mine = [part for component, part in parts.items() if goes_to[component] == key]
        share = Decimal(sum(one["points"] for one in mine)) / Decimal(sum(one["most"] for one in mine))
        step = Decimal(1).scaleb(-int(rule[key].get("decimals", 0)))
        found[key] = (share * rule[key]["max"]).quantize(step, ROUND_HALF_UP)
    return found


def in_force(sitting: Sitting) -> dict:
    """The score of a sitting that is over, with what was neutralised since."""
    applied = ShadowScore.objects.filter(sitting=sitting, neutralisation__state=Neutralisation.State.APPLIED)
    newest = applied.order_by("-neutralisation_id").first()
    return newest.new if newest else sitting.score


def all_in_force(test: LocalTest) -> dict[int, dict]:
    """The scores of a test by application; without those who sit another one in its place."""
    over = counted(test)
    found = dict(over.values_list("seat__application", "score"))
    shadows = ShadowScore.objects.filter(
        neutralisation__test=test, neutralisation__state=Neutralisation.State.APPLIED, sitting__in=over
    )
    found |= dict(shadows.order_by("neutralisation_id").values_list("sitting__seat__application", "new"))
    return found


def counted(test: LocalTest):
    """The sittings of a test that are over and count."""
    return Sitting.objects.filter(seat__test=test, ended_at__isnull=False).exclude(seat__in=resits.replaced())


def show_scores(at) -> None:
    """Duty: what ended since the last time goes to the live board, also corrected scores while its session is open."""
    open_ = LocalTest.objects.filter(second_at__isnull=False, session__closed_at=None)
    for test in open_.select_related("session__stage__recruitment", "blueprint"):
        rows = _unshown(test)
        if not rows:
            continue
        try:
            live_feed.receive(test.session, _delivery(test, rows), at=at)
        except (Refused, live_feed.OutOfTurn):
            continue  # somebody closed the session, or left the stage, meanwhile: the next round looks again


def _unshown(test: LocalTest) -> list[tuple[str, str, object, dict]]:
    """(number, room, when, score) of those whose newest score no screen has."""
    stage = test.session.stage
    corrected = test.neutralisations.filter(state=Neutralisation.State.APPLIED).order_by("pk").last()
    shown = dict(stage.live_scores.order_by("shown_at").values_list("application", "shown_at"))
    found = all_in_force(test)
    rows = []
    over = counted(test).filter(seat__application__in=participants(stage).values("pk"))
    for person, number, room, ended in over.order_by("seat__application__participant_number").values_list(
        "seat__application", "seat__application__participant_number", "seat__room", "ended_at"
    ):
        when = corrected.decided_at if corrected else ended
        if person not in shown or shown[person] < when:
            rows.append((number, room, when, found[person]))
    return rows


def _delivery(test: LocalTest, rows) -> bytes:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    keys = None
    for number, room, when, score in rows:
        values = scaled(test, score["parts"])
        if keys is None:
            keys = list(values)
            table.writerow(["nomor", "ruang", "waktu", *keys])
        table.writerow([number, room, when.isoformat(), *(str(values[key]) for key in keys)])
    return out.getvalue().encode()


def close_over(at) -> None:
    """Duty: when the door is shut and everybody is done, the answers of a test are committed to the public record."""
    waiting = LocalTest.objects.unsealed().filter(door_closes_at__lte=at)
    running = Count("seats__sitting", filter=Q(seats__sitting__ended_at=None))
    for pk in list(waiting.alias(running=running).filter(running=0).values_list("pk", flat=True)[:50]):
        with transaction.atomic(durable=True):
            test = (
                LocalTest.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("session__stage__recruitment")
                .filter(pk=pk, closed_at=None)
                .first()
            )
            if test:
                _close(test, at)


def _close(test: LocalTest, at) -> None:
    people, answers, digest = answers_of(test)
    test.closed_at, test.answers_digest = at, digest
    test.save(update_fields=["closed_at", "answers_digest"])
    record.append("exam.closed", at=at, **names(test.session), people=people, answers=answers, digest=digest)


def answers_of(test: LocalTest) -> tuple[int, int, str]:
    """People, answers that count, and the SHA-256 over the sheets: one line per person in the order of numbers.

    A line is the SHA-256 over the canonical JSON of seed, number, answers (item version, value) and marks. The seed
    of a sitting is its salt: the digest tells nothing to whoever was not shown a sheet.
    """
    lines, answers = [], 0
    for sitting in Sitting.objects.filter(seat__test=test).order_by("seat__application__participant_number").select_related(
        "seat__application"
    ):  # fmt: skip
        sheet = [[place.version_id, value] for place, value in sittings.sheet_of(sitting)]
        answers += sum(bool(value) for _version, value in sheet)
        lines.append(line_of(sitting, sheet))
    return len(lines), answers, hashlib.sha256("".join(f"{one}\n" for one in lines).encode()).hexdigest()


def line_of(sitting: Sitting, sheet: list) -> str:
    number = sitting.seat.application.participant_number
    return hashlib.sha256(canonical([sitting.seed, number, sheet, sitting.marks])).hexdigest()


def score_file(stage, *, by, at, reason: str = ""):
    """The score file of a stage out of its tests, handed in like any other: a second person approves the ScoreBatch.

    It carries what the tests measure; what else the stage's rule asks for comes in other files. Raises NotPossible
    while a test is to come or runs or its answers are not in the record, and scores.Refused as for any file.
    """
    tests = list(LocalTest.objects.living(at).filter(session__stage=stage).select_related("session", "blueprint"))
    if not tests or any(test.closed_at is None for test in tests):
        raise NotPossible(_("Tunggu sampai ujian tahap ini selesai dan jawabannya tercatat."))
    decided = Neutralisation.objects.filter(test__in=tests)
    if decided.filter(state=Neutralisation.State.PROPOSED).exists():
        raise NotPossible(_("Putuskan dahulu usulan menetralkan soal."))
    if Resit.objects.filter(test__in=tests, state=Resit.State.PROPOSED).exists():
        raise NotPossible(_("Putuskan dahulu usulan ujian pengganti."))
    if unseated := resits.waiting_for_a_seat(stage, at):
        words = _("Segel dahulu ujian pengganti. Yang belum punya kursi: %(n)s.")
        raise NotPossible(words % {"n": ", ".join(unseated)[:200]})
    content = _table(tests)
    applied = list(decided.filter(state=Neutralisation.State.APPLIED).values_list("pk", flat=True))
    with transaction.atomic(durable=True):
        TestFile.objects.get_or_create(
            stage=stage, sha256=hashlib.sha256(content).hexdigest(),
            defaults={"tests": [one.pk for one in tests], "neutralisations": applied, "made_by": by, "made_at": at},
        )  # fmt: skip
    name = f"ujian-setempat-{stage.slug}.csv"
    return scores.stage_file(stage, io.BytesIO(content), file_name=name, by=by, at=at, reason=reason, tested=True)


def _table(tests: list[LocalTest]) -> bytes:
    rows, keys = {}, []
    for test in tests:
        keys += tested_components.measured(test.blueprint)
        found = all_in_force(test)
        for person, number in test.seats.exclude(pk__in=resits.replaced()).values_list(
            "application", "application__participant_number"
        ):
            rows[number] = scaled(test, found[person]["parts"]) if person in found else rows.get(number, {})
    keys = list(dict.fromkeys(keys))
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["No Peserta", *keys])
    for number, values in sorted(rows.items()):
        table.writerow([number, *(str(values.get(key, "")) for key in keys)])
    return out.getvalue().encode()
