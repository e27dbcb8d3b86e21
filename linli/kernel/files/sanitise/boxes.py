"""Boxes of ISO base media files (ISO/IEC 14496-12 §4.2) and the samples a track's tables point to (§8.6-8.7).

`Tree` works on the bytes of one `moov` in place and never changes a length, so the tables keep pointing right: a box
that must go becomes `free` with zeros inside (§8.1.2 allows `free` anywhere).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAX_BOXES = 20_000
MAX_SAMPLES = 1_000_000
"""Samples of one track: 100 MB of one-kilobyte samples are 100,000."""


@dataclass(frozen=True)
class Box:
    """A box at `start`, its content from `body` to `end`; positions within the buffer or file it was read from."""

    kind: bytes
    start: int
    body: int
    end: int


class Tree:
    """The bytes of a box and the walk through them; counts boxes so that no file can keep it busy."""

    def __init__(self, data: bytearray) -> None:
        self.data = data
        self._left = MAX_BOXES

    def children(self, start: int, end: int) -> Iterator[Box]:
        """Boxes between two positions. Raises ValueError on one that runs past the end."""
        at = start
        while at + 8 <= end:
            self._left -= 1
            box = box_at(bytes(self.data[at : at + 16]), at, end)
            if self._left < 0:
                raise ValueError("too many boxes")
            yield box
            at = box.end

    def child(self, parent: Box, kind: bytes) -> Box:
        """The first child of that kind; ValueError when there is none."""
        for box in self.children(parent.body, parent.end):
            if box.kind == kind:
                return box
        raise ValueError(f"no {kind!r} in {parent.kind!r}")

    def blank(self, box: Box) -> None:
        """Make it `free`, all zeros, at the same length."""
        self.data[box.start + 4 : box.start + 8] = b"free"
        self.zero(box.body, box.end)

    def zero(self, start: int, end: int) -> None:
        self.data[start:end] = bytes(end - start)

    def integers(self, box: Box, code: str, *, skip: int = 4) -> list[int]:
        """The big-endian integers of a counted table: `skip` bytes, a 32-bit count, then the entries."""
        at = box.body + skip
        count = int.from_bytes(self.data[at : at + 4], "big")
        width = struct.calcsize(code)
        if count > MAX_SAMPLES or at + 4 + count * width > box.end:
            raise ValueError("table longer than its box")
        return [
            number
            for entry in struct.iter_unpack(f">{code}", self._part(at + 4, count * width))
            for number in entry
        ]

    def _part(self, start: int, length: int) -> bytes:
        return bytes(self.data[start : start + length])


def box_at(head: bytes, at: int, limit: int) -> Box:
    """The box whose first 16 bytes are `head`; a size of 0 reaches to `limit`, 1 means a 64-bit size follows."""
    size, body = int.from_bytes(head[:4], "big"), at + 8
    if size == 1:
        size, body = int.from_bytes(head[8:16], "big"), at + 16
    end = at + size if size else limit
    if end < body or end > limit:
        raise ValueError("box runs past the end")
    return Box(head[4:8], at, body, end)


def sample_ranges(tree: Tree, table: Box) -> list[tuple[int, int]]:
    """(start, end) in the file of every sample of one sample table, in the table's order."""
    boxes = {box.kind: box for box in tree.children(table.body, table.end)}
    sizes = _sizes(tree, boxes)
    chunks = (
        tree.integers(boxes[b"co64"], "Q")
        if b"co64" in boxes
        else tree.integers(boxes[b"stco"], "I")
    )
    runs = tree.integers(boxes[b"stsc"], "III")
    ranges: list[tuple[int, int]] = []
    for chunk, per_chunk in _per_chunk(runs, len(chunks)):
        at = chunks[chunk]
        for size in sizes[len(ranges) : len(ranges) + per_chunk]:
            ranges.append((at, at + size))
            at += size
    if len(ranges) != len(sizes):
        raise ValueError("samples without a place")
    return ranges


def _sizes(tree: Tree, boxes: dict[bytes, Box]) -> list[int]:
    box = boxes.get(b"stsz")
    if box is None:
        raise ValueError("no sample sizes")
    every, count = struct.unpack_from(">II", tree.data, box.body + 4)
    if count > MAX_SAMPLES:
        raise ValueError("too many samples")
    return [every] * count if every else tree.integers(box, "I", skip=8)


def _per_chunk(runs: list[int], chunks: int) -> Iterator[tuple[int, int]]:
    """(chunk, samples in it) from the run-length table (first chunk, samples per chunk, description)."""
    firsts = [first - 1 for first in runs[0::3]]
    for first, following, samples in zip(firsts, [*firsts[1:], chunks], runs[1::3], strict=True):
        for chunk in range(first, min(following, chunks)):
            yield chunk, samples


def merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same bytes as ascending ranges that do not touch."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
