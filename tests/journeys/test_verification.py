"""A visitor holds a receipt, a list or a code in hand and asks the browser whether it fits the public record."""

import hashlib
import io
import json
import re
import subprocess
import sys
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import expect

from ledger.signer.keys import LogKey
from lib.document_checks.check import SIGNED, check
from selection import receipts
from selection.actions import announcement, attestation, keeping, redaction
from selection.actions import application as applications
from selection.actions.announcement import public_folder
from tests.conftest import database_of_its_own
from tests.journeys.conftest import DESKTOP, PHONE, healthy, served
from tests.parts import make_user
from tests.selection.applying import Vacancy
from tests.selection.signed_outside import letter
from tests.selection.story import DUE, Stage

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "static" / "js" / "verify"
NIK = "9901011505950001"
NUMBER, REDACTED = "2026-1", "2026-2"
L = 2**252 + 27742317777372353535851937790883648493


@dataclass
class World:
    """What people hold in hand after two batches of applications, an announcement and its correction."""

    public: Path
    promise: dict
    submission: dict
    other: dict  # the receipt of somebody else's application
    first: dict  # the result in version 1, in version 2, and somebody else's in version 2
    second: dict
    theirs: dict
    whole: dict  # files of another announcement as they were before two of its rows were redacted, by name

    def file(self, name: str, version: int = 2) -> bytes:
        return (self.public / "pengumuman" / NUMBER / f"v{version}" / name).read_bytes()

    @property
    def policy(self) -> str:
        return (self.public / "log" / "policy").read_text()


@pytest.fixture(scope="module")
def world(migrated_template, django_db_blocker, tmp_path_factory):
    """Made once, by the actions that people use; the tests need no database after it."""
    place = tmp_path_factory.mktemp("dunia")
    documents = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": place / "documents"}}
    folders = {
        "VAR": place,
        "PREPARED_ROOT": place / "prepared",
        "PUBLIC_ROOT": place / "public",
        "EMAIL_FILE_PATH": place / "mail",
        "PROMISE_KEY_FILE": place / "promise" / "key",
        "STORAGES": settings.STORAGES | {"default": documents},
    }
    with override_settings(**folders), database_of_its_own(migrated_template, django_db_blocker):
        vacancy = Vacancy()
        keeping.keep(timezone.now() - timedelta(minutes=30))
        sent = []
        for name, nik in (("alya", NIK), ("budi", "9901011505950002"), ("citra", "9901011505950003")):
            draft = vacancy.draft(make_user(f"{name}@pelamar.example"), nik=nik)
            applications.submit(draft, by=draft.user)
            sent.append(type(draft).objects.get(pk=draft.pk))
        promise = receipts.of_submission(sent[0])
        story = Stage(12, owners=(make_user("dewi@contoh.example"), make_user("eko@contoh.example"))).ready()
        announcement.announce_due(DUE)
        story.correct(p0=66, reason="Nilai TWK salah ketik.")
        announcement.announce_due(DUE + timedelta(hours=3))
        for words, reason in (("Surat pertama", ""), ("Surat kedua", "Nomor surat salah.")):
            checked = check(io.BytesIO(letter(words)), kind=SIGNED, max_kb=1024)
            named = {"letter": words, "letter_date": DUE.date(), "reason": reason}
            document = attestation.hand_in(
                story.stage.announcements.get(version=2), checked, **named, by=story.pia, at=DUE + timedelta(hours=4)
            )
            attestation.approve(document, by=story.rudi, at=DUE + timedelta(hours=4))
        keeping.keep(timezone.now() + timedelta(minutes=30))
        versions = [story.stage.announcements.get(version=version) for version in (1, 2)]
        whole = with_redactions(timezone.now() + timedelta(hours=1))
        yield World(
            place / "public",
            promise,
            receipts.of_submission(sent[0]),
            receipts.of_submission(sent[1]),
            receipts.of_result(story.people[0], versions[0]),
            receipts.of_result(story.people[0], versions[1]),
            receipts.of_result(story.people[1], versions[1]),
            whole,
        )


