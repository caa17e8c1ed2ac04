"""What the office binds itself to for each applicant, so that one row cannot be shown to two people.

A commitment is SHA-256("csp-commit-v1" ‖ 0 ‖ salt ‖ canonical JSON of the opening); `verifier/RECORD.md` has the fields.
Salts follow from the application's own secret: with that secret and the opening deleted, nothing can be opened.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Iterator

from django.db import connection

from accounts.models import Person
from ledger.actions.record import instant
from ledger.tlog import canon
from ledger.tlog.scalars import b64e
from selection.models import Answers, Application, Opening


def salt(secret: str, purpose: str) -> bytes:
    """The 32 bytes of salt of one commitment of an application; `secret` is the application's own."""
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest()


def submission(application, *, content_digest: str, documents: list[str], at) -> dict:
    """What the commitment to a sent application opens to; `documents` are the SHA-256 of the files, in hex."""
    person = application.person
    return {
        "v": 1,
        "kind": "submission",
        "nid": person.nik,
        "name": spelled(person.name),
        "p": application.participant_number,
        "recruitment": application.recruitment.slug,
        "formation": application.formation.code,
        "content_sha256": content_digest,
        "documents": sorted(documents),
        "at": instant(at),
    }


def spelled(name: str) -> str:
    """`name` as canonical JSON takes it: what cannot be seen or has two spellings becomes a question mark."""
    text = unicodedata.normalize("NFC", name)
    return "".join("?" if unicodedata.category(one) in canon.INVISIBLE else one for one in text) or "?"


def of_submission(application, opening: dict) -> str:
    """The commitment in base64."""
    return b64e(canon.commit(salt(application.salt, "submission"), opening))


def kept(application, opening: dict) -> Opening:
    """The row that keeps what a commitment opens to, not saved yet."""
    return Opening(application=application, text=canon.canon(opening).decode())


def result_purpose(number: str, version: int) -> str:
    return f"result {number} v{version}"


def result(identity: dict, *, p: str, number: str, stage: str, closed: dict | None) -> dict:
    """What the commitment in a row of an announcement opens to. `closed` are the values that broke a tie in private."""
    opening = {"v": 1, "kind": "result", "nid": identity["nid"], "name": identity["name"], "p": p}
    opening |= {"number": number, "stage": stage}
    return opening | ({"closed": closed} if closed else {})


def identity_of(text: str | None, national_number: str | None, ref: str) -> dict:
    """Who an application belongs to: as it was sent, or the number of the national list, or what is left after erasure."""
    if text:
        opening = canon.load(text.encode())
        return {"nid": opening["nid"], "name": opening["name"]}
    if national_number:
        return {"nid": f"bkn:{national_number}", "name": national_number}
    return {"nid": f"ref:{ref}", "name": ref}


def closed_values(application_ids: list[int]) -> dict[int, dict]:
    """IPK and date of birth of those people whose place rests on them."""
    born = dict(Application.objects.filter(pk__in=application_ids, person__isnull=False).values_list("pk", "person_id"))
    people = Person.objects.in_bulk(set(born.values()))
    ipk = dict(Answers.objects.filter(application_id__in=application_ids).values_list("application_id", "ipk"))
    return {
        key: {
            "ipk": "" if ipk.get(key) is None else str(ipk[key]),
            "birth_date": people[born[key]].birth_date if key in born else "",
        }
        for key in application_ids
    }


def of_rows(outcome_set, *, number: str, version: int) -> Iterator[str]:
    """The commitments of an announcement's rows in base64, in the order of the rows file. Needs a transaction."""
    purpose, stage = result_purpose(number, version), outcome_set.stage.slug
    decrypt = Opening._meta.get_field("text").from_db_value
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            """SELECT a.id, a.participant_number, a.salt, a.national_number, a.ref, p.text, o.closed_order
            FROM selection_outcome o JOIN selection_application a ON a.id = o.application_id
            LEFT JOIN selection_opening p ON p.application_id = a.id
            WHERE o.set_id = %s ORDER BY a.participant_number COLLATE "C" """,
            [outcome_set.pk],
        )
        while found := cursor.fetchmany(5000):
            closed = closed_values([row[0] for row in found if row[6] is not None])
            for key, p, secret, national, ref, text, _order in found:
                text = decrypt(text, None, None) if text else None
                opening = result(
                    identity_of(text, national, ref), p=p, number=number, stage=stage, closed=closed.get(key)
                )
                yield b64e(canon.commit(salt(secret, purpose), opening))
