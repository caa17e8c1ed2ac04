"""Service cases for tests: Siti writes, Tono of the agency answers, Pia at the desk routes."""

from accounts.roles import Role
from participation import case_codes
from participation.actions import case_work, cases
from participation.models import ServiceCase
from tests.parts import NOON, make_agency, make_user
from vacancies.models import AgencyOfficer

TEXT = "Lampu jalan di depan rumah saya mati."
SUMMARY = "Lampu jalan mati di Jalan Melati"


def a_case(*, at=NOON, kind="complaint", code=None, **fields) -> ServiceCase:
    """A case as somebody has just filed it."""
    code = code or case_codes.code_of(case_codes.new_token())
    return cases.file(code, **({"kind": kind, "topic": "roads", "text": TEXT} | fields), at=at)[0]


class Office:
    """A city, an agency of it with an officer, another agency with another, and the desk."""

    def __init__(self):
        self.city = make_agency()
        self.agency, self.other = make_agency("Dinas Jalan", self.city), make_agency("Dinas Lain", self.city)
        self.pia = make_user("pia@aduan.example", Role.PREPARER)
        self.tono, self.tuti, self.wali = (
            make_user(f"{who}@aduan.example", Role.AGENCY_OFFICER) for who in ("tono", "tuti", "wali")
        )
        for agency, who in ((self.agency, self.tono), (self.other, self.tuti), (self.city, self.wali)):
            AgencyOfficer.objects.create(agency=agency, user=who)

    def route(self, case, *, at=NOON, agency=None, supervised=False, summary=SUMMARY) -> ServiceCase:
        case_work.route(case, agency or self.agency, summary=summary, supervised=supervised, by=self.pia, at=at)
        case.refresh_from_db()
        return case

    def routed(self, *, at=NOON, supervised=False, **fields) -> ServiceCase:
        return self.route(a_case(at=at, **fields), at=at, supervised=supervised)

    def answer(self, case, words="Sudah kami perbaiki.", *, at=NOON, by=None, private="") -> ServiceCase:
        case_work.answer(case, words=words, private=private, by=by or self.tono, at=at)
        case.refresh_from_db()
        return case

    def answered(self, *, at=NOON, **fields) -> ServiceCase:
        return self.answer(self.routed(at=at, **fields), at=at)
