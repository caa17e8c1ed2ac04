"""The own seats of whoever is signed in, and what can be done at each of them now."""

from dataclasses import dataclass

from exams.actions import resits, seats
from exams.models import Seat


@dataclass(frozen=True)
class Standing:
    """A seat at one moment. `word`: replaced, over, missed, never, sealed, here, elsewhere, account or code."""

    seat: Seat
    word: str

    @property
    def tone(self) -> str:
        return {"over": "ok", "account": "info", "code": "info", "here": "info"}.get(self.word, "wait")


def of(user, *, here: Seat | None, at) -> list[Standing]:
    """The seats of `user`, the newest first. `here`: the seat of the device that asks, if it has one."""
    found = seats.PLACE.select_related("sitting").filter(application__user=user).order_by("-test__begins_at")[:10]
    replaced = set(resits.replaced().filter(application__user=user).values_list("pk", flat=True))
    return [Standing(one, "replaced" if one.pk in replaced else _word(one, here, at)) for one in found]


def _word(seat: Seat, here: Seat | None, at) -> str:
    test, sitting = seat.test, getattr(seat, "sitting", None)
    shut = test.door_closes_at <= at
    if sitting and sitting.ended_at:
        return "over"
    if not test.is_unsealed:
        return "never" if shut else "sealed"
    if shut and not sitting:
        return "missed"
    if seat.key_digest:
        return "here" if here and here.pk == seat.pk else "elsewhere"
    return "account" if test.own_devices else "code"
