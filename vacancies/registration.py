"""Whether people may apply now: the one word that list, detail, files and feeds share."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from vacancies.models import Recruitment, Stage


class Status(TextChoices):
    """Whether the registration of a vacancy is open."""

    OPEN = "dibuka", _("Pendaftaran dibuka")
    UPCOMING = "akan", _("Akan dibuka")
    CLOSED = "tutup", _("Sudah ditutup")


TONE = {Status.OPEN: "ok", Status.UPCOMING: "info", Status.CLOSED: ""}


@dataclass(frozen=True)
class Registration:
    """The registration of one recruitment as it stands at one moment; `stage` may not exist yet."""

    recruitment: Recruitment
    stage: Stage | None
    at: datetime

    @property
    def status(self) -> Status:
        if self.stage is None or self.at < self.stage.opens_at:
            return Status.UPCOMING
        return Status.OPEN if self.at < self.stage.closes_at and not self.stage.closed_at else Status.CLOSED

    @property
    def tone(self) -> str:
        return TONE[self.status]

    @property
    def days_left(self) -> int:
        """Whole calendar days until the closing date, in the recruitment's zone; 0 on the last day."""
        zone = self.recruitment.zone
        return (self.stage.closes_at.astimezone(zone).date() - self.at.astimezone(zone).date()).days


def registrations(at: datetime) -> dict[int, Registration]:
    """The registration of every published recruitment, by recruitment id. Two queries."""
    stages = Stage.objects.filter(kind=Stage.Kind.REGISTRATION, recruitment__published_at__isnull=False)
    by_recruitment = {stage.recruitment_id: stage for stage in stages}
    return {
        recruitment.pk: Registration(recruitment, by_recruitment.get(recruitment.pk), at)
        for recruitment in Recruitment.objects.published()
    }
