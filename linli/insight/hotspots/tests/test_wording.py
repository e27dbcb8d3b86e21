"""What of a message is compared, and what says a matter by itself."""

from __future__ import annotations

import pytest

from linli.insight.hotspots.wording import (
    BODY_CHARACTERS,
    FIRST_WORDS,
    HEADLINE_CHARACTERS,
    grams,
    names_a_matter,
    same_words,
    wording,
)


def test_formulas_place_codes_and_greetings_are_no_words_of_a_message() -> None:
    said = wording("请问A2区垃圾房什么时候搬走？", "尊敬的局长：您好！垃圾房太臭了，谢谢领导。")

    assert said.headline == ("垃圾房", "搬走")
    assert said.rest == ("垃圾房太臭",)


def test_a_web_address_is_no_word_of_a_message() -> None:
    assert wording("", "看 https://example.com/a?b=1 楼道堆物").headline == ("看", "楼道堆物")


def test_without_a_title_the_first_words_of_the_body_stand_for_it() -> None:
    body = "路灯坏" * 40
    said = wording("", body)

    assert "".join(said.headline) == body[:FIRST_WORDS]
    assert said.rest == (body,)


def test_a_message_of_politeness_alone_has_no_words() -> None:
    assert wording("您好，请问", "谢谢领导").headline == ()


def test_a_pasted_novel_is_read_only_as_far_as_a_long_title() -> None:
    assert len("".join(wording("路" * 10_000, "").headline)) == HEADLINE_CHARACTERS


def test_what_follows_the_last_character_read_is_left_out() -> None:
    said = wording("", "路灯坏，" * 200)

    assert len("".join(said.rest)) == BODY_CHARACTERS


def test_no_gram_reaches_over_a_cut() -> None:
    assert grams(("井盖", "响")) == {"井盖"}
    assert grams(("井盖响个",)) == {"井盖", "盖响", "响个", "井盖响", "盖响个", "井盖响个"}


def test_copies_differ_in_nothing_but_width_case_and_marks() -> None:
    assert same_words("路灯，不亮！", "ＡＢ") == same_words("路灯不亮", "ab")
    assert same_words("路灯不亮", "") != same_words("路灯", "又不亮")


@pytest.mark.parametrize(
    ("phrase", "answer"),
    [("麻将馆", True), ("消防通道", True), ("柳湖公园", True), ("公园", False), ("槐香园", False)],
)
def test_a_listed_word_or_a_named_work_says_the_matter(phrase: str, *, answer: bool) -> None:
    assert names_a_matter(phrase) is answer
