import hashlib
import json
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.conf import settings
from django.core import mail
from django.db import DatabaseError, connection, connections, transaction

from accounts.encrypted import nik_index
from accounts.models import Person
from ledger import log, queries
from ledger.actions import signing
from ledger.models import Pending
from publishing.actions import delivery
from publishing.models import Delivery
from selection.actions import announcement, keeping, ranking
from selection.actions.settlement import unsettled
from selection.models import Announcement, DelayNotice, Hold, Outcome, Preparation
from selection.rendering import folder as folders
from tests.parts import NOON, make_user
from tests.selection.story import DUE, Stage
from vacancies.models import Formation
from verifier import announcement as outside

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("own_database")


def public(number="2026-1", version=1):
    return settings.PUBLIC_ROOT / "pengumuman" / number / f"v{version}"


def codes(stage):
    return [issue.code for issue in unsettled(stage, DUE)]


def test_a_due_and_settled_stage_is_announced_with_everything_it_publishes():
    story = Stage().ready()

    assert announcement.announce_due(DUE) == 1

    found = Announcement.objects.get()
    assert (found.number, found.version, found.frozen_at, found.public_at) == ("2026-1", 1, DUE, DUE)
    names = {path.name for path in public().iterdir()}
    assert names >= {
        "index.html",
        "data.csv",
        "data.json",
        "rows.jsonl",
        "announcement.pdf",
        "poster.pdf",
        "cek",
        "daftar",
    }
    assert Pending.objects.filter(kind="announcement.frozen").count() == 1
    assert story.stage.announcements.public().count() == 1


def test_nothing_is_public_before_the_due_time():
    Stage().ready()

    assert announcement.announce_due(DUE - timedelta(seconds=1)) == 0

    assert not Announcement.objects.exists()
    assert not (settings.PUBLIC_ROOT / "pengumuman").exists()


def test_what_is_unsettled_is_listed_step_by_step():
    story = Stage()

    assert codes(story.stage) == ["scores"]
    assert codes(story.score().stage) == ["rank"]
    assert codes(story.rank().stage) == ["prepare"]
    assert codes(story.prepare().stage) == ["approve"]
    assert codes(story.approve().stage) == []


def test_scores_that_came_after_the_ranking_are_unsettled():
    story = Stage().ready()

    story.score(reason="Susulan", p0=65)

    assert codes(story.stage) == ["stale"]


@pytest.mark.parametrize("change", [{"quota": 7}, {"need": "disabilitas"}])
def test_a_quota_or_a_need_that_changed_after_the_ranking_is_unsettled(change):
    story = Stage().ready()

    Formation.objects.filter(pk=story.formation.pk).update(**change)

    assert codes(story.stage) == ["places"]
    assert announcement.announce_due(DUE) == 0


def test_the_preparer_may_not_approve_not_even_in_sql():
    story = Stage().score().rank().prepare()

    with pytest.raises(announcement.NotAllowed):
        announcement.approve(story.preparation, by=story.pia, at=NOON)
    with pytest.raises(DatabaseError, match="preparation_second_person"):
        Preparation.objects.update(approved_by=story.pia, approved_at=NOON)


def test_one_changed_byte_after_approval_stops_it():
    story = Stage().ready()
    page = announcement.prepared_folder(story.preparation.digest) / "data.csv"
    page.write_bytes(page.read_bytes().replace(b"P/L", b"P/X", 1))

    assert announcement.announce_due(DUE) == 0

    assert not Announcement.objects.exists()
    with pytest.raises(announcement.NotReady, match="berubah"):
        announcement.freeze(story.stage, at=DUE)


def test_an_approved_preparation_cannot_be_pointed_elsewhere():
    story = Stage().ready()

    with pytest.raises(DatabaseError, match="replaced, not rewritten"):
        Preparation.objects.filter(pk=story.preparation.pk).update(digest="f" * 64)


