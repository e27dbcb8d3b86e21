from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import UTC, datetime
from typing import IO

import pytest
from PIL import Image, ImageCms

from linli.kernel.files.errors import (
    FileBroken,
    FileError,
    FileTooCostly,
    FileTooLarge,
    TooManyPixels,
    WrongFileType,
)
from linli.kernel.files.rules import (
    EVERY_KIND,
    MAX_PIXELS,
    MEGABYTE,
    Format,
    Kind,
    PhotoFacts,
    Size,
)
from linli.kernel.files.sanitise import Clean, sanitise
from linli.kernel.files.tests import films, heic, pictures
from linli.kernel.files.tests.marks import Secrets
from tests.trials import hostile

MARKS = Secrets.of(7)


def cleaned(data: bytes | IO[bytes], name: str = "楼道.jpg") -> Clean:
    return sanitise(name, data, zone=UTC)


def opened(clean: Clean) -> Image.Image:
    return Image.open(clean.body)


def refused(
    data: bytes, name: str = "楼道.jpg", *, kinds: frozenset[Kind] = EVERY_KIND
) -> FileError:
    with pytest.raises(FileError) as caught:
        sanitise(name, data, zone=UTC, field="photo", kinds=kinds)
    assert caught.value.field == "photo"
    assert caught.value.message.startswith(f"照片“{name}”")
    return caught.value


def near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) < 40 for a, b in zip(pixel[:3], colour, strict=True))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_upright_and_forgets_that_it_was(orientation: int) -> None:
    lying = pictures.scene()
    turn = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}.get(orientation)
    if turn is not None:  # the inverse of what a viewer has to do
        lying = lying.transpose(Image.Transpose(turn))
    out = io.BytesIO()
    exif = Image.Exif()
    exif[274] = orientation
    lying.save(out, "JPEG", quality=95, exif=exif)

    clean = cleaned(out.getvalue())
    shown = opened(clean)

    assert shown.size == (clean.width, clean.height) == (48, 32)
    assert clean.facts.orientation == orientation
    assert near(shown.getpixel((5, 5)), (20, 20, 20))
    assert near(shown.getpixel((45, 30)), (220, 0, 0))
    assert shown.getexif().get(274) is None


def test_time_and_place_come_back_beside_the_photo() -> None:
    facts = cleaned(pictures.jpeg(MARKS)).facts

    assert facts.taken_at == datetime(2026, 5, 1, 1, 30, tzinfo=UTC)
    assert facts.lon == pytest.approx(MARKS.lon)
    assert facts.lat == pytest.approx(MARKS.lat)
    assert facts.as_data()["taken_at"] == "2026-05-01T09:30:00+08:00"


def test_a_heic_photo_becomes_an_upright_jpeg() -> None:
    clean = cleaned(heic.heic(exif=MARKS.exif(), quarter_turns=1))
    shown = opened(clean)

    assert (clean.format, shown.format, shown.size) == (Format.JPEG, "JPEG", (32, 32))
    assert near(shown.getpixel((16, 29)), (28, 28, 28))  # the dark left half lies below now
    assert near(shown.getpixel((16, 2)), (238, 238, 238))


def test_transparency_of_a_png_stays() -> None:
    image = pictures.scene().convert("RGBA")
    image.putpixel((0, 0), (0, 0, 0, 0))
    out = io.BytesIO()
    image.save(out, "PNG")

    shown = opened(cleaned(out.getvalue()))

    assert shown.getpixel((0, 0)) == (0, 0, 0, 0)
    assert shown.getpixel((5, 5)) == (20, 20, 20, 255)


def test_a_grey_scan_of_16_bits_keeps_its_greys() -> None:
    out = io.BytesIO()
    Image.new("I;16", (8, 8), 128 * 256).save(out, "PNG")

    assert opened(cleaned(out.getvalue())).getpixel((3, 3)) == 128


def test_colours_of_another_profile_are_brought_to_srgb() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    out = io.BytesIO()
    pictures.scene().save(out, "JPEG", quality=95, icc_profile=lab)
    clean = cleaned(out.getvalue())
    broken = io.BytesIO()
    pictures.scene().save(broken, "JPEG", quality=95, icc_profile=b"no profile")

    assert near(opened(clean).getpixel((45, 30)), (220, 0, 0))
    assert "icc_profile" not in opened(cleaned(broken.getvalue())).info


def test_thumbnails_keep_the_shape_within_their_edge() -> None:
    out = io.BytesIO()
    pictures.scene(2000, 1000).save(out, "JPEG")
    clean = cleaned(out.getvalue())
    sizes = {size: Image.open(io.BytesIO(data)).size for size, data in clean.thumbnails.items()}

    assert sizes == {Size.LARGE: (1280, 640), Size.SMALL: (320, 160)}
    assert Image.open(io.BytesIO(clean.thumbnails[Size.SMALL])).format == "WEBP"


