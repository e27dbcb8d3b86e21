"""Chinese is found by its characters, on either engine, inside a scope."""

from __future__ import annotations

import pytest

from linli.kernel.engine import search

TABLE = "cases_search"
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("路灯不亮", ["路灯", "灯不", "不亮"]),
        ("3幢 LED灯", ["3", "幢", "led", "灯"]),
        ("Ａ３区，王", ["a3", "区", "王"]),
        ("！？", []),
    ],
)
def test_a_text_becomes_bigrams_and_whole_words(text: str, expected: list[str]) -> None:
    assert search.pieces(text) == expected


def test_a_very_long_text_is_cut_and_not_refused() -> None:
    assert (
        len(search.pieces("".join(chr(0x4E00 + index % 9000) for index in range(100_000))))
        == search.DOCUMENT_PIECES
    )


def test_the_newest_rows_with_every_word_are_found_first() -> None:
    search.put(TABLE, 1, "路灯不亮已经三天", ["s1"])
    search.put(TABLE, 2, "路灯杆倒了", ["s2"])
    search.put(TABLE, 3, "小区门口的路灯不亮", ["s1"])
    assert search.find(TABLE, "路灯") == [3, 2, 1]
    assert search.find(TABLE, "路灯 不亮") == [3, 1]
    assert search.find(TABLE, "路灯", labels=["s2"]) == [2]
    assert search.find(TABLE, "垃圾") == []
    assert search.find(TABLE, "路灯", limit=1) == [3]


def test_a_row_put_again_is_found_by_its_new_words_only() -> None:
    search.put(TABLE, 1, "路灯不亮", [])
    search.put(TABLE, 1, "垃圾没清", [])
    assert search.find(TABLE, "路灯") == []
    assert search.find(TABLE, "垃圾") == [1]


@pytest.mark.parametrize(
    "words", ["' OR 1=1 --", '"', "路灯' & '不亮", "NOT", "*", "a:b", "\\", "NEAR(路灯)", "\x00"]
)
def test_no_query_breaks_the_index(words: str) -> None:
    search.put(TABLE, 1, "路灯不亮", [])
    assert search.find(TABLE, words) in ([], [1])
