"""Tables: an xlsx is packed anew without its makers' names and without the EXIF of its pictures; a csv stays as is.

The workbook itself is not read here; whoever imports rows does that. Only the container is put in order
(ECMA-376 Part 2: parts in a zip).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

from linli.kernel.files.errors import FileBroken, FileNotClean, FileTooLarge, WrongFileType
from linli.kernel.files.rules import Format, mark_left, megabytes, recognise, text_of
from linli.kernel.files.sanitise.segments import bare_jpeg, bare_png
from linli.kernel.files.sanitise.upload import PARSER_FAULTS, Clean, Upload, in_memory

MAX_MEMBERS = 5_000
MAX_UNPACKED = 200 * 1024 * 1024
"""Bytes all parts together may unpack to: a full sheet of a million cells has about 60 MB of XML."""

_CORE = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
_APP = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)
_CUSTOM = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>'
)
_REPLACED: Mapping[str, bytes] = {
    "docprops/core.xml": _CORE,
    "docprops/app.xml": _APP,
    "docprops/custom.xml": _CUSTOM,
}
_PICTURES: Mapping[Format, Callable[[bytes], bytes]] = {
    Format.JPEG: bare_jpeg,
    Format.PNG: bare_png,
}
_TEXT_PARTS = (".xml", ".rels", ".vml")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def members_of(upload: Upload) -> tuple[str, ...]:
    """Names inside a zip, none when it is not a readable one."""
    upload.body.seek(0)
    try:
        with zipfile.ZipFile(upload.body) as packed:
            return tuple(packed.namelist()[: MAX_MEMBERS + 1])
    except (zipfile.BadZipFile, *PARSER_FAULTS):
        return ()


def clean_xlsx(upload: Upload) -> Clean:
    """The workbook with empty document properties. Raises FileBroken, FileTooLarge, FileNotClean."""
    out = io.BytesIO()
    upload.body.seek(0)
    try:
        with (
            zipfile.ZipFile(upload.body) as packed,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fresh,
        ):
            parts = _bounded(packed, upload)
            for part in parts:
                info = zipfile.ZipInfo(part.filename, date_time=_EPOCH)
                info.compress_type = zipfile.ZIP_DEFLATED
                fresh.writestr(info, _part(part.filename, packed.read(part), upload))
    except (zipfile.BadZipFile, NotImplementedError, *PARSER_FAULTS) as error:
        message = f"{upload.label}打不开，可能没有传完、有密码或已损坏。请另存为 xlsx 后再传。"
        raise FileBroken(message, field=upload.field) from error
    body, size = in_memory(out.getvalue())
    return Clean(format=Format.XLSX, body=body, size=size)


def _bounded(packed: zipfile.ZipFile, upload: Upload) -> list[zipfile.ZipInfo]:
    parts = [part for part in packed.infolist() if not part.is_dir()]
    total = sum(part.file_size for part in parts)
    if len(parts) > MAX_MEMBERS or total > MAX_UNPACKED:
        message = f"{upload.label}展开后有 {megabytes(total)}，太大了。请分成几个表格再传。"
        raise FileTooLarge(message, field=upload.field)
    return parts


def _part(name: str, data: bytes, upload: Upload) -> bytes:
    lower = name.lower()
    if lower in _REPLACED:
        return _REPLACED[lower]
    if lower.endswith(_TEXT_PARTS):
        return data
    found = recognise(data[:64]).format
    if found is not None and found in _PICTURES:
        return _PICTURES[found](data)
    if lower.startswith("xl/embeddings/") or mark_left(data):
        message = f"{upload.label}里嵌入了其他文件或带拍摄信息的图片，清除不掉。请删去后再传，或把它单独上传。"
        raise FileNotClean(message, field=upload.field)
    return data


def clean_csv(upload: Upload) -> Clean:
    """The same bytes, once it is sure that all of them are text. Raises WrongFileType."""
    data = upload.bytes()
    if text_of(data) is None:
        message = f"{upload.label}不是表格文字。请在 Excel 里另存为“CSV UTF-8”或 xlsx 后再传。"
        raise WrongFileType(message, field=upload.field)
    body, size = in_memory(data)
    return Clean(format=Format.CSV, body=body, size=size)
