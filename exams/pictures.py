"""Pictures of items, drawn anew: nothing that a camera or a program wrote beside them stays."""

import base64
import io

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from exams.content import IMAGE_BYTES

MOST_PIXELS = 4_000_000


class Unfit(Exception):
    """The picture cannot be used; the words say what to do."""


def remade(inside: bytes) -> dict:
    """{"type", "data"} of a PNG with what the picture shows. Raises Unfit."""
    if len(inside) > 5 * IMAGE_BYTES:
        raise Unfit(_("Perkecil gambar sampai 150 KB."))
    try:
        with Image.open(io.BytesIO(inside), formats=["PNG", "JPEG", "WEBP", "GIF"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Unfit(_("Gambar terlalu besar. Perkecil ukurannya."))
            target = io.BytesIO()
            picture.convert("RGBA" if "A" in picture.getbands() else "RGB").save(target, "PNG", optimize=True)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError, SyntaxError, ValueError) as error:
        raise Unfit(_("Gambar tidak terbaca. Pakai PNG, JPEG, atau WebP.")) from error
    if len(target.getvalue()) > IMAGE_BYTES:
        raise Unfit(_("Perkecil gambar sampai 150 KB."))
    return {"type": "image/png", "data": base64.b64encode(target.getvalue()).decode()}
