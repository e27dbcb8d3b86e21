"""PDFs and workbooks with every place a program hides its maker's marks in."""

from __future__ import annotations

import io
import zipfile
import zlib

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from linli.kernel.files.tests.marks import Secrets

Name, Number = NameObject, NumberObject


def stream(data: bytes, **entries: object) -> StreamObject:
    made = StreamObject()
    made._data = data
    for key, value in entries.items():
        made[Name(f"/{key}")] = value
    return made


def pdf(marks: Secrets, *, pictures: list[tuple[bytes, str]], pages: int = 1) -> bytes:
    """A document whose pages show `pictures` (data, filter), marked in every way; filter is `/DCTDecode`,
    `/JPXDecode` or `/FlateDecode+/DCTDecode`."""
    writer = PdfWriter()
    for _ in range(pages):
        page = writer.add_blank_page(200, 100)
        page[Name("/Resources")] = DictionaryObject(
            {Name("/XObject"): _drawn(writer, marks, pictures)}
        )
        page[Name("/Contents")] = writer._add_object(stream(b"q 100 0 0 50 0 0 cm /AF Do Q"))
        page[Name("/PieceInfo")] = _words(Shop=_words(Private=TextStringObject(marks.owner)))
        page[Name("/Metadata")] = writer._add_object(stream(marks.xmp(), Type=Name("/Metadata")))
        page[Name("/VP")] = ArrayObject([_measured(marks)])
        page[Name("/Annots")] = ArrayObject([writer._add_object(_attached(writer, marks))])
    writer.add_metadata({"/Author": marks.owner, "/Producer": marks.maker, "/Serial": marks.serial})
    writer.root_object[Name("/Metadata")] = writer._add_object(stream(marks.xmp()))
    writer.add_attachment(f"{marks.serial}.txt", marks.owner.encode())
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _words(**entries: object) -> DictionaryObject:
    return DictionaryObject({Name(f"/{key}"): value for key, value in entries.items()})


def _drawn(
    writer: PdfWriter, marks: Secrets, pictures: list[tuple[bytes, str]]
) -> DictionaryObject:
    drawn = DictionaryObject()
    for number, (data, kind) in enumerate(pictures):
        filters = kind.split("+")
        for _ in filters[:-1]:
            data = zlib.compress(data)
        image = stream(
            data,
            Type=Name("/XObject"),
            Subtype=Name("/Image"),
            Width=Number(40),
            Height=Number(30),
            ColorSpace=Name("/DeviceRGB"),
            BitsPerComponent=Number(8),
            Filter=ArrayObject(map(Name, filters)) if len(filters) > 1 else Name(filters[0]),
            Metadata=writer._add_object(stream(marks.xmp())),
        )
        drawn[Name(f"/{('AF', 'Im1', 'Im2', 'Im3')[number]}")] = writer._add_object(image)
    return drawn


def _measured(marks: Secrets) -> DictionaryObject:
    """A GeoPDF viewport: the page knows where on Earth it is."""
    corners = ArrayObject([FloatObject(f"{marks.lat:.6f}"), FloatObject(f"{marks.lon:.6f}")])
    return _words(Measure=_words(Subtype=Name("/GEO"), GPTS=corners))


def _attached(writer: PdfWriter, marks: Secrets) -> DictionaryObject:
    inner = writer._add_object(stream(marks.serial.encode()))
    return _words(
        Type=Name("/Annot"),
        Subtype=Name("/FileAttachment"),
        Rect=ArrayObject(map(Number, (0, 0, 9, 9))),
        FS=_words(F=TextStringObject(marks.serial), EF=_words(F=inner)),
    )


def workbook(
    marks: Secrets,
    *,
    photo: bytes = b"",
    picture: bytes = b"",
    more: dict[str, bytes] | None = None,
) -> bytes:
    """The parts of an xlsx that matter here; not a workbook Excel would open."""
    parts = {
        "[Content_Types].xml": b"<Types/>",
        "docProps/core.xml": f"<creator>{marks.owner}</creator>".encode(),
        "docProps/app.xml": f"<Company>{marks.maker}</Company>".encode(),
        "xl/workbook.xml": b"<workbook/>",
        "xl/worksheets/sheet1.xml": "<sheet>王奶奶家漏水</sheet>".encode(),
        "xl/media/image1.jpeg": photo,
        "xl/media/image2.png": picture,
        **(more or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            if data:
                packed.writestr(name, data)
        packed.comment = marks.serial.encode()
    return out.getvalue()


def jpeg2000(marks: Secrets) -> bytes:
    """A JP2 with a comment in its codestream, an XMP box and a GeoTIFF-like box behind."""
    out = io.BytesIO()
    comment = f"{marks.maker} {marks.serial}".encode()
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG2000", comment=comment)
    xmp = bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + marks.xmp()
    return out.getvalue() + (len(xmp) + 8).to_bytes(4, "big") + b"uuid" + xmp
