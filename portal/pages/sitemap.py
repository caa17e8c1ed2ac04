"""What search engines may find: the index under /sitemap.xml and one file per kind of page."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap, views
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.guards import public_page
from selection.models import Announcement
from vacancies.models import Formation, Recruitment
from workforce.models import STRUCTURAL
from workforce.queries import directory


class OfPortal(Sitemap):
    """Addresses as the settings say, whatever host a request names."""

    limit = 10_000

    def get_protocol(self, protocol=None) -> str:
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site=None) -> str:
        return urlsplit(settings.SITE_URL).netloc


class Pages(OfPortal):
    def items(self):
        return [
            "home",
            "vacancy_list",
            "recruitment_list",
            "announcement_list",
            "objection_overview",
            "objection_decision_list",
            "finding_list",
            "live_watch",
            "case_home",
            "case_list",
            "case_table",
            "case_overdue",
            "flag_rules",
            "audit_list",
            "verification",
            "run_it_yourself",
            "help",
            "open_data",
            "directory",
            "vacant_position_list",
            "field_policy",
            "training_list",
            "course_list",
            "need_list",
        ]

    def location(self, item):
        return reverse(item)


class Vacancies(OfPortal):
    def items(self):
        return Formation.objects.listed().order_by("pk").only("slug", "changed_at")

    def location(self, item):
        return reverse("vacancy_detail", args=[item.slug])

    def lastmod(self, item):
        return item.changed_at


class Recruitments(OfPortal):
    def items(self):
        return Recruitment.objects.published().order_by("pk").only("slug")

    def location(self, item):
        return reverse("recruitment_detail", args=[item.slug])


class Announcements(OfPortal):
    def items(self):
        return Announcement.objects.public().filter(version=1).order_by("pk")

    def location(self, item):
        return f"/pengumuman/{item.number}/"


class Officials(OfPortal):
    """Holders of structural posts: other employees have a page, and are not handed to search engines."""

    def items(self):
        return directory(timezone.now()).filter(position__level__in=STRUCTURAL).order_by("pk")

    def location(self, item):
        return reverse("profile", args=[item.slug])


SECTIONS = {
    "halaman": Pages,
    "lowongan": Vacancies,
    "seleksi": Recruitments,
    "pengumuman": Announcements,
    "pejabat": Officials,
}


@public_page(3600)
def sitemap(request):
    """The index of the files below; a file holds at most 10,000 addresses."""
    files = []
    for section, kind in SECTIONS.items():
        address = settings.SITE_URL + reverse("sitemap_section", args=[section])
        files += [address] + [f"{address}?p={page}" for page in range(2, kind().paginator.num_pages + 1)]
    context = {"sitemaps": [views.SitemapIndexItem(address) for address in files]}
    return render(request, "sitemap_index.xml", context, content_type="application/xml")


@public_page(3600)
def sitemap_section(request, section):
    """One file: the addresses of one kind of page."""
    response = views.sitemap(request, SECTIONS, section=section)
    if section == "pejabat":
        response.headers["Cache-Control"] = "public, no-cache"  # whoever is shielded now is in no copy
    return response
