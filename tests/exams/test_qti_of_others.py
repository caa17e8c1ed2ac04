"""QTI packages of other producers (tests/data/qti): read, written and read again the same, or refused in a sentence."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.roles import Role
from exams import item_rows, qti, qti_written
from exams.actions import item_files
from exams.models import Item, ItemVersion
from lib.table_files.reader import Unreadable
from tests.exams.test_qti import CHOICE, only, package
from tests.parts import make_user

SAMPLES = Path(__file__).parent.parent / "data" / "qti"
GOOD = {
    "package-maker-2.1.zip": ["single", "several"],
    "package-maker-convert-3.0.zip": ["single", "several"],
    "sdk-3.0.zip": ["single", "several", "short"],
    "sdk-convert-2.1.zip": ["single", "several", "short"],
}


def items_of(inside: bytes) -> list[dict]:
    return [item for _name, item in qti.read(inside, component="tiu", topic="uji")]


def stage(name: str):
    upload = SimpleUploadedFile(name, (SAMPLES / name).read_bytes())
    wina = make_user("wina@soal.example", Role.ITEM_WRITER)
    return item_files.stage(upload, free=False, component="tiu", topic="uji", by=wina, at=timezone.now()), wina


def test_every_sample_stands_in_a_test_and_in_the_readme():
    named = (SAMPLES / "README.md").read_text()
    tested = Path(__file__).read_text()

    for sample in SAMPLES.glob("*.zip"):
        assert f"`{sample.name}`" in named and sample.name in tested


@pytest.mark.parametrize("name", GOOD)
def test_what_others_wrote_is_the_same_after_it_was_written_by_us(name):
    first = items_of((SAMPLES / name).read_bytes())

    again = items_of(qti_written.write((one["code"], one["component"], one["topic"], one["content"]) for one in first))

    assert [one["content"]["kind"] for one in first] == GOOD[name]
    assert [item_rows.problems(one) for one in first] == [[]] * len(first)
    assert again == first


@pytest.mark.parametrize("name", GOOD)
def test_what_others_wrote_comes_into_the_bank(db, name):
    made, wina = stage(name)

    item_files.apply(made, by=wina, at=timezone.now())

    assert [one.content["kind"] for one in ItemVersion.objects.waiting().order_by("item_id")] == GOOD[name]


def test_the_answers_are_those_that_the_producer_was_given():
    one, two = items_of((SAMPLES / "package-maker-2.1.zip").read_bytes())
    short = items_of((SAMPLES / "sdk-3.0.zip").read_bytes())[2]

    assert {o["text"] for o in one["content"]["options"] if o["key"] in one["content"]["right"]} == {
        "DPRD bersama kepala daerah"
    }
    assert {o["text"] for o in two["content"]["options"] if o["key"] in two["content"]["right"]} == {"2", "3"}
    assert short["content"]["stem"] == "Hasil dari 6 + 6 adalah ____."
    assert short["content"]["accepted"] == ["12", "dua belas"]


@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        ("other-kinds-package-maker-2.1.zip", {3: "menjodohkan", 4: "mengurutkan"}),
        ("other-kinds-sdk-3.0.zip", {1: "uraian", 2: "mengurutkan", 3: "rumus"}),
    ],
)
def test_a_kind_that_the_bank_does_not_know_is_named_with_its_item_and_nothing_is_stored(db, name, reasons):
    made, wina = stage(name)

    said = {one["row"]: one["words"] for one in made.problems}
    assert said.keys() == reasons.keys()
    codes = [one["wrong"].split(":")[0] for one in items_of((SAMPLES / name).read_bytes()) if "wrong" in one]
    for (row, words), code in zip(sorted(said.items()), codes, strict=True):
        assert words.startswith(code) and code.startswith("Soal ") and reasons[row] in words
    assert made.sealed is None
    with pytest.raises(item_files.NotApplied):
        item_files.apply(made, by=wina, at=timezone.now())
    assert not Item.objects.exists()


@pytest.mark.parametrize("name", ["version-1.2-package-maker.zip", "version-1.2-text2qti.zip"])
def test_a_package_of_the_old_version_says_so(db, name):
    with pytest.raises(Unreadable, match=r"QTI 1\.2.*2\.1"):
        stage(name)


def test_a_package_without_a_manifest_is_refused_with_words(db):
    with pytest.raises(Unreadable) as refused:
        stage("no-manifest-json2qti.zip")

    assert "QTI" in str(refused.value) or "CSV" in str(refused.value)


# --- Structures of the public samples of the standard, with questions of our own ---------------


def listed(kind: str, href: str = "0.xml", base: str = "", inner: str = "") -> str:
    return (
        f'<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources{base}>'
        f'<resource identifier="r" type="{kind}" {href}>{inner}</resource></resources></manifest>'
    )


@pytest.mark.parametrize(
    "manifest",
    [
        listed("imsqti_item_xmlv2p2", 'href="0.xml"'),
        listed("imsqti_apipitem_xmlv2p1", 'href="./0.xml"'),
        listed("imsqti_item_xmlv3p0", "", inner='<file href="0.xml"/>'),
        listed("imsqti_item_xmlv2p1", 'href="weg\\..\\0.xml"'),
    ],
)
def test_every_way_to_list_an_item_is_understood(manifest):
    assert only(package(CHOICE, manifest=manifest))["code"] == "soal-1"


def test_a_folder_that_the_manifest_names_once_for_all_is_understood():
    manifest = listed("imsqti_item_xmlv2p1", 'href="a.xml"', base=' xml:base="soal/"')
    made = package(manifest=manifest, **{"soal/a__xml": CHOICE.encode()})

    assert only(made)["code"] == "soal-1"


def test_a_test_beside_its_items_is_no_item():
    manifest = listed("imsqti_item_xmlv2p1", 'href="0.xml"').replace(
        "</resources>", '<resource identifier="t" type="imsqti_test_xmlv2p1" href="t.xml"/></resources>'
    )

    assert only(package(CHOICE, manifest=manifest))["content"]["kind"] == "single"


def several(entries: dict[str, str], right: str = "") -> str:
    key = "".join(f"<value>{one}</value>" for one in right)
    mapping = "".join(f'<mapEntry mapKey="{one}" mappedValue="{worth}"/>' for one, worth in entries.items())
    return f"""<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="air" title="t">
