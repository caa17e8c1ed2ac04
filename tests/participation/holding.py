"""An event and a consultation, for tests that need one."""

from datetime import timedelta

from participation.actions import consultations, contributions, events, questions
from participation.models import Event, Question
from tests.selection.applying import a_pdf, as_file


def an_event(pia, rudi, *, at, published: bool = True, **fields) -> Event:
    """A session in three days with ten seats, prepared by `pia` and published by `rudi`."""
    values = {
        "slug": "sosialisasi", "title": "Sosialisasi CPNS", "about": "Syarat dan jadwal.",
        "starts_at": at + timedelta(days=3), "ends_at": at + timedelta(days=3, hours=2), "place": "Balai Kelurahan",
        "address": "Jalan Melati 1", "district": "Kota Lama", "capacity": 10,
    } | fields  # fmt: skip
    made = events.prepare(Event(**values), by=pia, at=at)
    return events.publish(made, by=rudi, at=at) if published else made


def a_question(event: Event, *, at, address="warga@warga.example", text="Boleh S-2?") -> Question:
    """A question that its owner confirmed."""
    made = questions.ask(event, address=address, name="", text=text, at=at)
    questions.confirm(made, by=made.subscriber, at=at)
    made.refresh_from_db()
    return made


def a_consultation(pia, rudi, *, at):
    """A running consultation with one document and one confirmed contribution: (consultation, document, contribution)."""
    made = consultations.write(
        title="Jam layanan", body="Kapan loket buka?", opens_at=at - timedelta(days=1), closes_at=at + timedelta(days=1),
        by=pia, at=at,
    )  # fmt: skip
    document = consultations.add_document(made, title="Rancangan", file=as_file(a_pdf(), "a.pdf"), by=pia, at=at)
    made = consultations.publish(made, by=rudi, at=at)
    said = contributions.contribute(
        made, address="warga@warga.example", name="", text="Buka sampai malam.", parent=None, at=at
    )
    contributions.confirm(said, by=said.subscriber, at=at)
    return made, document, said
