"""A file stage announced some days ago, with objections: people whose diploma was judged unreadable, and one who passed."""

from datetime import timedelta
from itertools import count

from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from accounts.roles import Role
from selection.actions import announcement, verification
from selection.actions import objection as actions
from selection.actions.verification import Finding
from selection.models import Announcement, Document, Objection, Reason
from selection.objectable import chance_of, points_of
from tests.parts import (
    DAY,
    make_application,
    make_formation,
    make_person,
    make_recruitment,
    make_requirement,
    make_stage,
    make_user,
)
from tests.selection.applying import a_pdf

_serial = count(1)


class Contested:
    """Announced at `public_at`: Alya, Budi and Dewi lack a readable diploma, Eka lacks years, Citra has all.

    Alya, Budi and Eka want the same post; Dewi another. Vera and Wati judged, Pia prepared, Rudi approved;
    Joko and Dina decide objections and had no part in it.
    """

    def __init__(self, *, public_at=None, rule="administrasi", announce=True, **stage):
        n = next(_serial)
        now = timezone.now()
        self.public_at = public_at or now - 1.5 * DAY
        begin = self.public_at - 20 * DAY
        people = {"vera": Role.VERIFIER, "wati": Role.VERIFIER, "pia": Role.PREPARER, "rudi": Role.PUBLISHER,
                  "joko": Role.ADJUDICATOR, "dina": Role.ADJUDICATOR}  # fmt: skip
        for name, role in people.items():
            setattr(self, name, make_user(f"{name}{n}@contoh.example", role, name=name.title()))
        self.recruitment = make_recruitment(published_by=self.rudi, rulepack="local-contract")
        registration = make_stage(self.recruitment, "registration", 1, opens_at=begin, days=5)
        type(registration).objects.filter(pk=registration.pk).update(closed_at=begin + 5 * DAY)
        defaults = {"objection_days": 3, "answer_days": 7}
        self.stage = make_stage(
            self.recruitment, "administrative", 2, rule=rule, slug="administrasi", opens_at=begin + 6 * DAY, days=8,
            announce_at=self.public_at, **(defaults | stage),
        )  # fmt: skip
        self.next = make_stage(
            self.recruitment, "test", 3, rule="tes", slug="tes", opens_at=begin + 15 * DAY, days=3, announce_at=now
        )
        self.post, self.other_post = make_formation(self.recruitment), make_formation(self.recruitment)
        self.diploma = make_requirement(self.recruitment, "ijazah", text="Ijazah asli", basis="Pengumuman angka 4")
        self.years = make_requirement(self.recruitment, "pengalaman", kind="clause", text="Pengalaman dua tahun")
        self.unreadable, _made = Reason.objects.get_or_create(code="kabur", defaults={"text": "Dokumen tidak terbaca"})
        self.short, _made = Reason.objects.get_or_create(code="kurang", defaults={"text": "Belum cukup"})
        self.files = {}
        for name, post in (("alya", self.post), ("budi", self.post), ("citra", self.post),
                           ("dewi", self.other_post), ("eka", self.post)):  # fmt: skip
            user = make_user(f"{name}{n}@contoh.example", name=name.title())
            make_person(user)
            setattr(self, name, user)
            application = make_application(post, user, at=begin + DAY)
            self.files[name] = application
            self._hand_in(application, begin + DAY)
        self._judge(begin + 7 * DAY)
        self.set = verification.tally(self.stage, by=self.pia, at=begin + 15 * DAY)
        if announce:
            self.announce(self.public_at)

    def _hand_in(self, application, at):
        document = Document(application=application, requirement=self.diploma, sha256="ab" * 32, size=1024, pages=1,
                            content_type="application/pdf", original_name="ijazah.pdf", uploaded_at=at)  # fmt: skip
        document.file.save(document.sha256, ContentFile(a_pdf()), save=False)
        document.save()

    def _judge(self, at):
        lacking = {"alya": (self.diploma, self.unreadable), "budi": (self.diploma, self.unreadable),
                   "dewi": (self.diploma, self.unreadable), "eka": (self.years, self.short)}  # fmt: skip
        owners = {application.pk: name for name, application in self.files.items()}
        for who in (self.vera, self.wati):
            while review := verification.take(self.stage, by=who, at=at):
                wrong, reason = lacking.get(owners[review.application_id], (None, None))
                found = [
                    Finding(one.pk, False, reason, "halaman 2") if one == wrong else Finding(one.pk, True)
                    for one in (self.diploma, self.years)
                ]
                verification.decide(review, found, by=who, at=at)

    def announce(self, at, reason="") -> Announcement:
        """Prepared by Pia, approved by Rudi, opened by the keeper."""
        made = announcement.prepare(self.stage, by=self.pia, at=at, reason=reason)
        announcement.approve(made, by=self.rudi, at=at)
        announcement.announce_due(at)
        return self.stage.announcements.order_by("-version").first()

    @property
    def announced(self) -> Announcement:
        return self.stage.announcements.order_by("-version").first()

    def draft(self, name: str, text: str = "Halaman 2 terbaca jelas.") -> Objection:
        """An objection of `name` to everything that was held against them, not sent."""
        user, application = getattr(self, name), self.files[name]
        objection = actions.start(application, self.stage, by=user, at=self.public_at)
        for point in points_of(chance_of(application, self.stage).outcome):
            actions.dispute(objection, point, ground=point.grounds[0], text=text, by=user)
        return objection

    def filed(self, name: str, **more) -> Objection:
        return actions.file(self.draft(name, **more), by=getattr(self, name))


def window_ends(delta: timedelta) -> None:
    """The window function of this database ends `delta` from now, for whatever result: real triggers, other dates."""
    until = timezone.now() + delta
    with connection.cursor() as cursor:
        cursor.execute(
            f"""CREATE OR REPLACE FUNCTION objection_window(public_at timestamptz, zone text, days integer)
            RETURNS tstzrange LANGUAGE sql STABLE AS
            $$ SELECT tstzrange('{until - 3 * DAY:%Y-%m-%d %H:%M:%S.%f}+00', '{until:%Y-%m-%d %H:%M:%S.%f}+00', '[)') $$"""
        )


def without_triggers(table: str) -> None:
    """The table as it would be without its triggers: what a twin of a protection shows."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
