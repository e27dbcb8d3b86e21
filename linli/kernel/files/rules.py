"""What a file may be: recognised by its content, limited in size, and what is kept of where it was taken.

The name and the browser's word for the type are never believed. A zip called `楼道.jpg` is a zip:

    >>> recognise(b"PK\\x03\\x04" + bytes(60)).seen
    '压缩包（zip）'
    >>> recognise(b"\\xff\\xd8\\xff\\xe0" + bytes(60)).format
    <Format.JPEG: 'jpeg'>

Pure: plain values in, plain values out; no Django, no clock, no disk.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from typing import Any

MEGABYTE = 1024 * 1024
HEAD_BYTES = 64 * 1024
"""How much of the beginning `recognise` wants to see."""

MAX_PIXELS = 8192 * 6144
"""Pixels of one photo. The largest common phone sensors give 8192 × 6144; a decoded pixel takes 4 bytes and turning
one upright takes a second copy, so this bounds one upload to 400 MB. Past it, a few kilobytes could ask for
gigabytes."""

MAX_SCANS = 40
"""Passes over a progressive JPEG; cameras and editors make 1 to 12. Each costs as much as a whole picture does."""

MAX_GREY = 0.25
"""Share of a photo that may be missing at its lower end when it was cut off on the way; the rest still shows the
matter, and whoever sent it may have no second chance to take it."""

MAX_NAME = 120
"""Characters of a name that are kept; the ending is kept whole."""

UNUSED_AFTER = timedelta(hours=24)
"""A file no row has taken up by then is removed. Long enough for a form filled in over a day."""


class Kind(StrEnum):
    PHOTO = "photo"
    DOCUMENT = "document"
    VIDEO = "video"
    TABLE = "table"


EVERY_KIND = frozenset(Kind)


class Format(StrEnum):
    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    HEIC = "heic"
    PDF = "pdf"
    MP4 = "mp4"
    XLSX = "xlsx"
    CSV = "csv"


class Size(StrEnum):
    """What is served: the cleaned file, or a picture of it whose longer edge has at most so many pixels."""

    FULL = "full"
    LARGE = "1280"
    SMALL = "320"


THUMBNAILS: Mapping[Size, int] = {Size.LARGE: 1280, Size.SMALL: 320}
THUMBNAIL_TYPE = "image/webp"


@dataclass(frozen=True)
class Accepted:
    """One accepted format: what it counts as, its limit in bytes, and how it is served after cleaning."""

    kind: Kind
    label: str
    max_bytes: int
    content_type: str
    extension: str
    served_as: Format


_PHOTO = 15 * MEGABYTE  # a 50 MP JPEG of a phone has 8-14 MB
_PDF = 20 * MEGABYTE  # about 60 scanned pages
_VIDEO = 100 * MEGABYTE  # about a minute of 1080p
_TABLE = 10 * MEGABYTE  # a million cells
_XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

ACCEPTED: Mapping[Format, Accepted] = {
    Format.JPEG: Accepted(Kind.PHOTO, "JPG 照片", _PHOTO, "image/jpeg", ".jpg", Format.JPEG),
    Format.PNG: Accepted(Kind.PHOTO, "PNG 图片", _PHOTO, "image/png", ".png", Format.PNG),
    Format.WEBP: Accepted(Kind.PHOTO, "WEBP 图片", _PHOTO, "image/webp", ".webp", Format.WEBP),
    Format.HEIC: Accepted(Kind.PHOTO, "HEIC 照片", _PHOTO, "image/heic", ".heic", Format.JPEG),
    Format.PDF: Accepted(Kind.DOCUMENT, "PDF 文件", _PDF, "application/pdf", ".pdf", Format.PDF),
    Format.MP4: Accepted(Kind.VIDEO, "MP4 视频", _VIDEO, "video/mp4", ".mp4", Format.MP4),
    Format.XLSX: Accepted(Kind.TABLE, "Excel 表格", _TABLE, _XLSX_TYPE, ".xlsx", Format.XLSX),
    Format.CSV: Accepted(Kind.TABLE, "CSV 表格", _TABLE, "text/csv", ".csv", Format.CSV),
}

KIND_ADVICE: Mapping[Kind, str] = {
    Kind.PHOTO: "照片（JPG、PNG、WEBP、HEIC）",
    Kind.DOCUMENT: "PDF 文件",
    Kind.VIDEO: "MP4 视频",
    Kind.TABLE: "表格（xlsx、csv）",
}


def advice(kinds: Collection[Kind]) -> str:
    """What may be sent instead, in Chinese: `照片（JPG、PNG、WEBP、HEIC）或 PDF 文件`."""
    return " 或 ".join(KIND_ADVICE[kind] for kind in Kind if kind in kinds)


@dataclass(frozen=True)
class Recognised:
    """What the content is: an accepted format, or None and the Chinese name of what was `seen` instead."""

    format: Format | None
    seen: str


_MAGIC: Sequence[tuple[bytes, Format]] = (
    (b"\xff\xd8\xff", Format.JPEG),
    (b"\x89PNG\r\n\x1a\n", Format.PNG),
    (b"%PDF-", Format.PDF),
)
_UNWELCOME: Sequence[tuple[bytes, str]] = (
    (b"PK\x03\x04", "压缩包（zip）"),
    (b"PK\x05\x06", "空的压缩包（zip）"),
    (b"Rar!\x1a\x07", "压缩包（rar）"),
    (b"7z\xbc\xaf\x27\x1c", "压缩包（7z）"),
    (b"\x1f\x8b", "压缩包（gz）"),
    (b"GIF8", "GIF 动图"),
    (b"BM", "BMP 图片"),
    (b"II*\x00", "TIFF 图片"),
    (b"MM\x00*", "TIFF 图片"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Office 文件（doc、xls、ppt）"),
    (b"MZ", "程序"),
    (b"\x7fELF", "程序"),
    (b"#!", "程序脚本"),
    (b"{\\rtf", "RTF 文档"),
    (b"%!PS", "PostScript 文件"),
    (b"\x1aE\xdf\xa3", "WEBM 或 MKV 视频"),
    (b"\x00\x00\x01\xba", "MPEG 视频"),
    (b"ID3", "录音"),
    (b"#!AMR", "录音"),
    (b"OggS", "录音"),
)
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
_MP4_BRANDS = frozenset(
    {
        b"isom",
        b"iso2",
        b"iso3",
        b"iso4",
        b"iso5",
        b"iso6",
        b"mp41",
        b"mp42",
        b"avc1",
        b"M4V ",
        b"qt  ",
        b"3gp4",
    }
    | {b"3gp5", b"3gp6", b"MSNV", b"XAVC", b"hvc1", b"dash"}
)


def recognise(head: bytes, *, members: Collection[str] = ()) -> Recognised:
    """Tell the format from the first bytes (`HEAD_BYTES` of them); `members` are the names inside a zip."""
    for magic, fmt in _MAGIC:
        if head.startswith(magic):
            return Recognised(fmt, ACCEPTED[fmt].label)
    if head[:4] == b"RIFF":
        return _riff(head)
    if head[4:8] == b"ftyp":
        return _branded(head)
    if head.startswith(b"PK\x03\x04") and members:
        return _zipped(members)
    for magic, seen in _UNWELCOME:
        if head.startswith(magic):
            return Recognised(None, seen)
    return _written(head)


def _riff(head: bytes) -> Recognised:
    if head[8:12] == b"WEBP":
        return Recognised(Format.WEBP, ACCEPTED[Format.WEBP].label)
    return Recognised(
        None, {b"AVI ": "AVI 视频", b"WAVE": "录音"}.get(head[8:12], "未知格式的文件")
    )


def _branded(head: bytes) -> Recognised:
    """ISO base media files name themselves: a major brand, then compatible ones (ISO/IEC 14496-12 §4.3)."""
    length = min(int.from_bytes(head[:4], "big"), 4096)
    major, others = head[8:12], {head[at : at + 4] for at in range(16, length - 3, 4)}
    brands = others | {major}
    if b"avif" in brands or b"avis" in brands:
        return Recognised(None, "AVIF 图片")
    if brands & _HEIC_BRANDS:
        return Recognised(Format.HEIC, ACCEPTED[Format.HEIC].label)
    if major in (b"M4A ", b"M4B "):
        return Recognised(None, "录音")
    if brands & _MP4_BRANDS:
        return Recognised(Format.MP4, ACCEPTED[Format.MP4].label)
    return Recognised(None, "未知格式的视频或图片")


def _zipped(members: Collection[str]) -> Recognised:
    names = set(members)
    if "[Content_Types].xml" not in names:
        return Recognised(None, "压缩包（zip）")
    if "xl/workbook.xml" in names:
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            return Recognised(None, "带宏的 Excel 表格")
        return Recognised(Format.XLSX, ACCEPTED[Format.XLSX].label)
    if any(name.startswith("word/") for name in names):
        return Recognised(None, "Word 文档")
    return Recognised(None, "Office 文件")


def _written(head: bytes) -> Recognised:
    text = text_of(head, whole=False)
    if text is None or not text.strip():
        return Recognised(None, "未知格式的文件")
    start = text.lstrip("\ufeff \t\r\n").lower()
    if start.startswith("<"):
        return Recognised(None, _markup(start))
    first = start.splitlines()[0]
    if any(mark in first for mark in ",\t;") or re.fullmatch(r"[^\s{}<>]{1,60}", first):
        return Recognised(Format.CSV, ACCEPTED[Format.CSV].label)
    return Recognised(None, "文本")


def _markup(start: str) -> str:
    if "<svg" in start[:4096]:
        return "SVG 图片"
    return (
        "网页（HTML）"
        if re.search(r"<(!doctype html|html|head|body|script|div|p)\b", start[:4096])
        else "XML 文件"
    )


def text_of(data: bytes, *, whole: bool = True) -> str | None:
    """The text of `data` in UTF-8 or GB 18030 (what Excel in China writes); None when it is not text.

    With `whole=False` the last few bytes may be the first part of a cut character.
    """
    if re.search(rb"[\x00-\x08\x0e-\x1f]", data):
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        for cut in (0,) if whole else (0, 1, 2, 3):
            try:
                return data[: len(data) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
    return None


def clean_name(name: str, *, extension: str) -> str:
    """A name fit to be shown and downloaded: no folders, no invisible or turning characters, the true ending.

    >>> clean_name("C:\\\\照片\\\\楼道\\u202egpj.exe", extension=".jpg")
    '楼道gpj.jpg'
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(
        char for char in last if unicodedata.category(char)[0] not in "CZ" or char == " "
    )
    kept = re.sub(r'[<>:"|?*]', "_", kept)
    stem = re.sub(r"(\.[A-Za-z0-9]{1,5})$", "", kept).strip(" .")
    return (stem[: MAX_NAME - len(extension)] or "文件") + extension


