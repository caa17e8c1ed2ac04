"""The free items of the product: every number that can be computed again is, every conclusion is tried in all worlds."""

import base64
import io
import json
import re
from collections import Counter
from fractions import Fraction
from itertools import product
from math import comb

import pytest
from PIL import Image

from devtools import figural_items as figural
from exams import content
from exams.actions import shipped

FILES = sorted(shipped.ITEMS.glob("*.json"))
RAW = [(path.stem, n, item) for path in FILES for n, item in enumerate(json.loads(path.read_text())["items"], start=1)]
CHECKED = [pytest.param(item, id=f"{stem}-{n:02d}") for stem, n, item in RAW if "check" in item]
ARITHMETIC = {"Fraction": Fraction, "comb": comb, "range": range, "next": next, "chr": chr, "round": round}


def number(text: str) -> Fraction | None:
    """The number in an option, as Indonesians write it: Rp4.860.000, 67,5, 2/5, 240 liter."""
    found = re.fullmatch(r"(?:Rp)?(\d[\d.]*(?:,\d+)?|\d+/\d+)(?: .*|%)?", text)
    if not found:
        return None
    digits = found[1]
    return Fraction(digits) if "/" in digits else Fraction(digits.replace(".", "").replace(",", "."))


# What a sentence claims about sets; "-x" is everybody who is not x.
FORMS = {
    "semua": lambda a, b: a <= b,
    "ada": lambda a, b: bool(a & b),
    "bukan": lambda a, b: not a & b,
    "ada-bukan": lambda a, b: bool(a - b),
}


def worlds(letters: str):
    """Every way in which the terms can overlap; no term is empty, as in everyday language."""
    kinds = [frozenset(one for one, holds in zip(letters, bits, strict=True) if holds)
             for bits in product((False, True), repeat=len(letters))]  # fmt: skip
    for chosen in product((False, True), repeat=len(kinds)):
        people = [kind for kind, there in zip(kinds, chosen, strict=True) if there]
        sets = {one: {n for n, kind in enumerate(people) if one in kind} for one in letters}
        if all(sets.values()):
            yield sets | {f"-{one}": set(range(len(people))) - sets[one] for one in letters}


def follow_from_sets(premises: list[str], claims: list[str]) -> list[bool]:
    letters = "".join(sorted({word.strip("-") for line in [*premises, *claims] for word in line.split()[1:]}))

    def holds(line: str, sets: dict) -> bool:
        form, one, other = line.split()
        return FORMS[form](sets[one], sets[other])

    possible = [sets for sets in worlds(letters) if all(holds(line, sets) for line in premises)]
    return [all(holds(claim, sets) for sets in possible) for claim in claims]


def follow_from_logic(premises: list[str], claims: list[str]) -> list[bool]:
    letters = sorted(set(re.findall(r"\b[a-z]\b", " ".join([*premises, *claims]))))
    cases = [dict(zip(letters, bits, strict=True)) for bits in product((False, True), repeat=len(letters))]
    possible = [case for case in cases if all(eval(line, {}, case) for line in premises)]
    return [all(eval(claim, {}, case) for case in possible) for claim in claims]


def test_there_are_enough_of_each_and_none_is_twice():
    found = shipped.read()
    count = Counter(one["component"] for one in found)

    assert sum(count.values()) >= 150
    assert count["twk"] >= 45 and count["tiu"] >= 50 and count["tkp"] >= 60
    stems = [one["content"]["stem"] for one in found]
    assert len(set(stems)) == len(stems)
    assert all(content.problems(one["content"]) == [] for one in found)


def test_every_item_has_five_options_and_an_explanation_of_its_own():
    explanations = [item["explanation"] for _stem, _n, item in RAW]

    assert all(len(item["options"]) == 5 for _stem, _n, item in RAW)
    assert len(set(explanations)) == len(explanations)


def test_what_can_be_computed_again_is_checked():
    """Every item of these topics says how."""
    said = {stem: [("check" in item) for one, _n, item in RAW if one == stem] for stem, _n, _item in RAW}

    for stem in ("tiu-numerik", "tiu-deret", "tiu-silogisme"):
        assert all(said[stem])
    assert len(CHECKED) >= 45


