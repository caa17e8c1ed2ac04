"""The browser's part of a proof of work, in Python."""

import base64
import hashlib
import json


def number_of(task: dict) -> int:
    """Counts up until the hash fits."""
    return next(
        number
        for number in range(task["maxnumber"] + 1)
        if hashlib.sha256(f"{task['salt']}{number}".encode()).hexdigest() == task["challenge"]
    )


def payload(task: dict, **changed) -> str:
    """What the browser sends for `task`; `changed` replaces parts of it."""
    given = {name: task[name] for name in ("algorithm", "challenge", "salt", "signature")}
    return base64.b64encode(json.dumps(given | {"number": number_of(task)} | changed).encode()).decode()
