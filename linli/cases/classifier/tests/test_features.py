import numpy as np
import pytest

from linli.cases.classifier.features import (
    BODY_CHARACTERS,
    Message,
    Space,
    Themes,
    parts,
    plain,
    shipped_themes,
    tally,
)
from linli.cases.classifier.tests.letters import MESSAGES


@pytest.mark.parametrize(
    ("written", "counted"),
    [
        ("路灯 不亮！！", "路灯不亮"),
        ("ＡＢＣ路３０１号", "abc路0号"),
        ("K3县槐树里，J11市", "县槐树里市"),
        ("第一行_x000D_第二行", "第一行第二行"),
        ("____", ""),
        ("", ""),
    ],
)
def test_a_text_is_made_plain(written: str, counted: str) -> None:
    assert plain(written) == counted


def test_only_the_beginning_of_a_pasted_novel_is_read() -> None:
    title, body = parts(Message("路灯" * 5_000, "井盖" * 50_000))

    assert (len(title), len(body)) == (BODY_CHARACTERS, BODY_CHARACTERS)


def test_a_gram_in_the_title_counts_twice() -> None:
    counted = tally([Message("路灯", "路灯坏")], shipped_themes())

    counts = dict(zip(counted.vocabulary, counted.grams.toarray()[0], strict=True))
    assert counts == {"路": 3, "灯": 3, "路灯": 3, "坏": 1, "灯坏": 1}


def test_themes_are_read_one_a_line_without_comments_and_repeats() -> None:
    themes = Themes.parse(["# 说明", "", "照明 路灯 灯杆 路灯", "环卫 垃圾"])

    assert themes == Themes(("照明", "环卫"), (("路灯", "灯杆"), ("垃圾",)))
    assert themes.count("路灯和灯杆，两个路灯") == [3, 0]


def test_every_shipped_theme_has_a_name_of_its_own_and_words() -> None:
    themes = shipped_themes()

    assert len(set(themes.names)) == len(themes.names)
    assert all(themes.words)
    assert all(plain(word) == word for words in themes.words for word in words)


def test_vectors_of_training_and_of_asking_are_the_same_numbers() -> None:
    counted = tally(MESSAGES, shipped_themes())
    space = Space.learn(counted, shipped_themes())

    difference = abs(space.vectors_of(counted) - space.vectors(MESSAGES))

    assert difference.max() < 1e-6


def test_both_blocks_of_a_vector_have_length_one() -> None:
    space = Space.learn(tally(MESSAGES, shipped_themes()), shipped_themes())

    vector = space.vectors([MESSAGES[0]]).toarray()[0]

    assert np.linalg.norm(vector[: space.theme_column]) == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(vector[space.theme_column :]) == pytest.approx(1, abs=1e-5)


def test_ten_times_the_same_word_is_not_ten_times_the_evidence() -> None:
    themes = Themes(("照明",), (("路灯",),))
    space = Space.learn(tally([Message("", "甲乙"), Message("", "乙甲")], themes), themes)

    vector = space.vectors([Message("", "甲" * 10 + "。乙")]).toarray()[0]

    # 甲 ten times, 乙 and 甲乙 once, 乙甲 and 甲甲 not at all; a column of one message is rarer than one of both.
    ten, rarer = 1 + np.log(10), np.log(3 / 2) + 1
    expected = np.array([ten, 1, rarer, 0]) / np.linalg.norm([ten, 1, rarer])
    assert space.grams == ("甲", "乙", "甲乙", "乙甲")
    assert vector[:4] == pytest.approx(expected, abs=1e-6)


def test_a_message_of_unknown_words_is_a_vector_of_zeros() -> None:
    space = Space.learn(tally(MESSAGES, shipped_themes()), shipped_themes())

    assert space.vectors([Message("", "zzz"), Message("", "")]).nnz == 0


def test_a_gram_must_occur_in_three_messages_to_be_kept() -> None:
    themes = Themes(("照明",), (("路灯",),))
    counted = tally([Message("", "甲乙"), Message("", "甲丙"), Message("", "甲丁")], themes)

    assert Space.learn(counted, themes).grams == ("甲",)
    assert Space.learn(counted.rows(np.array([0])), themes).grams == ("甲", "乙", "甲乙")


def test_counting_by_the_beginnings_of_words_counts_every_word() -> None:
    themes = Themes(("甲", "乙"), (("灯", "路灯", "哈哈"), ("路灯照明", "明", "灯照")))
    for text in ("", "灯", "路灯照明", "哈哈哈，路灯照，灯", "照明路", "路路灯灯"):
        slow = [sum(text.count(word) for word in words) for words in themes.words]
        assert themes.count(text) == slow, text
