"""A person takes a test: begun, answered, ended, scored. The database's clock decides what is in time."""

import hashlib
import json
import secrets
from uuid import NAMESPACE_OID, uuid5

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from exams import content, scoring
from exams.actions import local_box
from exams.models import Answer, Blueprint, ItemVersion, Seat, Sitting, SittingItem
from lib import draw, rulepack_files

A_ROUND = 200


class Over(Exception):
    """The time is over, or the sitting was ended: nothing is answered any more."""


class NotDrawn(Exception):
    """The sitting has no such place."""


class NotPossible(Exception):
    """The item cannot be answered like that."""


class TooMany(Exception):
    """The sitting has as many answers, changes counted, as one may have."""


class AlreadyRunning(Exception):
    """The account has a sitting that is not over."""


class TooFewItems(Exception):
    """The bank has not enough items in force for the format."""


class NotYet(Exception):
    """The seat's test is not open, has not begun, or its door is shut."""


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


@transaction.atomic(durable=True)
def begin(blueprint: Blueprint, *, user=None, key: str = "", at) -> Sitting:
    """A sitting of `user`, or of whoever holds `key`, with its items drawn; the time runs from here.

    Raises AlreadyRunning, TooFewItems. What is drawn depends on a seed nobody chooses.
    """
    seed = secrets.token_hex(32)
    drawn = drawn_from(pool_of_bank(blueprint), blueprint, seed)
    try:
        made = Sitting.objects.create(
            blueprint=blueprint,
            user=user,
            key_digest=None if user else digest_of(key),
            seed=seed,
            starts_at=at,
            ends_at=at,
        )
    except IntegrityError as error:
        raise AlreadyRunning from error
    _lay_out(made, drawn)
    return made


@transaction.atomic(durable=True)
def begin_at(seat: Seat, *, at) -> Sitting:
    """The sitting of a seat in a test that counts: drawn from the box of the test, by the seed of the seat.

    Beginning again is the sitting that is there, with its clock. Raises NotYet, and then nothing was drawn.
    """
    if found := Sitting.objects.filter(seat=seat).select_related("blueprint").first():
        return found
    test = seat.test
    if not test.is_unsealed or test.closed_at:
        raise NotYet
    seed = hashlib.sha256(f"{test.seed}:{seat.pk}".encode()).hexdigest()
    drawn = drawn_from(local_box.pool_of(test), test.blueprint, seed)
    try:
        with transaction.atomic():
            made = Sitting.objects.create(blueprint=test.blueprint, seat=seat, seed=seed, starts_at=at, ends_at=at)
    except IntegrityError as error:
        if error.__cause__.diag.constraint_name == "seat_begins_in_time":
            raise NotYet from error
        return Sitting.objects.select_related("blueprint").get(seat=seat)  # another tab was first
    _lay_out(made, drawn)
    return made


def _lay_out(made: Sitting, drawn: list[tuple[int, int]]) -> None:
    SittingItem.objects.bulk_create(
        SittingItem(sitting=made, position=position, version_id=version, worth=worth)
        for position, (version, worth) in enumerate(drawn, start=1)
    )
    made.refresh_from_db()  # begin and end are the database's


def pool_of_bank(blueprint: Blueprint) -> dict[str, tuple[int, str, str]]:
    """(version, component, topic) by code: what may be drawn for a format today."""
    found = ItemVersion.objects.in_force().filter(item__free=blueprint.practice)
    found = found.filter(item__component__in={part.component for part in blueprint.parts.all()})
    return {
        code: (version, component, topic)
        for code, version, component, topic in found.values_list("item__code", "pk", "item__component", "item__topic")
    }


def drawn_from(pool: dict[str, tuple[int, str, str]], blueprint: Blueprint, seed: str) -> list[tuple[int, int]]:
    """(version, worth) by place: each part draws its own; within a component the topics are mixed. Raises TooFewItems.

    A part of any topic draws last, from what the topics left: whether the pool is enough depends on no seed.
    """
    parts = list(blueprint.parts.order_by("place"))
    taken: dict[str, list[tuple[str, int]]] = {part.component: [] for part in parts}
    for part in sorted(parts, key=lambda one: not one.topic):
        used = {code for codes in taken.values() for code, _worth in codes}
        fitting = [
            code
            for code, (_version, component, topic) in pool.items()
            if component == part.component and part.topic in ("", topic) and code not in used
        ]
        codes = draw.drawn(seed, fitting, part.count)
        if len(codes) < part.count:
            raise TooFewItems(f"{part.component} {part.topic}: {len(codes)} < {part.count}")
        taken[part.component] += [(code, part.worth) for code in codes]
    return [
        (pool[code][0], worth)
        for codes in taken.values()
        for code, worth in sorted(codes, key=lambda one: draw.place(seed, f"place {one[0]}"))
    ]


@transaction.atomic(durable=True)
def answer(sitting: Sitting, position: int, letters: list[str], *, doubtful: bool, mark: str) -> Answer:
    """Keep what was answered at a place; the last one counts. `letters` are the options as shown (A, B …), or a text.

    One statement asks the clock, gives the number and writes. The same answer with the same `mark` again is not a new
    one. A mark that already stands for another answer (a page out of the browser's memory, changed and sent) is not
    taken for it: what is acknowledged is what was sent. Raises Over, NotDrawn, NotPossible, TooMany.
    """
    place = sitting.items.select_related("version__item").filter(position=position).first()
    if place is None:
        raise NotDrawn
    value = meant(place.version, sitting.seed, letters)
    kept = _kept(sitting, position, value, doubtful=doubtful, mark=mark)
    if (kept.position, kept.value, kept.doubtful) == (position, value, doubtful):
        return kept
    own = str(uuid5(NAMESPACE_OID, json.dumps([mark, position, value, doubtful])))
    return _kept(sitting, position, value, doubtful=doubtful, mark=own)


