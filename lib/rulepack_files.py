"""Reads rule packs as they lie on disk; what they mean is said in verifier/RULES.md."""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,38}")


class NoSuchPack(LookupError):
    """There is no rule pack of that name."""


@dataclass(frozen=True)
class Pack:
    """A rule pack: `body` is the parsed JSON, `digest` the SHA-256 of the file's bytes in hex."""

    name: str
    body: dict
    digest: str

    def stage(self, rule: str) -> dict:
        """The rule called `rule`. Raises NoSuchPack when the pack has none of that name."""
        try:
            return self.body["stages"][rule]
        except KeyError:
            raise NoSuchPack(f"{self.name} has no rule {rule!r}") from None

    def sentence(self, code: str) -> str:
        """What the code means, in a sentence to the applicant."""
        return self.body["codes"].get(code, {}).get("sentence", "")

    def advances(self, code: str) -> bool:
        return bool(self.body["codes"].get(code, {}).get("advances"))


def path_of(name: str) -> Path:
    if not NAME.fullmatch(name):
        raise NoSuchPack(name)
    return settings.RULEPACKS / f"{name}.json"


@lru_cache(maxsize=32)
def load(name: str) -> Pack:
    """The pack called `name`; kept in memory, since a pack never changes once it is used."""
    try:
        raw = path_of(name).read_bytes()
    except FileNotFoundError:
        raise NoSuchPack(name) from None
    return Pack(name, json.loads(raw), hashlib.sha256(raw).hexdigest())
