"""One door for every upload: recognised, measured, cleaned, ready to be served.

clean = sanitise("楼道.jpg", content, field="photo", kinds=EVERY_KIND, zone=zone)
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Collection, Mapping
from datetime import tzinfo
from typing import IO

from linli.kernel.files import watermark
from linli.kernel.files.errors import FileBroken, FileTooLarge, WrongFileType
from linli.kernel.files.rules import (
    ACCEPTED,
    EVERY_KIND,
    HEAD_BYTES,
    Format,
    Kind,
    advice,
    megabytes,
    recognise,
)
from linli.kernel.files.sanitise.photo import clean_photo
from linli.kernel.files.sanitise.table import clean_csv, clean_xlsx, members_of
from linli.kernel.files.sanitise.upload import Clean, Upload
from linli.kernel.files.sanitise.video import clean_video

__all__ = ["Clean", "sanitise"]

LARGEST = max(accepted.max_bytes for accepted in ACCEPTED.values())
_MEMORY = 16 * 1024 * 1024


def _clean_pdf(upload: Upload) -> Clean:
    from linli.kernel.files.sanitise.pdf import (
        clean_pdf,
    )  # its library loads for a third of a second

    return clean_pdf(upload)


_CLEANERS: Mapping[Format, Callable[[Upload], Clean]] = {
    Format.PDF: _clean_pdf,
    Format.MP4: clean_video,
    Format.XLSX: clean_xlsx,
    Format.CSV: clean_csv,
}


def sanitise(
    name: str,
    content: bytes | IO[bytes],
    *,
    zone: tzinfo,
    field: str = "photo",
    kinds: Collection[Kind] = EVERY_KIND,
    line: watermark.Line | None = None,
) -> Clean:
    """The file as it may be served. `zone` reads times that carry no offset; `line` is burned into a photo.

    Raises WrongFileType (415), FileTooLarge (413), FileBroken (422) and their children, each naming `field`.
    """
    body, size = _seekable(content)
    upload = Upload(name=name, field=field, body=body, size=size, zone=zone)
    fmt = _allowed(upload, kinds)
    if ACCEPTED[fmt].kind is Kind.PHOTO:
        return clean_photo(upload, fmt, line=line)
    return _CLEANERS[fmt](upload)


def _seekable(content: bytes | IO[bytes]) -> tuple[IO[bytes], int]:
    """The content with its size; a stream that cannot be rewound is copied, no further than the largest limit."""
    if isinstance(content, bytes):
        return io.BytesIO(content), len(content)
    if content.seekable():
        return content, content.seek(0, io.SEEK_END)
    copy = tempfile.SpooledTemporaryFile(max_size=_MEMORY)  # noqa: SIM115 - read by the caller
    size = 0
    while size <= LARGEST and (part := content.read(1 << 20)):
        size += copy.write(part)
    return copy, size


def _allowed(upload: Upload, kinds: Collection[Kind]) -> Format:
    upload.body.seek(0)
    head = upload.body.read(HEAD_BYTES)
    if not head:
        raise FileBroken(
            f"{upload.label}是空的，可能没有传完。请重新选择后再传。", field=upload.field
        )
    members = members_of(upload) if head.startswith(b"PK\x03\x04") else ()
    found = recognise(head, members=members)
    if found.format is None or ACCEPTED[found.format].kind not in kinds:
        message = f"{upload.label}的内容是{found.seen}，这里不能收。请改传{advice(kinds)}。"
        raise WrongFileType(message, field=upload.field)
    limit = ACCEPTED[found.format].max_bytes
    if upload.size > limit:
        message = (
            f"{upload.label}有 {megabytes(upload.size)}，超过 {found.seen} {megabytes(limit)} 的上限。"
            "请压缩或换小一些的文件后再传。"
        )
        raise FileTooLarge(message, field=upload.field)
    return found.format
