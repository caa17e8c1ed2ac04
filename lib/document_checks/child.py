"""Run as a program: parse a PDF or JPEG with hard limits and print what was found as one line of JSON.

{"pages": n}, of a photo also {"orientation": 1 to 8}, of a signed PDF {"signatures": [...]}, or {"problem": code}. Any
other end (a signal, memory, time) means: unreadable.
"""

import json
import resource
import sys
import zlib
from pathlib import Path

MOST_PAGES = 60
MOST_OBJECTS = 20_000
LONG_PAGES, LONG_OBJECTS = 3_000, 200_000  # of a letter of the office with its list of names
MOST_PIXELS = 40_000_000
MOST_UNPACKED = 100 * 1024 * 1024
MOST_LEVELS = 40
# Keys and names by which a reader is made to run, send, open or unpack something. A link that a person
# clicks (/URI) and a first page to show (/GoTo) are in honest documents too.
ACTIVE = {
    "/JavaScript",
    "/JS",
    "/Launch",
    "/RichMedia",
    "/SubmitForm",
    "/ImportData",
    "/XFA",
    "/Rendition",
    "/EmbeddedFile",
    "/EmbeddedFiles",
    "/EF",
    "/GoToE",
    "/GoToR",
    "/AA",
}


def limit() -> None:
    """768 MB of memory and 10 s of processor time: a crafted file dies here and not in the portal."""
    resource.setrlimit(resource.RLIMIT_AS, (768 * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (10, 10))


def pdf(path: Path, *, most_pages: int = MOST_PAGES, most_objects: int = MOST_OBJECTS, also=None) -> dict:
    """Pages of a PDF, or its problem; `also` is asked for more about a good one."""
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
        if pages > most_pages or len(document.objects) > most_objects:
            return {"problem": "too_long"}
        if any(_active(item) for item in document.objects) or _active(document.trailer):
            return {"problem": "active"}
        if _opens_something(document.Root.get("/OpenAction")):
            return {"problem": "active"}
        if not _unpacks_small(document):
            return {"problem": "unpacks_large"}
        return {"pages": pages} | (also(document) if also else {})


def signed(path: Path) -> dict:
    """A PDF of the office, with what it says about its signatures."""
    sys.path.insert(0, str(Path(__file__).parent))  # isolated: nothing but this folder is wanted
    import signatures

    def about(document) -> dict:
        return {"signatures": signatures.read(document, path.read_bytes())}

    return pdf(path, most_pages=LONG_PAGES, most_objects=LONG_OBJECTS, also=about)


def _active(item, depth: int = 0) -> bool:
    """Whether a PDF object asks a reader to run, send, open or unpack something; what is too deep to see counts."""
    import pikepdf

    if isinstance(item, pikepdf.Name):
        return str(item) in ACTIVE
    if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        if not ACTIVE.isdisjoint(item.keys()):
            return True
        inside = item.values()
    elif isinstance(item, pikepdf.Array):
        inside = item
    else:
        return False
    return depth > MOST_LEVELS or any(_active(value, depth + 1) for value in inside if not _indirect(value))


def _opens_something(action) -> bool:
    """Whether opening the document does more than to show one of its pages."""
    import pikepdf

    if isinstance(action, pikepdf.Dictionary):
        return str(action.get("/S")) != "/GoTo" or "/Next" in action
    return False


def _unpacks_small(document) -> bool:
    """Whether all that is packed in the document takes up a bounded room in a reader's memory."""
    import pikepdf

    room = 4 * MOST_UNPACKED
    for item in document.objects:
        if not isinstance(item, pikepdf.Stream):
            continue
        if int(item.get("/Width", 0)) * int(item.get("/Height", 0)) > MOST_PIXELS * 2:
            return False
        filters = item.get("/Filter", [])
        content = item.read_raw_bytes()
        for one in [filters] if isinstance(filters, pikepdf.Name) else filters:
            if str(one) not in ("/FlateDecode", "/Fl"):
                break
            unpack = zlib.decompressobj()
            content = unpack.decompress(content, MOST_UNPACKED)
            if unpack.unconsumed_tail:
                return False
        room -= len(content)
        if room < 0:
            return False
    return True


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
            turned = picture.getexif().get(0x0112, 1)
            if min(picture.size) < 100:
                return {"problem": "too_small"}
    except Image.DecompressionBombError:
        return {"problem": "too_many_pixels"}
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return {"problem": "broken"}
    return {"pages": 1, "orientation": turned if turned in range(1, 9) else 1}


if __name__ == "__main__":
    limit()
    print(json.dumps({"pdf": pdf, "signed": signed, "image": image}[sys.argv[1]](Path(sys.argv[2]))))
