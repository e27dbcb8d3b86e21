"""Simple drawn scenes that stand in for photos: a street with a hole, a heap of bags, a dark lamp, and the same mended.

Nobody is in them, and nobody could take them for photos.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from random import Random

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 960, 720
HORIZON = 330

SKY, GROUND, ROAD, KERB = (198, 219, 232), (188, 184, 174), (120, 122, 126), (150, 148, 142)
WALL, WINDOW, GREEN, WATER = (222, 205, 182), (126, 158, 182), (116, 156, 104), (96, 142, 168)

_Draw = ImageDraw.ImageDraw


def scene(code: str, rng: Random, *, mended: bool) -> bytes:
    """A JPEG of a matter of this class, before or after somebody dealt with it."""
    image = Image.new("RGB", (WIDTH, HEIGHT), SKY)
    draw = ImageDraw.Draw(image)
    _street(draw, rng)
    if not mended:
        _painter_for(code)(draw, rng)
    draw.rectangle(
        (0, HEIGHT - 14, WIDTH, HEIGHT), fill=(64, 110, 150) if mended else (168, 92, 60)
    )
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def _street(draw: _Draw, rng: Random) -> None:
    left = 0
    while left < WIDTH:
        width, top = rng.randint(150, 260), rng.randint(60, 200)
        draw.rectangle((left, top, left + width - 12, HORIZON), fill=_shade(WALL, rng))
        for x in range(left + 18, left + width - 40, 44):
            for y in range(top + 20, HORIZON - 40, 52):
                draw.rectangle((x, y, x + 24, y + 30), fill=WINDOW)
        left += width
    draw.rectangle((0, HORIZON, WIDTH, HORIZON + 90), fill=GROUND)
    draw.rectangle((0, HORIZON + 90, WIDTH, HORIZON + 100), fill=KERB)
    draw.rectangle((0, HORIZON + 100, WIDTH, HEIGHT), fill=ROAD)
    for x in range(-40, WIDTH, 160):
        draw.polygon([(x, 600), (x + 80, 600), (x + 70, 612), (x - 10, 612)], fill=(214, 214, 206))


def _bags(draw: _Draw, rng: Random) -> None:
    for _ in range(16):
        x, y, size = rng.randint(300, 620), rng.randint(380, 470), rng.randint(26, 54)
        draw.ellipse(
            (x, y, x + size, y + size), fill=_shade((70, 74, 80), rng), outline=(40, 42, 46)
        )


def _hole(draw: _Draw, rng: Random) -> None:
    x, y = rng.randint(320, 520), rng.randint(490, 560)
    draw.ellipse((x - 14, y - 8, x + 194, y + 88), fill=(92, 88, 84))
    draw.ellipse((x, y, x + 180, y + 80), fill=(34, 32, 32))


def _lamp(draw: _Draw, rng: Random) -> None:
    x = rng.randint(360, 600)
    draw.rectangle((x, 90, x + 12, HORIZON + 80), fill=(84, 90, 96))
    draw.rectangle((x - 70, 84, x + 12, 94), fill=(84, 90, 96))
    draw.ellipse((x - 96, 86, x - 56, 112), fill=(60, 60, 60))


def _bicycles(draw: _Draw, rng: Random) -> None:
    for number in range(9):
        x, y = 180 + number * 62 + rng.randint(-12, 12), 372 + rng.randint(0, 34)
        colour = rng.choice([(232, 190, 60), (74, 142, 196), (92, 168, 120)])
        draw.ellipse((x, y + 26, x + 44, y + 70), outline=colour, width=5)
        draw.ellipse((x + 52, y + 26, x + 96, y + 70), outline=colour, width=5)
        draw.line(
            (x + 22, y + 48, x + 50, y + 14, x + 74, y + 48, x + 22, y + 48), fill=colour, width=5
        )


def _puddle(draw: _Draw, rng: Random) -> None:
    for _ in range(5):
        x, y = rng.randint(120, 620), rng.randint(480, 610)
        draw.ellipse(
            (x, y, x + rng.randint(160, 320), y + rng.randint(40, 80)), fill=_shade(WATER, rng)
        )


def _stall(draw: _Draw, rng: Random) -> None:
    for x in (220, 420, 640):
        draw.rectangle((x, 396, x + 130, 452), fill=_shade((176, 128, 84), rng))
        draw.polygon(
            [(x - 20, 346), (x + 150, 346), (x + 130, 312), (x, 312)],
            fill=_shade((196, 84, 72), rng),
        )


def _posters(draw: _Draw, rng: Random) -> None:
    for _ in range(18):
        x, y = rng.randint(60, 860), rng.randint(180, 300)
        draw.rectangle(
            (x, y, x + 34, y + 44), fill=_shade((236, 226, 160), rng), outline=(150, 140, 90)
        )


def _branch(draw: _Draw, rng: Random) -> None:
    x = rng.randint(240, 420)
    draw.line((x, 560, x + 380, 440), fill=(96, 72, 48), width=26)
    for _ in range(22):
        cx, cy = x + rng.randint(160, 420), rng.randint(390, 520)
        draw.ellipse((cx, cy, cx + 60, cy + 40), fill=_shade(GREEN, rng))


_PAINTERS: Mapping[str, Callable[[_Draw, Random], None]] = {
    "C010": _hole, "E0113": _hole, "E0505": _hole, "C0137": _lamp, "C0402": _branch, "E0410": _bicycles,
    "E0698": _bicycles, "C0225": _bicycles, "E0506": _puddle, "E050": _puddle, "E0125": _puddle, "E04": _stall,
    "E0129": _stall, "E02": _posters,
}  # fmt: skip


def _painter_for(code: str) -> Callable[[_Draw, Random], None]:
    fits = [prefix for prefix in _PAINTERS if code.startswith(prefix)]
    return _PAINTERS[max(fits, key=len)] if fits else _bags


def _shade(colour: tuple[int, int, int], rng: Random) -> tuple[int, int, int]:
    by = rng.randint(-16, 16)
    return (colour[0] + by, colour[1] + by, colour[2] + by)
