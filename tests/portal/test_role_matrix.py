"""Every address × every kind of visitor has its expected answer: 2xx, to the sign-in page, or refused."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.roles import Role
from exams.actions import items, live_sessions
from exams.actions import sitting as sittings
from oversight.actions import finding as findings
from oversight.models import Flag
from publishing.actions import mailing, publication
from publishing.actions import notice as notices
from publishing.models import Board, Channel, Post, Subscriber
from selection.actions import application as applications
from selection.actions import circular
from selection.models import Hold, OutcomeSet, Review
from selection.queries import current_set
from tests.exams.local_room import Hall
from tests.exams.sitting_down import a_bank, a_format, single
from tests.oversight.reporting import a_report
from tests.oversight.story import make_public
from tests.participation.citizens import a_case
from tests.participation.holding import a_consultation, a_question, an_event
from tests.parts import DAY, enrol, make_team, make_user
from tests.selection.applying import Vacancy, a_photo, as_file
from tests.selection.story import Stage
from tests.workforce.serving import a_file, a_row, an_employee
from tests.workforce.teaching import a_training
from vacancies.models import FormationImport, Recruitment
from workforce.actions import employee_import, requests, training_need

ANONYMOUS, OWNER, STRANGER = "anonymous", "owner", "stranger"
VERIFIER, PREPARER, PUBLISHER, OFFICER = Role.VERIFIER, Role.PREPARER, Role.PUBLISHER, Role.AGENCY_OFFICER
OVERSEER, SUPERUSER, ADJUDICATOR = Role.OVERSEER, "superuser", Role.ADJUDICATOR
WRITER, REVIEWER = Role.ITEM_WRITER, Role.ITEM_REVIEWER
ROOM_OFFICER = Role.ROOM_OFFICER
EVERYBODY = (ANONYMOUS, OWNER, STRANGER, VERIFIER, PREPARER, PUBLISHER, OFFICER, OVERSEER, SUPERUSER, ADJUDICATOR,
             WRITER, REVIEWER, ROOM_OFFICER)  # fmt: skip
SIGNED_IN = EVERYBODY[1:]
DESK = (PREPARER, PUBLISHER)

# name → who gets a page by GET. Everybody else is refused or sent to sign in; POST-only addresses have nobody.
OPEN = {
    **dict.fromkeys(
        ["home", "help", "accessibility", "privacy", "open_data", "record", "verification", "run_it_yourself", "healthz", "readyz", "vacancy_list", "vacancy_list_csv",
         "vacancy_list_json", "vacancy_list_atom", "vacancy_detail", "vacancy_calendar", "vacancy_feed", "announcement_list",
         "sitemap", "sitemap_section", "announcement_feed", "recruitment_list", "recruitment_detail", "finding_list", "finding_detail",
         "eligibility_check", "live_watch", "live_watch_json", "flag_rules", "audit_list", "publication_list", "publication_feed", "publication_list_json", "publication_detail",
         "publication_speech", "publication_poster", "publication_notice"],
        EVERYBODY,
    ),
    **dict.fromkeys(["alert_new", "alert_room", "alert_leave"], EVERYBODY),  # the signed link is the key
    **dict.fromkeys(["consultation_list", "consultation_feed", "consultation_detail", "consultation_document", "contribution_new",
                     "contribution_support", "contribution_room"], EVERYBODY),  # the signed link is the key of the room
    **dict.fromkeys(["consultation_desk_new", "consultation_desk"], DESK),
    **dict.fromkeys(["consultation_desk_list", "contribution_helped_new"], (*DESK, OFFICER)),
    **dict.fromkeys(["contribution_helped_list", "support_helped_new", "alert_helped_new", "question_helped_list", "question_vote_helped"], (*DESK, OFFICER)),
    "contribution_helped_code": (),  # by whoever wrote it down
    **dict.fromkeys(["invariant_list", "openness", "openness_csv", "openness_json", "indicator_detail", "pass_rates", "openness_report_list"], EVERYBODY),
    **dict.fromkeys(["event_list", "event_feed", "event_calendar_all", "event_detail", "event_calendar", "event_registration_new",
                     "event_room"], EVERYBODY),  # the signed link is the key of the room
    **dict.fromkeys(["question_list", "question_new", "question_vote", "event_coverage", "event_coverage_csv"], EVERYBODY),
    "event_paper": (),  # of a session that took place: tests/participation
    "event_paper_new": DESK,
    **dict.fromkeys(["question_helped_code", "question_answer"], ()),  # by whoever took it down; with a fresh code
    "question_desk": DESK,
    **dict.fromkeys(["event_desk_list", "event_helped_new", "question_helped_new"], (*DESK, OFFICER)),
    **dict.fromkeys(["event_desk", "event_count"], DESK),
    **dict.fromkeys(["event_new", "event_edit", "event_move"], (PREPARER,)),
    **dict.fromkeys(["event_publication", "event_cancellation", "event_helped_code"], ()),
    **dict.fromkeys(["directory", "directory_csv", "directory_json", "vacant_position_list", "vacant_position_json", "field_policy", "unit_figures",
                     "profile", "profile_json"], EVERYBODY),
    "profile_claim": SIGNED_IN,
    "profile_full": (PREPARER, PUBLISHER, OVERSEER),  # others are led to the public page; the superior: tests/workforce
    **dict.fromkeys(["my_profile", "my_profile_file", "profile_objection_new", "profile_correction_new", "profile_reply",
                     "profile_consent"], ()),  # of whoever has a profile: tests/workforce
    **dict.fromkeys(["employee_desk_list", "employee_desk", "shield_new", "employee_erasure_new", "employee_import_list",
                     "employee_import", "profile_request_list", "profile_request"], DESK),
    **dict.fromkeys(["my_appraisal_list", "my_appraisal", "my_evidence_new", "my_assessment_reply", "team_appraisal_list", "team_appraisal"], ()),  # of whoever has a profile: tests/workforce
    **dict.fromkeys(["appraisal_desk_list", "reporting_line_desk"], DESK),
    **dict.fromkeys(["feedback_list", "feedback_form", "feedback_result", "team_feedback", "feedback_desk", "talent_desk"], ()),  # of a survey: tests/workforce
    **dict.fromkeys(["feedback_by_code", "talent_pools"], EVERYBODY),
    "appraisal_desk": (),  # of a year that was opened: tests/workforce
    "employee_import_new": (PREPARER,),
    **dict.fromkeys(["claim_code_new", "shield_lift", "employee_erasure_approval"], ()),
    **dict.fromkeys(["openness_report", "report_comment_new", "report_comment_list", "report_comment_decide"], ()),
    **dict.fromkeys(["training_list", "training_detail"], EVERYBODY),
    **dict.fromkeys(["training_equity", "certificate_check"], EVERYBODY),
    **dict.fromkeys(["course_list", "lesson_detail", "need_list", "need_new", "need_support", "need_room"], EVERYBODY),  # the signed link is the key
    **dict.fromkeys(["lesson_read", "course_progress"], SIGNED_IN),
    "need_desk": DESK,
    **dict.fromkeys(["certificate_detail", "certificate_file", "evaluation_new", "use_answer"], ()),  # of a certificate: tests/workforce
    **dict.fromkeys(["my_trainings", "enrolment_new"], SIGNED_IN),
    **dict.fromkeys(["training_desk_list", "training_desk", "attendance", "certification"], DESK),
    **dict.fromkeys(["training_new", "training_edit"], (PREPARER,)),
    "team_trainings": (OVERSEER,),
    **dict.fromkeys(["training_publication", "training_cancellation", "enrolment_withdrawal"], ()),  # with a fresh code; by POST
    **dict.fromkeys(["training_draw", "training_numbers"], ()),  # of a training that is drawn: tests/workforce
    **dict.fromkeys(["panel_desk_list"], DESK),
    **dict.fromkeys(["panel_detail", "panel_desk", "panel_comparison"], ()),  # of an open selection: tests/workforce
    **dict.fromkeys(["assessment_list", "assessment_declaration", "assessment_sheet", "choice_desk_list", "choice_new"], ()),
    **dict.fromkeys(["application_list", "application_start"], SIGNED_IN),
    **dict.fromkeys(
        ["application_detail", "application_section", "application_documents", "document_download", "application_check",
         "application_tracking", "application_withdraw"],
        (OWNER,),
    ),
    **dict.fromkeys(["receipt_detail", "receipt_file", "receipt_qr", "result_receipt_file", "explanation_detail", "document_upload"], ()),
    **dict.fromkeys(["attestation_new", "attestation_detail", "attestation_file"], ()),  # of a public one: tests/selection
    # of a result that was announced: tests/selection/test_objection.py opens them
    **dict.fromkeys(["body_answer_new", "body_answer_letter"], ()),  # of a finding that was handed on: test_escalated.py
    "objection_of": (),  # leads to the right stage
    **dict.fromkeys(["objection_detail", "objection_point", "objection_files", "objection_upload", "objection_detach",
                     "objection_attachment", "objection_check"], ()),
    **dict.fromkeys(["objection_overview", "objection_decision_list"], EVERYBODY),
    **dict.fromkeys(["objection_decision", "objection_decision_file"], ()),  # of a decided one: tests/selection
    **dict.fromkeys(["case_home", "case_new", "case_mine", "case_list", "case_list_csv", "case_table", "case_table_csv", "case_overdue",
                     "case_overdue_feed", "case_detail", "case_follow"], EVERYBODY),
    **dict.fromkeys(["case_queue", "case_helped_new"], (*DESK, OFFICER)),
    "case_work": DESK,  # an officer: only what lies with the own agency
    **dict.fromkeys(["case_photo", "case_room", "case_room_one"], ()),  # of one that has a photo, or a letter
    "objection_queue": (*DESK, ADJUDICATOR),
    **dict.fromkeys(["objection_case", "objection_confirmation", "objection_case_file", "reopening_detail", "reopening_document"], ()),  # of one that was sent
    "review_queue_list": (VERIFIER, PREPARER, PUBLISHER),
    "review_detail": (VERIFIER,),
    **dict.fromkeys(["review_take", "review_return", "review_document"], ()),
    **dict.fromkeys(["recheck_new", "recheck_detail", "recheck_take"], ()),  # of a stage of files: tests/oversight/test_recheck_pages.py
    **dict.fromkeys(["score_batch_list", "finding_answer_list", "finding_answer"], DESK),
    "score_upload": (PREPARER,),
    "erasure_list": DESK,
    "erasure_approval": (),
    **dict.fromkeys(["post_list", "post_detail"], DESK),
    **dict.fromkeys(["notice_list", "notice_new"], (*DESK, OFFICER)),
    "redaction_list": DESK,
    **dict.fromkeys(["circular_list", "circular_detail"], DESK),
    **dict.fromkeys(["circular_new", "circular_edit"], (PREPARER,)),
    **dict.fromkeys(["circular_trial", "circular_discard", "circular_approval"], ()),
    **dict.fromkeys(["mailing_list", "mailing_detail"], (*DESK, VERIFIER, OFFICER, ADJUDICATOR, WRITER, REVIEWER, ROOM_OFFICER)),
    "redaction_approval": (),
    "recruitment_desk": DESK,
    "stage_schedule": (PREPARER,),
    "recruitment_publication": (),
    **dict.fromkeys(["score_batch", "review_shadow", "preparation_approval"], ()),
    **dict.fromkeys(["stage_desk_list", "stage_desk", "preparation_preview"], DESK),
    **dict.fromkeys(["stage_result", "stage_preparation", "review_start", "difference_settlement"], ()),
    **dict.fromkeys(["team_flags", "team_flag", "team_audits"], (OVERSEER,)),
    "office_audits": DESK,
    **dict.fromkeys(["team_commitment", "team_reveal", "office_commitment", "office_reveal", "team_sample", "audit_file",
                     "audit_document"], ()),
    "flag_finding": (),
    **dict.fromkeys(["team_member_end", "team_member_new"], ()),
    **dict.fromkeys(["team_workspace", "team_members", "team_stage", "finding_new", "team_finding", "hold_new", "hold_lift"], (OVERSEER,)),
    **dict.fromkeys(["report_start", "report_new", "report_thread", "report_statistics"], EVERYBODY),
    **dict.fromkeys(["report_list", "report_keys", "report_detail"], (OVERSEER,)),
    "watch_own": SIGNED_IN,
    "team_watches": (OVERSEER,),
    "team_watch": (),  # of one that somebody asked for: tests/oversight/test_retaliation.py
    **dict.fromkeys(["report_unlock", "report_lock", "report_reply", "report_finding", "report_image",
                     "member_key_new", "team_key_new", "team_key_give"], ()),
    **dict.fromkeys(["finding_rewrite", "team_interest_new"], (OVERSEER,)),
    "team_interest_end": (),
    **dict.fromkeys(["practice_home", "practice_start", "practice_statistics", "practice_statistics_csv",
                     "practice_leave", "practice_offline", "exam_leave", "exam_offline"], EVERYBODY),
    **dict.fromkeys(["live_score_list", "live_scores", "live_differences", "live_scores_csv"], EVERYBODY),
    **dict.fromkeys(["live_desk_list", "live_desk"], DESK),
    **dict.fromkeys(["exam_desk_list", "exam_desk", "exam_room"], (*DESK, ROOM_OFFICER)),
    "exam_seal": (),  # of a session without a test, with a fresh code: tests/exams
    "exam_door": EVERYBODY,
    # whose device sits at a seat: tests/exams
    **dict.fromkeys(["exam_start", "exam_question", "exam_questions", "exam_image", "exam_state", "exam_finish",
                     "exam_result", "exam_enter", "exam_card"], ()),
    "live_slip": (OWNER,),
    **dict.fromkeys(["live_slip_file", "live_slip_qr"], ()),  # of one's own score: tests/exams/test_live_slips.py
    "live_feed_delivery": (),  # a machine with the key of its session: tests/exams/test_live_feed.py
    "practice_history": SIGNED_IN,
    "practice_past": (),  # of one's own that is over: tests/exams
    **dict.fromkeys(["item_list", "item_detail", "item_export_list"], (WRITER, REVIEWER)),
    **dict.fromkeys(["item_new", "item_edit", "item_import_new"], (WRITER,)),
    **dict.fromkeys(["item_export", "item_import_detail"], ()),
    **dict.fromkeys(["practice_question", "practice_questions", "practice_state", "practice_finish"], (OWNER,)),
    **dict.fromkeys(["practice_current", "practice_image", "practice_result"], ()),  # the result when it is over: tests/exams
    **dict.fromkeys(["finding_evidence", "finding_confirm", "finding_send", "finding_public_text", "finding_return",
                     "finding_assess", "finding_escalate", "finding_close", "finding_dossier", "hold_confirm"], ()),
}  # fmt: skip
# Answered elsewhere: allauth's own pages, and the import pages, which have tests of their own.
PREFIXES = ("account_", "mfa_", "usersessions_", "formation_import_")


def names(resolver=None) -> set[str]:
    """Every name in the table of contents, the admin's own left out."""
    found = set()
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            if entry.app_name != "admin":
                found |= names(entry)
        elif isinstance(entry, URLPattern) and entry.name:
            found.add(entry.name)
    return found


