"""Run as a program: XLSX to CSV with hard limits. Exit code 3: too many rows; any other but 0: unreadable."""

import csv
import resource
import sys

MAX_COLUMNS = 50


def limit() -> None:
    """512 MB of memory and 120 s of processor time: a crafted file dies here and not in the portal."""
    resource.setrlimit(resource.RLIMIT_AS, (512 * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (120, 120))


def main(source: str, target: str, most: int) -> int:
    limit()
    import defusedxml
    from openpyxl import load_workbook

    defusedxml.defuse_stdlib()
    # Formulas stay formulas ("=A1*2"): the caller refuses them with row and column, a stale result would pass unseen.
    book = load_workbook(open(source, "rb"), read_only=True, data_only=False, keep_links=False)  # noqa: SIM115 - by content, not name
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # the file's own claim about its size is not believed
    with open(target, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        for count, row in enumerate(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS)):
            if count > most:
                return 3
            writer.writerow(["" if cell is None else text(cell) for cell in row])
    return 0


def text(cell) -> str:
    """A cell as text; whole numbers without the decimal point that spreadsheets add."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
