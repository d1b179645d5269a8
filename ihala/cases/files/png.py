"""PNG (W3C, third edition) without what is not the picture: texts, times, Exif, profiles, frames, trailers.

The picture is copied bit for bit. It is unpacked once, piece by piece and without being kept, to be sure that it is
the picture its header announces: no more bytes, no fewer, nothing behind them.
"""

import zlib

from .kinds import Bad, NotTaken, refuse_bombs

KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
STEP = 1 << 20


def clean_png(data: bytes) -> bytes:
    """The bare picture; `NotTaken` if it is damaged or too large."""
    out, packed, header = bytearray(data[:8]), bytearray(), b""
    at, ended = 8, False
    while not ended:
        name, body, whole = _chunk(data, at)
        at += len(whole)
        if (name == b"IHDR") is bool(header):  # first, and once
            raise NotTaken(Bad.DAMAGED)
        header = header or body
        if name == b"IDAT":
            packed += body
        elif name[0] & 0x20 == 0 and name not in KEPT:  # a critical chunk nobody here understands
            raise NotTaken(Bad.DAMAGED)
        if name in KEPT:
            out += whole
        ended = name == b"IEND"
    _refuse_another_picture(bytes(packed), _expected(header))
    return bytes(out)


def _chunk(data: bytes, at: int) -> tuple[bytes, bytes, bytes]:
    length = int.from_bytes(data[at : at + 4], "big")
    whole = data[at : at + 12 + length]
    if len(whole) < 12 or len(whole) != 12 + length:
        raise NotTaken(Bad.DAMAGED)
    name, body = whole[4:8], whole[8:-4]
    if zlib.crc32(whole[4:-4]) != int.from_bytes(whole[-4:], "big"):
        raise NotTaken(Bad.DAMAGED)
    if (name == b"PLTE" and (length % 3 or length > 768)) or (name == b"tRNS" and length > 256):
        raise NotTaken(Bad.DAMAGED)
    if name == b"IEND" and length:
        raise NotTaken(Bad.DAMAGED)
    return name, body, whole


def _expected(header: bytes) -> int:
    """How many bytes the unpacked picture has."""
    if len(header) != 13:
        raise NotTaken(Bad.DAMAGED)
    width, height = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    depth, colour, interlaced = header[8], header[9], header[12]
    refuse_bombs(width, height)
    if depth not in DEPTHS.get(colour, ()) or header[10:12] != b"\0\0" or interlaced > 1:
        raise NotTaken(Bad.DAMAGED)
    bits = depth * CHANNELS[colour]
    passes = PASSES if interlaced else ((0, 0, 1, 1),)
    sizes = ((-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in passes)
    return sum(high * (1 + -(-wide * bits // 8)) for wide, high in sizes if wide > 0 and high > 0)


def _refuse_another_picture(packed: bytes, expected: int) -> None:
    unpack, found = zlib.decompressobj(), 0
    try:
        while packed and found <= expected:
            found += len(unpack.decompress(packed, STEP))
            packed = unpack.unconsumed_tail
        found += len(unpack.flush(STEP)) if found <= expected else 0
    except zlib.error:
        raise NotTaken(Bad.DAMAGED) from None
    if found != expected or not unpack.eof or unpack.unused_data:
        raise NotTaken(Bad.DAMAGED)
