"""Every field that may hold words about a person: its class, what it is for, how long it stays. The one place that says so.

A field that is named neither in PERSONAL nor in PLAIN is refused by a test, so that nobody adds one without having
thought about it. Numbers, times, choices and foreign keys are not asked: they say nothing once the person is gone.
`selection/actions/erasure.py` erases; the reasons for the time limits are in `docs/runbooks/erasure.md`.
"""

from dataclasses import dataclass

IDENTITY, CONTACT, HEALTH, CAREER, ACCOUNT, TRACE, OFFICE = (
    "identity", "contact", "health", "career", "account", "trace", "office",
)  # fmt: skip
FILE = "two years after the recruitment ended (RETENTION_DAYS), or on request once it ended"
IDLE = "as FILE; the account of whoever still signs in stays"
ASKED = "until its owner presses delete; seven days when the first letter is not answered"
CASE = "one year after the case was closed (CASE_KEPT_DAYS), or until its reporter takes it back"
SERVICE = "as long as the person serves; afterwards until an erasure is asked and approved"
PRACTICE = "seven days; with an account a year, or until its owner presses delete"
TEST = "as long as the recruitment's results have to be shown; a test that counts is not taken back"
DUTY = "as long as the office has to show who decided: people who act for it, not applicants"


@dataclass(frozen=True)
class Line:
    """Class of the data, its purpose, how long it stays; `erased` says that an erasure takes it away."""

    kind: str
    purpose: str
    stays: str
    erased: bool = True


