"""The desk of consultations, under /kelola/."""

from django.urls import path

from participation.views import consultation_desk as views
from participation.views import contribution_helped as helped
from participation.views import support_helped

urlpatterns = [
    path("konsultasi/", views.consultation_desk_list, name="consultation_desk_list"),
    path("konsultasi/baru/", views.consultation_desk_new, name="consultation_desk_new"),
    path("konsultasi/<int:pk>/masukan/", support_helped.contribution_helped_list, name="contribution_helped_list"),
    path("konsultasi/dukungan/<int:pk>/", support_helped.support_helped_new, name="support_helped_new"),
    path("konsultasi/<int:pk>/bantu/", helped.contribution_helped_new, name="contribution_helped_new"),
    path(
        "konsultasi/<int:pk>/bantu/<int:contribution>/",
        helped.contribution_helped_code,
        name="contribution_helped_code",
    ),
    path("konsultasi/<int:pk>/", views.consultation_desk, name="consultation_desk"),
]
