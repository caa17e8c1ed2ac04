"""From the spelling of a formation file to the words the portal keeps."""

import re

from vacancies.models import Formation

SMALL = {"dan", "atau", "di", "ke", "dari", "pada", "untuk", "dengan", "yang", "bagi", "oleh", "dalam", "antar"}
KEPT_LARGE = {
    "UPTD", "UPT", "RSUD", "RSUP", "BLUD", "SD", "SDN", "SMP", "SMPN", "SMA", "SMAN", "SMK", "SMKN", "TK", "PAUD", "SLB",
    "ASN", "PNS", "IT", "TI", "DPRD", "SATLINMAS", "PKK", "KB", "DKI", "BPBD", "BPKAD", "BKPSDM", "BKD", "PUPR", "TPA",
    "IPA", "IPS", "PPPA", "P3A", "HAM", "SDM", "KUA", "PPID", "SKPD", "OPD", "CCTV", "GIS", "KRB", "AMDAL", "UMKM",
}  # fmt: skip
ROMAN = re.compile(r"(?=[IVX])(?:X{0,3})(?:IX|IV|V?I{0,3})")

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
]
_NEEDS = [(need, re.compile(pattern)) for need, pattern in NEEDS]


def need_of(text: str) -> str | None:
    """The code of a kind of need as decrees name it; None for a name nobody knows."""
    words = " ".join(text.upper().replace(" / ", "/").split())
    return next((need.value for need, pattern in _NEEDS if pattern.fullmatch(words)), None)


def readable(text: str) -> str:
    """Spaces put in order; a name written in capitals only gets the capitals of a title."""
    words = " ".join(text.split())
    if words != words.upper():
        return words
    return re.sub(r"[^\W_]+(?:'[^\W_]+)?", _title, words)


def _title(match: re.Match) -> str:
    word = match.group()
    if word in KEPT_LARGE or ROMAN.fullmatch(word):
        return word
    if word.lower() in SMALL and match.start() > 0:
        return word.lower()
    return word[0] + word[1:].lower()


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
