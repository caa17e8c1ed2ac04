"""Letters about cases: to whoever wrote one or follows it, and up when a clock ran out."""

from django.utils.translation import gettext as _

from accounts.models import User
from participation.models import CaseEscalation, CaseFollower, ServiceCase
from participation.models.service_case import DESK
from publishing.actions import publication, subscribing
from publishing.models import Subscriber

MINE = "/aduan/surat/{token}/"  # the letter puts the reader's own token in


def question(subscriber: Subscriber, at) -> None:
    """Ask whether the address is its owner's: one letter a day to one that never answered, one an hour to others."""
    often = "%Y-%m-%dT%H" if subscriber.confirmed_at else "%Y-%m-%d"
    made = publication.publish(
        source=f"case-address:{subscriber.pk}:{at.strftime(often)}",
        subject=_("Benarkan alamat untuk kabar aduan"),
        body=_(
            "Ada yang menulis atau mengikuti aduan dengan alamat surel ini. Bila itu Anda, buka tautan di bawah lalu "
            "tekan Kirim kabar ke alamat ini. Bila bukan, abaikan: alamat ini terhapus dalam 7 hari."
        ),
        url=MINE,
        at=at,
    )
    subscribing.write_to(subscriber, made, at=at)


def tell(case: ServiceCase, what: str, subject: str, body: str, at) -> None:
    """A letter to the reporter of `case` and to everybody who follows it, once for `what`; the confirmed ones only."""
    cases = [case.pk, *case.followers.values_list("pk", flat=True)]
    readers = Subscriber.objects.filter(cases__in=cases, confirmed_at__isnull=False)
    listeners = CaseFollower.objects.filter(case__in=cases, confirmed_at__isnull=False)
    made = publication.publish(
        source=f"case:{case.number}:{what}", subject=subject % {"number": case.number}, body=body, url=MINE, at=at
    )
    everybody = set(readers.values_list("pk", flat=True)) | set(listeners.values_list("subscriber", flat=True))
    subscribing.write_to_all(sorted(everybody), made, at=at)


def escalate(case: ServiceCase, clock, reason: str, *, at) -> None:
    """Up to the parent agency's officers and the desk; once for each clock. Runs in the caller's transaction."""
    parent = case.agency.parent if case.agency else None
    CaseEscalation.objects.create(case=case, clock=clock, reason=reason, agency=parent, at=at)
    made = publication.publish(
        source=f"case:{case.number}:up:{clock.pk}",
        subject=_("Aduan naik: %(number)s") % {"number": case.number},
        body=_("Aduan ini lewat tenggat atau terlalu sering dioper. Buka meja aduan dan pastikan ada yang menjawab."),
        url=f"/kelola/aduan/{case.number}/",
        at=at,
    )
    above = User.objects.filter(groups__name__in=DESK)
    if parent:
        above = above | User.objects.filter(groups__name="agency_officer", pk__in=parent.officers.values("user"))
    publication.queue_for(made, above.distinct(), at=at)
    tell(
        case, f"late:{clock.pk}", _("Aduan Anda naik: %(number)s"),
        _("Kantor yang harus bekerja melewati tenggatnya. Aduan Anda naik ke kantor di atasnya."), at,
    )  # fmt: skip
