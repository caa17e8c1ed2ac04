"""One vacancy as a feed: what changed about it, and what the office answered for everybody."""

from django.conf import settings
from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.guards import public_page
from vacancies.views.public import CONTROL, PER_FEED, published


@require_safe
@public_page(60)
def vacancy_feed(request, slug):
    """Atom: the newest changes and binding answers."""
    formation = published(slug)
    address = settings.SITE_URL + reverse("vacancy_detail", args=[slug])
    feed = Atom1Feed(
        title=CONTROL.sub(" ", f"{formation.position}, {formation.place}"),
        link=address,
        description="",
        language="id",
        author_name=settings.INSTANCE["office"],
        feed_url=settings.SITE_URL + request.path,
    )
    for one in sorted([*_changes(formation, address), *_answers(formation, address)], key=lambda it: it["pubdate"])[
        ::-1
    ]:
        feed.add_item(**one, updateddate=one["pubdate"], unique_id=one["link"])
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _of(formation):
    return Q(formation=None) | Q(formation=formation)


def _changes(formation, address: str) -> list[dict]:
    found = formation.recruitment.revisions.filter(_of(formation)).exclude(changes=[])[:PER_FEED]
    return [
        {
            "title": CONTROL.sub(" ", one.summary),
            "link": f"{address}#perubahan-{one.pk}",
            "description": CONTROL.sub(" ", "; ".join(_words(change) for change in one.changes) + f" {one.reason}"),
            "pubdate": one.at,
        }
        for one in found
    ]


def _words(change: dict) -> str:
    return f"{change['field']}: {change['old']} → {change['new']}"


def _answers(formation, address: str) -> list[dict]:
    found = formation.recruitment.clarifications.filter(_of(formation))[:PER_FEED]
    title = {True: _("Penjelasan diganti: %(question)s"), False: _("Penjelasan resmi: %(question)s")}
    return [
        {
            "title": CONTROL.sub(" ", title[one.supersedes_id is not None] % {"question": one.question}),
            "link": f"{address}#penjelasan-{one.pk}",
            "description": CONTROL.sub(" ", one.answer),
            "pubdate": one.at,
        }
        for one in found
    ]
