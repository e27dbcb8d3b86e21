"""Free-text marks inside H.264 and H.265 pictures, made into filler of the same length.

Supplemental enhancement information (SEI) may carry anything a maker likes (ITU-T H.264 §D.1.6-7, H.265 §D.2.6-7:
payload types 4 and 5): settings of the encoder, but also model, serial number and place. A decoder ignores both SEI
of unknown kind and filler data (H.264 NAL type 12, H.265 NAL type 38), so pictures stay the same bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum


class Coding(Enum):
    """Which NAL unit header is in use."""

    H264 = "h264"
    H265 = "h265"


@dataclass(frozen=True)
class Units:
    """How a sample is cut into NAL units: each comes after its length in so many bytes (1, 2 or 4)."""

    coding: Coding
    length_bytes: int


_REGISTERED, _UNREGISTERED = 4, 5
_H264_SEI, _H264_FILLER = 6, 12
_H265_SEI, _H265_FILLER = (39, 40), 38


def calm_sample(data: bytes, units: Units) -> bytes:
    """One sample with user data turned into filler. ValueError when the lengths do not add up."""
    out = bytearray(data)
    for start, end in _cut(data, units.length_bytes):
        if _speaks(data[start:end], units.coding):
            out[start:end] = _filler(data[start:end], units.coding)
    return bytes(out)


def _cut(data: bytes, length_bytes: int) -> Iterator[tuple[int, int]]:
    at = 0
    while at + length_bytes <= len(data):
        start = at + length_bytes
        at = start + int.from_bytes(data[at:start], "big")
        if at > len(data):
            raise ValueError("NAL unit runs past the sample")
        yield start, at


def calm_header(data: bytearray, start: int, end: int) -> None:
    """The same for the parameter sets in an `hvcC` (ISO/IEC 14496-15 §8.3.3.1), in place."""
    at = start + 23
    for _ in range(data[start + 22]):
        count = int.from_bytes(data[at + 1 : at + 3], "big")
        at += 3
        for _ in range(count):
            first = at + 2
            at = first + int.from_bytes(data[at:first], "big")
            if at > end:
                raise ValueError("parameter set runs past its box")
            unit = bytes(data[first:at])
            if _speaks(unit, Coding.H265):
                data[first:at] = _filler(unit, Coding.H265)


def _speaks(unit: bytes, coding: Coding) -> bool:
    """Whether it is an SEI unit with user data in one of its messages."""
    if coding is Coding.H264:
        return len(unit) > 1 and unit[0] & 0x1F == _H264_SEI and _has_user_data(unit[1:])
    return len(unit) > 2 and unit[0] >> 1 & 0x3F in _H265_SEI and _has_user_data(unit[2:])


def _has_user_data(escaped: bytes) -> bool:
    data = escaped.replace(b"\x00\x00\x03", b"\x00\x00")
    at = 0
    while at + 2 <= len(data) and data[at:] != b"\x80":
        kind, at = _number(data, at)
        size, at = _number(data, at)
        if kind in (_REGISTERED, _UNREGISTERED):
            return True
        at += size
    return False


def _number(data: bytes, at: int) -> tuple[int, int]:
    """255 for each FF byte, plus the first other byte."""
    value = 0
    while at < len(data) and data[at] == 0xFF:
        value, at = value + 255, at + 1
    last = data[at] if at < len(data) else 0
    return value + last, at + 1


def _filler(unit: bytes, coding: Coding) -> bytes:
    h265 = bytes([_H265_FILLER << 1 | unit[0] & 1, unit[1]])
    head = h265 if coding is Coding.H265 else bytes([_H264_FILLER])
    return head + b"\xff" * (len(unit) - len(head) - 1) + b"\x80"
