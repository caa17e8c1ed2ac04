from participation.models.case_clock import CaseClock, CaseEscalation
from participation.models.case_parts import CaseFollower, CasePhoto
from participation.models.case_step import CaseMending, CaseStep
from participation.models.consultation import Cluster, Consultation, ConsultationDocument, Promise
from participation.models.contribution import Contribution, Hiding, Vote
from participation.models.district_origin import DistrictOrigin
from participation.models.event import Event, EventChange
from participation.models.event_paper import EventPaper
from participation.models.question import Answer, Question, QuestionHiding, QuestionVote
from participation.models.registration import Registration
from participation.models.service_case import ServiceCase

__all__ = [
    "CaseClock",
    "CaseEscalation",
    "CaseFollower",
    "CaseMending",
    "CasePhoto",
    "CaseStep",
    "Answer",
    "Cluster",
    "Consultation",
    "ConsultationDocument",
    "Contribution",
    "DistrictOrigin",
    "Event",
    "EventChange",
    "EventPaper",
    "Hiding",
    "Promise",
    "Question",
    "QuestionHiding",
    "QuestionVote",
    "Registration",
    "ServiceCase",
    "Vote",
]
