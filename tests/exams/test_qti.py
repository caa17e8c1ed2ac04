"""QTI packages: what is written is read again; a damaged one says what is wrong, and nothing is stored."""

import base64
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.roles import Role
from exams import content, pictures, qti, qti_written
from exams.actions import item_files, shipped
from exams.models import Item, ItemImport, ItemVersion
from lib.table_files.reader import Unreadable
from tests.exams.sitting_down import single, weighted
from tests.parts import make_user
from tests.selection.applying import a_photo

CHOICE = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="Soal_1" title="t">
<responseDeclaration identifier="R" cardinality="single" baseType="identifier">
<correctResponse><value>B1</value></correctResponse></responseDeclaration>
<itemBody><p>Ibu kota Indonesia</p><choiceInteraction responseIdentifier="R" maxChoices="1"><prompt>Pilih satu.</prompt>
<simpleChoice identifier="A1">Bandung</simpleChoice><simpleChoice identifier="B1"><b>Jakarta</b></simpleChoice>
</choiceInteraction></itemBody></assessmentItem>"""
THREE = """<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="soal-3" title="t">
<qti-response-declaration identifier="R" cardinality="multiple" base-type="identifier">
<qti-correct-response><qti-value>A</qti-value><qti-value>C</qti-value></qti-correct-response></qti-response-declaration>
<qti-item-body><qti-choice-interaction response-identifier="R" max-choices="0"><qti-prompt>Mana yang genap?</qti-prompt>
<qti-simple-choice identifier="A">2</qti-simple-choice><qti-simple-choice identifier="B">3</qti-simple-choice>
<qti-simple-choice identifier="C">4</qti-simple-choice></qti-choice-interaction></qti-item-body></qti-assessment-item>"""


def package(*items: str, manifest: str | None = None, **files: bytes) -> bytes:
    """A zip with a manifest for `items`, or with another manifest and other files."""
    target = io.BytesIO()
    listed = "".join(
        f'<resource identifier="r{n}" type="imsqti_item_xmlv2p1" href="{n}.xml"/>' for n in range(len(items))
    )
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("imsmanifest.xml", manifest or f"<manifest><resources>{listed}</resources></manifest>")
        for n, item in enumerate(items):
            made.writestr(f"{n}.xml", item)
        for name, inside in files.items():
            made.writestr(name.replace("__", "."), inside)
    return target.getvalue()


def only(inside: bytes) -> dict:
    ((_name, item),) = qti.read(inside, component="tiu", topic="uji")
    return item


def test_every_kind_comes_back_as_it_went():
    picture = pictures.remade(a_photo(20, 20)) | {"alt": "Bidang merah"}
    items = [
        ("satu", "tiu", "deret", single("Berapa < 3 & > 1?\nPilih satu.")),
        ("dua", "tkp", "tik", weighted("Anda …")),
        ("tiga", "teknis", "uji", single("Mana?") | {"kind": "several", "right": ["a", "c"]}),
        ("empat", "tiu", "uji", {"kind": "short", "stem": "Berapa 6 + 6?", "accepted": ["12", "dua belas"], "explanation": "Dua belas."}),
        ("lima", "tiu", "uji", single("Lihat gambar.") | {"image": picture}),
    ]  # fmt: skip

    read = [item for _name, item in qti.read(qti_written.write(items))]

    for (code, component, topic, body), found in zip(items, read, strict=True):
        assert (found["code"], found["component"], found["topic"]) == (code, component, topic)
        assert found["content"] | {"image": None} == body | {"image": None}
        assert content.problems(found["content"]) == []
    assert read[4]["content"]["image"]["alt"] == "Bidang merah"


def as_seen(body: dict) -> dict:
    """A content with its picture as points and words: reading packs the same picture anew."""
    if "image" not in body:
        return body
    picture = Image.open(io.BytesIO(base64.b64decode(body["image"]["data"]))).convert("RGB")
    return body | {"image": (body["image"]["alt"], picture.size, picture.tobytes())}


def test_all_items_of_the_product_come_back_as_they_went():
    items = [(one["code"], one["component"], one["topic"], one["content"]) for one in shipped.read()]

    read = [item for _name, item in qti.read(qti_written.write(items))]

    came_back = [(one["code"], one["component"], one["topic"], as_seen(one["content"])) for one in read]
    assert came_back == [(*names, as_seen(body)) for *names, body in items]


def test_packages_of_others_in_version_two_and_three_are_understood():
    two, three = only(package(CHOICE)), only(package(THREE))

    assert (two["code"], two["component"]) == ("soal-1", "tiu")
    assert two["content"]["stem"] == "Ibu kota Indonesia\nPilih satu."
    assert [one["text"] for one in two["content"]["options"]] == ["Bandung", "Jakarta"]
    assert two["content"]["right"] == ["b"] and "Jakarta" in two["content"]["explanation"]
    assert three["content"]["kind"] == "several" and three["content"]["right"] == ["a", "c"]


SAMPLE = """<?xml version="1.0" encoding="UTF-8"?>
<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="benar-salah" title="Benar atau salah"
 time-dependent="false" xml:lang="id">
