"""Where a publication was told."""

from django.db.models import Case, Count, Max, Min, Q, When

from publishing.mailing_states import MailingState
from publishing.models import Channel, Delivery, Mailing, Post, Publication
from publishing.reasons import why
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


def mailings():
    """Letters to many: what runs or is paused first, then the newest."""
    return Mailing.objects.select_related("publication").order_by(
        Case(When(state__in=[MailingState.RUNNING, MailingState.PAUSED], then=0), default=1), "-pk"
    )


def progress(mailing: Mailing) -> dict:
    """How many letters wait, left, and did not, the last by reason; numbers only."""
    letters = Delivery.objects.filter(publication=mailing.publication_id)
    found = letters.aggregate(
        all=Count("pk"),
        sent=Count("pk", filter=Q(state="sent")),
        queued=Count("pk", filter=Q(state="queued")),
        again=Count("pk", filter=Q(state="queued", attempts__gt=0)),
        failed=Count("pk", filter=Q(state="failed")),
        first=Min("sent_at"),
        last=Max("sent_at"),
    )
    failed = letters.filter(state="failed").values_list("failure").annotate(n=Count("pk")).order_by("-n", "failure")
    return found | {"failures": [(why(failure), n) for failure, n in failed[:20]]}
