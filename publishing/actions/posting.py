"""News for everybody goes to the outside channels: one post for each publication and channel."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from publishing.adapters import post, webhook
from publishing.adapters.answer import Answer, Verdict, within
from publishing.models import Channel, Post, Publication
from publishing.states import PostState

logger = logging.getLogger(__name__)

LOST_AFTER = timedelta(minutes=5)  # a claim that nobody finished: many times what one message may take
MOST_ATTEMPTS = 12  # with doubling pauses of at most PAUSE: about five hours
FIRST_PAUSE, PAUSE = timedelta(seconds=30), timedelta(hours=1)
A_ROUND = 20  # messages per channel and ring
AT_ONCE = 8  # channels


class NotDoubtful(Exception):
    """Nobody has to say anything about this post: it is on its way, or its end is known."""


def queue_posts(at) -> int:
    """A post on each enabled outside channel for each open publication that is for all; returns how many.

    The unique constraint and the stamp make a second run harmless. What was published before a channel was
    made does not go there.
    """
    queued = 0
    waiting = Publication.objects.filter(for_all=True, posted_at=None, opened_at__lte=at)
    for pk in waiting.order_by("opened_at", "pk").values_list("pk", flat=True):
        with transaction.atomic(durable=True):
            found = waiting.select_for_update(no_key=True, skip_locked=True).filter(pk=pk).first()
            if found is None:
                continue
            channels = Channel.objects.filter(enabled=True, kind__in=Channel.OUTSIDE)
            made = Post.objects.bulk_create(
                [Post(publication=found, channel=one, due_at=at) for one in channels], ignore_conflicts=True
            )
            found.posted_at = at
            found.save(update_fields=["posted_at"])
            queued += len(made)
    return queued


def recover(at) -> int:
    """What a dead process left on its way: a webhook goes again, for its receiver knows the id; a post is in doubt."""
    lost = Post.objects.filter(state=PostState.SENDING, claimed_at__lte=at - LOST_AFTER)
    words = _("Proses pengirim berhenti di tengah jalan.")
    with transaction.atomic(durable=True):
        again = lost.filter(channel__kind=Channel.Kind.WEBHOOK).update(state=PostState.QUEUED, due_at=at)
        doubtful = lost.exclude(channel__kind=Channel.Kind.WEBHOOK).update(state=PostState.UNKNOWN, failure=words)
    return again + doubtful


def send_posts(at) -> int:
    """Send what is due, each channel by itself and one after the other on each; returns how many arrived.

    Any number of processes may run it. A channel that does not answer costs the others nothing.
    """
    due = Post.objects.filter(state=PostState.QUEUED, due_at__lte=at, channel__enabled=True)
    channels = list(due.order_by().values_list("channel", flat=True).distinct())
    if not channels:
        return 0
    with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(channels))) as pool:
        return sum(pool.map(lambda pk: _drain(pk, at), channels))


def _drain(channel_id: int, at) -> int:
    arrived = 0
    try:
        for _turn in range(A_ROUND):
            claimed = claim(channel_id, at)
            if claimed is None:
                break
            answer = deliver(claimed, at)
            finish(claimed, answer, at)
            if answer.verdict is not Verdict.ARRIVED:
                break
            arrived += 1
    finally:
        connection.close()
    return arrived


@transaction.atomic(durable=True)
def claim(channel_id: int, at) -> Post | None:
    """The next post of a channel, claimed; None when none is due or another is on its way. Locks the channel."""
    Channel.objects.select_for_update(no_key=True).get(pk=channel_id)
    posts = Post.objects.filter(channel=channel_id)
    if posts.filter(state=PostState.SENDING).exists():
        return None
    found = (
        posts.filter(state=PostState.QUEUED, due_at__lte=at)
        .select_related("publication", "channel")
        .order_by("publication__opened_at", "pk")
        .first()
    )
    if found is None:
        return None
    found.state, found.claimed_at, found.attempts = PostState.SENDING, at, found.attempts + 1
    found.save(update_fields=["state", "claimed_at", "attempts"])
    return found


def deliver(claimed: Post, at) -> Answer:
    """Send a claimed post through its adapter. Whatever goes wrong in there leaves it in doubt."""
    publication, channel = claimed.publication, claimed.channel
    link = f"{settings.SITE_URL}{publication.url}" if publication.url else ""
    try:
        if channel.kind == Channel.Kind.WEBHOOK:
            return within(
                lambda: webhook.send(
                    message(publication),
                    target=channel.target,
                    secret=channel.secret,
                    identifier=f"post_{claimed.pk}",
                    at=at,
                )
            )
        text = f"{publication.body}\n\n{link}".strip()
        return within(lambda: post.send(publication.subject, text, target=channel.target))
    except Exception as error:
        logger.exception("the adapter of channel %s failed", channel.code)
        return Answer(Verdict.IN_DOUBT, type(error).__name__)


def message(publication: Publication) -> dict:
    """What a webhook gets: the news as everybody may read it."""
    return {
        "type": "publication",
        "source": publication.source,
        "title": publication.subject,
        "text": publication.body,
        "url": f"{settings.SITE_URL}{publication.url}" if publication.url else None,
        "published_at": publication.opened_at.isoformat(),
        "from": settings.INSTANCE["office"],
    }


@transaction.atomic(durable=True)
def finish(claimed: Post, answer: Answer, at) -> None:
    """Mark a claimed post by its answer. One that a person or `recover` decided meanwhile stays as it is."""
    found = Post.objects.select_for_update(no_key=True, of=("self",)).select_related("channel").get(pk=claimed.pk)
    if found.state != PostState.SENDING or found.attempts != claimed.attempts:
        return
    again = answer.verdict is Verdict.NOT_TAKEN
    if answer.verdict is Verdict.IN_DOUBT:
        again = found.channel.kind == Channel.Kind.WEBHOOK
    found.failure = "" if answer.verdict is Verdict.ARRIVED else answer.words[:300]
    if answer.verdict is Verdict.ARRIVED:
        found.state, found.sent_at, found.proof = PostState.SENT, at, answer.words[:200]
    elif again and found.attempts < MOST_ATTEMPTS:
        found.state, found.due_at = PostState.QUEUED, at + min(FIRST_PAUSE * 2 ** (found.attempts - 1), PAUSE)
    elif answer.verdict is Verdict.IN_DOUBT and found.channel.kind == Channel.Kind.POST:
        found.state = PostState.UNKNOWN
    else:
        found.state = PostState.FAILED
    found.save(update_fields=["state", "sent_at", "proof", "failure", "due_at"])
    if found.state in (PostState.FAILED, PostState.UNKNOWN):
        logger.error("post %s on channel %s: %s, %s", found.pk, found.channel.code, found.state, found.failure)


@transaction.atomic(durable=True)
def settle(found: Post, *, arrived: bool, proof: str = "", by, at) -> Post:
    """Somebody looked at the channel: the post stands there, or it goes out again. Locks the post.

    Raises NotDoubtful unless it is unknown or failed; a failed one can only go again.
    """
    found = Post.objects.select_for_update(no_key=True).get(pk=found.pk)
    if found.state != PostState.UNKNOWN and (arrived or found.state != PostState.FAILED):
        raise NotDoubtful(_("Kiriman ini tidak menunggu keputusan."))
    found.settled_by = by
    if arrived:
        found.state, found.sent_at = PostState.SENT, at
        found.proof, found.failure = proof.strip()[:200] or _("dilihat petugas"), ""
    else:
        found.state, found.due_at, found.attempts = PostState.QUEUED, at, 0
    found.save(update_fields=["state", "sent_at", "proof", "failure", "due_at", "attempts", "settled_by"])
    return found
