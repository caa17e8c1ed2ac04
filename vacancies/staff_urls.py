"""Staff pages of the vacancies under /kelola/."""

from django.urls import path

from vacancies.views import alert_helped, calendar_desk, formation_imports

urlpatterns = [
    path("kabari/", alert_helped.alert_helped_new, name="alert_helped_new"),
    path("formasi/impor/", formation_imports.formation_import_list, name="formation_import_list"),
    path("formasi/impor/baru/", formation_imports.formation_import_new, name="formation_import_new"),
    path("formasi/impor/<int:pk>/", formation_imports.formation_import_detail, name="formation_import_detail"),
    path("pengadaan/<slug:slug>/", calendar_desk.recruitment_desk, name="recruitment_desk"),
    path("pengadaan/<slug:slug>/terbit/", calendar_desk.recruitment_publication, name="recruitment_publication"),
    path("jadwal/<int:pk>/", calendar_desk.stage_schedule, name="stage_schedule"),
]
