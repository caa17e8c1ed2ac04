"""Exam sessions: one person makes them, another opens them, and machines get a key to bring their scores."""

import hashlib
import secrets

from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from exams.models import ExamSession, FeedKey
from lib import rulepack_files


class NotPossible(Exception):
    """The session is not in the state for this, or this person may not; the words say why."""


def components_of(stage) -> list[dict]:
    """The components whose scores a stage takes, as its rule names them; none where it takes no scores."""
    if not stage.rule:
        return []
    rule = rulepack_files.load(stage.recruitment.rulepack).stage(stage.rule)
    return rule["components"] if rule["kind"] == "rank" else []


def make(stage, *, name: str, place: str, rooms: list[str], held_on, by, at) -> ExamSession:
    """A session of a stage that takes scores; nobody sees it before another person opens it. Raises NotPossible."""
    if not components_of(stage):
        raise NotPossible(_("Tahap ini tidak menerima nilai. Pilih tahap ujian."))
    if ExamSession.objects.filter(stage=stage, name=name).exists():
        raise NotPossible(_("Nama ini sudah dipakai di tahap ini. Pakai nama lain."))
    return ExamSession.objects.create(
        stage=stage, slug=ExamSession.new_slug(), name=name, place=place, rooms=rooms, held_on=held_on,
        made_by=by, made_at=at,
    )  # fmt: skip


@transaction.atomic(durable=True)
def open_(session: ExamSession, *, by, at) -> ExamSession:
    """Everybody may watch it and its scores may arrive. Another person than its maker. Raises NotPossible."""
    found = _locked(session)
    if found.opened_at:
        raise NotPossible(_("Sesi ini sudah dibuka."))
    if found.made_by_id == by.pk:
        raise NotPossible(_("Yang membuat sesi tidak boleh membukanya. Minta rekan lain."))
    found.opened_by, found.opened_at = by, at
    found.save(update_fields=["opened_by", "opened_at"])
    return found


@transaction.atomic(durable=True)
def close(session: ExamSession, *, by, at) -> ExamSession:
    """Nothing arrives any more, its key ends, and what was shown stays. Raises NotPossible."""
    found = _locked(session)
    if not found.is_open:
        raise NotPossible(_("Sesi ini belum dibuka atau sudah ditutup."))
    FeedKey.objects.filter(session=found, ended_at=None).update(ended_at=at)
    found.closed_by, found.closed_at = by, at
    found.save(update_fields=["closed_by", "closed_at"])
    return found


@transaction.atomic(durable=True)
def new_key(session: ExamSession, *, by, at) -> str:
    """A key for the machine that brings the scores, told this once; the one before ends. Raises NotPossible."""
    found = _locked(session)
    if not found.is_open:
        raise NotPossible(_("Kunci dibuat selama sesi dibuka."))
    FeedKey.objects.filter(session=found, ended_at=None).update(ended_at=at)
    words = secrets.token_urlsafe(32)
    FeedKey.objects.create(session=found, digest=digest_of(words), made_by=by, made_at=at)
    return words


def digest_of(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def key_of(session: ExamSession, words: str) -> FeedKey | None:
    """The session's key in force, if `words` are it."""
    found = FeedKey.objects.filter(session=session, ended_at=None).first()
    return found if found and constant_time_compare(found.digest, digest_of(words)) else None


def _locked(session: ExamSession) -> ExamSession:
    return ExamSession.objects.select_for_update(no_key=True, of=("self",)).get(pk=session.pk)
