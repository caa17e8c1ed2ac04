"""The vacancies' addresses, all beginning with /lowongan: the same query as page, CSV, JSON and Atom."""

from django.urls import path

from vacancies.views import alerts, feed, public

urlpatterns = [
    path("/", public.vacancy_list, name="vacancy_list"),
    path(".csv", public.vacancy_list_csv, name="vacancy_list_csv"),
    path(".json", public.vacancy_list_json, name="vacancy_list_json"),
    path(".atom", public.vacancy_list_atom, name="vacancy_list_atom"),
    path("/kabari/", alerts.alert_new, name="alert_new"),
    path("/kabari/<str:token>/", alerts.alert_room, name="alert_room"),
    path("/kabari/<str:token>/berhenti/", alerts.alert_leave, name="alert_leave"),
    path("/<slug:slug>/", public.vacancy_detail, name="vacancy_detail"),
    path("/<slug:slug>.ics", public.vacancy_calendar, name="vacancy_calendar"),
    path("/<slug:slug>.atom", feed.vacancy_feed, name="vacancy_feed"),
]