def megabytes(size: int) -> str:
    """`15.3 MB`; whole figures without a fraction."""
    return f"{size / MEGABYTE:.1f}".removesuffix(".0") + " MB"


# What is kept of a photo's own account of itself. Everything else in EXIF, XMP and IPTC is dropped for good.


@dataclass(frozen=True)
class PhotoFacts:
    """When and where a photo or video says it was taken. `lon`, `lat` in degrees as the device wrote them (WGS 84
    by the EXIF standard); `orientation` 1-8 as in EXIF 2.32 §4.6.4, already applied to the served picture."""

    taken_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    orientation: int = 1

    def as_data(self) -> dict[str, Any]:
        """For a JSON column."""
        taken = self.taken_at.isoformat() if self.taken_at else None
        return {
            "taken_at": taken,
            "lon": self.lon,
            "lat": self.lat,
            "orientation": self.orientation,
        }


DATE_TIME_ORIGINAL, OFFSET_TIME_ORIGINAL = 36867, 36881
_LAT_REF, _LAT, _LON_REF, _LON, _GPS_TIME, _GPS_DATE = 1, 2, 3, 4, 7, 29
_EARLIEST = 1990


def place_of(gps: Mapping[int, Any]) -> tuple[float, float] | None:
    """(lon, lat) in degrees from the GPS tags, None when absent, impossible or the 0°,0° of a cold receiver."""
    lon = _degrees(gps.get(_LON), gps.get(_LON_REF), "W", 180)
    lat = _degrees(gps.get(_LAT), gps.get(_LAT_REF), "S", 90)
    return checked_place(lon, lat)


