"""Dates, money and sizes as Indonesians write them."""

from datetime import date, datetime
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
