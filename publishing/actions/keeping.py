"""What publishing keeps by itself, in a loop of its own: a server that does not answer never delays an announcement."""

from lib import duties
from publishing.actions import delivery, posting

DUTIES = (delivery.deliver_due, posting.queue_posts, posting.recover, posting.send_posts)


def keep(at) -> None:
    """Send what is due at `at`."""
    duties.run(DUTIES, at)