def test_every_address_stands_in_the_matrix():
    missing = {name for name in names() if name not in OPEN and not name.startswith(PREFIXES)}

    assert not missing
    assert not OPEN.keys() - names()


@pytest.fixture
def world(db):
    """One object of each kind, and one visitor of each kind."""
    visitors = {
        who: enrol(make_user(f"{who}@peran.example", who))
        for who in (VERIFIER, *DESK, OFFICER, OVERSEER, ADJUDICATOR, WRITER, REVIEWER, ROOM_OFFICER)
    }
    visitors[OWNER], visitors[STRANGER] = make_user("owner@peran.example"), make_user("stranger@peran.example")
    visitors[SUPERUSER] = make_user("root@peran.example")
    visitors[SUPERUSER].is_staff = visitors[SUPERUSER].is_superuser = visitors[SUPERUSER].requires_second_factor = True
    visitors[SUPERUSER].save()
    enrol(visitors[SUPERUSER])
    make_team(visitors[OVERSEER], at=timezone.now())
    vacancy = Vacancy()
    draft = vacancy.draft(visitors[OWNER], nik="9901011505950001")
    story = Stage(people=3).score().rank().prepare()
    Recruitment.objects.filter(pk=vacancy.recruitment.pk).update(sealed_until_closing=False)  # registration runs
    review = Review.objects.create(
        application=draft, stage=vacancy.stage, seat=1, verifier=visitors[VERIFIER], taken_at=timezone.now()
    )
    now = timezone.now()
    evidence = [{"what": "a", "expected": "b", "found": "c", "source": "d"}]
    finding = findings.draft(
        story.stage, title="Beda", body="Isi", severity="major", by=visitors[OVERSEER], at=now, evidence=evidence
    )
    make_public(finding, visitors[OVERSEER], at=now - 4 * DAY)
    hold = Hold.objects.create(
        stage=story.stage, reason="Uji", placed_by=visitors[OVERSEER], placed_at=now, lapses_at=now
    )
    batch = story.stage.batches.get()
    upload = FormationImport.objects.create(
        recruitment=vacancy.recruitment,
        file_name="f.csv",
        sha256="0" * 64,
        uploaded_by=visitors[PREPARER],
        uploaded_at=now,
    )
    document = draft.documents.first()
    news = publication.publish(source="uji", subject="Kabar", body="Isi", url="", at=now, for_all=True)
    channel = Channel.objects.create(code="uji", name="Uji", kind=Channel.Kind.POST, target="uji")
    board = Board.objects.create(name="Kelurahan", place="Jalan Mawar")
    notice = notices.put_up(
        news, board=board, photo=as_file(a_photo(), "papan.jpg"), put_up_at=now, by=visitors[PREPARER], at=now
    )
    token = Subscriber.objects.create(address="a@b.example", address_index="0" * 64, made_at=now).token()
    post = Post.objects.create(publication=news, channel=channel, due_at=now)
    flag = Flag.objects.create(
        rule="short-window", key="k", stage=story.stage, subject="14 hari", first_seen_at=now, last_seen_at=now
    )
    arguments = {
        **dict.fromkeys(["team_commitment", "team_reveal", "office_commitment", "office_reveal", "team_sample",
                         "audit_file"], [999_999]), "audit_document": [999_999, 999_999],
        "team_flag": [flag.pk], "flag_finding": [flag.pk],
        "publication_detail": [news.pk], "publication_speech": [news.pk], "publication_poster": [news.pk, "a4"],
        "post_detail": [post.pk], "notice_new": [news.pk], "publication_notice": [news.pk, notice.pk], "alert_room": [token], "alert_leave": [token],
        "vacancy_detail": [vacancy.formation.slug], "vacancy_calendar": [vacancy.formation.slug], "vacancy_feed": [vacancy.formation.slug],
        "indicator_detail": ["tepat-waktu"], "openness_report": ["KTB-2026-1"], "report_comment_new": ["KTB-2026-1"],
        "report_comment_decide": [999_999],
        "eligibility_check": [vacancy.formation.slug], "application_start": [vacancy.formation.slug],
        "recruitment_desk": [vacancy.recruitment.slug], "recruitment_publication": [vacancy.recruitment.slug],
        "stage_schedule": [vacancy.stage.pk], "sitemap_section": ["lowongan"],
        "recruitment_detail": [vacancy.recruitment.slug], "finding_detail": [finding.number],
        "application_section": [draft.ref, "data-diri"], "document_download": [draft.ref, document.pk],
        "document_upload": [draft.ref, document.requirement_id], "explanation_detail": [draft.ref, "2026-1"],
        "review_take": [vacancy.stage.pk], "review_document": [review.pk, 999_999],
        "score_batch": [batch.pk], "preparation_preview": [story.preparation.pk, "index.html"],
        "preparation_approval": [story.preparation.pk], "difference_settlement": [999_999],
        **dict.fromkeys(["attestation_new", "attestation_detail", "attestation_file"], [999_999]),
        "finding_dossier": [finding.number, "bkn"], "result_receipt_file": [draft.ref, "2026-1", 1], "live_slip": [draft.ref],
        "live_slip_file": [draft.ref, 999_999], "live_slip_qr": [draft.ref, 999_999],
        "erasure_approval": [999_999],
        "redaction_approval": [999_999],
        "team_member_end": [999_999], "team_interest_end": [999_999], "review_shadow": [current_set(story.stage).pk], "formation_import_detail": [upload.pk],
    }  # fmt: skip
    stage = [draft.ref, vacancy.stage.slug]
    arguments |= {
        "objection_of": [draft.ref],
        "body_answer_new": [finding.number],
        "body_answer_letter": [finding.number, 999_999],
        "objection_point": [*stage, "ijazah"],
        "objection_detach": [*stage, 1],
        "objection_attachment": [*stage, 1],
        "objection_case_file": [999_999, "dokumen", 1],
        "reopening_document": [999_999, 1],
        "recheck_new": [finding.number],
        "recheck_detail": [999_999],
        "recheck_take": [999_999],
    }
    letter = circular.write(
        story.recruitment, stage=None, subject="Jadwal", body="Isi", send_at=now, window_from="06:00",
        window_until="21:00", by=visitors[PREPARER], at=now,
    )  # fmt: skip
    arguments |= dict.fromkeys(
        ["circular_detail", "circular_edit", "circular_trial", "circular_discard", "circular_approval"], [letter.pk]
    )
    arguments["circular_new"] = [story.recruitment.slug]
    arguments["mailing_detail"] = [mailing.begin(news, zone="Asia/Jakarta", at=now).pk]
    nowhere = 999_999
    arguments |= {"panel_detail": ["tidak-ada"], "panel_comparison": [nowhere, "makalah"],
                  "assessment_sheet": [nowhere, nowhere, "makalah"]}  # fmt: skip
    arguments |= dict.fromkeys(["panel_desk", "assessment_declaration", "choice_new"], [nowhere])
    training = a_training(visitors[PREPARER], visitors[PUBLISHER], at=now)
    arguments |= dict.fromkeys(
        ["training_desk", "training_edit", "training_publication", "training_cancellation", "certification"],
        [training.pk],
    )
    arguments |= dict.fromkeys(["lesson_detail", "lesson_read"], ["etika", "benturan-kepentingan"])
    wish = training_need.propose(text="Bahasa isyarat.", topic="layanan", by=visitors[OWNER], at=now)
    arguments |= {"need_support": [wish.pk], "need_room": [token]}
    arguments |= {"attendance": [training.pk, training.sessions.get().pk], "certificate_detail": ["TIDAKADA"]}
    arguments |= dict.fromkeys(["certificate_file", "evaluation_new", "use_answer"], ["TIDAKADA"])
    arguments |= dict.fromkeys(
        ["training_detail", "training_draw", "training_numbers", "enrolment_new", "enrolment_withdrawal"],
        [training.slug],
    )
    event = an_event(visitors[PREPARER], visitors[PUBLISHER], at=now)
    arguments |= dict.fromkeys(
        ["event_detail", "event_calendar", "event_registration_new", "question_list", "question_new"], [event.slug]
    )
    asked = a_question(event, at=now)
    arguments["event_paper"] = [event.slug, 999_999]
    arguments |= {"event_room": [token], "event_helped_code": [event.pk, 999_999], "question_vote": [asked.pk],
                  "question_answer": [asked.pk], "question_vote_helped": [asked.pk], "question_helped_list": [event.pk],
                  "question_helped_code": [event.pk, asked.pk]}  # fmt: skip
    arguments |= dict.fromkeys(["event_desk", "event_count", "question_desk", "question_helped_new", "event_paper_new", "event_edit", "event_move", "event_publication",
                                "event_cancellation", "event_helped_new"], [event.pk])  # fmt: skip
    consultation, document, said = a_consultation(visitors[PREPARER], visitors[PUBLISHER], at=now)
    arguments |= dict.fromkeys(["consultation_detail", "contribution_new"], [consultation.slug])
    arguments |= {
        "consultation_document": [consultation.slug, document.pk], "contribution_support": [said.pk],
        "contribution_room": [token], "consultation_desk": [consultation.pk],
        "contribution_helped_list": [consultation.pk], "support_helped_new": [said.pk],
        "contribution_helped_new": [consultation.pk], "contribution_helped_code": [consultation.pk, said.pk],
    }  # fmt: skip
    employee = an_employee(at=now)
    asked = requests.object_to(employee, "education", text="Uji", at=now)
    file = employee_import.stage_file(a_file(a_row()), file_name="p.csv", by=visitors[PREPARER], at=now)
    arguments |= dict.fromkeys(["profile", "profile_json", "profile_full", "employee_desk", "shield_new", "shield_lift",
                                "claim_code_new", "employee_erasure_new", "employee_erasure_approval"], [employee.slug])  # fmt: skip
    arguments |= {"profile_request": [asked.pk], "employee_import": [file.pk]}
    arguments |= dict.fromkeys(
        ["my_appraisal", "my_evidence_new", "appraisal_desk", "feedback_result", "feedback_desk", "talent_desk"], [2026]
    )
    arguments |= {"feedback_form": [1], "team_feedback": [2026, employee.slug]}
    arguments |= dict.fromkeys(["my_assessment_reply", "team_appraisal"], [1])
    a_bank()
    sittings.begin(a_format(), user=visitors[OWNER], at=now)
    items.write(
        code="rahasia-1", component="tiu", topic="uji", free=False, content=single("Uji"), by=visitors[WRITER], at=now
    )
    arguments |= {"practice_question": [1], "practice_image": [1], "practice_start": ["uji"], "practice_past": [999_999],
                  "item_import_detail": [999_999], "item_detail": ["rahasia-1"], "item_edit": ["rahasia-1"]}  # fmt: skip
    live = live_sessions.make(
        story.stage, name="Sesi 1", place="Aula", rooms=["A"], held_on=now.date(), by=visitors[PREPARER], at=now
    )
    live_sessions.open_(live, by=visitors[PUBLISHER], at=now)
    arguments |= dict.fromkeys(
        ["live_scores", "live_differences", "live_scores_csv", "live_desk", "live_feed_delivery"], [live.slug]
    )
    arguments["team_watch"] = [999_999]
    hall = Hall(2)
    arguments |= {
        "exam_desk": [hall.session.slug],
        "exam_seal": [hall.session.slug],
        "exam_room": [hall.session.slug, 0],
    }
    arguments |= dict.fromkeys(["exam_question", "exam_image"], [1])
    arguments |= dict.fromkeys(["exam_enter", "exam_card"], [hall.seat().pk])
    report = a_report(visitors[OVERSEER], at=now)
    arguments |= dict.fromkeys(["report_detail", "report_reply", "report_finding"], [report.pk])
    arguments |= {"report_image": [report.pk, 1, 1], "team_key_give": [999_999]}
    case = a_case(at=now)
    arguments |= {"case_detail": [case.number], "case_work": [case.number], "case_photo": [case.number, 1]}
    arguments |= {"case_follow": [case.number], "case_room": ["x"], "case_room_one": ["x", "y"]}
    for name in OPEN:
        if name in arguments:
            continue
        if name in ("objection_overview", "objection_decision_list", "objection_queue"):
            arguments[name] = []
        elif name in ("objection_decision", "objection_decision_file"):
            arguments[name] = ["SGH-26-ABCDEF"]
        elif name in ("objection_case", "objection_confirmation", "reopening_detail"):
            arguments[name] = [999_999]
        elif name.startswith("objection_"):
            arguments[name] = stage
        elif name.startswith(("application_", "receipt_")):
            arguments[name] = [draft.ref] if name != "application_list" else []
        elif name in ("review_detail", "review_return"):
            arguments[name] = [review.pk]
        elif name.startswith(("hold_confirm", "hold_lift")):
            arguments[name] = [hold.pk]
        elif name in ("finding_evidence", "finding_confirm", "finding_send", "finding_public_text", "finding_return",
                      "finding_assess", "finding_escalate", "finding_close", "finding_rewrite", "team_finding",
                      "finding_answer", "review_start"):  # fmt: skip
            arguments[name] = [finding.number]
        elif name in ("score_batch_list", "score_upload", "stage_desk", "stage_result", "stage_preparation", "team_stage",
                      "finding_new", "hold_new"):  # fmt: skip
            arguments[name] = [story.stage.pk]
    return visitors, arguments


