"""Published participant lists of a mirrored selection: applications without an account."""

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from lib.codes import random_code
from lib.table_files import reader
from selection.actions.scores import Refused
from selection.score_files import headings
from selection.score_files.incoming import MOST_PROBLEMS, Problem
from vacancies.models import Stage


@transaction.atomic(durable=True)
def import_participants(stage, upload, *, by, at) -> int:
    """Make an application for every number in a published list, all or nothing; returns how many are new.

    BKN's number is stored and never published; each gets a random participant number of ours. Formations
    must exist. A number that is there already is left as it is. Locks the stage. Raises Refused.
    """
    stage = Stage.objects.select_for_update(no_key=True, of=("self",)).select_related("recruitment").get(pk=stage.pk)
    if not stage.recruitment.mirrors_national:
        raise Refused([Problem(None, "", _("Daftar peserta hanya untuk pengadaan yang mengikuti seleksi nasional."))])
    try:
        with (
            reader.kept(upload, max_bytes=settings.SCORE_FILE_BYTES) as (path, _digest),
            reader.rows(path, max_xlsx_rows=settings.IMPORT_MAX_XLSX_ROWS) as rows,
        ):
            first = next(rows, [])
            try:
                wanted = {"number": headings.NUMBER, "formation": headings.FORMATION}
                columns = headings.positions(first, wanted, {"number", "formation"})
            except headings.MissingColumns as error:
                words = _("Kolom ini tidak ada: %(names)s. Perlu No Peserta dan Kode Formasi.") % {"names": error}
                raise Refused([Problem(1, "", words)]) from None
            _load(rows, columns)
    except reader.Unreadable as error:
        raise Refused([Problem(None, "", str(error))]) from None
    _validate(stage.recruitment)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO selection_application (ref, participant_number, recruitment_id, formation_id, origin, state,
                   national_number, created_at, submitted_at, salt)
            SELECT i.ref, i.participant, %s, f.id, 'sscasn', 'submitted', i.number, %s, %s, i.salt
            FROM incoming_people i JOIN vacancies_formation f ON f.recruitment_id = %s AND f.code = i.formation
            ON CONFLICT (recruitment_id, national_number) DO NOTHING""",
            [stage.recruitment_id, at, at, stage.recruitment_id],
        )
        return cursor.rowcount


def _load(rows, columns: dict[str, int]) -> None:
    number, formation = columns["number"], columns["formation"]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS incoming_people")
        cursor.execute(
            """CREATE TEMP TABLE incoming_people (row integer, number text, formation text, ref text, participant text, salt text)
            ON COMMIT DROP"""
        )
        with cursor.copy("COPY incoming_people FROM STDIN") as copy:
            for count, cells in enumerate(rows, start=2):
                if not any(cell.strip() for cell in cells):
                    continue
                cells = cells + [""] * (max(number, formation) + 1 - len(cells))
                values = (cells[number].strip(), cells[formation].strip())
                copy.write_row((count, *values, f"LMR-{random_code(8)}", random_code(10), random_code(26)))


def _validate(recruitment) -> None:
    checks = [
        (_("No Peserta"), "number = ''", _("Nomor peserta kosong.")),
        (
            _("No Peserta"),
            "count(*) OVER (PARTITION BY number) > 1 AND number <> ''",
            _("Nomor ini muncul lebih dari sekali."),
        ),
        (
            _("Kode Formasi"),
            "NOT EXISTS (SELECT 1 FROM vacancies_formation f WHERE f.recruitment_id = %s AND f.code = formation)",
            _("Formasi ini belum ada pada pengadaan. Impor formasinya dahulu."),
        ),
    ]
    problems = []
    with connection.cursor() as cursor:
        for column, condition, words in checks:
            parameters = [recruitment.pk] if "%s" in condition else []
            cursor.execute(
                f"SELECT row FROM (SELECT row, ({condition}) AS bad FROM incoming_people) c WHERE bad ORDER BY row"
                f" LIMIT {MOST_PROBLEMS}",
                parameters,
            )
            problems += [Problem(row, column, words) for (row,) in cursor.fetchall()]
    if problems:
        raise Refused(problems[:MOST_PROBLEMS])
