"""The page of measurements keeps the figures of the parts that were not measured again."""

from bench.__main__ import PAGE, PARTS
from bench.measure import Line
from bench.page import put

PAGE_OF_TWO = put(
    put("# Head\n\n<!-- no more figures -->\n\n## Tail\n", "scores", "on Monday", [Line("import", "5 /s")]),
    "record",
    "on Tuesday",
    [Line("append", "7 /s"), Line("audit", "9 s")],
)


def test_a_part_measured_again_replaces_its_own_figures_alone():
    again = put(PAGE_OF_TWO, "record", "on Friday", [Line("append", "8 /s")])

    assert "Measured on Monday." in again
    assert "| import | 5 /s |" in again
    assert "Measured on Friday." in again
    assert "| append | 8 /s |" in again
    assert "Tuesday" not in again
    assert "audit" not in again
    assert again.startswith("# Head\n")
    assert again.endswith("## Tail\n")
    assert put(again, "record", "on Friday", [Line("append", "8 /s")]) == again


def test_the_page_has_a_place_for_every_part():
    page = PAGE.read_text(encoding="utf-8")

    for part in PARTS:
        assert put(page, part, "now", [Line(f"of {part}", "1")]).count(f"| of {part} | 1 |") == 1
