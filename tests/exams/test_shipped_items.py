"""The free items of the product: every number that can be computed again is, every conclusion is tried in all worlds."""

import base64
import io
import json
import re
from collections import Counter
from fractions import Fraction
from itertools import combinations, product
from math import comb, log

import pytest
from PIL import Image

from devtools import figural_items as figural
from exams import content
from exams.actions import shipped
from portal.demo import bank

FILES = sorted(shipped.ITEMS.glob("*.json"))
RAW = [(path.stem, n, item) for path in FILES for n, item in enumerate(json.loads(path.read_text())["items"], start=1)]
KINDS = ("twk", "tiu", "tkp")
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


def other_meaning(line: str) -> str | None:
    """What everyday language may add to "sebagian": some are, so some are not; some are not, so some are."""
    form, one, other = line.split()
    added = {"ada": "ada-bukan", "ada-bukan": "ada"}.get(form)
    return f"{added} {one} {other}" if added else None


def steps(series: list) -> list:
    return [after - before for before, after in zip(series, series[1:], strict=False)]


def constant(series: list) -> bool:
    return len(series) > 1 and len(set(series)) == 1


def next_by_simple_rules(series: list[int]) -> set[Fraction]:
    """Every next number by a rule that somebody may see in the series, each tried on all of it."""
    found, first, second = set(), steps(series), steps(steps(series))
    if constant(first):
        found.add(series[-1] + first[-1])
    if constant(second):
        found.add(series[-1] + first[-1] + second[-1])
    for down in (series, first):
        if all(down) and constant([Fraction(after, before) for before, after in zip(down, down[1:], strict=False)]):
            grown = down[-1] * Fraction(down[-1], down[-2])
            found.add(grown if down is series else series[-1] + grown)
    if len(first) > 3 and first[2:] == first[:-2]:
        found.add(series[-1] + first[-2])
    if len(series) > 4 and all(c == a + b for a, b, c in zip(series, series[1:], series[2:], strict=False)):
        found.add(series[-1] + series[-2])
    own = series[len(series) % 2 :: 2]  # every second, the ones that the next belongs to
    if constant(steps(own)):
        found.add(own[-1] + own[1] - own[0])
    return {Fraction(one) for one in found}


def in_numbers(texts: list[str]) -> list[Fraction]:
    """Numbers as they are; letters by their place in the alphabet."""
    return [Fraction(ord(text) - 64) if len(text) == 1 and text.isalpha() else number(text) for text in texts]


def hit_by(extreme, items: list[dict], measure=len) -> float:
    """How often whoever takes the option with the most (`max`) or least (`min`) finds the best; equals are drawn."""
    hits = Fraction(0)
    for item in items:
        measured = [measure(text) for text in item["options"]]
        taken = extreme(measured)
        hits += Fraction(measured[0] == taken, measured.count(taken))
    return float(hits / len(items))


def actions(text: str) -> int:
    """How many things an option does, by the words between them."""
    return len(re.findall(r",| dan | lalu ", text))


# Two words that do the same in a sentence are one cue.
SAME = {"sebab": "karena", "agar": "supaya"}


def by_points(items: list[dict]) -> dict[str, list[int]]:
    """How many of the best, the second, ... and the last options hold each word, best first."""
    held: dict[str, list[int]] = {}
    for item in items:
        for place, text in enumerate(item["options"]):
            for word in {SAME.get(one, one) for one in words(text)}:
                held.setdefault(word, [0] * 5)[place] += 1
    return held


def telling(items: list[dict], *, often: int = 10, share: float = 0.45) -> list[str]:
    """Words that stand in `often` or more options, of which more than `share` have the same points."""
    return sorted(word for word, held in by_points(items).items()
                  if sum(held) >= often and max(held) / sum(held) > share)  # fmt: skip


def hit_by_words(items: list[dict], *, often: int = 8) -> float:
    """How often whoever has learnt from all other items which words good options hold finds the best of one."""
    best: Counter = Counter()
    other: Counter = Counter()
    for item in items:
        best.update(words(item["options"][0]))
        other.update(word for text in item["options"][1:] for word in words(text))

    def likely(text: str, item: dict) -> float:
        told = 0.0
        for word in words(text):
            good = best[word] - (word in words(item["options"][0]))
            bad = other[word] - sum(word in words(one) for one in item["options"][1:])
            if good + bad >= often:  # one more of five, so that no word is certain
                told += log((good + 1) / (bad + 4))
        return told

    hits = 0
    for item in items:
        first, *others = (likely(text, item) for text in item["options"])
        hits += first > max(others)
    return hits / len(items)


def of(component: str) -> list[dict]:
    return [item for stem, _n, item in RAW if stem.startswith(component)]


def even(places: Counter) -> bool:
    """Whether each of five places holds a fifth, give or take two in a hundred."""
    return all(abs(places[place] / places.total() - 1 / 5) <= 0.02 for place in range(5))


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def alike(one: str, other: str) -> float:
    """The share of words that two texts have in common."""
    return len(words(one) & words(other)) / len(words(one) | words(other))


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


@pytest.mark.parametrize("item", [pytest.param(*one.values, id=one.id) for one in CHECKED if "silogisme" in one.id])
def test_no_other_conclusion_follows_when_some_is_read_as_not_all(item):
    if "sets" not in item["check"]:
        return
    premises = item["check"]["sets"]
    said = premises + [added for line in premises if (added := other_meaning(line))]

    assert follow_from_sets(said, item["check"]["options"]) == [True] + [False] * 4


@pytest.mark.parametrize("item", [pytest.param(*one.values, id=one.id) for one in CHECKED if "deret" in one.id])
def test_no_other_simple_rule_leads_to_another_option(item):
    right, *wrong = in_numbers(item["options"])
    found = next_by_simple_rules(in_numbers(item["stem"].removesuffix(", …").split(", ")))

    assert found == {right}
    assert not found & set(wrong)


