"""Does what was published follow from the approved scores? Row by row, without writing anything.

Both sides are read in the order of participant numbers and merged, so that memory does not grow with
the list.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from lib import rulepack_files
from selection import verdicts
from selection.models import Announcement, OutcomeSet, ScoreBatch
from selection.queries import participants
from selection.ranking import sources, sql
from selection.rendering.rows import NOT_CONTINUED, NOT_CONTINUED_CODE, REDACTED, plain, public_rows

MOST = 200  # mismatches kept word by word; the rest is counted
PATIENCE = "60s"  # for the one statement that ranks everybody again
WORDS = {
    "listed": _("ada di daftar"),
    "f": _("kode formasi"),
    "code": _("hasil"),
    "rank": _("peringkat"),
    "total": _("jumlah nilai"),
    "final": _("nilai akhir"),
}


@dataclass(frozen=True)
class Mismatch:
    """One thing that is not as the scores say: whose, what, how it should be, how it stands."""

    participant: str
    what: str
    expected: str
    found: str


@dataclass
class Comparison:
    """A list held against a fresh computation. `count` mismatches; the first MOST of them in words."""

    list_name: str
    list_digest: str
    scores: list[str]
    rows: int = 0
    count: int = 0
    people: int = 0
    mismatches: list[Mismatch] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return not self.count

    def evidence(self) -> list[dict]:
        """The mismatches as the evidence of a finding, the sources of both sides first."""
        source = f"{self.list_name}; {'; '.join(self.scores)}"
        digest = _("%(name)s, SHA-256 %(digest)s") % {"name": self.list_name, "digest": self.list_digest}
        summary = {
            "what": _("Daftar dibandingkan dengan hitungan ulang atas nilai yang disahkan"),
            "expected": _("%(rows)s baris cocok") % {"rows": self.rows},
            "found": _("%(people)s peserta berbeda, %(count)s perbedaan")
            % {"people": self.people, "count": self.count},
            "source": f"{digest}; {'; '.join(self.scores)}",
        }
        return [summary] + [
            {
                "what": _("Peserta %(number)s: %(what)s") % {"number": one.participant, "what": one.what}
                if one.participant
                else one.what,
                "expected": one.expected,
                "found": one.found,
                "source": source,
            }
            for one in self.mismatches
        ]

    def add(self, participant: str, what: str, expected, found) -> None:
        self.count += 1
        if len(self.mismatches) < MOST:
            self.mismatches.append(Mismatch(participant, what, _shown(expected), _shown(found)))


def _shown(value) -> str:
    return "–" if value is None or value == "" else str(value)


def of_announcement(announcement: Announcement) -> Comparison:
    """Hold the published rows file of `announcement` against the scores in force now.

    Where the file is not there yet, or no longer, its computation is read instead.
    """
    path = rows_file(announcement)
    name = _("Pengumuman %(name)s") % {"name": announcement}
    if not path.exists():
        found = _begin(announcement.stage, name, announcement.rows_digest)
        return _merge(found, announcement.outcome_set, (row.body() for row in public_rows(announcement.outcome_set)))
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            digest.update(chunk)
    found = _begin(announcement.stage, name, digest.hexdigest())
    if digest.hexdigest() != (announced := announcement.files_rows_digest()):
        found.add("", _("sidik berkas daftar (SHA-256)"), announced, digest.hexdigest())
    try:
        with open(path, "rb") as file:
            return _merge(found, announcement.outcome_set, (_published(line) for line in file))
    except (ValueError, KeyError):
        found.add("", _("susunan berkas daftar"), _("satu peserta per baris"), _("tidak terbaca"))
        return found


def _published(line: bytes) -> dict:
    """A row as published; of a redacted one the hash that is left."""
    hashed = REDACTED.fullmatch(line.rstrip(b"\n"))
    return {"redacted": hashed[0].decode()} if hashed else json.loads(line)


def rows_file(announcement: Announcement) -> Path:
    version = f"v{announcement.version}"
    return settings.PUBLIC_ROOT / "pengumuman" / announcement.number / version / "rows.jsonl"


def of_result(outcome_set: OutcomeSet) -> Comparison:
    """Hold a computation that is not published yet against the scores in force now."""
    rows = [row.line() for row in public_rows(outcome_set)]
    digest = hashlib.sha256(b"".join(rows)).hexdigest()
    found = _begin(outcome_set.stage, _("Hasil hitungan %(version)s") % {"version": outcome_set.version}, digest)
    return _merge(found, outcome_set, (json.loads(row) for row in rows))


def _begin(stage, name: str, digest: str) -> Comparison:
    batches = stage.batches.filter(state=ScoreBatch.State.APPROVED).order_by("sequence")
    files = [
        _("berkas nilai %(n)s, SHA-256 %(digest)s") % {"n": batch.sequence, "digest": batch.sha256} for batch in batches
    ]
    return Comparison(name, digest, files or [_("keputusan pemeriksa berkas")])


def _merge(found: Comparison, outcome_set: OutcomeSet, published: Iterator[dict]) -> Comparison:
    """Walk both sides by participant number and note what differs."""
    labels = _labels(outcome_set)
    with transaction.atomic():
        expected = _expected(outcome_set.stage)
        right = next(expected, None)
        for left in published:
            found.rows += 1
            if (
                "redacted" in left
            ):  # the digest above says that it is rightly so; its place in the order tells whose it was
                right = next(expected, None)
                continue
            while right and right["p"] < left["p"]:
                _missing(found, right)
                right = next(expected, None)
            if right is None or right["p"] > left["p"]:
                found.people += 1
                found.add(left["p"], WORDS["listed"], _("tidak"), _("ya"))
                continue
            _one(found, labels, right, left)
            right = next(expected, None)
        while right:
            _missing(found, right)
            right = next(expected, None)
    return found


def _missing(found: Comparison, row: dict) -> None:
    found.people += 1
    found.add(row["p"], WORDS["listed"], _("ya"), _("tidak"))


def _one(found: Comparison, labels: list[str], right: dict, left: dict) -> None:
    """Compare one person as far as the public may see: no scores of a closed group, no reason of TD."""
    before = found.count
    if right["code"] in NOT_CONTINUED and labels:
        right = right | {"code": NOT_CONTINUED_CODE}
    names = ["f", "code"] if right["code"] == NOT_CONTINUED_CODE else ["f", "code", "rank"]
    open_scores = "s" in left and right["code"] != NOT_CONTINUED_CODE
    if open_scores and labels:
        names += ["total", "final"]
        for label, should, stands in zip_longest(labels, right["s"], left["s"]):
            if (should or "") != (stands or ""):
                found.add(left["p"], label or _("nilai tambahan"), should, stands)
    for name in names:
        if right[name] != left.get(name):
            found.add(left["p"], WORDS[name], right[name], left.get(name))
    found.people += found.count > before


def _labels(outcome_set: OutcomeSet) -> list[str]:
    """Labels of the components of a ranked stage; none where files are reviewed."""
    stage = outcome_set.stage
    if not outcome_set.components:
        return []
    rule = rulepack_files.load(stage.recruitment.rulepack).stage(stage.rule)
    return [component["label"] for component in rule["components"]]


def _expected(stage) -> Iterator[dict]:
    """What the approved scores, or the verifiers' decisions, say about everybody; by participant number."""
    pack = rulepack_files.load(stage.recruitment.rulepack)
    rule = pack.stage(stage.rule) if stage.rule else {"kind": "review"}
    if rule["kind"] == "rank":
        return _ranked(stage, rule)
    return _reviewed(stage, rule.get("codes", {"met": "MS", "not_met": "TMS"}))


