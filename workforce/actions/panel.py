"""A panel is written down by one officer and sealed by another; then its members declare their interests."""

import hashlib

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from ledger.actions import record
from lib.canonical import canonical
from selection.models import Application
from vacancies.models import Recruitment
from workforce import components, participants
from workforce.models import Conflict, Declaration, Panel, PanelMember

KINDS = (Recruitment.Kind.JPT, Recruitment.Kind.PROMOTION)
FEWEST, MOST, INSIDE = 5, 9, 45


class NotPossible(Exception):
    """The act does not fit what the panel is now; the message says what to do."""


@transaction.atomic(durable=True)
def write(recruitment: Recruitment, *, decree: str, shows_scores: bool, outlier_points: int, by, at) -> Panel:
    """A panel without members yet. Raises NotPossible for a recruitment of another kind, or one that has a panel."""
    locked = Recruitment.objects.select_for_update(no_key=True).get(pk=recruitment.pk)
    if locked.kind not in KINDS:
        raise NotPossible(_("Panitia seleksi hanya untuk seleksi terbuka JPT dan promosi jabatan."))
    if Panel.objects.filter(recruitment=locked).exists():
        raise NotPossible(_("Pengadaan ini sudah punya panitia."))
    return Panel.objects.create(
        recruitment=locked,
        decree=decree,
        shows_scores=shows_scores,
        outlier_points=outlier_points,
        written_by=by,
        written_at=at,
    )


@transaction.atomic(durable=True)
def add_member(panel: Panel, *, email: str, kind: str, name: str, post: str, inside_office: bool, chosen, by, at,
               replaces: PanelMember | None = None) -> PanelMember:  # fmt: skip
    """Somebody who scores the components `chosen`.

    After the sealing only in the place of somebody who left, with the same part. Raises NotPossible: no such
    assessor account, somebody who takes part, prepares, approves or oversees, twice, a component that is not scored.
    """
    locked = _locked(panel)
    user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if user is None or not user.has_role(Role.ASSESSOR):
        raise NotPossible(_("Tidak ada akun penilai dengan surel itu. Minta pengelola memberi peran Penilai."))
    if Application.objects.filter(user=user, recruitment=locked.recruitment).exists():
        raise NotPossible(_("Orang ini melamar di pengadaan ini, jadi tidak dapat menilai."))
    if user.has_role(Role.PREPARER, Role.PUBLISHER, Role.APPOINTING_OFFICIAL):
        raise NotPossible(_("Orang ini menyiapkan, mengesahkan, atau memilih, jadi tidak dapat menilai."))
    if locked.members.filter(user=user).exists():
        raise NotPossible(_("Orang ini sudah tercatat di panitia."))
    known = components.scored(locked.recruitment)
    if not chosen or set(chosen) - known.keys():
        raise NotPossible(_("Pilih yang dinilai orang ini."))
    if locked.sealed_at and replaces is None:
        raise NotPossible(_("Panitia sudah dikunci. Orang baru hanya menggantikan anggota yang berhenti."))
    replaces = replaces and locked.members.get(pk=replaces.pk)
    if replaces and (replaces.left_at is None or hasattr(replaces, "replaced_by")):
        raise NotPossible(_("Orang yang digantikan belum berhenti, atau sudah digantikan."))
    if replaces and replaces.left_by_id == by.pk:
        raise NotPossible(_("Anda yang mencatat ia berhenti. Penyiap lain yang menambahkan penggantinya."))
    if replaces:
        kind, inside_office, chosen = replaces.kind, replaces.inside_office, replaces.components
    return PanelMember.objects.create(
        panel=locked,
        user=user,
        kind=kind,
        name=name,
        post=post,
        inside_office=inside_office,
        components=[key for key in known if key in chosen],
        replaces=replaces,
        added_by=by,
        added_at=at,
    )


