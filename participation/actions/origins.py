"""Where the applicants of a recruitment come from: counted once by itself, when its registration has closed."""

from collections import Counter

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from accounts.models import Person
from participation.models import DistrictOrigin
from selection.models import Application
from vacancies.models import Recruitment, Stage

A_ROUND = 5  # recruitments per ring
NOTED = 2_000  # NIKs decrypted at a time


def count_due(at) -> int:
    """Count recruitments whose registration closed and that were not counted yet; returns how many.

    The first six digits of a NIK say where it was issued. They are read here, counted, and not kept.
    """
    closed = Stage.objects.filter(
        recruitment=OuterRef("pk"), kind=Stage.Kind.REGISTRATION, closed_at__isnull=False, closed_at__lte=at
    )
    counted = DistrictOrigin.objects.filter(recruitment=OuterRef("pk"))
    due = Recruitment.objects.published().filter(Exists(closed)).exclude(Exists(counted)).order_by("pk")
    done = 0
    for recruitment in due[:A_ROUND]:
        found = _count(recruitment)
        try:
            with transaction.atomic(durable=True):
                DistrictOrigin.objects.bulk_create(
                    DistrictOrigin(recruitment=recruitment, code=code, people=found[code], counted_at=at)
                    for code in ["", *settings.DISTRICTS]
                )
        except IntegrityError:  # another process was faster
            continue
        done += 1
    return done


def _count(recruitment: Recruitment) -> Counter:
    sent = Application.objects.filter(person=OuterRef("pk"), recruitment=recruitment, submitted_at__isnull=False)
    found = Counter()
    for nik in Person.objects.filter(Exists(sent)).values_list("nik", flat=True).iterator(chunk_size=NOTED):
        code = (nik or "")[:6]
        found[code if code in settings.DISTRICTS else ""] += 1
    return found
