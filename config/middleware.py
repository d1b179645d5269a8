"""What holds for every answer and every request, whatever view is behind it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from . import errors

NOTHING_OF_THE_DEVICE = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "camera", "display-capture", "fullscreen", "geolocation", "gyroscope",
        "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "usb", "interest-cohort",
    )
)  # fmt: skip

Next = Callable[[HttpRequest], HttpResponse]


class PrivateResponses:
    """No cache keeps a page, no other site may load one, no page asks for the device's sensors."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers; static files keep their own caching."""
        response = self.get_response(request)
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Cross-Origin-Embedder-Policy"] = "require-corp"
        response["Permissions-Policy"] = NOTHING_OF_THE_DEVICE
        if not request.path_info.startswith(settings.STATIC_URL):
            response["Cache-Control"] = "no-store"
        return response


class BodyLimit:
    """Refuses a body that is too large before a byte of it is read, in words."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 413 above `BODY_LIMIT` bytes, or `UPLOAD_LIMIT` where files are taken."""
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            return errors.bad_request(request)
        takes_files = request.path_info.endswith(settings.UPLOADS)
        if length > (settings.UPLOAD_LIMIT if takes_files else settings.BODY_LIMIT):
            return errors.too_large(request, takes_files=takes_files)
        return self.get_response(request)
