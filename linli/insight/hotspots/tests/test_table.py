"""Columns are known by their names, and what is missing is said."""

from __future__ import annotations

from datetime import date

import pytest

from linli.insight.errors import NoWords
from linli.insight.hotspots.table import MISSING, TableVoices, read_voices
from linli.kernel.tables.sheets import UnreadableTable


def voices_of(text: str) -> TableVoices:
    return read_voices("messages.csv", text.encode())


def test_chinese_and_english_headers_are_the_same_form() -> None:
    chinese = voices_of(
        "留言编号,留言用户,留言主题,留言时间,留言详情,点赞数,反对数,街道\n"
        "A1,王奶奶,路灯,2026-03-09 08:00,不亮,3,1,槐荫\n"
    )
    english = voices_of(
        "message_id,user,title,posted_at,body,upvotes,downvotes,district\nA1,王奶奶,路灯,2026/03/09,不亮,3,1,槐荫\n"
    )

    assert chinese.voices == english.voices
    voice = chinese.voices[0]
    assert (voice.key, voice.title, voice.body, voice.reporter) == ("2", "路灯", "不亮", "王奶奶")
    assert (voice.day, voice.votes, voice.against, voice.place) == (date(2026, 3, 9), 3, 1, "槐荫")
    assert chinese.numbers == {"2": "A1"}
    assert chinese.notes == []


def test_a_column_is_used_for_one_thing_only_and_case_does_not_matter() -> None:
    assert voices_of("Title,DESCRIPTION,区,无关\n一,二,三,四\n").columns == {
        "title": "Title", "body": "DESCRIPTION", "place": "区",
    }  # fmt: skip
    with pytest.raises(UnreadableTable, match="“内容”出现了不止一次"):
        voices_of("内容,内容\n一,二\n")


def test_what_a_file_does_not_tell_is_said_in_words() -> None:
    found = voices_of("内容\n路灯不亮\n")

    assert found.notes == list(MISSING.values())
    assert found.voices[0].title == ""
    assert found.voices[0].day is None


def test_rows_that_cannot_be_read_are_counted_and_the_rest_is_used() -> None:
    found = voices_of(
        "标题,时间,点赞,用户,社区\n路灯,昨天,许多,甲,东里\n ,2026-03-09,1,乙,东里\n"
        "井盖,2026-03-09T07:00:00Z,,丙,东里\n"
    )

    assert [voice.title for voice in found.voices] == ["路灯", "井盖"]
    assert [voice.votes for voice in found.voices] == [0, 0]
    assert [voice.day for voice in found.voices] == [None, date(2026, 3, 9)]
    assert found.notes == [
        "1 行既没有标题也没有内容，未计入。",
        "1 行的时间看不懂，这些行不计持续时间；请写成 2026-03-09 14:05。",
        "1 个点赞数不是整数，按 0 计。",
    ]


def test_an_empty_day_is_unknown_and_no_mistake() -> None:
    found = voices_of("标题,时间,点赞,用户,社区\n路灯,,3,甲,东里\n")

    assert found.voices[0].day is None
    assert found.notes == []


def test_the_note_of_the_file_comes_first() -> None:
    found = read_voices("m.csv", "标题\n路灯\n".encode("gb18030"))

    assert "GBK" in found.notes[0]


def test_a_table_without_words_is_refused_with_what_was_found() -> None:
    with pytest.raises(NoWords) as refused:
        voices_of("a,b\n1,2\n")

    assert refused.value.field == "file"
    assert "a、b" in refused.value.message
