"""Atom: what moves in consultations: put, answered, promised, done."""

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from participation.consultation_news import news

IN_FEED = 50


class ConsultationFeed(Feed):
    """For everybody who follows without giving an address."""

    feed_type = Atom1Feed
    language = "id"

    def __call__(self, request, *args, **kwargs):
        response = super().__call__(request, *args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=60"
        return response

    def title(self):
        return _("Konsultasi %(name)s") % {"name": settings.INSTANCE["short_name"]}

    def link(self):
        return settings.SITE_URL + reverse("consultation_list")

    def feed_url(self):
        return settings.SITE_URL + reverse("consultation_feed")

    def author_name(self):
        return settings.INSTANCE["office"]

    def items(self):
        return news(IN_FEED)

    def item_title(self, item):
        return item.title

    def item_description(self, item):
        return item.words

    def item_link(self, item):
        return f"{settings.SITE_URL}{item.url}"

    def item_guid(self, item):
        return f"{settings.SITE_URL}{item.url}#{item.key}"

    def item_updateddate(self, item):
        return item.at

    def item_pubdate(self, item):
        return item.at
