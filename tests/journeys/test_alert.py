"""News about vacancies on a phone without an account: asked for, confirmed, received, changed, and left in one press."""

import re
from datetime import timedelta

from django.utils import timezone

from publishing.models import Delivery, Subscriber
from tests.journeys.conftest import DESKTOP, PHONE, healthy
from tests.journeys.letters import link_in, newest
from tests.vacancies.city import City
from vacancies.actions import alerts
from vacancies.models import SavedSearch

BOTH = (PHONE, DESKTOP)
SITI = "siti@warga.example"


def test_an_alert_is_asked_for_by_phone_and_left_in_one_press(browse):
    city = City()
    siti, looking = browse(javascript=False), browse()

    # From a search to a question in the mailbox.
    siti.goto("/lowongan/?q=perawat")
    siti.get_by_role("link", name=re.compile("Kabari saya")).first.click()
    assert siti.get_by_text("Lowongan dengan kata “perawat”").is_visible()
    siti.get_by_role("button", name="Kabari saya").click()
    assert siti.get_by_text("Tulis alamat surel Anda.").first.is_visible()
    siti.get_by_label("Alamat surel Anda").fill(SITI)
    siti.get_by_label("Setiap minggu").check()
    siti.get_by_role("button", name="Kabari saya").click()
    assert siti.get_by_role("heading", name="Periksa surel Anda").is_visible()
    assert siti.context.cookies() == [] or {one["name"] for one in siti.context.cookies()} == {"csrf"}

    # The link alone changes nothing; the button does.
    letter = newest(SITI)
    siti.goto(link_in(letter, "/lowongan/kabari/"))
    assert SavedSearch.objects.get().confirmed_at is None
    room = siti.url
    looking.goto(room)
    healthy(looking, *BOTH)
    siti.get_by_role("button", name="Aktifkan").click()
    assert siti.get_by_role("button", name="Aktifkan").count() == 0
    siti.get_by_role("button", name=re.compile("Ganti: setiap hari")).click()
    assert siti.get_by_role("button", name=re.compile("Ganti: setiap minggu")).is_visible()

    # The digest names the new vacancy, and leads back to the search.
    city.now = timezone.now()
    city.fill(city.open, {"formasi_id": "A9", "jabatan_nm": "PERAWAT MAHIR"})
    alerts.send_digests(timezone.now() + timedelta(days=2))
    Delivery.objects.update(due_at=timezone.now())
    digest = newest(SITI)
    assert digest.subject == "1 lowongan baru untuk Anda" and "Perawat Mahir" in digest.body
    later = browse(javascript=False)  # hours later: the browser keeps no copy of the list
    later.goto(link_in(digest, "/lowongan/?"))
    assert later.get_by_role("link", name="Perawat Mahir").first.is_visible()

    # One press in the mailbox's own button, and everything is gone.
    looking.goto("/lowongan/kabari/?q=perawat")
    healthy(looking, *BOTH)
    leave = re.search(r"<https?://[^/]+(/[^>]+)>", digest.extra_headers["List-Unsubscribe"])[1]
    looking.goto(leave)
    healthy(looking, *BOTH)
    assert Subscriber.objects.count() == 1, "a mail program that opens the link leaves nobody"
    siti.goto(leave)
    siti.get_by_role("button", name="Berhenti dan hapus").click()
    assert siti.get_by_role("heading", name="Terhapus").is_visible()
    assert not Subscriber.objects.exists() and not SavedSearch.objects.exists()
    siti.goto(room)
    assert siti.get_by_role("heading", name="Tautan ini tidak berlaku").is_visible()
