"""PDFs are taken apart and written anew from what the pages need.

Taken out: document information, XMP, piece info, geographic measures (GeoPDF), attachments, sound, film and 3-D
notes, digital signatures (a rewritten file cannot keep them valid; their picture on the page stays), and the EXIF of
every JPEG or JPEG 2000 picture inside. Refused: a password, scripts and actions that start something (ISO 32000-1
§12.6.4: JavaScript, Launch, ImportData, SubmitForm, Rendition; XFA forms), because a page that acts is no document.

Objects nothing points to any more are not written. At the end every stream is looked through once more for marks of
EXIF or XMP; a file that still has one is refused rather than served.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    EncodedStreamObject,
    IndirectObject,
    NameObject,
    StreamObject,
)

from linli.kernel.files.errors import (
    FileBroken,
    FileHasScript,
    FileLocked,
    FileNotClean,
    FileTooLarge,
)
from linli.kernel.files.rules import Format, mark_left
from linli.kernel.files.sanitise.segments import bare_jpeg, bare_jpeg2000
from linli.kernel.files.sanitise.upload import PARSER_FAULTS, Clean, Upload, in_memory

MAX_OBJECTS = 200_000
"""Objects of one file; a scanned book of 1,000 pages has about 10,000."""
MAX_UNPACKED = 200 * 1024 * 1024
"""Bytes all text and drawing streams may unpack to; 20 MB of real pages stay below 100 MB."""

_FAULTS = (PyPdfError, *PARSER_FAULTS)

_DROPPED = frozenset(
    {
        "/Metadata",
        "/PieceInfo",
        "/LastModified",
        "/AF",
        "/EF",
        "/RF",
        "/EmbeddedFiles",
        "/AA",
        "/OpenAction",
    }
    | {
        "/Collection",
        "/SpiderInfo",
        "/Thumb",
        "/VP",
        "/Measure",
        "/PtData",
        "/LGIDict",
        "/Perms",
        "/DSS",
        "/Legal",
    }
    | {
        "/Requirements",
        "/SigFlags",
        "/Renditions",
        "/AlternatePresentations",
        "/Alternates",
        "/OPI",
    }
)
_NAME_MAPS = frozenset(
    {
        "/Font",
        "/XObject",
        "/ExtGState",
        "/ColorSpace",
        "/Pattern",
        "/Shading",
        "/Properties",
        "/CharProcs",
    }
    | {"/ClassMap", "/RoleMap", "/Dests", "/N", "/D", "/R", "/Colorants"}
)
"""Dictionaries whose keys are names somebody chose: a font may well be called /AF."""
_RUNS = frozenset(
    {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/RichMediaExecute"}
)
_NOTES_OUT = frozenset(
    {"/FileAttachment", "/RichMedia", "/3D", "/Movie", "/Sound", "/Screen", "/Projection"}
)
_PICTURES = {"/DCTDecode": bare_jpeg, "/DCT": bare_jpeg, "/JPXDecode": bare_jpeg2000}


def clean_pdf(upload: Upload) -> Clean:
    """The document without what it says about its makers. Raises FileLocked, FileHasScript, FileBroken,
    FileNotClean, FileTooLarge."""
    try:
        writer = _taken_apart(upload)
        removed = _cleaned(writer, upload)
        data = _written(writer)
        _looked_through(data, upload)
    except _FAULTS as error:
        raise _broken(upload) from error
    body, size = in_memory(data)
    return Clean(format=Format.PDF, body=body, size=size, removed=removed)


def _broken(upload: Upload) -> FileBroken:
    return FileBroken(
        f"{upload.label}打不开，可能没有传完或已损坏。请重新导出 PDF 后再传。", field=upload.field
    )


def _taken_apart(upload: Upload) -> PdfWriter:
    upload.body.seek(0)
    reader = PdfReader(upload.body, strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        message = f"{upload.label}有打开密码。请去掉密码后再传，或打印出来拍照上传。"
        raise FileLocked(message, field=upload.field)
    if not len(reader.pages):
        raise _broken(upload)
    return PdfWriter(clone_from=reader)


def _cleaned(writer: PdfWriter, upload: Upload) -> tuple[str, ...]:
    found = list(_dictionaries(writer.root_object))
    if any(_acts(node) for node, is_map in found if not is_map):
        message = f"{upload.label}里有会自动运行的脚本，不能收。请用“打印为 PDF”另存一份后再传。"
        raise FileHasScript(message, field=upload.field)
    removed: set[str] = set()
    for node, is_map in found:
        if not is_map:
            removed |= _strip(node)
        if isinstance(node, StreamObject):
            _strip_picture(node)
    return tuple(sorted(removed))


def _dictionaries(root: Any) -> Iterator[tuple[DictionaryObject, bool]]:
    """Every dictionary and stream that can be reached, with whether its keys are freely chosen names."""
    seen: set[int] = set()
    waiting: list[tuple[Any, bool]] = [(root, False)]
    while waiting:
        node, is_map = waiting.pop()
        if isinstance(node, IndirectObject):
            node = node.get_object()
        if not isinstance(node, (DictionaryObject, ArrayObject)) or id(node) in seen:
            continue
        seen.add(id(node))
        if len(seen) > MAX_OBJECTS:
            raise ValueError("too many objects")
        if isinstance(node, ArrayObject):
            waiting.extend((item, False) for item in node)
            continue
        is_map = is_map and not isinstance(node, StreamObject)
        yield node, is_map
        waiting.extend((node.raw_get(key), not is_map and key in _NAME_MAPS) for key in node)


def _acts(node: DictionaryObject) -> bool:
    return "/JS" in node or "/XFA" in node or ("/JavaScript" in node) or _value(node, "/S") in _RUNS


def _value(node: DictionaryObject, key: str) -> Any:
    value = node.get(key)
    return value.get_object() if isinstance(value, IndirectObject) else value


def _strip(node: DictionaryObject) -> set[str]:
    removed = set()
    for key in [key for key in node if key in _DROPPED]:
        if key in ("/EF", "/EmbeddedFiles"):
            removed.add("附件")
        del node[key]
    if _value(node, "/FT") == "/Sig" and "/V" in node:
        del node[NameObject("/V")]
        removed.add("数字签名")
    notes = _value(node, "/Annots")
    if isinstance(notes, ArrayObject):
        kept = [note for note in notes if not _is_note_out(note)]
        if len(kept) < len(notes):
            node[NameObject("/Annots")] = ArrayObject(kept)
            removed.add("附件")
    return removed


def _is_note_out(note: Any) -> bool:
    node = note.get_object() if isinstance(note, IndirectObject) else note
    return isinstance(node, DictionaryObject) and _value(node, "/Subtype") in _NOTES_OUT


def _strip_picture(node: StreamObject) -> None:
    """Rewrite a JPEG or JPEG 2000 stream in place; filters in front of it are undone first."""
    filters = _filters(node)
    if not filters or filters[-1] not in _PICTURES:
        return
    data: bytes = node._data
    for number, name in enumerate(filters[:-1]):
        data = _undone(data, name, node, number)
    node._data = _PICTURES[filters[-1]](data)
    node[NameObject("/Filter")] = NameObject(filters[-1])
    parameters = _value(node, "/DecodeParms")
    if isinstance(parameters, ArrayObject):
        node[NameObject("/DecodeParms")] = parameters[-1]


def _undone(data: bytes, name: str, node: StreamObject, number: int) -> bytes:
    """One filter undone by pypdf, on a stream that has only this filter."""
    one = EncodedStreamObject()
    one._data = data
    one[NameObject("/Filter")] = NameObject(name)
    parameters = _value(node, "/DecodeParms")
    if isinstance(parameters, ArrayObject) and isinstance(parameters[number], DictionaryObject):
        one[NameObject("/DecodeParms")] = parameters[number]
    return one.get_data()


def _filters(node: StreamObject) -> list[str]:
    value = _value(node, "/Filter")
    if isinstance(value, ArrayObject):
        return [str(item.get_object()) for item in value]
    return [str(value)] if value is not None else []


def _written(writer: PdfWriter) -> bytes:
    """Written twice: the second copy takes only what the first one's root still reaches."""
    first = io.BytesIO()
    writer.write(first)
    second = PdfWriter(clone_from=PdfReader(first))
    second.metadata = None
    second._ID = None
    out = io.BytesIO()
    second.write(out)
    return out.getvalue()


def _looked_through(data: bytes, upload: Upload) -> None:
    left = MAX_UNPACKED
    reader = PdfReader(io.BytesIO(data))
    for node, _ in _dictionaries(reader.root_object):
        if not isinstance(node, StreamObject):
            continue
        shown = _unpacked(node, left)
        left -= len(shown)
        if left <= 0:
            message = f"{upload.label}展开后太大。请分成几份，或降低扫描的清晰度后再传。"
            raise FileTooLarge(message, field=upload.field)
        if mark_left(shown):
            message = f"{upload.label}里的图片带有拍摄地点或设备信息，清除不掉。请打印后拍照上传。"
            raise FileNotClean(message, field=upload.field)


def _unpacked(node: StreamObject, limit: int) -> bytes:
    """The bytes of a stream as a reader would see them; raw pixels (no metadata can be in them) are left packed."""
    filters = _filters(node)
    data: bytes = node._data
    if _value(node, "/Subtype") == "/Image" or not filters:
        return data
    if filters[0] in ("/FlateDecode", "/Fl"):
        return zlib.decompressobj().decompress(data, limit)
    return EncodedStreamObject.get_data(node) if isinstance(node, EncodedStreamObject) else data
