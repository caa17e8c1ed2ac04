"""What publishing keeps by itself, in loops of their own: a server that does not answer never delays an announcement."""

from lib import duties
from publishing.actions import claiming, delivery, mailing, posting, proofs

POSTS = (posting.queue_posts, posting.recover, posting.send_posts)
LETTERS = (mailing.close_stopped, delivery.deliver_due, mailing.end_finished, claiming.forget_paces, proofs.sweep)


def keep_posts(at) -> None:
    """Send what is due on the outside channels at `at`."""
    duties.run(POSTS, at)


def keep_letters(at) -> None:
    """Send the letters that are due at `at`."""
    duties.run(LETTERS, at)
