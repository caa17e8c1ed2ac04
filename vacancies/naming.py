"""Names that files write in capitals, as people read them."""

import re

SMALL = {"dan", "atau", "di", "ke", "dari", "pada", "untuk", "dengan", "yang", "bagi", "oleh", "dalam", "antar"}
KEPT_LARGE = {
    "UPTD", "UPT", "RSUD", "RSUP", "BLUD", "SLTA", "SLTP", "MA", "SD", "SDN", "SMP", "SMPN", "SMA", "SMAN", "SMK", "SMKN", "TK", "PAUD", "SLB",
    "ASN", "PNS", "IT", "TI", "DPRD", "SATLINMAS", "PKK", "KB", "DKI", "BPBD", "BPKAD", "BKPSDM", "BKD", "PUPR", "TPA",
    "IPA", "IPS", "PPPA", "P3A", "HAM", "SDM", "KUA", "PPID", "SKPD", "OPD", "CCTV", "GIS", "KRB", "AMDAL", "UMKM",
}  # fmt: skip
ROMAN = re.compile(r"(?=[IVX])(?:X{0,3})(?:IX|IV|V?I{0,3})")


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
