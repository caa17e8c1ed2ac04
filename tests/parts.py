"""The small cast and the parts tests are built from: plain functions, no hidden state.

Alya applies, Budi is another applicant; Vera and Wati verify, Sari looks a third time; Pia prepares,
Rudi approves; Oka oversees. Noon is the usual hour.
"""

from datetime import UTC, datetime, timedelta
from itertools import count

from django.contrib.auth.models import Group

from accounts.encrypted import nik_index
from accounts.models import Person, User
from accounts.roles import STAFF_ROLES, TEAM_ROLES, Role
from oversight.models import Membership, Team
from selection.models import Answers, Application
from selection.states import State
from vacancies.models import Agency, Formation, Qualification, Recruitment, Requirement, Stage

NOON = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)  # 12.00 WIB, a Monday
DAY = timedelta(days=1)

_serial = count(1)


def make_user(email: str, *roles: Role, name: str = "") -> User:
    """An account with `roles`; staff and team accounts need a second factor, as in production."""
    staff = not STAFF_ROLES.isdisjoint(roles)
    team = not TEAM_ROLES.isdisjoint(roles)
    user = User.objects.create_user(
        email,
        None,
        name=name or email.split("@")[0].title(),
        is_staff=staff,
        requires_second_factor=staff or team,
        made_by_team=team,
    )
    for role in roles:
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    return user


def enrol(user: User) -> User:
    """Give `user` a second factor, so that the staff pages open."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(user, generate_totp_secret())
    return user


def make_person(user: User | None = None, *, nik: str | None = None, birth_date: str = "1995-05-15") -> Person:
    nik = nik or f"99{next(_serial):014d}"
    return Person.objects.create(
        user=user,
        name="Nama Uji",
        nik=nik,
        nik_index=nik_index(nik),
        birth_date=birth_date,
        phone="081200000000",
    )


def make_agency(name: str = "Pemerintah Kota Contoh", parent: Agency | None = None) -> Agency:
    return Agency.objects.create(name=name, slug=f"unit-{next(_serial)}", parent=parent)


def make_recruitment(*, at: datetime = NOON, published_by: User | None = None, **fields) -> Recruitment:
    """A CPNS recruitment with the pack cpns-2024; published when `published_by` is given."""
    serial = next(_serial)
    defaults = {
        "slug": f"cpns-{serial}",
        "name": f"CPNS Kota Contoh {serial}",
        "kind": Recruitment.Kind.CPNS,
        "year": 2026,
        "decree": "Keputusan Wali Kota Nomor 1 Tahun 2026",
        "rulepack": "cpns-2024",
        "rulepack_digest": "0" * 64,
    }
    if published_by:
        defaults |= {"published_at": at, "published_by": published_by}
    fields.setdefault("agency", None)
    fields["agency"] = fields["agency"] or make_agency(f"Pemerintah Kota {serial}")
    return Recruitment.objects.create(**(defaults | fields))


def make_stage(recruitment: Recruitment, kind: str, order: int, *, opens_at=NOON, days: int = 7, **fields) -> Stage:
    closes_at = fields.pop("closes_at", opens_at + days * DAY)
    announce_at = fields.pop("announce_at", None)
    defaults = {
        "slug": fields.pop("slug", f"{kind}-{order}"),
        "name_internal": kind,
        "name_public": {"registration": "Pendaftaran", "administrative": "Seleksi administrasi"}.get(kind, "SKD"),
    }
    return Stage.objects.create(
        recruitment=recruitment,
        kind=kind,
        order=order,
        opens_at=opens_at,
        closes_at=closes_at,
        announce_at=announce_at,
        planned_opens_at=opens_at,
        planned_closes_at=closes_at,
        planned_announce_at=announce_at,
        **(defaults | fields),
    )


def make_formation(recruitment: Recruitment, *, quota: int = 1, need: str = "umum", **fields) -> Formation:
    serial = next(_serial)
    unit = fields.pop("unit", None) or make_agency(f"Dinas {serial}", recruitment.agency)
    formation = Formation.objects.create(
        recruitment=recruitment,
        code=fields.pop("code", f"F{serial:05d}"),
        slug=fields.pop("slug", f"analis-data-{serial}"),
        position=fields.pop("position", "Analis Data Ahli Pertama"),
        unit=unit,
        unit_path=f"{recruitment.agency.name} | {unit.name}",
        need=need,
        quota=quota,
        **fields,
    )
    Qualification.objects.create(formation=formation, level="S-1/Sarjana", program="S-1 STATISTIKA")
    return formation


def make_requirement(recruitment: Recruitment, code: str, *, kind: str = "document", **fields) -> Requirement:
    if kind == "document":
        fields = {"document_format": "pdf", "max_kb": 800, **fields}
    return Requirement.objects.create(
        recruitment=recruitment, kind=kind, code=code, order=fields.pop("order", next(_serial)),
        text=fields.pop("text", code.title()), **fields,
    )  # fmt: skip


def make_application(
    formation: Formation, user: User | None = None, *, state: str = State.SUBMITTED, at=NOON
) -> Application:
    """An application as the portal would have it; a draft first when that is asked."""
    serial = next(_serial)
    application = Application.objects.create(
        recruitment=formation.recruitment,
        formation=formation,
        user=user,
        person=getattr(user, "person", None) if user else None,
        origin=Application.Origin.PORTAL if user else Application.Origin.SSCASN,
        national_number=None if user else f"2444{serial:013d}",
        state=state if state in (State.DRAFT, State.SUBMITTED) else State.SUBMITTED,
        submitted_at=None if state == State.DRAFT else at,
    )
    if user:
        Answers.objects.create(application=application, level="S-1/Sarjana", program="S-1 STATISTIKA")
    if state not in (State.DRAFT, State.SUBMITTED):
        Application.objects.filter(pk=application.pk).move(state, by=user, at=at)
        application.refresh_from_db()
    return application


def make_team(*overseers: User, at: datetime = NOON) -> Team:
    team = Team.objects.create(name=f"Tim Pengawas {next(_serial)}", mandate="Mengawasi.", contact="tim@contoh.example")
    for user in overseers:
        Membership.objects.create(team=team, user=user, role="overseer", affiliation="Universitas", since=at - 30 * DAY)
    return team
