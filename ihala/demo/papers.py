"""Invented papers of the story, made here so that none is anybody's: a scanned order, a picture, a page of a report."""

import zlib

DISTURBED = b"Made by Nobody, Hidden Street 7"
"""What the invented files tell about their maker before they are cleaned."""


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def picture(orientation: int = 6, more: bytes = b"") -> bytes:
    """A grey JPEG of 8 by 8 with Exif that says who made it and which way is up; `more` stands before the scan."""
    entries = (b"\x01\x0f\0\x02" + len(DISTURBED).to_bytes(4, "big") + b"\0\0\0\x3e",)
    way = b"\x01\x12\0\x03\0\0\0\x01\0" + bytes((orientation,)) + b"\0\0"
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x02" + entries[0] + way + b"\0\0\0\0" + DISTURBED
    tables = _segment(0xDB, b"\0" + b"\x01" * 64)
    tables += _segment(0xC4, b"\0\x01" + b"\0" * 16) + _segment(0xC4, b"\x10\x01" + b"\0" * 16)
    frame = _segment(0xC0, b"\x08\0\x08\0\x08\x01\x01\x11\0")
    scan = _segment(0xDA, b"\x01\x01\0\0\x3f\0") + b"\x3f"
    head = b"\xff\xd8" + _segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
    return (
        head + _segment(0xE1, exif) + _segment(0xFE, DISTURBED) + tables + frame + more + scan + b"\xff\xd9"
    )


def chunk(name: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")


def scan(width: int = 60, height: int = 84) -> bytes:
    """A PNG that looks like a page with lines, with a text chunk that says who made it."""
    inked = b"\0" * 4 + b"\x50" * (width - 8) + b"\xf0" * 4
    rows = [inked if row % 7 == 3 and 6 < row < height - 6 else b"\xf8" * width for row in range(height)]
    packed = zlib.compress(b"".join(b"\0" + row for row in rows))
    head = chunk(b"IHDR", width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\0\0\0\0")
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + chunk(b"tEXt", b"Author\0" + DISTURBED)
        + chunk(b"IDAT", packed)
        + chunk(b"IEND", b"")
    )


def page(title: str) -> bytes:
    """A PDF of one page with a title, whose information says who made it."""
    drawn = f"BT /F1 18 Tf 60 760 Td ({title}) Tj 0 -40 Td /F1 11 Tf (Invented for the demonstration.) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 7 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Author (%s) >>" % DISTURBED,
        b"<< /Font << /F1 5 0 R >> >>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 8\n0000000000 65535 f \n" + table
    out += b"trailer\n<< /Size 8 /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(out)
