"""Run as a program: XLSX to CSV with hard limits, from one open file to another.

Exit codes: 3 too many rows, 4 more than one sheet with content, 5 no workbook, 6 too large unpacked; any other
but 0: a limit of the system was met, or the file cannot be read.
"""

import csv
import os
import resource
import sys
import zipfile

MAX_COLUMNS = 50
MEMORY, SECONDS, WRITTEN = 512 * 1024 * 1024, 120, 256 * 1024 * 1024
UNPACKED = 200 * 1024 * 1024


def limit() -> None:
    """A crafted file dies here and not in the portal: memory, processor time, and what it may write."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))


def main(source: int, target: int, most: int) -> int:
    limit()
    import defusedxml
    from openpyxl import load_workbook

    defusedxml.defuse_stdlib()
    file = os.fdopen(source, "rb")
    if refused := unfit(file):
        return refused
    # Formulas stay formulas ("=A1*2"): the caller refuses them with row and column, a stale result would pass unseen.
    book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    for sheet in sheets:
        sheet.reset_dimensions()  # the file's own claim about its size is not believed
    if len(sheets) > 1:
        sheets = [sheet for sheet in sheets if filled(sheet)]
    if len(sheets) != 1:
        return 4 if sheets else 5
    with os.fdopen(target, "w", newline="", encoding="utf-8") as out:
        return write(sheets[0], csv.writer(out), most)


def unfit(file) -> int:
    """5 for a file that is no workbook, 6 for one that unpacks to too much by its own directory, else 0.

    The directory binds: what it understates is cut off when it is read.
    """
    try:
        parts = zipfile.ZipFile(file).infolist()
    except zipfile.BadZipFile:
        return 5
    if sum(part.file_size for part in parts) > UNPACKED:
        return 6
    return 0 if any(part.filename.startswith("xl/worksheets/") for part in parts) else 5


def filled(sheet) -> bool:
    """Whether the first rows hold anything: spreadsheet programs add empty sheets of their own."""
    first = sheet.iter_rows(max_row=20, max_col=MAX_COLUMNS, values_only=True)
    return any(cell is not None for row in first for cell in row)


def write(sheet, out, most: int) -> int:
    """Every row up to the last that holds something, each at least as wide as the headings."""
    width = blank = count = 0
    for row in sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS):
        cells = ["" if cell is None else text(cell) for cell in row]
        while len(cells) > width and cells and not cells[-1]:
            cells.pop()
        if not any(cells):
            blank += 1
            continue
        width = width or len(cells)
        count += blank + 1
        if count > most + 1:  # the headings are not counted
            return 3
        for _ in range(blank):
            out.writerow([""])
        blank = 0
        out.writerow(cells + [""] * (width - len(cells)))
    return 0


def text(cell) -> str:
    """A cell as text; whole numbers without the decimal point that spreadsheets add.

    Spreadsheets keep 15 digits: a longer number is left in the form that no list knows.
    """
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**15:
        return str(int(cell))
    return str(cell)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:4])))
