"""News for everybody: list, feeds, where it was told, and what can be printed or read aloud."""

import json
from datetime import timedelta

import feedparser
import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from publishing import speech
from publishing.actions import posting, publication
from publishing.adapters.answer import Answer, Verdict
from publishing.models import Channel, Post
from tests.parts import NOON, enrol, make_user
from tests.publishing.test_posting import make_channel, make_news
from tests.selection.story import Stage
from vacancies.actions import schedule

MINUTE = timedelta(minutes=1)


@pytest.fixture
def told(db):
    """News on a channel that took it and one where it is in doubt."""
    first, second = make_channel("telegram"), make_channel("mastodon")
    Channel.objects.filter(pk=first.pk).update(page="https://t.me/kabarkota", name="Telegram")
    news = make_news()
    posting.queue_posts(NOON)
    posting.finish(posting.claim(first.pk, NOON), Answer(Verdict.ARRIVED, "HTTP 200"), NOON)
    posting.finish(posting.claim(second.pk, NOON), Answer(Verdict.IN_DOUBT, "HTTP 502"), NOON)
    return news


def staff(client, *roles):
    user = enrol(make_user("pia@contoh.example", *roles))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def test_news_says_where_it_was_told(told, client):
    page = client.get(reverse("publication_detail", args=[told.pk])).content.decode()

    assert "Hasil SKD terbit" in page
    assert 'href="https://t.me/kabarkota"' in page
    assert "belum pasti sampai" in page
    assert "wa.me" in page
    assert "telegram://" not in page
    assert "502" not in page


def test_letters_to_persons_and_what_is_not_open_are_no_news(told, client):
    letter = make_news("letter", for_all=False)
    early = make_news("early", opened=False)

    listed = client.get(reverse("publication_list")).content.decode()

    assert listed.count("Hasil SKD terbit") == 1
    for one in (letter, early):
        assert client.get(reverse("publication_detail", args=[one.pk])).status_code == 404
        assert client.get(reverse("publication_speech", args=[one.pk])).status_code == 404


def test_the_feeds_are_read_by_others(told, client, settings):
    make_news("kedua", at=NOON + MINUTE)

    atom = feedparser.parse(client.get(reverse("publication_feed")).content)
    plain = json.loads(client.get(reverse("publication_list_json")).content)

    assert not atom.bozo
    assert atom.version == "atom10"
    assert [entry.title for entry in atom.entries] == ["Hasil SKD terbit", "Hasil SKD terbit"]
    assert len({entry.id for entry in atom.entries}) == 2
    assert atom.entries[0].updated_parsed > atom.entries[1].updated_parsed
    assert plain["version"] == "https://jsonfeed.org/version/1.1"
    assert len({item["id"] for item in plain["items"]}) == 2
    assert all(item["url"].startswith(settings.SITE_URL) for item in plain["items"])
    assert {"title", "content_text", "date_published"} <= plain["items"][0].keys()


@pytest.mark.parametrize(("paper", "width"), [("a4", 595), ("a3", 842)])
def test_the_poster_is_one_tagged_sheet_of_its_size(told, client, tmp_path, paper, width):
    drawn = client.get(reverse("publication_poster", args=[told.pk, paper]))
    (tmp_path / "poster.pdf").write_bytes(drawn.content)

    with pikepdf.open(tmp_path / "poster.pdf") as found:
        assert len(found.pages) == 1
        assert round(float(found.pages[0].MediaBox[2])) == width
        assert found.Root.MarkInfo.Marked
    assert client.get(reverse("publication_poster", args=[told.pk, "a5"])).status_code == 404


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Selasa, 3 November 2026 pukul 08.05 WIB", "Selasa, 3 November 2026 pukul 8 lewat 5 menit Waktu Indonesia Barat"),
        ("pukul 23.59 WITA", "pukul 23 lewat 59 menit Waktu Indonesia Tengah"),
        ("pukul 16.00 WIT", "pukul 16 Waktu Indonesia Timur"),
        ("Hasil SKD CPNS", "Hasil S-K-D C-P-N-S"),
        ("2 % dari https://portal.example/x", "2 persen dari"),
        ("WITAWIT", "WITAWIT"),
    ],
)  # fmt: skip
def test_what_is_written_is_said(written, said):
    assert speech.spoken(written) == said


