"""Small photos with every block of metadata a phone, a chat program or an editor leaves in them."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, PngImagePlugin

from linli.kernel.files.tests.marks import Secrets


def scene(width: int = 48, height: int = 32) -> Image.Image:
    """Left half dark, lower right corner red: turning it shows."""
    image = Image.new("RGB", (width, height), (230, 230, 230))
    image.paste((20, 20, 20), (0, 0, width // 2, height))
    image.paste((220, 0, 0), (width * 3 // 4, height * 3 // 4, width, height))
    return image


def jpeg(marks: Secrets, *, image: Image.Image | None = None, tail: bytes = b"") -> bytes:
    """EXIF, XMP, extended XMP, IPTC, a maker's APP segments, a comment, a second picture, and `tail` behind."""
    plain = io.BytesIO()
    (image or scene()).save(plain, "JPEG", quality=85)
    text = f"{marks.maker} {marks.serial}".encode()
    blocks = [
        (0xE1, marks.exif()),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + marks.xmp()),
        (0xE1, b"http://ns.adobe.com/xmp/extension/\x00" + marks.xmp()),
        (0xE2, b"MPF\x00" + text),
        (0xE4, text),
        (0xE5, b"RMETA\x00" + text),
        (0xED, marks.iptc()),
        (0xFE, text),
    ]
    segments = b"".join(
        b"\xff" + bytes([kind]) + struct.pack(">H", len(body) + 2) + body for kind, body in blocks
    )
    data = plain.getvalue()
    return data[:2] + segments + data[2:] + tail


def png(marks: Secrets, *, mode: str = "RGB") -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", marks.owner)
    told.add_text("Comment", f"{marks.maker} {marks.serial}", zip=True)
    told.add_itxt("XML:com.adobe.xmp", marks.xmp().decode())
    out = io.BytesIO()
    scene().convert(mode).save(out, "PNG", pnginfo=told, exif=marks.exif())
    private = b"caNv" + marks.serial.encode()
    chunk = struct.pack(">I", len(private) - 4) + private + struct.pack(">I", zlib.crc32(private))
    data = out.getvalue()
    return data[:33] + chunk + data[33:] + marks.owner.encode()


def webp(marks: Secrets, *, lossless: bool = False) -> bytes:
    out = io.BytesIO()
    scene().save(out, "WEBP", exif=marks.exif(), xmp=marks.xmp(), lossless=lossless)
    return out.getvalue() + marks.owner.encode()
