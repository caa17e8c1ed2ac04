from selection.models.announcement import Announcement, AnnouncementNumber, DelayNotice, Preparation
from selection.models.answers import Answers
from selection.models.application import Application
from selection.models.attestation import Attestation
from selection.models.circular import Circular
from selection.models.document import Document
from selection.models.erasure import Erasure
from selection.models.hold import Hold
from selection.models.live_score import LiveScore
from selection.models.objection import Objection, ObjectionAttachment, ObjectionItem, ObjectionStep
from selection.models.opening import Opening
from selection.models.outcome import Difference, Outcome, OutcomeSet
from selection.models.participant_list import ParticipantList
from selection.models.receipt import ApplicationBatch, BatchLeaf, Receipt
from selection.models.recheck import Recheck
from selection.models.redaction import Redaction
from selection.models.reopening import Reopening
from selection.models.review import Reason, Recusal, Review, ReviewItem
from selection.models.score import Score, ScoreBatch, StagedScore
from selection.models.step import Step
from selection.models.tested_component import TestedComponent

__all__ = [
    "Announcement",
    "AnnouncementNumber",
    "ApplicationBatch",
    "BatchLeaf",
    "Opening",
    "Answers",
    "Attestation",
    "Application",
    "Circular",
    "DelayNotice",
    "Difference",
    "Document",
    "Erasure",
    "Hold",
    "LiveScore",
    "Objection",
    "ObjectionAttachment",
    "ObjectionItem",
    "ObjectionStep",
    "Outcome",
    "OutcomeSet",
    "ParticipantList",
    "Preparation",
    "Reason",
    "Reopening",
    "Receipt",
    "Recheck",
    "Recusal",
    "Redaction",
    "Review",
    "ReviewItem",
    "Score",
    "ScoreBatch",
    "StagedScore",
    "Step",
    "TestedComponent",
]
