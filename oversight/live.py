"""What the watch room shows: what happens right now, in numbers that point at nobody.

No name, no single score, nothing of one verifier. A handful of statements whatever the number of recruitments,
applicants or rows.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from lib.indonesian_text import number
from oversight.models import Finding
from oversight.states import FindingState
from selection.models import Announcement, DelayNotice, Hold, Objection, Review, ScoreBatch
from selection.objection_states import WAITING
from vacancies.models import Stage

FEWEST = 10  # a smaller number of files could point at a person
FEWEST_VERIFIERS = 3  # of one or two verifiers the number of files would be one person's pace
SCORES_SHOWN_FOR = timedelta(days=14)
OPENING_TAKES = timedelta(minutes=2)  # freezing, record and opening; a stage is late after that


@dataclass(frozen=True)
class Figure:
    """A number as everybody may read it. `n` is None where nothing was counted, or too few to say."""

    n: int | None
    words: str


def figure(n: int | None, *, fewest: int = 0) -> Figure:
    """`n` in words; None means that there was nothing to count, and 1 to `fewest` - 1 stay unsaid."""
    if n is None:
        return Figure(None, _("belum ada data"))
    if 0 < n < fewest:
        return Figure(None, _("kurang dari %(n)s") % {"n": fewest})
    return Figure(n, number(n))


@dataclass(frozen=True)
class Queue:
    """One stage whose files are being judged: how many were decided today, how many wait."""

    stage: Stage
    today: Figure
    waiting: Figure


@dataclass(frozen=True)
class Arrival:
    """One score file: when it came, when a second person put it in force."""

    batch: ScoreBatch
    rows: Figure
    lag: timedelta


@dataclass(frozen=True)
class Today:
    """The short summary that also stands on the home page."""

    files: Figure
    objections: Figure
    held: Figure
    late: Figure


@dataclass(frozen=True)
class Watch:
    """Everything the page shows, as of `at`. Nothing in it is said more finely than to the minute."""

    at: datetime
    opens: list[Stage]
    files: Figure
    verifiers: Figure
    queues: list[Queue]
    arrivals: list[Arrival]
    coming: list[Stage]
    late: list[Stage]
    holds: list[Hold]
    stages: int
    objections: Figure
    objections_late: Figure
    findings: Figure
    overdue: Figure


def _published() -> Q:
    return Q(recruitment__published_at__isnull=False)


def midnight(at: datetime) -> datetime:
    """The beginning of the day of `at` where the portal is."""
    zone = ZoneInfo(settings.TIME_ZONE)
    return datetime.combine(at.astimezone(zone).date(), time(0), zone)


def today(at: datetime) -> Today:
    """The four numbers of the home page, by four statements."""
    done = _judged(at)
    stages, late = _stages_due(at)
    held = Hold.objects.standing(at).filter(stage__recruitment__published_at__isnull=False).count()
    return Today(
        figure(done["files"] or None, fewest=FEWEST),  # the page itself tells 0 from nothing to count
        objections(at)[0],
        figure(held if stages else None),
        figure(late if stages else None),
    )


def _stages_due(at: datetime) -> tuple[int, int]:
    """Stages that publish a result, and how many of them are past their time without one."""
    found = Stage.objects.announcing().filter(_published()).aggregate(
        all=Count("pk"), late=Count("pk", filter=Q(announce_at__lte=at - OPENING_TAKES) & ~Exists(_result()))
    )  # fmt: skip
    return found["all"], found["late"]


def objections(at: datetime) -> tuple[Figure, Figure]:
    """Objections that wait for their answer, and how many of them past their time; None before the first was sent."""
    found = Objection.objects.filter(stage__recruitment__published_at__isnull=False).aggregate(
        sent=Count("pk", filter=Q(filed_at__isnull=False)),
        waiting=Count("pk", filter=Q(state__in=WAITING)),
        late=Count("pk", filter=Q(state__in=WAITING, due_at__lt=at)),
    )
    sent = found["sent"]
    return figure(found["waiting"] if sent else None, fewest=FEWEST), figure(found["late"] if sent else None)


def _result():
    return Announcement.objects.public().filter(stage=OuterRef("pk"))


def _judged(at: datetime) -> dict[str, int]:
    """Files with a decision of today, and how many people decided."""
    decided = Review.objects.filter(decided_at__gte=midnight(at), decided_at__lte=at)
    return decided.filter(stage__recruitment__published_at__isnull=False).aggregate(
        files=Count("application", distinct=True), people=Count("verifier", distinct=True)
    )


def watch(at: datetime) -> Watch:
    """What is open, judged, waiting, arriving, coming, held, late, and found, at `at`."""
    done, queues = _judged(at), _queues(at)
    counted = bool(queues) or done["files"] > 0
    coming, late = _announcements(at)
    unanswered = Q(state=FindingState.SENT, due_at__lt=at)
    findings = Finding.objects.open().aggregate(all=Count("pk"), overdue=Count("pk", filter=unanswered))
    stages = Stage.objects.announcing().filter(_published()).count()
    waiting, late_answers = objections(at)
    return Watch(
        at=at,
        opens=_open_registrations(at),
        files=figure(done["files"] if counted else None, fewest=FEWEST),
        verifiers=figure(done["people"] if counted else None, fewest=FEWEST_VERIFIERS),
        queues=queues,
        arrivals=_arrivals(at),
        coming=coming,
        late=late,
        holds=list(_holds(at)),
        stages=stages,
        objections=waiting,
        objections_late=late_answers,
        findings=figure(findings["all"] if stages else None),
        overdue=figure(findings["overdue"] if stages else None),
    )


def _open_registrations(at: datetime) -> list[Stage]:
    found = Stage.objects.filter(_published(), kind=Stage.Kind.REGISTRATION, opens_at__lte=at, closes_at__gt=at)
    found = list(found.select_related("recruitment").order_by("closes_at")[:20])
    for stage in found:
        stage.left = stage.closes_at - at
    return found


def _holds(at: datetime):
    standing = Hold.objects.standing(at).filter(stage__recruitment__published_at__isnull=False)
    return standing.select_related("stage__recruitment").order_by("placed_at")


def _announcements(at: datetime) -> tuple[list[Stage], list[Stage]]:
    """Stages whose result is still to come, the next first, and those whose time is over, with their last notice."""
    due = Stage.objects.announcing().filter(_published()).exclude(Exists(_result())).select_related("recruitment")
    coming = list(due.filter(announce_at__gt=at - OPENING_TAKES).order_by("announce_at")[:10])
    for stage in coming:
        stage.left = stage.announce_at - at if stage.announce_at > at else None
    late = list(due.filter(announce_at__lte=at - OPENING_TAKES).order_by("announce_at")[:20])
    notices = {one.stage_id: one for one in DelayNotice.objects.filter(stage__in=late).order_by("public_at")}
    for stage in late:
        stage.delay, stage.notice = at - stage.announce_at, notices.get(stage.pk)
    return coming, late


def _arrivals(at: datetime) -> list[Arrival]:
    recent = ScoreBatch.objects.exclude(state=ScoreBatch.State.REFUSED).filter(
        stage__recruitment__published_at__isnull=False, uploaded_at__gt=at - SCORES_SHOWN_FOR, uploaded_at__lte=at
    )
    recent = recent.select_related("stage__recruitment").order_by(F("decided_at").desc(nulls_first=True))[:20]
    return [Arrival(one, figure(one.rows, fewest=FEWEST), (one.decided_at or at) - one.uploaded_at) for one in recent]


def _queues(at: datetime) -> list[Queue]:
    """Administrative stages that run, each with what was decided today and what waits, in one statement.

    Waiting = the sent files that take part (see `selection.queries.participants`) and have no agreed verdict.
    """
    with connection.cursor() as cursor:
        cursor.execute(QUEUES, {"at": at, "midnight": midnight(at)})
        counted = {key: (done, waiting) for key, done, waiting in cursor.fetchall()}
    stages = Stage.objects.filter(pk__in=counted).select_related("recruitment").order_by("announce_at", "pk")
    return [
        Queue(one, figure(counted[one.pk][0], fewest=FEWEST), figure(counted[one.pk][1], fewest=FEWEST))
        for one in stages
    ]


QUEUES = """
    SELECT s.id,
        (SELECT count(DISTINCT v.application_id) FROM selection_review v
         WHERE v.stage_id = s.id AND v.decided_at >= %(midnight)s AND v.decided_at <= %(at)s),
        (SELECT count(*) FROM selection_application a
         WHERE a.recruitment_id = s.recruitment_id AND a.state = 'submitted' AND a.submitted_at IS NOT NULL
         AND (earlier.id IS NULL OR EXISTS (
             SELECT FROM selection_outcome o WHERE o.application_id = a.id AND o.advances AND o.set_id = (
                 SELECT id FROM selection_outcomeset WHERE stage_id = earlier.id AND state = 'applied'
                 ORDER BY version DESC LIMIT 1)))
         AND NOT EXISTS (
             SELECT FROM selection_review v WHERE v.application_id = a.id AND v.stage_id = s.id
             AND v.decided_at IS NOT NULL AND (v.seat = 3 OR v.seat = 1 AND EXISTS (
                 SELECT FROM selection_review w WHERE w.application_id = a.id AND w.stage_id = s.id AND w.seat = 2
                 AND w.decided_at IS NOT NULL AND w.verdict = v.verdict))))
    FROM vacancies_stage s
    JOIN vacancies_recruitment r ON r.id = s.recruitment_id
    LEFT JOIN LATERAL (
        SELECT id FROM vacancies_stage e WHERE e.recruitment_id = s.recruitment_id AND e.announce_at IS NOT NULL
        AND e."order" < s."order" ORDER BY e."order" DESC LIMIT 1) earlier ON true
    WHERE s.kind = 'administrative' AND s.opens_at <= %(at)s AND r.published_at IS NOT NULL
    AND NOT EXISTS (SELECT FROM selection_outcomeset o WHERE o.stage_id = s.id AND o.state = 'applied')
    ORDER BY s.announce_at, s.id LIMIT 20
