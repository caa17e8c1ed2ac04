"""Published participant lists of a mirrored selection: applications without an account."""

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from ledger.actions import record
from lib.codes import random_code
from lib.statement_time import allow_minutes
from lib.table_files import reader
from selection.actions.scores import Refused, locked_stage
from selection.models import ParticipantList
from selection.queries import current_set
from selection.score_files import headings
from selection.score_files.incoming import MOST_PROBLEMS, Problem


def import_participants(stage, upload, *, by, at, file_name: str = "") -> int:
    """Make an application for every number in a published list, all or nothing; returns how many are new.

    BKN's number is stored and never published; each gets a random participant number of ours. Formations
    must exist. A number that is there already stays as it is, and one that stands there for another formation is
    refused. Who brought which file is kept and goes to the public record. Locks the stage. Raises Refused.
    """
    try:
        with (
            reader.kept(upload, max_bytes=settings.SCORE_FILE_BYTES) as (kept, digest),
            reader.rows(kept, max_xlsx_rows=settings.IMPORT_MAX_XLSX_ROWS) as rows,
        ):
            return _import(stage, rows, digest, file_name=file_name, by=by, at=at)
    except reader.Unreadable as error:
        raise Refused([Problem(error.row, "", str(error))]) from None


@transaction.atomic(durable=True)
def _import(stage, rows, digest: str, *, file_name: str, by, at) -> int:
    allow_minutes()
    stage = locked_stage(stage)
    if not stage.recruitment.mirrors_national:
        _refuse(_("Daftar peserta hanya untuk pengadaan yang mengikuti seleksi nasional."))
    if stage.participant_lists.filter(sha256=digest).exists():
        _refuse(_("Berkas yang sama sudah pernah diimpor untuk tahap ini. Tidak ada yang diubah."))
    if current_set(stage):
        _refuse(_("Hasil tahap ini sudah dihitung. Pesertanya tidak bertambah lagi."))
    count = _load(rows, _columns(next(rows, [])))
    if not count:
        _refuse(_("Berkas tidak berisi satu peserta pun."))
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
        added = cursor.rowcount
    ParticipantList.objects.create(
        stage=stage, file_name=file_name[-200:], sha256=digest, rows=count, added=added, imported_by=by, imported_at=at
    )
    record.append(
        "participants.imported",
        at=at,
        recruitment=stage.recruitment.slug,
        stage=stage.slug,
        rows=count,
        added=added,
        digest=digest,
    )
    return added


def _refuse(words: str) -> None:
    raise Refused([Problem(None, "", words)])


def _columns(first: list[str]) -> dict[str, int]:
    wanted = {"number": headings.NUMBER, "formation": headings.FORMATION}
    try:
        return headings.positions(first, wanted, {"number", "formation"})
    except headings.RepeatedColumns as error:
        words = _("Kolom %(names)s berarti sama. Sisakan satu, lalu unggah lagi.") % {"names": error}
    except headings.MissingColumns as error:
        labels = {"number": _("No Peserta"), "formation": _("Kode Formasi")}
        names = ", ".join(labels[name] for name in error.names)
        words = _("Kolom %(names)s tidak ada di baris judul. Tambahkan kolom itu, lalu unggah lagi.") % {"names": names}
    raise Refused([Problem(1, "", words)])


def _load(rows, columns: dict[str, int]) -> int:
    """Stream the list into a temporary table; returns how many rows hold something."""
    number, formation = columns["number"], columns["formation"]
    loaded = 0
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
                loaded += 1
        cursor.execute("ANALYZE incoming_people")
    return loaded


def _validate(recruitment) -> None:
    checks = [
        (_("No Peserta"), "number = ''", _("Nomor peserta kosong. Isi nomornya atau hapus baris ini.")),
        (
            _("No Peserta"),
            "number <> '' AND number !~ '^[0-9A-Za-z./-]{1,40}$'",
            _("Nomor peserta hanya berisi angka 0–9, huruf, titik, garis miring, dan garis. Periksa nomornya."),
        ),
        (
            _("No Peserta"),
            "count(*) OVER (PARTITION BY number) > 1 AND number <> ''",
            _("Nomor ini muncul lebih dari sekali. Sisakan satu baris per peserta."),
        ),
        (
            _("Kode Formasi"),
            "formation_id IS NULL",
            _("Formasi ini belum ada pada pengadaan. Impor formasinya dahulu."),
        ),
        (
            _("Kode Formasi"),
            "known_formation <> formation_id",
            _("Peserta ini sudah terdaftar pada formasi lain. Periksa nomor dan formasinya."),
        ),
    ]
    matched = """(SELECT i.*, f.id AS formation_id, a.formation_id AS known_formation FROM incoming_people i
        LEFT JOIN vacancies_formation f ON f.recruitment_id = %(of)s AND f.code = i.formation
        LEFT JOIN selection_application a ON a.recruitment_id = %(of)s AND a.national_number = i.number) m"""
    problems, total = [], 0
    with connection.cursor() as cursor:
        for column, condition, words in checks:
            cell = "number" if column == checks[0][0] else "formation"
            cursor.execute(
                f"""SELECT row, {cell}, count(*) OVER () FROM (SELECT row, number, formation, ({condition}) AS bad FROM {matched}) c
                WHERE bad ORDER BY row LIMIT {MOST_PROBLEMS}""",  # noqa: S608 - fixed words
                {"of": recruitment.pk},
            )
            found = cursor.fetchall()
            total += found[0][2] if found else 0
            problems += [Problem(row, column, (f"“{said[:40]}”: " if said else "") + words) for row, said, _n in found]
    if problems:
        raise Refused(sorted(problems, key=lambda problem: problem.row)[:MOST_PROBLEMS], total)
