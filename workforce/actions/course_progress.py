"""Progress in courses: what an account has read, kept until its owner wants it gone."""

from django.db import transaction

from workforce.courses import Lesson
from workforce.models import LessonRead


def read(lesson: Lesson, *, by, at) -> None:
    """`by` has read the lesson; a second time changes nothing."""
    row = LessonRead(user=by, course=lesson.course, lesson=lesson.slug, read_at=at)
    LessonRead.objects.bulk_create([row], ignore_conflicts=True)


def of(user) -> set[tuple[str, str]]:
    """(course, lesson) of everything the account has read."""
    return set(LessonRead.objects.filter(user=user).values_list("course", "lesson"))


@transaction.atomic(durable=True)
def forget(*, by) -> None:
    """The owner wants the progress gone."""
    LessonRead.objects.filter(user=by).delete()
