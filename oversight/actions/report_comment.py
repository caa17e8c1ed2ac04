"""Comments on openness reports: anybody writes one, the team's secretariat decides whether it is shown, with a reason."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.team_role import as_team
from oversight import rules
from oversight.actions.telling import tell_members
from oversight.models import Membership, OpennessReport, ReportComment


class NotOpen(Exception):
    """The report takes no comments any more."""


class NotAllowed(Exception):
    """Only the secretariat decides, and once."""


class NeedsReason(Exception):
    """What is not shown needs a reason for everybody."""


@transaction.atomic(durable=True)
def write(report: OpennessReport, *, name: str, text: str, at) -> ReportComment:
    """Keep a comment until the secretariat has looked; the secretariat is told. Raises NotOpen."""
    if not report.takes_comments(at):
        raise NotOpen(_("Waktu untuk berkomentar sudah lewat."))
    made = ReportComment.objects.create(report=report, name=name.strip(), text=text.strip(), at=at)
    tell_members(
        Membership.objects.secretariat(),
        source=f"report-comment:{made.pk}",
        subject=_("Komentar menunggu: %(number)s") % {"number": report.number},
        body=_("Ada komentar baru tentang %(title)s. Baca, lalu terbitkan atau tolak dengan alasan.")
        % {"title": report.content["title"]},
        url="/pengawasan/ruang/komentar/",
        at=at,
    )
    return made


@transaction.atomic(durable=True)
def decide(comment: ReportComment, *, publish: bool, reason: str, by, at) -> ReportComment:
    """Show the comment, or refuse it with a reason that everybody reads. Raises NotAllowed, NeedsReason."""
    membership = rules.membership_of(by, at)
    if membership is None or not rules.may_appoint(membership):
        raise NotAllowed(_("Hanya sekretariat tim pengawas yang memutuskan komentar."))
    if not publish and not reason.strip():
        raise NeedsReason(_("Tulis alasan yang dapat dibaca publik."))
    with as_team():
        found = ReportComment.objects.select_for_update(no_key=True, of=("self",)).get(pk=comment.pk)
        if found.moderated_at:
            raise NotAllowed(_("Komentar ini sudah diputuskan."))
        found.moderated_by, found.moderated_at = by, at
        found.published, found.reason = publish, "" if publish else reason.strip()
        found.save(update_fields=["moderated_by", "moderated_at", "published", "reason"])
    return found
