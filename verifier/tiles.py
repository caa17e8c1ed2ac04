"""Where the record keeps its hashes and entries: the addresses of tlog-tiles and the bundles of entries."""

from verifier.strict import NotVerified

WIDTH = 256
ENTRIES = "entries"


def path(level: int | str, number: int, width: int = WIDTH) -> str:
    """The address below the record of tile `number` at `level` (or of that bundle, where the level is ENTRIES)."""
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03}")
    part = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(groups)}{part}"


def tiles(size: int) -> list[tuple[int, int, int]]:
    """All tiles of a tree of `size` entries as (level, number, width), those of width 0 left out."""
    found, level = [], 0
    while size:
        found += [(level, number, WIDTH) for number in range(size // WIDTH)]
        if size % WIDTH:
            found.append((level, size // WIDTH, size % WIDTH))
        size, level = size // WIDTH, level + 1
    return found


def hashes(raw: bytes, width: int) -> list[bytes]:
    """The hashes of a tile. Raises NotVerified unless there are `width` of them."""
    if len(raw) != width * 32:
        raise NotVerified(f"{len(raw)} bytes instead of {width * 32}")
    return [raw[start : start + 32] for start in range(0, len(raw), 32)]


def entries(raw: bytes, width: int) -> list[bytes]:
    """The entries of a bundle. Raises NotVerified unless it holds exactly `width` of them."""
    found, place = [], 0
    while place < len(raw):
        length = int.from_bytes(raw[place : place + 2], "big")
        entry = raw[place + 2 : place + 2 + length]
        if len(raw) < place + 2 or len(entry) != length:
            raise NotVerified("the last entry is cut off")
        found.append(entry)
        place += 2 + length
    if len(found) != width:
        raise NotVerified(f"{len(found)} entries instead of {width}")
    return found
