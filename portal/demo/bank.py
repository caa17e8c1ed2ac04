"""Secret items: some in force, two that wait for their reviews; the free ones come with the product."""

from pathlib import Path

from accounts.models import User
from exams.actions import items, shipped

IN_FORCE = Path(__file__).with_name("secret_items")  # in the form of the shipped ones; of a practice city, no secrets


def build(wina, *, now) -> None:
    """The practice is open, and the reviewers have something to look at."""
    shipped.load(at=now)
    for code, stem, options, right, explanation in (
        (
            "analis-data-01",
            "Rata-rata sering menyesatkan bila beberapa nilai jauh lebih besar dari yang lain. Ukuran yang lebih tahan adalah …",
            ("median", "jumlah", "nilai terbesar", "rentang"),
            "a",
            "Median tidak bergeser jauh oleh beberapa nilai yang sangat besar.",
        ),
        (
            "analis-data-02",
            "Dalam basis data, kolom yang nilainya berbeda untuk setiap baris dan dipakai mengenali baris disebut …",
            ("indeks teks", "kunci utama", "kolom bantu", "tampilan"),
            "b",
            "Kunci utama (primary key) mengenali setiap baris dan tidak boleh berulang.",
        ),
    ):
        content = {
            "kind": "single",
            "stem": stem,
            "options": [{"key": key, "text": text} for key, text in zip("abcd", options, strict=True)],
            "right": [right],
            "explanation": explanation,
        }
        items.write(code=code, component="teknis", topic="analisis-data", free=False, content=content, by=wina, at=now)


def secrets(people: dict[str, User], *, at) -> None:
    """What tests that count draw from: written by Wina, looked at by two others."""
    for one in shipped.read(IN_FORCE):
        version = items.write(**one, free=False, by=people["wina"], at=at)
        for who in ("raka", "rini"):
            items.approve(version, by=people[who], at=at)
