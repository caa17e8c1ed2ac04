"""The bytes of a fact as one pattern per kind, so that a usual fact is recognised without reading it.

The canonical spelling has one order of fields and one spelling of each value, so that a pattern can allow exactly
those bytes. It answers "yes, a fact" or "look closer": which one it is not, `facts.check` finds out.
"""

import re

WORDS = "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="  # 32 bytes in base64; bits that no byte holds are zero
COUNT = "(?:0|[1-9][0-9]{0,14})"  # larger ones, up to 2**53 − 1, are looked at closer


def usual(
    kind: str, by: str, fields: dict[str, str], *, version: int, texts: dict[str, re.Pattern]
) -> re.Pattern | None:
    """A pattern of the entries of `kind`; None where a field has a shape that no pattern can judge.

    `fields` names the shape of each field as `facts.KINDS` does, `texts` the pattern of each shape of text, and of
    "id". What matches is a fact; what does not may be one all the same.
    """
    shapes = {name: f'"{pattern.pattern}"' for name, pattern in texts.items()}
    shapes |= {"count": COUNT, "words": f'"{WORDS}"'}
    if any(shape.rstrip("?") not in shapes for shape in fields.values()):
        return None
    body = _members({name: (shapes[shape.rstrip("?")], shape.endswith("?")) for name, shape in fields.items()})
    envelope = _members(
        {
            "at": (shapes["instant"], False),
            "body": (rf"\{{{body}\}}", False),
            "by": (f'"{by}"', False),
            "id": (shapes["id"], False),
            "late": ("true", True),
            "type": (f'"{re.escape(kind)}"', False),
            "v": (str(version), False),
        }
    )
    return re.compile(rf"\{{{envelope}\}}".encode("ascii"))


def _members(members: dict[str, tuple[str, bool]]) -> str:
    """The members of an object in ascending order, each with its pattern and whether it may be left out."""
    names = sorted(members)
    first = next(place for place, name in enumerate(names) if not members[name][1])
    found = ""
    for place, name in enumerate(names):
        pattern, may_miss = members[name]
        # The comma stands on the side of the first one that is always there.
        one = f'"{name}":{pattern},' if place < first else f'{"," if place > first else ""}"{name}":{pattern}'
        found += f"(?:{one})?" if may_miss else one
    return found