def test_every_visitor_gets_what_the_matrix_says(world, client):
    visitors, arguments = world
    wrong = []
    for who in EVERYBODY:
        client.logout()
        if who in visitors:
            client.force_login(visitors[who], backend="django.contrib.auth.backends.ModelBackend")
        for name, allowed in OPEN.items():
            response = client.get(reverse(name, args=arguments.get(name, [])))
            opened = 200 <= response.status_code < 300
            if response.status_code >= 500 or opened != (who in allowed):
                wrong.append((name, who, response.status_code, response.headers.get("Location", "")))
            if opened and who == OWNER and name.startswith("application_"):
                assert response.headers["Cache-Control"] == "private, no-store", name

    assert not wrong


def test_public_pages_set_no_cookie_and_may_be_kept(world, client):
    _visitors, arguments = world
    public = [
        name
        for name, allowed in OPEN.items()
        if allowed == EVERYBODY
        and not name.startswith(
            (
                "alert_",
                "event_reg",
                "event_room",
                "contribution_",
                "question_new",
                "question_vote",
                "case_new",
                "case_mine",
                "case_follow",
                "practice_start",
                "practice_leave",
                "exam_door",
                "exam_leave",
                "need_new",
                "need_support",
                "need_room",
                "feedback_by_code",
            )  # fmt: skip
        )
    ]

    for name in public:
        response = client.get(reverse(name, args=arguments.get(name, [])))

        assert not response.cookies, name
        if name not in ("healthz", "readyz", "eligibility_check", "report_start", "report_new", "report_thread"):
            assert response.headers["Cache-Control"].startswith("public"), name


def test_a_receipt_opens_for_its_owner_alone(world, client):
    visitors, _arguments = world
    draft = visitors[OWNER].applications.get()
    applications.submit(draft, by=visitors[OWNER])
    address = reverse("receipt_detail", args=[draft.ref])

    for who, expected in ((OWNER, 200), (STRANGER, 404), (PREPARER, 404)):
        client.force_login(visitors[who], backend="django.contrib.auth.backends.ModelBackend")
        assert client.get(address).status_code == expected
    assert OutcomeSet.objects.count() == 1
