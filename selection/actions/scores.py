"""Score files: staged with a report, approved by a second person, then append-only."""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from ledger.actions import record
from lib import rulepack_files
from lib.table_files import reader
from selection.models import ScoreBatch, StagedScore
from selection.queries import participants
from selection.ranking.sources import scores_in_force
from selection.ranking.sql import name as sql_name
from selection.score_files import headings
from vacancies.models import Stage

MOST_PROBLEMS = 200


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a file: the row as a spreadsheet counts it, the column, and what to do."""

    row: int | None
    column: str
    words: str


class Refused(Exception):
    """The file is refused as a whole; nothing of it is stored."""

    def __init__(self, problems: list[Problem], count: int | None = None):
        super().__init__(problems[0].words)
        self.problems, self.count = problems, count or len(problems)


class Undecidable(Exception):
    """The batch was decided already, or the same person may not decide it."""


@transaction.atomic(durable=True)
def stage_file(stage, upload, *, file_name: str, by, at, reason: str = "") -> ScoreBatch:
    """Check a score file whole and keep it waiting for a second person. Locks the stage.

    `upload` is a file object or an UploadedFile. Raises Refused with row-accurate problems, and stores
    nothing then. A second file for a stage is a correction and needs a `reason`.
    """
    stage = Stage.objects.select_for_update(no_key=True, of=("self",)).select_related("recruitment").get(pk=stage.pk)
    rule = rulepack_files.load(stage.recruitment.rulepack).stage(stage.rule) if stage.rule else {"kind": ""}
    if rule["kind"] != "rank":
        _refuse(_("Tahap ini tidak menerima nilai."))
    if stage.batches.filter(state=ScoreBatch.State.STAGED).exists():
        _refuse(_("Masih ada berkas yang menunggu pengesahan. Sahkan atau tolak berkas itu dahulu."))
    sequence = (stage.batches.aggregate(last=Max("sequence"))["last"] or 0) + 1
    if sequence > 1 and not reason.strip():
        _refuse(_("Tahap ini sudah punya nilai. Tulis alasan koreksi, lalu unggah lagi."))
    try:
        with reader.kept(upload, max_bytes=settings.SCORE_FILE_BYTES) as (path, digest):
            if stage.batches.filter(sha256=digest).exclude(state=ScoreBatch.State.REFUSED).exists():
                _refuse(_("Berkas yang sama sudah pernah diunggah untuk tahap ini. Tidak ada yang diubah."))
            with reader.rows(path, max_xlsx_rows=settings.IMPORT_MAX_XLSX_ROWS) as rows:
                keys, columns = _load(stage, rule, rows)
    except reader.Unreadable as error:
        _refuse(str(error))
    _validate(rule, keys, columns)
    batch = ScoreBatch.objects.create(
        stage=stage,
        sequence=sequence,
        file_name=file_name[-200:],
        sha256=digest,
        components=keys,
        rows=0,
        reason=reason.strip() if sequence > 1 else "",
        uploaded_by=by,
        uploaded_at=at,
    )
    batch.rows = _move_to_staging(batch, keys, columns)
    batch.report = _report(stage, batch)
    batch.save(update_fields=["rows", "report"])
    return batch


def _refuse(words: str) -> None:
    raise Refused([Problem(None, "", words)])


def _load(stage, rule: dict, rows) -> tuple[list[str], dict[str, int]]:
    """Stream the file into a temporary table of text, and join the participants to it."""
    wanted = {"number": headings.NUMBER, "total": headings.TOTAL, "code": headings.CODE}
    for component in rule["components"]:
        wanted[component["key"]] = {headings.plain(component["key"]), headings.plain(component["label"].split("(")[0])}
    first = next(rows, None)
    if first is None:
        _refuse(_("Berkas kosong. Pilih berkas yang berisi nilai."))
    own = _own_components(stage, rule)
    try:
        columns = headings.positions(first, wanted, {"number", *own})
    except headings.MissingColumns as error:
        labels = {c["key"]: c["key"].upper() for c in rule["components"]} | {"number": _("No Peserta")}
        names = ", ".join(labels.get(name, name) for name in error.names)
        _refuse(
            _("Kolom %(names)s tidak ada di baris judul. Tambahkan kolom itu, lalu unggah lagi.") % {"names": names}
        )
    keys = [c["key"] for c in rule["components"] if c["key"] in columns]
    order = ["number", *keys, *[name for name in ("total", "code") if name in columns]]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS incoming, known")
        fields = ", ".join(f"t_{sql_name(name)} text" for name in order)
        cursor.execute(f"CREATE TEMP TABLE incoming (row integer, {fields}) ON COMMIT DROP")
        with cursor.copy(f"COPY incoming (row, {', '.join('t_' + name for name in order)}) FROM STDIN") as copy:
            picks = [columns[name] for name in order]
            width = max(picks)
            for count, cells in enumerate(rows, start=2):
                if len(cells) <= width:
                    if not any(cell.strip() for cell in cells):
                        continue
                    cells = cells + [""] * (width + 1 - len(cells))
                picked = [cells[index].strip().replace("\0", "") for index in picks]
                if any(picked):
                    copy.write_row((count, *picked))
        people, parameters = (
            participants(stage).values("id", "participant_number", "national_number").query.sql_with_params()
        )
        cursor.execute(f"CREATE TEMP TABLE known ON COMMIT DROP AS {people}", parameters)
        cursor.execute("ANALYZE incoming")
    return keys, columns


def _own_components(stage, rule: dict) -> set[str]:
    """The components this stage's own file must carry: all that no earlier stage can give."""
    earlier = {one.rule for one in stage.recruitment.stages.filter(order__lt=stage.order).exclude(rule="")}
    pack = rulepack_files.load(stage.recruitment.rulepack)
    known = set(earlier)
    for name in earlier:
        known |= {component["key"] for component in pack.stage(name).get("components", [])}
    return {component["key"] for component in rule["components"]} - known