def with_redactions(at) -> dict[str, list[bytes]]:
    """A second announcement of which two rows are redacted; its files as announced and after the first redaction."""
    story = Stage(12).ready()
    keeping.keep(at)
    folder = public_folder(story.stage.announcements.get().number, 1)
    assert folder.parent.name == REDACTED
    kept = {name: [] for name in ("rows.jsonl", "announcement.pdf")}
    for one in story.people[2:4]:
        for name, versions in kept.items():
            versions.append((folder / name).read_bytes())
        asked = redaction.ask(REDACTED, one.participant_number, reason="order", letter="1", by=story.pia, at=at)
        redaction.approve(asked[0], by=story.rudi, at=at)
        keeping.keep(at)
    return kept


@pytest.fixture
def visit(chromium, world, settings):
    """Opens the page for a fresh visitor, with the public files behind it and no database: visit(address, …)."""
    settings.PUBLIC_ROOT = world.public
    contexts = []
    with served(StaticFilesHandler(get_wsgi_application()), settings) as address:

        def open_page(path="/verifikasi/", *, javascript=True, size=PHONE, before=lambda page: None):
            context = chromium.new_context(
                java_script_enabled=javascript,
                viewport=size,
                base_url=address,
                locale="id-ID",
                timezone_id="Asia/Jakarta",
            )
            context.set_default_timeout(15_000)
            contexts.append(context)
            page = context.new_page()
            before(page)
            page.goto(path)
            return page

        yield open_page
        for context in contexts:
            context.close()


def text(body: dict) -> bytes:
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def choose(page, content: bytes, name="bukti.json") -> str:
    """Choose a file and wait; returns the verdict."""
    page.get_by_label("Pilih berkas").set_input_files([{"name": name, "mimeType": "", "buffer": content}])
    return verdict(page)


def verdict(page) -> str:
    expect(page.locator("#kemajuan")).to_contain_text("Selesai", timeout=5_000)
    found = page.locator("#putusan h2").inner_text()
    assert page.evaluate("document.activeElement.textContent") == found  # who does not see hears it
    return found


def said(page) -> str:
    return page.locator("#putusan").inner_text()


def ask(page, code: str) -> str:
    page.get_by_label("Atau tulis nomor pengumuman").fill(code)
    page.get_by_role("button", name="Periksa").click()
    return verdict(page)


def without(name: str, check: str, instead: str = ""):
    """The page with one check of the module `name` taken out of the real code."""
    source = (SCRIPTS / name).read_text(encoding="utf-8")
    assert source.count(check) == 1, f"{name} does not hold that check once"
    body = source.replace(check, instead)
    return lambda page: page.route(f"**/{name}", lambda route: route.fulfill(body=body, content_type="text/javascript"))


def test_every_receipt_of_the_portal_fits_and_says_whose_it_is(world, visit):
    page = visit()

    assert choose(page, text(world.promise)) == "Cocok, baru janji"
    assert "belum tercatat" in said(page) and "Alya Uji" in said(page) and NIK in said(page)
    assert choose(page, text(world.submission)) == "Cocok"
    assert "Lamaran ini tercatat" in said(page) and NIK in said(page)
    assert choose(page, text(world.first)) == choose(page, text(world.second)) == "Cocok"
    assert f"nomor {NUMBER}, versi 2" in said(page) and world.second["opening"]["p"] in said(page)
    assert page.get_by_role("link", name=re.compile("versi terbaru")).get_attribute("href") == f"/pengumuman/{NUMBER}/"


