"""Handing out a document: to its owner and to whoever judges the file, never as a public address."""

from django.http import FileResponse

NAMES = {"application/pdf": "pdf", "image/jpeg": "jpg"}


def hand_out(document) -> FileResponse:
    """The document's bytes, shown in the browser, with nothing in it able to run or to be kept by caches."""
    name = f"{document.requirement.code}.{NAMES[document.content_type]}"
    response = FileResponse(document.file.open("rb"), content_type=document.content_type, filename=name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
