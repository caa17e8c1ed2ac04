"""Objections in the practice city: one refused with its reasons, one that waits, one that a visitor may write."""

from selection.actions import objection as objections
from selection.actions import objection_decision as decisions
from selection.models import Application, Objection
from selection.objectable import chance_of, points_of
from vacancies.models import Stage

WORDS = (
    "Halaman 2 transkrip saya terbaca jelas di berkas yang saya unggah.",
    "Transkrip saya lengkap. Mohon diperiksa lagi halaman 2.",
)
ANSWER = "Kami membuka berkas Anda. Halaman 2 memang buram: nilai semester 5 dan 6 tidak terbaca."
SUMMARY = "Transkrip diperiksa ulang. Sebagian nilai pada halaman kedua tidak terbaca, jadi IPK tidak dapat dipastikan."


def write(stage: Stage, people: dict, at) -> Application:
    """Two who failed object, the first is answered; returns the application of a third, who has not written yet."""
    newest = stage.announcements.public().order_by("-version").first()
    failed = Application.objects.filter(outcomes__set=newest.outcome_set, outcomes__advances=False).order_by("pk")
    first, second, third = failed.select_related("user", "person")[:3]
    refused, _waiting = (_object(one, stage, words, at) for one, words in zip((first, second), WORDS, strict=True))
    decisions.open_file(refused, by=people["joko"], at=at)
    decisions.decide(
        refused,
        verdicts={one.key: False for one in refused.items.all()},
        answer=ANSWER,
        summary=SUMMARY,
        by=people["joko"],
        at=at,
    )
    return third


def _object(application: Application, stage: Stage, words: str, at) -> Objection:
    objection = objections.start(application, stage, by=application.user, at=at)
    for point in points_of(chance_of(application, stage).outcome):
        objections.dispute(objection, point, ground=point.grounds[0], text=words, by=application.user)
    return objections.file(objection, by=application.user)
