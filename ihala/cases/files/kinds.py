"""What is taken, told by content and never by name, and the limits that keep a picture from being a bomb."""

from enum import StrEnum


class Kind(StrEnum):
    """The three kinds that are taken; each value is its media type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    PDF = "application/pdf"


class Bad(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    UNKNOWN = "unknown"
    HEIC = "heic"
    DAMAGED = "damaged"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_PAGES = "too_many_pages"
    LOCKED = "locked"
    NOT_CLEANABLE = "not_cleanable"
    TOO_MUCH_WORK = "too_much_work"


class NotTaken(Exception):
    """The file is refused; `bad` says why."""

    def __init__(self, bad: Bad) -> None:
        super().__init__(bad.value)
        self.bad = bad


ENDINGS = {Kind.JPEG: "jpg", Kind.PNG: "png", Kind.PDF: "pdf"}
LARGEST = 8 * 1024 * 1024
LONGEST_SIDE = 20_000
MOST_PIXELS = 50_000_000
MOST_PAGES = 300

_HEIC = {b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1", b"avif"}


def kind_of(data: bytes) -> Kind:
    """What the file is, by its first bytes; a file that is something else from byte 0 on is that."""
    if not data:
        raise NotTaken(Bad.EMPTY)
    if data.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if data.startswith(b"%PDF-"):
        return Kind.PDF
    raise NotTaken(Bad.HEIC if data[4:8] == b"ftyp" and data[8:12] in _HEIC else Bad.UNKNOWN)


def refuse_bombs(width: int, height: int) -> None:
    """A picture has a size, and one that a telephone can show."""
    if not width or not height:
        raise NotTaken(Bad.DAMAGED)
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise NotTaken(Bad.TOO_MANY_PIXELS)
