"""A small bank and formats of a few items, for tests that need somebody to sit down."""

import inspect
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from exams.actions import sitting as sittings
from exams.models import Blueprint, BlueprintPart, Item, ItemVersion
from exams.models.sitting import Sitting


def single(stem: str, right: str = "a") -> dict:
    options = [{"key": key, "text": f"{stem} {key}"} for key in "abcde"]
    return {"kind": "single", "stem": stem, "options": options, "right": [right], "explanation": f"Karena {right}."}


def weighted(stem: str) -> dict:
    options = [
        {"key": key, "text": f"{stem} {key}", "points": n} for key, n in zip("abcde", (5, 4, 3, 2, 1), strict=True)
    ]
    return {"kind": "weighted", "stem": stem, "options": options, "explanation": "Yang terbaik bernilai 5."}


def a_bank(*, twk: int = 4, tiu: int = 4, tkp: int = 4) -> None:
    """Free items in force."""
    now = timezone.now()
    for component, count in (("twk", twk), ("tiu", tiu), ("tkp", tkp)):
        for n in range(count):
            item = Item.objects.create(
                code=f"{component}-{n}", component=component, topic="uji", free=True, made_at=now
            )
            body = weighted(f"Sikap {n}") if component == "tkp" else single(f"Tanya {component} {n}")
            ItemVersion.objects.create(item=item, number=1, body=body, made_at=now, in_force_at=now)


def a_format(slug: str = "uji", *, seconds: int = 600, practice: bool = True, **counts: int) -> Blueprint:
    """So many items of each component; three of each when nothing is said."""
    counts = counts or {"twk": 3, "tiu": 3, "tkp": 3}
    made = Blueprint.objects.create(
        slug=slug, name="Uji", seconds=seconds, practice=practice, rulepack="cpns-2024", rule="skd"
    )
    BlueprintPart.objects.bulk_create(
        BlueprintPart(blueprint=made, place=place, component=component, count=count)
        for place, (component, count) in enumerate(counts.items())
    )
    return made


def letter_of(place, sitting, key: str) -> str:
    """The letter under which a sitting shows an option."""
    from exams.content import shown_order

    return "ABCDEFGH"[shown_order(place.version.content, sitting.seed).index(key)]


def answer_all(sitting: Sitting, key: str = "a", places=None) -> None:
    """The same option everywhere, or at `places`."""
    for place in sitting.items.select_related("version__item"):
        if places is None or place.position in places:
            sittings.answer(
                sitting, place.position, [letter_of(place, sitting, key)], doubtful=False, mark=f"m{place.position}"
            )


@contextmanager
def without_trigger(table: str, *names: str):
    """A protection taken off, for its twin and for letting time pass. Wants the owner of the tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgname ~ ANY(%s)",
            [table, [f"^pgtrigger_{name}_" for name in names]],
        )
        found = [name for (name,) in cursor.fetchall()]
        assert len(found) == len(names), (names, found)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks to come cannot be altered
        for name in found:
            cursor.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{name}"')
        try:
            yield
        finally:
            for name in found:
                cursor.execute(f'ALTER TABLE {table} ENABLE TRIGGER "{name}"')


def long_ago(sitting: Sitting, length: timedelta) -> Sitting:
    """As if the sitting had begun `length` earlier."""
    with without_trigger("exams_sitting", "sitting_time_stands"):
        moved = {"starts_at": sitting.starts_at - length, "ends_at": sitting.ends_at - length}
        if sitting.ended_at:
            moved["ended_at"] = sitting.ended_at - length
        Sitting.objects.filter(pk=sitting.pk).update(**moved)
    sitting.refresh_from_db()
    return sitting


def rewritten_trigger(table: str, name: str, *changes: tuple[str, str]) -> None:
    """A trigger with a protection taken out of its words, until the test's transaction ends: (what stands there, instead)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_functiondef(tgfoid) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname ~ %s",
            [table, f"^pgtrigger_{name}_"],
        )
        [(words,)] = cursor.fetchall()
        for stands, instead in changes:
            assert stands in words, stands
            words = words.replace(stands, instead)
        cursor.execute(words)


def rewritten(module, name: str, *changes: tuple[str, str]):
    """A function of `module` with a protection taken out of its words, in the names of its module."""
    words = inspect.getsource(getattr(module, name))
    for stands, instead in changes:
        assert stands in words, stands
        words = words.replace(stands, instead)
    names = dict(vars(module))
    exec(compile(words, module.__file__, "exec"), names)  # noqa: S102 - our own function, less one protection
    return names[name]
