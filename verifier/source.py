"""Where things are read from: a folder or the web, one file at a time, never more than a stated size."""

import http.client
import time
import urllib.error
import urllib.request
import zlib
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from verifier.strict import NotVerified, shown

SECONDS_PER_STEP = 20
SECONDS_PER_FILE = 300
CHUNK = 1 << 16


class Missing(NotVerified):
    """There is no such file where one has to be."""


class Unreachable(Exception):
    """The place could not be asked, which proves nothing in either direction."""


class Folder:
    """Files below a folder of this machine."""

    def __init__(self, path: Path):
        self.path = path

    def __str__(self) -> str:
        return str(self.path)

    def below(self, name: str) -> "Folder":
        return Folder(self.path / name)

    def above(self) -> "Folder":
        return Folder(self.path.resolve().parent)

    def read(self, name: str, limit: int) -> bytes:
        """The bytes of the file `name`. Raises Missing, or NotVerified above `limit` bytes."""
        place = self.path / name
        try:
            if not place.resolve().is_relative_to(self.path.resolve()) or not place.is_file():
                raise Missing(f"{name} is missing")
            with open(place, "rb") as file:
                found = file.read(limit + 1)
        except (OSError, ValueError) as error:
            raise Missing(f"{name} cannot be read: {error}") from None
        if len(found) > limit:
            raise NotVerified(f"{name} is larger than {limit} bytes")
        return found


class Web:
    """Files below an address; http and https only, redirects among these only."""

    def __init__(self, address: str):
        self.address = address.rstrip("/")
        self.opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(),
            urllib.request.HTTPRedirectHandler(),
            urllib.request.HTTPErrorProcessor(),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.UnknownHandler(),
        ):
            self.opener.add_handler(handler)

    def __str__(self) -> str:
        return self.address

    def below(self, name: str) -> "Web":
        return Web(f"{self.address}/{name}")

    def above(self) -> "Web":
        return Web(self.address.rpartition("/")[0])

    def read(self, name: str, limit: int) -> bytes:
        """The bytes at the address `name` below this one. Raises Missing, Unreachable, NotVerified above `limit`."""
        address = f"{self.address}/{quote(name)}" if name else self.address
        asked = urllib.request.Request(  # noqa: S310 - the opener knows http and https only
            address, headers={"User-Agent": "jabatan-terbuka-verifier", "Accept-Encoding": "gzip, identity"}
        )
        until = time.monotonic() + SECONDS_PER_FILE
        try:
            with self.opener.open(asked, timeout=SECONDS_PER_STEP) as answer:
                return _body(answer, name or address, limit, until)
        except urllib.error.HTTPError as error:
            if error.code in (404, 410):
                raise Missing(f"{name or address} is missing") from None
            raise Unreachable(f"{address}: the server answers {error.code}") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            if isinstance(error, NotVerified):
                raise
            raise Unreachable(f"{address}: {shown(str(error))}") from None


def _body(answer, name: str, limit: int, until: float) -> bytes:
    """The whole body, unpacked; stops at `limit` bytes and at the moment `until`."""
    packed = answer.headers.get("Content-Encoding", "identity").strip().lower() == "gzip"
    unpacker = zlib.decompressobj(wbits=31) if packed else None
    found = bytearray()
    while chunk := answer.read1(CHUNK):
        try:
            found += unpacker.decompress(chunk, limit + 1 - len(found)) if unpacker else chunk
        except zlib.error:
            raise NotVerified(f"{name} is packed badly") from None
        if len(found) > limit:
            raise NotVerified(f"{name} is larger than {limit} bytes")
        if time.monotonic() > until:
            raise Unreachable(f"{name}: the answer takes too long")
    if (unpacker and not unpacker.eof) or (not packed and answer.length):
        raise Unreachable(f"{name}: the answer ended early")
    return bytes(found)


def opened(place: str) -> Folder | Web:
    """The folder or address that `place` names. Raises NotVerified for an address of another kind."""
    if place.startswith(("http://", "https://")):
        return Web(place)
    if "://" in place:
        raise NotVerified(f"{shown(place)}: only http and https can be asked")
    return Folder(Path(place))


def read_any(place: str, limit: int) -> bytes:
    """The bytes of one file, which `place` names by its path or its address."""
    found = opened(place)
    if isinstance(found, Web):
        return found.read("", limit)
    return Folder(found.path.parent).read(found.path.name, limit)


def around(place: str) -> list[Folder | Web]:
    """Where the record may lie for whoever names `place`: there, in its folder log, or in one above."""
    found = opened(place)
    if isinstance(found, Web):
        parts = urlsplit(found.address)
        steps = [step for step in parts.path.split("/") if step]
        paths = ["/".join(steps[:count]) for count in range(len(steps), -1, -1)]
        places = [Web(urlunsplit((parts.scheme, parts.netloc, path, "", ""))) for path in paths]
    else:
        start = found.path.resolve()
        places = [Folder(path) for path in (start, *start.parents)]
    return [places[0], *(one.below("log") for one in places)]
