"""What a test draws from: closed with a commitment, handed out by the database once two officers opened the test."""

import hashlib
import json

from django.db import connection

from accounts.encrypted import EncryptedText
from exams.models import Blueprint, ItemBox, ItemVersion, LocalTest
from lib.canonical import canonical


class StillSealed(Exception):
    """Two officers have not opened the test yet."""


def packed(blueprint: Blueprint, pool: dict[str, tuple[int, str, str]], salt: str) -> tuple[str, str]:
    """What goes into the box, and its commitment: the SHA-256 over the box as canonical JSON.

    Inside: salt, minutes, parts with the worth of an answer, and of each item its code, its version and the SHA-256 of
    its words and key. Whoever is shown a box can check it; whoever has the commitment alone learns nothing.
    """
    versions = ItemVersion.objects.in_bulk([version for version, _component, _topic in pool.values()])
    inside = {
        "salt": salt,
        "seconds": blueprint.seconds,
        "parts": [[one.component, one.topic, one.count, one.worth, one.scores_as] for one in blueprint.parts.all()],
        "items": [
            [code, version, versions[version].number, component, topic, digest_of(versions[version].content)]
            for code, (version, component, topic) in sorted(pool.items())
        ],
    }
    text = canonical(inside)
    return text.decode(), hashlib.sha256(text).hexdigest()


def digest_of(content: dict) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()


def close(test: LocalTest, inside: str) -> None:
    ItemBox.objects.create(test=test, inside=inside)


def opened(test: LocalTest) -> dict:
    """The inside of the box. Raises StillSealed: the database does not hand it out before two opened the test."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT open_item_box(%s)", [test.pk])
        found = cursor.fetchone()[0]
    if found is None:
        raise StillSealed
    return json.loads(EncryptedText().from_db_value(found, None, connection))


def pool_of(test: LocalTest) -> dict[str, tuple[int, str, str]]:
    """(version, component, topic) by code. Raises StillSealed."""
    return {code: (pk, component, topic) for code, pk, _n, component, topic, _digest in opened(test)["items"]}