def test_what_a_visitor_checks_never_leaves_the_browser(world, visit):
    requests = []
    page = visit(before=lambda page: page.on("request", lambda one: requests.append(one)))
    before = len(requests)

    choose(page, text(world.second))
    choose(page, text(world.submission))
    choose(page, world.file("rows.jsonl"), "rows.jsonl")
    choose(page, b"rahasia pribadi", "surat.txt")

    asked = [one.url.split("/", 3)[3] for one in requests[before:]]
    proof = {"pengumuman/daftar.json", f"pengumuman/{NUMBER}/v2.proof.json", "log/checkpoint"}
    assert set(asked) - {"static/icon.svg"} == {"log/policy", *proof}
    everything = str([(one.url, one.headers) for one in requests])
    own = [NIK, "Alya", world.second["commitment"], world.second["salt"], world.second["opening"]["p"], "rahasia"]
    assert not [one for one in own if one in everything]
    assert {one.method for one in requests} == {"GET"} and not any(one.post_data for one in requests)
    assert page.context.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_a_receipt_is_checked_without_any_request_when_the_visitor_brings_the_keys(world, visit):
    page = visit()
    page.get_by_text("Pakai kunci dari berkas saya sendiri").click()
    page.get_by_label("Berkas kunci").set_input_files(
        [{"name": "kunci.txt", "mimeType": "", "buffer": world.policy.encode()}]
    )
    page.context.set_offline(True)

    assert choose(page, text(world.second)) == "Cocok"

    page.get_by_text("Kunci siapa yang dipercaya?").click()
    assert "Kunci dibaca dari berkas Anda sendiri: kunci.txt" in said(page)
    for vkey in re.findall(r"^log (\S+)", world.policy, re.M):
        assert vkey.split("+")[1] in said(page)


def signature_with(proof: str, change) -> str:
    """The proof with the signature in its last line changed by `change(number of key, R, S)`."""
    rest, last = proof.rstrip("\n").rsplit(" ", 1)
    raw = b64decode(last)
    return f"{rest} {b64encode(change(raw[:4], raw[4:36], raw[36:])).decode()}\n"


def second_spelling(number: bytes, r: bytes, s: bytes) -> bytes:
    return number + r + (int.from_bytes(s, "little") + L).to_bytes(32, "little")