def _validate(rule: dict, keys: list[str], columns: dict[str, int]) -> None:
    """Raise Refused with every problem (at most MOST_PROBLEMS named) unless all rows are sound."""
    checks = [
        ("number", "t_number = ''", _("Nomor peserta kosong. Isi nomornya atau hapus baris ini.")),
        (
            "number",
            "t_number <> '' AND count(*) OVER (PARTITION BY t_number) > 1",
            _("Nomor ini muncul lebih dari sekali. Sisakan satu baris per peserta."),
        ),
        (
            "number",
            "t_number <> '' AND NOT EXISTS (SELECT 1 FROM known k WHERE k.national_number = t_number OR k.participant_number = t_number)",
            _("Nomor ini bukan peserta tahap ini. Periksa angkanya, atau impor daftar peserta dahulu."),
        ),
    ]
    by_key = {component["key"]: component for component in rule["components"]}
    numeric = []
    for key in keys:
        component, column = by_key[key], f"t_{sql_name(key)}"
        decimals = int(component.get("decimals", 0))
        pattern = r"^[0-9]{1,6}" + (r"(\.[0-9]{1," + str(decimals) + "})?" if decimals else "") + "$"
        shape = f"{column} ~ '{pattern}'"
        words = _("Bukan angka yang dikenal. Pakai angka 0–9%(point)s, tanpa spasi, koma, atau rumus.") % {
            "point": _(" dan titik desimal") if decimals else ""
        }
        checks.append((key, f"{column} <> '' AND NOT {shape}", words))
        # CASE guards the cast: only text that looks like a number is turned into one.
        checks.append(
            (
                key,
                f"CASE WHEN {shape} THEN {column}::numeric > {component['max']} ELSE false END",
                _("Nilai di luar rentang 0 sampai %(max)s.") % {"max": component["max"]},
            )
        )
        numeric.append((column, shape))
    if "total" in columns:
        words = _("Total bukan angka. Isi angkanya, bukan rumus, atau kosongkan kolom ini.")
        checks.append(("total", "t_total <> '' AND NOT t_total ~ '^[0-9]{1,7}(\\.[0-9]{1,3})?$'", words))
    if "total" in columns and len(keys) == len(rule["components"]):
        sound = " AND ".join([*(shape for _column, shape in numeric), "t_total ~ '^[0-9]{1,7}(\\.[0-9]{1,3})?$'"])
        added = " + ".join(f"{column}::numeric" for column, _shape in numeric)
        checks.append(
            (
                "total",
                f"CASE WHEN {sound} THEN t_total::numeric <> {added} ELSE false END",
                _("Total tidak sama dengan jumlah komponennya. Periksa nilainya."),
            )
        )
    if "code" in columns:
        known = ", ".join(f"'{code}'" for code in sorted(set(rule["codes"].values())))
        checks.append(
            (
                "code",
                f"t_code <> '' AND upper(t_code) NOT IN ({known})",
                _("Keterangan ini tidak dikenal pada paket aturan tahap ini."),
            )
        )
    problems, count = [], 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM incoming")
        if not cursor.fetchone()[0]:
            _refuse(_("Berkas tidak berisi satu baris nilai pun."))
        for column, condition, words in checks:
            cursor.execute(
                f"SELECT row, cell, count(*) OVER () FROM (SELECT row, t_{column} AS cell, ({condition}) AS bad FROM incoming) c"
                f" WHERE bad ORDER BY row LIMIT {MOST_PROBLEMS}"
            )
            bad = cursor.fetchall()
            count += bad[0][2] if bad else 0
            for row, cell, _all in bad:
                shown = f"“{cell[:40]}”: " if cell else ""
                problems.append(Problem(row, column.upper() if column != "number" else _("No Peserta"), shown + words))
    if problems:
        raise Refused(sorted(problems, key=lambda problem: problem.row)[:MOST_PROBLEMS], count)


