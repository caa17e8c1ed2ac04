"""Levels of education: their codes, their names, and the many ways in which people write them."""

import re

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

# code → name on pages. The order is the order in the list of filters.
LEVELS = {
    "sd": _("SD sederajat"),
    "smp": _("SMP/SLTP sederajat"),
    "sma": _("SMA/SLTA sederajat"),
    "smk": _("SMK/SLTA kejuruan"),
    "d1": _("D-I"),
    "d2": _("D-II"),
    "d3": _("D-III"),
    "d4": _("D-IV"),
    "s1": _("S-1/Sarjana"),
    "profesi": _("Profesi"),
    "s2": _("S-2/Magister"),
    "s3": _("S-3/Doktor"),
}

# Tried in this order on lower-case text; the longer spelling stands before the shorter one it contains.
SPELLINGS = [
    ("smk", r"smk|slta kejuruan|sekolah menengah kejuruan"),
    ("sma", r"slta keguruan|slta sederajat|sma sederajat|slta|sma|smu|sekolah menengah atas|paket c|madrasah aliyah"),
    ("smp", r"sltp|smp|sekolah menengah pertama|paket b"),
    ("sd", r"sd sederajat|sekolah dasar|paket a|sd"),
    ("d4", r"diploma[\s-]*(?:iv|4)|sarjana terapan|d[\s.-]*(?:iv|4)"),
    ("d3", r"diploma[\s-]*(?:iii|3)|sarjana muda|d[\s.-]*(?:iii|3)"),
    ("d2", r"diploma[\s-]*(?:ii|2)|d[\s.-]*(?:ii|2)"),
    ("d1", r"diploma[\s-]*(?:i|1)|d[\s.-]*1|d[.-]i"),
    ("s3", r"s[\s.-]*3|s[.-]iii|strata[\s-]*(?:tiga|3)|doktor|doktoral"),
    ("s2", r"s[\s.-]*2|s[.-]ii|strata[\s-]*(?:dua|2)|magister|pascasarjana"),
    ("s1", r"s[\s.-]*1|s[.-]i|strata[\s-]*(?:satu|1)|sarjana"),
    ("profesi", r"pendidikan profesi"),
]
_SPELLED = [(code, re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])")) for code, pattern in SPELLINGS]
_WHOLE = [
    *((code, re.compile(pattern)) for code, pattern in SPELLINGS),
    ("profesi", re.compile("profesi")),
]


def level_code(text: str) -> str:
    """The code of a level as a decree spells it: "S-1/Sarjana" → s1, "SMK/SLTA Kejuruan" → smk.

    A level nobody has met yet keeps its own words as a slug, so that it can still be filtered.
    """
    words = " ".join(text.lower().split())
    for part in (words, words.split("/")[0]):
        for code, pattern in _WHOLE:
            if pattern.fullmatch(part):
                return code
    return slugify(words)[:40] or "lain"


def level_name(code: str):
    """The name of a level for pages; an unknown code speaks for itself."""
    return LEVELS.get(code) or code.replace("-", " ").capitalize()


def token(code: str) -> str:
    """The word that stands for a level in the search index; no dictionary stems or drops it."""
    return f"jenjang{code.replace('-', '')}x"


def take_levels(text: str) -> tuple[str, list[str]]:
    """Cut the levels out of a query: "guru S1 matematika" → ("guru   matematika", ["s1"])."""
    rest, found = text.lower(), []
    for code, pattern in _SPELLED:
        rest, times = pattern.subn(" ", rest)
        if times:
            found.append(code)
    return rest, found


# What people type for a programme of study or a position, and the phrases that decrees use for it.
SHORT_FOR = {
    "it": ("teknik informatika", "teknologi informasi", "informatika", "sistem informasi"),
    "ti": ("teknik informatika", "teknologi informasi"),
    "si": ("sistem informasi",),
    "komputer": ("komputer", "informatika"),
    "satpol": ("polisi pamong praja",),
    "bidan": ("bidan", "kebidanan"),
    "perawat": ("perawat", "keperawatan"),
    "dokter": ("dokter", "kedokteran"),
    "kesmas": ("kesehatan masyarakat",),
    "akuntan": ("akuntan", "akuntansi"),
    "dkv": ("desain komunikasi visual",),
    "pgsd": ("pendidikan guru sekolah dasar", "pgsd"),
    "paud": ("pendidikan anak usia dini", "paud"),
    "disdik": ("dinas pendidikan",),
    "dinkes": ("dinas kesehatan",),
    "diskominfo": ("komunikasi informatika",),
    "kominfo": ("komunikasi informatika",),
    "dishub": ("dinas perhubungan",),
    "pupr": ("pekerjaan umum",),
    "rsud": ("rumah sakit umum daerah", "rsud"),
}
