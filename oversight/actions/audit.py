"""Random audits: two parties commit before registration closes, what they show decides which files are looked at again.

Nobody chooses: the checkpoint did not exist when the secrets were committed, and the secrets are unknown when it is
signed. Whoever sees the other's value first can still refuse to show its own. That is public, takes it out of the draw,
and the draw is repeated once with a value of the other that nobody has seen, on a checkpoint that did not exist before.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from accounts.models import FileAccess
from accounts.roles import Role
from accounts.team_role import as_team
from ledger.actions import record
from ledger.models import Checkpoint, Pending
from lib import draw
from lib.indonesian_text import instant
from oversight import beacons, rules
from oversight.actions.telling import tell_members, tell_office
from oversight.models import (
    AuditCommitment,
    AuditFile,
    AuditReveal,
    AuditRound,
    AuditSample,
    AuditVerdict,
    AuditWithheld,
    Membership,
    Party,
)
from selection.models import Application
from selection.states import State
from vacancies.models import Stage

logger = logging.getLogger(__name__)
TURN = 0x6A740021  # the advisory lock of whoever draws
REVEAL_WITHIN = timedelta(hours=72)
IDENTITY = frozenset({"ktp", "kk", "foto", "swafoto"})  # an audit of a file needs nobody's face or NIK


class NotAllowed(Exception):
    """This person speaks for neither party, or for the other one."""


class NotPossible(Exception):
    """Too late, too early, done already, or not what was committed; the message says which."""


def party_of(user, at) -> str | None:
    """Whose secret `user` keeps: the team's or the office's; None for everybody else."""
    if rules.membership_of(user, at) is not None:
        return Party.TEAM
    return Party.OFFICE if rules.answers_for_office(user) else None


# --- What people do ----------------------------------------------------------------------------
@transaction.atomic(durable=True)
def commit(stage: Stage, *, digest: str, by, at) -> AuditCommitment:
    """Give out the digest of one's secret for the files of `stage`, before registration closes by the database's clock.

    Holds the registration as a submit does, so that closing waits. The record gets the digest. Raises NotAllowed,
    NotPossible.
    """
    party = _party(by, at)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM vacancies_stage WHERE recruitment_id = %s AND kind = 'registration' FOR SHARE",
            [stage.recruitment_id],
        )
    commitment = AuditCommitment(stage=stage, party=party, digest=digest.strip().lower(), by=by, at=at)
    _put(
        commitment,
        {
            "before registration closes": _("Terlambat. Sidik diserahkan sebelum pendaftaran ditutup."),
            "audit_commitment_once": _("Sidik sudah diserahkan dan tidak dapat diganti."),
            "audit_commitment_of_ones_own": _("Sidik ini milik pihak lain. Buat rahasia Anda sendiri."),
            "audit_commitment_is_a_digest": _("Sidik berisi 64 huruf dan angka (0-9, a-f)."),
        },
    )
    record.append("audit.committed", at=at, party=str(party), digest=commitment.digest, **_about(stage))
    return commitment


@transaction.atomic(durable=True)
def reveal(audit_round: AuditRound, *, value: str, by, at) -> AuditReveal:
    """Show the value of this round. It must fit what was committed, and come before the round is over.

    The record gets the value. Raises NotAllowed, NotPossible.
    """
    party = _party(by, at)
    commitment = AuditCommitment.objects.filter(stage=audit_round.stage_id, party=party).first()
    if commitment is None:
        raise NotPossible(_("Pihak Anda tidak menyerahkan sidik sebelum pendaftaran ditutup."))
    shown = AuditReveal(round=audit_round, commitment=commitment, value=value.strip().lower(), by=by, at=at)
    _put(
        shown,
        {
            "takes no part": _("Pihak Anda tidak ikut dalam putaran ini."),
            "before the round is over": _("Terlambat. Putaran ini sudah berakhir."),
            "does not fit": _("Rahasia ini tidak cocok dengan sidik yang Anda serahkan. Periksa putarannya."),
            "audit_reveal_once": _("Rahasia putaran ini sudah dibuka."),
            "audit_reveal_is_a_value": _("Rahasia berisi 64 huruf dan angka (0-9, a-f)."),
            "hexadecimal": _("Rahasia berisi 64 huruf dan angka (0-9, a-f)."),
        },
    )
    record.append(
        "audit.revealed",
        at=at,
        party=str(party),
        round=audit_round.number,
        value=shown.value,
        **_about(audit_round.stage),
    )
    return shown


def _party(by, at) -> str:
    party = party_of(by, at)
    if party is None:
        raise NotAllowed(_("Hanya tim pengawas dan petugas instansi yang menyerahkan rahasia audit."))
    return party


def _put(row, words: dict[str, str]) -> None:
    """Insert `row` as its party's role; what the database refuses becomes the sentence that `words` has for it."""
    party = row.party if isinstance(row, AuditCommitment) else row.commitment.party
    try:
        with transaction.atomic():
            if party == Party.TEAM:
                with as_team():
                    row.save(force_insert=True)
            else:
                row.save(force_insert=True)
    except DatabaseError as error:
        for mark, sentence in words.items():
            if mark in str(error):
                raise NotPossible(sentence) from None
        raise


