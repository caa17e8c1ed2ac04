"""Score files: staged with a report, approved by a second person, then append-only."""

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from psycopg.errors import LockNotAvailable

from ledger.actions import record
from lib import rulepack_files
from lib.statement_time import allow_minutes
from lib.table_files import reader
from selection.models import OutcomeSet, ScoreBatch, StagedScore
from selection.queries import participants
from selection.ranking.in_force import scores_in_force
from selection.score_files import headings, incoming, parts
from selection.score_files.incoming import Problem
from vacancies.models import Stage

CHANGED = "JT001"  # the state by which put_scores_in_force says that the rows are not those that were checked


class Refused(Exception):
    """The file is refused as a whole; nothing of it is stored."""

    def __init__(self, problems: list[Problem], count: int | None = None):
        super().__init__(problems[0].words)
        self.problems, self.count = problems, count or len(problems)


class Undecidable(Exception):
    """The batch was decided already, or the same person may not decide it."""


def stage_file(stage, upload, *, file_name: str, by, at, reason: str = "", tested: bool = False) -> ScoreBatch:
    """Check a score file whole and keep it waiting for a second person. Locks the stage.

    `upload` is a file object or an UploadedFile. `tested`: the portal made it out of its own tests, and it carries
    what they measure; any other file carries the rest. Raises Refused with row-accurate problems, and stores
    nothing then. A second file with the same components is a correction and needs a `reason`.
    """
    try:
        with (
            reader.kept(upload, max_bytes=settings.SCORE_FILE_BYTES) as (kept, digest),
            reader.rows(kept, max_xlsx_rows=settings.IMPORT_MAX_XLSX_ROWS) as rows,
        ):
            return _stage(stage, rows, digest, file_name=file_name, by=by, at=at, reason=reason.strip(), tested=tested)
    except reader.Unreadable as error:
        raise Refused([Problem(error.row, "", str(error))]) from None


@transaction.atomic(durable=True)
def _stage(stage, rows, digest: str, *, file_name: str, by, at, reason: str, tested: bool) -> ScoreBatch:
    allow_minutes()
    stage = locked_stage(stage)
    rule = rulepack_files.load(stage.recruitment.rulepack).stage(stage.rule) if stage.rule else {"kind": ""}
    if rule["kind"] != "rank":
        _refuse(_("Tahap ini tidak menerima nilai."))
    if stage.batches.filter(sha256=digest).exclude(state=ScoreBatch.State.REFUSED).exists():
        _refuse(_("Berkas yang sama sudah pernah diunggah untuk tahap ini. Tidak ada yang diubah."))
    if stage.batches.filter(state=ScoreBatch.State.STAGED).exists():
        _refuse(_("Masih ada berkas yang menunggu pengesahan. Sahkan atau tolak berkas itu dahulu."))
    sequence = (stage.batches.aggregate(last=Max("sequence"))["last"] or 0) + 1
    columns, picks, width = _columns(stage, rule, rows, _wanted(stage, rule, tested=tested))
    components = [column for column in columns if column.name not in ("number", "total", "code")]
    keys = [column.name for column in components]
    if sequence > 1 and not reason:
        reason = _completes(stage, rule, keys)
    problems = incoming.load(rows, columns, picks, width)
    incoming.match(stage)
    count = incoming.judge(rule, columns, problems, official=stage.recruitment.mirrors_national)
    if problems.count:
        raise Refused(problems.first(), problems.count)
    if not count:
        _refuse(_("Berkas tidak berisi satu baris nilai pun."))
    values = [column.field for column in components]
    batch = ScoreBatch.objects.create(
        stage=stage,
        sequence=sequence,
        file_name=file_name[-200:],
        sha256=digest,
        components=keys,
        rows=count,
        reason=reason if sequence > 1 else "",
        uploaded_by=by,
        uploaded_at=at,
    )
    _move_to_staging(batch, values, any(column.name == "code" for column in columns))
    batch.report = _report(stage, batch, values)
    batch.save(update_fields=["report"])
    return batch


