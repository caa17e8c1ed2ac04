"""Each thing that cannot happen, done on purpose by somebody who holds the whole database."""

from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction

DEFENCELESS = """
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT format('ALTER TABLE %s DISABLE TRIGGER USER', c.oid::regclass) AS act
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        UNION ALL SELECT format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', conrelid::regclass, conname)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'u') AND conrelid <> 0
        UNION ALL SELECT format('DROP INDEX %s', i.indexrelid::regclass) FROM pg_index i
        JOIN pg_class c ON c.oid = i.indexrelid AND c.relnamespace = 'public'::regnamespace
        WHERE i.indisunique AND NOT i.indisprimary
        AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
    LOOP EXECUTE one.act; END LOOP;
END $$"""


@contextmanager
def undone():
    """A cursor for which nothing is protected; all it did is taken back at the end."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(DEFENCELESS)
        yield cursor
        transaction.set_rollback(True)


def again(table: str, where: str) -> str:
    """SQL that writes the rows of `table` for which `where` holds a second time."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT string_agg(format('%%I', attname), ', ') FROM pg_attribute
            WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'id'""",
            [table],
        )
        columns = cursor.fetchone()[0]
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE {where}"


LAST = "id = (SELECT max(id) FROM {})"


def statements(story) -> dict[str, list[str]]:
    """Check → the statements that break what it checks."""
    exam, files = story.exam.pk, story.files.pk
    first = f"stage_id = {exam} AND version = 1"
    person = story.people[0].pk
    # Sent before its window begins, and refused by one of the two who had judged the file.
    objection = f"""INSERT INTO selection_objection (number, application_id, stage_id, announcement_id, state, started_at,
            filed_at, due_at, evidence, evidence_digest, summary, decided_by_id, decided_at)
        SELECT 'S-1', {person}, a.stage_id, a.id, 'refused', a.public_at, a.public_at, a.public_at, '{{}}', 'x', 'x',
            {story.vera.pk}, a.public_at FROM selection_announcement a WHERE a.stage_id = {files}"""
    return {
        "announced_from_approved_scores": [
            f"UPDATE selection_scorebatch SET state = 'staged', decided_at = NULL WHERE stage_id = {exam} AND sequence = 1"
        ],
        "announced_result_was_in_force": [
            f"UPDATE selection_outcomeset SET state = 'cancelled' WHERE stage_id = {exam} AND version = 1"
        ],
        "announced_as_approved": [f"UPDATE selection_preparation SET digest = repeat('0', 64) WHERE {first}"],
        "announced_once": [again("selection_announcement", first)],
        "announced_not_before_its_time": [
            f"UPDATE selection_announcement SET due_at = frozen_at + interval '1 second' WHERE {first}"
        ],
        "announced_and_recorded": [
            f"UPDATE ledger_pending SET n = NULL WHERE id = (SELECT fact_id FROM selection_announcement WHERE {first})"
        ],
        "recorded_and_announced": [
            again(
                "ledger_pending",
                "kind = 'announcement.frozen' AND " + LAST.format("ledger_pending WHERE kind = 'announcement.frozen'"),
            )
        ],
        "told_once": ["UPDATE publishing_publication SET source = 'x' WHERE source LIKE 'announcement:%:v2'"],
        "letters_have_an_announcement": [
            "UPDATE publishing_publication SET source = 'announcement:2026-999:v2' WHERE source LIKE 'announcement:%:v2'"
        ],
        "never_silently_late": [f"DELETE FROM selection_announcement WHERE stage_id = {files}"],
        "decided_means_open": [f"UPDATE selection_announcement SET public_at = NULL WHERE {first}"],
        "a_hold_holds": ["UPDATE selection_hold SET lifted_at = NULL"],
        "outcome_by_a_rule": [
            f"UPDATE selection_outcome SET decided_by = '' WHERE application_id = {person} AND decided_by <> 'review'"
        ],
        "no_more_than_the_limit": ["UPDATE selection_outcome SET advances = true, code = 'L' WHERE code = 'C'"],
        "rows_as_announced": [f"UPDATE selection_announcement SET rows = rows + 1 WHERE {first}"],
        "one_outcome_per_person": [again("selection_outcome", f"application_id = {person}")],
        "scores_of_approved_files": [f"DELETE FROM selection_score WHERE application_id = {person}"],
        "two_people": ["UPDATE selection_hold SET confirmed_by_id = placed_by_id, confirmed_at = placed_at"],
        "decided_once_by_one_person": [
            f"UPDATE selection_review SET verifier_id = {story.vera.pk} WHERE application_id = {person}"
        ],
        "nobody_judges_oneself": [f"UPDATE selection_application SET user_id = {story.wati.pk} WHERE id = {person}"],
        "files_stay_sealed": [
            f"UPDATE selection_review SET taken_at = taken_at - interval '1 day' WHERE application_id = {person}"
        ],
        "not_met_has_a_reason": ["DELETE FROM selection_reviewitem WHERE NOT met"],
        "two_agreed_on_each_file": [f"DELETE FROM selection_review WHERE application_id = {person} AND seat = 2"],
        "sent_and_receipted": [f"DELETE FROM selection_receipt WHERE application_id = {person}"],
        "sent_in_time": [
            f"UPDATE selection_application SET submitted_at = submitted_at + interval '1 day' WHERE id = {person}"
        ],
        "one_application_per_person": [
            f"UPDATE selection_application SET person_id = (SELECT person_id FROM selection_application WHERE id = {person})"
        ],
        "state_by_its_steps": [f"UPDATE selection_application SET state = 'closed' WHERE id = {person}"],
        "objections_judged_by_others": [objection],
        "objections_sent_in_time": [objection],
        "objection_results_by_two": [
            f"UPDATE selection_outcome SET decided_by = 'objection' WHERE application_id = {person} AND decided_by = 'review'"
        ],
        "finding_results_by_two": [
            f"UPDATE selection_outcome SET decided_by = 'finding' WHERE application_id = {person} AND decided_by = 'review'"
        ],
        "rechecks_are_whole": [
            f"""INSERT INTO selection_recheck (stage_id, cause, reason, scope, opened_by_id, opened_at, state, result_id,
                ended_by_id, ended_at) SELECT stage_id, 'x', 'x', 'x', made_by_id, made_at, 'applied', id, made_by_id,
                made_at FROM selection_outcomeset WHERE stage_id = {files} AND state = 'applied'""",
            f"""INSERT INTO selection_reopening (recheck_id, application_id, stage_id, at, verdict, first_by_id, first_at,
                second_by_id, second_at) SELECT k.id, {person}, k.stage_id, k.opened_at, 'MS', {story.vera.pk}, k.opened_at,
                {story.wati.pk}, k.opened_at FROM selection_recheck k""",
        ],
        "record_without_a_gap": ["DELETE FROM ledger_entry WHERE n = 1"],
        "facts_are_recorded": ["UPDATE ledger_entry SET leaf = body WHERE n = 1"],
        "promises_are_kept": [
            f"DELETE FROM selection_batchleaf WHERE receipt_id IN (SELECT id FROM selection_receipt WHERE application_id = {person})"
        ],
        "batches_count_their_applications": ["UPDATE selection_applicationbatch SET count = count + 1 WHERE count > 0"],
        "protections_are_on": [],  # being without protection is enough
        "findings_keep_their_evidence": ["UPDATE oversight_finding SET evidence_digest = repeat('0', 64)"],
        "holds_are_recorded": ["DELETE FROM ledger_pending WHERE kind = 'hold.placed'"],
        "citizen_reports_stay": ["DELETE FROM oversight_reportmessage"],
        "seats_follow_the_draw": ["UPDATE workforce_enrolment SET place = 4 - place WHERE place IS NOT NULL"],
        "seats_go_in_order": ["UPDATE workforce_training SET taken = taken + 1 WHERE taken > 0"],
        "certificates_were_earned": ["UPDATE workforce_attendance SET present = false"],
        "recorded_tallies_stay": ["DELETE FROM oversight_reporttally"],
        "reports_are_whole": ["UPDATE oversight_opennessreport SET digest = repeat('0', 64)"],
        "overdue_goes_up": ["DELETE FROM participation_caseescalation"],
        "files_are_whole": [],  # no SQL: see `on_disk`
    }


@contextmanager
def on_disk():
    """A byte more in one published file."""
    file = next(path for path in sorted((settings.PUBLIC_ROOT / "pengumuman").rglob("v1/data.csv")))
    kept, mode = file.read_bytes(), file.stat().st_mode
    file.chmod(0o644)
    file.write_bytes(kept + b"\n")
    yield
    file.write_bytes(kept)
    file.chmod(mode)
