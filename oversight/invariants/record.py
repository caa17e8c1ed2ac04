"""The public record and the protections themselves."""

import pgtrigger
from django.db import connection
from django.utils.translation import gettext_lazy as _

from oversight.invariants.shape import Invariant, Sight, rows

# Triggers that no model declares: they stand over tables of other apps, or ask about whole statements.
BY_HAND = {
    ("accounts_user_groups", "role_fits_account"),
    ("mfa_authenticator", "factor_of_team"),
    ("account_emailaddress", "address_of_team"),
    ("selection_hold", "hold_refuses_interested"),
    ("oversight_reportmessage", "report_is_spoken_to"),
    ("vacancies_qualification", "educations_come"),
    ("vacancies_qualification", "educations_gone"),
    ("vacancies_qualification", "educations_change"),
}
SAFE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


def protections_on(at) -> Sight:
    """Each trigger that the code declares stands in the database and is switched on; so do the settings that keep data."""
    wanted = {
        (model._meta.db_table, trigger.get_pgid(model))
        for model, trigger in pgtrigger.registered()
        if model._meta.managed
    } | BY_HAND
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
            WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"""
        )
        standing = set(cursor.fetchall())
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(SAFE)])
        settings = dict(cursor.fetchall())
    broken = [f"{table}: {trigger}" for table, trigger in wanted - standing]
    # A stricter level than "on" waits for a copy besides.
    strict = {"synchronous_commit": {"on", "remote_apply"}}
    broken += [name for name, value in SAFE.items() if settings.get(name) not in strict.get(name, {value})]
    return Sight.of(len(wanted) + len(SAFE), broken)


CHECKS = (
    rows(
        "record_without_a_gap",
        _("Catatan publik tidak punya nomor yang hilang, dan tidak lebih pendek dari yang sudah ditandatangani."),
        of="""FROM (SELECT count(*) AS n, coalesce(max(n) + 1, 0) AS size, coalesce(min(n), 0) AS first,
                (SELECT coalesce(max(size), 0) FROM ledger_checkpoint) AS signed FROM ledger_entry) x""",
        what="'catatan'",
        broken="x.n <> x.size OR x.first <> 0 OR x.signed > x.size",
        weight="x.n",
    ),
    rows(
        "facts_are_recorded",
        _("Setiap fakta masuk catatan publik dalam sepuluh menit, dengan isi yang sama."),
        of="FROM ledger_pending p LEFT JOIN ledger_entry e ON e.n = p.n WHERE p.at <= %(at)s - interval '10 minutes'",
        what="'fakta ' || p.id",
        broken="p.n IS NULL OR e.leaf IS DISTINCT FROM p.leaf",
    ),
    rows(
        "promises_are_kept",
        _("Setiap tanda terima yang dijanjikan masuk catatan sudah tercatat dalam satu jam."),
        of="""FROM selection_receipt r LEFT JOIN selection_batchleaf l ON l.receipt_id = r.id
            WHERE r.promise <> '' AND r.at <= %(at)s - interval '70 minutes'""",
        what="'tanda terima ' || r.id",
        broken="l.id IS NULL",
    ),
    rows(
        "batches_count_their_applications",
        _("Setiap kelompok lamaran di catatan publik berisi persis sebanyak yang tertulis."),
        of="""FROM selection_applicationbatch b
            LEFT JOIN (SELECT batch_id, count(*) AS n FROM selection_batchleaf GROUP BY batch_id) l ON l.batch_id = b.id""",
        what="'kelompok ' || b.id",
        broken="coalesce(l.n, 0) <> b.count",
        weight="b.count",
    ),
    Invariant(
        "protections_are_on",
        _("Semua pengaman di basis data menyala, juga terhadap orang yang memegang basis data."),
        protections_on,
    ),
)