@pytest.mark.parametrize("item", CHECKED)
def test_the_right_option_is_right_and_no_other_is(item):
    check, right, wrong = item["check"], item["options"][0], item["options"][1:]

    if isinstance(check, dict):
        follow, premises = (follow_from_sets, check["sets"]) if "sets" in check else (follow_from_logic, check["logic"])
        assert follow(premises, check["options"]) == [True] + [False] * len(wrong)
        return
    value = eval(check, {"__builtins__": {}} | ARITHMETIC)
    if isinstance(value, list):
        *shown, answer = map(str, value)
        assert item["stem"] == ", ".join(shown) + ", …"
        assert right == answer and answer not in wrong
    else:
        assert number(right) == value
        assert value not in [number(text) for text in wrong]
        assert None not in [number(text) for text in item["options"]]


def test_the_checks_find_a_wrong_key():
    """The twin: a key that is off by one, a conclusion that does not follow."""
    assert number("Rp204.000") != 240000 * Fraction(86, 100)
    assert follow_from_sets(["semua a b"], ["semua b a", "ada a b", "bukan a b"]) == [False, True, False]
    assert follow_from_logic(["not p or q", "q"], ["p"]) == [False]
    assert follow_from_logic(["not p or q", "not q"], ["not p"]) == [True]


# What a picture shows is read out of the picture: the key and the words for who does not see it have to say the same.
FIGURAL = [item for stem, _n, item in RAW if stem == "tiu-figural"]
COLUMNS, ROWS = ("kiri", "tengah", "kanan"), ("atas", "tengah", "bawah")


def picture_of(item: dict) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(item["image"]["data"]))).convert("L")


def name_of(column: int, row: int) -> str:
    """ "atas tengah" and "kanan tengah", as the options say it."""
    return f"{ROWS[row]} tengah" if column == 1 else f"{COLUMNS[column]} {ROWS[row]}"


def black_cells(picture: Image.Image, grid: int) -> list[tuple[int, int]]:
    start, cell = 2 + grid * (figural.GRID + figural.GAP), figural.CELL
    cells = [(column, row) for column in range(3) for row in range(3)]
    middle = {(c, r): (int(start + (c + 0.5) * cell), int(2 + (r + 0.5) * cell)) for c, r in cells}
    return [one for one in cells if picture.getpixel(middle[one]) < 64]


def test_the_walking_cell_of_the_picture_goes_where_the_key_says():
    item, border = FIGURAL[0], figural.BORDER
    walk = [black_cells(picture_of(item), grid) for grid in range(4)]
    places = [border.index(one) for (one,) in walk]
    (step,) = {(after - before) % 8 for before, after in zip(places, places[1:], strict=False)}

    assert item["options"][0] == name_of(*border[(places[-1] + step) % 8])
    said = re.findall(r"Kotak (\d): ([a-z ]+)\.", item["image"]["alt"])
    assert [words for _n, words in said[:4]] == [name_of(*one) for (one,) in walk]


def seen_in(picture: Image.Image, column: int, row: int) -> str:
    """Shape and filling at a place of the table, from how dark it is at the corners of the shape and in its middle."""
    left, top = 2 + column * figural.PLACE + 25, 2 + row * figural.PLACE + 25
    side = figural.PLACE - 50

    def dark(x: float, y: float, width: int, height: int) -> float:
        inside = picture.crop((int(left + x), int(top + y), int(left + x) + width, int(top + y) + height))
        return 1 - sum(inside.tobytes()) / 255 / (width * height)

    shape = "persegi" if dark(0, 0, 8, 8) > 0.3 else "segitiga" if dark(2, side - 4, 8, 4) > 0.3 else "lingkaran"
    middle = dark(side / 2 - 6, side / 2, 12, 24)
    return f"{shape} {'hitam' if middle > 0.9 else 'bergaris' if middle > 0.1 else 'kosong'}"


def test_the_table_of_the_picture_lacks_what_the_key_says():
    item = FIGURAL[2]
    picture = picture_of(item)
    rows = [[seen_in(picture, column, row) for column in range(3)] for row in range(3)]
    rows[2][2] = item["options"][0]

    for line in [*rows, *zip(*rows, strict=True)]:
        assert [set(one) for one in zip(*(words.split() for words in line), strict=True)] == [
            set(figural.SHAPES), set(figural.FILLS),
        ]  # fmt: skip
    for number, line in enumerate(rows, start=1):
        words = ", ".join(line[:2] + (["tanda tanya"] if number == 3 else line[2:]))
        assert f"Baris {number}: {words}." in item["image"]["alt"]


def test_pictures_of_the_product_are_small_and_their_words_do_not_give_the_answer():
    for item in FIGURAL:
        picture = picture_of(item)
        assert len(item["image"]["data"]) < 12_000 and 400 <= picture.width <= 640
        assert item["options"][0] not in item["image"]["alt"]
