"""What happened in Kemuning, and how it ends here: a published list that does not follow from its scores."""

from datetime import timedelta

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from oversight import comparison
from oversight.actions import answering, hold, re_review
from oversight.models import Finding
from oversight.states import FindingState
from selection.actions import announcement, ranking
from selection.models import Announcement
from tests.parts import NOON, enrol, make_team, make_user
from tests.selection.story import DUE, Stage

HOUR = timedelta(hours=1)


def swap_two_results(stage) -> None:
    """With the owner's role in the database, under the portal's feet: the last one inside and the first outside."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE selection_outcome DISABLE TRIGGER USER")
        cursor.execute(
            """WITH pair AS (
                SELECT (SELECT id FROM selection_outcome WHERE code = 'P/L' ORDER BY rank DESC LIMIT 1) AS a,
                       (SELECT id FROM selection_outcome WHERE code = 'P' ORDER BY rank LIMIT 1) AS b)
            UPDATE selection_outcome o SET code = x.code, advances = x.advances, rank = x.rank, decided_by = x.decided_by
            FROM pair, selection_outcome x
            WHERE o.id IN (a, b) AND x.id = CASE o.id WHEN a THEN b ELSE a END"""
        )
        assert cursor.rowcount == 2
        cursor.execute("ALTER TABLE selection_outcome ENABLE TRIGGER USER")


def test_the_team_finds_it_and_a_corrected_version_stands_beside_the_old_one(own_database, client):
    oka = enrol(make_user("oka@pengawas.example", Role.OVERSEER))
    omar = enrol(make_user("omar@pengawas.example", Role.OVERSEER))
    make_team(oka, omar, at=NOON)
    story = Stage(people=12).score().rank()
    swap_two_results(story.stage)
    story.prepare().approve()
    announcement.announce_due(DUE)
    first = Announcement.objects.get()

    client.force_login(oka, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("team_stage", args=[story.stage.pk]))
    assert "4 perbedaan pada 2 peserta" in page.content.decode()
    client.post(
        reverse("finding_new", args=[story.stage.pk]),
        {"title": "Dua peserta tertukar", "body": "Hasil tidak mengikuti nilai.", "severity": "critical"},
    )
    finding = Finding.objects.get()
    assert len(finding.evidence) == 4
    assert client.get(reverse("finding_detail", args=[finding.number])).status_code == 404, "a draft is the team's own"
    for who in (oka, omar):
        client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
        client.post(reverse("finding_confirm", args=[finding.number]))
    client.post(reverse("finding_send", args=[finding.number]))
    finding.refresh_from_db()
    assert finding.state == FindingState.SENT
    assert story.stage.holds.standing(timezone.now()).get() == finding.hold, "critical: the next list waits"

    at = timezone.now()
    shadow = re_review.start(finding, by=story.pia, at=at, reason="Dihitung ulang dari nilai yang disahkan.")
    moved = ranking.compare(story.set, shadow)
    assert {one["new_code"] for one in moved} == {"P/L", "P"}
    re_review.apply(shadow, by=story.rudi, at=at)
    story.prepare(reason="Dua hasil tertukar, dikembalikan menurut nilai.", at=at).approve(at=at)
    assert announcement.announce_due(at + HOUR) == 0, "held"
    answering.answer(finding, text="Benar. Daftar sudah kami koreksi.", by=story.pia, at=at + HOUR)
    answering.assess(finding, adequate=True, text="Koreksinya cocok.", by=omar, at=at + HOUR)
    hold.lift(finding.hold, reason="Koreksi sudah kami baca.", by=oka, at=at + HOUR)
    assert announcement.announce_due(at + HOUR) == 1
    answering.close(finding, conclusion="Versi 2 mengikuti nilai.", by=oka, at=at + 2 * HOUR)

    second = Announcement.objects.get(version=2)
    assert second.supersedes == first
    assert second.public_at
    assert comparison.of_announcement(second).agrees
    assert not comparison.of_announcement(first).agrees, "version 1 stays as it was published"
    folder = announcement.public_folder(second.number, 2)
    told = (folder / "index.html").read_text()
    assert all(one["p"] in told for one in moved)
    assert (announcement.public_folder(first.number, 1) / "index.html").exists()
    finding.refresh_from_db()
    assert finding.state == FindingState.CLOSED
