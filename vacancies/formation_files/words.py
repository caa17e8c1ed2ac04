"""From the spelling of a formation file to the words the portal keeps."""

import re

from vacancies.models import Formation
from vacancies.naming import readable

NEEDS = [
    (Formation.Need.GENERAL, r"UMUM|KEBUTUHAN UMUM"),
    (Formation.Need.DISABILITY, r"(?:PENYANDANG )?DISABILITAS"),
    (
        Formation.Need.TOP_GRADUATE,
        r"(?:PUTRA/PUTRI )?LULUSAN TERBAIK(?: BERPREDIKAT)?(?: DENGAN PUJIAN)?(?: ?/? ?\(?CUM ?LAUDE\)?)?|CUM ?LAUDE",
    ),
    (Formation.Need.PAPUA, r"PUTRA/PUTRI PAPUA(?: DAN PAPUA BARAT)?|PAPUA"),
    (Formation.Need.KALIMANTAN, r"PUTRA/PUTRI KALIMANTAN|KALIMANTAN"),
    (Formation.Need.DIASPORA, r"DIASPORA"),
    (Formation.Need.REMOTE, r"(?:PUTRA/PUTRI )?DAERAH TERTINGGAL"),
    (Formation.Need.SPECIAL, r"(?:KEBUTUHAN )?KHUSUS"),
]
_NEEDS = [(need, re.compile(pattern)) for need, pattern in NEEDS]


def need_of(text: str) -> str | None:
    """The code of a kind of need as decrees name it; None for a name nobody knows."""
    words = " ".join(text.upper().replace(" / ", "/").split())
    return next((need.value for need, pattern in _NEEDS if pattern.fullmatch(words)), None)


def unit_path(text: str) -> tuple[str, ...]:
    """The levels of a unit, from the government down: "Kota | DINAS X | BIDANG Y" in readable names.

    An empty level and one that repeats the level above it are left out.
    """
    levels: list[str] = []
    for part in text.split("|"):
        name = readable(part)
        if name and (not levels or name.lower() != levels[-1].lower()):
            levels.append(name)
    return tuple(levels)
