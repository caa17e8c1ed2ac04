"""A vacancy as open data: the fields that CSV and JSON share."""

from django.conf import settings
from django.urls import reverse

from lib.spreadsheet_text import safe
from vacancies.models import Formation

FIELDS = (
    "kode", "jabatan", "unit", "jenis", "pengadaan", "kebutuhan", "jumlah", "gaji_terendah", "gaji_tertinggi",
    "disabilitas", "pendidikan", "status", "buka", "tutup", "alamat",
)  # fmt: skip


def plain(one: Formation) -> dict:
    """The values of FIELDS. Money in rupiah a month, times in ISO 8601 on the clocks of the recruitment."""
    registration = one.registration
    stage, zone = registration.stage, registration.recruitment.zone
    return {
        "kode": one.code,
        "jabatan": one.position,
        "unit": one.unit_path,
        "jenis": registration.recruitment.kind,
        "pengadaan": registration.recruitment.slug,
        "kebutuhan": one.need,
        "jumlah": one.quota,
        "gaji_terendah": one.salary_min,
        "gaji_tertinggi": one.salary_max,
        "disabilitas": one.disability_friendly,
        "pendidikan": [f"{q.level} {q.program}" for q in one.qualifications.all()],
        "status": registration.status.value,
        "buka": stage and stage.opens_at.astimezone(zone).isoformat(),
        "tutup": stage and stage.closes_at.astimezone(zone).isoformat(),
        "alamat": settings.SITE_URL + reverse("vacancy_detail", args=[one.slug]),
    }


def cell(value) -> str:
    """A value as a CSV cell that no spreadsheet takes for a formula."""
    if isinstance(value, list):
        value = "; ".join(value)
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    return safe("" if value is None else str(value))
