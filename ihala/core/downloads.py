"""Handing out a file of a survivor: to be saved, never shown by the browser in the name of this site.

Its content may be hostile whatever was cleaned, so nothing in it runs: no sniffing, an empty sandbox, no cache.
"""

from django.http import HttpResponse


def download(data: bytes, media_type: str, name: str) -> HttpResponse:
    """The file under a name of ours. `name` says nothing of whom it is about."""
    response = HttpResponse(data, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
