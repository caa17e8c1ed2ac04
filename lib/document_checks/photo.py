"""A photo without what the phone wrote beside the picture: place, time, device, comments, other pictures."""

import struct

START, SCAN, COMMENT, COLOURS, ADOBE = 0xD8, 0xDA, 0xFE, 0xE2, 0xEE
APPLICATION = range(0xE0, 0xF0)


def without_metadata(content: bytes, orientation: int) -> bytes:
    """The JPEG `content` with its picture data untouched; which side is up (1 to 8, as EXIF counts) stays.

    A photo without metadata comes back byte for byte. `content` has been parsed; ValueError where it is not a JPEG
    after all.
    """
    kept = [content[:2]]
    if orientation != 1:
        kept.append(_turned(orientation))
    place = 2
    while place + 4 <= len(content) and content[place] == 0xFF:
        marker, size = content[place + 1], int.from_bytes(content[place + 2 : place + 4], "big")
        if marker == 0xFF:  # a fill byte
            place += 1
            continue
        if marker == SCAN:
            return b"".join([*kept, content[place:]])
        segment = content[place : place + 2 + size]
        if _belongs_to_the_picture(marker, segment[4:]):
            kept.append(segment)
        place += 2 + size
    raise ValueError("no picture data")


def _belongs_to_the_picture(marker: int, inside: bytes) -> bool:
    if marker == COLOURS:
        return inside.startswith(b"ICC_PROFILE\0")
    return marker not in APPLICATION and marker != COMMENT or marker == ADOBE or inside.startswith(b"JFIF\0")


def _turned(orientation: int) -> bytes:
    """An EXIF segment that holds the orientation and nothing else."""
    entry = struct.pack(">HHIHxx", 0x0112, 3, 1, orientation)
    inside = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + b"\0\0\0\0"
    return b"\xff\xe1" + struct.pack(">H", len(inside) + 2) + inside
