"""Applying as an applicant does it: a vacancy that is open by the real clock, and a draft filled in."""

import io
from datetime import date, timedelta
from itertools import count

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from selection.actions import application as actions
from selection.actions import uploads
from tests.parts import make_formation, make_recruitment, make_requirement, make_stage, make_user


def a_pdf(pages: int = 1, **extra) -> bytes:
    document = pikepdf.new()
    for _page in range(pages):
        document.add_blank_page(page_size=(595, 842))
    for key, value in extra.items():
        document.Root[f"/{key}"] = value
    target = io.BytesIO()
    document.save(target, deterministic_id=True)
    return target.getvalue()


def a_photo(width: int = 400, height: int = 600) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), (180, 30, 30)).save(target, "JPEG")
    return target.getvalue()


def as_file(content: bytes, name: str = "berkas.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


_serial = count(1)


class Vacancy:
    """A published recruitment whose registration is open now, with one formation and two documents."""

    def __init__(self, *, closes_in=timedelta(days=3), opened=timedelta(days=1), documents=True, **fields):
        now = timezone.now()
        self.rudi = make_user(f"rudi{next(_serial)}.lamaran@contoh.example")
        self.recruitment = make_recruitment(published_by=self.rudi, rulepack="local-contract", **fields)
        self.stage = make_stage(
            self.recruitment, "registration", 1, opens_at=now - opened, closes_at=now + closes_in, announce_at=None
        )
        self.formation = make_formation(self.recruitment)
        self.letter = documents and make_requirement(self.recruitment, "ijazah", text="Ijazah")
        self.photo = documents and make_requirement(self.recruitment, "foto", document_format="image", max_kb=200)

    def draft(self, user, *, nik: str, born: date = date(1995, 5, 15)):
        """An application of `user`, complete but not sent."""
        now = timezone.now()
        application = actions.start(self.formation, by=user, at=now)
        actions.save_identity(
            application,
            name="Alya Uji",
            nik=nik,
            birth_date=born,
            phone="081234567890",
            address="Jalan Mawar 1",
            by=user,
            at=now,
        )
        actions.save_answers(
            application,
            "education",
            level="S-1/Sarjana",
            program="S-1 STATISTIKA",
            institution="Universitas Contoh",
            graduation_year=2018,
            by=user,
            at=now,
        )
        actions.save_answers(application, "accommodation", accommodation="", by=user, at=now)
        actions.save_answers(application, "statement", statement_text="Benar.", by=user, at=now)
        if self.letter:
            uploads.upload(application, self.letter, as_file(a_pdf()), by=user, at=now)
            uploads.upload(application, self.photo, as_file(a_photo(), "foto.jpg"), by=user, at=now)
        application.refresh_from_db()
        return application