def test_preparing_again_gives_the_same_digest():
    story = Stage().score().rank().prepare()

    again = announcement.prepare(story.stage, by=story.pia, at=NOON + HOUR)

    assert again.pk == story.preparation.pk
    assert again.digest == story.preparation.digest


def test_rendering_a_long_list_is_not_cut_short_like_a_page(monkeypatch):
    story, limits = Stage().score().rank(), []

    def looking(*given):
        with connection.cursor() as cursor:
            for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
                cursor.execute(f"SHOW {name}")
                limits.append(cursor.fetchone()[0])
        return render(*given)

    render = announcement.render
    monkeypatch.setattr(announcement, "render", looking)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '5s'; SET idle_in_transaction_session_timeout = '15s'")

    story.prepare()

    assert limits == ["15min", "5min"]


def test_an_announcement_is_never_overwritten():
    Stage().ready()
    announcement.announce_due(DUE)

    for statement in (
        "UPDATE selection_announcement SET digest = repeat('0', 64)",
        "UPDATE selection_announcement SET public_at = NULL",
        "DELETE FROM selection_announcement",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def run_at_once(count, work):
    """Run `work(index)` in `count` threads that start together; returns the exceptions."""
    barrier, errors = Barrier(count), []

    def body(index):
        barrier.wait()
        try:
            work(index)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=body, args=(index,)) for index in range(count)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return errors


def test_a_crash_between_files_and_database_is_repaired_at_the_next_ring(monkeypatch):
    story = Stage().ready()
    monkeypatch.setattr(announcement, "_open", lambda *_: (_ for _ in ()).throw(RuntimeError("power cut")))
    announcement.announce_due(DUE)
    assert Announcement.objects.filter(public_at=None).count() == 1
    monkeypatch.undo()

    announcement.announce_due(DUE + HOUR)

    assert Announcement.objects.public().get().stage == story.stage
    assert (public().parent / "current.json").exists()


def test_nothing_opens_before_the_signed_record_holds_it(monkeypatch):
    story = Stage().ready()
    monkeypatch.setattr(signing, "ask", lambda *_: (_ for _ in ()).throw(signing.Refused("the signer is away")))

    assert announcement.announce_due(DUE) == 0

    frozen = Announcement.objects.get()
    assert (frozen.public_at, frozen.fact.n) == (None, None)
    assert not public().exists()
    with pytest.raises(DatabaseError, match="after the signed record holds it"), transaction.atomic():
        Announcement.objects.update(public_at=DUE)
    monkeypatch.undo()
    assert announcement.announce_due(DUE + HOUR) == 1
    assert story.stage.announcements.public().get().fact.n < log.signed_size()


def test_without_asking_the_record_it_would_open(monkeypatch):
    """The twin: without the question and the trigger a frozen announcement is public at once."""
    Stage().ready()
    monkeypatch.setattr(signing, "ask", lambda *_: (_ for _ in ()).throw(signing.Refused("the signer is away")))
    monkeypatch.setattr(queries, "is_signed", lambda fact: True)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE selection_announcement DISABLE TRIGGER USER")

    assert announcement.announce_due(DUE) == 1


def test_a_notice_of_delay_does_not_wait_for_the_record(monkeypatch):
    Stage().score().rank().prepare()
    monkeypatch.setattr(signing, "ask", lambda *_: (_ for _ in ()).throw(signing.Refused("the signer is away")))

    announcement.announce_due(DUE)

    assert DelayNotice.objects.get().public_at == DUE
    assert Pending.objects.get(kind="delay.noticed").n is None
    monkeypatch.undo()
    announcement.announce_due(DUE + HOUR)
    assert Pending.objects.get(kind="delay.noticed").n < log.signed_size()


def test_a_lost_pointer_comes_back():
    Stage().ready()
    announcement.announce_due(DUE)
    (public().parent / "current.json").unlink()

    announcement.announce_due(DUE + HOUR)

    assert json.loads((public().parent / "current.json").read_bytes())["version"] == 1


