from publishing.models.board import Board, Notice
from publishing.models.channel import Channel
from publishing.models.delivery import Delivery
from publishing.models.mailing import Mailing, MailingStep, Pace
from publishing.models.post import Post
from publishing.models.publication import Publication
from publishing.models.spent_proof import SpentProof
from publishing.models.subscriber import Subscriber

__all__ = [
    "Board",
    "Channel",
    "Delivery",
    "Mailing",
    "MailingStep",
    "Notice",
    "Pace",
    "Post",
    "Publication",
    "SpentProof",
    "Subscriber",
]
