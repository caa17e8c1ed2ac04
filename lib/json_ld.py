"""JSON-LD for search engines, inside a page."""

import json

from django.utils.safestring import SafeString, mark_safe

# Inside a script element these could end it or open a comment; as escapes they are the same JSON.
INERT = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def in_script(description: dict) -> SafeString:
    """`description` as JSON that may stand inside a script element."""
    text = json.dumps(description, ensure_ascii=False)
    return mark_safe(text.translate(INERT))  # noqa: S308 - escaped one line above
