"""Score sheets of a panel: filled by their writers, locked, and only then put together into one score file."""

import csv
import hashlib
import io
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.actions import record
from lib.canonical import canonical
from selection.actions import scores
from workforce import components, participants
from workforce.models import CombinedFile, Conflict, PanelMember, PanelScore, ScoreSheet

CENT = Decimal("0.01")
ABSENT = "-"


class NotPossible(Exception):
    """The act does not fit what the sheet or the stage is now; the message says what to do."""


@dataclass(frozen=True)
class Wrong(Exception):
    """What stands in a sheet cannot be; `problems` gives a sentence for each participant number."""

    problems: dict[str, str]


@transaction.atomic(durable=True)
def begin(member: PanelMember, stage, component: str, *, by, at, reason: str = "") -> ScoreSheet:
    """The open sheet of `member` for `component`, or a new one; after a locked one a new version, with a `reason`."""
    locked = _own(member, by)
    if not hasattr(locked, "declaration"):
        raise NotPossible(_("Baca dahulu daftar peserta dan nyatakan benturan kepentingan Anda."))
    stages = components.ranked_stages(locked.panel.recruitment)
    found = next((one for one in stages if one.pk == stage.pk), None)
    if found is None or component not in {c["key"] for c in components.scored_in(found, stages)}:
        raise NotPossible(_("Bagian ini tidak dinilai pada tahap itu."))
    if component not in locked.components:
        raise NotPossible(_("Bagian ini dinilai orang lain."))
    now = Sheets(locked.panel.recruitment_id)
    if locked.replaces_id and locked.pk not in {one.pk for one in now.missing(found, component)} | {
        one.member_id for one in now.in_force(found, component)
    }:
        raise NotPossible(_("Bagian ini sudah dinilai dan dikunci oleh yang Anda gantikan."))
    last = locked.sheets.filter(stage=found, component=component).order_by("-version").first()
    if last and last.locked_at is None:
        return last
    if last and not reason.strip():
        raise NotPossible(_("Lembar ini sudah dikunci. Tulis alasan bila ada yang harus diperbaiki."))
    return ScoreSheet.objects.create(
        member=locked,
        stage=found,
        component=component,
        version=last.version + 1 if last else 1,
        reason=reason.strip() if last else "",
        begun_at=at,
    )


def to_score(sheet: ScoreSheet) -> list:
    """The applications on this sheet: all who take part, without those whom its writer may not judge."""
    barred = set(sheet.member.conflicts.values_list("application_id", flat=True))
    return [one for one in participants.of_stage(sheet.stage) if one.pk not in barred]


@transaction.atomic(durable=True)
def save(sheet: ScoreSheet, typed: dict[str, str], *, by) -> int:
    """Keep what was typed, by participant number: "80,5", "-" for absent, "" for not yet. All or nothing.

    Returns how many are still without a score. Raises Wrong with a sentence for each wrong cell, and NotPossible.
    """
    found = _open(sheet, by)
    rows = to_score(found)
    problems, values = {}, {}
    for one in rows:
        text = typed.get(one.participant_number, "").strip()
        try:
            values[one.pk] = _value(text)
        except ValueError as error:
            problems[one.participant_number] = str(error)
    if problems:
        raise Wrong(problems)
    given = {key: value[0] for key, value in values.items() if value is not None}
    there = {one.application_id: one for one in found.scores.all()}
    if cleared := there.keys() - given.keys() & values.keys():
        names = [one.participant_number for one in rows if one.pk in cleared]
        raise Wrong(dict.fromkeys(names, _("Nilai yang sudah disimpan dapat diganti, tidak dapat dikosongkan.")))
    PanelScore.objects.bulk_create(
        [PanelScore(sheet=found, application_id=key, value=value) for key, value in given.items()],
        update_conflicts=True,
        unique_fields=["sheet", "application"],
        update_fields=["value"],
    )
    return len(rows) - len(given)


