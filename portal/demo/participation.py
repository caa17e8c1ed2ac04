"""A session to come to and a question of the office, with what citizens said."""

from datetime import timedelta

from participation.actions import consultations, contributions, events
from participation.models import Event
from vacancies.models import Recruitment

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def build(pia, rudi, recruitment: Recruitment, *, now) -> None:
    """One event that takes registrations, about `recruitment`, and one running consultation with two contributions."""
    starts_at = (now + 5 * DAY).replace(hour=2, minute=0, second=0, microsecond=0)
    event = Event(
        slug="penjelasan-cara-melamar",
        title="Penjelasan cara melamar",
        about="Kami jelaskan syarat, jadwal, dan cara mengisi lamaran. Bawa ponsel; petugas membantu di tempat.",
        recruitment=recruitment,
        starts_at=starts_at,
        ends_at=starts_at + 3 * HOUR,
        place="Balai Kelurahan Mekar",
        address="Jalan Melati 1",
        district="Kota Lama",
        capacity=40,
        entrance="Pintu masuk tanpa tangga; toilet untuk kursi roda di lantai yang sama.",
        language_help="Ada juru bahasa isyarat.",
        transport="Angkutan kota jalur 3 berhenti di depan balai.",
    )
    events.publish(events.prepare(event, by=pia, at=now), by=rudi, at=now)
    asked = consultations.write(
        title="Jam layanan loket kepegawaian",
        body="Loket buka pukul 8 sampai 15. Apakah jam ini cocok bagi Anda? Jam berapa yang lebih baik, dan mengapa?",
        opens_at=now - HOUR,
        closes_at=now + 14 * DAY,
        by=pia,
        at=now,
    )
    asked = consultations.publish(asked, by=rudi, at=now)
    for address, name, text in (
        ("warga.satu@demo.example", "Tini", "Saya bekerja sampai sore. Buka sampai pukul 18 satu hari seminggu sudah menolong."),
        ("warga.dua@demo.example", "", "Mohon ada nomor antrean yang dapat diambil dari rumah."),
    ):  # fmt: skip
        said = contributions.contribute(asked, address=address, name=name, text=text, parent=None, at=now)
        contributions.confirm(said, by=said.subscriber, at=now)
