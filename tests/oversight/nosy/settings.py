"""The real settings, with the curious layer right behind the outermost one."""

import os

from portal.settings import *  # noqa: F403
from portal.settings import LOGGING, MIDDLEWARE

UNTRACED = "oversight.untraced.Untraced"
place = MIDDLEWARE.index(UNTRACED) + 1
MIDDLEWARE = [*MIDDLEWARE[:place], "tests.oversight.nosy.layer.Nosy", *MIDDLEWARE[place:]]
if os.environ.get("WITHOUT") == "untraced":
    MIDDLEWARE.remove(UNTRACED)
    LOGGING["filters"] = {"untraced": {"()": "logging.Filter"}}