def _move_to_staging(batch: ScoreBatch, keys: list[str], columns: dict[str, int]) -> int:
    values = ", ".join(f"nullif(t_{sql_name(key)}, '')::numeric" for key in keys)
    code = "upper(t_code)" if "code" in columns else "''"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO selection_stagedscore (batch_id, row, application_id, "values", status, official_code)
            SELECT %s, i.row, coalesce(n.id, p.id), ARRAY[{values}]::numeric[],
                   CASE WHEN {code} IN ('DIS', 'APS', 'TMS') THEN {code} ELSE '' END, {code}
            FROM incoming i LEFT JOIN known n ON n.national_number = i.t_number
            LEFT JOIN known p ON p.participant_number = i.t_number""",
            [batch.pk],
        )
        return cursor.rowcount


def _report(stage, batch: ScoreBatch) -> dict:
    """Control totals of the file, and what it changes against the scores in force."""
    force, parameters, _keys, _batches = scores_in_force(stage)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*), sum(t)::text, min(t)::text, max(t)::text FROM
               (SELECT (SELECT sum(v) FROM unnest("values") v) AS t FROM selection_stagedscore WHERE batch_id = %s) s""",
            [batch.pk],
        )
        rows, total, low, high = cursor.fetchone()
        cursor.execute(
            f"""SELECT a.participant_number, array_to_string(f.values, ' / ', '–'), array_to_string(s.values, ' / ', '–'),
                   count(*) FILTER (WHERE f.application_id IS NULL) OVER (),
                   count(*) FILTER (WHERE f.application_id IS NOT NULL AND (f.values, f.status) IS DISTINCT FROM (s.values, s.status)) OVER ()
            FROM selection_stagedscore s JOIN selection_application a ON a.id = s.application_id
            LEFT JOIN ({force}) f ON f.application_id = s.application_id
            WHERE s.batch_id = %s
            ORDER BY (f.application_id IS NOT NULL AND (f.values, f.status) IS DISTINCT FROM (s.values, s.status)) DESC, a.participant_number
            LIMIT 100""",
            [*parameters, batch.pk],
        )
        found = cursor.fetchall()
    new, changed = (found[0][3], found[0][4]) if found else (0, 0)
    return {
        "rows": rows,
        "sum": total,
        "min": low,
        "max": high,
        "new": new,
        "changed": changed,
        "same": rows - new - changed,
        "changes": [{"p": p, "old": old, "new": now} for p, old, now, *_ in found[: min(changed, 100)]],
    }


@transaction.atomic(durable=True)
def approve(batch: ScoreBatch, *, by, at) -> ScoreBatch:
    """Put a staged batch in force: a second person answers for it. Locks the batch, then the stage.

    The staged rows become scores; the fact goes to the public record. Raises Undecidable.
    """
    batch = _locked(batch)
    if batch.uploaded_by_id == by.pk:
        raise Undecidable(_("Yang mengunggah tidak boleh mengesahkan. Minta rekan lain."))
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO selection_score (batch_id, application_id, "values", status, official_code)
            SELECT batch_id, application_id, "values", status, official_code FROM selection_stagedscore WHERE batch_id = %s""",
            [batch.pk],
        )
        moved = cursor.rowcount
        cursor.execute("DELETE FROM selection_stagedscore WHERE batch_id = %s", [batch.pk])
    if moved != batch.rows:
        raise Undecidable(_("Baris yang menunggu berubah sejak diperiksa. Unggah berkasnya lagi."))
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
    """Throw a staged batch away; its row stays as history. Raises Undecidable."""
    batch = _locked(batch)
    StagedScore.objects.filter(batch=batch).delete()
    _decide(batch, ScoreBatch.State.REFUSED, by, at)
    return batch


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
