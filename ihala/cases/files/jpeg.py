"""JPEG (ITU-T T.81) without what is not the picture: Exif with its place and camera, XMP, comments, previews, trailers.

The picture itself is copied bit for bit, since it may be evidence. Of Exif only which way is up is kept. Segments whose
length does not fit what they are said to hold are refused, so that nothing travels hidden in them.
"""

from .kinds import Bad, NotTaken, refuse_bombs

SOI, EOI, SOS, DQT, DHT, DAC, DRI, COM = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xCC, 0xDD, 0xFE
APP0, APP1, APP14, APP15 = 0xE0, 0xE1, 0xEE, 0xEF
FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
TABLES = {DQT, DHT, DAC, DRI}
ORIENTATION = 0x0112


def clean_jpeg(data: bytes, *, inside_pdf: bool = False) -> bytes:
    """The bare picture; `NotTaken` if it is damaged or too large.

    Inside a PDF the page says which way is up, and an end mark that is missing is added, as readers do.
    """
    out = bytearray(b"\xff\xd8")
    at, framed, scanned = 2, False, False
    while True:
        marker, at = _marker(data, at)
        if marker is None and inside_pdf and scanned:
            break
        if marker == EOI and framed and scanned:
            break
        if marker is None or marker in (SOI, EOI) or marker < 0xC0:
            raise NotTaken(Bad.DAMAGED)
        body, at = _segment(data, at)
        out += _kept(marker, body, inside_pdf)
        framed = framed or marker in FRAMES
        if marker == SOS:
            end = _end_of_scan(data, at)
            out += data[at:end]
            at, scanned = end, True
    return bytes(out + b"\xff\xd9")


def _marker(data: bytes, at: int) -> tuple[int | None, int]:
    """The marker at this place and where its segment begins; None at the end of the data."""
    if at >= len(data):
        return None, at
    if data[at] != 0xFF:
        raise NotTaken(Bad.DAMAGED)
    while at < len(data) and data[at] == 0xFF:
        at += 1
    return (data[at], at + 1) if at < len(data) else (None, at)


def _segment(data: bytes, at: int) -> tuple[bytes, int]:
    length = int.from_bytes(data[at : at + 2], "big")
    end = at + length
    if length < 2 or end > len(data):
        raise NotTaken(Bad.DAMAGED)
    return data[at + 2 : end], end


def _kept(marker: int, body: bytes, inside_pdf: bool) -> bytes:
    """What is written of a segment; nothing of comments and of what applications left."""
    if marker in FRAMES:
        return _written(marker, _frame(body))
    if marker == SOS:
        return _written(marker, _fitting(body, 4 + 2 * body[0] if body else 1))
    if marker in TABLES:
        return _written(marker, _tables(marker, body))
    if marker == APP0 and body.startswith(b"JFIF\0") and len(body) >= 14:
        return _written(marker, body[:12] + b"\0\0")  # without its preview
    if marker == APP14 and body.startswith(b"Adobe") and len(body) >= 12:
        return _written(marker, body[:12])  # how the colours are meant
    if marker == APP1 and body.startswith(b"Exif\0\0") and not inside_pdf:
        return _upright(body[6:])
    if APP0 <= marker <= APP15 or marker == COM:
        return b""
    raise NotTaken(Bad.DAMAGED)


def _written(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def _frame(body: bytes) -> bytes:
    if len(body) < 6:
        raise NotTaken(Bad.DAMAGED)
    refuse_bombs(int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big"))
    return _fitting(body, 6 + 3 * body[5])


def _fitting(body: bytes, length: int) -> bytes:
    if len(body) != length:
        raise NotTaken(Bad.DAMAGED)
    return body


def _tables(marker: int, body: bytes) -> bytes:
    """The tables, if they fill their segment exactly."""
    at = 0
    if marker == DRI:
        return _fitting(body, 2)
    while at < len(body):
        if marker == DQT:
            at += 1 + 64 * (2 if body[at] >> 4 else 1)
        elif marker == DHT:
            at += 17 + sum(body[at + 1 : at + 17])
        else:
            at += 2
    return _fitting(body, at)


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the coded picture ends: before the next marker that is neither a stuffed byte nor a restart."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return len(data)
        follows = data[at + 1]
        if follows and not 0xD0 <= follows <= 0xD7 and follows != 0xFF:
            return at
        at += 1 if follows == 0xFF else 2


def _upright(tiff: bytes) -> bytes:
    """An Exif segment that says which way is up and nothing else; none if it is up already."""
    order = {b"II": "little", b"MM": "big"}.get(tiff[:2])
    if order is None:
        return b""

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], order)  # type: ignore[arg-type]

    start = number(4, 4)
    for entry in range(min(number(start, 2), 200)):
        at = start + 2 + 12 * entry
        if number(at, 2) == ORIENTATION:
            way = number(at + 8, 2)
            if not 2 <= way <= 8:
                return b""
            entries = b"\0\x01\x01\x12\0\x03\0\0\0\x01\0" + bytes((way,)) + b"\0\0" + b"\0\0\0\0"
            return _written(APP1, b"Exif\0\0MM\0*\0\0\0\x08" + entries)
    return b""
