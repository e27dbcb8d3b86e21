"""MP4 and MOV: what is not picture or sound is overwritten with zeros, at the same length.

Nothing is decoded. Kept are the boxes a player needs (a list, below), of tracks that are picture or sound; everything
else in `moov` becomes `free` - `udta` (©xyz place, ©mak maker), `meta` (Apple's location and model), `uuid` (XMP) and
tracks of subtitles or timed measurements, in which action cameras and drones write a place per second. In `mdat` only
bytes that a kept track's tables point to are copied, so those tracks' samples and anything hidden between go too.
Free-text marks inside the picture data (SEI user data, ITU-T H.264/H.265 Annex D) become filler. Times of creation,
handler and encoder names are zeroed.

Refused, with a sentence: fragmented files, external data, codecs outside the list. They can be added when somebody
needs them; guessing would let a place through.
"""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO

from linli.kernel.files.errors import FileBroken, WrongFileType
from linli.kernel.files.rules import HEAD_BYTES, Format, PhotoFacts, iso6709
from linli.kernel.files.sanitise.boxes import Box, Tree, box_at, merged, sample_ranges
from linli.kernel.files.sanitise.nal import Coding, Units, calm_header, calm_sample
from linli.kernel.files.sanitise.upload import DISK_FULL, PARSER_FAULTS, Clean, Upload

MAX_MOOV = 16 * 1024 * 1024
"""Bytes of tables held in memory; an hour of 30 frames a second has about 2 MB."""
MAX_TOP_BOXES = 1_000
MEMORY = 8 * 1024 * 1024
"""Up to here the cleaned video stays in memory, then in a temporary file."""

