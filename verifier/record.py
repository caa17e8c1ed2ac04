"""Reads a whole record and recomputes it: every entry, every tile, the root, the signatures, what was seen before."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from verifier import chronicle, kinds, notes, policy, source, tiles
from verifier.chronicle import Fact
from verifier.notes import Checkpoint
from verifier.policy import Policy, Vouched
from verifier.report import Report
from verifier.source import Missing
from verifier.strict import NotVerified, json_of
from verifier.tiles import WIDTH
from verifier.tree import Frontier, leaf_hash, root

CHECKPOINT, QUORUM, POLICY = "checkpoint", "checkpoint.quorum", "policy"
LARGEST_ENTRY = 65535
MOST_ENTRIES = 100_000_000
MOST_SENTENCES = 20  # about entries; one wrong tile makes hundreds


@dataclass
class Record:
    """A record as it was read: what vouches for it, its leaves and its facts."""

    place: object
    policy: Policy
    vouched: Vouched
    raw: bytes
    leaves: list[bytes]
    facts: list[Fact]


def found_at(place: str) -> tuple[object, bytes]:
    """The record that lies at `place`, or in the folder log there or above, with its checkpoint. Raises Missing."""
    for one in source.around(place):
        try:
            return one, one.read(CHECKPOINT, notes.LARGEST_NOTE)
        except Missing:
            continue
    raise Missing(f"there is no record at {place}, nor in a folder log around it")


def check(place: str, believed: bytes | None, seen: list[bytes], report: Report, *, fresh=None, now=None) -> Record:
    """Recompute the record at `place` and say what does not fit. Raises NotVerified where it cannot be read on.

    `believed` is a policy; without one the record's own is used, which is said aloud. `seen` are checkpoints from
    earlier or from elsewhere. `fresh` is the greatest age of the newest cosignature at `now`.
    """
    where, raw = found_at(place)
    rules = _policy(where, believed, report)
    note = notes.note(raw)
    vouched = policy.vouched(rules, note)
    earlier = [_earlier(rules, one, report) for one in seen]
    if not vouched.quorum:
        known = max((one.checkpoint.size for one in earlier if one), default=0)
        raw, vouched = cosigned_before(where, rules, raw, vouched, known, report)
    now_held = vouched.checkpoint
    report.say(f"{now_held.origin}: {now_held.size} entries, signed by the log.")
    say_witnesses(rules, vouched, report)
    marks = sorted({one.checkpoint.size for one in earlier if one})
    leaves, facts, roots = recompute(where, now_held, marks, report)
    report.say(f"Isi catatan: {kinds.counted(one.kind for one in facts)}.")
    compare_root(now_held, root(leaves), report)
    for one in earlier:
        if one:
            compare_earlier(now_held, one, roots, facts, report)
    for problem in chronicle.contradictions(facts):
        report.doubt(problem)
    if fresh is not None:
        compare_age(vouched, fresh, now or datetime.now(UTC), report)
    return Record(where, rules, vouched, raw, leaves, facts)


def cosigned_before(
    where, rules: Policy, raw: bytes, newest: Vouched, known: int, report: Report
) -> tuple[bytes, Vouched]:
    """The newest checkpoint that enough witnesses cosigned, where the record has one; otherwise `raw` and `newest`.

    A reader who has seen `known` entries is shown no fewer.
    """
    try:
        other = where.read(QUORUM, notes.LARGEST_NOTE)
        held = policy.vouched(rules, notes.note(other))
    except NotVerified:
        return raw, newest
    if not held.quorum or held.checkpoint.origin != newest.checkpoint.origin or held.checkpoint.size < known:
        return raw, newest
    if held.checkpoint.size > newest.checkpoint.size:
        report.doubt("The newest checkpoint is smaller than one that enough witnesses cosigned.")
    waiting = newest.checkpoint.size - held.checkpoint.size
    report.say(
        f"The newest {waiting} entries wait for their witnesses and prove nothing yet; what stands before is checked."
    )
    return other, held


def _policy(where, believed: bytes | None, report: Report) -> Policy:
    if believed is not None:
        return policy.read(believed)
    try:
        raw = where.read(POLICY, policy.LARGEST_POLICY)
    except Missing:
        raise NotVerified("whose signature to believe is not known: name a policy with --policy") from None
    report.say("The keys were taken from the record itself. Get the policy from elsewhere and name it with --policy.")
    return policy.read(raw)


def say_witnesses(rules: Policy, vouched: Vouched, report: Report) -> None:
    """Who cosigned and since when; a checkpoint below the quorum does not fit."""
    for name, time in sorted(vouched.times.items()):
        report.say(f"Witness {name} cosigned at {_time(time)}.")
    if not vouched.quorum:
        report.doubt(f"Not enough witnesses cosigned: {len(vouched.times)} of {len(rules.witnesses)} did.")
    elif rules.quorum is None:
        report.say("The policy asks for no witness: nobody outside vouches for this record yet.")


def _time(seconds: int) -> str:
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, OverflowError, OSError):
        return f"second {seconds}"


def _earlier(rules: Policy, raw: bytes, report: Report) -> Vouched | None:
    try:
        return policy.vouched(rules, notes.note(raw))
    except NotVerified as error:
        report.doubt(f"An earlier checkpoint cannot be used: {error}.")
        return None


def recompute(where, held: Checkpoint, marks: list[int], report: Report) -> tuple[list, list, dict[int, bytes]]:
    """Leaves and facts of all entries, and the roots at the sizes `marks`, from the bundles alone."""
    if held.size > MOST_ENTRIES:
        raise NotVerified(f"a record of {held.size} entries is more than this tool reads")
    leaves, facts, roots, frontier, upper = [], [], {}, Frontier(), []
    for number in range(-(-held.size // WIDTH)):
        start = number * WIDTH
        width = min(WIDTH, held.size - start)
        entries = bundle(where, number, width)
        part = [leaf_hash(entry) for entry in entries]
        compare_tile(where, 0, number, part, report)
        for offset, entry in enumerate(entries):
            facts += read_entry(start + offset, entry, leaves, part, report)
        roots |= {mark: frontier.root_with(part[: mark - start]) for mark in marks if start <= mark < start + width}
        leaves += part
        if width == WIDTH:
            upper.append(root(part))
            frontier.push(upper[-1], WIDTH)
        else:
            for leaf in part:
                frontier.push(leaf)
    roots[held.size] = frontier.root()
    compare_upper(where, upper, report)
    return leaves, facts, roots


def bundle(where, number: int, width: int) -> list[bytes]:
    """The entries of one bundle; from the full one where the partial one is gone already."""
    path = tiles.path(tiles.ENTRIES, number, width)
    raw, whole = _partial_or_full(where, tiles.ENTRIES, number, width, WIDTH * (2 + LARGEST_ENTRY))
    try:
        return tiles.entries(raw, whole)[:width]
    except NotVerified as error:
        raise NotVerified(f"{path}: {error}") from None


def _partial_or_full(where, level, number: int, width: int, limit: int) -> tuple[bytes, int]:
    try:
        return where.read(tiles.path(level, number, width), limit), width
    except Missing:
        if width == WIDTH:
            raise
        try:
            return where.read(tiles.path(level, number), limit), WIDTH
        except Missing:
            raise Missing(f"{tiles.path(level, number, width)} is missing") from None


def compare_tile(where, level: int, number: int, expected: list[bytes], report: Report) -> None:
    """A published tile holds the hashes that the entries give."""
    path = tiles.path(level, number, len(expected))
    raw, whole = _partial_or_full(where, level, number, len(expected), WIDTH * 32)
    try:
        published = tiles.hashes(raw, whole)[: len(expected)]
    except NotVerified as error:
        raise NotVerified(f"{path}: {error}") from None
    for offset, (one, other) in enumerate(zip(published, expected, strict=True)):
        if one != other:
            what = f"entry {number * WIDTH + offset}" if level == 0 else f"the hash at place {offset}"
            _doubt_entry(report, f"{path}: {what} was recorded with other content.")


def compare_upper(where, row: list[bytes], report: Report) -> None:
    """The tiles above the leaves, each over the full tiles below it."""
    level = 1
    while row:
        for start in range(0, len(row), WIDTH):
            compare_tile(where, level, start // WIDTH, row[start : start + WIDTH], report)
        row = [root(row[start : start + WIDTH]) for start in range(0, len(row) // WIDTH * WIDTH, WIDTH)]
        level += 1


def read_entry(index: int, entry: bytes, leaves: list, part: list, report: Report) -> list[Fact]:
    """The fact that an entry states, in a list; an entry that states none is said aloud and gives an empty one."""
    try:
        value = json_of(entry)
        found = chronicle.fact(index, value)
        for n, leaf in chronicle.references(value) if b'"leaf"' in entry else ():
            _check_reference(index, n, leaf, leaves, part)
    except NotVerified as error:
        _doubt_entry(report, f"Entry {index}: {error}.")
        return []
    return [found]


def _check_reference(index: int, n: object, leaf: object, leaves: list, part: list) -> None:
    if type(n) is not int or not 0 <= n < index or not isinstance(leaf, str):
        raise NotVerified("it points to an entry that does not stand before it")
    target = leaves[n] if n < len(leaves) else part[n - len(leaves)]
    if target != chronicle.hash_of(leaf):
        raise NotVerified(f"it points to entry {n} with other content")


def _doubt_entry(report: Report, sentence: str) -> None:
    if len(report.problems) < MOST_SENTENCES:
        report.doubt(sentence)
    else:
        report.problems.append(sentence)


def compare_root(held: Checkpoint, computed: bytes, report: Report) -> None:
    """The root that was signed is the root of the entries."""
    if computed != held.root:
        report.doubt("The entries do not give the root that was signed.")
    else:
        report.say(f"All {held.size} entries were recomputed: they give the root that was signed.")


def compare_earlier(held: Checkpoint, seen: Vouched, roots: dict, facts: list[Fact], report: Report) -> None:
    """The record extends a checkpoint that was seen before."""
    old = seen.checkpoint
    if old.origin != held.origin:
        report.doubt(f"The earlier checkpoint is of another record, {old.origin}.")
    elif old.size > held.size:
        report.doubt(f"The record has shrunk: {old.size} entries were signed before, now {held.size}.")
    elif roots[old.size] != old.root:
        report.doubt(f"The record does not extend the {old.size} entries seen before: the log signed two histories.")
    else:
        report.say(f"It extends the {old.size} entries seen before.")
        if seen.times:
            when = datetime.fromtimestamp(min(max(seen.times.values()), 2**37), UTC)
            for problem in chronicle.older_than_seen(facts, old.size, when):
                report.doubt(problem)


def compare_age(vouched: Vouched, fresh: timedelta, now: datetime, report: Report) -> None:
    """The newest cosignature is not older than `fresh`."""
    newest = max(vouched.times.values(), default=None)
    if newest is None or now.timestamp() - newest > fresh.total_seconds():
        when = "never" if newest is None else f"last at {_time(newest)}"
        report.doubt(f"The checkpoint is stale: it was cosigned {when}.")
