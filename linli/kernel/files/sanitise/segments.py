"""Pictures inside other files: metadata is cut out of the container, the picture data stay byte for byte.

JPEG: ITU-T T.81 Annex B (markers and segments). JPEG 2000: ISO/IEC 15444-1 Annex A (codestream) and I (boxes).
PNG: W3C PNG (Third Edition) §5 (chunks). Each function raises ValueError when the data are not what they say.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from contextlib import suppress

_SOI, _EOI, _SOS, _APP0, _APP14, _COM = 0xD8, 0xD9, 0xDA, 0xE0, 0xEE, 0xFE
_TABLES = frozenset([*range(0xC0, 0xD0), 0xDB, 0xDC, 0xDD, 0xDE, 0xDF]) - {0xC8}
_END_OF_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def bare_jpeg(data: bytes) -> bytes:
    """The JPEG with only what a decoder needs: tables, frames, scans, JFIF density, Adobe colour transform.

    Every other APPn (EXIF, XMP, IPTC, maker notes, ICC, second pictures) and comment goes, and so does whatever
    follows the end of the image.
    """
    if data[:2] != b"\xff\xd8":
        raise ValueError("no start of image")
    kept, at, scans = [b"\xff\xd8"], 2, 0
    while True:
        marker, at = _next_marker(data, at)
        if marker == _EOI:
            break
        length = int.from_bytes(data[at : at + 2], "big")
        if length < 2 or at + length > len(data):
            raise ValueError("segment runs past the end")
        body, at = data[at + 2 : at + length], at + length
        kept.append(_segment(marker, body))
        if marker == _SOS:
            scans += 1
            found = _END_OF_SCAN.search(data, at)
            end = found.start() if found else len(data)
            kept.append(data[at:end])
            at = end
            if found is None:
                break
    if not scans:
        raise ValueError("no picture in it")
    return b"".join(kept) + b"\xff\xd9"


def scans_of(data: bytes, *, most: int) -> int:
    """Scans of the first picture in a JPEG, counted no further than one past `most`."""
    at, scans = 2, 0
    with suppress(ValueError):
        while scans <= most:
            marker, at = _next_marker(data, at)
            length = int.from_bytes(data[at : at + 2], "big")
            if marker == _EOI or length < 2:
                break
            at += length
            if marker == _SOS:
                scans += 1
                found = _END_OF_SCAN.search(data, at)
                at = found.start() if found else len(data)
    return scans


def _next_marker(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data) or data[at] != 0xFF:
        raise ValueError("no marker where one belongs")
    while at < len(data) and data[at] == 0xFF:
        at += 1
    if at >= len(data):
        raise ValueError("cut off")
    return data[at], at + 1


def _segment(marker: int, body: bytes) -> bytes:
    if marker == _APP0 and body[:5] == b"JFIF\x00" and len(body) >= 14:
        body = body[:12] + b"\x00\x00"  # version and density; no thumbnail
    elif marker == _APP14 and body[:5] == b"Adobe" and len(body) >= 12:
        body = body[:12]
    elif marker not in _TABLES and marker != _SOS:
        return b""
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


_JP2_KEPT = frozenset({b"jP  ", b"ftyp", b"jp2h", b"jp2c"})


def bare_jpeg2000(data: bytes) -> bytes:
    """The JPEG 2000 file without XML, UUID and rights boxes and without comments in the codestream."""
    if data[:4] == b"\xff\x4f\xff\x51":
        return _bare_codestream(data)
    kept = []
    for kind, body in _jp2_boxes(data):
        if kind in _JP2_KEPT:
            body = _bare_codestream(body) if kind == b"jp2c" else body
            kept.append(struct.pack(">I", len(body) + 8) + kind + body)
    if not kept:
        raise ValueError("no picture in it")
    return b"".join(kept)


def _jp2_boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        length, header = int.from_bytes(data[at : at + 4], "big"), 8
        if length == 1:
            length, header = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        length = length or len(data) - at
        if length < header or at + length > len(data):
            raise ValueError("box runs past the end")
        yield data[at + 4 : at + 8], data[at + header : at + length]
        at += length


def _bare_codestream(data: bytes) -> bytes:
    """Main header without COM (FF64); from the first tile part (FF90) on, everything as it was."""
    kept, at = [data[:2]], 2
    while data[at : at + 2] != b"\xff\x90":
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at : at + 1] != b"\xff" or length < 2:
            raise ValueError("no marker where one belongs")
        if data[at + 1] != 0x64:
            kept.append(data[at : at + 2 + length])
        at += 2 + length
    return b"".join([*kept, data[at:]])


_PNG_KEPT = frozenset(
    {
        b"IHDR",
        b"PLTE",
        b"IDAT",
        b"IEND",
        b"tRNS",
        b"gAMA",
        b"cHRM",
        b"sRGB",
        b"bKGD",
        b"pHYs",
        b"sBIT",
    }
)


def bare_png(data: bytes) -> bytes:
    """The PNG without text, time, EXIF, colour profile and private chunks, and without a tail."""
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError("no PNG signature")
    kept, at = [data[:8]], 8
    while at + 12 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(data):
            break
        if kind in _PNG_KEPT:
            kept.append(data[at:end])
        if kind == b"IEND":
            return b"".join(kept)
        at = end
    raise ValueError("cut off")