"""


def plain(found: Watch) -> dict:
    """The same as open data: times in ISO 8601, a number that is not said as null."""
    zone = ZoneInfo(settings.TIME_ZONE)

    def when(value):
        return value and value.astimezone(zone).isoformat()

    def place(stage):
        return {"pengadaan": stage.recruitment.slug, "tahap": stage.slug}

    return {
        "keadaan_pada": when(found.at.replace(second=0, microsecond=0)),
        "pendaftaran": [place(one) | {"tutup": when(one.closes_at)} for one in found.opens],
        "berkas_diperiksa_hari_ini": found.files.n,
        "pemeriksa_hari_ini": found.verifiers.n,
        "antrean": [place(one.stage) | {"hari_ini": one.today.n, "menunggu": one.waiting.n} for one in found.queues],
        "nilai_masuk": [
            place(one.batch.stage)
            | {
                "baris": one.rows.n,
                "diterima": when(one.batch.uploaded_at),
                "disahkan": when(one.batch.decided_at),
            }
            for one in found.arrivals
        ],
        "pengumuman_berikutnya": [place(one) | {"jatuh_tempo": when(one.announce_at)} for one in found.coming],
        "terlambat": [
            place(one) | {"jatuh_tempo": when(one.announce_at), "pemberitahuan": one.notice and one.notice.number}
            for one in found.late
        ],
        "ditahan": [place(one.stage) | {"sejak": when(one.placed_at), "alasan": one.reason} for one in found.holds],
        "sanggah_menunggu": found.objections.n,
        "sanggah_lewat_tenggat": found.objections_late.n,
        "temuan_terbuka": found.findings.n,
        "temuan_lewat_tenggat": found.overdue.n,
        "aturan_angka_kecil": {"berkas_paling_sedikit": FEWEST, "pemeriksa_paling_sedikit": FEWEST_VERIFIERS},
    }
