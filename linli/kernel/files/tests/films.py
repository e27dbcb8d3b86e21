"""Small MP4 and MOV files box by box (ISO/IEC 14496-12), with every place a device hides marks in."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from linli.kernel.files.tests.marks import Secrets

XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
PICTURE = [b"\x65" + bytes([n]) * (40 + n) for n in range(1, 7)]
SOUND = [bytes([0x21, n]) * 30 for n in range(4)]


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body


def full(kind: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    return box(kind, bytes([version]), flags.to_bytes(3, "big"), *parts)


def unit(payload: bytes) -> bytes:
    """A NAL unit after its length in four bytes."""
    return struct.pack(">I", len(payload)) + payload


def user_data(text: str) -> bytes:
    """An H.264 SEI message of kind 5 (user data unregistered), as encoders and cameras write it."""
    body = bytes(range(16)) + text.encode()
    size = b"\xff" * (len(body) // 255) + bytes([len(body) % 255])
    return b"\x06\x05" + size + body + b"\x80"


@dataclass(frozen=True)
class Reel:
    """One track: its handler, its sample entry, its samples."""

    handler: bytes
    entry: bytes
    samples: list[bytes]
    name: str = ""


def picture_reel(marks: Secrets, *, kind: bytes = b"avc1") -> Reel:
    encoder = marks.model.encode()[:31]
    visual = bytes(6) + b"\x00\x01" + bytes(4) + b"appl" + bytes(8) + struct.pack(">HH", 64, 48)
    visual += bytes.fromhex("00480000004800000000000000 01".replace(" ", ""))
    visual += bytes([len(encoder)]) + encoder.ljust(31, b"\x00") + b"\x00\x18\xff\xff"
    entry = box(kind, visual, box(b"avcC", bytes.fromhex("0142c01effe10000 00".replace(" ", ""))))
    spoken = unit(user_data(f"{marks.maker} {marks.serial} {marks.iso6709}"))
    samples = [spoken + unit(PICTURE[0]), *(unit(data) for data in PICTURE[1:])]
    return Reel(b"vide", entry, samples, name=marks.maker)


def sound_reel(marks: Secrets) -> Reel:
    sound = bytes(6) + b"\x00\x01" + bytes(8) + struct.pack(">HHHHI", 1, 16, 0, 0, 44100 << 16)
    entry = box(b"mp4a", sound, full(b"esds", b"\x03\x00"), box(b"SDLN", marks.serial.encode()))
    return Reel(b"soun", entry, SOUND, name=marks.model)


def measuring_reel(marks: Secrets) -> Reel:
    """A track with a place per second, as action cameras and drones write it."""
    lines = [f"GPS({marks.lon:.6f},{marks.lat:.6f}) {marks.serial}".encode() for _ in range(3)]
    return Reel(b"meta", box(b"gpmd", bytes(8)), lines, name=marks.maker)


def film(
    marks: Secrets, *, first: bytes = b"mdat", brand: bytes = b"isom", wide: bool = False
) -> bytes:
    """A whole film. `first` says whether the tables come before or after the samples, `wide` uses 64-bit places."""
    reels = [picture_reel(marks), sound_reel(marks), measuring_reel(marks)]
    head = box(b"ftyp", brand, marks.serial[:4].encode(), brand, b"CAEP", b"mp42")
    extra = box(b"uuid", XMP_UUID, marks.xmp()) + box(b"free", marks.serial.encode())
    gap = f"between {marks.owner}".encode()
    if first == b"mdat":
        media = box(b"mdat", gap, *(data for reel in reels for data in reel.samples))
        tables = _tables(reels, marks, start=len(head) + 8 + len(gap), wide=wide)
        return head + media + extra + tables
    length = len(_tables(reels, marks, start=0, wide=wide))
    tables = _tables(reels, marks, start=len(head) + length + 8 + len(gap), wide=wide)
    media = box(b"mdat", gap, *(data for reel in reels for data in reel.samples))
    return head + tables + media + extra


def _tables(reels: list[Reel], marks: Secrets, *, start: int, wide: bool) -> bytes:
    tracks = []
    for number, reel in enumerate(reels, start=1):
        tracks.append(_track(reel, marks, number=number, start=start, wide=wide))
        start += sum(map(len, reel.samples))
    seconds = 3_860_000_000
    header = full(b"mvhd", struct.pack(">IIII", seconds, seconds, 1000, 6000), bytes(80))
    place = marks.iso6709.encode()
    written = box(b"\xa9xyz", struct.pack(">HH", len(place), 0x15C7), place)
    written += box(b"\xa9mak", marks.maker.encode()) + box(b"\xa9mod", marks.model.encode())
    apple = b"com.apple.quicktime.location.ISO6709" + place + marks.model.encode()
    return box(b"moov", header, *tracks, box(b"udta", written), full(b"meta", box(b"ilst", apple)))


def _track(reel: Reel, marks: Secrets, *, number: int, start: int, wide: bool) -> bytes:
    header = full(b"tkhd", struct.pack(">IIIII", 3_860_000_000, 7, number, 0, 6000), bytes(60))
    handler = full(b"hdlr", bytes(4), reel.handler, b"appl", bytes(8), reel.name.encode(), b"\x00")
    timing = full(b"mdhd", struct.pack(">IIIIHH", 3_860_000_000, 7, 1000, 6000, 0x55C4, 0))
    notes = box(b"udta", box(b"name", marks.owner.encode()))
    information = box(
        b"minf",
        full(b"vmhd" if reel.handler == b"vide" else b"smhd", bytes(8)),
        box(
            b"dinf",
            full(b"dref", struct.pack(">I", 1), full(b"url ", marks.owner.encode(), flags=1)),
        ),
        _sample_table(reel, start=start, wide=wide),
    )
    return box(b"trak", header, box(b"mdia", timing, handler, information), notes)


def _sample_table(reel: Reel, *, start: int, wide: bool) -> bytes:
    """Samples in chunks of two, as the run-length table wants them."""
    sizes = [len(data) for data in reel.samples]
    chunks = [start + sum(sizes[:at]) for at in range(0, len(sizes), 2)]
    runs = [(1, 2, 1)]
    if len(sizes) % 2:
        runs.append((len(chunks), 1, 1))
    places = full(
        b"co64" if wide else b"stco",
        struct.pack(">I", len(chunks)),
        struct.pack(f">{len(chunks)}{'Q' if wide else 'I'}", *chunks),
    )
    return box(
        b"stbl",
        full(b"stsd", struct.pack(">I", 1), reel.entry),
        full(b"stts", struct.pack(">III", 1, len(sizes), 1000)),
        full(b"stsc", struct.pack(">I", len(runs)), *(struct.pack(">III", *run) for run in runs)),
        full(b"stsz", struct.pack(">II", 0, len(sizes)), *(struct.pack(">I", n) for n in sizes)),
        places,
    )
