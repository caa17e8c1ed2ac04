"""The random audits of the practice city, by the same actions as people use. Its secrets are no secrets."""

import hashlib
from datetime import datetime

from accounts.models import User
from ledger.actions import recording
from lib import draw
from oversight.actions import audit
from oversight.models import AuditRound
from vacancies.models import Stage


def shown_in(number: int, who: str) -> str:
    """What `who` shows in a round: the secret in the second, its hash in the first."""
    secret = hashlib.sha256(f"latihan {who}".encode()).hexdigest()
    return secret if number == 2 else draw.link(secret)


def commit(files: Stage, *speakers: User, at: datetime) -> None:
    """Each of `speakers` hands in a digest, though by the database's clock the registration is over already."""
    registration = files.recruitment.stages.filter(kind=Stage.Kind.REGISTRATION)
    over = registration.get().closes_at
    registration.update(closes_at=files.announce_at)
    for who in speakers:
        audit.commit(files, digest=draw.link(shown_in(1, who.email)), by=who, at=at)
    registration.update(closes_at=over)


def sample(files: Stage, *speakers: User, at: datetime) -> None:
    """The registration was closed: the record holds that, both show their value, the files are drawn."""
    recording.record_waiting(at)
    audit.keep(at)
    audit_round = AuditRound.objects.select_related("stage__recruitment").get(stage=files)
    for who in speakers:
        audit.reveal(audit_round, value=shown_in(1, who.email), by=who, at=at)
    audit.keep(at)


def look_again(files: Stage, *, by: User, at: datetime) -> None:
    """The team looks at the drawn files that the verifiers have decided; about the third it sees it otherwise."""
    decided = files.audit_sample.files.filter(
        application__reviews__stage=files, application__reviews__decided_at__isnull=False
    )
    for turn, file in enumerate(decided.select_related("application", "sample").distinct()[:5]):
        audit.open_file(file, by=by, at=at)
        note = "" if turn != 2 else "Halaman 2 ijazah masih terbaca."
        audit.judge(file, agrees=not note, note=note, by=by, at=at)
