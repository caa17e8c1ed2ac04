"""Run as a program: parse a PDF or JPEG with hard limits and print what was found as one line of JSON.

{"pages": n} or {"problem": code}. Any other end (a signal, memory, time) means: unreadable.
"""

import json
import resource
import sys
from pathlib import Path

MOST_PAGES = 60
MOST_OBJECTS = 20_000
MOST_PIXELS = 40_000_000
ACTIVE = {
    "/JavaScript",
    "/JS",
    "/Launch",
    "/RichMedia",
    "/SubmitForm",
    "/ImportData",
    "/XFA",
    "/EmbeddedFile",
    "/GoToE",
}


def limit() -> None:
    """768 MB of memory and 10 s of processor time: a crafted file dies here and not in the portal."""
    resource.setrlimit(resource.RLIMIT_AS, (768 * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (10, 10))


def pdf(path: Path) -> dict:
    import pikepdf

    try:
        document = pikepdf.open(path)
    except pikepdf.PasswordError:
        return {"problem": "encrypted"}
    except pikepdf.PdfError:
        return {"problem": "broken"}
    with document:
        if document.is_encrypted:
            return {"problem": "encrypted"}
        pages = len(document.pages)
        if pages == 0:
            return {"problem": "broken"}
        if pages > MOST_PAGES or len(document.objects) > MOST_OBJECTS:
            return {"problem": "too_long"}
        if any(_active(item) for item in document.objects) or _active(document.trailer):
            return {"problem": "active"}
        return {"pages": pages}


def _active(item, depth: int = 0) -> bool:
    """Whether a PDF object asks a reader to run, send, open or unpack something."""
    import pikepdf

    if depth > 6:
        return False
    if isinstance(item, pikepdf.Name):
        return str(item) in ACTIVE
    if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        names = set(item.keys())
        if names & ACTIVE or "/AA" in names or "/EmbeddedFiles" in names:
            return True
        return any(_active(value, depth + 1) for value in item.values() if not _indirect(value))
    if isinstance(item, pikepdf.Array):
        return any(_active(value, depth + 1) for value in item if not _indirect(value))
    return False


def _indirect(value) -> bool:
    """Indirect objects are looked at on their own; following them here would run in circles."""
    return bool(getattr(value, "is_indirect", False))


def image(path: Path) -> dict:
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(path, formats=["JPEG"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return {"problem": "too_many_pixels"}
            picture.verify()
        with Image.open(path, formats=["JPEG"]) as picture:
            picture.load()
            if min(picture.size) < 100:
                return {"problem": "too_small"}
    except Image.DecompressionBombError:
        return {"problem": "too_many_pixels"}
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return {"problem": "broken"}
    return {"pages": 1}


if __name__ == "__main__":
    limit()
    print(json.dumps({"pdf": pdf, "image": image}[sys.argv[1]](Path(sys.argv[2]))))