def locked_stage(stage) -> Stage:
    """The stage, locked for a file; raises Refused when another file is being checked right now."""
    try:
        return Stage.objects.select_for_update(no_key=True, of=("self",)).select_related("recruitment").get(pk=stage.pk)
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            _refuse(_("Berkas lain untuk tahap ini sedang diperiksa. Tunggu sebentar, lalu unggah lagi."))
        raise


def _refuse(words: str) -> None:
    raise Refused([Problem(None, "", words)])


def _wanted(stage, rule: dict, *, tested: bool) -> tuple[set[str], set[str]]:
    """The components that this file must carry, and those that it may not: tests of the portal measure them.

    Where tests measure all there is, a file from outside carries official statuses alone.
    """
    from_tests = parts.tested(stage)
    if tested:
        return from_tests, {component["key"] for component in rule["components"]} - from_tests
    return parts.own(stage, rule) - from_tests or {"code"}, from_tests


def _completes(stage, rule: dict, keys: list[str]) -> str:
    """The reason of a later file that corrects nothing: it brings components that no file of the stage carried."""
    if not keys or stage.batches.filter(components__overlap=keys).exists():
        _refuse(_("Tahap ini sudah punya nilai. Tulis alasan koreksi, lalu unggah lagi."))
    return _("Melengkapi nilai: %(parts)s.") % {"parts": parts.labels(rule, keys)}


def _columns(
    stage, rule: dict, rows, wanted: tuple[set[str], set[str]]
) -> tuple[list[incoming.Column], list[int], int]:
    """The columns that the headings of the file name, where they stand, and how many headings there are."""
    required, strange = wanted
    names = {"number": headings.NUMBER, "total": headings.TOTAL, "code": headings.CODE}
    for component in rule["components"]:
        names[component["key"]] = {headings.plain(component["key"]), headings.plain(component["label"].split("(")[0])}
    first = next(rows, None)
    if first is None:
        _refuse(_("Berkas kosong. Pilih berkas yang berisi nilai."))
    try:
        found = headings.positions(first, names, set())
    except headings.RepeatedColumns as error:
        words = _("Kolom %(names)s berarti sama. Sisakan satu, lalu unggah lagi.") % {"names": error}
        raise Refused([Problem(1, "", words)]) from None
    if too_much := strange & found.keys():
        words = _("Nilai %(names)s berasal dari ujian di portal ini. Hapus kolom itu, lalu unggah lagi.")
        raise Refused([Problem(1, "", words % {"names": parts.labels(rule, too_much)})])
    if missing := {"number", *required} - found.keys():
        raise Refused([Problem(1, "", _missing(rule, first, missing))])
    columns = incoming.columns_of(rule, found)
    return columns, [found[column.name] for column in columns], len(first)


def _missing(rule: dict, headings_of_file: list[str], missing: set[str]) -> str:
    labels = {c["key"]: c["key"].upper() for c in rule["components"]}
    labels |= {"number": _("No Peserta"), "code": _("Keterangan")}
    words = _("Kolom %(names)s tidak ada di baris judul. Tambahkan kolom itu, lalu unggah lagi.")
    if len([heading for heading in headings_of_file if heading.strip()]) == 1:
        words = _("Hanya satu kolom terbaca; %(names)s tidak ada. Simpan sebagai CSV dengan pemisah koma.")
    return words % {"names": ", ".join(labels[name] for name in sorted(missing))}


