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
    ("s3", r"s[\s.-]*3|s[.-]iii|strata[\s-]*(?:tiga|3|iii)|doktor|doktoral"),
    ("s2", r"s[\s.-]*2|s[.-]ii|strata[\s-]*(?:dua|2|ii)|magister|pascasarjana"),
    ("s1", r"s[\s.-]*1|s[.-]i|strata[\s-]*(?:satu|1|i)|sarjana"),
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


def level_codes(level: str, program: str) -> list[str]:
    """The levels a qualification accepts: its own, and those a programme names in front: "D-IV/S-1 ILMU KOMPUTER"."""
    codes = [level_code(level)]
    head = program.lower().split(" ")[0]
    for part in head.split("/") if "/" in head else []:
        codes += [code for code, pattern in _WHOLE if pattern.fullmatch(part) and code not in codes]
    return codes


def level_name(code: str):
    """The name of a level for pages; an unknown code speaks for itself."""
    return LEVELS.get(code) or code.replace("-", " ").capitalize()


def token(code: str) -> str:
    """The word that stands for a level in the search index; no dictionary stems or drops it."""
    return f"jenjang{code.replace('-', '')}x"


def take_levels(text: str) -> tuple[str, dict[str, str]]:
    """Cut the levels out of a query: "guru S1 matematika" → ("guru   matematika", {"s1": "s1"}), code → as written."""
    rest, found = text.lower(), {}
    for code, pattern in _SPELLED:
        if match := pattern.search(rest):
            found[code] = match.group()
            rest = pattern.sub(" ", rest)
    return rest, found


# Levels that are also words in the names of positions and schools: "guru SD", "SMP Negeri 3".
SCHOOLS = {"sd", "smp", "sma", "smk"}

# Names for the same thing, any of which stands for all: what people type and the phrases that decrees use.
SAME = [
    ("informatika", "teknik informatika", "ilmu komputer", "teknologi informasi", "sistem informasi", "ilkom", "it", "ti"),
    ("si", "sistem informasi"),
    ("komputer", "informatika"),
    ("dkv", "desain komunikasi visual"),
    ("kesmas", "kesehatan masyarakat"),
    ("pgsd", "pendidikan guru sekolah dasar"),
    ("paud", "pendidikan anak usia dini", "pg paud"),
    ("bk", "bimbingan konseling", "bimbingan dan konseling"),
    ("pjok", "penjaskes", "pendidikan jasmani"),
    ("pkn", "ppkn", "pendidikan kewarganegaraan", "pendidikan pancasila dan kewarganegaraan"),
    ("ipa", "ilmu pengetahuan alam"),
    ("ips", "ilmu pengetahuan sosial"),
    ("akuntan", "akuntansi"),
    ("bidan", "kebidanan"),
    ("perawat", "keperawatan", "ners"),
    ("dokter", "kedokteran"),
    ("apoteker", "farmasi"),
    ("gizi", "nutrisionis"),
    ("hukum", "ilmu hukum"),
    ("statistika", "statistik"),
    ("administrasi negara", "administrasi publik", "ilmu administrasi negara"),
    ("satpol pp", "satpol", "polisi pamong praja"),
    ("damkar", "pemadam kebakaran"),
    ("disdik", "dinas pendidikan"),
    ("dinkes", "dinas kesehatan"),
    ("dinsos", "dinas sosial"),
    ("dishub", "dinas perhubungan"),
    ("diskominfo", "kominfo", "komunikasi informatika", "komunikasi dan informatika"),
    ("disdukcapil", "dukcapil", "kependudukan dan pencatatan sipil"),
    ("dlh", "lingkungan hidup"),
    ("bkd", "bkpsdm", "kepegawaian"),
    ("bapenda", "pendapatan daerah"),
    ("bpkad", "keuangan dan aset"),
    ("bappeda", "perencanaan pembangunan daerah"),
    ("pupr", "pekerjaan umum"),
    ("rsud", "rumah sakit umum daerah"),
]  # fmt: skip
_NAMES: dict[str, list[str]] = {}
for _group in SAME:
    for _name in _group:
        _NAMES.setdefault(_name, []).extend(one for one in _group if one not in _NAMES.get(_name, []))
_NAMED = re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(_NAMES, key=len, reverse=True))})(?![\w-])")


def take_names(text: str) -> tuple[str, list[list[str]]]:
    """Cut known names out of a lower-case query: "ilmu komputer bandung" → (" bandung", [[its names…]])."""
    found = [_NAMES[one] for one in dict.fromkeys(_NAMED.findall(text))]
    return _NAMED.sub(" ", text), found