def forged(world) -> dict:
    """A receipt with another name, whose commitment was computed anew: everything fits but the record."""
    body = world.submission | {"opening": world.submission["opening"] | {"name": "Orang Lain"}}
    content = json.dumps(body["opening"], ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    digest = hashlib.sha256(b"csp-commit-v1\0" + bytes.fromhex(body["salt"]) + content).digest()
    return body | {"commitment": b64encode(digest).decode()}


TAMPERED = {
    "another name": lambda w: w.submission | {"opening": w.submission["opening"] | {"name": "Orang Lain"}},
    "another name and its own commitment": forged,
    "no name": lambda w: w.submission | {"opening": {"kind": "submission"}},
    "a changed salt": lambda w: w.second | {"salt": w.second["salt"][::-1]},
    "somebody else's row": lambda w: w.second | {name: w.theirs[name] for name in ("row", "index", "path")},
    "a better rank": lambda w: w.second | {"row": re.sub(r'"code":"[^"]+"', '"code":"L"', w.second["row"]).replace('"rank":', '"rank":1')},
    "another place": lambda w: w.second | {"index": w.second["index"] + 1},
    "a path cut short": lambda w: w.second | {"path": w.second["path"][:-1]},
    "a truncated proof": lambda w: w.second | {"proof": w.second["proof"][:-30]},
    "a proof without a step": lambda w: w.second | {"proof": re.sub(r"(index \d+\n)\S+\n", r"\1", w.second["proof"])},
    "another entry": lambda w: w.second | {"entry": w.first["entry"]},
    "the batch of an application for a result": lambda w: w.second | {n: w.submission[n] for n in ("entry", "proof")},
    "a bit of the signature": lambda w: w.second | {"proof": signature_with(w.second["proof"], lambda n, r, s: n + s + r)},
    "the signature in a second spelling": lambda w: w.second | {"proof": signature_with(w.second["proof"], second_spelling)},
    "another person's promise": lambda w: w.other | {n: w.promise[n] for n in ("promise", "checkpoint")} | {"entry": 1},
    "a promise about another application": lambda w: {n: w.other[n] for n in ("format", "kind", "opening", "salt", "commitment")} | {n: w.promise[n] for n in ("promise", "checkpoint")},
    "a promise with a later time": lambda w: w.promise | {"promise": re.sub(r"20\d\d-", "2099-", w.promise["promise"])},
    "the checkpoint for the promise": lambda w: w.promise | {"promise": w.promise["checkpoint"]},
}  # fmt: skip


def test_every_changed_receipt_is_refused_in_words(world, visit):
    page = visit()

    verdicts = {}
    for case, change in TAMPERED.items():
        verdicts[case] = choose(page, text(change(world)))
        sentence = page.locator("#putusan .banner p").first.inner_text()
        assert sentence.endswith(".") and len(sentence.split()) > 5, case

    assert verdicts == dict.fromkeys(TAMPERED, "Tidak cocok")


def test_the_words_tell_what_is_wrong(world, visit):
    page = visit()
    expected = {
        "a changed salt": "sudah diubah",
        "somebody else's row": "milik orang lain",
        "another name and its own commitment": "tidak ada dalam catatan publik",
        "the signature in a second spelling": "Tanda tangan dalam berkas ini palsu",
        "no name": "sudah diubah",
    }

    for case, words in expected.items():
        choose(page, text(TAMPERED[case](world)))
        assert words in said(page), case


def test_files_that_are_nothing_of_the_portal_are_told_apart_from_what_is(world, visit):
    page = visit()
    rows = world.file("rows.jsonl")

    for content, name in ((b"", "kosong.json"), (b"\xff\xfe\x00", "acak.bin"), (b'{"a":1}', "lain.json"), (b"[" * 5000, "dalam.json"), (b'{"a":1,"a":2}', "dua.json"), (rows[:-5], "rows.jsonl"), (b"%PDF-1.7 palsu", "palsu.pdf")):  # fmt: skip
        assert choose(page, content, name) == "Tidak cocok", name


def test_a_document_signed_outside_fits_byte_for_byte_and_its_certificate_is_not_judged(world, visit):
    page = visit()

    assert choose(page, letter("Surat kedua"), "surat.pdf") == "Cocok"
    assert f"dokumen bertanda tangan resmi untuk pengumuman nomor {NUMBER}, versi 2" in said(page)
    assert "tidak menilai tanda tangan pejabat" in said(page)
    healthy(page)
    assert choose(page, letter("Surat pertama"), "lama.pdf") == "Cocok, tetapi sudah diganti"
    assert choose(page, letter("Surat kedua").replace(b"kedua", b"ketig"), "palsu.pdf") == "Tidak cocok"


def test_the_twin_that_does_not_ask_the_record_believes_a_list_that_the_portal_changed(world, visit):
    """The list is a hint: a digest put there proves nothing while the record says another."""
    false = letter("Surat palsu")
    listed = json.loads(world.public.joinpath("pengumuman", "resmi.json").read_bytes())
    listed["list"][-1]["digest"] = hashlib.sha256(false).hexdigest()

    def lie(page):
        page.route("**/pengumuman/resmi.json", lambda route: route.fulfill(body=json.dumps(listed)))

    def lie_unchecked(page):
        lie(page)
        without("page.js", "found.fields.digest !== line.digest || ")(page)

    assert choose(visit(before=lie), false, "palsu.pdf") == "Tidak cocok"
    assert choose(visit(before=lie_unchecked), false, "palsu.pdf") == "Cocok"


def test_keys_of_somebody_else_believe_nothing_and_a_broken_key_file_is_named(world, visit):
    page = visit()
    page.get_by_text("Pakai kunci dari berkas saya sendiri").click()
    origin = world.policy.split("+")[0].removeprefix("log ")
    stranger = LogKey.make(origin).public
    vkey = f"{stranger.name}+{stranger.id.hex()}+{b64encode(bytes([1]) + stranger.public).decode()}"

    for keys, words in ((f"log {vkey}\nquorum none\n", "kunci yang dipercaya"), ("halo\n", "Daftar kunci yang dipakai tidak dapat dibaca")):  # fmt: skip
        page.get_by_label("Berkas kunci").set_input_files([{"name": "k.txt", "mimeType": "", "buffer": keys.encode()}])
        assert choose(page, text(world.second)) == "Tidak cocok"
        assert words in said(page)


def test_a_promise_past_its_time_is_evidence(world, visit):
    page = visit(before=lambda page: page.clock.install(time=timezone.now() + timedelta(hours=2)))

    assert choose(page, text(world.promise)) == "Tidak cocok"
    assert "janji yang tidak ditepati" in said(page)
    assert page.get_by_role("link", name="Serahkan kepada tim pengawas").get_attribute("href") == "/pengawasan/"


def test_the_list_and_the_document_of_an_announcement_fit_and_a_later_version_is_named(world, visit):
    page = visit()

    assert choose(page, world.file("rows.jsonl"), "rows.jsonl") == "Cocok"
    assert choose(page, world.file("announcement.pdf"), "pengumuman.pdf") == "Cocok"
    assert choose(page, world.file("rows.jsonl", 1), "rows.jsonl") == "Cocok, tetapi ada versi lebih baru"
    assert "Sekarang berlaku versi 2" in said(page)
    assert choose(page, world.file("announcement.pdf", 1), "lama.pdf") == "Cocok, tetapi ada versi lebih baru"


def test_a_changed_list_fits_no_announcement_and_with_its_number_the_differences_are_told(world, visit):
    page = visit()
    rows = world.file("rows.jsonl")
    lines = rows.splitlines(keepends=True)
    better = re.sub(rb'"final":"\d+', b'"final":"999', rows, count=1)
    assert better != rows

    assert choose(page, better, "rows.jsonl") == "Tidak cocok"
    assert "tidak sama dengan pengumuman mana pun" in said(page)

    page.get_by_label("Atau tulis nomor pengumuman").fill(f"{NUMBER} v2")
    for content, words in (
        (better, "ada isi baris yang lain"),
        (b"".join(lines[:-1]), "jumlah barisnya lain"),
        (b"".join([lines[1], lines[0], *lines[2:]]), "urutan barisnya lain"),
        (rows.replace(b":", b": ", 1), "ada baris yang tidak dapat dibaca"),
    ):
        assert choose(page, content, "rows.jsonl") == "Tidak cocok"
        assert words in said(page)
    assert choose(page, world.file("announcement.pdf").replace(b"%%EOF", b"%%EOF "), "palsu.pdf") == "Tidak cocok"


def test_redacted_rows_leave_the_list_valid_where_the_record_says_so(world, visit):
    folder = world.public / "pengumuman" / REDACTED / "v1"
    rows = (folder / "rows.jsonl").read_bytes()
    page = visit()

    assert choose(page, rows, "rows.jsonl") == "Cocok; 2 baris disamarkan"
    assert "2 baris tinggal sidiknya" in said(page)
    healthy(page)
    assert choose(page, (folder / "announcement.pdf").read_bytes(), "daftar.pdf") == "Cocok; 2 baris disamarkan"
    for digest in (world.whole["rows.jsonl"][0], rows):
        assert ask(page, f"{REDACTED} {hashlib.sha256(digest).hexdigest()[:16]}") == "Cocok; 2 baris disamarkan"


def test_an_earlier_copy_of_a_redacted_list_fits_and_is_called_older(world, visit):
    page = visit()

    assert choose(page, world.whole["rows.jsonl"][0], "rows.jsonl") == "Cocok"
    assert "2 baris lagi disamarkan" in said(page)
    assert choose(page, world.whole["rows.jsonl"][1], "rows.jsonl") == "Cocok; 1 baris disamarkan"
    page.get_by_label("Atau tulis nomor pengumuman").fill(REDACTED)
    assert choose(page, world.whole["announcement.pdf"][0], "lama.pdf") == "Belum dapat diperiksa"
    assert "disamarkan menurut hukum sesudah berkas Anda dibuat" in said(page)


def test_a_row_redacted_without_the_record_saying_so_is_found(world, visit):
    """Of a list without redactions, of one with two of them, and in the place of another."""

    def redacted(raw: bytes, place: int) -> bytes:
        lines = raw.splitlines()
        lines[place] = hashlib.sha256(b"\0" + lines[place]).hexdigest().encode()
        return b"\n".join(lines) + b"\n"

    rows = (world.public / "pengumuman" / REDACTED / "v1" / "rows.jsonl").read_bytes()
    shown = [place for place, line in enumerate(rows.splitlines()) if line.startswith(b"{")]
    page = visit()

    for raw in (
        redacted(world.file("rows.jsonl"), 3),
        redacted(rows, shown[0]),
        redacted(world.whole["rows.jsonl"][0], shown[1]),
    ):
        assert choose(page, raw, "rows.jsonl") == "Tidak cocok"
        assert "ada baris yang disamarkan tanpa tercatat" in said(page)

    source = (SCRIPTS / "announced.js").read_text(encoding="utf-8")
    checks = source[
        source.index("  for (const one of rows.hidden)") : source.index("  return found;\n}\n\n/** Rows ascend")
    ]
    twin = visit(before=without("announced.js", checks))
    assert choose(twin, redacted(world.file("rows.jsonl"), 3), "rows.jsonl") == "Cocok; 1 baris disamarkan"


def test_a_printed_code_is_looked_up_and_a_wrong_one_is_refused(world, visit):
    page = visit()
    digest = hashlib.sha256(world.file("rows.jsonl")).hexdigest()
    wrong = "".join("0" if one != "0" else "1" for one in digest[:8])

    assert ask(page, NUMBER) == "Tercatat"
    assert digest[:4] in said(page)
    assert ask(page, f"{NUMBER} {digest[:8]}") == ask(page, f"{digest[:4].upper()} {digest[4:8]}") == "Cocok"
    assert "belum berarti isi kertasnya benar" in said(page)
    assert ask(page, f"Nomor {NUMBER}, versi 2 {wrong}") == "Tidak cocok"
    assert "Periksa lagi hurufnya" in said(page)
    assert ask(page, "2026-999") == ask(page, wrong + wrong) == "Tidak cocok"
    assert ask(page, "") == ask(page, "halo") == ask(page, f"{NUMBER} abc") == "Belum dapat diperiksa"


def test_the_codes_printed_on_paper_lead_to_the_check(world, visit):
    digest = hashlib.sha256(world.file("rows.jsonl")).hexdigest()
    page = visit(f"/pengumuman/{NUMBER}/v2/")
    page.get_by_role("link", name="Periksa keaslian daftar ini").click()

    assert verdict(page) == "Cocok"
    assert page.url.endswith(f"/verifikasi/#{NUMBER}/v2/{digest[:16]}")

    page = visit(f"/verifikasi/#{world.second['commitment']}")
    assert world.second["commitment"] in page.locator("#qr").inner_text()
    assert choose(page, text(world.second)) == "Cocok"
    assert "sama dengan kode QR" in said(page)
    assert choose(page, text(world.theirs)) == "Tidak cocok"
    assert "lain dari kode QR" in said(page)


def test_a_portal_that_shows_a_shorter_or_another_record_is_found(world, visit):
    page = visit()
    older = world.promise["checkpoint"]
    page.route("**/log/checkpoint", lambda route: route.fulfill(body=older))

    assert choose(page, world.file("rows.jsonl"), "rows.jsonl") == "Tidak cocok"
    assert "lebih pendek" in said(page)

    page.unroute("**/log/checkpoint")
    first = (world.public / "pengumuman" / NUMBER / "v1.proof.json").read_bytes()
    page.route("**/v2.proof.json", lambda route: route.fulfill(body=first))
    assert choose(page, world.file("rows.jsonl"), "rows.jsonl") == "Tidak cocok"


def test_without_a_connection_or_without_ed25519_nothing_is_claimed(world, visit):
    page = visit()
    page.context.set_offline(True)
    assert choose(page, text(world.second)) == "Belum dapat diperiksa"
    assert "Sambungan terputus" in said(page)

    old = "const ask = crypto.subtle.importKey.bind(crypto.subtle);"
    old += "crypto.subtle.importKey = async (...all) => { if (all[2].name === 'Ed25519') throw new DOMException('', 'NotSupportedError'); return ask(...all); };"
    page = visit(before=lambda page: page.add_init_script(old))
    assert choose(page, text(world.second)) == "Belum dapat diperiksa"
    assert "perintah Python" in said(page)
    assert page.get_by_text("python3 verifier.pyz receipt bukti.json").is_visible()


def signed_by_another(world) -> dict:
    """A receipt whose checkpoint bears the name and number of the record's key, and the signature of another key."""
    proof = world.second["proof"]
    checkpoint = proof.split("\n\n")[1] + "\n"
    theirs = b64decode(LogKey.make("asing.example").sign(checkpoint).split(" ")[-1])
    return world.second | {"proof": signature_with(proof, lambda number, r, s: number + theirs[4:])}


TWINS = {
    "the root is not compared": (forged, "tree.js", "if (!same(found, expected)) throw", "if (false) throw"),
    "signatures are not asked for": (signed_by_another, "ed25519.js", "return crypto.subtle.verify(", "return true || ("),
    "rows are not bound to a person": (
        TAMPERED["somebody else's row"], "receipt.js", 'throw new NotVerified("other-row", "baris memuat sidik lain");',
        "opening.p = row.p;",
    ),
}  # fmt: skip


@pytest.mark.parametrize("twin", TWINS)
def test_with_one_check_taken_out_the_forgery_would_fit(world, visit, twin):
    forgery, module, check, instead = TWINS[twin]
    tampered = text(forgery(world))

    assert choose(visit(), tampered) == "Tidak cocok"
    assert choose(visit(before=without(module, check, instead)), tampered) == "Cocok"


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_page_is_healthy_before_and_after_every_verdict(world, visit, size):
    page = visit(f"/verifikasi/#{world.second['commitment']}", size=size)
    healthy(page)
    for content, name in ((text(world.second), "b.json"), (text(world.promise), "b.json"), (world.file("rows.jsonl"), "rows.jsonl")):  # fmt: skip
        choose(page, content, name)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        healthy(page)


def test_the_whole_check_can_be_done_from_the_keyboard(world, visit):
    page = visit()
    page.get_by_label("Pilih berkas").focus()
    page.keyboard.press("Tab")
    page.keyboard.type(NUMBER)
    page.keyboard.press("Enter")

    assert verdict(page) == "Tercatat"


def test_a_dropped_file_is_checked_like_a_chosen_one(world, visit):
    page = visit()
    page.evaluate(
        """content => {
            const carried = new DataTransfer();
            carried.items.add(new File([content], "bukti.json"));
            document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
        }""",
        text(world.second).decode(),
    )

    assert verdict(page) == "Cocok"


def test_without_javascript_the_page_gives_commands_that_work(world, visit, tmp_path):
    page = visit(javascript=False)
    commands = "\n".join(page.locator("pre").all_inner_texts()).splitlines()
    for name in ("announcement.pdf", "rows.jsonl"):
        (tmp_path / name).write_bytes(world.file(name))
    (tmp_path / "bukti.json").write_bytes(text(world.submission))
    fetched = re.fullmatch(r"curl -fo (\S+) (\S+)", commands[-1])
    (tmp_path / fetched[1]).write_bytes(page.request.get(fetched[2]).body())

    assert page.get_by_text("tidak menjalankan JavaScript").is_visible()
    assert page.get_by_role("button", name="Periksa").count() == 0
    for command in commands[:-1]:
        words = command.replace("NIK-ANDA", NIK).split()
        assert words[:2] == ["python3", "verifier.pyz"]
        done = subprocess.run(
            [sys.executable, "-m", "verifier", *words[2:]],
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_keeps_the_policy_for_content_and_may_be_kept(world, visit):
    page = visit()
    answer = page.request.get("/verifikasi/")

    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"].startswith("public, max-age=")
    assert page.locator("script:not([src]), style, [style], [onclick]").count() == 0
    page.goto("/bantuan/")
    assert page.get_by_role("link", name="Periksa keaslian").get_attribute("href") == "/verifikasi/"


VECTORS = json.loads((ROOT / "tests" / "data" / "tlog_vectors.json").read_bytes())
SIGNATURES = json.loads((ROOT / "tests" / "data" / "signature_vectors.json").read_bytes())
# Runs every vector in the page; returns those that were judged otherwise than the table says, and how many there were.
JUDGE = """async ({ vectors, signatures }) => {
    const at = (name) => import(`/static/js/verify/${name}.js`);
    const [strict, tree, ed25519, notes, policy, proofs] = await Promise.all(["strict", "tree", "ed25519", "notes", "policy", "proofs"].map(at));
    const { encode, unhex } = strict;
    const wrong = [];
    let count = 0;
    const judge = async (what, valid, work) => {
        count += 1;
        let found;
        try { found = (await work()) !== false; } catch (error) { if (!(error instanceof strict.NotVerified)) wrong.push(`${what}: ${error}`); found = false; }
        if (found !== valid) wrong.push(what);
    };
    const readings = { strict_decimal: strict.decimal, strict_base64: strict.base64, strict_json: (text) => strict.jsonOf(encode(text)) };
    for (const [name, read] of Object.entries(readings)) {
        for (const text of vectors[name].accept) await judge(`${name} ${text}`, true, () => { read(text); });
        for (const text of vectors[name].reject) await judge(`${name} ${text}`, false, () => { read(text); });
    }
    const included = (leaf, one, root, size = one.size) => tree.verifyInclusion(unhex(leaf), BigInt(one.index), BigInt(size), one.path_hex.map(unhex), unhex(root));
    const { leaf_hashes_hex: leaves, roots_hex: roots, inclusion } = vectors.tree8;
    for (const one of inclusion) await judge(`${one.index} in ${one.size}`, true, () => included(leaves[one.index], one, roots[one.size]));
    for (const one of vectors.negative_proofs) if (one.kind === "inclusion") await judge(one.why, false, () => included(one.leaf_hex, one, one.root_hex));
    const twice = vectors.accepted_although_size_is_wrong;
    for (const size of [twice.true_size, twice.claimed_size]) await judge(`size ${size}`, true, () => included(twice.leaf_hex, twice, twice.root_hex, size));
    for (const [size, root] of roots.entries()) await judge(`root ${size}`, true, async () => strict.hex(await tree.root(leaves.slice(0, size).map(unhex))) === root);
    for (const one of vectors.keys) {
        await judge(one.use, true, async () => (await notes.key(one.vkey)).number === one.key_id_hex);
        await judge(`${one.use} renamed`, false, () => notes.key(one.vkey.replace(one.key_id_hex, "00000000")));
    }
    const believed = await policy.read(encode(vectors.policy_text));
    for (const one of vectors.checkpoints) await judge(`checkpoint ${one.size}`, true, async () => {
        const found = await policy.believed(believed, notes.note(encode(one.signed_text)));
        return found.checkpoint.size === BigInt(one.size) && found.times.length === 2 && found.times.every(([, time]) => time === one.time);
    });
    for (const one of vectors.entries.jcs) await judge("an entry", true, () => strict.same(strict.canonical(strict.jsonOf(encode(one))), encode(one)));
    for (const one of signatures.ed25519) await judge(`Ed25519: ${one.why}`, one.valid, () => ed25519.verify(unhex(one.public_hex), unhex(one.message_hex), unhex(one.signature_hex)));
    for (const one of signatures.notes) await judge(`note: ${one.why}`, one.valid, async () => (await policy.believed(believed, notes.note(encode(one.text)))).quorum);
    for (const one of signatures.proofs) await judge(`proof: ${one.why}`, one.valid, () => proofs.verify(proofs.read(encode(one.text)), encode(one.entry), believed));
    for (const one of signatures.policies) await judge(`policy: ${one.why}`, one.valid, () => policy.read(encode(one.text)));
    return { wrong, count };
}"""


def test_the_browser_judges_every_vector_as_the_table_says(visit):
    found = visit().evaluate(JUDGE, {"vectors": VECTORS, "signatures": SIGNATURES})

    assert found["wrong"] == []
    assert found["count"] > 200


def test_without_our_own_refusals_a_key_of_small_order_would_sign_everything(visit):
    """The twin: the browser alone is not strict."""
    off = without("ed25519.js", "&& !SMALL_ORDER.has(yOf(bytes))")

    found = visit(before=off).evaluate(JUDGE, {"vectors": VECTORS, "signatures": SIGNATURES})

    assert "Ed25519: a key of small order signs everything" in found["wrong"]
