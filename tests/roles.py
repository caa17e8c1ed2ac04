"""Working as one of the portal's own database roles, as its processes do."""

import re
from contextlib import contextmanager

from django.conf import settings
from django.db import connections

from portal.grants import ROLES


@contextmanager
def working_as(role: str):
    """Log the default connection in as `role` until the end of the block. Wants the fixture own_database.

    On a server whose users log in under another name, the role is taken on at the start of the session.
    """
    assert role in ROLES
    places = (connections["default"].settings_dict, settings.DATABASES["default"])
    before = [(place["USER"], place["OPTIONS"]) for place in places]
    connections.close_all()
    for place in places:
        options = place["OPTIONS"]["options"]
        if " -c role=" in options:
            place["OPTIONS"] = place["OPTIONS"] | {"options": re.sub(r" -c role=\w+", f" -c role={role}", options)}
        else:
            place["USER"] = role
    try:
        yield
    finally:
        connections.close_all()
        for place, (user, options) in zip(places, before, strict=True):
            place["USER"], place["OPTIONS"] = user, options