def checked_place(lon: float | None, lat: float | None) -> tuple[float, float] | None:
    """Both within range and not the 0°,0° that receivers without a fix write; 6 decimals (about 0.1 m)."""
    if lon is None or lat is None or abs(lon) > 180 or abs(lat) > 90:
        return None
    if abs(lon) < 1e-6 and abs(lat) < 1e-6:
        return None
    return round(lon, 6), round(lat, 6)


def _degrees(parts: Any, ref: Any, negative: str, limit: int) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if (
        not math.isfinite(value)
        or minutes >= 60.001
        or seconds >= 60.001
        or not 0 <= value <= limit
    ):
        return None
    letter = ref.decode("ascii", "replace") if isinstance(ref, bytes) else str(ref or "")
    return -value if letter.strip("\x00 ").upper() == negative else value


def moment_of(exif: Mapping[int, Any], gps: Mapping[int, Any], *, zone: tzinfo) -> datetime | None:
    """When it was taken: local time with its own offset; else the satellites' UTC; else local time in `zone`."""
    local = _stamp(exif.get(DATE_TIME_ORIGINAL))
    offset = _offset(exif.get(OFFSET_TIME_ORIGINAL))
    if local and offset:
        return local.replace(tzinfo=offset)
    satellite = _satellite(gps)
    if satellite:
        return satellite
    return local.replace(tzinfo=zone) if local else None