<responseDeclaration identifier="R" cardinality="multiple" baseType="identifier"><correctResponse>{key}</correctResponse>
<mapping lowerBound="0" upperBound="2" defaultValue="-2">{mapping}</mapping></responseDeclaration><itemBody>
<choiceInteraction responseIdentifier="R" maxChoices="0"><prompt>Apa saja unsur air?</prompt>
<simpleChoice identifier="H">Hidrogen</simpleChoice><simpleChoice identifier="C">Karbon</simpleChoice>
<simpleChoice identifier="O">Oksigen</simpleChoice></choiceInteraction></itemBody></assessmentItem>"""


@pytest.mark.parametrize(
    ("entries", "right"), [({"H": "1", "O": "1", "C": "-1"}, "HO"), ({"H": "1", "O": "1"}, ""), ({"H": "1", "O": "1", "C": "0"}, "")]
)  # fmt: skip
def test_points_off_for_a_wrong_choice_leave_the_right_ones_right(entries, right):
    found = only(package(several(entries, right)))["content"]

    assert (found["kind"], found["right"]) == ("several", ["a", "c"])


def test_choices_worth_different_shares_are_refused():
    assert "nilai 1 sampai 5" in only(package(several({"H": "1", "O": "0.5"}, "HO")))["wrong"]


def entry(entries: str, line: str = '<p>Ibu kota Bali adalah <textEntryInteraction responseIdentifier="R"/>, di selatan.</p>') -> str:  # fmt: skip
    return f"""<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="q1" title="t">
<responseDeclaration identifier="R" cardinality="single" baseType="string"><correctResponse><value>Denpasar</value>
</correctResponse><mapping>{entries}</mapping></responseDeclaration><itemBody>{line}</itemBody></assessmentItem>"""


def test_an_entry_worth_nothing_is_no_accepted_answer_and_the_gap_stays():
    found = only(
        package(entry('<mapEntry mapKey="Denpasar" mappedValue="1"/><mapEntry mapKey="Kuta" mappedValue="0"/>'))
    )

    assert found["code"] == "soal-q1"
    assert found["content"]["accepted"] == ["Denpasar"]
    assert found["content"]["stem"] == "Ibu kota Bali adalah ____, di selatan."


def test_an_entry_worth_a_part_is_refused_unless_only_its_letters_differ():
    part = '<mapEntry mapKey="Denpasar" mappedValue="1"/><mapEntry mapKey="{}" mappedValue="0.5"/>'

    assert "bernilai sebagian" in only(package(entry(part.format("Badung"))))["wrong"]
    assert only(package(entry(part.format("denpasar"))))["content"]["accepted"] == ["Denpasar"]


def test_the_numbers_of_a_list_stay():
    item = CHOICE.replace("<p>Ibu", "<ol><li>Jakarta</li><li><p>Bandung</p></li></ol><p>Ibu")

    assert only(package(item))["content"]["stem"].splitlines()[:2] == ["1. Jakarta", "2. Bandung"]


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("<itemBody>", '<assessmentStimulusRef identifier="S" href="bacaan.xml"/><itemBody>', "bacaan"),
        ("<p>Ibu", "<p><svg xmlns='http://www.w3.org/2000/svg'/>Ibu", "SVG"),
        ('title="t"', 'title="t" adaptive="true"', "adaptif"),
        ("<p>Ibu", '<p><img src="https://gambar.example/a.png" alt="a"/>Ibu', "di luar paket"),
        ("</itemBody>", '<endAttemptInteraction responseIdentifier="E" title="x"/></itemBody>', "2 pertanyaan"),
    ],
)
def test_what_only_another_system_can_show_keeps_the_item_out(old, new, word):
    assert word in only(package(CHOICE.replace(old, new, 1)))["wrong"]


def test_two_long_names_that_begin_alike_stay_two():
    long = "soal-dengan-nama-yang-panjang-sekali-sampai-akhir-nomor-{}"
    items = [CHOICE.replace("Soal_1", long.format(n)) for n in (1, 2)]

    codes = [item["code"] for _name, item in qti.read(package(*items), component="tiu", topic="uji")]

    assert len(set(codes)) == 2 and all(len(one) <= 40 for one in codes)
