"""What a device writes about itself and its place; each file of the corpus carries marks of its own."""

from __future__ import annotations

import random
from dataclasses import dataclass

import piexif

_MAKERS = ("HUAWEI", "Xiaomi", "Apple", "vivo", "OPPO", "HONOR", "DJI", "Canon")


@dataclass(frozen=True)
class Secrets:
    """Marks that must not be found in anything served. `lon` and `lat` are near no real address of interest."""

    maker: str
    model: str
    serial: str
    owner: str
    lon: float
    lat: float
    orientation: int

    @classmethod
    def of(cls, number: int) -> Secrets:
        dice = random.Random(number)
        tag = f"{dice.getrandbits(48):012X}"
        return cls(
            maker=f"{dice.choice(_MAKERS)}-MAKER-{tag}",
            model=f"MODEL-{tag}",
            serial=f"SN-{tag}",
            owner=f"OWNER-{tag}",
            lon=round(dice.uniform(73, 135), 6),
            lat=round(dice.uniform(18, 53), 6),
            orientation=dice.randint(1, 8),
        )

    @property
    def iso6709(self) -> str:
        return f"{self.lat:+.4f}{self.lon:+09.4f}/"

    def needles(self) -> list[bytes]:
        """Every byte form in which a mark may survive."""
        words = [self.maker, self.model, self.serial, self.owner, self.iso6709]
        found = [
            word.encode(code) for word in words for code in ("utf-8", "utf-16-le", "utf-16-be")
        ]
        return [*found, f"{self.lat:.6f}".encode(), f"{self.lon:.6f}".encode()]

    def exif(self) -> bytes:
        """An EXIF block (with its `Exif\\0\\0` head) that says everything."""
        text = f"{self.maker} {self.serial}".encode()
        blocks = {
            "0th": {
                piexif.ImageIFD.Make: self.maker.encode(),
                piexif.ImageIFD.Model: self.model.encode(),
                piexif.ImageIFD.Artist: self.owner.encode(),
                piexif.ImageIFD.Orientation: self.orientation,
                piexif.ImageIFD.CameraSerialNumber: self.serial.encode(),
            },
            "Exif": {
                piexif.ExifIFD.MakerNote: text,
                piexif.ExifIFD.BodySerialNumber: self.serial.encode(),
                piexif.ExifIFD.LensSerialNumber: self.serial.encode(),
                piexif.ExifIFD.CameraOwnerName: self.owner.encode(),
                piexif.ExifIFD.DateTimeOriginal: b"2026:05:01 09:30:00",
                piexif.ExifIFD.OffsetTimeOriginal: b"+08:00",
            },
            "GPS": {
                piexif.GPSIFD.GPSLatitudeRef: b"N",
                piexif.GPSIFD.GPSLatitude: _rational(self.lat),
                piexif.GPSIFD.GPSLongitudeRef: b"E",
                piexif.GPSIFD.GPSLongitude: _rational(self.lon),
            },
        }
        return bytes(piexif.dump(blocks))

    def xmp(self) -> bytes:
        return (
            '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
            f'tiff:Make="{self.maker}" exif:GPSLatitude="{self.lat:.6f}" '
            f'exif:GPSLongitude="{self.lon:.6f}" aux:SerialNumber="{self.serial}"/>'
            '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
        ).encode()

    def iptc(self) -> bytes:
        """A Photoshop resource block with an IPTC by-line (APP13)."""
        line = self.owner.encode()
        record = b"\x1c\x02\x50" + len(line).to_bytes(2, "big") + line
        return b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + len(record).to_bytes(4, "big") + record


def _rational(value: float) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    degrees = int(value)
    minutes = int((value - degrees) * 60)
    seconds = round(((value - degrees) * 60 - minutes) * 60 * 1_000_000)
    return (degrees, 1), (minutes, 1), (seconds, 1_000_000)
