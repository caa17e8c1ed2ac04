"""Our own staff pages under /kelola/, in front of the admin's."""

from django.urls import include, path

urlpatterns = [
    path("", include("publishing.staff_urls")),
    path("", include("vacancies.staff_urls")),
    path("", include("selection.staff_urls")),
    path("", include("participation.staff_urls")),
    path("", include("exams.staff_urls")),
    path("", include("workforce.staff_urls")),
    path("", include("oversight.staff_urls")),
]
