"""What each database role may do with each table: the one place that says so.

portal_owner owns everything and migrates. portal_app serves pages, portal_work runs Celery,
portal_seq is the keeper, portal_team is taken on inside a team action (`SET LOCAL ROLE`).
R = SELECT, I = INSERT, U = UPDATE, D = DELETE. A table that is not named here is refused by a test.
"""

from django.apps import apps
from django.db import transaction

WEB, WORK, KEEPER, TEAM = "portal_app", "portal_work", "portal_seq", "portal_team"
ROLES = (WEB, WORK, KEEPER, TEAM)

# Rights of (web, work, keeper, team) by table.
EVERYDAY = ("RIUD", "RIU", "R", "R")  # settings and files that people edit
PUBLIC = ("R", "R", "R", "R")
WRITTEN_ONCE = ("RI", "RI", "RI", "R")
STATEFUL = ("RIU", "RIU", "RIU", "R")
RECORD = ("R", "RI", "RI", "R")  # the sequencer runs in keeper and worker; nobody changes what it wrote

TABLES: dict[str, tuple[str, str, str, str]] = {
    # accounts and framework
    "accounts_user": ("RIU", "R", "R", "R"),
    "accounts_user_groups": ("RID", "R", "R", "R"),
    "accounts_user_user_permissions": ("RID", "R", "", ""),
    "accounts_person": ("RIUD", "RD", "R", ""),
    "accounts_fileaccess": ("RI", "RI", "R", "R"),
    "accounts_rolechange": ("RI", "R", "R", "R"),
    "auth_group": ("R", "R", "R", "R"),
    "auth_group_permissions": ("R", "", "", ""),
    "auth_permission": ("R", "R", "", ""),
    "account_emailaddress": ("RIUD", "RD", "", ""),
    "account_emailconfirmation": ("RIUD", "RD", "", ""),
    "mfa_authenticator": ("RIUD", "RD", "", ""),
    "usersessions_usersession": ("RIUD", "RD", "", ""),
    "django_session": ("RIUD", "RD", "", ""),
    "django_content_type": ("R", "R", "R", "R"),
    "django_admin_log": ("RI", "R", "", ""),
    "django_migrations": ("R", "R", "R", ""),
    "pghistory_context": ("RIU", "RIU", "RIU", ""),
    # ledger, publishing
    "ledger_pending": WRITTEN_ONCE,
    "ledger_wording": WRITTEN_ONCE,
    "ledger_entry": RECORD,
    "ledger_node": RECORD,
    "ledger_checkpoint": RECORD,
    "ledger_cosignature": RECORD,
    "ledger_witness": ("R", "RIU", "RIU", "R"),
    "ledger_refusal": RECORD,
    "publishing_channel": ("RIU", "R", "R", "R"),
    "publishing_publication": ("RI", "RIU", "RIU", "R"),
    "publishing_subscriber": ("RIU", "RU", "RU", ""),  # forgotten by forget_subscriber() alone
    "publishing_spentproof": ("RI", "RD", "RD", ""),
    "publishing_board": EVERYDAY,
    "publishing_notice": WRITTEN_ONCE,
    "publishing_post": ("RU", "RIU", "RIU", "R"),
    "publishing_delivery": ("RI", "RIU", "RIU", ""),
    "publishing_mailing": ("RIU", "RIU", "RIU", "R"),
    "publishing_mailingstep": ("RI", "R", "R", "R"),
    "publishing_pace": ("", "RIUD", "RIUD", ""),
    # vacancies
    "vacancies_agency": EVERYDAY,
    "vacancies_agencyofficer": EVERYDAY,
    "vacancies_holiday": EVERYDAY,
    "vacancies_recruitment": ("RIU", "R", "R", "R"),
    "vacancies_minimum": ("RIUD", "R", "R", "R"),  # before the recruitment is published
    "vacancies_prolongation": WRITTEN_ONCE,
    "vacancies_recruitmentevent": ("RI", "RI", "RI", "R"),
    "vacancies_stage": STATEFUL,
    "vacancies_stageevent": ("RI", "RI", "RI", "R"),
    "vacancies_schedulechange": WRITTEN_ONCE,
    "vacancies_formation": STATEFUL,
    "vacancies_formationevent": ("RI", "RI", "RI", "R"),
    "vacancies_educationchange": PUBLIC,  # written by note_educations() alone
    "vacancies_qualification": ("RID", "RID", "R", "R"),
    "vacancies_requirement": ("RIUD", "RIU", "R", "R"),
    "vacancies_requirementevent": ("RI", "RI", "RI", "R"),
    "vacancies_revision": WRITTEN_ONCE,
    "vacancies_clarification": ("RI", "R", "R", "R"),
    "vacancies_formationimport": ("RIU", "RIU", "R", "R"),
    "vacancies_savedsearch": ("RIUD", "RUD", "RUD", ""),
    "vacancies_closingreminder": ("RD", "RID", "RID", ""),
    "vacancies_facetcell": ("RIUD", "RIUD", "R", "R"),
    "vacancies_facetcount": ("RIUD", "RIUD", "R", "R"),
    # participation: events
    "participation_event": STATEFUL,
    "participation_eventchange": WRITTEN_ONCE,
    "participation_registration": ("RIUD", "RUD", "RUD", ""),
    "participation_eventpaper": ("RI", "R", "R", "R"),
    "participation_districtorigin": ("R", "RI", "RI", "R"),
    # participation: questions at sessions
    "participation_question": ("RIUD", "RD", "RD", "R"),  # deleted only while nobody confirmed it
    "participation_questionvote": ("RIUD", "RD", "RD", ""),
    "participation_questionhiding": ("RIU", "R", "R", "R"),
    "participation_answer": ("RI", "R", "R", "R"),
    # participation: consultations
    "participation_consultation": ("RIU", "R", "R", "R"),
    "participation_consultationdocument": ("RI", "R", "R", "R"),
    "participation_cluster": ("RIU", "R", "R", "R"),
    "participation_promise": ("RIU", "R", "R", "R"),
    "participation_contribution": ("RIUD", "RD", "RD", "R"),  # deleted only while nobody confirmed it
    "participation_vote": ("RIUD", "RD", "RD", "R"),
    "participation_hiding": ("RIU", "R", "R", "R"),
    # workforce: the directory. What a person may have erased goes by worker and keeper alone
    "workforce_position": ("RIU", "R", "R", "R"),
    "workforce_unitcontact": ("RIU", "R", "R", "R"),
    "workforce_employee": ("RIU", "RU", "RU", "R"),
    "workforce_consent": ("RI", "RD", "RD", ""),
    "workforce_claimcode": ("RIU", "RD", "RD", ""),
    "workforce_shield": ("RIU", "R", "R", "R"),
    "workforce_appointment": ("RIU", "RU", "RU", "R"),
    "workforce_credential": ("RI", "RD", "RD", "R"),
    "workforce_profilechange": ("RI", "RD", "RD", "R"),
    "workforce_reply": ("RI", "RD", "RD", "R"),
    "workforce_profilerequest": ("RIU", "RU", "RU", "R"),
    "workforce_employeeimport": ("RIU", "R", "R", "R"),
    "workforce_employeeerasure": ("RIU", "RU", "RU", "R"),
    # workforce: appraisal. Marks are nobody's to read but the pages'; an erasure takes them by worker and keeper
    "workforce_reportingline": ("RIU", "R", "R", ""),
    "workforce_appraisalyear": ("RIU", "R", "R", "R"),
    "workforce_plan": ("RIU", "RD", "RD", ""),
    "workforce_planstep": ("RI", "RD", "RD", ""),
    "workforce_evidence": ("RI", "RD", "RD", ""),
    "workforce_assessment": ("RI", "RD", "RD", ""),
    "workforce_assessmentreply": ("RI", "RD", "RD", ""),
    # workforce: the survey from all sides; answers are written and raters forgotten by close_feedback() alone
    "workforce_feedbackround": ("RI", "R", "R", ""),
    "workforce_feedbackrater": ("RI", "R", "R", ""),
    "workforce_feedbackdraft": ("RIU", "", "", ""),
    "workforce_feedbackanswer": ("R", "RD", "RD", ""),
    "workforce_feedbackself": ("R", "RD", "RD", ""),
    "workforce_feedbackreply": ("RI", "RD", "RD", ""),
    "workforce_talentlist": ("RIU", "R", "R", "R"),
    "workforce_talentplacement": ("RI", "RD", "RD", ""),
    "workforce_unitrating": ("RI", "R", "R", "R"),
    "workforce_calibrationnote": ("RI", "R", "R", ""),
    # exams: words of secret items are ciphertext in the row
    "exams_item": ("RIU", "R", "R", ""),
    "exams_itemversion": ("RIU", "R", "R", ""),
    "exams_itemimport": ("RIU", "RU", "RU", ""),
    "exams_itemexport": ("RI", "R", "R", ""),
    "exams_itemstatistic": ("R", "RIU", "RIU", "R"),
    "exams_blueprint": ("RI", "R", "R", "R"),  # formats come with the product; a test that counts has its own
    "exams_blueprintpart": ("RI", "R", "R", "R"),
    "exams_sitting": ("RIUD", "RUD", "RUD", ""),  # deleted only when it is over, and a practice
    "exams_sittingitem": ("RI", "R", "R", ""),
    "exams_answer": ("RI", "R", "R", ""),
    # exams: live scores. What was shown stays; a session and a key only get their stamps
    "exams_examsession": ("RIU", "RU", "RU", "R"),  # the processes lock it while scores arrive
    "exams_feedkey": ("RIU", "R", "", ""),
    "exams_livedelivery": ("RI", "RI", "RI", "R"),
    "exams_liverow": ("RI", "RI", "RI", "R"),
    # exams: tests that count. Nobody reads a box: open_item_box() hands it out when two opened the test
    "exams_localtest": ("RIU", "RU", "RU", ""),
    "exams_itembox": ("I", "", "", ""),
    "exams_seat": ("RIU", "R", "R", ""),
    "exams_incident": ("RI", "R", "R", ""),
    "exams_neutralisation": ("RIU", "R", "R", ""),
    "exams_shadowscore": ("RI", "R", "R", ""),
    "exams_resit": ("RIU", "R", "R", ""),
    "exams_resitseat": ("RI", "R", "R", ""),
    "exams_testfile": ("RI", "R", "R", "R"),
    # workforce: open selection by a panel
    "workforce_panel": ("RIU", "R", "R", "R"),
    "workforce_panelmember": ("RIUD", "R", "R", "R"),  # deleted only before the panel is sealed
    "workforce_declaration": ("RI", "R", "R", "R"),
    "workforce_conflict": ("RI", "R", "R", "R"),
    "workforce_scoresheet": ("RIU", "R", "R", "R"),
    "workforce_panelscore": ("RIU", "R", "R", "R"),
    "workforce_combinedfile": ("RI", "R", "R", "R"),
    "workforce_choice": ("RI", "R", "R", "R"),
    # workforce: trainings; each party gives and shows its own secret, the processes close the list and draw
    "workforce_training": ("RIU", "R", "R", "R"),
    "workforce_trainingsession": ("RID", "R", "R", "R"),  # before the training is published
    "workforce_enrolment": ("RIU", "R", "R", "R"),
    "workforce_trainingsecret": ("RI", "R", "R", "RI"),
    "workforce_trainingreveal": ("RI", "R", "R", "RI"),
    "workforce_traininground": RECORD,
    "workforce_trainingwithheld": RECORD,
    "workforce_trainingdraw": RECORD,
    "workforce_trainingneed": ("RIUD", "RUD", "RUD", "R"),  # deleted only while nobody confirmed it
    "workforce_needvote": ("RIUD", "RD", "RD", "R"),
    "workforce_lessonread": ("RID", "RD", "RD", ""),
    "workforce_attendance": ("RIU", "R", "R", "R"),
    "workforce_certificate": ("RI", "R", "R", "R"),
    "workforce_evaluation": ("RI", "R", "R", "R"),
    "workforce_evaluationgiven": ("RI", "R", "R", "R"),
    "workforce_usequestion": ("RIU", "RU", "RU", "R"),
    # selection
    "selection_application": ("RIUD", "RIU", "RU", "R"),
    "selection_opening": ("RI", "RD", "", ""),  # names and NIK: the keeper needs none
    "selection_applicationbatch": ("R", "RI", "RI", "R"),
    "selection_batchleaf": ("R", "RI", "RI", "R"),
    "selection_answers": ("RIUD", "RUD", "R", ""),
    "selection_step": ("RIU", "RIU", "RIU", "R"),
    "selection_document": ("RIU", "RD", "R", ""),
    "selection_erasure": ("RIU", "RIU", "R", "R"),
    "selection_receipt": ("RI", "RI", "R", "R"),
    "selection_reason": EVERYDAY,
    "selection_review": ("RIUD", "R", "R", "R"),
    "selection_recusal": ("RI", "R", "R", "R"),
    "selection_reviewitem": ("RI", "R", "R", "R"),
    "selection_participantlist": WRITTEN_ONCE,
    "selection_scorebatch": ("RIU", "RIU", "R", "R"),
    "selection_testedcomponent": ("RI", "R", "RD", "R"),  # taken with a test, given back by the keeper
    "selection_stagedscore": ("RID", "RID", "R", "R"),
    "selection_livescore": ("RI", "RI", "RI", "R"),  # a live feed, or whatever runs tests, writes it
    "selection_score": PUBLIC,  # written by put_scores_in_force() alone
    "selection_outcomeset": ("RIU", "RIU", "R", "R"),
    "selection_outcome": ("RI", "RI", "R", "R"),
    "selection_difference": ("RIU", "RIU", "R", "R"),
    "selection_announcementnumber": ("RI", "RI", "RI", "R"),
    "selection_preparation": ("RIU", "RIU", "R", "R"),
    "selection_announcement": ("R", "RIU", "RIU", "R"),
    "selection_attestation": ("RIU", "RU", "RU", "R"),
    "selection_redaction": STATEFUL,
    "selection_circular": ("RIU", "R", "R", "R"),
    "selection_delaynotice": ("R", "RI", "RI", "R"),
    "selection_hold": ("R", "R", "R", "RIU"),
    "selection_objection": ("RIU", "R", "R", "R"),
    "selection_objectionitem": ("RIUD", "R", "R", ""),  # the person's own words
    "selection_objectionattachment": ("RID", "RD", "R", ""),
    "selection_objectionstep": ("RI", "R", "R", "R"),
    "selection_reopening": ("RIU", "R", "R", "R"),
    "selection_recheck": ("RIU", "R", "R", "R"),
    # participation: what citizens say about services; the processes keep the clocks
    "participation_servicecase": STATEFUL,
    "participation_casestep": ("RIU", "RIU", "RI", ""),
    "participation_caseclock": STATEFUL,
    "participation_caseescalation": WRITTEN_ONCE,
    "participation_casemending": ("RI", "R", "R", "R"),
    "participation_casephoto": ("RID", "RD", "R", ""),
    "participation_casefollower": ("RIUD", "RD", "RD", ""),
    # oversight: the web role alone reads; the team's role writes
    "oversight_team": ("R", "R", "R", "RIU"),
    "oversight_membership": ("R", "R", "R", "RIU"),
    "oversight_finding": ("R", "R", "R", "RIU"),
    "oversight_response": ("RI", "R", "R", "R"),
    "oversight_return": ("R", "R", "R", "RI"),
    "oversight_opennessreport": ("R", "RIU", "RIU", "R"),
    "oversight_reportcomment": ("RI", "R", "", "RIU"),  # anybody writes one, the team's secretariat decides
    "oversight_indicator": RECORD,
    "oversight_passrate": RECORD,
    "oversight_probe": RECORD,
    "oversight_invariantrun": RECORD,  # the checks of keeper and worker; no page writes what they saw
    "oversight_flag": ("R", "RI", "RI", "RU"),  # raised by the processes, judged by the team
    "oversight_flagrun": ("R", "RIU", "RIU", "R"),
    # citizen reports: pages add sealed rows and read none; a reporter's way back is report_thread()
    "oversight_report": ("I", "", "", "RU"),
    "oversight_reportmessage": ("I", "", "", "RI"),
    "oversight_reportimage": ("I", "", "", "R"),
    "oversight_reporttally": ("", "RI", "RI", "R"),
    "oversight_teamkey": ("R", "", "", "RI"),
    "oversight_teamkeyshare": ("", "", "", "RID"),
    "oversight_memberkey": ("", "", "", "RI"),
    # who asked to be watched over: the team alone, the person by an action that takes on its role
    "oversight_retaliationwatch": ("", "", "", "RID"),
    "oversight_watchnote": ("", "", "", "RID"),
    # random audits: each party gives and shows its own, the processes draw, the team looks again
    "oversight_auditcommitment": ("RI", "R", "R", "RI"),
    "oversight_auditreveal": ("RI", "R", "R", "RI"),
    "oversight_auditround": RECORD,
    "oversight_auditwithheld": RECORD,
    "oversight_auditsample": RECORD,
    "oversight_auditfile": RECORD,
    "oversight_auditverdict": ("R", "R", "R", "RI"),
    "oversight_confirmation": ("", "", "", "RI"),
    "oversight_assessment": ("R", "R", "R", "RI"),
    "oversight_bodyanswer": ("R", "R", "R", "RI"),
    "oversight_escalation": ("R", "R", "R", "RI"),
    "oversight_overdue": ("R", "RI", "RI", "R"),
    "oversight_clockmove": ("R", "RI", "RI", "R"),
    "oversight_interest": ("R", "R", "R", "RIU"),
    "oversight_reading": ("R", "R", "R", "RIU"),  # totals by month: nobody's name, no page
}
# Columns that a role may change although the table is not its to write: the processes see a flag again, the
# office answers a finding and starts its re-review, the override official lifts a hold, a new holiday moves a
# finding's clock, the sequencer says which entry a fact became.
# Triggers say which changes these may be.
COLUMNS = {
    ("oversight_finding", WEB): ("state", "review_id"),
    ("oversight_finding", WORK): ("due_at", "due_skipped"),
    ("oversight_finding", KEEPER): ("due_at", "due_skipped"),
    ("oversight_flag", WORK): ("subject", "grounds", "evidence", "last_seen_at"),
    ("oversight_flag", KEEPER): ("subject", "grounds", "evidence", "last_seen_at"),
    ("workforce_training", WORK): ("closed_fact_id", "list_digest", "people", "taken"),
    ("workforce_training", KEEPER): ("closed_fact_id", "list_digest", "people", "taken"),
    ("workforce_certificate", WORK): ("holder",),
    ("workforce_certificate", KEEPER): ("holder",),
    ("workforce_enrolment", WORK): ("place", "state", "distance"),
    ("workforce_enrolment", KEEPER): ("place", "state", "distance"),
    ("ledger_pending", WORK): ("n", "refused"),
    ("ledger_pending", KEEPER): ("n", "refused"),
    # The worker erases: nothing personal stays in these columns.
    ("accounts_user", WORK): ("email", "name", "public_label", "is_active", "password", "last_login"),
    ("accounts_fileaccess", WORK): ("person_id",),
    ("selection_reviewitem", WORK): ("detail",),
    ("selection_objection", WORK): ("answer", "evidence", "due_at"),
    ("selection_objection", KEEPER): ("due_at",),
    ("selection_objectionitem", WORK): ("text",),
    ("django_admin_log", WORK): ("object_repr",),
    ("selection_hold", WEB): ("lifted_by_id", "lifted_at", "lifted_as", "lift_reason"),
}
# Rows that a role may see at all, where a table has some that are not for everybody: the team's drafts.
ROWS = {"oversight_finding": dict.fromkeys((WEB, WORK, KEEPER), "sent_at IS NOT NULL") | {TEAM: "true"}}
# What a team action also does in the same transaction, besides reading.
TEAM_ALSO = {
    "ledger_pending": "RI",
    "ledger_wording": "RI",
    "accounts_user": "RIU",  # a trigger says: its own accounts alone
    "account_emailaddress": "R",
    "mfa_authenticator": "RIUD",
    "accounts_fileaccess": "RI",
    "publishing_publication": "RI",
}

