"""The page that tells a university how to check the portal from outside, and the program that it runs."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.shortcuts import render

from accounts.guards import public_page
from ledger import files
from ledger.vouching import Vouching
from lib import verifier_app


def place() -> Path:
    """Where the program lies for everybody to fetch; handed out by portal/files.py."""
    return settings.PUBLIC_ROOT / "verifikasi" / verifier_app.NAME


def put_in_place() -> None:
    """Build the program out of this source and let everybody fetch it; a reader sees the old one or the new."""
    content = verifier_app.application()
    if not place().exists() or place().read_bytes() != content:
        files.replace(place(), content)


@public_page(60)
def run_it_yourself(request):
    """How to get the program, run it, read its answer, watch and witness. The same for everyone."""
    try:
        content = place().read_bytes()
    except FileNotFoundError:
        content = None
    policy = Vouching().policy
    context = {
        "digest": content and hashlib.sha256(content).hexdigest(),
        "size": content and len(content),
        "log_keys": policy.logs if policy else (),
    }
    return render(request, "portal/jalankan-sendiri.html", context)