def _move_to_staging(batch: ScoreBatch, values: list[str], has_code: bool) -> None:
    code = f"coalesce({incoming.CODE}, '')" if has_code else "''"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO selection_stagedscore (batch_id, row, application_id, "values", status, official_code)
            SELECT %s, row, application_id, ARRAY[{", ".join(values)}]::numeric[],
                   CASE WHEN {code} IN ('DIS', 'APS', 'TMS') THEN {code} ELSE '' END, {code} FROM matched""",
            [batch.pk],
        )


def _report(stage, batch: ScoreBatch, values: list[str]) -> dict:
    """Control totals of the file in `matched`, and what the batch changes against the scores in force."""
    total = " + ".join(f"coalesce({value}, 0)" for value in values) or "NULL::numeric"
    absent = " AND ".join(f"{value} IS NULL" for value in values) or "true"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT sum(t)::text, min(t)::text, max(t)::text
            FROM (SELECT CASE WHEN {absent} THEN NULL ELSE {total} END AS t FROM matched) m"""
        )
        added, low, high = cursor.fetchone()
        cursor.execute("SELECT fingerprint_of_staged(%s)", [batch.pk])
        fingerprint = cursor.fetchone()[0]
    found = {"rows": batch.rows, "sum": added, "min": low, "max": high, "fingerprint": fingerprint}
    return found | {"missing": _without_a_score(stage, batch)} | _against_those_in_force(stage, batch)


def _without_a_score(stage, batch: ScoreBatch) -> int:
    """How many participants neither this batch nor one in force of its components names: they will count as absent."""
    if not batch.components:
        return 0
    force, parameters, _keys, _batches = scores_in_force(stage, carrying=batch.components)
    everybody, part_parameters = participants(stage).order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT count(*) FROM ({everybody}) p(id)
            WHERE NOT EXISTS (SELECT FROM selection_stagedscore s WHERE s.batch_id = %s AND s.application_id = p.id)
              AND NOT EXISTS (SELECT FROM ({force}) f WHERE f.application_id = p.id)""",
            [*part_parameters, batch.pk, *parameters],
        )
        return cursor.fetchone()[0]


def _against_those_in_force(stage, batch: ScoreBatch) -> dict:
    """How many scores of the batch are new, changed and the same, and the first hundred that change.

    Against those of its own components; a file without any, against the newest status of each participant.
    """
    force, parameters, _keys, batches = _those_beside(stage, batch)
    if not batches:
        return {"new": batch.rows, "changed": 0, "same": 0, "changes": []}
    joined = f"""selection_stagedscore s LEFT JOIN ({force}) f ON f.application_id = s.application_id
        WHERE s.batch_id = %s"""
    changed = "f.application_id IS NOT NULL AND (f.values, f.status) IS DISTINCT FROM (s.values, s.status)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT count(*) FILTER (WHERE f.application_id IS NULL), count(*) FILTER (WHERE {changed})
            FROM {joined}""",
            [*parameters, batch.pk],
        )
        new, moved = cursor.fetchone()
        cursor.execute(
            f"""SELECT a.participant_number, old, now FROM
                (SELECT s.application_id, {_in_words("f")} AS old, {_in_words("s")} AS now FROM {joined} AND {changed}) c
            JOIN selection_application a ON a.id = c.application_id ORDER BY a.participant_number LIMIT 100""",
            [*parameters, batch.pk],
        )
        changes = [{"p": p, "old": old, "new": now} for p, old, now in cursor.fetchall()]
    return {"new": new, "changed": moved, "same": batch.rows - new - moved, "changes": changes}


def _in_words(row: str) -> str:
    """SQL: the values of a row without useless zeros, "150 / 70.5 / –"."""
    return f"""(SELECT string_agg(coalesce(trim_scale(v.one)::text, '–'), ' / ' ORDER BY v.place)
        FROM unnest({row}.values) WITH ORDINALITY v(one, place))"""


def _those_beside(stage, batch: ScoreBatch) -> tuple[str, list, list[str], list[int]]:
    if batch.components:
        return scores_in_force(stage, carrying=batch.components)
    force, parameters, keys, batches = scores_in_force(stage)
    only_status = f"SELECT application_id, ARRAY[]::numeric[] AS values, status FROM ({force}) f"  # noqa: S608 - ours
    return only_status, parameters, keys, batches