def test_the_text_to_read_aloud_says_everything_twice_and_that_it_is_free(told):
    text = speech.announcement(told)

    assert text.count("Hasil S-K-D terbit") == 2
    assert text.count("tidak dipungut biaya") == 2
    assert "http" not in text


def test_the_list_costs_the_same_for_one_and_thirty(told, client):
    def queries():
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("publication_list"))
        return len(found)

    before = queries()
    for n in range(30):
        make_news(f"kabar:{n}", at=NOON + n * MINUTE)

    assert queries() == before


def test_an_officer_says_what_became_of_a_post_in_doubt(told, client):
    staff(client, Role.PREPARER)
    doubtful = Post.objects.doubtful().get()

    listed = client.get(reverse("post_list")).content.decode()
    empty = client.post(reverse("post_detail", args=[doubtful.pk]), {"proof": ""})
    client.post(reverse("post_detail", args=[doubtful.pk]), {"arrived": "1", "proof": "https://sosial.example/@kota/9"})

    doubtful.refresh_from_db()
    assert "Mastodon: Hasil SKD terbit" in listed
    assert empty.status_code == 422
    assert (doubtful.state, doubtful.proof) == ("sent", "https://sosial.example/@kota/9")
    assert (
        "https://sosial.example/@kota/9" in client.get(reverse("publication_detail", args=[told.pk])).content.decode()
    )


def channel_form(**changed) -> dict:
    return {"name": "Telegram kota", "code": "telegram", "kind": "post", "page": "", "enabled": "on"} | changed


def test_a_channel_is_made_in_the_registry_and_its_keys_are_never_shown_again(db, client):
    staff(client, Role.PREPARER)
    target = "tgram://123456789:abcdefghijklmnopqrstuvwxyz012345678/@kabarkota"

    made = client.post(reverse("admin:publishing_channel_add"), channel_form(new_target=target))
    channel = Channel.objects.get(code="telegram")
    page = client.get(reverse("admin:publishing_channel_change", args=[channel.pk])).content.decode()
    client.post(reverse("admin:publishing_channel_change", args=[channel.pk]), {"name": "Kabar kota", "page": ""})

    channel.refresh_from_db()
    assert made.status_code == 302
    assert channel.target == target
    assert "abcdefghijkl" not in page
    assert (channel.name, channel.enabled) == ("Kabar kota", False)


@pytest.mark.parametrize(
    ("kind", "target", "words"),
    [
        ("post", "json://127.0.0.1/", "belum didukung"),
        ("post", "", "Tulis alamat kirim"),
        ("webhook", "http://luar.example/", "https://"),
        ("webhook", "https://127.0.0.1/", "internet umum"),
        ("mail", "mailto://x", "tidak memakai alamat"),
    ],
)
def test_a_wrong_address_is_refused_in_words_and_nothing_is_stored(db, client, kind, target, words):
    staff(client, Role.PREPARER)

    page = client.post(reverse("admin:publishing_channel_add"), channel_form(code="baru", kind=kind, new_target=target))

    assert words in page.content.decode()
    assert not Channel.objects.filter(code="baru").exists()


def test_moving_a_date_is_news(db):
    story = Stage(people=3)
    pia = make_user("pia2@contoh.example", Role.PREPARER)
    schedule.change_stage(
        story.stage, announce_at=story.stage.announce_at + timedelta(days=1), by=pia, at=NOON, reason="Gangguan listrik"
    )

    news = publication.Publication.objects.get(source__startswith="schedule:")
    assert news.for_all
    assert "Gangguan listrik" in news.body
    assert news.posts.count() == 0