@transaction.atomic(durable=True)
def lock(sheet: ScoreSheet, *, by, at) -> ScoreSheet:
    """Close the sheet for good; the record keeps its hash before anybody compares. Raises NotPossible while incomplete."""
    found = _open(sheet, by)
    numbers = {one.pk: one.participant_number for one in to_score(found)}
    values = {key: value for key, value in found.scores.values_list("application_id", "value") if key in numbers}
    if left := len(numbers) - len(values):
        raise NotPossible(_("%(n)s peserta belum diberi nilai. Isi dahulu, lalu kunci.") % {"n": left})
    if not numbers:
        raise NotPossible(_("Belum ada peserta yang dinilai pada tahap ini."))
    rows = sorted([numbers[key], None if value is None else str(value)] for key, value in values.items())
    found.locked_at, found.digest = at, hashlib.sha256(canonical({"sheet": found.pk, "rows": rows})).hexdigest()
    found.save(update_fields=["locked_at", "digest"])
    record.append(
        "sheet.locked",
        at=at,
        recruitment=found.stage.recruitment.slug,
        stage=found.stage.slug,
        component=found.component,
        sheet=found.pk,
        rows=len(rows),
        digest=found.digest,
    )
    return found


class Sheets:
    """All sheets of a recruitment's panel as they are now, read with four queries: what counts, and who is missing."""

    def __init__(self, recruitment_id: int):
        panel = {"member__panel__recruitment": recruitment_id}
        self.members = list(PanelMember.objects.filter(panel__recruitment=recruitment_id).order_by("pk"))
        self.newest: dict[tuple[int, str, int], ScoreSheet] = {}
        self.opened: set[tuple[int, str, int]] = set()
        for one in ScoreSheet.objects.filter(**panel).order_by("version"):
            key = (one.stage_id, one.component, one.member_id)
            if one.locked_at:
                self.newest[key] = one
            else:
                self.opened.add(key)
        self.barred = set(Conflict.objects.filter(**panel).values_list("member", "application"))
        self._scores: dict[int, list] = {}
        rows = PanelScore.objects.filter(sheet__in=list(self.newest.values())).values_list(
            "sheet", "application", "value"
        )
        for sheet, application, value in rows:
            self._scores.setdefault(sheet, []).append((application, value))

    def in_force(self, stage, component: str) -> list[ScoreSheet]:
        """The newest locked sheet of everybody who scores `component`, also of those who left since."""
        return [
            one for (where, what, _who), one in sorted(self.newest.items()) if (where, what) == (stage.pk, component)
        ]

    def scoring(self, component: str) -> list[PanelMember]:
        """Who scores `component` and has not left."""
        return [one for one in self.members if one.left_at is None and component in one.components]

    def missing(self, stage, component: str) -> list[PanelMember]:
        """Who still has to lock a sheet: nobody compares before. A newer version that is open counts as missing.

        Who took the place of somebody who had locked the sheet has none to lock.
        """
        return [
            one
            for one in self.scoring(component)
            if not any((stage.pk, component, earlier) in self.newest for earlier in self._before(one))
            and ((stage.pk, component, one.pk) in self.opened or (stage.pk, component, one.pk) not in self.newest)
        ]

    def _before(self, member: PanelMember) -> list[int]:
        """Who had the place of `member`, one after another."""
        replaced = {one.pk: one.replaces_id for one in self.members}
        found, earlier = [], member.replaces_id
        while earlier:
            found.append(earlier)
            earlier = replaced[earlier]
        return found

    def values(self, stage, component: str) -> dict[int, dict[int, Decimal | None]]:
        """Application → member → value, out of the sheets in force, without what a declared interest bars."""
        found: dict[int, dict[int, Decimal | None]] = {}
        for sheet in self.in_force(stage, component):
            for application, value in self._scores.get(sheet.pk, ()):
                if (sheet.member_id, application) not in self.barred:
                    found.setdefault(application, {})[sheet.member_id] = value
        return found


def mean(values) -> Decimal | None:
    """The mean to two decimals, half up; None when everybody says absent. Raises NotPossible where they disagree."""
    values = list(values)
    given = [one for one in values if one is not None]
    if not given:
        return None
    if len(given) != len(values):
        raise NotPossible(_("Para penilai berbeda pendapat tentang siapa yang hadir. Perbaiki lembarnya dahulu."))
    return (sum(given) / len(given)).quantize(CENT, ROUND_HALF_UP)