PERSONAL: dict[str, Line] = {
    "accounts.Person.name": Line(IDENTITY, "who applies", FILE),
    "accounts.Person.nik": Line(IDENTITY, "one application per person; how many come from each district", FILE),
    "accounts.Person.nik_index": Line(IDENTITY, "finds a second application without reading the NIK", FILE),
    "accounts.Person.birth_date": Line(IDENTITY, "age limit; last criterion in a tie", FILE),
    "accounts.Person.phone": Line(CONTACT, "reaching the applicant", FILE),
    "accounts.Person.address": Line(CONTACT, "reaching the applicant", FILE),
    "accounts.User.email": Line(ACCOUNT, "signing in, letters", IDLE),
    "accounts.User.password": Line(ACCOUNT, "signing in", IDLE),
    "accounts.User.name": Line(ACCOUNT, "name of staff and team", IDLE),
    "accounts.User.public_label": Line(OFFICE, "what applicants see in the place of a name", IDLE),
    "account.EmailAddress.email": Line(ACCOUNT, "confirming the address", IDLE),
    "account.EmailConfirmation.key": Line(ACCOUNT, "confirming the address", IDLE),
    "mfa.Authenticator.data": Line(ACCOUNT, "second factor", IDLE),
    "sessions.Session.session_data": Line(ACCOUNT, "staying signed in", "one day, or at once"),
    "sessions.Session.session_key": Line(ACCOUNT, "staying signed in", "one day, or at once"),
    "usersessions.UserSession.ip": Line(TRACE, "the owner sees where the account is signed in", "one day, or at once"),
    "usersessions.UserSession.session_key": Line(TRACE, "ending a session", "one day, or at once"),
    "usersessions.UserSession.user_agent": Line(TRACE, "the owner knows the device again", "one day, or at once"),
    "usersessions.UserSession.data": Line(TRACE, "kept by the sign-in package", "one day, or at once"),
    "selection.Answers.level": Line(CAREER, "requirements of the position", FILE),
    "selection.Answers.program": Line(CAREER, "requirements of the position", FILE),
    "selection.Answers.institution": Line(CAREER, "requirements of the position", FILE),
    "selection.Answers.ipk": Line(CAREER, "requirements; criterion in a tie", FILE),
    "selection.Answers.accommodation": Line(HEALTH, "help at the test", "90 days after the recruitment ended"),
    "selection.Answers.statement_text": Line(CAREER, "what the applicant declared", FILE),
    "selection.Application.salt": Line(IDENTITY, "opens the commitments", FILE),
    "selection.Application.once_key": Line(IDENTITY, "one application per person", FILE),
    "selection.Application.national_number": Line(IDENTITY, "matches BKN's lists", FILE),
    "selection.Document.file": Line(CAREER, "evidence of the requirements", FILE),
    "selection.Document.sha256": Line(CAREER, "finds the file, shows that it did not change", FILE),
    "selection.Document.content_type": Line(CAREER, "shows the file", FILE),
    "selection.Document.original_name": Line(IDENTITY, "the owner knows the file again", FILE),
    "selection.Opening.text": Line(IDENTITY, "what the office bound itself to", FILE),
    "selection.Step.because": Line(CAREER, "why an application was moved", FILE),
    "selection.ReviewItem.detail": Line(CAREER, "what a verifier saw in the file", FILE),
    "selection.Objection.evidence": Line(CAREER, "what the portal knows about the disputed result", FILE),
    "selection.Objection.answer": Line(CAREER, "the reasoned answer to an objection", FILE),
    "selection.ObjectionItem.text": Line(CAREER, "why a person objects", FILE),
    "selection.ObjectionAttachment.file": Line(CAREER, "explains an objection", FILE),
    "selection.ObjectionAttachment.sha256": Line(CAREER, "finds the file, shows that it did not change", FILE),
    "selection.ObjectionAttachment.content_type": Line(CAREER, "shows the file", FILE),
    "publishing.Publication.subject": Line(CONTACT, "a letter to one person", FILE),
    "publishing.Publication.body": Line(CONTACT, "a letter to one person", FILE),
    "publishing.Publication.url": Line(CONTACT, "a letter to one person", FILE),
    "publishing.Subscriber.address": Line(CONTACT, "news that its owner asked for", ASKED, erased=False),
    "publishing.Subscriber.address_index": Line(CONTACT, "finds an address without reading it", ASKED, erased=False),
    "publishing.Subscriber.nonce": Line(CONTACT, "makes the link", ASKED, erased=False),
    "vacancies.SavedSearch.query": Line(CAREER, "what its owner looks for", ASKED, erased=False),
    "vacancies.SavedSearch.words": Line(CAREER, "the same as a sentence", ASKED, erased=False),
    "participation.Contribution.mailbox": Line(
        CONTACT, "one voice per mailbox; a keyed hash", "until its owner deletes the address", erased=False
    ),
    "participation.Vote.mailbox": Line(
        CONTACT, "one voice per mailbox; a keyed hash", "until its owner deletes the address", erased=False
    ),
    "participation.Contribution.name": Line(
        CONTACT,
        "what its owner wants to be called beside a contribution",
        "until its owner deletes the address",
        erased=False,
    ),
    "participation.Contribution.text": Line(
        CAREER, "public words to a consultation", "as long as the consultation; seven days unconfirmed", erased=False
    ),
    "participation.Hiding.appeal": Line(
        CAREER, "why an author wants words shown again", "until its owner deletes the address", erased=False
    ),
    "participation.Question.name": Line(
        IDENTITY, "the name its owner wants shown", "until its owner deletes the address", erased=False
    ),
    "participation.Question.text": Line(
        CAREER, "public words at a session", "as long as the session; seven days unconfirmed", erased=False
    ),
    "participation.Question.mailbox": Line(
        CONTACT, "one voice per mailbox; a keyed hash", "until its owner deletes the address", erased=False
    ),
    "participation.QuestionVote.mailbox": Line(
        CONTACT, "one voice per mailbox; a keyed hash", "until its owner deletes the address", erased=False
    ),
    "participation.QuestionHiding.appeal": Line(
        CAREER, "why an author wants words shown again", "until its owner deletes the address", erased=False
    ),
    "participation.QuestionHiding.by_mailbox": Line(OFFICE, "nobody moderates what is their own", DUTY, erased=False),
    "participation.Hiding.by_index": Line(OFFICE, "nobody moderates what is their own", DUTY, erased=False),
    "participation.ServiceCase.text": Line(CAREER, "what somebody says about a service", CASE, erased=False),
    "participation.ServiceCase.place": Line(CAREER, "where it happened", CASE, erased=False),
    "participation.ServiceCase.code_hash": Line(TRACE, "finds a case by its reporter's code", CASE, erased=False),
    "participation.CaseStep.words": Line(OFFICE, "public words about a case", DUTY, erased=False),
    "participation.CaseStep.private": Line(CAREER, "what reporter and office alone read", CASE, erased=False),
    "participation.CasePhoto.file": Line(CAREER, "shows what a case is about", CASE, erased=False),
    "participation.CasePhoto.sha256": Line(CAREER, "finds the photo", CASE, erased=False),
    # The directory of employees: workforce/actions/erasure.py erases, once the person left.
    "workforce.Employee.name": Line(IDENTITY, "who serves", SERVICE),
    "workforce.Employee.nip": Line(IDENTITY, "one row for each person", SERVICE),
    "workforce.Employee.nip_index": Line(IDENTITY, "finds the row without reading the NIP", SERVICE),
    "workforce.Employee.grade": Line(CAREER, "distributions per unit", SERVICE),
    "workforce.Employee.left_on": Line(CAREER, "who does not serve any more is not shown", SERVICE, erased=False),
    "workforce.Appointment.decree": Line(CAREER, "appointments can be checked", SERVICE),
    "workforce.Appointment.end_decree": Line(CAREER, "appointments can be checked", SERVICE),
    "workforce.Appointment.decree_date": Line(CAREER, "date of the decree", SERVICE, erased=False),
    "workforce.Appointment.since": Line(CAREER, "history of the post", SERVICE, erased=False),
    "workforce.Appointment.until": Line(CAREER, "history of the post", SERVICE, erased=False),
    "workforce.Credential.title": Line(CAREER, "education, training, certificates", SERVICE),
    "workforce.Credential.issuer": Line(CAREER, "education, training, certificates", SERVICE),
    "workforce.ProfileChange.old": Line(CAREER, "what was wrong, beside what is right", SERVICE),
    "workforce.ProfileChange.new": Line(CAREER, "what is right", SERVICE),
    "workforce.ProfileChange.reason": Line(CAREER, "why it was corrected", SERVICE),
    "workforce.Reply.text": Line(CAREER, "the person's own words beside the profile", SERVICE),
    "workforce.ProfileRequest.text": Line(CAREER, "what the person asks", SERVICE),
    "workforce.ProfileRequest.answer": Line(CAREER, "how the office decided", SERVICE),
    "workforce.EmployeeImport.rows": Line(IDENTITY, "a file that waits", "until it is applied", erased=False),
    "exams.Answer.value": Line(CAREER, "what was answered in a practice test", PRACTICE, erased=False),
    "exams.Sitting.score": Line(CAREER, "the result of a practice test", PRACTICE, erased=False),
    "exams.Sitting.marks": Line(CAREER, "the result of a practice test", PRACTICE, erased=False),
    "exams.Seat.key_digest": Line(TRACE, "one device for a seat of a test", TEST, erased=False),
    "exams.Incident.words": Line(OFFICE, "what happened in a test room", TEST, erased=False),
    "exams.Sitting.key_digest": Line(TRACE, "finds the practice test of a browser", PRACTICE, erased=False),
    "admin.LogEntry.object_repr": Line(OFFICE, "who managed which account", IDLE),
    "workforce.Certificate.holder": Line(CAREER, "who attended can show it", "until an erasure of account or employee"),
    "workforce.PanelMember.name": Line(OFFICE, "who judges is known to everybody", DUTY, erased=False),
    "workforce.PanelMember.post": Line(OFFICE, "who judges is known to everybody", DUTY, erased=False),
    "workforce.Choice.reason": Line(
        OFFICE, "why this one of the best, for everybody to read", "as long as the recruitment is public", erased=False
    ),
    # What people who act for the office or the team wrote: bound to their office, told to write nothing personal.
    "ledger.Wording.text": Line(OFFICE, "the words behind a commitment in the record", DUTY, erased=False),
    "oversight.Finding.title": Line(OFFICE, "public finding", DUTY, erased=False),
    "oversight.Finding.body": Line(OFFICE, "public finding", DUTY, erased=False),
    "oversight.Finding.evidence": Line(OFFICE, "public finding, participant numbers only", DUTY, erased=False),
    "oversight.Finding.conclusion": Line(OFFICE, "public finding", DUTY, erased=False),
    "oversight.AuditVerdict.note": Line(OFFICE, "what the team sees otherwise in a drawn file", DUTY, erased=False),
    "oversight.Finding.public_title": Line(OFFICE, "public finding", DUTY, erased=False),
    "oversight.Finding.public_text": Line(OFFICE, "public finding", DUTY, erased=False),
    "oversight.Assessment.text": Line(OFFICE, "public judgement of an answer", DUTY, erased=False),
    "oversight.Escalation.text": Line(OFFICE, "public reason for handing a finding on", DUTY, erased=False),
    "oversight.BodyAnswer.text": Line(OFFICE, "public summary of a body's letter", DUTY, erased=False),
    "oversight.BodyAnswer.file": Line(OFFICE, "a body's letter; public only where it names nobody", DUTY, erased=False),
    "oversight.Flag.subject": Line(OFFICE, "what a rule found, no name", DUTY, erased=False),
    "oversight.Flag.evidence": Line(OFFICE, "what a rule counted, numbers and keys only", DUTY, erased=False),
    "oversight.Flag.note": Line(OFFICE, "how the team judged a flag", DUTY, erased=False),
    "oversight.Response.text": Line(OFFICE, "public answer", DUTY, erased=False),
    "oversight.Return.text": Line(OFFICE, "what an answer lacks", DUTY, erased=False),
    "oversight.ReportComment.name": Line(
        CONTACT, "whoever wants to be named beside a comment", "as long as the report", erased=False
    ),
    "oversight.ReportComment.text": Line(
        CAREER, "what somebody said about a report", "as long as the report", erased=False
    ),
    "oversight.Membership.affiliation": Line(OFFICE, "whom a member comes from", DUTY, erased=False),
    "selection.Attestation.signatures": Line(
        OFFICE, "which official signed, as the public PDF says", DUTY, erased=False
    ),
    "selection.Objection.summary": Line(OFFICE, "public decision, without the person", DUTY, erased=False),
    "selection.ObjectionStep.because": Line(OFFICE, "why the second person disagreed", DUTY, erased=False),
    "selection.Difference.reason": Line(OFFICE, "published explanation", DUTY, erased=False),
    "accounts.FileAccess.unit": Line(OFFICE, "who looked at a file, as its owner sees it", DUTY, erased=False),
    "accounts.FileAccess.purpose": Line(OFFICE, "why somebody looked at a file", DUTY, erased=False),
    "pghistory.Context.metadata": Line(OFFICE, "who edited a vacancy", DUTY, erased=False),
}

