"""The appointing official (PPK) takes one of the best and says why, for everybody to read."""

import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.roles import Role
from ledger.actions import record
from lib.canonical import canonical
from publishing.actions import publication
from selection.actions import settlement
from selection.models import Announcement, Outcome
from vacancies.models import Formation, Stage
from workforce import components
from workforce.models import Choice, Panel
from workforce.models.choice import SHORTEST_REASON


class NotPossible(Exception):
    """There is nothing to choose yet, or no more; the message says what to do."""


@dataclass(frozen=True)
class Best:
    """Whom the newest public announcement of the last stage lets through in one formation."""

    formation: Formation
    announcement: Announcement
    outcomes: list[Outcome]
    choice: Choice | None

    @property
    def choice_fell(self) -> bool:
        """Whether somebody was chosen whom a later version of the list does not let through any more."""
        return self.choice is not None and all(
            one.application_id != self.choice.application_id for one in self.outcomes
        )


def last_stage(recruitment) -> Stage | None:
    stages = components.ranked_stages(recruitment)
    return stages[-1] if stages else None


def best_of(panel: Panel) -> list[Best]:
    """The best of each formation, by rank where the panel shows scores, otherwise by participant number."""
    stage = last_stage(panel.recruitment)
    newest = stage.announcements.public().order_by("-version").first() if stage else None
    if newest is None:
        return []
    order = ("rank", "application__participant_number") if panel.shows_scores else ("application__participant_number",)
    rows = (
        Outcome.objects.filter(set=newest.outcome_set_id, advances=True)
        .select_related("application", "formation__unit")
        .order_by(*order)
    )
    chosen = {one.formation_id: one for one in Choice.objects.filter(formation__recruitment=panel.recruitment)}
    found: dict[int, Best] = {}
    for one in rows:
        best = found.setdefault(one.formation_id, Best(one.formation, newest, [], chosen.get(one.formation_id)))
        best.outcomes.append(one)
    return sorted(found.values(), key=lambda one: one.formation.code)


def waits_for(stage: Stage, at) -> str:
    """Why nobody chooses yet, in a sentence; empty when the choice can be made."""
    if not stage.announcements.public().exists():
        return _("Tiga terbaik belum diumumkan.")
    if stage.holds.standing(at).exists():
        return _("Tim pengawas menahan tahap ini.")
    if stage.objection_days and any(window.closes_at > at for window in settlement.windows_of(stage)):
        return _("Masa sanggah belum berakhir.")
    if stage.objections.waiting().exists() or stage.reopenings.unsettled().exists():
        return _("Masih ada sanggah yang belum diputus.")
    if settlement.unpublished_grants(stage):
        return _("Sanggah yang dikabulkan belum diumumkan.")
    if settlement.has_news(stage):
        return _("Hasil yang berlaku belum diumumkan.")
    return ""


@transaction.atomic(durable=True)
def choose(formation: Formation, number: str, *, reason: str, by, at) -> Choice:
    """`by` takes the participant `number`. Once for each formation; a fact for the record, and news to all channels.

    Raises NotPossible: no appointing official, nothing to choose yet, somebody else, chosen before, too few words.
    """
    if not by.has_role(Role.APPOINTING_OFFICIAL):
        raise NotPossible(_("Hanya pejabat pembina kepegawaian yang memilih."))
    if by.has_role(Role.PREPARER, Role.PUBLISHER, Role.ASSESSOR):
        raise NotPossible(_("Yang menyiapkan, mengesahkan, atau menilai tidak memilih."))
    stage = last_stage(formation.recruitment)
    stage = Stage.objects.select_for_update(no_key=True, of=("self",)).select_related("recruitment").get(pk=stage.pk)
    if why := waits_for(stage, at):
        raise NotPossible(why)
    panel = Panel.objects.filter(recruitment=stage.recruitment, sealed_at__isnull=False).first()
    best = next((one for one in best_of(panel) if one.formation.pk == formation.pk), None) if panel else None
    if best is None:
        raise NotPossible(_("Tidak ada yang dapat dipilih untuk jabatan ini."))
    if best.choice:
        raise NotPossible(_("Pilihan untuk jabatan ini sudah dibuat."))
    outcome = next((one for one in best.outcomes if one.application.participant_number == number), None)
    if outcome is None:
        raise NotPossible(_("Pilih salah satu dari yang terbaik."))
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise NotPossible(
            _("Tulis alasan paling sedikit %(n)s huruf: apa yang membuat orang ini paling tepat.")
            % {"n": SHORTEST_REASON}
        )
    made = Choice.objects.create(
        formation=formation,
        announcement=best.announcement,
        application=outcome.application,
        reason=reason,
        by=by,
        at=at,
    )
    record.append(
        "choice.made",
        at=at,
        recruitment=stage.recruitment.slug,
        stage=stage.slug,
        number=best.announcement.number,
        version=best.announcement.version,
        formation=formation.code,
        digest=hashlib.sha256(canonical({"p": number, "reason": reason})).hexdigest(),
    )
    publication.publish(
        source=f"choice:{made.pk}",
        subject=_("Pilihan pejabat: %(name)s") % {"name": formation.position},
        body=_("Peserta %(p)s dipilih dari yang terbaik. Alasannya dapat dibaca di halaman panitia.") % {"p": number},
        url=f"/seleksi/{stage.recruitment.slug}/panitia/",
        at=at,
        for_all=True,
    )
    return made