@transaction.atomic(durable=True)
def remove_member(member: PanelMember, *, reason: str, by, at) -> None:
    """Before the sealing the row goes; after it the member leaves with a reason that everybody reads.

    Whoever writes the leaving down does not name who comes instead.
    """
    panel = _locked(member.panel)
    if panel.sealed_at is None:
        member.delete()
        return
    if not reason.strip():
        raise NotPossible(_("Tulis alasan berhenti. Publik akan membacanya."))
    if not PanelMember.objects.filter(pk=member.pk, left_at=None).update(
        left_at=at, left_reason=reason.strip(), left_by=by
    ):
        raise NotPossible(_("Orang ini sudah berhenti."))


@transaction.atomic(durable=True)
def seal(panel: Panel, *, by, at) -> Panel:
    """A second person puts the panel in force; nothing of it changes afterwards. A fact for the record.

    Raises NotPossible for its own writer, for a panel that is too small, even, or too much from inside, for a
    component that nobody scores, and for weights that do not add up to 100.
    """
    locked = _locked(panel)
    if locked.sealed_at:
        raise NotPossible(_("Panitia ini sudah dikunci."))
    if locked.written_by_id == by.pk:
        raise NotPossible(_("Anda menulis panitia ini. Minta orang lain menguncinya."))
    members = list(locked.members.all())
    of_panel = [one for one in members if one.kind == PanelMember.Kind.PANEL]
    inside = sum(one.inside_office for one in of_panel)
    if not FEWEST <= len(of_panel) <= MOST or len(of_panel) % 2 == 0:
        raise NotPossible(_("Anggota panitia harus 5, 7, atau 9 orang. Sekarang %(n)s.") % {"n": len(of_panel)})
    if inside * 100 > len(of_panel) * INSIDE:
        raise NotPossible(
            _("Paling banyak 45 persen anggota dari dalam instansi. Sekarang %(n)s orang.") % {"n": inside}
        )
    known = components.scored(locked.recruitment)
    without = [label for key, label in known.items() if not any(key in one.components for one in members)]
    if without:
        raise NotPossible(_("Belum ada penilai untuk: %(names)s.") % {"names": ", ".join(without)})
    if not components.weights_fit(locked.recruitment):
        raise NotPossible(_("Bobot dalam paket aturan tidak berjumlah 100."))
    locked.sealed_by, locked.sealed_at = by, at
    locked.save(update_fields=["sealed_by", "sealed_at"])
    record.append(
        "panel.sealed",
        at=at,
        recruitment=locked.recruitment.slug,
        members=len(of_panel),
        inside=inside,
        digest=digest_of(locked, members),
    )
    return locked


def digest_of(panel: Panel, members) -> str:
    """SHA-256 in hex of what the panel's page says: decree, switch, and who scores what."""
    body = {
        "decree": panel.decree,
        "shows_scores": panel.shows_scores,
        "outlier_points": panel.outlier_points,
        "members": [
            {
                "name": one.name,
                "post": one.post,
                "kind": one.kind,
                "inside": one.inside_office,
                "scores": one.components,
            }
            for one in members
        ],
    }
    return hashlib.sha256(canonical(body)).hexdigest()


@transaction.atomic(durable=True)
def declare(member: PanelMember, numbers: list[str], *, by, at) -> list[Conflict]:
    """`member` has read who takes part and may not judge those with these participant numbers; later ones are added.

    Raises NotPossible for somebody else, before the sealing, and for a number that is not in the list.
    """
    panel = _locked(member.panel)
    if member.user_id != by.pk or member.left_at:
        raise NotPossible(_("Hanya anggotanya sendiri yang menyatakan."))
    if panel.sealed_at is None:
        raise NotPossible(_("Panitia belum dikunci."))
    there = {one.participant_number: one for one in participants.everybody(panel.recruitment)}
    if unknown := set(numbers) - there.keys():
        raise NotPossible(_("Nomor peserta tidak dikenal: %(numbers)s.") % {"numbers": ", ".join(sorted(unknown))})
    Declaration.objects.get_or_create(member=member, defaults={"at": at})
    named = set(member.conflicts.values_list("application__participant_number", flat=True))
    return Conflict.objects.bulk_create(
        Conflict(member=member, application=there[number], at=at) for number in sorted(set(numbers) - named)
    )


def _locked(panel: Panel) -> Panel:
    return Panel.objects.select_for_update(no_key=True, of=("self",)).select_related("recruitment").get(pk=panel.pk)
