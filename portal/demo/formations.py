"""Formation files of the practice city: cut from real ones, where names of other cities become ours, or of a few posts."""

import csv
import io
from itertools import groupby
from pathlib import Path

from django.conf import settings

SOURCE = Path(__file__).with_name("formations.csv")
KINDS = {"cpns": "CPNS", "pppk": "PPPK"}
COLUMNS = ("formasi_id", "ins_nm", "jp_nama", "formasi_nm", "jabatan_nm", "lokasi_nm", "jumlah_formasi", "disable",
           "gaji_min", "gaji_max", "jenjang_studi", "program_studi")  # fmt: skip


def cut(start: int, stop: int, *, kind: str) -> io.BytesIO:
    """Formations number `start` up to `stop` of the real file, as a CSV the importer takes."""
    with open(SOURCE, newline="", encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["formasi_id"])
    chosen = [list(group) for _code, group in groupby(rows, key=lambda row: row["formasi_id"])][start:stop]
    target = io.StringIO()
    writer = csv.DictWriter(target, fieldnames=list(rows[0]))
    writer.writeheader()
    for group in chosen:
        for row in group:
            row["ins_nm"] = settings.INSTANCE["name"]
            _other_city, *units = row["lokasi_nm"].split("|")
            row["lokasi_nm"] = " | ".join([settings.INSTANCE["name"], *(unit.strip() for unit in units)])
            row["jp_nama"] = KINDS.get(kind, "")
            if kind == "contract" and row["formasi_nm"] not in ("UMUM", "PENYANDANG DISABILITAS"):
                row["formasi_nm"] = "UMUM"
            writer.writerow(row)
    return io.BytesIO(target.getvalue().encode())


def of_posts(code: str, posts: tuple[tuple[str, str, int], ...]) -> io.BytesIO:
    """A file of a few invented posts for any graduate: post, unit, how many; their codes begin with `code`."""
    target = io.StringIO()
    writer = csv.DictWriter(target, fieldnames=COLUMNS)
    writer.writeheader()
    for number, (post, unit, quota) in enumerate(posts, start=1):
        writer.writerow(
            dict.fromkeys(COLUMNS, "")
            | {
                "formasi_id": f"{code}-{number}", "ins_nm": settings.INSTANCE["name"], "formasi_nm": "UMUM", "jabatan_nm": post,
                "lokasi_nm": f"{settings.INSTANCE['name']} | {unit}", "jumlah_formasi": quota, "disable": 0,
                "jenjang_studi": "S-1/Sarjana", "program_studi": "S-1 SEMUA JURUSAN",
            }
        )  # fmt: skip
    return io.BytesIO(target.getvalue().encode())
