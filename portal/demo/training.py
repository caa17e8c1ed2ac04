"""Trainings of the practice city: one drawn and over, one to enrol in, one that is full; and what people wish for."""

import hashlib
from datetime import timedelta

from django.db import connection, transaction

from accounts.models import User
from ledger.actions import recording
from lib import draw
from workforce.actions import training as trainings
from workforce.actions import training_after as after
from workforce.actions import training_draw as draws
from workforce.actions import training_need as needs
from workforce.models import Enrolment, Party, Training, TrainingSession

DAY = timedelta(days=1)
DISTANCES = ("dekat", "dekat", "sedang", "jauh", "")


def _shown_in_round_one(party: str, slug: str) -> str:
    """What a party shows in the first round; in a practice city its secrets are no secrets."""
    return draw.link(hashlib.sha256(f"latihan {party} {slug}".encode()).hexdigest())


def _prepared(people: dict[str, User], at, *, rule: str, seats: int, slug: str, title: str, topic: str, about: str,
              closes_at, begins) -> Training:  # fmt: skip
    pia, oka = people["pia"], people["oka"]
    made = trainings.prepare(
        Training(
            slug=slug, title=title, topic=topic, about=about, audience=Training.Audience.EVERYBODY, seats=seats, rule=rule,
            closes_at=closes_at,
        ),
        by=pia, at=at,
    )  # fmt: skip
    for n in range(2):
        starts = begins + 7 * n * DAY
        trainings.add_session(
            made, starts_at=starts, ends_at=starts + timedelta(hours=3), place="Balai Diklat Latihan, Jalan Melati 5",
            by=pia, at=at,
        )  # fmt: skip
    if made.is_drawn:
        for party, who in ((Party.TEAM, oka), (Party.OFFICE, pia)):
            draws.commit(made, party=party, value=draw.link(_shown_in_round_one(party, slug)), by=who, at=at)
    return trainings.publish(made, by=people["rudi"], at=at)


def _move(training: Training, *, closes_at, begins=None) -> None:
    """Bring a published training into the past, as only the owner of the database could."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("workforce_training", "workforce_trainingsession"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        Training.objects.filter(pk=training.pk).update(closes_at=closes_at)
        for n, one in enumerate(training.sessions.all() if begins else ()):
            starts = begins + 7 * n * DAY
            TrainingSession.objects.filter(pk=one.pk).update(starts_at=starts, ends_at=starts + timedelta(hours=3))
        for table in ("workforce_training", "workforce_trainingsession"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    training.refresh_from_db()


def _drawn(training: Training, people: dict[str, User], at) -> None:
    """The list was closed and is in the record; both parties show their value; the seats are drawn."""
    draws.keep(at)
    recording.record_waiting(at)
    draws.keep(at)
    for party, who in ((Party.TEAM, people["oka"]), (Party.OFFICE, people["pia"])):
        draws.reveal(
            training.rounds.select_related("training").get(), party=party,
            value=_shown_in_round_one(party, training.slug), by=who, at=at,
        )  # fmt: skip
    draws.keep(at)


def build(people: dict[str, User], *, now) -> None:
    """Three trainings and two wishes, made by the people's own actions; times that are over are moved back."""
    crowd = list(User.objects.filter(email__startswith="pelamar").order_by("pk")[:40])
    over = _prepared(
        people, now, rule="draw", seats=15, slug="layanan-loket-2026", title="Melayani di loket dengan ramah dan jelas",
        topic="layanan", about="Dua pertemuan: menyebut semua syarat sekaligus, dan menulis surat yang dimengerti warga.",
        closes_at=now + DAY, begins=now + 20 * DAY,
    )  # fmt: skip
    for turn, one in enumerate(crowd):
        trainings.enrol(over, distance=DISTANCES[turn % 5], by=one, at=now)
    _move(over, closes_at=now - 30 * DAY)
    _drawn(over, people, now)
    _move(over, closes_at=now - 30 * DAY, begins=now - 12 * DAY)
    seated = list(over.enrolments.filter(state=Enrolment.State.SEATED).order_by("place"))
    for session in over.sessions.all():
        after.attend(session, {one.pk for one in seated[:13]}, by=people["pia"], at=now)
    after.certify(over, by=people["rudi"], at=now)
    for turn, one in enumerate(seated[:8]):
        after.evaluate(one, useful=4 + turn % 2, clear=3 + turn % 3, words="", by=one.user)
    _prepared(
        people, now, rule="draw", seats=20, slug="etika-benturan-kepentingan", title="Etika: mengenali benturan kepentingan",
        topic="etika", about="Kasus nyata, cara menyatakan benturan, dan ke mana melapor. Terbuka juga untuk calon pelamar.",
        closes_at=now + 10 * DAY, begins=now + 24 * DAY,
    )  # fmt: skip
    full = _prepared(
        people, now, rule="first", seats=10, slug="data-terbuka-dasar", title="Data terbuka untuk pemula", topic="digital",
        about="Membaca tabel, menyamarkan kelompok kecil, dan menerbitkan data yang dapat dipakai orang lain.",
        closes_at=now + 6 * DAY, begins=now + 9 * DAY,
    )  # fmt: skip
    for one in crowd[:13]:
        trainings.enrol(full, by=one, at=now)
    wish = needs.propose(text="Bahasa isyarat untuk petugas loket.", topic="layanan", by=people["asri"], at=now)
    needs.propose(text="Menulis surat dinas tanpa istilah yang membingungkan.", topic="teknis", by=crowd[0], at=now)
    for one in crowd[1:6]:
        needs.support(wish, by=one, at=now)
    needs.answer(
        wish,
        text="Kami cari pengajarnya. Jadwalnya terbit sebelum akhir tahun.",
        training=None,
        by=people["rudi"],
        at=now,
    )