@pytest.mark.parametrize("component", KINDS)
def test_the_length_of_an_option_does_not_give_the_best_away(component):
    """Nor does it rule an option out: the longest and the shortest are the best now and then."""
    for extreme in (max, min):
        assert 1 / 12 <= hit_by(extreme, of(component)) <= 1 / 3


@pytest.mark.parametrize("component", ["twk", "tiu", "teknis"])
def test_the_length_of_an_option_does_not_give_the_best_of_a_practice_city_away(component):
    items = json.loads((bank.IN_FORCE / f"{component}.json").read_text())["items"]

    assert hit_by(max, items) <= 1 / 3 and hit_by(min, items) <= 1 / 3


def test_the_length_of_an_option_says_little_about_its_points():
    """Whoever takes the longest of weighted options, or the shortest, gets about the 3 points of a blind guess."""
    for extreme in (max, min):
        points = [5 - [len(text) for text in item["options"]].index(extreme(map(len, item["options"])))
                  for item in of("tkp")]  # fmt: skip
        assert 2 <= sum(points) / len(points) <= 3.5


def test_the_option_that_does_the_most_things_is_not_the_best_by_itself():
    for extreme in (max, min):
        assert 1 / 10 <= hit_by(extreme, of("tkp"), actions) <= 1 / 3


def test_no_word_of_a_weighted_option_tells_its_points():
    """A word that is used often may stand in better options a little more often, not so that it decides."""
    held = by_points(of("tkp"))

    assert telling(of("tkp")) == []
    assert [word for word, places in held.items() if sum(places) >= 20 and not (places[0] and places[-1])] == []
    assert hit_by_words(of("tkp")) <= 0.4


def test_a_reason_or_an_aim_stands_in_options_of_all_points():
    """Bad options used to explain themselves, and good ones never did."""
    held = by_points(of("tkp"))

    for word in ("karena", "supaya"):
        assert sum(held[word]) >= 20
        assert all(0.1 <= places / sum(held[word]) <= 1 / 3 for places in held[word])


def test_the_right_number_is_as_often_small_as_large():
    """Of five numbers in order, none of the five places holds the right one in more than a third of the items."""
    places = Counter()
    for stem in ("tiu-deret", "tiu-numerik"):
        for values in (in_numbers(item["options"]) for item in of(stem)):
            places[sorted(values).index(values[0])] += 1

    assert set(places) == set(range(5))
    assert max(places.values()) / places.total() <= 1 / 3


@pytest.mark.parametrize("component", KINDS)
def test_the_best_option_stands_in_every_place_as_often(component):
    """As sittings show it, over a hundred seeds."""
    contents = [one["content"] for one in shipped.read() if one["component"] == component]
    places = Counter(
        content.shown_order(body, f"seed {n}").index("a") for body in contents for n in range(100)
    )  # the files give the best option first, and `a` is its key

    assert even(places)


def test_no_two_items_ask_nearly_the_same():
    """Those with words: a series, an analogy and the five words of a question that many begin with are no doubles."""
    asked = [(f"{stem}-{n:02d}", f"{item['stem']} {' '.join(item['options'])}") for stem, n, item in RAW]
    worded = [(code, text) for code, text in asked if not code.startswith(("tiu-deret", "tiu-analogi"))]

    assert [(a, b) for (a, one), (b, two) in combinations(worded, 2) if alike(one, two) > 0.6] == []
    bare = [" ".join(re.findall(r"\w+", item["stem"].lower())) for _stem, _n, item in RAW]
    assert len(set(bare)) == len(bare)


def test_an_item_about_the_constitution_names_its_article():
    named = re.compile(r"Pasal \d+[A-J]?|[Pp]erubahan (pertama|kedua|ketiga|keempat)")

    assert [item["stem"] for item in of("twk-uud-1945") if not named.search(item["explanation"])] == []


def test_the_measures_find_items_that_can_be_guessed():
    """The twin: the longest is best, nothing is shuffled, two rules fit, two items are one."""
    long = [{"options": ["yang paling panjang", "a", "b", "c", "d"]}] * 3

    assert hit_by(max, long) == 1 and hit_by(min, long) == 0
    assert hit_by(max, [{"options": ["a, b, dan c", "satu hal yang panjang sekali", "d", "e", "f"]}], actions) == 1
    assert hit_by(max, [{"options": ["ab", "cd", "e", "f", "g"]}]) == 0.5
    excused = [{"options": [f"menolak {n}", f"mencatat {n}", f"bertanya {n}", f"diam {n}", f"ikut {n} karena takut"]}
               for n in range(5)] + [{"options": ["menolak", "a", "b", "c", "ikut sebab takut"]}] * 5  # fmt: skip
    assert by_points(excused)["karena"] == [0, 0, 0, 0, 10]
    assert telling(excused) == ["ikut", "karena", "menolak", "takut"] and telling(excused, often=11) == []
    assert hit_by_words(excused) == 1
    assert next_by_simple_rules([1, -1, 0, -1, -1, -2]) == {-3, -2}
    assert next_by_simple_rules([4, 9, 7, 12, 10, 15]) == {13}
    assert even(Counter(dict.fromkeys(range(5), 100))) and not even(Counter({0: 500}))
    assert other_meaning("ada p u") == "ada-bukan p u" and other_meaning("semua p k") is None
    assert follow_from_sets(["semua p k", "ada p u", "ada-bukan p u"], ["ada-bukan p u"]) == [True]
    assert alike("Rapat diadakan Senin.", "Rapat diadakan: Senin!") == 1


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