def test_the_proof_of_each_version_is_written_once_and_comes_back_with_the_list_when_lost():
    story = Stage(12).ready()
    announcement.announce_due(DUE)
    place = announcement.public_folder("2026-1", 1).parent
    proof, listed = place / "v1.proof.json", place.parent / "daftar.json"
    first = proof.read_bytes()
    story.correct(p0=66, reason="Nilai TWK salah ketik.")
    announcement.announce_due(DUE + timedelta(hours=3))

    assert proof.read_bytes() == first
    found = json.loads(listed.read_bytes())["list"]
    assert [(one["number"], one["version"]) for one in found] == [("2026-1", 1), ("2026-1", 2)]
    for one in found:
        folder = announcement.public_folder("2026-1", one["version"])
        assert one["rows_digest"] == hashlib.sha256((folder / "rows.jsonl").read_bytes()).hexdigest()
        assert one["pdf_digest"] == hashlib.sha256((folder / "announcement.pdf").read_bytes()).hexdigest()

    proof.unlink()
    listed.write_text("rusak")
    announcement.announce_due(DUE + timedelta(hours=4))
    assert json.loads(proof.read_bytes())["entry"] == json.loads(first)["entry"]
    assert json.loads(listed.read_bytes())["list"] == found


def test_a_stage_that_is_due_and_not_ready_says_so_once_and_publishes_itself_when_it_is():
    story = Stage().score().rank().prepare()

    announcement.announce_due(DUE)
    announcement.announce_due(DUE + HOUR)

    notice = DelayNotice.objects.get()
    assert (notice.number, notice.unsettled) == ("T-2026-1", ["Pengumuman menunggu pengesahan orang kedua."])
    story.approve(at=DUE + HOUR)
    assert announcement.announce_due(DUE + 2 * HOUR) == 1
    assert Announcement.objects.get().due_at == DUE


def test_a_hold_stops_the_publication_until_it_lapses():
    story = Stage().ready()
    Hold.objects.create(
        stage=story.stage,
        reason="Nilai tidak cocok.",
        placed_by=story.rudi,
        placed_at=NOON,
        lapses_at=NOON + 24 * HOUR + HOUR,
    )

    assert announcement.announce_due(DUE) == 0
    assert DelayNotice.objects.get().unsettled == ["Tim pengawas menahan pengumuman tahap ini."]
    assert announcement.announce_due(DUE + HOUR) == 1


def test_a_hold_in_the_same_second_is_before_or_after_never_both():
    for _ in range(5):
        story = Stage(2).ready()

        def place(index, story=story):
            if index == 0:
                announcement.announce_due(DUE)
                return
            with transaction.atomic():
                type(story.stage).objects.select_for_update(no_key=True).get(pk=story.stage.pk)
                if not story.stage.announcements.exists():
                    Hold.objects.create(
                        stage=story.stage, reason="x", placed_by=story.rudi, placed_at=NOON, lapses_at=DUE + 24 * HOUR
                    )

        run_at_once(2, place)

        assert story.stage.announcements.exists() != story.stage.holds.exists()


def test_a_correction_is_the_next_version_with_a_public_diff_and_the_old_one_stays():
    story = Stage().ready()
    announcement.announce_due(DUE)
    before = {path: path.read_bytes() for path in public().rglob("*") if path.is_file()}
    story.correct(p0=66, reason="Nilai TWK salah ketik.")

    assert announcement.announce_due(DUE + 3 * HOUR) == 1

    second = Announcement.objects.get(version=2)
    assert (second.number, second.supersedes.version, second.reason) == ("2026-1", 1, "Nilai TWK salah ketik.")
    meta = json.loads((public(version=2) / "data.json").read_bytes())
    moved = {
        change["p"]: (change["old"], change["new"]) for change in meta["changes"] if change["old"] != change["new"]
    }
    assert moved == {
        story.people[0].participant_number: ("P/L", "P"),
        story.people[3].participant_number: ("P", "P/L"),
    }
    assert "Nilai TWK salah ketik." in (public(version=2) / "index.html").read_text()
    assert {path: path.read_bytes() for path in before} == before
    assert json.loads((public().parent / "current.json").read_bytes())["version"] == 2


