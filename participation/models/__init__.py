from participation.models.event import Event, EventChange
from participation.models.question import Question, QuestionVote
from participation.models.registration import Registration

__all__ = ["Event", "EventChange", "Question", "QuestionVote", "Registration"]
