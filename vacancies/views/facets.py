"""What the list page says about its filters: choices with counts, chips, and which one to drop."""

from urllib.parse import urlencode

from vacancies import tally
from vacancies.listing import Listing
from vacancies.sentence import query_of, words_of

SINGLE = ("unit", "gaji")
MOST_UNITS = 40


def facets(listing: Listing) -> list[dict]:
    """The groups of choices with their counts; a choice that nobody offers and nobody chose is left out.

    Of the units those with most vacancies are listed: the others are found by their name.
    """
    groups = []
    for name in tally.COUNTED:
        counted, chosen = listing.tally.choices[name], listing.active.get(name, [])
        options = [
            {"value": value, "label": label, "count": counted[value], "chosen": value in chosen}
            for value, label in _choices(listing, name, chosen)
            if counted[value] or value in chosen
        ]
        if options:
            label = listing.filters.filters[name].label
            groups.append({"name": name, "label": label, "options": options, "single": name in SINGLE})
    return groups


def _choices(listing: Listing, name: str, chosen: list[str]) -> list[tuple[str, str]]:
    if name != "unit":
        return [(str(value), label) for value, label in listing.filters.form.fields[name].choices if value]
    most = {slug for slug, _ in listing.tally.choices["unit"].most_common(MOST_UNITS)} | set(chosen)
    return sorted(((slug, listing.tally.offices.get(slug, slug)) for slug in most), key=lambda one: one[1].lower())


def chips(listing: Listing) -> list[dict]:
    """One for each value in use: its words, and the address without it."""
    query = query_of(listing)
    return [
        {"label": words_of(listing, name, value), "url": _address([one for one in query if one != (name, value)])}
        for name, value in query
    ]


def drops(listing: Listing) -> list[dict]:
    """For an empty result: each filter in use that hides vacancies, how many, and the address without it."""
    query = query_of(listing)
    found = [
        {
            "label": ", ".join(words_of(listing, name, value) for value in listing.active[name]),
            "count": n,
            "url": _address([one for one in query if one[0] != name]),
        }
        for name, n in tally.without_each(listing.counted, listing.conditions).items()
        if n
    ]
    return sorted(found, key=lambda one: -one["count"])


def _address(query: list[tuple[str, str]]) -> str:
    return f"?{urlencode(query)}" if query else "?"
