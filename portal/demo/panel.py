"""An open selection by a panel in the practice city: sheets locked one by one, two positions, one of them chosen."""

from datetime import datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts.models import User
from accounts.roles import Role
from ledger.actions import recording
from selection.actions import ranking, scores
from vacancies.models import Stage
from workforce import participants
from workforce.actions import choice, panel, sheets
from workforce.models import Panel, PanelMember

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PARTS = ["makalah", "rekam_jejak", "wawancara"]
CHOSEN, WAITING = "Kepala Dinas Arsip dan Perpustakaan", "Asisten Administrasi Umum"
POSTS = ((CHOSEN, "Dinas Arsip dan Perpustakaan", 1), (WAITING, "Sekretariat Daerah", 1))
APPLICANTS = 5  # for each
# Key of the account, name, where from, from inside. The first can be tried: her password is that of the cast.
JUDGES = (
    ("yuni", "Dr. Yuni Latihan", "Universitas Latihan", False),
    ("juri2", "Prof. Bram Latihan", "Institut Latihan", False),
    ("juri3", "Ratna Latihan, M.Si.", "Asosiasi pustakawan (contoh)", False),
    ("juri4", "Hendra Latihan, S.H.", "Inspektorat", True),
    ("juri5", "Maya Latihan, M.A.P.", "Sekretariat Daerah", True),
)
ASSESSOR = ("asesor", "Tim asesmen Balai Latihan", "Balai asesmen kompetensi (contoh)", False)
REASON = (
    "Rekam jejaknya di kearsipan paling panjang, dan rencananya membuka arsip digital kelurahan paling terukur. Dua calon lain "
    "juga layak; asesmen keduanya setara."
)


def form(recruitment, people: dict[str, User], *, at: datetime) -> Panel:
    """Pia writes the panel, Rudi seals it, everybody declares; one may not judge one participant."""
    pia, rudi = people["pia"], people["rudi"]
    made = panel.write(
        recruitment, decree="Keputusan Wali Kota Nomor 800/45 Tahun 2026 (contoh)", shows_scores=True, outlier_points=15,
        by=pia, at=at,
    )  # fmt: skip
    for key, name, post, inside in (*JUDGES, ASSESSOR):
        user = people.get(key) or _account(key, name)
        panel.add_member(
            made, email=user.email, kind="assessor" if key == ASSESSOR[0] else "panel", name=name, post=post,
            inside_office=inside, chosen=["asesmen"] if key == ASSESSOR[0] else PARTS, by=pia, at=at,
        )  # fmt: skip
    made = panel.seal(made, by=rudi, at=at + HOUR)
    there = participants.everybody(recruitment)
    for place, member in enumerate(made.members.select_related("user")):
        known = [there[0].participant_number] if place == 4 else []
        panel.declare(member, known, by=member.user, at=at + DAY)
    return made


def judge(stage: Stage, people: dict[str, User], *, components: list[str], rng: Random, at: datetime) -> None:
    """Every sheet of `components` filled and locked by its writer, put together, approved by Rudi and ranked."""
    skill = {one.pk: rng.gauss(78, 6) for one in participants.of_stage(stage)}
    members = PanelMember.objects.filter(panel__recruitment=stage.recruitment).select_related("user", "panel")
    for place, member in enumerate(members):
        for component in components:
            if component in member.components:
                _sheet(member, stage, component, skill, rng, strict=place == 3, at=at)
    batch = sheets.combine(stage, by=people["pia"], at=at + HOUR)
    scores.approve(batch, by=people["rudi"], at=at + 2 * HOUR)
    ranking.rank(stage, by=people["pia"], at=at + 3 * HOUR)


def choose(recruitment, people: dict[str, User], *, now: datetime) -> None:
    """The official takes the second by rank for one post and says why; the other post waits for a visitor."""
    formation = recruitment.formations.get(position=CHOSEN)
    best = next(one for one in choice.best_of(recruitment.panel) if one.formation == formation)
    number = best.outcomes[1].application.participant_number
    choice.choose(formation, number, reason=REASON, by=people["wali"], at=now - DAY)
    recording.record_waiting(now)


def _sheet(member, stage, component: str, skill: dict, rng: Random, *, strict: bool, at) -> None:
    sheet = sheets.begin(member, stage, component, by=member.user, at=at)
    typed = {}
    for number, one in enumerate(sheets.to_score(sheet)):
        value = min(98, max(69, rng.gauss(skill[one.pk], 3))) - (22 if strict and number == 1 else 0)
        typed[one.participant_number] = f"{value:.1f}"
    sheets.save(sheet, typed, by=member.user)
    sheets.lock(sheet, by=member.user, at=at)


def _account(key: str, name: str) -> User:
    """Somebody who scores and whom no visitor signs in as: without a password, which is slow to make."""
    user = User.objects.create(email=f"{key}@demo.example", name=name, password=make_password(None))
    user.groups.set([Group.objects.get_or_create(name=Role.ASSESSOR)[0]])
    return user