def _about(stage: Stage) -> dict[str, str]:
    return {"recruitment": stage.recruitment.slug, "stage": stage.slug}


# --- What happens by itself ---------------------------------------------------------------------
def keep(at) -> int:
    """Open rounds, note who withheld, repeat, and draw, wherever that is due; returns how many samples were drawn.

    Any number of keepers may ring. A stage that fails does not stop the others.
    """
    waiting = Stage.objects.filter(audit_commitments__isnull=False, audit_sample=None).distinct()
    drawn = 0
    for stage in waiting.select_related("recruitment").order_by("pk"):
        try:
            drawn += _step(stage, at)
        except Exception:
            logger.exception("the audit of stage %s failed; the next ring tries again", stage.pk)
    return drawn


def _step(stage: Stage, at) -> bool:
    last = stage.audit_rounds.order_by("-number").first()
    beacon = _beacon(last) if last else ""
    if beacon is None:
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [TURN])
        if not cursor.fetchone()[0]:
            return False
        if last != stage.audit_rounds.order_by("-number").first() or AuditSample.objects.filter(stage=stage).exists():
            return False
        if last is None:
            _open(stage, 1, list(stage.audit_commitments.order_by("party").values_list("party", flat=True)),
                  _closing_of(stage), at)  # fmt: skip
            return False
        shown = {one.commitment.party: one.value for one in last.reveals.select_related("commitment")}
        if set(last.parties) == shown.keys():
            _draw(last, shown, beacon, at)
            return True
        if at > last.due_at:
            _repeat(last, sorted(shown), at)
        return False


def _beacon(audit_round: AuditRound) -> str | None:
    """The public random value that belongs to the round: "" where none is used, None while it cannot be had."""
    if not audit_round.beacon or audit_round.reveals.count() < len(audit_round.parties):
        return ""
    return beacons.value(audit_round.beacon, after=audit_round.checkpoint.signed_at)


def _closing_of(stage: Stage) -> Pending | None:
    """The fact that the registration of the recruitment was closed."""
    return (
        Pending.objects.filter(kind="registration.closed")
        .extra(
            where=["convert_from(ledger_pending.body, 'UTF8')::jsonb -> 'body' ->> 'recruitment' = %s"],
            params=[stage.recruitment.slug],
        )
        .order_by("pk")
        .first()
    )


def _open(stage: Stage, number: int, parties: list[str], after: Pending | None, at) -> AuditRound | None:
    """The round on the first checkpoint that holds `after`; None while there is none. Tells who has to show a value."""
    if after is None or after.n is None:
        return None
    checkpoint = Checkpoint.objects.filter(size__gt=after.n).order_by("size").first()
    if checkpoint is None:
        return None
    made = AuditRound.objects.create(
        stage=stage, number=number, parties=parties, after=after, checkpoint=checkpoint,
        beacon=settings.AUDIT_BEACON, opened_at=at, due_at=at + REVEAL_WITHIN,
    )  # fmt: skip
    told = {
        "subject": _("Buka rahasia audit: %(stage)s") % {"stage": stage.name_public},
        "body": _(
            "Sampel audit %(recruitment)s dapat ditarik. Buka rahasia putaran %(number)s paling lambat %(due)s. "
            "Rahasia yang tidak dibuka tercatat untuk umum, dan undian diulang tanpa pihak itu."
        )
        % {
            "recruitment": stage.recruitment.name,
            "number": number,
            "due": instant(made.due_at, stage.recruitment.zone),
        },
        "at": at,
    }
    if Party.TEAM in parties:
        tell_members(Membership.objects, source=f"audit:{made.pk}:team", url="/pengawasan/ruang/audit/", **told)
    if Party.OFFICE in parties:
        tell_office(source=f"audit:{made.pk}:office", url="/kelola/audit/", **told)
    return made