_KEPT: Mapping[bytes, frozenset[bytes]] = {
    b"moov": frozenset({b"mvhd", b"trak"}),
    b"trak": frozenset({b"tkhd", b"edts", b"mdia"}),
    b"edts": frozenset({b"elst"}),
    b"mdia": frozenset({b"mdhd", b"hdlr", b"minf"}),
    b"minf": frozenset({b"vmhd", b"smhd", b"hdlr", b"dinf", b"stbl"}),
    b"dinf": frozenset({b"dref"}),
    b"stbl": frozenset(
        {b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stco", b"co64", b"stss", b"sdtp"}
    ),
}
_CODING: Mapping[bytes, Coding | None] = {
    b"avc1": Coding.H264,
    b"avc3": Coding.H264,
    b"hvc1": Coding.H265,
    b"hev1": Coding.H265,
    b"mp4a": None,
    b"samr": None,
    b"sawb": None,
    b"Opus": None,
}
_ENTRY_KEPT = frozenset(
    {
        b"avcC",
        b"hvcC",
        b"esds",
        b"colr",
        b"pasp",
        b"btrt",
        b"clap",
        b"fiel",
        b"av1C",
        b"vpcC",
        b"dOps",
        b"damr",
    }
    | {b"wave", b"chan", b"mdcv", b"clli", b"dvcC", b"dvvC"}
)
_BRANDS = frozenset(
    {
        b"isom",
        b"iso2",
        b"iso4",
        b"iso5",
        b"iso6",
        b"mp41",
        b"mp42",
        b"avc1",
        b"qt  ",
        b"M4V ",
        b"3gp5",
    }
)
_MAC_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_VISUAL_BYTES, _SOUND_BYTES = 78, {0: 28, 1: 44, 2: 64}


@dataclass(frozen=True)
class _Track:
    ranges: list[tuple[int, int]]
    units: Units | None
    width: int
    height: int


class _Unsupported(Exception):
    """A sound file of a make this cleaner does not know."""


def clean_video(upload: Upload) -> Clean:
    """The film with nothing but picture and sound, same length. Raises FileBroken, WrongFileType."""
    try:
        tops = _top_boxes(upload)
        moov = _moov(upload, tops)
        tree = Tree(moov)
        root = box_at(bytes(moov[:16]), 0, len(moov))
        facts = _facts(tree, root)
        tracks = _cleaned(tree, root)
        out = tempfile.SpooledTemporaryFile(max_size=MEMORY)  # noqa: SIM115 - handed to the caller
        size = _copy(upload.body, out, tops, moov, tracks)
    except _Unsupported as error:
        message = f"{upload.label}的录制方式暂不支持（{error}）。请用手机自带相机录成 MP4 后再传，或改传照片。"
        raise WrongFileType(message, field=upload.field) from error
    except PARSER_FAULTS as error:
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            raise  # our temporary file, not the person's video
        message = f"{upload.label}打不开，可能没有传完或已损坏。请重新选择后再传。"
        raise FileBroken(message, field=upload.field) from error
    shown = max(tracks, key=lambda track: track.width * track.height)
    out.seek(0)
    return Clean(Format.MP4, out, size, width=shown.width, height=shown.height, facts=facts)


def _top_boxes(upload: Upload) -> list[Box]:
    """The outermost boxes; what follows the last whole one is left behind."""
    boxes: list[Box] = []
    at = 0
    while at + 8 <= upload.size and len(boxes) < MAX_TOP_BOXES:
        upload.body.seek(at)
        head = upload.body.read(16)
        if boxes and not head[4:8].isalnum() and head[4:8] not in (b"\xa9xyz",):
            break
        box = box_at(head, at, upload.size)
        boxes.append(box)
        at = box.end
    kinds = {box.kind for box in boxes}
    if kinds & {b"moof", b"mvex", b"sidx"}:
        raise _Unsupported("分段视频")
    if not {b"moov", b"mdat"} <= kinds:
        raise ValueError("no film in it")
    return boxes


def _moov(upload: Upload, tops: list[Box]) -> bytearray:
    found = [box for box in tops if box.kind == b"moov"]
    if len(found) != 1 or found[0].end - found[0].start > MAX_MOOV:
        raise ValueError("one moov of bounded size expected")
    upload.body.seek(found[0].start)
    return bytearray(upload.body.read(found[0].end - found[0].start))


def _facts(tree: Tree, root: Box) -> PhotoFacts:
    """When and where, before it is blanked."""
    header = tree.child(root, b"mvhd")
    wide = tree.data[header.body] == 1
    seconds = int.from_bytes(tree.data[header.body + 4 : header.body + (12 if wide else 8)], "big")
    taken = _MAC_EPOCH + timedelta(seconds=seconds) if seconds < 2**33 else _MAC_EPOCH
    place = None
    for box in tree.children(root.body, root.end):
        if box.kind in (b"udta", b"meta"):
            place = place or iso6709(bytes(tree.data[box.body : box.end]))
    lon, lat = place or (None, None)
    return PhotoFacts(taken if taken.year >= 1990 else None, lon, lat)


def _cleaned(tree: Tree, root: Box) -> list[_Track]:
    _keep_listed(tree, root)
    tracks = []
    for box in tree.children(root.body, root.end):
        if box.kind == b"mvhd":
            _zero_times(tree, box)
        elif box.kind == b"trak":
            track = _track(tree, box)
            if track is None:
                tree.blank(box)
            else:
                tracks.append(track)
    if not any(track.width for track in tracks):
        raise _Unsupported("没有画面")
    return tracks


def _keep_listed(tree: Tree, box: Box) -> None:
    """Blank every child that is not in the list, and go on into those that are."""
    for child in tree.children(box.body, box.end):
        if child.kind == b"mvex":
            raise _Unsupported("分段视频")
        if child.kind not in _KEPT[box.kind]:
            tree.blank(child)
        elif child.kind in _KEPT:
            _keep_listed(tree, child)


def _zero_times(tree: Tree, box: Box) -> None:
    tree.zero(box.body + 4, box.body + (20 if tree.data[box.body] == 1 else 12))


def _track(tree: Tree, trak: Box) -> _Track | None:
    """Clean one track; None when it is neither picture nor sound."""
    media = tree.child(trak, b"mdia")
    handler = tree.child(media, b"hdlr")
    kind = bytes(tree.data[handler.body + 8 : handler.body + 12])
    if kind not in (b"vide", b"soun"):
        return None
    information = tree.child(media, b"minf")
    for box in (handler, *tree.children(information.body, information.end)):
        if box.kind == b"hdlr":
            _anonymous(tree, box)
    _zero_times(tree, tree.child(trak, b"tkhd"))
    _zero_times(tree, tree.child(media, b"mdhd"))
    _inside_only(tree, tree.child(tree.child(information, b"dinf"), b"dref"))
    table = tree.child(information, b"stbl")
    units, width, height = _description(tree, tree.child(table, b"stsd"), visual=kind == b"vide")
    return _Track(sample_ranges(tree, table), units, width, height)


def _anonymous(tree: Tree, handler: Box) -> None:
    """Manufacturer and name of a handler; its two types stay."""
    tree.zero(handler.body + 12, handler.end)


def _inside_only(tree: Tree, references: Box) -> None:
    for box in tree.children(references.body + 8, references.end):
        if not tree.data[box.body + 3] & 1:
            raise _Unsupported("画面存放在别的文件里")
        tree.zero(box.body + 4, box.end)


def _description(tree: Tree, box: Box, *, visual: bool) -> tuple[Units | None, int, int]:
    """Clean the sample descriptions; (how NAL units are coded, width, height), the same for all of them."""
    units: set[Units | None] = set()
    width, height = 0, 0
    for entry in tree.children(box.body + 8, box.end):
        if entry.kind not in _CODING:
            raise _Unsupported(entry.kind.decode("latin-1"))
        if visual:
            width, height = struct.unpack_from(">HH", tree.data, entry.body + 24)
            tree.zero(entry.body + 8, entry.body + 24)  # version, vendor, quality
            tree.zero(entry.body + 42, entry.body + 74)  # name of the encoder
            inner = entry.body + _VISUAL_BYTES
        else:
            version = int.from_bytes(tree.data[entry.body + 8 : entry.body + 10], "big")
            tree.zero(entry.body + 12, entry.body + 16)  # vendor
            inner = entry.body + _SOUND_BYTES[version]
        units.add(_entry_boxes(tree, inner, entry.end, _CODING[entry.kind]))
    if len(units) != 1:
        raise _Unsupported("一段视频里有几种编码")
    return units.pop(), width, height


def _entry_boxes(tree: Tree, start: int, end: int, coding: Coding | None) -> Units | None:
    """Clean what describes the codec; how its NAL units are cut, for codecs that have them."""
    length_bytes = 0
    for box in tree.children(start, end):
        if box.kind == b"damr":
            tree.zero(box.body, min(box.body + 4, box.end))  # vendor
        elif box.kind not in _ENTRY_KEPT:
            tree.blank(box)
        elif box.kind == b"avcC":
            length_bytes = (tree.data[box.body + 4] & 3) + 1
        elif box.kind == b"hvcC":
            length_bytes = (tree.data[box.body + 21] & 3) + 1
            calm_header(tree.data, box.body, box.end)
    if coding is None:
        return None
    if not length_bytes:
        raise ValueError("no decoder configuration")
    return Units(coding, length_bytes)


def _copy(
    source: IO[bytes], out: IO[bytes], tops: list[Box], moov: bytearray, tracks: list[_Track]
) -> int:
    """Write every outer box at its old place: ftyp and moov cleaned, mdat by ranges, others as zeros."""
    end = tops[-1].end
    for box in tops:
        if box.kind == b"moov":
            out.seek(box.start)
            out.write(moov)
        else:
            _head(source, out, box)
    _fill(out, end)
    media = [(box.body, box.end) for box in tops if box.kind == b"mdat"]
    for track in tracks:
        _copy_samples(source, out, track, media)
    return end


def _head(source: IO[bytes], out: IO[bytes], box: Box) -> None:
    source.seek(box.start)
    head = source.read(box.body - box.start)
    out.seek(box.start)
    if box.kind == b"ftyp" and box.end - box.start < HEAD_BYTES:
        brands = source.read(box.end - box.body)
        out.write(head + _plain_brands(brands))
        return
    out.write(head if box.kind == b"mdat" else head[:4] + b"free" + head[8:])


def _plain_brands(brands: bytes) -> bytes:
    """Brands of makers become `isom`; the minor version, in which some write a model, becomes 0."""
    words = [brands[at : at + 4] for at in range(0, len(brands) - 3, 4)]
    plain = [word if word in _BRANDS else b"isom" for word in words]
    plain[1:2] = [bytes(4)]
    return b"".join(plain) + bytes(len(brands) % 4)


def _fill(out: IO[bytes], end: int) -> None:
    """Make the file `end` long; what was not written reads as zeros."""
    out.seek(0, 2)
    missing = end - out.tell()
    while missing > 0:
        missing -= out.write(bytes(min(missing, 1 << 20)))


def _copy_samples(
    source: IO[bytes], out: IO[bytes], track: _Track, media: list[tuple[int, int]]
) -> None:
    pieces = track.ranges if track.units else merged(track.ranges)
    for start, end in pieces:
        if not any(first <= start and end <= last for first, last in media):
            raise ValueError("sample outside the media data")
        source.seek(start)
        data = source.read(end - start)
        out.seek(start)
        out.write(calm_sample(data, track.units) if track.units else data)
