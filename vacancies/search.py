"""Full-text search over formations: Indonesian stems, spelling of education levels, short names."""

import re

from django.contrib.postgres.search import SearchQuery, TrigramWordSimilarity

from vacancies import education
from vacancies.models import FacetCount

CONFIG = "indonesian"
LETTER = re.compile(r"\w")
# Words of a sentence that say nothing about a vacancy; the Indonesian dictionary has no stop words of its own.
SMALL = {"di", "ke", "dan", "atau", "yang", "untuk", "dengan", "dari", "pada", "bagi", "lowongan", "jabatan", "formasi"}
MAX_LENGTH = 100
MAX_WORDS = 12


def query(text: str) -> SearchQuery | None:
    """What the index is asked for `text`: every word must be there, in any of its spellings.

    None when nothing is left to search for. Each word goes through plainto_tsquery or phraseto_tsquery,
    so no sign in `text` is an operator.
    """
    rest, names = education.take_names(" ".join(text[:MAX_LENGTH].replace("\0", " ").lower().split()))
    rest, levels = education.take_levels(rest)
    words = [word.strip(".,;:!?()\"'") for word in rest.split()]
    words = [one for one in words if LETTER.search(one) and one not in SMALL][:MAX_WORDS]
    asked = None
    for code, written in levels.items():
        wanted = _plain(education.token(code))
        if code in education.SCHOOLS and (words or names):
            wanted = wanted | _phrase(written)
        asked = _both(asked, wanted)
    for spellings in names:
        either = _phrase(spellings[0])
        for spelling in spellings[1:]:
            either = either | _phrase(spelling)
        asked = _both(asked, either)
    for word in words:
        asked = _both(asked, _plain(word))
    return asked


def _plain(words: str) -> SearchQuery:
    return SearchQuery(words, config=CONFIG, search_type="plain")


def _phrase(words: str) -> SearchQuery:
    return SearchQuery(words, config=CONFIG, search_type="phrase")


def _both(left: SearchQuery | None, right: SearchQuery) -> SearchQuery:
    return right if left is None else left & right


def did_you_mean(text: str) -> list[str]:
    """Up to three names of positions that look like `text`: help after a typing error."""
    near = (
        FacetCount.objects.filter(facet="position")
        .annotate(likeness=TrigramWordSimilarity(text[:MAX_LENGTH].replace("\0", " "), "label"))
        .filter(likeness__gte=0.5)
        .order_by("-likeness", "-count", "label")
    )
    return list(near.values_list("label", flat=True)[:3])


# Weights: position A, unit and education B, duties and the rest C. `levels` go in as tokens, so that
# "S1" in a query meets "S-1/Sarjana" in a decree.
VECTOR_SQL = """
    setweight(to_tsvector('indonesian', f.position), 'A') ||
    setweight(to_tsvector('indonesian', f.unit_path), 'B') ||
    setweight(to_tsvector('indonesian', coalesce((
        SELECT string_agg(q.level || ' ' || q.program, ' ; ')
        FROM vacancies_qualification q WHERE q.formation_id = f.id), '')), 'B') ||
    setweight(to_tsvector('indonesian', coalesce((
        SELECT string_agg('jenjang' || replace(level, '-', '') || 'x', ' ')
        FROM unnest(f.levels) AS level), '')), 'B') ||
    setweight(to_tsvector('indonesian', f.duties), 'C')
"""
