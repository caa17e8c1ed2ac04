"""The tree of units, grown from the unit paths that a formation file names."""

from django.db import connection, transaction
from django.utils.text import slugify

from vacancies.models import Agency

SEPARATOR = " | "


@transaction.atomic
def grow(paths: set[str]) -> dict[str, tuple[int, int]]:
    """Every unit named in `paths` ("Kota | Dinas | Bidang") exists; path → (unit id, office id).

    The office is the government's own unit: the second level, or the first where there is no other.
    Names are told apart without regard to capitals. An advisory lock lets one import at a time grow
    the tree, since two roots of the same name would pass the constraint (a root has no parent).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('vacancies.agency'))")
    known = {
        (parent, name.lower()): pk
        for pk, parent, name in Agency.objects.order_by("-pk").values_list("pk", "parent_id", "name")
    }
    slugs = set(Agency.objects.values_list("slug", flat=True))
    split = {path: tuple(path.split(SEPARATOR)) for path in paths}
    ids: dict[tuple[str, ...], int] = {}
    for depth in range(max(map(len, split.values()), default=0)):
        missing: dict[tuple[int | None, str], Agency] = {}
        prefixes = sorted({levels[: depth + 1] for levels in split.values() if len(levels) > depth})
        for prefix in prefixes:
            key = (ids.get(prefix[:-1]), prefix[-1].lower())
            if key not in known and key not in missing:
                missing[key] = Agency(name=prefix[-1], slug=_slug(prefix[-1], slugs), parent_id=key[0])
        Agency.objects.bulk_create(missing.values(), batch_size=2000)
        known |= {key: agency.pk for key, agency in missing.items()}
        ids |= {prefix: known[ids.get(prefix[:-1]), prefix[-1].lower()] for prefix in prefixes}
    return {path: (ids[levels], ids[levels[:2]]) for path, levels in split.items()}


def _slug(name: str, taken: set[str]) -> str:
    """A slug for `name` that is not in `taken`; added to it."""
    base = slugify(name)[:100] or "unit"
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    taken.add(slug)
    return slug