def test_a_zip_behind_a_jpeg_is_cut_off() -> None:
    tail = io.BytesIO()
    with zipfile.ZipFile(tail, "w") as packed:
        packed.writestr("evil.html", "<script>")
    both = pictures.jpeg(MARKS, tail=tail.getvalue())
    assert zipfile.is_zipfile(io.BytesIO(both))

    served = cleaned(both).body

    assert not zipfile.is_zipfile(served)


def test_a_zip_called_jpg_is_refused_as_a_zip() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("a.txt", "a")

    error = refused(out.getvalue())

    assert isinstance(error, WrongFileType)
    assert error.status == 415
    assert "压缩包（zip）" in error.message
    assert "照片（JPG、PNG、WEBP、HEIC）" in error.message


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "SVG"),
        (b"<!doctype html><script>alert(1)</script>", "HTML"),
        (b"GIF89a" + bytes(20), "GIF"),
        (b"PK\x03\x04 not really a zip", "zip"),
    ],
)
def test_svg_html_and_gif_are_refused(data: bytes, seen: str) -> None:
    error = refused(data)

    assert (error.status, seen in error.message) == (415, True)


def test_a_film_is_refused_where_only_photos_are_asked_for() -> None:
    error = refused(films.film(MARKS), kinds=frozenset({Kind.PHOTO}))

    assert error.status == 415
    assert (
        error.message
        == "照片“楼道.jpg”的内容是MP4 视频，这里不能收。请改传照片（JPG、PNG、WEBP、HEIC）。"
    )


def test_a_20_mb_photo_is_refused_with_both_figures() -> None:
    photo = pictures.jpeg(MARKS)

    error = refused(photo + bytes(20 * MEGABYTE - len(photo)))

    assert (type(error), error.status) == (FileTooLarge, 413)
    assert "20 MB" in error.message
    assert "15 MB" in error.message


def test_a_photo_of_exactly_the_limit_is_taken() -> None:
    photo = pictures.jpeg(MARKS)

    assert cleaned(photo + bytes(15 * MEGABYTE - len(photo))).width == 48


@pytest.mark.parametrize("edge", [8_000, 60_000])
def test_a_decompression_bomb_is_refused_before_it_unpacks(edge: int) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", edge, edge, 8, 2, 0, 0, 0))
    rows = zlib.compress(bytes(1_000_000))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", rows) + chunk(b"IEND", b"")

    error = refused(bomb, "图.png")

    assert (type(error), error.status) == (TooManyPixels, 413)
    assert "5033 万像素" in error.message


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "heic"])
def test_a_truncated_photo_is_broken(kind: str) -> None:
    whole = {
        "jpeg": pictures.jpeg(MARKS, image=pictures.scene(400, 300)),
        "png": pictures.png(MARKS),
        "webp": pictures.webp(MARKS),
        "heic": heic.heic(),
    }[kind]

    error = refused(whole[: len(whole) * 6 // 10])

    assert (type(error), error.status) == (FileBroken, 422)
    assert "没有传完" in error.message


def test_a_photo_that_lost_its_last_bytes_is_taken_with_a_grey_edge_and_a_note() -> None:
    whole = pictures.jpeg(MARKS, image=pictures.scene(400, 300))

    clean = sanitise("楼道.jpg", whole[:-2], zone=UTC)

    assert (clean.width, clean.height) == (400, 300)
    assert clean.note == "照片没有传完，下边缘缺少的部分是灰色的。"
    assert sanitise("楼道.jpg", whole, zone=UTC).note == ""


def test_the_largest_common_phone_picture_is_admitted_and_one_row_more_is_not() -> None:
    assert MAX_PIXELS == 8192 * 6144
    taken = hostile.large_png(width=8192, height=6145)

    assert isinstance(refused(taken, "图.png"), TooManyPixels)


def test_a_jpeg_with_hundreds_of_scans_is_refused_before_it_is_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def decode(*_given: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr("linli.kernel.files.sanitise.photo._open", decode)

    error = refused(hostile.many_scans(400, size=(64, 48)))

    assert (type(error), error.status) == (FileTooCostly, 422)


def test_an_empty_file_is_broken() -> None:
    assert isinstance(refused(b""), FileBroken)


def test_a_wrong_exif_block_does_not_cost_the_photo() -> None:
    out = io.BytesIO()
    pictures.scene().save(out, "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff garbage")

    clean = cleaned(out.getvalue())

    assert (clean.facts.taken_at, clean.facts.lon, clean.width) == (None, None, 48)


def test_an_exif_block_that_cannot_be_read_at_all_does_not_cost_the_photo(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(self: Image.Exif, tag: int) -> dict[int, object]:
        raise struct.error("unpack requires a buffer of 12 bytes")

    monkeypatch.setattr(Image.Exif, "get_ifd", broken)

    assert cleaned(pictures.jpeg(MARKS)).facts == PhotoFacts()


def test_a_stream_that_was_read_already_is_read_from_its_start() -> None:
    body = io.BytesIO(pictures.png(MARKS))
    body.read()

    assert cleaned(body).format is Format.PNG


def test_a_stream_that_cannot_be_rewound_is_read_once() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    assert cleaned(Pipe(pictures.png(MARKS))).format is Format.PNG
