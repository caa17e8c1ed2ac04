"""Where a publication was told."""

from django.db.models import Count, Q

from publishing.models import Channel, Post, Publication
from publishing.states import PostState


def news():
    """What everybody may read, the newest first."""
    return Publication.objects.filter(for_all=True, opened_at__isnull=False).order_by("-opened_at", "-pk")


def letters(publication: Publication) -> dict:
    """How many letters about it there are, by where they stand; numbers only."""
    return publication.deliveries.aggregate(
        all=Count("pk"), sent=Count("pk", filter=Q(state="sent")), failed=Count("pk", filter=Q(state="failed"))
    )


def posts(publication: Publication):
    """Its posts on outside channels that everybody can follow, in the order of the channels' names."""
    return publication.posts.filter(channel__kind=Channel.Kind.POST).select_related("channel").order_by("channel__name")


def waiting_posts():
    """Posts that an officer has to look at: in doubt first, then failed."""
    return (
        Post.objects.filter(state__in=[PostState.UNKNOWN, PostState.FAILED])
        .select_related("publication", "channel")
        .order_by("-state", "publication__opened_at")
    )


def notices(publication: Publication):
    """Where it hangs on walls, in the order in which it was put up."""
    return publication.notices.select_related("board").order_by("put_up_at", "pk")
