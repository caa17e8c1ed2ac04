"""What moved in consultations, the newest first: put, answered, promised, settled."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from lib.indonesian_text import long_date
from participation.models import Cluster, Consultation, Promise


@dataclass(frozen=True)
class Move:
    """One thing that happened to a consultation; `key` is its own for ever."""

    at: datetime
    key: str
    title: str
    words: str
    consultation: Consultation

    @property
    def url(self) -> str:
        return f"/konsultasi/{self.consultation.slug}/"


def news(most: int) -> list[Move]:
    """The newest `most` moves of all published consultations, from four queries."""
    asked = Consultation.objects.public().order_by("-published_at")
    answered = Cluster.objects.filter(answered_at__isnull=False, consultation__published_at__isnull=False)
    answered = answered.select_related("consultation").order_by("-answered_at")
    promised = Promise.objects.select_related("consultation").order_by("-made_at")
    settled = Promise.objects.exclude(settled_at=None).select_related("consultation").order_by("-settled_at")
    moves = [
        *(Move(one.published_at, "terbit", _("Ditanyakan: %s") % one.title, one.body, one) for one in asked[:most]),
        *(
            Move(
                one.answered_at, f"tanggapan-{one.pk}", _("Ditanggapi: %s") % one.title, one.response, one.consultation
            )
            for one in answered[:most]
        ),
        *(
            Move(one.made_at, f"janji-{one.pk}", _("Dijanjikan: %s") % one.text, _until(one), one.consultation)
            for one in promised[:most]
        ),
        *(_settlement(one) for one in settled[:most]),
    ]
    return sorted(moves, key=lambda one: (one.at, one.key), reverse=True)[:most]


def _until(promise: Promise) -> str:
    return _("Paling lambat %(day)s.") % {"day": long_date(promise.due_on)}


def _settlement(promise: Promise) -> Move:
    done = promise.state == Promise.State.DONE
    title = _("Dikerjakan: %s") if done else _("Tidak jadi: %s")
    words = promise.proof if done else promise.reason
    return Move(promise.settled_at, f"kabar-{promise.pk}", title % promise.text, words, promise.consultation)
