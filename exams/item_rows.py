"""An item as a row of words, as a spreadsheet and a form have it: read into a content, and written from one."""

import re

from django.utils.translation import gettext as _

from exams import content
from exams.models import Component
from exams.scoring import Kind

OPTIONS = content.KEYS[:5]
COLUMNS = ["kode", "komponen", "pokok", "jenis", "soal", *OPTIONS, "kunci", *[f"nilai_{key}" for key in OPTIONS],
           "pembahasan"]  # fmt: skip
MORE = [*content.KEYS[5:], *[f"nilai_{key}" for key in content.KEYS[5:]]]  # for items with more than five options
CODE = re.compile(r"[a-z0-9][a-z0-9-]{2,39}")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # XML has no place for them
TOPIC = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
FIELDS = {"kind": "jenis", "stem": "soal", "options": "a–e", "points": "nilai", "right": "kunci", "accepted": "kunci",
          "explanation": "pembahasan", "image": "gambar"}  # fmt: skip


def read(row: dict[str, str]) -> tuple[dict, list[tuple[str, str]]]:
    """(code, component, topic, content) as a dict, and what is wrong, as (column, what to do)."""
    row = {key: CONTROL.sub("", (value or "").replace("\r\n", "\n")).strip() for key, value in row.items()}
    found = {"code": row.get("kode", ""), "component": row.get("komponen", "").lower(), "topic": row.get("pokok", "")}
    found["content"], wrong = _content(row)
    return found, _named(found) + wrong if wrong else problems(found)


def problems(item: dict) -> list[tuple[str, str]]:
    """What is wrong with an item (code, component, topic, content), as (column, what to do)."""
    return _named(item) + [(FIELDS[field], words) for field, words in content.problems(item["content"])]


def _named(item: dict) -> list[tuple[str, str]]:
    wrong = []
    if not CODE.fullmatch(item["code"]):
        wrong.append(("kode", _("Tulis kode dari huruf kecil, angka, dan tanda hubung, 3 sampai 40 huruf.")))
    if item["component"] not in Component.values:
        wrong.append(("komponen", _("Pilih salah satu: %(list)s.") % {"list": ", ".join(Component.values)}))
    if not TOPIC.fullmatch(item["topic"]):
        wrong.append(("pokok", _("Tulis pokok dari huruf kecil, angka, dan tanda hubung, misalnya uud-1945.")))
    return wrong


def _content(row: dict[str, str]) -> tuple[dict, list[tuple[str, str]]]:
    kind = row.get("jenis", "").lower()
    made = {"kind": kind, "stem": row.get("soal", ""), "explanation": row.get("pembahasan", "")}
    if kind == Kind.SHORT:
        return made | {"accepted": [text.strip() for text in row.get("kunci", "").split("|") if text.strip()]}, []
    wrong, options = [], []
    filled = [key for key in content.KEYS if row.get(key)]
    if filled != list(content.KEYS[: len(filled)]):
        wrong.append(("a–e", _("Isi pilihan berurutan dari a, tanpa yang kosong di tengah.")))
    for key in filled:
        option = {"key": key, "text": row[key]}
        if kind == Kind.WEIGHTED:
            worth = row.get(f"nilai_{key}", "")
            if not re.fullmatch("[1-5]", worth):
                wrong.append((f"nilai_{key}", _("Tulis nilai 1 sampai 5.")))
            else:
                option["points"] = int(worth)
        options.append(option)
    made["options"] = options
    if kind != Kind.WEIGHTED:
        made["right"] = [key for key in re.split(r"[\s,;|]+", row.get("kunci", "").lower()) if key]
    return made, wrong


def write(code: str, component: str, topic: str, body: dict) -> dict[str, str]:
    """The row that `read` makes the same item from. A picture has no place in it."""
    row = dict.fromkeys(COLUMNS, "") | {"kode": code, "komponen": component, "pokok": topic, "jenis": body["kind"],
                                        "soal": body["stem"], "pembahasan": body["explanation"]}  # fmt: skip
    for option in body.get("options", []):
        row[option["key"]] = option["text"]
        if "points" in option:
            row[f"nilai_{option['key']}"] = str(option["points"])
    row["kunci"] = "|".join(body.get("accepted", [])) or ",".join(body.get("right", []))
    return row
