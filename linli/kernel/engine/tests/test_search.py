"""Chinese is found by its characters, on either engine, inside a scope."""

from __future__ import annotations

import pytest

from linli.kernel.engine import search

TABLE = "cases_search"
pytestmark = pytest.mark.django_db


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


def test_every_part_of_a_text_is_found_in_the_engine() -> None:
    texts = ("麦浪街364号 3 幢LED灯", "20260309000042\n113163241217", "望舒庭12幢A座，路灯不亮")
    for row_id, text in enumerate(texts, start=1):
        search.put(TABLE, row_id, text, [f"s{row_id}"])
    for row_id, text in enumerate(texts, start=1):
        for line in text.split("\n"):
            for part in _parts(line):
                assert row_id in search.find(TABLE, part), part
    assert search.find(TABLE, "365号") == []


def _parts(line: str) -> list[str]:
    every = (line[i:j] for i in range(len(line)) for j in range(i + 1, len(line) + 1))
    return [
        part
        for part in every
        if any("\u3400" < c < "\ua000" for c in part) or sum(c.isdigit() for c in part) > 2
    ]


@pytest.mark.parametrize(
    "words", ["' OR 1=1 --", '"', "路灯' & '不亮", "NOT", "*", "a:b", "\\", "NEAR(路灯)", "\x00"]
)
def test_no_query_breaks_the_index(words: str) -> None:
    search.put(TABLE, 1, "路灯不亮", [])
    assert search.find(TABLE, words) in ([], [1])
