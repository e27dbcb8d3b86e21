"""What every cleaner takes and gives back."""

from __future__ import annotations

import errno
import io
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import IO

from linli.kernel.files.rules import Format, PhotoFacts, Size

FIELD_LABELS: Mapping[str, str] = {
    "photo": "照片",
    "photos": "照片",
    "video": "视频",
    "document": "文件",
    "attachment": "附件",
    "table": "表格",
}

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})

PARSER_FAULTS = (
    OSError,
    SyntaxError,
    ValueError,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
    RuntimeError,
    EOFError,
    AssertionError,
    struct.error,
    zlib.error,
)
"""What decoders raise on broken or hostile input. They are fed from memory or a spooled copy, so an OSError
here speaks of the file and not of our disk."""


@dataclass(frozen=True)
class Upload:
    """A file as it came: its name, the form field it came in, its bytes (seekable) and their number."""

    name: str
    field: str
    body: IO[bytes]
    size: int
    zone: tzinfo

    @property
    def label(self) -> str:
        return label_of(self.name, self.field)

    def bytes(self) -> bytes:
        self.body.seek(0)
        return self.body.read()


@dataclass(frozen=True)
class Clean:
    """What is served: `body` at position 0, its true format, and what was set aside.

    `removed` names in Chinese what else was taken out, and `note` says what is not as it should be, so that the
    person can be told.
    """

    format: Format
    body: IO[bytes]
    size: int
    width: int | None = None
    height: int | None = None
    facts: PhotoFacts = field(default_factory=PhotoFacts)
    thumbnails: Mapping[Size, bytes] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    watermark: Mapping[str, object] | None = None
    note: str = ""


def in_memory(data: bytes) -> tuple[IO[bytes], int]:
    return io.BytesIO(data), len(data)


def label_of(name: str, field: str) -> str:
    """`照片“楼道.jpg”`: how a message names a file and the form field it came in."""
    shown = name.replace("\\", "/").rsplit("/", 1)[-1]
    return f"{FIELD_LABELS.get(field, '文件')}“{shown[:60]}”"
