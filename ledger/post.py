"""One request to somebody who may be slow, silent or rude: it ends in time, whatever the other side does."""

import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from urllib.parse import urlsplit

LARGEST = 64 * 1024


class Silent(Exception):
    """No whole answer came in time."""


@dataclass(frozen=True)
class Answer:
    status: int
    kind: str
    body: bytes


def post(url: str, body: bytes, *, seconds: float) -> Answer:
    """The answer to `body`. Follows nobody elsewhere. Raises Silent after `seconds` at the latest, name look-up apart."""
    return _ask("POST", url, body, {"Content-Type": "text/plain; charset=utf-8"}, seconds)


def get(url: str, *, seconds: float) -> Answer:
    """What stands at `url`; the same limits as `post`."""
    return _ask("GET", url, None, {}, seconds)


def _ask(method: str, url: str, body: bytes | None, headers: dict, seconds: float) -> Answer:
    parts = urlsplit(url)
    if parts.scheme == "https":
        line = HTTPSConnection(parts.hostname, parts.port, timeout=seconds, context=ssl.create_default_context())
    else:
        line = HTTPConnection(parts.hostname, parts.port, timeout=seconds)
    watch = Timer(seconds, _hang_up, [line])
    watch.daemon = True
    watch.start()
    try:
        line.request(method, parts.path or "/", body, headers)
        response = line.getresponse()
        content = response.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise Silent("an answer without end")
        if response.length:
            raise Silent("half an answer")
        return Answer(response.status, response.headers.get_content_type(), content)
    except (OSError, HTTPException, ValueError) as error:
        raise Silent(f"no answer: {type(error).__name__}") from None
    finally:
        watch.cancel()
        line.close()


def _hang_up(line: HTTPConnection) -> None:
    """End whatever waits on the socket: a time limit per read would start anew with every byte."""
    if line.sock is not None:
        with suppress(OSError):
            line.sock.shutdown(socket.SHUT_RDWR)
