"""Filters for dates, money and sizes; templates use no other way to print them."""

from zoneinfo import ZoneInfo

from django import template
from django.conf import settings

from lib import indonesian_text

register = template.Library()


def _zone(name) -> ZoneInfo:
    return name if isinstance(name, ZoneInfo) else ZoneInfo(name or settings.TIME_ZONE)


@register.filter
def tanggal(value, zone=None):
    if not value:
        return ""
    return indonesian_text.long_date(value.astimezone(_zone(zone)) if hasattr(value, "hour") else value)


@register.filter
def hari_tanggal(value, zone=None):
    if not value:
        return ""
    return indonesian_text.weekday_date(value.astimezone(_zone(zone)) if hasattr(value, "hour") else value)


@register.filter
def bulan(value):
    """November 2026."""
    return f"{indonesian_text.MONTHS[value.month - 1]} {value.year}"


@register.filter
def waktu(value, zone=None):
    return indonesian_text.instant(value, _zone(zone)) if value else ""


@register.filter
def lama(value):
    """How long: 2 hari 3 jam."""
    return "" if value is None else indonesian_text.span(value)


@register.filter
def lamanya(value, now):
    """How long ago: 12 menit yang lalu."""
    return f"{indonesian_text.span(now - value)} yang lalu" if value else ""


@register.filter
def rupiah(value):
    return "" if value is None else indonesian_text.rupiah(value)


@register.filter
def angka(value):
    return "" if value is None else indonesian_text.number(value)


@register.filter
def ukuran(value):
    return "" if value is None else indonesian_text.size(value)


@register.filter
def nilai(value):
    """A score without useless zeros: 398.000 → 398, 70.727 → 70,727."""
    if value is None:
        return "–"
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace(".", ",")


@register.filter
def jenjang(value):
    """A path of units from the widest to the narrowest: "Kota A | Dinas B" → "Kota A › Dinas B"."""
    return value.replace(" | ", " › ")


@register.filter
def perangkat(user_agent):
    """A browser and its system in words, from what the browser says of itself: "Chrome di Android"."""
    return indonesian_text.device(user_agent or "")
