"""Photos are decoded and encoded anew: what is not pixels does not survive.

Orientation is applied, colours are brought to sRGB, then the pixels alone go into a new file. That also cuts the
tail of a polyglot (a zip behind a JPEG) and the film of a live photo. Of an animated picture the first frame stays.
"""

from __future__ import annotations

import io
from typing import IO, Any

import pi_heif  # type: ignore[import-untyped]
from PIL import Image, ImageCms, ImageFile

from linli.kernel.files import watermark
from linli.kernel.files.errors import FileBroken, FileTooCostly, TooManyPixels
from linli.kernel.files.rules import (
    ACCEPTED,
    MAX_GREY,
    MAX_PIXELS,
    MAX_SCANS,
    THUMBNAILS,
    Format,
    PhotoFacts,
    moment_of,
    place_of,
)
from linli.kernel.files.sanitise.segments import scans_of
from linli.kernel.files.sanitise.upload import PARSER_FAULTS, Clean, Upload, in_memory

JPEG_QUALITY = 90
"""0-95. At 90 a second generation cannot be told by eye, at about half the bytes of 95."""
WEBP_QUALITY = 88
THUMBNAIL_QUALITY = 80

CUT_OFF = "照片没有传完，下边缘缺少的部分是灰色的。"

_EXIF_IFD, _GPS_IFD, _ORIENTATION = 0x8769, 0x8825, 274
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def clean_photo(upload: Upload, fmt: Format, *, line: watermark.Line | None = None) -> Clean:
    """The photo as new pixels, its two thumbnails, and what it said of time and place. Raises FileBroken,
    TooManyPixels. With `line` the text is burned into the lower edge first."""
    try:
        image, facts, missing = _decode(upload, fmt)
        image = _upright(_srgb(image), facts.orientation if fmt is not Format.HEIC else 1)
        marked = None
        if line is not None:
            image, marked = watermark.burn(image, line)
        body = _encode(image, ACCEPTED[fmt].served_as)
        thumbnails = {size: _thumbnail(image, edge) for size, edge in THUMBNAILS.items()}
    except Image.DecompressionBombError as error:
        raise _too_many(upload) from error
    except PARSER_FAULTS as error:
        message = f"{upload.label}打不开，可能没有传完或已损坏。请重新拍一张或重新选择后再传。"
        raise FileBroken(message, field=upload.field) from error
    stream, size = in_memory(body)
    return Clean(
        format=ACCEPTED[fmt].served_as,
        body=stream,
        size=size,
        width=image.width,
        height=image.height,
        facts=facts,
        thumbnails=thumbnails,
        watermark=marked.as_data() if marked else None,
        note=CUT_OFF if missing else "",
    )


def _decode(upload: Upload, fmt: Format) -> tuple[Image.Image, PhotoFacts, bool]:
    """The picture, what it says of itself, and whether its end is missing."""
    if fmt is Format.JPEG and scans_of(upload.bytes(), most=MAX_SCANS) > MAX_SCANS:
        message = f"{upload.label}的存法太费时间，没有收下。请用手机重新拍一张，或截屏后再传。"
        raise FileTooCostly(message, field=upload.field)
    upload.body.seek(0)
    opened = (
        _open_heic(upload.body, upload) if fmt is Format.HEIC else _open(upload.body, fmt, upload)
    )
    facts = _facts(opened, upload)
    try:
        opened.load()
    except OSError:
        if fmt is not Format.JPEG:
            raise
        return _cut_off(upload), facts, True
    return opened, facts, False


def _cut_off(upload: Upload) -> Image.Image:
    """A JPEG whose end was lost on the way, with grey where nothing came. Raises OSError when too much is missing."""
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        opened = _open(upload.body, Format.JPEG, upload)
        opened.load()
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    lowest = opened.crop((0, int(opened.height * (1 - MAX_GREY)), opened.width, opened.height))
    first = lowest.crop((0, 0, lowest.width, 1)).getextrema()
    if first == lowest.getextrema() and all(low == high for low, high in _pairs(first)):
        raise OSError("more than the lower edge is missing")
    return opened


def _pairs(extrema: Any) -> list[tuple[int, int]]:
    """Least and most of each band."""
    return list(extrema) if isinstance(extrema[0], tuple) else [extrema]


def _open(body: IO[bytes], fmt: Format, upload: Upload) -> Image.Image:
    opened = Image.open(body, formats=[fmt.value.upper()])
    _bounded(opened.size, upload)
    return opened


def _open_heic(body: IO[bytes], upload: Upload) -> Image.Image:
    """The primary picture, already turned upright by the decoder as the file's own boxes say."""
    container = pi_heif.open_heif(body, convert_hdr_to_8bit=True)
    primary = container[container.primary_index]
    _bounded(primary.size, upload)
    return primary.to_pillow()  # type: ignore[no-any-return]


def _bounded(size: tuple[int, int], upload: Upload) -> None:
    if size[0] * size[1] > MAX_PIXELS:
        raise _too_many(upload)


def _too_many(upload: Upload) -> TooManyPixels:
    limit = MAX_PIXELS // 10_000
    message = f"{upload.label}的像素太多，最多 {limit} 万像素。请在手机相机里选小一档的分辨率，或裁剪后再传。"
    return TooManyPixels(message, field=upload.field)


def _facts(image: Image.Image, upload: Upload) -> PhotoFacts:
    """A wrong tag must not cost the person the photo: what cannot be read is simply not known."""
    try:
        exif = image.getexif()
        gps: dict[int, Any] = exif.get_ifd(_GPS_IFD)
        inner: dict[int, Any] = exif.get_ifd(_EXIF_IFD)
        place = place_of(gps)
        orientation = exif.get(_ORIENTATION, 1)
        return PhotoFacts(
            taken_at=moment_of(inner, gps, zone=upload.zone),
            lon=place[0] if place else None,
            lat=place[1] if place else None,
            orientation=orientation if orientation in _TURNS else 1,
        )
    except PARSER_FAULTS:
        return PhotoFacts()


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    turn = _TURNS.get(orientation)
    return image.transpose(turn) if turn is not None else image


def _srgb(image: Image.Image) -> Image.Image:
    """8-bit RGB, RGBA or L in sRGB, with nothing attached (Pillow writes what it finds in `info`)."""
    profile = image.info.get("icc_profile")
    if image.mode in ("P", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
    elif image.mode.startswith(("I", "F")):
        image = image.point(lambda value: value / 256).convert("L")  # 16-bit grey scans
    elif image.mode == "1":
        image = image.convert("L")
    if profile and image.mode in ("RGB", "CMYK"):
        image = _converted(image, profile)
    if image.mode not in ("RGB", "RGBA", "L"):
        image = image.convert("RGB")
    image.info = {}
    return image


def _converted(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        turned = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # a broken profile: the colours may be a little off, the photo stays
    return turned if turned is not None else image


def _encode(image: Image.Image, fmt: Format) -> bytes:
    out = io.BytesIO()
    if fmt is Format.PNG:
        image.save(out, "PNG", optimize=False, compress_level=6)
    elif fmt is Format.WEBP:
        image.save(out, "WEBP", quality=WEBP_QUALITY, method=4)
    else:
        _opaque(image).save(out, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return out.getvalue()


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _thumbnail(image: Image.Image, edge: int) -> bytes:
    scale = min(1.0, edge / max(image.size))
    width, height = (max(1, round(side * scale)) for side in image.size)
    small = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
    out = io.BytesIO()
    small.save(out, "WEBP", quality=THUMBNAIL_QUALITY, method=2)
    return out.getvalue()
