"""Which score of a participant counts: for each component the newest approved file that carries it and names them."""

from django.db.models import Q

from selection.models import ScoreBatch
from selection.score_files import parts

NOBODY = (
    "SELECT NULL::bigint AS application_id, NULL::numeric[] AS values, '' AS status, '' AS official_code WHERE false"
)
COLUMNS = "application_id, values, status, official_code"


def scores_in_force(stage, waiting: ScoreBatch | None = None, *, carrying=None) -> tuple[str, list, list[str], list]:
    """SQL, parameters, component keys and batch keys of the scores that count for `stage`.

    A status and an official code come from the newest file from outside that names the participant. The staged rows
    of a `waiting` batch count as if it were approved. With `carrying`, only these components and the files that carry
    one of them. With one batch, the usual case, nothing has to be sorted.
    """
    counted = Q(state=ScoreBatch.State.APPROVED)
    if waiting:
        counted |= Q(pk=waiting.pk)
    batches = list(stage.batches.filter(counted).order_by("sequence").values_list("pk", "components"))
    if carrying is not None:
        batches = [(pk, components) for pk, components in batches if set(components) & set(carrying)]
    if not batches:
        return NOBODY, [], [], []
    keys = [pk for pk, _components in batches]
    rows, parameters = _rows(keys, waiting)
    components = list(carrying) if carrying is not None else _all_components(batches)
    if any(found != components for _pk, found in batches):
        return _by_component(stage, batches, components, rows), parameters, components, keys
    if len(keys) == 1 and not waiting:
        return f"SELECT {COLUMNS} FROM ({rows}) s", parameters, components, keys
    newest = f"""SELECT DISTINCT ON (s.application_id) s.application_id, s.values, s.status, s.official_code
        FROM ({rows}) s JOIN selection_scorebatch b ON b.id = s.batch_id
        ORDER BY s.application_id, b.sequence DESC"""  # noqa: S608 - fixed words
    return newest, parameters, components, keys


def _all_components(batches: list[tuple[int, list[str]]]) -> list[str]:
    return list(dict.fromkeys(key for _pk, components in batches for key in components))


def _rows(keys: list[int], waiting: ScoreBatch | None) -> tuple[str, list]:
    named = f"batch_id, {COLUMNS}"
    if not waiting:
        return f"SELECT {named} FROM selection_score WHERE batch_id = ANY(%s)", [keys]  # noqa: S608 - fixed words
    both = f"""SELECT {named} FROM selection_score WHERE batch_id = ANY(%s)
        UNION ALL SELECT {named} FROM selection_stagedscore WHERE batch_id = %s"""  # noqa: S608 - fixed words
    return both, [keys, waiting.pk if waiting.pk in keys else 0]


def _by_component(stage, batches: list[tuple[int, list[str]]], components: list[str], rows: str) -> str:
    """The same where files carry different components: each component from the newest file that has it."""
    tested = parts.tested(stage)
    outside = [pk for pk, found in batches if not found or set(found) - tested]
    newest = [_newest(f"s.values[{_place(batches, key)}]", _carriers(batches, key)) for key in components]
    return f"""SELECT s.application_id, ARRAY[{", ".join(newest)}]::numeric[] AS values,
            coalesce({_newest("s.status", outside)}, '') AS status,
            coalesce({_newest("s.official_code", outside)}, '') AS official_code
        FROM ({rows}) s JOIN selection_scorebatch b ON b.id = s.batch_id
        GROUP BY s.application_id"""  # noqa: S608 - numbers of our own rows


def _carriers(batches: list[tuple[int, list[str]]], key: str) -> list[int]:
    return [pk for pk, components in batches if key in components]


def _place(batches: list[tuple[int, list[str]]], key: str) -> str:
    places = " ".join(f"WHEN {pk} THEN {found.index(key) + 1}" for pk, found in batches if key in found)
    return f"CASE s.batch_id {places} END"


def _newest(value: str, batches: list[int]) -> str:
    among = ", ".join(str(pk) for pk in batches) or "NULL"
    return f"(array_agg({value} ORDER BY b.sequence DESC) FILTER (WHERE s.batch_id IN ({among})))[1]"
