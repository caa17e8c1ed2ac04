"""Handing out a document: to its owner and to whoever judges the file, never as a public address."""

from django.http import FileResponse

NAMES = {"application/pdf": "pdf", "image/jpeg": "jpg"}


def hand_out(document, *, shown: bool = False, called: str = "") -> FileResponse:
    """The document's bytes as a download, or `shown` in the browser of whoever judges many of them.

    Nothing in it can run, and no cache keeps it. `called` names a file that belongs to no requirement.
    """
    name = f"{called or document.requirement.code}.{NAMES[document.content_type]}"
    response = FileResponse(
        document.file.open("rb"), content_type=document.content_type, filename=name, as_attachment=not shown
    )
    sandbox = "" if shown else "sandbox; "  # in a sandbox browsers do not show a PDF
    response.headers["Content-Security-Policy"] = f"{sandbox}default-src 'none'; frame-ancestors 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
