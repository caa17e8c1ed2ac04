"""What an operator might add: a line with everything of each request, and every error with its words."""

import logging
import os

from lib import sealing
from oversight.actions import reports
from oversight.report_files import remake

logger = logging.getLogger("nosy")
FAULT = "galat yang dipancing"
really_receive = reports.receive


def receive_or_fail(code, **given):
    """A fault on this route whose message holds what was written."""
    if FAULT in given["content"]["text"]:
        raise ValueError(given["content"]["text"])
    return really_receive(code, **given)


reports.receive = receive_or_fail
if os.environ.get("WITHOUT") == "sealing":
    sealing.seal = lambda content, public, context, step=0: content
if os.environ.get("WITHOUT") == "remaking":
    remake.remade = lambda files: [one.read() for one in files]


class Nosy:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if os.environ.get("WITHOUT") == "untraced":
            request.visitor = b""
        logger.info("%s %s %s", request.get_full_path(), request.META, request.COOKIES)
        return self.get_response(request)

    def process_exception(self, request, exception):
        """An error tracker that sits here hears of an error before the layer above answers it: it sees the request."""
        logger.error("%s %s", type(exception).__name__, request.META)
