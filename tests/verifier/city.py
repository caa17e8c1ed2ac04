"""A small city made by the portal's own actions, its public folder, and the keys that a falsifier would hold."""

import io
import shutil
from base64 import b64encode
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.utils import timezone

from accounts.roles import Role
from ledger import log
from ledger.actions import witnessing
from ledger.signer import keys
from ledger.tlog.tree import prove_inclusion
from lib.document_checks.check import SIGNED, check
from selection.actions import announcement, attestation, batches, closing, keeping, ranking, scores
from selection.actions import application as applications
from selection.actions.batches import tree_of
from selection.models import Receipt
from tests.ledger.outsiders import witness
from tests.parts import make_stage, make_user
from tests.selection.applying import Vacancy
from tests.selection.signed_outside import letter
from tests.selection.story import Stage as Story
from tests.verifier.synthetic import Portal, Signer, jcs, put
from vacancies.actions import recruitment as recruitments
from vacancies.models import Stage
from verifier import audit

NAMES = ("univ.example/w1", "pers.example/w1")
PEOPLE = 12


def build(place: Path) -> None:
    """`place/public` as it is served after a corrected list, `place/kept` what somebody outside keeps, `place/keys`."""
    with ExitStack() as stack:
        outside = [stack.enter_context(witness(place / "keys" / f"w{n}", name)) for n, name in enumerate(NAMES, 1)]
        settings.WITNESSES, settings.WITNESS_QUORUM = [one.line for one in outside], "2"
        story = until_the_correction()
        [thread.join(30) for thread in witnessing.ask(timezone.now() + timedelta(days=1))]
    shutil.copytree(settings.PUBLIC_ROOT, place / "public")
    put(place / "public" / "audit.json", jcs(_audit(story)))
    put(place / "kept" / "policy", (log.folder() / "policy").read_bytes())
    put(place / "kept" / "seen", (log.folder() / "checkpoint").read_bytes())
    shutil.copyfile(settings.VAR / "signer" / "key", place / "keys" / "log")


def until_the_correction() -> Story:
    now = timezone.now()
    story = Story.__new__(Story)
    story.pia, story.rudi = (
        make_user("pia@contoh.example", Role.PREPARER),
        make_user("rudi@contoh.example", Role.PUBLISHER),
    )
    vacancy = Vacancy(documents=False)
    story.recruitment, story.formation = vacancy.recruitment, vacancy.formation
    story.stage = make_stage(
        story.recruitment,
        "test",
        3,
        rule="skd",
        slug="skd",
        opens_at=now,
        closes_at=now + timedelta(hours=1),
        announce_at=now + timedelta(hours=2),
    )
    type(story.recruitment).objects.filter(pk=story.recruitment.pk).update(
        published_at=None, published_by=None, rulepack="cpns-2024"
    )
    recruitments.publish(story.recruitment, by=story.rudi, at=now)
    story.people = [_applied(vacancy, number) for number in range(PEOPLE // 2)]
    batches.record_batch(now)
    story.people += [_applied(vacancy, number) for number in range(PEOPLE // 2, PEOPLE)]
    batches.record_batch(now + timedelta(minutes=10))
    Stage.objects.filter(pk=vacancy.stage.pk).update(closes_at=timezone.now())
    closing.close_due(now + timedelta(minutes=20))
    _score(story, now + timedelta(minutes=30))
    story.set = ranking.rank(story.stage, by=story.pia, at=now + timedelta(minutes=40))
    story.prepare(at=now + timedelta(minutes=50)).approve(at=now + timedelta(hours=1))
    keeping.keep(now + timedelta(hours=3))
    later, reason = now + timedelta(hours=4), "Nilai TWK salah ketik."
    _score(story, later, reason=reason, p0=66)
    ranking.apply(
        ranking.rank(story.stage, by=story.pia, at=later, shadow=True, reason=reason), by=story.rudi, at=later
    )
    story.prepare(reason=reason, at=later).approve(at=later)
    announcement.announce_due(now + timedelta(hours=5))
    _sign_outside(story, later)
    keeping.keep(now + timedelta(hours=6))
    return story


def _sign_outside(story: Story, at) -> None:
    """An official signs the correction; one person hands it in, another approves."""
    checked = check(io.BytesIO(letter()), kind=SIGNED, max_kb=1024)
    one = attestation.hand_in(
        story.stage.announcements.get(version=2), checked, letter="800/1", letter_date=at.date(), by=story.pia, at=at
    )
    attestation.approve(one, by=story.rudi, at=at)


def _applied(vacancy: Vacancy, number: int):
    user = make_user(f"pelamar{number}@pelamar.example")
    draft = vacancy.draft(user, nik=f"99010115059500{number:02d}")
    applications.submit(draft, by=user)
    draft.refresh_from_db()
    return draft


def _score(story: Story, at, reason="", **changes) -> None:
    file = io.BytesIO(story.lines(**changes).encode())
    batch = scores.stage_file(story.stage, file, file_name="skd.csv", by=story.pia, at=at, reason=reason)
    scores.approve(batch, by=story.rudi, at=at)


def _audit(story: Story, sample: int = 6) -> dict:
    """What an audit body publishes about the last list, with the openings that people and office showed it."""
    found = story.stage.announcements.order_by("-version").first()
    people = sorted(story.people, key=lambda one: one.participant_number)
    opened = []
    for place in audit.drawn(bytes(32), len(people), sample):
        receipt = Receipt.objects.select_related("leaf__batch__fact").get(application=people[place])
        batch = receipt.leaf.batch
        leaves = list(batch.leaves.order_by("index").values_list("receipt__commitment", flat=True))
        path = prove_inclusion(receipt.leaf.index, batch.count, tree_of(leaves))
        opened.append(
            {
                "p": people[place].participant_number,
                "registered": True,
                "commitment": receipt.commitment,
                "batch": batch.fact.n,
                "index": receipt.leaf.index,
                "path": [b64encode(step).decode() for step in path],
            }
        )
    about = {"number": found.number, "version": found.version}
    return about | {"format": "jabatan-terbuka-audit-v1", "seed": bytes(32).hex(), "sample": sample, "opened": opened}


def held(name: str, kind: int, seed: bytes) -> Signer:
    """A key of the portal or of a witness, in the wrong hands."""
    return Signer(name, kind, Ed25519PrivateKey.from_private_bytes(seed))


def opened(place: Path) -> Portal:
    """The public folder in `place`, with all keys, so that it can be falsified and signed again."""
    (key,) = [keys.parse(line) for line in (place / "keys" / "log").read_text().splitlines()]
    witnesses = {
        f"w{n}": held(name, 4, (place / "keys" / f"w{n}" / "key").read_bytes()) for n, name in enumerate(NAMES, 1)
    }
    log_key = held(key.public.name, 1, key.seed)
    return Portal.opened(place / "public", log_key, witnesses, (place / "kept" / "policy").read_text())