WORDS = {"R": "SELECT", "I": "INSERT", "U": "UPDATE", "D": "DELETE"}


def rights() -> dict[tuple[str, str], str]:
    """(table, role) → letters, for every table named above."""
    found = {(table, role): letters for table, row in TABLES.items() for role, letters in zip(ROLES, row, strict=True)}
    for table, letters in TEAM_ALSO.items():
        found[table, TEAM] = letters
    return found


def statements() -> list[str]:
    """The GRANT statements, from nothing: each table is revoked first, so that running twice is safe."""
    lines = [f"GRANT USAGE ON SCHEMA public TO {', '.join(ROLES)};"]
    lines += [f'REVOKE ALL ON "{table}" FROM {", ".join(ROLES)};' for table in TABLES]
    for (table, role), letters in rights().items():
        if letters:
            lines.append(f'GRANT {", ".join(WORDS[letter] for letter in letters)} ON "{table}" TO {role};')
    for (table, role), columns in COLUMNS.items():
        lines.append(f'GRANT UPDATE ({", ".join(columns)}) ON "{table}" TO {role};')
    for table, rows in ROWS.items():
        lines.append(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY;')
        for role, which in rows.items():
            lines.append(f'DROP POLICY IF EXISTS rows_of_{role} ON "{table}";')
            lines.append(f'CREATE POLICY rows_of_{role} ON "{table}" TO {role} USING ({which}) WITH CHECK ({which});')
    lines.append(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {', '.join(ROLES)};")
    return lines


def apply(connection) -> None:
    """Run the grants for the tables that exist, all or none; `manage.py migrate` ends with it."""
    existing = set(connection.introspection.table_names())
    lines = [line for line in statements() if '"' not in line or line.split('"')[1] in existing]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("\n".join(lines))


def tables_of_models() -> set[str]:
    """Every table that a model of the project owns."""
    return {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
