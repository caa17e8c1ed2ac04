"""A test that counts with its officers, its participants and its secret items, made by the actions that people use."""

import json
from datetime import timedelta

from django.utils import timezone

from accounts.roles import Role
from exams.actions import live_sessions, local_tests, seats
from exams.actions import sitting as sittings
from exams.models import Item, ItemVersion, LocalTest
from tests.exams.sitting_down import single, weighted, without_trigger
from tests.parts import make_user
from tests.selection.story import Stage

MINUTE = timedelta(minutes=1)
PARTS = [
    {"component": "twk", "topic": "", "count": 3, "worth": 5, "scores_as": ""},
    {"component": "tiu", "topic": "", "count": 3, "worth": 5, "scores_as": ""},
    {"component": "tkp", "topic": "", "count": 3, "worth": 5, "scores_as": ""},
]


def secret_items(writer, *, each: int = 5) -> None:
    """Reviewed by two others and in force; once for all halls of a test."""
    if Item.objects.filter(code="r-twk-0").exists():
        return
    now = timezone.now()
    first, second = make_user(f"a-{writer.pk}@telaah.example"), make_user(f"b-{writer.pk}@telaah.example")
    for component in ("twk", "tiu", "tkp"):
        for n in range(each):
            item = Item.objects.create(
                code=f"r-{component}-{n}", component=component, topic="uji", free=False, made_by=writer, made_at=now
            )
            body = weighted(f"Rahasia sikap {n}") if component == "tkp" else single(f"Rahasia {component} {n}")
            version = ItemVersion(
                item=item, number=1, author=writer, made_at=now, first_by=first, first_at=now, second_by=second,
                second_at=now, in_force_at=now,
            )  # fmt: skip
            version.sealed = json.dumps(body)
            version.save()


class Hall:
    """A stage with participants, a session of two rooms, and its test, sealed; `open` lets two officers open it."""

    def __init__(self, people: int = 4, *, owners=(), seconds=600, extra=None, own_devices=False, each=5, parts=PARTS):
        self.now = timezone.now()
        self.story = Stage(people, owners=owners)
        self.pia, self.rudi = self.story.pia, self.story.rudi
        self.room_officer = make_user(f"rina-{self.pia.pk}@ruang.example", Role.ROOM_OFFICER)
        secret_items(self.pia, each=each)
        self.session = live_sessions.make(
            self.story.stage, name="Sesi 1", place="Aula", rooms=["A", "B"], held_on=self.now.date(), by=self.pia,
            at=self.now,
        )  # fmt: skip
        numbers = [one.participant_number for one in self.story.people]
        self.test = local_tests.seal(
            self.session, seconds=seconds, parts=parts, begins_at=self.now + MINUTE,
            door_closes_at=self.now + 31 * MINUTE, seats_per_room=people, own_devices=own_devices,
            extra={numbers[place]: more for place, more in (extra or {}).items()}, by=self.pia, at=self.now,
        )  # fmt: skip

    def open(self):
        """Opened by two, and it has begun."""
        local_tests.unseal(self.test, by=self.pia, at=self.now)
        local_tests.unseal(self.test, by=self.rudi, at=self.now)
        return self.passes(2 * MINUTE)

    def passes(self, length: timedelta):
        """As if begin and door had been `length` earlier."""
        with without_trigger("exams_localtest", "local_test_opened_by_two"):
            self.test.refresh_from_db()
            LocalTest.objects.filter(pk=self.test.pk).update(
                begins_at=self.test.begins_at - length, door_closes_at=self.test.door_closes_at - length
            )
        self.test.refresh_from_db()
        return self

    def seat(self, place: int = 0):
        return self.test.seats.select_related("test__blueprint", "application").get(
            application=self.story.people[place]
        )

    def enter(self, place: int = 0, key: str = ""):
        seat = self.seat(place)
        return seats.enter_with_code(
            seat.application.participant_number, seat.code, key=key or f"kunci-{seat.pk}", at=timezone.now()
        )

    def begin(self, place: int = 0):
        return sittings.begin_at(self.enter(place), at=timezone.now())
