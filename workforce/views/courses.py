"""Courses before a selection: everybody reads, whoever is signed in keeps the progress."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import public_page
from workforce.actions import course_progress
from workforce.courses import Course, Lesson, courses


def _lesson(course: str, lesson: str) -> tuple[Course, Lesson]:
    found = courses().get(course)
    chosen = found.lesson(lesson) if found else None
    if chosen is None:
        raise Http404
    return found, chosen


@require_safe
@public_page(3600)
def course_list(request):
    """Every course with its lessons."""
    return render(request, "workforce/course/list.html", {"courses": courses().values()})


@require_safe
@public_page(3600)
def lesson_detail(request, course, lesson):
    """One lesson to read."""
    found, chosen = _lesson(course, lesson)
    return render(
        request, "workforce/course/lesson.html", {"course": found, "lesson": chosen, "next": found.after(chosen)}
    )


@login_required
@require_http_methods(["GET", "POST"])
def lesson_read(request, course, lesson):
    """GET asks, POST keeps that the lesson was read and leads to the next one."""
    found, chosen = _lesson(course, lesson)
    if request.method == "POST":
        course_progress.read(chosen, by=request.user, at=timezone.now())
        following = found.after(chosen)
        if following is None:
            messages.success(request, _("Anda sudah membaca semua pelajaran kursus ini."))
            return redirect("course_progress")
        return redirect("lesson_detail", course=course, lesson=following.slug)
    return render(request, "workforce/course/read.html", {"course": found, "lesson": chosen})


@login_required
@require_http_methods(["GET", "POST"])
def own_progress(request):
    """What this account has read; POST lets all of it go."""
    if request.method == "POST":
        course_progress.forget(by=request.user)
        messages.success(request, _("Kemajuan Anda terhapus."))
        return redirect("course_progress")
    read = course_progress.of(request.user)
    rows = [
        (course, [(one, (course.slug, one.slug) in read) for one in course.lessons]) for course in courses().values()
    ]
    counts = {course.slug: sum(done for _one, done in lessons) for course, lessons in rows}
    context = {"rows": [(course, lessons, counts[course.slug]) for course, lessons in rows], "any": bool(read)}
    return render(request, "workforce/course/progress.html", context)
