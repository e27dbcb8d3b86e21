"""What a text and a query are cut into: any part with a Chinese character or three digits meets its text."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linli.kernel.engine.pieces import BEGINS, DOCUMENT_PIECES, pieces, readings

HAN = re.compile("[\u3400-\u9fff]")


def found(query: str, text: str) -> bool:
    """What the index answers, said slowly."""
    has = set(pieces(text))
    return any(all(_is_there(piece, has) for piece in reading) for reading in readings(query))


def _is_there(piece: str, has: set[str]) -> bool:
    if piece.endswith(BEGINS):
        return any(one.startswith(piece.removesuffix(BEGINS)) for one in has)
    return piece in has


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("路灯不亮", ["路灯", "灯不", "不亮", "亮"]),
        ("麦浪街364号", ["麦浪", "浪街", "街3", "4号", "364", "号"]),
        ("Ａ３区，王", ["3区", "区王", "a3", "王"]),
        ("3幢 LED灯", ["3幢", "幢l", "d灯", "3", "led", "灯"]),
        ("LED 3 只", ["led", "3只", "3", "只"]),
        ("！？", []),
    ],
)
def test_a_text_becomes_pairs_threes_and_short_words(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


@pytest.mark.parametrize(
    ("query", "text", "is_found"),
    [
        ("364号", "麦浪街364号", True),
        ("麦浪街３６４号", "麦浪街 364 号", True),
        ("浪", "麦浪街364号", True),
        ("号", "麦浪街364号", True),
        ("1131-6324 1217", "回执113163241217", True),
        ("1217", "回执113163241217", True),
        ("led灯", "楼道LED灯坏了", True),
        ("3幢", "春晓苑13幢", True),
        ("路灯 不亮", "不亮的路灯", True),
        ("路灯不亮", "不亮的路灯", False),
        ("365号", "麦浪街364号", False),
        ("街64号", "麦浪街364号", False),
        ("垃圾", "麦浪街364号", False),
        ("路​灯", "路灯不亮", True),
        ("，。 ", "路灯，不亮。", False),
    ],
)
def test_what_is_written_is_found_however_it_is_typed(
    query: str, text: str, *, is_found: bool
) -> None:
    assert found(query, text) is is_found


def test_a_very_long_text_is_cut_and_not_refused() -> None:
    text = "".join(chr(0x4E00 + index % 9000) for index in range(100_000))
    assert len(pieces(text)) == DOCUMENT_PIECES


ALPHABET = "路灯麦浪街号幢楼的0123456789９aBｃ -—_.，、（）#／\u3000\u200b"


@given(st.text(ALPHABET, max_size=30), st.integers(0, 30), st.integers(1, 30))
@example("1a 2b3灯", 0, 6)
@example("13 幢路灯", 1, 4)
@example("a-1幢b2", 1, 6)
def test_every_part_with_a_character_or_three_digits_meets_its_text(
    text: str, start: int, length: int
) -> None:
    part = text[start : start + length]
    if HAN.search(part) or sum(c.isdigit() for c in part) >= 3:
        assert found(part, text)
