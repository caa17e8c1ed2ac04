"""A hold: the team stops the next publication of a stage. It never lasts on one person's word."""

from datetime import timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from accounts.team_role import as_team
from ledger.actions import record
from lib.indonesian_text import instant
from oversight import rules
from oversight.actions.standing import INTERESTED
from oversight.actions.telling import tell_members, tell_office
from oversight.models import Membership
from publishing.models import Publication
from selection.actions.settlement import has_news
from selection.models import Hold
from vacancies.models import Stage

LAPSES_AFTER = timedelta(hours=24)


class NotAllowed(Exception):
    """This person may not do this to a hold, or the hold is past that step."""


class NothingToHold(Exception):
    """The stage publishes nothing, has published already, or is held already."""


@transaction.atomic(durable=True)
def place(stage, *, reason: str, by, at) -> Hold:
    """Stop the next publication of `stage` for LAPSES_AFTER, longer when a second member confirms.

    Locks the stage, as freezing does: either the announcement was decided before, or it waits. A member
    whose earlier hold on this stage nobody confirmed needs a colleague to place the next one. The record,
    the recruitment's page and the office are told. Raises NotAllowed, NothingToHold.
    """
    if rules.membership_of(by, at) is None:
        raise NotAllowed(_("Hanya anggota tim pengawas yang dapat menahan pengumuman."))
    _without_interest(stage, by, at)
    stage = Stage.objects.select_for_update(no_key=True, of=("self",)).select_related("recruitment").get(pk=stage.pk)
    if not reason.strip():
        raise NothingToHold(_("Tulis alasan yang dapat dibaca publik."))
    if stage.announce_at is None:
        raise NothingToHold(_("Tahap ini tidak menerbitkan hasil."))
    if stage.announcements.exists() and not has_news(stage):
        raise NothingToHold(_("Hasil tahap ini sudah terbit. Tulis temuan tentang pengumumannya."))
    if stage.holds.standing(at).exists():
        raise NothingToHold(_("Tahap ini sudah ditahan."))
    if stage.holds.filter(placed_by=by, confirmed_at=None, lifted_at=None).exists():
        raise NotAllowed(_("Penahanan Anda sebelumnya tidak dikonfirmasi. Minta anggota lain yang menahan."))
    with as_team():
        hold = Hold.objects.create(
            stage=stage, reason=reason.strip(), placed_by=by, placed_at=at, lapses_at=at + LAPSES_AFTER
        )
    record.append("hold.placed", at=at, **_about(hold))
    _tell(
        hold,
        "placed",
        _("Tim pengawas menahan pengumuman %(stage)s. Alasan: %(reason)s")
        % {"stage": stage.name_public, "reason": hold.reason},
        at,
    )
    return hold


@transaction.atomic(durable=True)
def confirm(hold: Hold, *, by, at) -> Hold:
    """A second member makes a hold stand until it is lifted. Locks the hold.

    The record and the office are told. Raises NotAllowed for the first member, for others, and when the
    hold lapsed, was confirmed or was lifted.
    """
    if rules.membership_of(by, at) is None:
        raise NotAllowed(_("Hanya anggota tim pengawas yang dapat mengonfirmasi."))
    _without_interest(hold.stage, by, at)
    with as_team():
        hold = _locked(hold)
        if hold.placed_by_id == by.pk:
            raise NotAllowed(_("Anda yang menahan. Minta anggota lain mengonfirmasi."))
        if hold.lifted_at or hold.confirmed_at or hold.lapses_at <= at:
            raise NotAllowed(_("Penahanan ini sudah dikonfirmasi, dicabut, atau gugur."))
        hold.confirmed_by, hold.confirmed_at = by, at
        hold.save(update_fields=["confirmed_by", "confirmed_at"])
    record.append("hold.confirmed", at=at, **_about(hold))
    _tell(
        hold,
        "confirmed",
        _("Anggota kedua mengonfirmasi penahanan %(stage)s. Pengumuman menunggu sampai dicabut.")
        % {"stage": hold.stage.name_public},
        at,
    )
    return hold


@transaction.atomic(durable=True)
def lift(hold: Hold, *, reason: str, by, at) -> Hold:
    """End a hold: the team itself, or the override official in public. Locks the hold.

    The record says as whom and why, in words everybody may read. Raises NotAllowed.
    """
    if not reason.strip():
        raise NotAllowed(_("Tulis alasan pencabutan yang dapat dibaca publik."))
    if rules.membership_of(by, at) is not None:
        _without_interest(hold.stage, by, at)
        with as_team():
            hold = _lift(hold, Hold.LiftedAs.TEAM, reason, by, at)
    elif rules.may_override(by):
        hold = _lift(hold, Hold.LiftedAs.OVERRIDE, reason, by, at)
    else:
        raise NotAllowed(_("Hanya tim pengawas atau pejabat yang berwenang yang dapat mencabut."))
    _record_lifting(hold, at)
    if hold.lifted_as == Hold.LiftedAs.OVERRIDE:
        tell_members(
            Membership.objects,
            source=f"hold:{hold.pk}:overridden",
            subject=_("Penahanan Anda dicabut pejabat"),
            body=_("Pejabat yang berwenang mencabut penahanan %(stage)s. Alasan: %(reason)s")
            % {"stage": hold.stage.name_public, "reason": hold.lift_reason},
            url="/pengawasan/ruang/",
            at=at,
        )
    return hold