def combine(stage, *, by, at, reason: str = ""):
    """Make the score file of `stage` out of the locked sheets and hand it in; a second person approves it as any other.

    Returns the ScoreBatch. Raises NotPossible while a sheet is open or nobody may judge a participant, and
    scores.Refused as for any file.
    """
    content, sheets = _file_of(stage)
    with transaction.atomic(durable=True):
        CombinedFile.objects.get_or_create(
            stage=stage,
            sha256=hashlib.sha256(content).hexdigest(),
            defaults={"sheets": sheets, "made_by": by, "made_at": at},
        )
    name = f"rekap-panitia-{stage.slug}.csv"
    return scores.stage_file(stage, io.BytesIO(content), file_name=name, by=by, at=at, reason=reason)


def _file_of(stage) -> tuple[bytes, list[int]]:
    stages = components.ranked_stages(stage.recruitment)
    here = next(one for one in stages if one.pk == stage.pk)
    parts = [c["key"] for c in components.scored_in(here, stages)]
    now = Sheets(stage.recruitment_id)
    for key in parts:
        if waiting := now.missing(here, key):
            raise NotPossible(_("%(n)s lembar nilai belum dikunci.") % {"n": len(waiting)})
    columns = {key: now.values(here, key) for key in parts}
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["No Peserta", *parts])
    for one in participants.of_stage(here):
        row = []
        for key in parts:
            values = columns[key].get(one.pk, {})
            expected = {sheet.member_id for sheet in now.in_force(here, key)}
            expected -= {member for member, application in now.barred if application == one.pk}
            if not expected:
                raise NotPossible(
                    _("Tidak ada penilai yang boleh menilai peserta %(p)s.") % {"p": one.participant_number}
                )
            if expected - values.keys():
                raise NotPossible(
                    _("Peserta %(p)s belum dinilai semua penilai. Penilai yang belum membuat versi baru lembarnya.")
                    % {"p": one.participant_number}
                )
            value = mean(values.values())
            row.append("" if value is None else str(value))
        table.writerow([one.participant_number, *row])
    sheets = sorted(one.pk for key in parts for one in now.in_force(here, key))
    return out.getvalue().encode(), sheets


def _value(text: str) -> tuple[Decimal | None] | None:
    """None for an empty cell, otherwise the value in a tuple. Raises ValueError with a sentence."""
    if not text:
        return None
    if text == ABSENT:
        return (None,)
    plain = text.replace(",", ".", 1)
    digits = plain.replace(".", "", 1)
    if not (digits.isascii() and digits.isdecimal()) or len(plain.partition(".")[2]) > 2 or len(plain) > 6:
        raise ValueError(_("Tulis angka 0 sampai 100 dengan paling banyak dua desimal, misalnya 80,5."))
    value = Decimal(plain)
    if value > 100:
        raise ValueError(_("Nilai paling tinggi 100."))
    return (value.quantize(CENT),)


def _own(member: PanelMember, by) -> PanelMember:
    found = (
        PanelMember.objects.select_for_update(no_key=True, of=("self",))
        .select_related("panel__recruitment")
        .get(pk=member.pk)
    )
    if found.user_id != by.pk or found.left_at:
        raise NotPossible(_("Lembar ini bukan lembar Anda."))
    if found.panel.sealed_at is None:
        raise NotPossible(_("Panitia belum dikunci."))
    return found


def _open(sheet: ScoreSheet, by) -> ScoreSheet:
    found = (
        ScoreSheet.objects.select_for_update(no_key=True, of=("self",))
        .select_related("member", "stage__recruitment")
        .get(pk=sheet.pk)
    )
    if found.member.user_id != by.pk or found.member.left_at:
        raise NotPossible(_("Lembar ini bukan lembar Anda."))
    if found.locked_at:
        raise NotPossible(_("Lembar ini sudah dikunci."))
    return found