def _satellite(gps: Mapping[int, Any]) -> datetime | None:
    try:
        hours, minutes, seconds = (int(float(part)) for part in gps[_GPS_TIME])
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    stamp = _stamp(f"{_text(gps.get(_GPS_DATE))} {hours:02}:{minutes:02}:{seconds:02}")
    return stamp.replace(tzinfo=UTC) if stamp else None


def _stamp(value: Any) -> datetime | None:
    """The naive local time of an EXIF date; the caller knows whose time it is."""
    found = re.fullmatch(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)", _text(value))
    if not found or int(found[1]) < _EARLIEST:
        return None
    try:
        return datetime.fromisoformat(f"{found[1]}-{found[2]}-{found[3]}T{found[4]}")
    except ValueError:
        return None


def _offset(value: Any) -> tzinfo | None:
    found = re.fullmatch(r"([+-])(\d\d):(\d\d)", _text(value))
    if not found or int(found[2]) > 14:
        return None
    minutes = int(found[2]) * 60 + int(found[3])
    return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))


def _text(value: Any) -> str:
    raw = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value or "")
    return raw.strip("\x00 ")


def iso6709(text: bytes) -> tuple[float, float] | None:
    """(lon, lat) from the `+39.9042+116.4074/` that phones write into videos (ISO 6709, decimal degrees)."""
    found = re.search(rb"([+-]\d{1,2}\.\d{1,12})([+-]\d{1,3}\.\d+)", text)
    return checked_place(float(found[2]), float(found[1])) if found else None


_MARKS = (
    b"Exif\x00\x00",
    b"http://ns.adobe.com/xap/1.0/",
    b"<x:xmpmeta",
    b"<?xpacket begin",
    b"Photoshop 3.0\x00",
    b"exif:GPS",
    b"com.apple.quicktime.location",
)


def mark_left(data: bytes) -> bytes | None:
    """The first sign of EXIF, XMP, IPTC or a video's place that is still in `data`: the net under every cleaner."""
    return next((mark for mark in _MARKS if mark in data), None)
