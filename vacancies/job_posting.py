"""A vacancy as schema.org JobPosting, while it is open; says nothing that the page does not show."""

from django.conf import settings
from django.utils.safestring import SafeString

from lib import json_ld
from vacancies.models import Formation
from vacancies.registration import Registration


def as_json(formation: Formation, registration: Registration, address: str) -> SafeString:
    """The posting as JSON-LD that may stand inside a script element."""
    return json_ld.in_script(describe(formation, registration, address))


def describe(formation: Formation, registration: Registration, address: str) -> dict:
    """The JobPosting of a vacancy whose registration is open."""
    recruitment, stage = formation.recruitment, registration.stage
    zone = recruitment.zone
    education = ", ".join(f"{one.level} {one.program}" for one in formation.qualifications.all())
    posting = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": formation.position,
        "url": address,
        "description": formation.duties or f"{formation.position}, {formation.unit_path}. Pendidikan: {education}.",
        "identifier": {"@type": "PropertyValue", "name": settings.INSTANCE["office"], "value": formation.code},
        "datePosted": recruitment.published_at.astimezone(zone).date().isoformat(),
        "validThrough": stage.closes_at.astimezone(zone).isoformat(),
        "employmentType": "FULL_TIME" if recruitment.kind in ("cpns", "pppk") else "CONTRACTOR",
        "hiringOrganization": {"@type": "GovernmentOrganization", "name": recruitment.agency.name},
        "jobLocation": {
            "@type": "Place",
            "address": {"@type": "PostalAddress", "addressLocality": recruitment.agency.name, "addressCountry": "ID"},
        },
        "totalJobOpenings": formation.quota,
        "directApply": not recruitment.mirrors_national,
    }
    if formation.salary_min:
        posting["baseSalary"] = {
            "@type": "MonetaryAmount",
            "currency": "IDR",
            "value": {
                "@type": "QuantitativeValue",
                "minValue": formation.salary_min,
                "maxValue": formation.salary_max or formation.salary_min,
                "unitText": "MONTH",
            },
        }
    return posting
