from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from linli.kernel.files import watermark
from linli.kernel.files.rules import Size
from linli.kernel.files.sanitise import sanitise
from linli.kernel.files.tests import pictures
from linli.kernel.files.tests.marks import Secrets

AT = datetime(2026, 5, 1, 9, 30, tzinfo=timezone(timedelta(hours=8)))
LINE = watermark.Line(AT, "槐树里 3 号楼", "槐树里第二网格", "网格员小李")

needs_font = pytest.mark.skipif(
    watermark.system_font() is None, reason="no Chinese font on this system (fonts-noto-cjk)"
)


def test_the_line_says_when_where_grid_and_who() -> None:
    assert LINE.text == "2026-05-01 09:30 · 槐树里 3 号楼 · 槐树里第二网格 · 网格员小李"


def test_what_is_not_known_is_left_out_and_breaks_are_smoothed() -> None:
    assert watermark.Line(AT, "槐树里\n3 号楼", " ").text == "2026-05-01 09:30 · 槐树里 3 号楼"


@needs_font
def test_the_line_changes_the_lower_edge_and_nothing_else() -> None:
    before = Image.new("RGB", (1200, 900), "olive")

    after, marked = watermark.burn(before, LINE)
    changed = ImageChops.difference(before, after).getbbox()

    assert marked.as_data() == {"text": LINE.text, "burned": True, "reason": ""}
    assert changed is not None
    assert changed[1] > 800
    assert changed[3] == 900
    assert after.getchannel("R").getextrema()[1] == 255  # white letters


@needs_font
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_every_kind_of_photo_can_carry_it(mode: str) -> None:
    after, marked = watermark.burn(Image.new(mode, (600, 400)), LINE)

    assert (after.size, marked.burned) == ((600, 400), True)


@needs_font
def test_a_narrow_photo_gets_several_rows() -> None:
    after, marked = watermark.burn(Image.new("RGB", (300, 600), "olive"), LINE)

    assert marked.burned
    box = ImageChops.difference(after, Image.new("RGB", (300, 600), "olive")).getbbox()
    assert box is not None
    assert box[3] - box[1] > 30


@needs_font
def test_a_tiny_photo_stays_clean_and_says_so() -> None:
    tiny = Image.new("RGB", (40, 40))

    after, marked = watermark.burn(tiny, LINE)

    assert after is tiny
    assert (marked.burned, marked.reason.startswith("照片太小")) == (False, True)


def test_without_a_font_the_photo_stays_clean_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watermark, "system_font", lambda: None)
    photo = Image.new("RGB", (600, 400))

    after, marked = watermark.burn(photo, LINE)

    assert after is photo
    assert (marked.burned, marked.reason.startswith("系统没有中文字体")) == (False, True)
    assert marked.text == LINE.text


def test_only_fonts_that_are_there_are_found(tmp_path: Path) -> None:
    font = tmp_path / "a.ttc"
    font.write_bytes(b"")

    assert watermark.system_font((str(tmp_path / "none.ttc"), str(font))) == font
    assert watermark.system_font((str(tmp_path / "none.ttc"),)) is None


@needs_font
def test_a_cleaned_photo_carries_the_line_in_its_thumbnails_too() -> None:
    photo = pictures.jpeg(Secrets.of(1), image=Image.new("RGB", (1600, 1200), "olive"))

    clean = sanitise("楼道.jpg", photo, zone=UTC, line=LINE)
    plain = sanitise("楼道.jpg", photo, zone=UTC)

    assert clean.watermark == {"text": LINE.text, "burned": True, "reason": ""}
    assert plain.watermark is None
    assert clean.thumbnails[Size.SMALL] != plain.thumbnails[Size.SMALL]
