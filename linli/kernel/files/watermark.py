"""A line of text burned into a photo's lower edge: 时间·地点·网格·上报人.

Field photos prove when and where something was seen. The line is drawn into the pixels and also kept as data,
because a picture that travels loses its data and data without the picture prove nothing.

No font is carried along: a Chinese font of the system is used. Without one the photo stays as it is and the facts
say so, rather than a row of empty boxes.

Pure but for reading the font file.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONTS: Sequence[str] = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "/System/Library/Fonts/STHeiti Light.ttc",
    "C:/Windows/Fonts/msyh.ttc",
)
SHARE_OF_EDGE = 32
"""The letters are 1/32 of the shorter edge high, at least MIN_LETTER pixels: readable on a phone, small on a wall."""
MIN_LETTER = 12
MAX_LINES = 3
_INK, _GROUND = (255, 255, 255, 255), (0, 0, 0, 140)


@dataclass(frozen=True)
class Line:
    """What is burned in. `at` is aware and shown in its own zone; empty parts are left out."""

    at: datetime
    place: str = ""
    grid: str = ""
    reporter: str = ""

    @property
    def text(self) -> str:
        parts = (self.at.strftime("%Y-%m-%d %H:%M"), self.place, self.grid, self.reporter)
        return " · ".join(" ".join(part.split()) for part in parts if part.strip())


@dataclass(frozen=True)
class Marked:
    """What became of it: the text, and if it is not in the pixels, why not (Chinese)."""

    text: str
    reason: str = ""

    @property
    def burned(self) -> bool:
        return not self.reason

    def as_data(self) -> dict[str, object]:
        return {"text": self.text, "burned": self.burned, "reason": self.reason}


@functools.cache
def system_font(candidates: Sequence[str] = FONTS) -> Path | None:
    """The first Chinese font that is there."""
    return next((Path(name) for name in candidates if Path(name).is_file()), None)


def burn(
    image: Image.Image, line: Line, *, font_file: Path | None = None
) -> tuple[Image.Image, Marked]:
    """A new image with the line over a dark band at the lower edge; the same image when there is no font."""
    found = font_file or system_font()
    if found is None:
        return image, Marked(line.text, "系统没有中文字体，水印没有印在照片上，只作为数据保存。")
    letter = max(MIN_LETTER, min(image.size) // SHARE_OF_EDGE)
    font = ImageFont.truetype(str(found), letter)
    rows = _rows(line.text, font, width=image.width - letter)
    if not rows:
        return image, Marked(line.text, "照片太小，水印没有印在照片上，只作为数据保存。")
    return _drawn(image, rows, font, letter), Marked(line.text)


def _drawn(
    image: Image.Image, rows: Sequence[str], font: ImageFont.FreeTypeFont, letter: int
) -> Image.Image:
    step = letter * 3 // 2
    height = min(image.height, step * len(rows) + letter // 2)
    top = image.height - height
    band = Image.new("RGBA", (image.width, height), _GROUND)
    draw = ImageDraw.Draw(band)
    for number, row in enumerate(rows):
        draw.text((letter // 2, letter // 4 + number * step), row, font=font, fill=_INK)
    under = image.crop((0, top, image.width, image.height)).convert("RGBA")
    done = image.convert("RGB") if image.mode == "L" else image.copy()
    done.paste(Image.alpha_composite(under, band).convert(done.mode), (0, top))
    return done


def _rows(text: str, font: ImageFont.FreeTypeFont, *, width: int) -> list[str]:
    """The text broken at character borders; none when more than MAX_LINES would be needed."""
    rows = [""]
    for char in text:
        if font.getlength(rows[-1] + char) <= width:
            rows[-1] += char
        elif len(rows) == MAX_LINES or font.getlength(char) > width:
            return []
        else:
            rows.append(char.lstrip())
    return rows
