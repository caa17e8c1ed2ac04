"""A search of the vacancy list as its query and as a sentence."""

from django.utils.translation import gettext as _

from vacancies.listing import Listing


def query_of(listing: Listing) -> list[tuple[str, str]]:
    """The parameters in use, as pairs in a fixed order."""
    return [(name, value) for name, values in listing.active.items() for value in values]


def words_of(listing: Listing, name: str, value: str) -> str:
    """A value in use as people read it."""
    match name:
        case "unit":
            return listing.tally.offices.get(value, value)
        case "pengadaan":
            names = {one.recruitment.slug: one.recruitment.name for one in listing.registrations.values()}
            return names.get(value, value)
        case "q":
            return value
    label = dict(listing.filters.form.fields[name].choices)[value]
    return f"≥ {label}" if name == "gaji" else str(label)


def sentence(listing: Listing) -> str:
    """What a search asks for, as people say it; "Semua lowongan" when it asks for nothing."""
    parts = []
    for name, values in listing.active.items():
        said = " atau ".join(words_of(listing, name, value) for value in values)
        if name == "q":
            parts.append(_("dengan kata “%(words)s”") % {"words": said})
        elif name == "disabilitas":
            parts.append(_("terbuka bagi penyandang disabilitas"))
        else:
            parts.append(f"{listing.filters.filters[name].label}: {said}")
    return _("Lowongan %(parts)s") % {"parts": ", ".join(parts)} if parts else _("Semua lowongan")