def _repeat(last: AuditRound, stayed: list[str], at) -> None:
    """Whoever withheld is named in the record; the next round is theirs who stayed, once a checkpoint holds that."""
    for commitment in AuditCommitment.objects.filter(
        stage=last.stage_id, party__in=set(last.parties) - set(stayed)
    ).exclude(withheld__round=last):
        fact = record.append(
            "audit.withheld", at=at, party=str(commitment.party), round=last.number, **_about(last.stage)
        )
        AuditWithheld.objects.create(round=last, commitment=commitment, fact=fact, at=at)
    newest = last.withheld.select_related("fact").order_by("-fact_id").first()
    _open(last.stage, last.number + 1, stayed, newest.fact, at)


def _draw(audit_round: AuditRound, shown: dict[str, str], beacon: str, at) -> AuditSample:
    stage, checkpoint = audit_round.stage, audit_round.checkpoint
    root = bytes(checkpoint.root).hex()
    seed = draw.seed(
        stage.recruitment.slug, stage.slug, audit_round.number, team=shown.get(Party.TEAM),
        office=shown.get(Party.OFFICE), checkpoint=checkpoint.size, root=root, beacon=beacon,
    )  # fmt: skip
    everybody = Application.objects.filter(recruitment=stage.recruitment, submitted_at__isnull=False)
    people = dict(everybody.exclude(state=State.DRAFT).values_list("participant_number", "pk"))
    chosen = draw.drawn(seed, people, draw.size(len(people)))
    sample = AuditSample.objects.create(
        stage=stage, round=audit_round, seed=seed, beacon=beacon, population=len(people), size=len(chosen),
        digest=draw.digest(chosen), drawn_at=at,
    )  # fmt: skip
    AuditFile.objects.bulk_create(
        AuditFile(sample=sample, place=place, application_id=people[one]) for place, one in enumerate(chosen, start=1)
    )
    record.append(
        "audit.drawn", at=at, round=audit_round.number, size=checkpoint.size, root=root, seed=seed,
        beacon=beacon or None, population=sample.population, sample=sample.size, digest=sample.digest, **_about(stage),
    )  # fmt: skip
    return sample


# --- Looking again ------------------------------------------------------------------------------
def may_be_shown(document) -> bool:
    """Whether the team sees this document: an identity card or a face is no part of the question."""
    return document.requirement.code not in IDENTITY


@transaction.atomic(durable=True)
def open_file(file: AuditFile, *, by, at, document=None) -> None:
    """Write down, for the applicant to see, that the team looks at the file, or at one document. Raises NotAllowed."""
    _must_be_member(by, at)
    if document is not None and not may_be_shown(document):
        raise NotAllowed(_("Dokumen identitas tidak dibuka untuk audit."))
    FileAccess.objects.create(
        person_id=file.application.person_id,
        subject=file.application.ref,
        by=by,
        role=Role.OVERSEER,
        unit=_("Tim pengawas"),
        purpose=_("Audit acak: %(name)s") % {"name": document.requirement.text[:100]}
        if document
        else _("Audit acak: pemeriksaan ulang berkas"),
        at=at,
    )


@transaction.atomic(durable=True)
def judge(file: AuditFile, *, agrees: bool, note: str, by, at) -> AuditVerdict:
    """The team agrees with the verifiers about a drawn file, or says what it sees otherwise. Once.

    Raises NotAllowed, also for one's own file; NotPossible before the verifiers decided, without words for a
    disagreement, or the second time.
    """
    _must_be_member(by, at)
    if file.application.user_id == by.pk:
        raise NotAllowed(_("Berkas Anda sendiri diperiksa anggota lain."))
    if not file.application.reviews.filter(stage=file.sample.stage_id, decided_at__isnull=False).exists():
        raise NotPossible(_("Pemeriksa belum memutus berkas ini."))
    try:
        with transaction.atomic(), as_team():
            return AuditVerdict.objects.create(file_id=file.pk, agrees=agrees, note=note.strip()[:500], by=by, at=at)
    except DatabaseError as error:
        if "audit_disagreement_says_why" in str(error):
            raise NotPossible(_("Tulis apa yang berbeda.")) from None
        if "file_id" in str(error):
            raise NotPossible(_("Berkas ini sudah dinilai.")) from None
        raise


def _must_be_member(by, at) -> None:
    if rules.membership_of(by, at) is None:
        raise NotAllowed(_("Hanya anggota tim pengawas yang memeriksa sampel."))
