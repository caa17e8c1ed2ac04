"""What an answer is worth: hand-computed sheets, and what must hold for any sheet."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exams.scoring import Kind, Part, Question, allowed, bars, marks, parts, points, total
from lib import rulepack_files

SINGLE = Question(Kind.SINGLE, dict.fromkeys("abcde", 0), frozenset("c"))
TKP = Question(Kind.WEIGHTED, {"a": 5, "b": 4, "c": 3, "d": 2, "e": 1})
SEVERAL = Question(Kind.SEVERAL, dict.fromkeys("abcd", 0), frozenset("ac"))
SHORT = Question(Kind.SHORT, accepted=("Rp 12.500", "67,5"))
FULL = {"twk": 150, "tiu": 175, "tkp": 225}


def official(right_twk: int, right_tiu: int, tkp: str):
    """An official sheet: so many right answers, the rest wrong; TKP by the letters chosen, the rest empty."""
    for n in range(30):
        yield "twk", SINGLE, ["c"] if n < right_twk else ["a"], 5
    for n in range(35):
        yield "tiu", SINGLE, ["c"] if n < right_tiu else [], 5
    for n in range(45):
        yield "tkp", TKP, [tkp[n]] if n < len(tkp) else [], 5


def test_a_sheet_computed_by_hand_that_just_passes():
    result = parts(official(13, 16, "a" * 30 + "e" * 15 + ""))

    assert result["twk"] == Part(points=65, most=150, count=30, answered=30, right=13)
    assert result["tiu"] == Part(points=80, most=175, count=35, answered=16, right=16)
    assert result["tkp"] == Part(points=165, most=225, count=45, answered=45, right=30)
    assert total(result) == Part(points=310, most=550, count=110, answered=91, right=59)


def test_the_thresholds_are_those_of_the_rule_pack():
    rule = rulepack_files.load("cpns-2024").stage("skd")
    full = {one["key"]: one["max"] for one in rule["components"]}
    sheet = parts(official(13, 16, "a" * 30 + "e" * 14 + "d"))  # TKP 166

    found = bars(sheet, rule["thresholds"]["umum"], full)

    assert full == FULL
    assert [(bar.key, bar.reached, bar.needed, bar.passed) for bar in found] == [
        ("twk", 65, 65, True), ("tiu", 80, 80, True), ("tkp", 166, 166, True), ("total", 311, 311, True),
    ]  # fmt: skip
    below = bars(parts(official(12, 16, "a" * 45)), rule["thresholds"]["umum"], full)
    assert [bar.passed for bar in below] == [False, True, True, True]
    disabled = bars(sheet, rule["thresholds"]["disabilitas"], full)
    assert [(bar.key, bar.needed) for bar in disabled] == [("tiu", 60), ("total", 286)]


def test_a_short_test_asks_for_the_same_share_rounded_up():
    short = {"twk": Part(points=20, most=50), "tiu": Part(points=25, most=50), "tkp": Part(points=40, most=50)}
    found = bars(short, {"twk": 65, "tiu": 80, "tkp": 166, "total": 311}, FULL)

    # 65/150 of 50 is 21.7, 80/175 of 50 is 22.9, 166/225 of 50 is 36.9, 311/550 of 150 is 84.8
    assert [(bar.key, bar.needed, bar.passed) for bar in found] == [
        ("twk", 22, False), ("tiu", 23, True), ("tkp", 37, True), ("total", 85, True),
    ]  # fmt: skip
    assert [bar.key for bar in bars({"twk": short["twk"]}, {"twk": 65, "total": 311}, FULL)] == ["twk"]


def test_each_kind_by_hand():
    cases = [
        (SINGLE, ["c"], 5), (SINGLE, ["a"], 0), (SINGLE, [], 0),
        (TKP, ["a"], 5), (TKP, ["e"], 1), (TKP, [], 0), (TKP, ["x"], 0),
        (SEVERAL, ["c", "a"], 5), (SEVERAL, ["a"], 0), (SEVERAL, ["a", "b", "c"], 0), (SEVERAL, [], 0),
        (SHORT, ["  rp  12.500 "], 5), (SHORT, ["67.5"], 5), (SHORT, ["67,5"], 5), (SHORT, ["675"], 0), (SHORT, [], 0),
    ]  # fmt: skip
    assert [points(question, answer, 5) for question, answer, _expected in cases] == [one[2] for one in cases]


def test_only_what_can_be_given_is_allowed():
    assert allowed(SINGLE, ["a"]) and allowed(SINGLE, [])
    assert not allowed(SINGLE, ["a", "b"]) and not allowed(SINGLE, ["f"]) and not allowed(TKP, ["-1"])
    assert allowed(SEVERAL, ["a", "b"]) and not allowed(SEVERAL, ["a", "a"])
    assert allowed(SHORT, ["apa saja"]) and not allowed(SHORT, ["a", "b"]) and not allowed(SHORT, ["a" * 201])


letters = st.sampled_from("abcde")
lines = st.one_of(
    st.tuples(
        st.sampled_from(["twk", "tiu"]),
        st.builds(lambda right: Question(Kind.SINGLE, dict.fromkeys("abcde", 0), frozenset(right)), letters),
        st.one_of(st.just([]), letters.map(list)),
        st.just(5),
    ),
    st.tuples(
        st.just("tkp"),
        st.permutations([1, 2, 3, 4, 5]).map(
            lambda worths: Question(Kind.WEIGHTED, dict(zip("abcde", worths, strict=True)))
        ),
        st.one_of(st.just([]), letters.map(list)),
        st.just(5),
    ),
)


CALM = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy


@CALM
@given(st.lists(lines, max_size=25))
def test_what_holds_for_any_sheet(sheet):
    result = parts(sheet)
    given_marks = marks([line[1:] for line in sheet])

    for key, part in result.items():
        own = [(question, answer) for component, question, answer, _worth in sheet if component == key]
        if key == "tkp":
            assert part.points == sum(question.points[answer[0]] for question, answer in own if answer)
            assert part.answered <= part.points <= 5 * part.answered
        else:
            assert part.points == 5 * sum(set(answer) == question.right for question, answer in own)
            assert part.points == 5 * part.right
        assert part.most == 5 * part.count
        assert 0 <= part.right <= part.answered <= part.count
    assert sum(mark or 0 for mark in given_marks) == sum(part.points for part in result.values())
    assert [mark is None for mark in given_marks] == [not answer for _c, _q, answer, _w in sheet]
    if result:
        assert total(result).points == sum(part.points for part in result.values())


@CALM
@given(st.lists(lines, min_size=1, max_size=25), st.randoms(use_true_random=False))
def test_neither_the_order_of_questions_nor_an_empty_answer_moves_a_point(sheet, random):
    shuffled = random.sample(sheet, len(sheet))
    emptied = [(*sheet[0][:2], [], 5), *sheet[1:]]
    first = points(sheet[0][1], sheet[0][2], 5)

    assert total(parts(shuffled)) == total(parts(sheet))
    assert total(parts(emptied)).points == total(parts(sheet)).points - first
