"""What must not be in a served file, looked for without any help from the code that cleans."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

import piexif
from PIL import Image

from linli.kernel.files.tests import films, heic, papers, pictures
from linli.kernel.files.tests.marks import Secrets

JPEG_MAY_HAVE = {0xE0, 0xDB, 0xC0, 0xC2, 0xC4, 0xDA, 0xDD}
PNG_MAY_HAVE = {b"IHDR", b"IDAT", b"IEND"}
WEBP_MAY_HAVE = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
PDF_MUST_NOT = re.compile(
    rb"/(Metadata|PieceInfo|EmbeddedFiles?|EF|Author|Creator|Info|Measure|GPTS|FileAttachment|VP)\b"
)
MP4_MUST_NOT = (
    b"udta",
    b"meta",
    b"uuid",
    b"\xa9xyz",
    b"\xa9mak",
    b"ilst",
    b"gpmd",
    b"name",
    b"SDLN",
)
MARKS = (
    b"Exif\x00\x00",
    b"ns.adobe.com",
    b"xpacket",
    b"Photoshop 3.0",
    b"8BIM",
    b"ISO6709",
    b"GPS",
)


def corpus() -> Iterator[tuple[str, str, bytes, Secrets]]:
    """(type, name, bytes, marks): 540 files, each with its own marks, the same ones on every run."""
    number = 0
    for kind, count in COUNTS.items():
        for place in range(count):
            number += 1
            marks = Secrets.of(number)
            yield kind, f"{kind}-{place}", _MAKERS[kind](marks, place), marks


COUNTS = {"JPEG": 110, "PNG": 90, "WEBP": 90, "HEIC": 80, "PDF": 80, "MP4": 70, "XLSX": 20}


def _jpeg(marks: Secrets, place: int) -> bytes:
    modes = ("RGB", "L", "CMYK")
    behind = pictures.jpeg(marks) if place % 4 == 0 else marks.owner.encode()
    return pictures.jpeg(marks, image=pictures.scene().convert(modes[place % 3]), tail=behind)


def _png(marks: Secrets, place: int) -> bytes:
    return pictures.png(marks, mode=("RGB", "RGBA", "L", "P", "1")[place % 5])


def _webp(marks: Secrets, place: int) -> bytes:
    return pictures.webp(marks, lossless=place % 2 == 0)


def _heic(marks: Secrets, place: int) -> bytes:
    return heic.heic(exif=marks.exif(), xmp=marks.xmp(), quarter_turns=place % 4)


def _pdf(marks: Secrets, place: int) -> bytes:
    shown = [
        (pictures.jpeg(marks), "/DCTDecode"),
        (pictures.jpeg(marks), "/FlateDecode+/DCTDecode"),
    ]
    if place % 4 == 0:
        shown.append((papers.jpeg2000(marks), "/JPXDecode"))
    return papers.pdf(marks, pictures=shown, pages=1 + place % 2)


def _mp4(marks: Secrets, place: int) -> bytes:
    first, brand = (b"mdat", b"moov")[place % 2], (b"isom", b"qt  ", b"mp42")[place % 3]
    return films.film(marks, first=first, brand=brand, wide=place % 5 == 0)


def _xlsx(marks: Secrets, place: int) -> bytes:
    return papers.workbook(marks, photo=pictures.jpeg(marks), picture=pictures.png(marks))


_MAKERS = {
    "JPEG": _jpeg,
    "PNG": _png,
    "WEBP": _webp,
    "HEIC": _heic,
    "PDF": _pdf,
    "MP4": _mp4,
    "XLSX": _xlsx,
}


def tags_in(data: bytes, marks: Secrets) -> list[str]:
    """Everything found that should not be there."""
    found = [
        f"{needle!r} in {where}"
        for where, layer in layers(data)
        for needle in (*marks.needles(), *MARKS)
        if needle in layer
    ]
    return found + _structure(data)


def layers(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The bytes, whatever zlib data begin anywhere after a `stream` keyword, and the parts of a zip."""
    yield "bytes", data
    for start in re.finditer(rb"stream\r?\n", data):
        try:
            yield f"stream at {start.end()}", zlib.decompressobj().decompress(data[start.end() :])
        except zlib.error:
            continue
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for name in packed.namelist():
                yield name, packed.read(name)


def _structure(data: bytes) -> list[str]:
    if data[:2] == b"\xff\xd8":
        exif = piexif.load(data)
        told = [name for name in ("0th", "Exif", "GPS", "1st") if exif[name]]
        return told + [f"segment {kind:x}" for kind in jpeg_segments(data) - JPEG_MAY_HAVE]
    if data[:4] == b"\x89PNG":
        return [f"chunk {kind!r}" for kind in _chunks(data, 8, ">", 4) - PNG_MAY_HAVE]
    if data[:4] == b"RIFF":
        flags = [f"chunk {kind!r}" for kind in _chunks(data, 12, "<", 0) - WEBP_MAY_HAVE]
        return flags + [key for key in ("exif", "xmp") if key in Image.open(io.BytesIO(data)).info]
    if data[:5] == b"%PDF-":
        return [
            f"{match[0]!r} in {where}"
            for where, layer in layers(data)
            for match in PDF_MUST_NOT.finditer(layer)
        ]
    if data[4:8] == b"ftyp":
        return [f"box {kind!r}" for kind in MP4_MUST_NOT if kind in data]
    return []


def jpeg_segments(data: bytes) -> set[int]:
    """Kinds of the segments before the picture data begin."""
    kinds, at = set(), 2
    while data[at + 1] != 0xDA:
        kinds.add(data[at + 1])
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return kinds


def _chunks(data: bytes, at: int, order: str, trailer: int) -> set[bytes]:
    """Kinds of chunks of a PNG (length, kind, data, crc) or a RIFF file (kind, length, data, padding)."""
    kinds = set()
    while at + 8 <= len(data):
        png = order == ">"
        (length,) = struct.unpack_from(f"{order}I", data, at if png else at + 4)
        kinds.add(data[at + 4 : at + 8] if png else data[at : at + 4])
        at += 8 + length + trailer + (0 if png else length % 2)
    return kinds