def test_a_correction_needs_a_reason_for_the_public():
    story = Stage().ready()
    announcement.announce_due(DUE)
    story.score(reason="Koreksi", p0=66)
    shadow = ranking.rank(story.stage, by=story.pia, at=DUE, shadow=True, reason="Koreksi")
    ranking.apply(shadow, by=story.rudi, at=DUE)

    with pytest.raises(announcement.NotReady, match="alasan"):
        announcement.prepare(story.stage, by=story.pia, at=DUE)


def test_everyone_with_an_account_gets_one_mail_however_often_it_is_rung():
    alya, budi = make_user("alya@contoh.example"), make_user("budi@contoh.example")
    Stage(12, owners=(alya, budi)).ready()
    announcement.announce_due(DUE)

    for _ in range(3):
        keeping.keep(DUE + HOUR)
    run_at_once(3, lambda _: delivery.deliver_due(DUE + HOUR))

    assert sorted(message.to[0] for message in mail.outbox) == ["alya@contoh.example", "budi@contoh.example"]
    assert {one.state for one in Delivery.objects.all()} == {"sent"}
    assert "P/L" not in mail.outbox[0].body


def test_no_personal_data_is_in_anything_rendered():
    alya = make_user("alya.canary@contoh.example", name="Canary Nama Akun")
    nik = "9912345678901234"
    Person.objects.create(
        user=alya,
        name="Canary Nama Lengkap",
        nik=nik,
        nik_index=nik_index(nik),
        birth_date="1987-06-05",
        phone="081299988877",
    )
    Stage(12, owners=(alya,)).ready()
    announcement.announce_due(DUE)

    everything = b"".join(path.read_bytes() for path in settings.PUBLIC_ROOT.rglob("*") if path.is_file())

    numbers = [
        one.national_number
        for one in Outcome.objects.first().set.stage.recruitment.applications.all()
        if one.national_number
    ]
    for canary in ["canary", "Canary", nik, "1987-06-05", "081299988877", *numbers]:
        assert canary.encode() not in everything


def test_a_group_of_fewer_than_ten_shows_no_scores():
    Stage(9).ready()
    announcement.announce_due(DUE)

    rows = [json.loads(line) for line in (public() / "rows.jsonl").read_text().splitlines()]

    assert len(rows) == 9
    assert all("s" not in row and "total" not in row and row["closed"] == 1 for row in rows)


def test_anyone_can_check_the_files_with_the_verifier(capsys):
    Stage(30).ready()
    announcement.announce_due(DUE)

    assert outside.check(public()) == 0

    row = public() / "rows.jsonl"
    row.write_text(row.read_text().replace('"code":"P"', '"code":"P/L"', 1))
    assert outside.check(public()) == 1
    assert "rows.jsonl: not the announced file" in capsys.readouterr().out


def test_the_verifier_finds_a_quota_that_only_the_browser_would_read(capsys):
    Stage(30).ready()
    announcement.announce_due(DUE)
    meta = public() / "hitung-ulang" / "meta.json"
    meta.write_text(meta.read_text().replace('"quota":1', '"quota":2'))
    folders.seal(public())

    assert outside.check(public()) == 1
    assert "hitung-ulang/meta.json: says something else than data.json" in capsys.readouterr().out


def test_lookup_buckets_hide_a_number_among_a_hundred():
    Stage(450).ready()
    announcement.announce_due(DUE)

    buckets = [json.loads(path.read_bytes()) for path in (public() / "cek").iterdir()]

    assert sum(map(len, buckets)) == 450
    assert min(map(len, buckets)) >= 100


def test_freezing_asks_the_same_number_of_questions_for_ten_and_for_many(django_assert_max_num_queries):
    small, large = Stage(10).ready(), Stage(600).ready()

    with django_assert_max_num_queries(40):
        announcement.freeze(small.stage, at=DUE)
    with django_assert_max_num_queries(40):
        announcement.freeze(large.stage, at=DUE)