def _kept(sitting: Sitting, position: int, value: list[str], *, doubtful: bool, mark: str) -> Answer:
    """The answer written under `mark`, or the one that has it already. Raises Over, NotDrawn, TooMany."""
    given = Answer(sitting=sitting, position=position, number=0, value=value, doubtful=doubtful, mark=mark,
                   at=sitting.starts_at)  # fmt: skip
    try:
        with transaction.atomic():
            given.save(force_insert=True)
    except IntegrityError as error:
        match error.__cause__.diag.constraint_name:
            case "one_answer_per_mark":
                return Answer.objects.get(sitting=sitting, mark=mark)
            case "answer_in_time":
                raise Over from error
            case "answers_of_a_sitting_are_bounded":
                raise TooMany from error
            case _:
                raise NotDrawn from error
    given.refresh_from_db(fields=["number", "at"])
    return given


def meant(version: ItemVersion, seed: str, letters: list[str]) -> list[str]:
    """The option keys behind the letters that the page shows. Raises NotPossible."""
    if version.question.kind is scoring.Kind.SHORT:
        value = [text for text in letters if text.strip()]
    else:
        shown = dict(zip("ABCDEFGH", content.shown_order(version.content, seed), strict=False))
        if not set(letters) <= shown.keys():
            raise NotPossible
        value = [shown[letter] for letter in letters]
    if not scoring.allowed(version.question, value):
        raise NotPossible
    return value


def latest(sitting: Sitting) -> dict[int, Answer]:
    """The answer that counts at each place that was answered."""
    found = sitting.answers.order_by("position", "-number").distinct("position")
    return {one.position: one for one in found}


@transaction.atomic(durable=True)
def end(sitting: Sitting) -> Sitting:
    """The person is done, or the time is over: scored at once, and nothing changes any more. Ending twice is once."""
    return _end(Sitting.objects.select_for_update(of=("self",)).select_related("blueprint").get(pk=sitting.pk))


def _end(locked: Sitting) -> Sitting:
    if locked.ended_at:
        return locked
    sheet = sheet_of(locked)
    locked.score, locked.marks = result_of(
        [(place.version.item.component, place.version.question, value, place.worth) for place, value in sheet]
    )
    locked.ended_at = locked.ends_at  # the trigger writes the database's clock when that is earlier
    locked.save(update_fields=["marks", "score", "ended_at"])
    locked.refresh_from_db(fields=["ended_at"])
    return locked


def result_of(sheet: list[tuple]) -> tuple[dict, list[int | None]]:
    """Score and marks of a sheet: (component, question, answer, worth) by place."""
    result = scoring.parts(sheet)
    score = {"parts": {key: vars(part) for key, part in result.items()}, "total": vars(scoring.total(result))}
    return score, scoring.marks(line[1:] for line in sheet)


def sheet_of(sitting: Sitting) -> list[tuple[SittingItem, list[str]]]:
    """Every place with the answer that counts there (empty where there is none)."""
    answers = latest(sitting)
    places = sitting.items.select_related("version__item").order_by("position")
    return [(place, answers[place.position].value if place.position in answers else []) for place in places]


def bars(sitting: Sitting, need: str = "umum") -> list[scoring.Bar]:
    """The thresholds of the format's rule pack for a kind of need, held against the result."""
    blueprint = sitting.blueprint
    if not blueprint.rulepack:
        return []
    rule = rulepack_files.load(blueprint.rulepack).stage(blueprint.rule)
    full = {one["key"]: one["max"] for one in rule["components"]}
    parts = sitting.score["parts"]  # in the database's order; the thresholds come in that of the rule
    result = {key: scoring.Part(**parts[key]) for key in [*full, *parts] if key in parts}
    return scoring.bars(result, rule["thresholds"].get(need, {}), full)


def forget_old(at) -> None:
    """Duty: practice is forgotten after PRACTICE_KEPT_DAYS, with an account after PRACTICE_HISTORY_DAYS. Sums stay."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM exams_sitting WHERE id IN (SELECT s.id FROM exams_sitting s"
            " JOIN exams_blueprint b ON b.id = s.blueprint_id AND b.practice"
            " WHERE s.counted_at IS NOT NULL AND s.ended_at < %s - make_interval(days =>"
            " CASE WHEN s.user_id IS NULL THEN %s ELSE %s END) ORDER BY s.id LIMIT %s FOR UPDATE OF s SKIP LOCKED)",
            [at, settings.PRACTICE_KEPT_DAYS, settings.PRACTICE_HISTORY_DAYS, A_ROUND],
        )


@transaction.atomic(durable=True)
def forget(sitting: Sitting) -> None:
    """Its owner does not want to keep a practice sitting that is over."""
    with connection.cursor() as cursor:  # the database takes places and answers along
        cursor.execute("DELETE FROM exams_sitting WHERE id = %s", [sitting.pk])
