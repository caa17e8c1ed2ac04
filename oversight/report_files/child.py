"""Run as a program: read one picture or PDF from standard input, write fresh JPEGs of what can be seen in it.

Each JPEG follows its length in four bytes. Ends with 3 for another kind of file, with 4 for a PDF that is too long;
any other end that is not 0 means: unreadable.
"""

import io
import resource
import sys

MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2_000  # of what is written: fine print stays readable, the grain of a camera's sensor mostly not
MOST_PAGES = 20
OTHER_KIND, TOO_LONG = 3, 4


def limit() -> None:
    """1 GB of memory and 20 s of processor time, no file and no new process: a crafted file dies here."""
    resource.setrlimit(resource.RLIMIT_AS, (1024 * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def from_picture(content: bytes) -> list:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    picture = Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP", "MPO"])
    if picture.width * picture.height > MOST_PIXELS:
        raise ValueError("too many pixels")
    return [ImageOps.exif_transpose(picture)]


def from_pdf(content: bytes):
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    if len(document) > MOST_PAGES:
        sys.exit(TOO_LONG)
    for page in document:
        width, height = page.get_size()
        scale = min(2.0, LONGEST_SIDE / max(width, height, 1))
        yield page.render(scale=scale, may_draw_forms=True).to_pil()


def fresh(picture) -> bytes:
    """A JPEG that holds the dots of `picture` on white, and nothing else of it."""
    from PIL import Image

    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    seen = picture.convert("RGBA")
    sheet = Image.new("RGB", seen.size, "white")  # a new picture: comments, profiles and times stay behind
    sheet.paste(seen, mask=seen.getchannel("A"))
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=82)
    return out.getvalue()


def main() -> None:
    content = sys.stdin.buffer.read()
    if content.startswith(b"%PDF-"):
        pictures = from_pdf(content)
    elif content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n")) or content[8:12] == b"WEBP":
        pictures = from_picture(content)
    else:
        sys.exit(OTHER_KIND)
    for picture in pictures:
        made = fresh(picture)
        sys.stdout.buffer.write(len(made).to_bytes(4, "big") + made)


if __name__ == "__main__":
    limit()
    main()
