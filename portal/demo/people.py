"""Invented applicants by the thousand, written set-based through the same constraints as everybody."""

import io
import secrets
from dataclasses import dataclass
from datetime import timedelta
from random import Random

import pikepdf
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F
from PIL import Image, ImageDraw

from accounts.encrypted import nik_index
from accounts.models import Person, User
from lib.codes import ALPHABET
from selection import commitments
from selection.actions import application as applications
from selection.actions import uploads
from selection.forms.application import STATEMENT
from selection.models import Answers, Application, Document, Opening, Receipt, Step
from selection.states import State
from vacancies.models import Formation, Qualification

SLICE = 5_000
FIRST = ["Ayu", "Bagus", "Citra", "Dewi", "Eko", "Fitri", "Galih", "Hana", "Indra", "Joko", "Kartika", "Laras", "Made",
         "Nur", "Putri", "Rahmat", "Sinta", "Taufik", "Umar", "Wulan", "Yoga", "Zahra"]  # fmt: skip
LAST = ["Anggraini", "Basuki", "Cahyono", "Damanik", "Effendi", "Firmansyah", "Gunawan", "Hidayat", "Irawan", "Kusuma",
        "Lestari", "Maulana", "Nasution", "Pratama", "Ramadhan", "Saputra", "Tanjung", "Utami", "Wijaya"]  # fmt: skip


@dataclass
class Crowd:
    """Makes people with a running number, so that no NIK and no address comes twice."""

    rng: Random
    made: int = 0

    def apply(self, recruitment, count: int, *, since, until, only=None, tell=lambda done: None) -> list[int]:
        """`count` applications of new people spread over the formations of `recruitment`, or to `only` one; returns their keys.

        Sent between `since` and `until`, with receipt, step and answers, all in one transaction per slice.
        """
        formations = [only] if only else list(Formation.objects.filter(recruitment=recruitment).order_by("code"))
        weights = [self.rng.random() + 0.1 for _one in formations]
        first = {
            one.formation_id: one for one in Qualification.objects.filter(formation__in=formations).order_by("-pk")
        }
        keys: list[int] = []
        while len(keys) < count:
            size = min(SLICE, count - len(keys))
            chosen = self.rng.choices(formations, weights, k=size)
            keys += self._slice(recruitment, [(one, first.get(one.pk)) for one in chosen], since, until)
            tell(size)
        return keys

    def _code(self, length: int) -> str:
        return "".join(self.rng.choices(ALPHABET, k=length))

    @transaction.atomic
    def _slice(self, recruitment, chosen, since, until) -> list[int]:
        size, rng = len(chosen), self.rng
        numbers = range(self.made + 1, self.made + size + 1)
        self.made += size
        users = User.objects.bulk_create(
            User(email=f"pelamar{number:07d}@demo.example", name="", password=make_password(None)) for number in numbers
        )
        births = [f"{rng.randint(1988, 2003)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}" for _one in users]
        persons = Person.objects.bulk_create(
            Person(
                user=user,
                name=f"{rng.choice(FIRST)} {rng.choice(LAST)}",
                nik=f"99{number:014d}",
                nik_index=nik_index(f"99{number:014d}"),
                birth_date=born,
                phone=f"0800{number:08d}",
                address="Alamat rekaan",
            )
            for user, number, born in zip(users, numbers, births, strict=True)
        )
        window = (until - since).total_seconds()
        times = [since + timedelta(seconds=rng.random() * window) for _one in users]
        made = Application.objects.bulk_create(
            Application(
                ref="LMR-" + self._code(8),
                participant_number=self._code(10),
                recruitment=recruitment,
                formation=formation,
                user=user,
                person=person,
                state=State.SUBMITTED,
                submitted_at=at,
                salt=secrets.token_hex(32),
                once_key=f"{recruitment.kind}:{recruitment.year}:{person.nik_index}"
                if recruitment.one_application
                else None,
            )
            for (formation, _education), user, person, at in zip(chosen, users, persons, times, strict=True)
        )
        Application.objects.filter(pk__in=[one.pk for one in made]).update(created_at=F("submitted_at"))
        Step.objects.bulk_create(
            Step(application=one, old=State.DRAFT, new=State.SUBMITTED, by=one.user, at=one.submitted_at)
            for one in made
        )
        Answers.objects.bulk_create(
            Answers(
                application=one,
                level=education.level if education else "",
                program=education.program if education else "",
                institution="Universitas Latihan",
                graduation_year=rng.randint(2010, 2025),
                ipk=f"{rng.uniform(2.6, 3.98):.2f}",
                statement_text=str(STATEMENT),
                identity_at=one.submitted_at,
                education_at=one.submitted_at,
                accommodation_at=one.submitted_at,
                statement_at=one.submitted_at,
            )
            for one, (_formation, education) in zip(made, chosen, strict=True)
        )
        self._receipts(made)
        return [one.pk for one in made]

    @staticmethod
    def _receipts(made: list[Application]) -> None:
        """Receipts of invented people: what they are bound to is invented too."""
        receipts, openings = [], []
        for one in made:
            digest = secrets.token_hex(32)
            opening = commitments.submission(one, content_digest=digest, documents=[], at=one.submitted_at)
            openings.append(commitments.kept(one, opening))
            receipts.append(
                Receipt(
                    application=one,
                    number=f"TT-{one.submitted_at:%y}-{secrets.token_hex(4).upper()}",
                    content_digest=digest,
                    commitment=commitments.of_submission(one, opening),
                    at=one.submitted_at,
                )
            )
        Opening.objects.bulk_create(openings)
        Receipt.objects.bulk_create(receipts)


def hand_in(recruitment, keys: list[int]) -> None:
    """The documents asked for, for many applications: one sample file each, checked once and stored once."""
    samples: dict[str, Document] = {}
    rows = []
    for application in Application.objects.filter(pk__in=keys).only(
        "pk", "formation_id", "recruitment_id", "submitted_at"
    ):
        for wanted in applications.documents_wanted(application):
            sample = samples.get(wanted.code)
            if sample is None:
                checked = uploads.check(
                    io.BytesIO(sample_file(wanted)), kind=wanted.document_format, max_kb=wanted.max_kb
                )
                sample = samples[wanted.code] = uploads.stored(checked)
            rows.append(
                Document(
                    application_id=application.pk,
                    requirement=wanted,
                    file=sample.file.name,
                    sha256=sample.sha256,
                    size=sample.size,
                    pages=sample.pages,
                    content_type=sample.content_type,
                    original_name=f"{wanted.code}.{'pdf' if wanted.document_format == 'pdf' else 'jpg'}",
                    uploaded_at=application.submitted_at,
                )
            )
    Document.objects.bulk_create(rows, batch_size=SLICE)


def sample_file(wanted) -> bytes:
    """A file that says of itself that it is practice."""
    target = io.BytesIO()
    if wanted.document_format == "pdf":
        document = pikepdf.new()
        page = document.add_blank_page(page_size=(595, 842))
        page.Contents = document.make_stream(b"BT /F1 24 Tf 72 700 Td (LATIHAN) Tj ET")
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        document.save(target)
    else:
        picture = Image.new("RGB", (400, 500), (180, 30, 30))
        ImageDraw.Draw(picture).text((150, 240), "LATIHAN", fill="white")
        picture.save(target, "JPEG", quality=70)
    return target.getvalue()
