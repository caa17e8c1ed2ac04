"""Dates, money and sizes as Indonesians write them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

MONTHS = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
]
DAYS = ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"]


def long_date(value: date) -> str:
    """3 November 2026."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def weekday_date(value: date) -> str:
    """Selasa, 3 November 2026."""
    return f"{DAYS[value.weekday()]}, {long_date(value)}"


def instant(value: datetime, zone: ZoneInfo) -> str:
    """Selasa, 3 November 2026 pukul 08.05 WIB, on the clocks of `zone`."""
    local = value.astimezone(zone)
    return f"{weekday_date(local)} pukul {local:%H.%M} {local.tzname()}"


def span(length: timedelta) -> str:
    """2 hari 3 jam, 45 menit: the two widest units, rounded down; below a minute in words."""
    minutes = max(0, int(length.total_seconds() // 60))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "hari"), (hours, "jam"), (rest, "menit")]
    while parts and not parts[0][0]:
        parts.pop(0)
    return " ".join(f"{number(n)} {unit}" for n, unit in parts[:2] if n) or "kurang dari 1 menit"


def number(value) -> str:
    """1.234.567; decimals with a comma, as given."""
    whole, _, fraction = str(value).partition(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{grouped},{fraction}" if fraction else grouped


def rupiah(value: int) -> str:
    """Rp5.200.000."""
    return f"Rp{number(int(value))}"


def size(octets: int) -> str:
    """312 KB, 1,2 MB."""
    if octets < 1024 * 1024:
        return f"{max(1, round(octets / 1024))} KB"
    return f"{octets / 1024 / 1024:.1f} MB".replace(".", ",")


# What a browser calls itself holds the names of others too: the first that is found counts.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "UCBrowser": "UC Browser",
            "Firefox": "Firefox", "FxiOS": "Firefox", "Chrome": "Chrome", "CriOS": "Chrome", "Safari": "Safari"}  # fmt: skip
SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "Mac",
           "Linux": "Linux"}  # fmt: skip


def device(user_agent: str) -> str:
    """Chrome di Android; "perangkat lain" where nothing is recognised."""
    browser = next((words for mark, words in BROWSERS.items() if mark in user_agent), "")
    system = next((words for mark, words in SYSTEMS.items() if mark in user_agent), "")
    return " di ".join(part for part in (browser, system) if part) or "perangkat lain"
