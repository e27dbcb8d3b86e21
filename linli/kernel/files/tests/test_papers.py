from __future__ import annotations

import io
import zipfile
import zlib
from datetime import UTC
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from linli.kernel.files.errors import (
    FileBroken,
    FileError,
    FileHasScript,
    FileLocked,
    FileNotClean,
    FileTooLarge,
    WrongFileType,
)
from linli.kernel.files.rules import Format
from linli.kernel.files.sanitise import pdf as pdf_cleaner
from linli.kernel.files.sanitise import sanitise, table
from linli.kernel.files.sanitise.segments import bare_jpeg, bare_jpeg2000, bare_png
from linli.kernel.files.sanitise.upload import Clean
from linli.kernel.files.tests import papers, pictures
from linli.kernel.files.tests.marks import Secrets

MARKS = Secrets.of(11)
Name = NameObject


def cleaned(data: bytes, name: str = "申请.pdf") -> Clean:
    return sanitise(name, data, zone=UTC, field="document")


def refused(data: bytes, name: str = "申请.pdf") -> FileError:
    with pytest.raises(FileError) as caught:
        cleaned(data, name)
    assert caught.value.field == "document"
    assert name in caught.value.message
    return caught.value


def with_root(**entries: Any) -> bytes:
    """A one-page PDF whose catalogue has these entries."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    for key, value in entries.items():
        writer.root_object[Name(f"/{key}")] = value
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def words(**entries: Any) -> DictionaryObject:
    return DictionaryObject({Name(f"/{key}"): value for key, value in entries.items()})


def test_pages_drawings_and_pictures_stay_what_they_were() -> None:
    photo = pictures.jpeg(MARKS)
    data = papers.pdf(
        MARKS, pictures=[(photo, "/DCTDecode"), (photo, "/FlateDecode+/DCTDecode")], pages=2
    )

    clean = cleaned(data)
    pages = PdfReader(clean.body).pages

    assert clean.format is Format.PDF
    assert clean.removed == ("附件",)
    assert len(pages) == 2
    for page in pages:
        drawn: Any = page["/Resources"]["/XObject"]  # type: ignore[index]
        assert page.get_contents().get_data().strip() == b"q 100 0 0 50 0 0 cm /AF Do Q"  # type: ignore[union-attr]
        assert sorted(drawn) == ["/AF", "/Im1"]
        for picture in drawn.values():
            shown = picture.get_object()
            assert shown["/Filter"] == "/DCTDecode"
            assert (
                Image.open(io.BytesIO(shown._data)).tobytes()
                == Image.open(io.BytesIO(photo)).tobytes()
            )


def test_a_link_stays_and_a_drawing_packed_otherwise_is_looked_through() -> None:
    writer = PdfWriter()
    page = writer.add_blank_page(100, 100)
    link = words(Type=Name("/Annot"), Subtype=Name("/Link"), A=words(S=Name("/URI")))
    page[Name("/Annots")] = ArrayObject([link])
    page[Name("/Contents")] = writer._add_object(
        papers.stream(b"71 20 51>", Filter=Name("/ASCIIHexDecode"))
    )
    out = io.BytesIO()
    writer.write(out)

    kept: Any = PdfReader(cleaned(out.getvalue()).body).pages[0]

    assert [note.get_object()["/Subtype"] for note in kept["/Annots"]] == ["/Link"]
    assert kept.get_contents().get_data().strip() == b"q Q"


def test_a_photo_packed_twice_with_parameters_comes_out_readable() -> None:
    writer = PdfWriter()
    page = writer.add_blank_page(100, 100)
    photo = pictures.jpeg(MARKS)
    image = papers.stream(
        zlib.compress(photo),
        Subtype=Name("/Image"),
        Filter=ArrayObject([Name("/FlateDecode"), Name("/DCTDecode")]),
        DecodeParms=ArrayObject(
            [words(Predictor=NumberObject(1)), words(ColorTransform=NumberObject(1))]
        ),
    )
    page[Name("/Resources")] = words(XObject=words(Im0=writer._add_object(image)))
    out = io.BytesIO()
    writer.write(out)

    served: Any = PdfReader(cleaned(out.getvalue()).body).pages[0]["/Resources"]["/XObject"]["/Im0"]  # type: ignore[index]
    shown = served.get_object()

    assert shown["/DecodeParms"] == {"/ColorTransform": 1}
    assert Image.open(io.BytesIO(shown._data)).tobytes() == Image.open(io.BytesIO(photo)).tobytes()


def test_the_same_document_gives_the_same_bytes() -> None:
    data = papers.pdf(MARKS, pictures=[(pictures.jpeg(MARKS), "/DCTDecode")])

    assert cleaned(data).body.read() == cleaned(data).body.read()


@pytest.mark.parametrize(
    "entries",
    [
        {"OpenAction": words(S=Name("/JavaScript"), JS=TextStringObject("app.alert(1)"))},
        {"OpenAction": words(S=Name("/Launch"), F=TextStringObject("cmd.exe"))},
        {"AA": words(WC=words(S=Name("/SubmitForm")))},
        {"Names": words(JavaScript=words(Names=ArrayObject()))},
        {"AcroForm": words(Fields=ArrayObject(), XFA=TextStringObject("<xdp/>"))},
    ],
)
def test_a_document_that_wants_to_run_something_is_refused(entries: dict[str, Any]) -> None:
    error = refused(with_root(**entries))

    assert (type(error), error.status) == (FileHasScript, 422)
    assert "打印为 PDF" in error.message


def test_an_opening_action_that_only_turns_a_page_is_no_reason_to_refuse() -> None:
    data = with_root(OpenAction=words(S=Name("/GoTo"), D=ArrayObject()))

    assert "/OpenAction" not in PdfReader(cleaned(data).body).root_object


def test_a_signature_goes_and_the_person_can_be_told() -> None:
    field = words(
        FT=Name("/Sig"), V=words(Name=TextStringObject(MARKS.owner)), T=TextStringObject("s")
    )
    data = with_root(AcroForm=words(Fields=ArrayObject([field]), SigFlags=TextStringObject("3")))

    clean = cleaned(data)

    assert clean.removed == ("数字签名",)
    assert MARKS.owner.encode() not in clean.body.read()


def test_a_password_is_asked_to_be_taken_off() -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)

    error = refused(out.getvalue())

    assert (type(error), error.status) == (FileLocked, 422)


def test_a_document_locked_only_against_printing_is_opened_and_served_without_the_lock() -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("", "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)

    served = PdfReader(cleaned(out.getvalue()).body)

    assert (served.is_encrypted, len(served.pages)) == (False, 1)


@pytest.mark.parametrize("part", [9, 60, 50_000])
def test_a_damaged_document_is_broken_or_whole_but_never_half(part: int) -> None:
    data = papers.pdf(MARKS, pictures=[(pictures.jpeg(MARKS), "/DCTDecode")])
    damaged = data[: min(part, len(data) // 2)]

    error = refused(damaged)

    assert (type(error), error.status) == (FileBroken, 422)


def test_a_photo_in_a_drawing_that_keeps_its_place_is_refused() -> None:
    writer = PdfWriter()
    page = writer.add_blank_page(100, 100)
    inline = b"q BI /W 4 /H 4 /CS /RGB /BPC 8 /F /DCT ID " + pictures.jpeg(MARKS) + b" EI Q"
    page[Name("/Contents")] = writer._add_object(
        papers.stream(zlib.compress(inline), Filter=Name("/FlateDecode"))
    )
    out = io.BytesIO()
    writer.write(out)

    error = refused(out.getvalue())

    assert (type(error), error.status) == (FileNotClean, 422)


def test_a_document_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_cleaner, "MAX_UNPACKED", 1_000_000)
    writer = PdfWriter()
    page = writer.add_blank_page(100, 100)
    page[Name("/Contents")] = writer._add_object(
        papers.stream(zlib.compress(b" " * 2_000_000), Filter=Name("/FlateDecode"))
    )
    out = io.BytesIO()
    writer.write(out)

    assert refused(out.getvalue()).status == 413


def test_a_document_of_too_many_objects_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_cleaner, "MAX_OBJECTS", 3)

    assert isinstance(refused(with_root()), FileBroken)


def test_a_document_without_pages_is_broken() -> None:
    out = io.BytesIO()
    PdfWriter().write(out)

    assert isinstance(refused(out.getvalue()), FileBroken)


def test_a_workbook_keeps_its_sheets_and_loses_its_makers() -> None:
    photo = pictures.jpeg(MARKS)
    data = papers.workbook(MARKS, photo=photo, picture=pictures.png(MARKS))

    with zipfile.ZipFile(cleaned(data, "名册.xlsx").body) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}

    assert parts["xl/worksheets/sheet1.xml"] == "<sheet>王奶奶家漏水</sheet>".encode()
    assert b"creator" not in parts["docProps/core.xml"]
    assert b"Company" not in parts["docProps/app.xml"]
    assert (
        Image.open(io.BytesIO(parts["xl/media/image1.jpeg"])).tobytes()
        == Image.open(io.BytesIO(photo)).tobytes()
    )


def test_a_workbook_with_macros_or_embedded_files_is_refused() -> None:
    macros = papers.workbook(MARKS, more={"xl/vbaProject.bin": b"\xd0\xcf"})
    embedded = papers.workbook(MARKS, more={"xl/embeddings/oleObject1.bin": b"\xd0\xcf"})

    assert type(refused(macros, "名册.xlsx")) is WrongFileType
    assert type(refused(embedded, "名册.xlsx")) is FileNotClean


def test_a_workbook_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MAX_UNPACKED", 1000)
    data = papers.workbook(MARKS, more={"xl/worksheets/sheet2.xml": bytes(2000)})

    assert type(refused(data, "名册.xlsx")) is FileTooLarge


def test_a_damaged_workbook_is_broken() -> None:
    data = bytearray(papers.workbook(MARKS))
    at = (
        data.index("名册".encode())
        if "名册".encode() in data
        else data.index(b"xl/worksheets") + 40
    )
    data[at : at + 10] = b"\xff" * 10

    assert type(refused(bytes(data), "名册.xlsx")) is FileBroken


def test_a_csv_is_served_as_it_came() -> None:
    data = "姓名,楼号\n王奶奶,3\n".encode("gb18030")

    clean = cleaned(data, "名册.csv")

    assert (clean.format, clean.body.read()) == (Format.CSV, data)


def test_a_csv_with_something_else_behind_is_refused() -> None:
    data = b"name,building\n" * 6000 + b"\x00\x01MZ"

    assert refused(data, "名册.csv").status == 415


def test_a_jpeg_keeps_every_byte_of_its_picture() -> None:
    out = io.BytesIO()
    pictures.scene(300, 200).save(out, "JPEG", progressive=True)
    plain = out.getvalue()
    marked = pictures.jpeg(MARKS)

    four_colours = pictures.jpeg(MARKS, image=pictures.scene().convert("CMYK"))

    assert b"Adobe" in bare_jpeg(four_colours)
    assert Image.open(io.BytesIO(bare_jpeg(four_colours))).mode == "CMYK"
    assert bare_jpeg(plain) == plain
    assert bare_jpeg(plain[:-2]) == plain  # some PDF writers leave the end marker out
    assert (
        Image.open(io.BytesIO(bare_jpeg(marked))).tobytes()
        == Image.open(io.BytesIO(marked)).tobytes()
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff",
        b"\xff\xd8abc",
        b"\xff\xd8\xff\xe1\xff\xff1",
        b"\xff\xd8\xff\xd9",
    ],
)
def test_what_is_no_jpeg_is_not_rewritten(data: bytes) -> None:
    with pytest.raises(ValueError):
        bare_jpeg(data)


def test_a_jpeg_2000_keeps_its_picture_in_both_of_its_shapes() -> None:
    marked = papers.jpeg2000(MARKS)
    at = marked.index(b"\xff\x4f\xff\x51")
    end = marked.index(b"\xff\xd9", at) + 2

    for data in (marked, marked[at:end]):
        bare = bare_jpeg2000(data)
        assert not any(word in bare for word in MARKS.needles())
        assert Image.open(io.BytesIO(bare)).tobytes() == Image.open(io.BytesIO(data)).tobytes()


@pytest.mark.parametrize(
    "data", [b"", b"\xff\x4f\xff\x51\x00\x00\x00", b"\x00\x00\x00\x04jp2c", b"\x00\x00\x00\xffjp2c"]
)
def test_what_is_no_jpeg_2000_is_not_rewritten(data: bytes) -> None:
    with pytest.raises(ValueError):
        bare_jpeg2000(data)


@pytest.mark.parametrize("cut", [4, 40, 60])
def test_what_is_no_png_is_not_rewritten(cut: int) -> None:
    with pytest.raises(ValueError):
        bare_png(pictures.png(MARKS)[:cut])
