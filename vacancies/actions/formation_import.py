"""Formation files: read with a report, then applied as a whole."""

import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.core.files.base import File
from django.db import OperationalError, connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from psycopg.errors import LockNotAvailable

from ledger.actions import record
from lib.table_files import reader
from vacancies import search
from vacancies.actions import facets, units
from vacancies.formation_files import diff, rows
from vacancies.formation_files.rows import Problem, Refused
from vacancies.models import Formation, FormationImport, Recruitment, Revision

__all__ = [
    "AlreadyApplied", "NotApplied", "Outdated", "Problem", "ReasonMissing", "Refused", "apply", "examine", "stage_file",
]  # fmt: skip

MAX_BYTES = 50 * 1024 * 1024


class NotApplied(Exception):
    """Nothing changed; the message says why and what to do."""


class AlreadyApplied(NotApplied):
    """This file was applied before."""


class Outdated(NotApplied):
    """The vacancies changed after the report was made; the report must be made again."""


class ReasonMissing(NotApplied):
    """Vacancies that the public already reads change only with a reason."""


class Busy(NotApplied):
    """Somebody else applies a file to the same recruitment right now."""


@dataclass(frozen=True)
class Examined:
    """A file as read: its fingerprint, its formations, and the report of what they would change."""

    sha256: str
    formations: list[dict]
    report: dict


def examine(recruitment: Recruitment, file: File) -> Examined:
    """What `file` would change, nothing stored: the dry run.

    The report lists each formation: code, verdict (new, changed, same) and the changes. A column that
    the file leaves out says nothing: the stored value stays. Formations that the file does not name
    are counted and stay. Raises Refused with row, column, cell and what to do.
    """
    try:
        with (
            reader.kept(file, max_bytes=MAX_BYTES) as (kept, digest),
            reader.rows(kept, max_xlsx_rows=settings.IMPORT_MAX_XLSX_ROWS) as lines,
        ):
            sheet = rows.read(recruitment, lines)
    except reader.Unreadable as error:
        refused = Refused()
        refused.add(error.row, "", "", str(error))
        raise refused from None
    old = diff.stored(recruitment)
    new, changed = _compare(old, sheet.formations, sheet.fields)
    report = {
        "rows": sheet.rows,
        "blank": sheet.blank,
        "fields": sheet.fields,
        "new": len(new),
        "changed": len(changed),
        "same": len(sheet.formations) - len(new) - len(changed),
        "absent": len(old.keys() - sheet.formations.keys()),
        "quota": sum(row["quota"] for row in sheet.formations.values()),
        "digest": _fingerprint(new, changed),
        "formations": [
            {
                "code": code,
                "position": row["position"],
                "verdict": "new" if code in new else "changed" if code in changed else "same",
                "changes": changed.get(code, []),
            }
            for code, row in sheet.formations.items()
        ],
    }
    report["formations"].sort(key=lambda line: ("changed", "new", "same").index(line["verdict"]))
    return Examined(digest, list(sheet.formations.values()), report)


@transaction.atomic(durable=True)
def stage_file(recruitment: Recruitment, file: File, *, file_name: str, by, at) -> FormationImport:
    """The file waits with its report; no vacancy changes yet. Raises Refused, then nothing is kept."""
    examined = examine(recruitment, file)
    return FormationImport.objects.create(
        recruitment=recruitment,
        file_name=file_name[:200],
        sha256=examined.sha256,
        report=examined.report,
        rows=examined.formations,
        uploaded_by=by,
        uploaded_at=at,
    )


def _compare(old: dict, staged: dict, fields: list[str]) -> tuple[set[str], dict[str, list[dict]]]:
    """The codes that are new, and the changes of those that differ."""
    new = staged.keys() - old.keys()
    changed = {}
    for code in staged.keys() & old.keys():
        if changes := diff.changes_of(old[code], staged[code], fields):
            changed[code] = changes
    return set(new), changed


def _fingerprint(new: set[str], changed: dict[str, list[dict]]) -> str:
    return diff.digest_of(changed | {code: [] for code in new})


@transaction.atomic(durable=True)
def apply(formation_import: FormationImport, *, by, at, reason: str = "") -> FormationImport:
    """The vacancies say what the file says: new ones are there, changed ones changed, units exist.

    Locks the recruitment and the import. Where the recruitment is published, each changed vacancy
    gets a line in its public history and the record one fact `vacancy.changed` with the digest of all
    changes. Raises NotApplied: AlreadyApplied, Busy, Outdated when the vacancies are no longer those of
    the report, ReasonMissing when published vacancies would change without one.
    """
    recruitment = _locked(formation_import.recruitment_id)
    waiting = FormationImport.objects.select_for_update(no_key=True).get(pk=formation_import.pk)
    if waiting.applied_at:
        raise AlreadyApplied(_("Berkas ini sudah diterapkan."))
    staged = {row["code"]: row for row in waiting.rows}
    fields = waiting.report["fields"]
    new, changed = _compare(diff.stored(recruitment), staged, fields)
    if _fingerprint(new, changed) != waiting.report["digest"]:
        raise Outdated(_("Data lowongan berubah sejak laporan ini dibuat. Unggah berkas sekali lagi."))
    if recruitment.published_at and (new or changed) and not reason.strip():
        raise ReasonMissing(_("Pengadaan ini sudah terbit. Tulis alasan perubahan; publik akan membacanya."))
    with connection.cursor() as cursor:
        # A national file of 46,000 formations takes longer than a page may; the lock above bounds it to one at a time.
        cursor.execute("SET LOCAL statement_timeout = '15min'")
        _store(cursor, recruitment, waiting, staged, new, set(changed), fields, at)
    waiting.applied_by, waiting.applied_at, waiting.rows = by, at, []
    waiting.save(update_fields=["applied_by", "applied_at", "rows"])
    if recruitment.published_at and (new or changed):
        _tell(recruitment, new, changed, by=by, at=at, reason=reason)
    if recruitment.published_at:
        facets.refresh()
    return waiting


