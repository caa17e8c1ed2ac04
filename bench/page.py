"""The figures in docs/bench.md: a block for each part, written over when that part is measured again."""

from bench.measure import Line, table

LAST = "<!-- no more figures -->\n"


def put(page: str, part: str, about: str, lines: list[Line]) -> str:
    """`page` with these figures of `part` in the place of the older ones; those of every other part stay."""
    start, end = f"<!-- figures: {part} -->\n", f"<!-- end: {part} -->\n"
    block = f"{start}### {part}\nMeasured {about}.\n\n{table(lines)}\n{end}"
    if start in page:
        head, rest = page.split(start, 1)
        return head + block + rest.split(end, 1)[1]
    head, tail = page.split(LAST, 1)
    return f"{head}{block}\n{LAST}{tail}"