<qti-response-declaration base-type="identifier" cardinality="single" identifier="RESPONSE">
<qti-correct-response><qti-value>true</qti-value></qti-correct-response></qti-response-declaration>
<qti-outcome-declaration base-type="float" cardinality="single" identifier="SCORE"><qti-default-value><qti-value>1</qti-value>
</qti-default-value></qti-outcome-declaration>
<qti-item-body><div class="qti-layout-row"><div class="qti-layout-col6"><p><span data-catalog-idref="c1">Baca</span> soal ini.</p>
</div><div class="qti-layout-col6"><qti-choice-interaction max-choices="1" response-identifier="RESPONSE">
<qti-prompt><div class="qti-well">Air mendidih pada 100 °C?</div></qti-prompt>
<qti-simple-choice identifier="true">Benar</qti-simple-choice><qti-simple-choice identifier="false">Salah</qti-simple-choice>
</qti-choice-interaction></div></div></qti-item-body>
<qti-catalog-info><qti-catalog id="c1"><qti-card support="glossary-on-screen"><qti-html-content><p>arti kata</p>
</qti-html-content></qti-card></qti-catalog></qti-catalog-info>
<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct"/></qti-assessment-item>"""


def test_an_item_written_like_those_of_the_standard_is_read_without_its_glossary():
    found = only(package(SAMPLE))

    assert found["content"]["stem"] == "Baca soal ini.\nAir mendidih pada 100 °C?"
    assert found["content"]["right"] == ["a"] and found["content"]["kind"] == "single"


LOST = {
    "a formula": ("<math xmlns='http://www.w3.org/1998/Math/MathML'><mi>x</mi></math>", "rumus"),
    "a power": ("10<sup>2</sup>", "pangkat"),
    "a table": ("<table><tr><td>1</td></tr></table>", "tabel"),
    "a sound": ("<audio src='a.mp3'/>", "suara"),
    "a number drawn by chance": ("<printedVariable identifier='N'/>", "bilangan acak"),
}


@pytest.mark.parametrize("what", LOST)
def test_what_would_be_lost_keeps_the_item_out(what):
    inside, word = LOST[what]

    assert word in only(package(CHOICE.replace("<p>", f"<p>{inside}")))["wrong"]


def test_a_picture_inside_an_option_keeps_the_item_out():
    item = CHOICE.replace(">Bandung<", "><img src='a.png' alt='Bandung'/><")

    assert "gambar di dalam pilihan" in only(package(item))["wrong"]


