"""What a formation file would change: old and new, in words for the public."""

import hashlib

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, OuterRef, Value
from django.utils.translation import gettext as _

from lib.canonical import canonical
from lib.indonesian_text import number, rupiah
from vacancies.models import Formation, Qualification, Recruitment

# Field of a formation → its name in the public history.
FIELDS = {
    "position": "Jabatan",
    "unit_path": "Unit kerja",
    "need": "Jenis kebutuhan",
    "quota": "Jumlah kebutuhan",
    "salary_min": "Penghasilan terendah",
    "salary_max": "Penghasilan tertinggi",
    "disability_friendly": "Terbuka bagi penyandang disabilitas",
    "ipk_min": "IPK paling rendah",
    "duties": "Tugas",
}
QUALIFICATIONS = "qualifications"


def stored(recruitment: Recruitment) -> dict[str, dict]:
    """The formations of `recruitment` as they are, by national id, in the shape of a file's rows."""
    pairs = (
        Qualification.objects.filter(formation=OuterRef("pk"))
        .annotate(pair=Func(F("level"), Value("\x1f"), F("program"), function="concat"))
        .values("pair")
    )
    rows = recruitment.formations.annotate(pairs=ArraySubquery(pairs)).values("id", "code", "pairs", *FIELDS)
    found = {}
    for row in rows:
        row["ipk_min"] = None if row["ipk_min"] is None else f"{row['ipk_min']:.2f}"
        row[QUALIFICATIONS] = [pair.split("\x1f") for pair in row.pop("pairs")]
        found[row["code"]] = row
    return found


def changes_of(old: dict, new: dict, fields: list[str]) -> list[dict]:
    """The list of {"field", "old", "new"} between two rows, looking at `fields` and the education."""
    changes = [
        {"field": FIELDS[name], "old": said(name, old[name]), "new": said(name, new[name])}
        for name in fields
        if old[name] != new[name]
    ]
    before = {" ".join(pair) for pair in old[QUALIFICATIONS]}
    after = {" ".join(pair) for pair in new[QUALIFICATIONS]}
    if gone := sorted(before - after):
        changes.append({"field": "Pendidikan dihapus", "old": "; ".join(gone), "new": ""})
    if added := sorted(after - before):
        changes.append({"field": "Pendidikan ditambah", "old": "", "new": "; ".join(added)})
    return changes


def said(name: str, value) -> str:
    """A value of a formation as people read it."""
    if value is None or value == "":
        return "–"
    match name:
        case "need":
            return str(Formation.Need(value).label)
        case "quota":
            return number(value)
        case "salary_min" | "salary_max":
            return rupiah(value)
        case "disability_friendly":
            return _("ya") if value else _("tidak")
        case "ipk_min":
            return str(value).replace(".", ",")
    return str(value)


def digest_of(changes: dict[str, list[dict]]) -> str:
    """SHA-256 of code → changes as canonical JSON: what the public record says about a changed vacancy."""
    body = [{"code": code, "changes": changes[code]} for code in sorted(changes)]
    return hashlib.sha256(canonical(body)).hexdigest()