@transaction.atomic(durable=True)
def approve(batch: ScoreBatch, *, by, at) -> ScoreBatch:
    """Put a staged batch in force, in a transaction of its own: see `put_in_force`.

    Raises Undecidable too while a shadow rests on it: the two are decided together.
    """
    _must_stand_alone(_locked(batch))
    return put_in_force(batch, by=by, at=at)


def put_in_force(batch: ScoreBatch, *, by, at) -> ScoreBatch:
    """Put a staged batch in force: a second person answers for it. Locks the batch. Inside the transaction of an action.

    The staged rows become scores, by the one function of the database that writes scores; the fact goes to the
    public record. Raises Undecidable, also when the waiting rows are no longer those that were checked.
    """
    allow_minutes()
    batch = _locked(batch)
    if batch.uploaded_by_id == by.pk:
        raise Undecidable(_("Yang mengunggah tidak boleh mengesahkan. Minta rekan lain."))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT put_scores_in_force(%s)", [batch.pk])
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") != CHANGED:
            raise
        raise Undecidable(_("Baris yang menunggu berubah sejak diperiksa. Unggah berkasnya lagi.")) from None
    _decide(batch, ScoreBatch.State.APPROVED, by, at)
    stage = batch.stage
    record.append(
        "scores.approved",
        at=at,
        recruitment=stage.recruitment.slug,
        stage=stage.slug,
        batch=batch.sequence,
        rows=batch.rows,
        digest=batch.sha256,
        reason=batch.reason or None,
    )
    return batch


@transaction.atomic(durable=True)
def refuse(batch: ScoreBatch, *, by, at) -> ScoreBatch:
    """Throw a staged batch away, in a transaction of its own. Raises Undecidable, also while a shadow rests on it."""
    _must_stand_alone(_locked(batch))
    return throw_away(batch, by=by, at=at)


def throw_away(batch: ScoreBatch, *, by, at) -> ScoreBatch:
    """Throw a staged batch away; its row stays as history. Inside the transaction of an action. Raises Undecidable."""
    allow_minutes()
    batch = _locked(batch)
    StagedScore.objects.filter(batch=batch).delete()
    _decide(batch, ScoreBatch.State.REFUSED, by, at)
    return batch


def shadow_on(batch: ScoreBatch) -> OutcomeSet | None:
    """The shadow that was computed with the rows of this waiting file, if there is one."""
    if batch.state != ScoreBatch.State.STAGED:
        return None
    shadows = OutcomeSet.objects.filter(stage=batch.stage_id, state=OutcomeSet.State.SHADOW)
    return shadows.filter(batches__contains=[batch.pk]).first()


def waiting_on(stage) -> ScoreBatch | None:
    """The file of this stage that waits for its second person, if there is one."""
    return stage.batches.filter(state=ScoreBatch.State.STAGED).first()


def waiting_for(found: OutcomeSet) -> ScoreBatch | None:
    """The file whose waiting rows this shadow was computed with, if there is one."""
    return ScoreBatch.objects.filter(pk__in=found.batches, state=ScoreBatch.State.STAGED).first()


def _must_stand_alone(batch: ScoreBatch) -> None:
    if shadow_on(batch):
        raise Undecidable(_("Berkas ini bagian dari kaji ulang. Terapkan atau batalkan kaji ulangnya."))


def _locked(batch: ScoreBatch) -> ScoreBatch:
    batch = (
        ScoreBatch.objects.select_for_update(no_key=True, of=("self",))
        .select_related("stage__recruitment")
        .get(pk=batch.pk)
    )
    if batch.state != ScoreBatch.State.STAGED:
        raise Undecidable(_("Berkas ini sudah diputuskan."))
    return batch


def _decide(batch: ScoreBatch, state: str, by, at) -> None:
    batch.state, batch.decided_by, batch.decided_at = state, by, at
    batch.save(update_fields=["state", "decided_by", "decided_at"])