def _locked(pk: int) -> Recruitment:
    try:
        return Recruitment.objects.select_for_update(no_key=True).get(pk=pk)
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise Busy(_("Berkas lain sedang diterapkan pada pengadaan ini. Coba lagi sebentar lagi.")) from None
        raise


def _store(cursor, recruitment, waiting, staged, new, changed, fields, at) -> None:
    """Write new and changed formations, their education and their search vectors, set by set."""
    touched = new | changed
    tree = units.grow({staged[code]["unit_path"] for code in touched})
    codes = list(touched)
    cursor.execute("DROP TABLE IF EXISTS staged_formation")
    cursor.execute(
        """
        CREATE TEMPORARY TABLE staged_formation ON COMMIT DROP AS
        SELECT r.*, p.unit_id, p.office_id, p.slug, p.is_new
        FROM vacancies_formationimport i,
             jsonb_to_recordset(i.rows) AS r(
                 code text, position text, unit_path text, need text, quota int, salary_min bigint,
                 salary_max bigint, disability_friendly boolean, ipk_min numeric, duties text,
                 levels text[], qualifications jsonb)
        JOIN unnest(%s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::boolean[])
             AS p(code, unit_id, office_id, slug, is_new) ON p.code = r.code
        WHERE i.id = %s
        """,
        [
            codes,
            [tree[staged[code]["unit_path"]][0] for code in codes],
            [tree[staged[code]["unit_path"]][1] for code in codes],
            [_slug(recruitment, staged[code]) for code in codes],
            [code in new for code in codes],
            waiting.pk,
        ],
    )
    cursor.execute(
        """
        INSERT INTO vacancies_formation (recruitment_id, code, slug, position, unit_id, office_id, unit_path, need,
            quota, salary_min, salary_max, disability_friendly, ipk_min, duties, levels, created_at, changed_at)
        SELECT %s, code, slug, position, unit_id, office_id, unit_path, need,
            quota, salary_min, salary_max, disability_friendly, ipk_min, duties, levels, %s, %s
        FROM staged_formation WHERE is_new
        """,
        [recruitment.pk, at, at],
    )
    own = [name for name in diff.FIELDS if name in fields] + ["unit_id", "office_id", "levels"]
    assignments = ", ".join(f"{name} = s.{name}" for name in own)  # names are our constants
    cursor.execute(
        f"""
        UPDATE vacancies_formation f SET {assignments}, changed_at = %s
        FROM staged_formation s WHERE NOT s.is_new AND f.recruitment_id = %s AND f.code = s.code
        """,  # noqa: S608
        [at, recruitment.pk],
    )
    cursor.execute(
        """
        DELETE FROM vacancies_qualification q USING vacancies_formation f, staged_formation s
        WHERE q.formation_id = f.id AND f.recruitment_id = %s AND f.code = s.code AND NOT s.is_new
        """,
        [recruitment.pk],
    )
    cursor.execute(
        """
        INSERT INTO vacancies_qualification (formation_id, level, program)
        SELECT f.id, pair ->> 0, pair ->> 1
        FROM staged_formation s
        JOIN vacancies_formation f ON f.recruitment_id = %s AND f.code = s.code,
             jsonb_array_elements(s.qualifications) AS pair
        """,
        [recruitment.pk],
    )
    cursor.execute(
        f"""
        UPDATE vacancies_formation f SET search = {search.VECTOR_SQL}
        FROM staged_formation s WHERE f.recruitment_id = %s AND f.code = s.code
        """,  # noqa: S608
        [recruitment.pk],
    )


def _slug(recruitment: Recruitment, row: dict) -> str:
    """The lasting address of a vacancy: position, unit, and eight letters of its identity."""
    identity = hashlib.sha256(f"{recruitment.slug}/{row['code']}".encode()).hexdigest()[:8]
    unit = row["unit_path"].split(units.SEPARATOR)[:2][-1]
    return "-".join(part for part in (slugify(row["position"])[:70], slugify(unit)[:50], identity) if part.strip("-"))


def _tell(recruitment, new: set[str], changed: dict[str, list[dict]], *, by, at, reason: str) -> None:
    """The public history of each vacancy and one fact in the record."""
    ids = dict(
        Formation.objects.filter(recruitment=recruitment, code__in=new | changed.keys()).values_list("code", "pk")
    )
    lines = [(code, _("Lowongan diubah."), changes) for code, changes in changed.items()]
    lines += [(code, _("Lowongan ditambahkan setelah pengadaan terbit."), []) for code in new]
    Revision.objects.bulk_create(
        [
            Revision(
                recruitment=recruitment,
                formation_id=ids[code],
                summary=summary,
                changes=changes,
                reason=reason[:500],
                by=by,
                at=at,
            )
            for code, summary, changes in lines
        ],
        batch_size=2000,
    )
    record.append(
        "vacancy.changed",
        at=at,
        recruitment=recruitment.slug,
        digest=_fingerprint(new, changed),
        reason=reason[:500] or None,
    )