def tell_lapsed(at) -> int:
    """Tell team and office, once, of each hold that lapsed because nobody confirmed it; returns how many.

    The due time is the hold's own `lapses_at`; the publication's unique source makes a second telling impossible.
    """
    told = Publication.objects.filter(
        source=Concat(Value("hold:"), OuterRef("pk"), Value(":lapsed"), output_field=CharField())
    )
    lapsed = Hold.objects.filter(lifted_at=None, confirmed_at=None, lapses_at__lte=at).exclude(Exists(told))
    count = 0
    for hold in lapsed.select_related("stage__recruitment").order_by("lapses_at", "pk"):
        _tell_lapsed(hold, at)
        count += 1
    return count


@transaction.atomic(durable=True)
def _tell_lapsed(hold: Hold, at) -> None:
    words = {"stage": hold.stage.name_public, "at": instant(hold.lapses_at, hold.stage.recruitment.zone)}
    _tell(
        hold,
        "lapsed",
        _(
            "Penahanan %(stage)s gugur %(at)s: dalam 24 jam tidak ada anggota kedua yang mengonfirmasi. Pengumuman tidak ditahan lagi."
        )
        % words,
        at,
    )
    tell_members(
        Membership.objects,
        source=f"hold:{hold.pk}:lapsed:team",
        subject=_("Penahanan %(stage)s gugur") % words,
        body=_(
            "Penahanan %(stage)s gugur %(at)s karena tidak dikonfirmasi. Bila masih perlu, anggota lain dapat menahan lagi."
        )
        % words,
        url="/pengawasan/ruang/",
        at=at,
    )


def stop_for(finding, stage, *, first, second, at) -> Hold:
    """The hold that a critical finding places by itself: two members confirmed it, so it stands until lifted.

    Within the transaction of the confirmation, under the lock of the stage and as the team. The reason names
    the finding and no word of it: the reason is public at once, the finding is not.
    """
    reason = _("Temuan kritis %(number)s, dikonfirmasi dua anggota tim pengawas.") % {"number": finding.number}
    return Hold.objects.create(
        stage=stage, reason=reason, placed_by=first, placed_at=at, lapses_at=at + LAPSES_AFTER, confirmed_by=second,
        confirmed_at=at,
    )  # fmt: skip


def tell_stopped(hold: Hold, at) -> None:
    """What is recorded and told of a hold that stands from its first second."""
    record.append("hold.placed", at=at, **_about(hold))
    record.append("hold.confirmed", at=at, **_about(hold))
    body = _("Pengumuman %(stage)s ditahan sampai dicabut. Alasan: %(reason)s")
    _tell(hold, "confirmed", body % {"stage": hold.stage.name_public, "reason": hold.reason}, at)


def end_with(finding, *, by, at) -> None:
    """Lift what still stands of the hold that the finding placed, when the team closes the finding."""
    if finding.hold is None or finding.hold.lifted_at:
        return
    reason = _("Temuan %(number)s selesai.") % {"number": finding.number}
    with as_team():
        hold = _lift(finding.hold, Hold.LiftedAs.TEAM, reason, by, at)
    _record_lifting(hold, at)


def _lift(hold: Hold, lifted_as: str, reason: str, by, at) -> Hold:
    hold = _locked(hold)
    if hold.lifted_at:
        raise NotAllowed(_("Penahanan ini sudah dicabut."))
    if hold.confirmed_at is None and hold.lapses_at <= at:
        raise NotAllowed(_("Penahanan ini sudah gugur sendiri."))
    hold.lifted_by, hold.lifted_at, hold.lifted_as, hold.lift_reason = by, at, lifted_as, reason.strip()
    hold.save(update_fields=["lifted_by", "lifted_at", "lifted_as", "lift_reason"])
    return hold


def _record_lifting(hold: Hold, at) -> None:
    record.append("hold.lifted", at=at, **{"as": str(hold.lifted_as)}, reason=hold.lift_reason, **_about(hold))
    _tell(
        hold,
        "lifted",
        _("Penahanan %(stage)s dicabut oleh %(who)s. Alasan: %(reason)s")
        % {"stage": hold.stage.name_public, "who": hold.get_lifted_as_display(), "reason": hold.lift_reason},
        at,
    )


def _without_interest(stage, by, at) -> None:
    if rules.has_interest(by, stage, at):
        raise NotAllowed(INTERESTED)


def _locked(hold: Hold) -> Hold:
    found = Hold.objects.select_related("stage__recruitment")
    return found.select_for_update(no_key=True, of=("self",)).get(pk=hold.pk)


def _about(hold: Hold) -> dict:
    return {"recruitment": hold.stage.recruitment.slug, "stage": hold.stage.slug, "hold": hold.pk}


def _tell(hold: Hold, step: str, body: str, at) -> None:
    tell_office(
        source=f"hold:{hold.pk}:{step}",
        subject=_("Penahanan pengumuman %(stage)s") % {"stage": hold.stage.name_public},
        body=body,
        url=f"/seleksi/{hold.stage.recruitment.slug}/",
        at=at,
    )
