"""Draws the pictures of `exams/items/tiu-figural.json` and writes them into it: `.venv/bin/python -m devtools.figural_items`.

Line drawings in grey, twice as wide as a small phone shows them. The words of the items stay in the file.
"""

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FILE = Path(__file__).resolve().parent.parent / "exams" / "items" / "tiu-figural.json"
FINER = 4  # drawn so many times larger, for smooth edges
BORDER = [
    (0, 0),
    (1, 0),
    (2, 0),
    (2, 1),
    (2, 2),
    (1, 2),
    (0, 2),
    (0, 1),
]  # cells around the middle: column, row, clockwise
WALK = [BORDER[3 * n % 8] for n in range(4)]  # where the black cell stands in each grid
GRID, GAP, CELL = 112, 16, 36  # pixels: from a grid to the next without the gap, the gap, a cell
SHAPES, FILLS = ("lingkaran", "persegi", "segitiga"), ("kosong", "bergaris", "hitam")
TABLE = {
    (column, row): (SHAPES[(row + column) % 3], FILLS[(row - column) % 3]) for row in range(3) for column in range(3)
}
PLACE = 140  # pixels: a place of the table
BLACK, WHITE = 0, 255


class Sheet:
    """Something to draw on, in pixels of the finished picture."""

    def __init__(self, width: int, height: int):
        self.size = (width, height)
        self.picture = Image.new("L", (width * FINER, height * FINER), WHITE)
        self.draw = ImageDraw.Draw(self.picture)

    def box(self, x: float, y: float, side: float, *, fill: int = WHITE, line: int = 2) -> None:
        self.draw.rectangle([v * FINER for v in (x, y, x + side, y + side)], fill, BLACK, line * FINER)

    def line(self, *points: tuple[float, float], width: int = 4) -> None:
        self.draw.line([(x * FINER, y * FINER) for x, y in points], BLACK, width * FINER)

    def question(self, x: float, y: float) -> None:
        self.draw.text((x * FINER, y * FINER), "?", BLACK, ImageFont.load_default(64 * FINER), anchor="mm")

    def png(self) -> bytes:
        target = io.BytesIO()
        self.picture.resize(self.size, Image.Resampling.LANCZOS).quantize(16).save(target, "PNG", optimize=True)
        return target.getvalue()


def walking_cell() -> bytes:
    """Four grids of nine cells, one of them black, and a fifth place with a question mark."""
    sheet = Sheet(5 * GRID + 4 * GAP + 4, GRID + 4)
    for n, black in enumerate(WALK):
        for column in range(3):
            for row in range(3):
                x, y = 2 + n * (GRID + GAP) + column * CELL, 2 + row * CELL
                sheet.box(x, y, CELL, fill=BLACK if (column, row) == black else WHITE)
    x = 2 + 4 * (GRID + GAP)
    sheet.box(x, 2, 3 * CELL)
    sheet.question(x + 1.5 * CELL, 2 + 1.5 * CELL)
    return sheet.png()


def sticks() -> bytes:
    """One, two and three squares in a row, each side a stick with a gap at its ends."""
    side, sheet, x = 80, Sheet(640, 110), 12
    for squares in (1, 2, 3):
        for n in range(squares + 1):
            left = x + n * side
            sheet.line((left, 22), (left, 88), width=6)
            if n < squares:
                for y in (15, 95):
                    sheet.line((left + 7, y), (left + side - 7, y), width=6)
        x += squares * side + 60
    return sheet.png()


def table() -> bytes:
    """Nine places with shapes; of the last one a question mark."""
    sheet = Sheet(3 * PLACE + 4, 3 * PLACE + 4)
    for (column, row), (shape, fill) in TABLE.items():
        x, y = 2 + column * PLACE, 2 + row * PLACE
        sheet.box(x, y, PLACE)
        if (column, row) == (2, 2):
            sheet.question(x + PLACE / 2, y + PLACE / 2)
        else:
            _shape(sheet, x + 25, y + 25, PLACE - 50, shape, fill)
    return sheet.png()


def _shape(sheet: Sheet, x: float, y: float, side: float, shape: str, fill: str) -> None:
    mask = Image.new("1", sheet.picture.size, 0)
    pen = ImageDraw.Draw(mask)
    left, top, right, bottom = (v * FINER for v in (x, y, x + side, y + side))
    corners = [(left, bottom), ((left + right) / 2, top), (right, bottom)]
    draw: dict[str, Callable] = {
        "lingkaran": lambda target, **how: target.ellipse([left, top, right, bottom], **how),
        "persegi": lambda target, **how: target.rectangle([left, top, right, bottom], **how),
        "segitiga": lambda target, **how: target.polygon(corners, **how),
    }
    draw[shape](pen, fill=1)
    if fill == "hitam":
        sheet.picture.paste(BLACK, mask=mask)
    elif fill == "bergaris":
        striped = Image.new("L", sheet.picture.size, WHITE)
        stripes = ImageDraw.Draw(striped)
        for at in range(int(top), int(bottom), 12 * FINER):
            stripes.rectangle([left, at, right, at + 4 * FINER], BLACK)
        sheet.picture.paste(striped, mask=mask)
    draw[shape](sheet.draw, outline=BLACK, width=4 * FINER)


def main() -> None:
    written = json.loads(FILE.read_text())
    for item, picture in zip(written["items"], (walking_cell(), sticks(), table()), strict=True):
        item["image"] |= {"type": "image/png", "data": base64.b64encode(picture).decode()}
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in written["items"])
    FILE.write_text(f'{{"component": "tiu", "topic": "figural", "items": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
