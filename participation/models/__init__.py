from participation.models.consultation import Cluster, Consultation, ConsultationDocument, Promise
from participation.models.contribution import Contribution, Hiding, Vote
from participation.models.event import Event, EventChange
from participation.models.registration import Registration

__all__ = [
    "Cluster",
    "Consultation",
    "ConsultationDocument",
    "Contribution",
    "Event",
    "EventChange",
    "Hiding",
    "Promise",
    "Registration",
    "Vote",
]
