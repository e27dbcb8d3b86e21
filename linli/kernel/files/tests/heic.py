"""A HEIC photo made by hand, because no encoder may be shipped: one 32 × 32 block of uncompressed HEVC samples.

HEVC lets a block carry its samples as they are (pcm_flag, ITU-T H.265 §7.3.8.7), so the only arithmetic coding needed
is for three decisions. The container is ISO/IEC 23008-12: the picture, its EXIF and XMP as items, and a rotation.
"""

from __future__ import annotations

import struct

EDGE = 32
_PROFILE = bytes([3]) + bytes.fromhex("70000000") + bytes.fromhex("b00000000000") + bytes([90])


class _Bits:
    def __init__(self) -> None:
        self.bits: list[int] = []

    def u(self, value: int, width: int) -> _Bits:
        self.bits += [value >> shift & 1 for shift in reversed(range(width))]
        return self

    def ue(self, *values: int) -> _Bits:
        """Exp-Golomb codes (§9.2)."""
        for value in values:
            width = (value + 1).bit_length()
            self.u(0, width - 1).u(value + 1, width)
        return self

    def raw(self, data: bytes) -> _Bits:
        for byte in data:
            self.u(byte, 8)
        return self

    def align(self) -> _Bits:
        return self.u(0, -len(self.bits) % 8)

    def bytes(self) -> bytes:
        self.align()
        text = "".join(map(str, self.bits))
        return int(text, 2).to_bytes(len(text) // 8, "big")


class _Arithmetic:
    """The coder of §9.3.4.3, as far as a likely decision and the two endings need it."""

    def __init__(self, out: _Bits) -> None:
        self.out, self.low, self.range, self.first, self.waiting = out, 0, 510, True, 0

    def likely(self, *, unlikely_range: int) -> None:
        self.range -= unlikely_range
        self._renormalise()

    def end(self) -> None:
        """A terminating decision that says yes, and the flush after it."""
        self.low += self.range - 2
        self.range = 2
        self._renormalise()
        self._put(self.low >> 9 & 1)
        self.out.u(self.low >> 7 & 3 | 1, 2)

    def _renormalise(self) -> None:
        while self.range < 256:
            if self.low < 256:
                self._put(0)
            elif self.low >= 512:
                self.low -= 512
                self._put(1)
            else:
                self.low -= 256
                self.waiting += 1
            self.range <<= 1
            self.low <<= 1

    def _put(self, bit: int) -> None:
        if not self.first:
            self.out.u(bit, 1)
        self.first = False
        for _ in range(self.waiting):
            self.out.u(1 - bit, 1)
        self.waiting = 0


def _nal(kind: int, payload: bytes) -> bytes:
    out = bytearray([kind << 1, 1])
    zeros = 0
    for byte in payload:
        if zeros >= 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(out)


def _video_parameters() -> bytes:
    bits = _Bits().u(0, 4).u(3, 2).u(0, 6).u(0, 3).u(1, 1).u(0xFFFF, 16).raw(_PROFILE)
    bits.u(1, 1).ue(0, 0, 0).u(0, 6).ue(0).u(0, 2).u(1, 1)
    return _nal(32, bits.bytes())


def _sequence_parameters() -> bytes:
    bits = _Bits().u(0, 4).u(0, 3).u(1, 1).raw(_PROFILE).ue(0, 1, EDGE, EDGE).u(0, 1).ue(0, 0, 0)
    bits.u(1, 1).ue(0, 0, 0)
    bits.ue(2, 0, 0, 3, 0, 0)  # coding blocks of 32, transforms of 4 to 32
    bits.u(0, 3).u(1, 1).u(7, 4).u(7, 4).ue(2, 0).u(
        1, 1
    )  # samples as they are, 8 bits, blocks of 32
    bits.ue(0).u(0, 5).u(1, 1)
    return _nal(33, bits.bytes())


def _picture_parameters() -> bytes:
    bits = _Bits().ue(0, 0).u(0, 7).ue(0, 0, 0).u(0, 3).ue(0, 0).u(0, 7)
    bits.u(1, 1).u(0, 1).u(1, 1)  # no deblocking
    bits.u(0, 2).ue(0).u(0, 2).u(1, 1)
    return _nal(34, bits.bytes())


def _slice(luma: bytes) -> bytes:
    bits = _Bits().u(1, 1).u(0, 1).ue(0, 2, 0).u(1, 1).align()
    coder = _Arithmetic(bits)
    coder.likely(unlikely_range=240)  # one partition (§9.3.4.3.2, state 0)
    coder.end()  # samples follow
    bits.align().raw(luma).raw(bytes([128]) * (EDGE * EDGE // 2))
    _Arithmetic(bits).end()  # last block
    return _nal(19, bits.bytes())


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body


def _full(kind: bytes, *parts: bytes, version: int = 0) -> bytes:
    return _box(kind, bytes([version, 0, 0, 0]), *parts)


def _decoder_configuration() -> bytes:
    sets = ((32, _video_parameters()), (33, _sequence_parameters()), (34, _picture_parameters()))
    arrays = b"".join(
        bytes([0x80 | kind]) + struct.pack(">HH", 1, len(unit)) + unit for kind, unit in sets
    )
    head = b"\x01" + _PROFILE + bytes.fromhex("f000fcfdf8f800000f") + bytes([len(sets)])
    return _box(b"hvcC", head, arrays)


def heic(*, exif: bytes = b"", xmp: bytes = b"", quarter_turns: int = 0) -> bytes:
    """A grey photo whose left half is dark; `exif` with its `Exif\\0\\0` head, turned anticlockwise on display."""
    luma = (bytes([40]) * (EDGE // 2) + bytes([220]) * (EDGE // 2)) * EDGE
    unit = _slice(luma)
    items = [(b"hvc1", b"", struct.pack(">I", len(unit)) + unit)]
    if exif:
        items.append((b"Exif", b"", struct.pack(">I", 6) + exif))
    if xmp:
        items.append((b"mime", b"application/rdf+xml\x00", xmp))
    head = _box(b"ftyp", b"heic", bytes(4), b"mif1", b"heic")
    length = len(head) + len(_meta(items, quarter_turns, 0))
    return head + _meta(items, quarter_turns, length + 8) + _box(b"mdat", *(i[2] for i in items))


def _meta(items: list[tuple[bytes, bytes, bytes]], turns: int, media: int) -> bytes:
    names, places, at = [], [], media
    for number, (kind, more, data) in enumerate(items, start=1):
        names.append(_full(b"infe", struct.pack(">HH", number, 0), kind, b"\x00", more, version=2))
        places.append(struct.pack(">HHHII", number, 0, 1, at, len(data)))
        at += len(data)
    described = [_box(b"cdsc", struct.pack(">HHH", n, 1, 1)) for n in range(2, len(items) + 1)]
    properties = [
        _decoder_configuration(),
        _full(b"ispe", struct.pack(">II", EDGE, EDGE)),
        _box(b"irot", bytes([turns])),
    ]
    uses = struct.pack(">IHB", 1, 1, 3) + bytes([0x81, 2, 0x83])
    return _full(
        b"meta",
        _full(b"hdlr", bytes(4), b"pict", bytes(13)),
        _full(b"pitm", struct.pack(">H", 1)),
        _full(b"iloc", b"\x44\x00", struct.pack(">H", len(items)), *places),
        _full(b"iinf", struct.pack(">H", len(items)), *names),
        *([_full(b"iref", *described)] if described else []),
        _box(b"iprp", _box(b"ipco", *properties), _full(b"ipma", uses)),
    )