WRONG_ITEMS = {
    "no XML": "<assessmentItem",
    "another document": "<html/>",
    "an entity bomb": '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><assessmentItem>&d;</assessmentItem>',
    "an outside entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><assessmentItem>&x;</assessmentItem>',
    "no body": '<assessmentItem identifier="x"/>',
    "no key": CHOICE.replace("<value>B1</value>", ""),
    "a key that is no option": CHOICE.replace("<value>B1</value>", "<value>Z</value>"),
    "no declaration": CHOICE.replace('identifier="R" card', 'identifier="Q" card'),
    "an unknown interaction": CHOICE.replace("choiceInteraction", "hotspotInteraction"),
    "two questions in one": CHOICE.replace("</itemBody>", '<textEntryInteraction responseIdentifier="R"/></itemBody>'),
    "one option": CHOICE.replace('<simpleChoice identifier="A1">Bandung</simpleChoice>', ""),
    "the same option twice": CHOICE.replace('"A1"', '"B1"'),
    "a picture that is not there": CHOICE.replace("<p>", '<p><img src="../../etc/passwd" alt="x"/>'),
    "a picture that is none": CHOICE.replace("<p>", '<p><img src="imsmanifest.xml" alt="x"/>'),
    "blocks in blocks without end": CHOICE.replace("<p>", "<p>" + "<div>" * 5000).replace(
        "</p>", "</div>" * 5000 + "</p>"
    ),
    "bytes of another alphabet": '<?xml version="1.0" encoding="klingon"?><a/>',
}


@pytest.mark.parametrize("why", WRONG_ITEMS)
def test_an_item_that_cannot_be_used_says_why(why):
    found = only(package(WRONG_ITEMS[why]))

    assert set(found) == {"wrong"} and len(found["wrong"]) > 15
    assert "root:" not in found["wrong"]


GOOD = package(CHOICE)
WRONG_PACKAGES = {
    "cut": GOOD[: len(GOOD) // 2],
    "cut at its end": GOOD[:-10],
    "a byte turned": GOOD[:60] + bytes([GOOD[60] ^ 0xFF]) + GOOD[61:],
    "no items": package(manifest="<manifest><resources/></manifest>"),
    "a manifest that is no XML": package(manifest="<manifest"),
    "a manifest with a DTD": package(manifest='<!DOCTYPE m [<!ENTITY b "c">]><manifest>&b;</manifest>'),
    "an item that is missing": package(
        manifest='<manifest><resource type="imsqti_item_xmlv2p1" href="weg.xml"/></manifest>'
    ),
    "an item outside": package(
        manifest='<manifest><resource type="imsqti_item_xmlv2p1" href="../../etc/passwd"/></manifest>'
    ),
    "a bomb": package(CHOICE, bom__bin=bytes(50 * 1024 * 1024)),
}


@pytest.fixture
def wina(db):
    return make_user("wina@soal.example", Role.ITEM_WRITER)


def stage(inside: bytes, wina) -> ItemImport:
    upload = SimpleUploadedFile("paket.zip", inside)
    return item_files.stage(upload, free=False, component="tiu", topic="uji", by=wina, at=timezone.now())


@pytest.mark.parametrize("why", WRONG_PACKAGES)
def test_a_damaged_package_is_refused_with_words_and_leaves_nothing(wina, why):
    try:
        made = stage(WRONG_PACKAGES[why], wina)
    except Unreadable as error:
        assert len(str(error)) > 15
    else:
        assert made.problems and made.sealed is None
    assert not Item.objects.exists()


def test_a_good_package_waits_for_its_reviews_like_any_file(wina):
    made = stage(package(CHOICE, THREE), wina)
    assert made.problems == [] and not Item.objects.exists()

    item_files.apply(made, by=wina, at=timezone.now())

    assert [one.item.code for one in ItemVersion.objects.waiting().order_by("item__code")] == ["soal-1", "soal-3"]


def test_one_bad_item_keeps_the_whole_package_out(wina):
    made = stage(package(CHOICE, WRONG_ITEMS["no key"]), wina)

    assert [one["row"] for one in made.problems] == [2]
    with pytest.raises(item_files.NotApplied):
        item_files.apply(made, by=wina, at=timezone.now())
    assert not Item.objects.exists()


def test_a_picture_of_a_package_is_drawn_anew():
    found = only(
        package(CHOICE.replace("<p>", '<p><img src="g__png" alt="Merah"/>'.replace("__", ".")), g__png=a_photo(9, 9))
    )

    assert base64.b64decode(found["content"]["image"]["data"]).startswith(b"\x89PNG")