def _ranked(stage, rule: dict) -> Iterator[dict]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE}'")
    sources.prepare_closed_values()
    sources.fill_closed_values(stage, rule)
    source, parameters, _batches = sources.rows_of(stage, rule)
    columns = tuple(f"c_{sql.name(component['key'])}" for component in rule["components"])
    yield from _slices(
        f"""SELECT a.participant_number AS p, f.code AS f, r.code, r.rank, r.total::numeric(10,3), r.final::numeric(10,3),
               ARRAY[{", ".join(columns)}]::numeric(9,3)[] AS s
        FROM ({sql.ranking(rule, source, carry=columns)}) r
        JOIN selection_application a ON a.id = r.row_id JOIN vacancies_formation f ON f.id = r.grp
        ORDER BY a.participant_number COLLATE "C" """,  # noqa: S608 - built from checked names
        parameters,
    )


def _reviewed(stage, codes: dict) -> Iterator[dict]:
    everybody, parameters = participants(stage).order_by().values("pk").query.sql_with_params()
    joins, about = verdicts.joined(stage.pk)
    yield from _slices(
        f"""SELECT a.participant_number AS p, f.code AS f,
               CASE a.state WHEN 'withdrawn' THEN 'APS' WHEN 'excluded' THEN 'DIS'
                    ELSE CASE said.verdict WHEN 'MS' THEN %s ELSE %s END END AS code,
               NULL::integer AS rank, NULL::numeric AS total, NULL::numeric AS final, '{{}}'::numeric[] AS s
        FROM selection_application a JOIN vacancies_formation f ON f.id = a.formation_id
        {joins}
        WHERE a.id IN ({everybody}) ORDER BY a.participant_number COLLATE "C" """,  # noqa: S608 - by the compiler
        [codes["met"], codes["not_met"], *about, *parameters],
    )


def _slices(query: str, parameters: list) -> Iterator[dict]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, parameters)
        names = ("p", "f", "code", "rank", "total", "final", "s")
        while rows := cursor.fetchmany(5000):
            for row in rows:
                one = dict(zip(names, row, strict=True))
                one |= {"total": plain(one["total"]), "final": plain(one["final"])}
                yield one | {"s": [plain(value) for value in one["s"]]}
