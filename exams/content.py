"""What an item says, as plain data: one shape for shipped files, imports, the database and the test page.

{"kind": …, "stem": …, "options": [{"key": "a", "text": …, "points": 3}], "right": ["a"], "accepted": ["12"],
 "explanation": …, "image": {"type": "image/png", "alt": …, "data": base64}}: `points` for weighted options,
`right` for single and several, `accepted` for short answers; `image` where there is one.
"""

import base64
import binascii

from django.utils.translation import gettext as _

from exams.scoring import Kind
from lib import draw

KEYS = "abcdefgh"
LONGEST = {"stem": 3000, "option": 1000, "explanation": 4000, "accepted": 200}
IMAGE_BYTES = 150_000
IMAGE_TYPES = {"image/png", "image/jpeg", "image/webp"}


def problems(content: dict) -> list[tuple[str, str]]:
    """What is wrong with an item, as (field, what to do); empty when it can be used."""
    found = []
    kind = content.get("kind")
    if kind not in set(Kind):
        return [("kind", _("Pilih jenis: single, weighted, several, atau short."))]
    stem, explanation = content.get("stem", ""), content.get("explanation", "")
    if not 5 <= len(stem.strip()) <= LONGEST["stem"]:
        found.append(("stem", _("Tulis pertanyaan, 5 sampai 3.000 huruf.")))
    if not 5 <= len(explanation.strip()) <= LONGEST["explanation"]:
        found.append(("explanation", _("Tulis pembahasan, 5 sampai 4.000 huruf.")))
    found += _short(content) if kind == Kind.SHORT else _choices(content, kind)
    return found + _image(content.get("image"))


def _short(content: dict) -> list[tuple[str, str]]:
    accepted = content.get("accepted", [])
    if accepted and all(0 < len(text.strip()) <= LONGEST["accepted"] for text in accepted):
        return []
    return [("right", _("Tulis paling sedikit satu jawaban yang diterima."))]


def _choices(content: dict, kind: str) -> list[tuple[str, str]]:
    options, right = content.get("options", []), content.get("right", [])
    texts, keys = [one["text"].strip() for one in options], [one["key"] for one in options]
    found = []
    if not 2 <= len(options) <= len(KEYS):
        found.append(("options", _("Tulis dua sampai delapan pilihan.")))
    if any(not 0 < len(text) <= LONGEST["option"] for text in texts):
        found.append(("options", _("Setiap pilihan berisi 1 sampai 1.000 huruf.")))
    if len(set(texts)) < len(texts):
        found.append(("options", _("Ada pilihan yang sama. Ubah salah satu.")))
    if kind == Kind.WEIGHTED:
        if any(one.get("points") not in range(1, 6) for one in options):
            found.append(("points", _("Beri setiap pilihan nilai 1 sampai 5.")))
        elif max((one["points"] for one in options), default=0) != 5:
            found.append(("points", _("Paling sedikit satu pilihan bernilai 5.")))
    elif not right or not set(right) <= set(keys):
        found.append(("right", _("Tulis huruf pilihan yang benar, yang ada di daftar pilihan.")))
    elif kind == Kind.SINGLE and len(right) != 1:
        found.append(("right", _("Jenis single punya satu jawaban benar.")))
    return found


def _image(image: dict | None) -> list[tuple[str, str]]:
    if not image:
        return []
    found = []
    if image.get("type") not in IMAGE_TYPES:
        found.append(("image", _("Pakai gambar PNG, JPEG, atau WebP.")))
    if not image.get("alt", "").strip():
        found.append(("image", _("Tulis isi gambar dengan kata-kata, untuk orang yang tidak melihatnya.")))
    try:
        if len(base64.b64decode(image.get("data", ""), validate=True)) > IMAGE_BYTES:
            found.append(("image", _("Perkecil gambar sampai 150 KB.")))
    except (binascii.Error, ValueError):
        found.append(("image", _("Gambar tidak terbaca. Unggah ulang.")))
    return found


def shown_order(content: dict, seed: str) -> list[str]:
    """The option keys in the order in which a sitting shows them: drawn from its seed, the same on every page."""
    keys = [one["key"] for one in content.get("options", [])]
    return sorted(keys, key=lambda key: draw.place(seed, f"{content['stem']}\n{key}"))