# Fields that hold nothing personal: public facts, digests, numbers that mean nothing by themselves, words to all.
PLAIN: dict[str, str] = {
    "accounts.FileAccess": "subject role",
    "ledger.Pending": "kind refused",
    "ledger.Wording": "field",
    "ledger.Entry": "kind",
    "ledger.Cosignature": "cosigner line",
    "ledger.Witness": "label trouble",
    "ledger.Refusal": "witness answer",
    "publishing.Channel": "code name target secret page",
    "publishing.Post": "proof failure",
    "publishing.Board": "name place district",
    "publishing.Notice": "photo sha256",
    "publishing.Delivery": "proof failure",
    "publishing.Mailing": "time_zone",
    "publishing.MailingStep": "reason",
    "publishing.Pace": "host",
    "publishing.SpentProof": "challenge",
    "publishing.Publication": "source",
    "vacancies.Agency": "name slug",
    "vacancies.FacetCell": "need levels",
    "vacancies.FacetCount": "facet value label",
    "vacancies.Formation": "code slug position unit_path levels duties ipk_min",
    "vacancies.FormationEvent": "pgh_label code slug position unit_path duties ipk_min",
    "vacancies.Qualification": "level program",
    "vacancies.EducationChange": "level program",
    "vacancies.FormationImport": "file_name sha256 report rows",
    "vacancies.Holiday": "date name decree",
    "vacancies.Recruitment": "slug name decree summary time_zone rulepack rulepack_digest",
    "vacancies.RecruitmentEvent": "pgh_label slug name decree summary time_zone rulepack rulepack_digest",
    "vacancies.Requirement": "code text basis limit",
    "vacancies.RequirementEvent": "pgh_label code text basis limit",
    "vacancies.Revision": "summary changes reason",
    "vacancies.Clarification": "question answer",
    "vacancies.Stage": "slug rule name_internal name_public name_upcoming",
    "vacancies.StageEvent": "pgh_label slug rule name_internal name_public name_upcoming",
    "vacancies.ScheduleChange": "field reason",
    "workforce.Position": "name closed_on",
    "workforce.UnitContact": "phone email",
    "workforce.Employee": "slug",
    "workforce.ClaimCode": "digest",
    "workforce.ProfileChange": "key",
    "workforce.ProfileRequest": "key",
    "workforce.EmployeeImport": "file_name sha256 report",
    "workforce.EmployeeErasure": "letter",
    "participation.Event": "slug title about place address district access entrance language_help transport online_url "
    "recording_url cancel_reason",
    "participation.EventChange": "changes reason",
    "participation.Answer": "text",
    "participation.EventPaper": "title file url sha256",
    "participation.DistrictOrigin": "code",
    "participation.QuestionHiding": "reason answer",
    "participation.Consultation": "slug title body",
    "participation.ConsultationDocument": "title file sha256",
    "participation.Cluster": "title response",
    "participation.Promise": "text due_on proof reason",
    "participation.Hiding": "reason answer",
    "exams.Item": "code topic retire_reason",
    "exams.ItemVersion": "body sealed returned_because",
    "exams.ItemExport": "component",
    "exams.ItemImport": "file_name sha256 problems sealed",
    "exams.Blueprint": "slug name about rulepack rule",
    "exams.BlueprintPart": "topic scores_as",
    "exams.Sitting": "seed",
    "exams.Answer": "mark",
    "exams.ExamSession": "slug name place rooms held_on",
    "exams.FeedKey": "digest",
    "exams.LiveDelivery": "sha256",
    "exams.LiveRow": "room commitment",
    "workforce.Training": "slug title about list_digest",
    "workforce.TrainingSession": "place",
    "workforce.Enrolment": "number",
    "workforce.TrainingSecret": "digest",
    "workforce.TrainingRound": "parties",
    "workforce.TrainingReveal": "value",
    "workforce.TrainingDraw": "seed",
    "workforce.Certificate": "code",
    "workforce.Evaluation": "words",
    "exams.LocalTest": "commitment answers_digest seed",
    "exams.ItemBox": "inside",
    "exams.Seat": "room code",
    "workforce.Panel": "decree",
    "workforce.PanelMember": "components left_reason",
    "workforce.ScoreSheet": "component reason digest",
    "workforce.PanelScore": "value",
    "workforce.CombinedFile": "sha256 sheets",
    "selection.AnnouncementNumber": "series",
    "selection.Circular": "subject body digest left_out samples approved_digest",
    "selection.Preparation": "digest rows_digest rows_root reason",
    "selection.Announcement": "number digest rows_digest rows_root reason",
    "selection.Attestation": "number letter letter_date sha256 reason",
    "selection.Redaction": "leaf letter digest rows_digest",
    "selection.DelayNotice": "number unsettled",
    "selection.Application": "ref participant_number",
    "selection.Erasure": "applications letter",
    "selection.Hold": "reason lift_reason",
    "selection.Objection": "number evidence_digest",
    "selection.ObjectionItem": "key title",
    "selection.Recheck": "cause reason scope",
    "selection.OutcomeSet": "rulepack rulepack_digest components places_digest batches reason",
    "selection.Outcome": "group values total final code decided_by official_code",
    "selection.Difference": "ours official",
    "selection.ParticipantList": "file_name sha256",
    "selection.Receipt": "number content_digest commitment promise checkpoint",
    "selection.ApplicationBatch": "root",
    "selection.Reason": "code text",
    "selection.ScoreBatch": "file_name sha256 components report reason",
    "selection.LiveScore": "components values",
    "selection.StagedScore": "values status official_code",
    "selection.Score": "values status official_code",
    "oversight.AuditCommitment": "digest",
    "oversight.AuditReveal": "value",
    "oversight.AuditRound": "parties beacon",
    "oversight.AuditSample": "seed beacon digest",
    "oversight.BodyAnswer": "letter dated sha256",
    "oversight.ClockMove": "because",
    "oversight.Confirmation": "digest",
    "oversight.Escalation": "digest",
    "participation.ServiceCase": "number summary",
    "participation.CasePhoto": "content_type",
    "participation.CaseMending": "instead reason",
    "oversight.Finding": "number evidence_digest due_skipped",
    "oversight.Flag": "rule key grounds",
    "oversight.FlagRun": "failed",
    "oversight.Indicator": "name night period",
    "oversight.OpennessReport": "content digest month number",
    "oversight.ReportComment": "reason",
    "oversight.ReportTally": "digest",
    "oversight.PassRate": "group grouping",
    "oversight.InvariantRun": "name examples trouble",
    "oversight.Reading": "month",
    "oversight.Team": "name mandate contact",
    "admin.LogEntry": "object_id change_message",
    "auth.Permission": "name codename",
    "auth.Group": "name",
    "contenttypes.ContentType": "app_label model",
}
