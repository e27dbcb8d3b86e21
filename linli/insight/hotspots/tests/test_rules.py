"""Grouping and ranking: what is a topic, what is not, and what must not matter."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.insight.hotspots import rules
from linli.insight.hotspots.rules import (
    LEAST_SUPPORT,
    Topic,
    Voice,
    find_topics,
    fold_copies,
    people_of,
    score_of,
    widely_supported,
)
from linli.insight.hotspots.tests.voices import CARDS, LIFTS, a_stream, said


def keys(topic: Topic) -> list[str]:
    return [member.voice.key for member in topic.members]


def groups(voices: list[Voice]) -> set[frozenset[str]]:
    return {frozenset(keys(topic)) for topic in find_topics(voices)}


def test_messages_about_one_matter_become_a_topic_with_a_name_of_their_own_words() -> None:
    cards, lifts = find_topics(a_stream())

    assert (cards.name, keys(cards)) == ("麻将馆", ["1", "2", "3", "4"])
    assert (lifts.name, keys(lifts)) == ("镜湖湾电梯", ["5", "6", "7"])
    assert cards.example in CARDS


def test_a_topic_says_in_a_sentence_why_it_is_one() -> None:
    cards = find_topics(a_stream())[0]

    assert cards.sentence == (
        "4 人上报 4 条，其中 4 人说到“麻将馆”，2026-03-05 至 2026-03-14之间有 2 周出现。"
    )
    assert (cards.first, cards.last, cards.days, cards.weeks) == (
        date(2026, 3, 5), date(2026, 3, 14), 4, 2,
    )  # fmt: skip


def test_votes_places_and_the_way_of_counting_stand_in_the_sentence() -> None:
    voices = [
        said(number, text, votes=number, against=1, place=f"{number % 2}区")
        for number, text in enumerate(CARDS, start=1)
    ]
    topic = find_topics(voices)[0]

    assert topic.sentence.startswith(
        "4 人上报 4 条，另有 10 人次支持，其中 4 人说到“麻将馆”，涉及 2 处"
    )
    assert (topic.people, topic.votes, topic.against, topic.places) == (14, 10, 4, ("0区", "1区"))
    assert topic.parts["spread"].counted == 2


def test_two_people_are_no_topic() -> None:
    assert find_topics([said(1, CARDS[0]), said(2, CARDS[1])]) == []
    twice = [said(number, text, who=f"{number % 2}") for number, text in enumerate(CARDS)]
    assert find_topics(twice) == []


def test_one_person_is_no_topic_however_alike_the_messages_are() -> None:
    assert find_topics([said(number, text, who="一人") for number, text in enumerate(CARDS)]) == []


def test_letters_of_one_person_are_no_topic_though_others_use_the_words() -> None:
    letters = [
        said(number, text, who="一人")
        for number, text in enumerate(("柳巷早市脏", "柳巷早市吵", "柳巷早市乱"))
    ]
    others = [said(8, "柳巷灯会排长队"), said(9, "城东早市卖花的大棚漏雨")]

    assert find_topics([*letters, *others]) == []


def test_one_person_who_repeats_another_is_no_topic() -> None:
    again = [said(number, f"{CARDS[0]}再问{number}", who="一人") for number in range(2, 8)]

    assert find_topics([said(1, CARDS[0]), *again]) == []


def test_a_ring_of_pairs_without_a_phrase_of_three_people_is_no_topic() -> None:
    ring = ("麻将馆和电梯", "电梯和油烟", "油烟和麻将馆")

    assert find_topics([said(number, text) for number, text in enumerate(ring)]) == []


def test_a_place_with_different_troubles_is_no_topic() -> None:
    troubles = ("镜湖湾门口堵死", "镜湖湾大厅没灯", "镜湖湾楼顶唱歌", "镜湖湾信箱生锈")

    assert find_topics([said(number, text) for number, text in enumerate(troubles)]) == []


def test_polite_formulas_make_no_topic() -> None:
    letters = ("请问领导，井盖何时修好", "请问领导，校车何时开通", "请问领导，球场何时开放")

    assert find_topics([said(number, text) for number, text in enumerate(letters)]) == []
    assert find_topics([said(number, "您好，请问") for number in range(5)]) == []


def test_one_person_who_writes_much_counts_once() -> None:
    flood = [
        said(100 + number, f"{text}再问{number}", who="一人")
        for number, text in enumerate(CARDS * 5)
    ]
    calm = find_topics(a_stream())
    loud = find_topics([*a_stream(), *flood])

    assert loud[0].reporters == calm[0].reporters + 1


def test_a_message_alike_with_less_than_half_of_a_group_is_left_out() -> None:
    lifts = ["油烟电梯早市", "电梯", "收摊柳堤电梯"]
    by_one_only = "油烟熏人"
    voices = [
        said(number, text) for number, text in enumerate([*lifts, by_one_only, "东门早市收摊"])
    ]

    assert groups(voices) == {frozenset("012")}


def test_a_group_of_which_most_do_not_fit_is_no_topic() -> None:
    loose = (
        "熏人晒谷", "东门早市收摊油烟", "花灯早市柳堤", "油烟收摊熏人电梯", "花灯", "早市花灯电梯", "早市电梯熏人",
    )  # fmt: skip

    assert find_topics([said(number, text) for number, text in enumerate(loose)]) == []


def test_copies_of_one_person_are_one_voice_with_the_best_votes() -> None:
    copies = [
        said(7, "路灯 不亮", who="王奶奶", votes=2, days=5),
        said(3, "路灯不亮！", who="王奶奶", votes=9, days=1),
        said(4, "路灯不亮", who="老孙"),
    ]
    folded = {member.voice.reporter: member for member in fold_copies(copies)}

    assert folded["王奶奶"].voice.key == "3"
    assert folded["王奶奶"].voice.votes == 9
    assert folded["王奶奶"].copies == ("7",)
    assert folded["老孙"].copies == ()


def test_per_reporter_only_the_best_voted_message_counts() -> None:
    members = fold_copies(
        [
            said(1, "甲", who="a", votes=5),
            said(2, "乙", who="a", votes=8),
            said(3, "丙", who="b", votes=1),
        ]
    )

    assert people_of(members) == (2, 9)


def test_without_reporters_equal_words_are_one_person() -> None:
    anonymous = [replace(voice, reporter="") for voice in a_stream()]
    doubled = anonymous + [replace(voice, key=f"9{voice.key}") for voice in anonymous]

    assert [topic.reporters for topic in find_topics(doubled)] == [4, 3]


def test_a_score_has_parts_that_add_up_and_a_full_mark() -> None:
    score, parts = score_of({"people": 1_000, "spread": 20, "persistence": 26})
    assert score == 100.0
    assert {name: part.most for name, part in parts.items()} == rules.WEIGHTS

    without_days, parts = score_of({"people": 30, "spread": 3})
    assert [part.most for part in parts.values()] == [66.7, 33.3]
    assert without_days == pytest.approx(sum(part.points for part in parts.values()))
    assert score_of({"people": 10**9, "spread": 10**9})[0] == 100.0


def test_more_people_rank_higher() -> None:
    voted = [replace(voice, votes=500 if voice.title in LIFTS else 0) for voice in a_stream()]

    assert find_topics(voted)[0].name == "镜湖湾电梯"


def test_without_days_and_titles_a_file_still_gives_topics() -> None:
    bare = [
        Voice(key=voice.key, title="", body=voice.title, reporter=voice.reporter)
        for voice in a_stream()
    ]
    topic = find_topics(bare)[0]

    assert (topic.name, topic.weeks, topic.first, set(topic.parts)) == (
        "麻将馆", 0, None, {"people", "spread"},
    )  # fmt: skip
    assert "周出现" not in topic.sentence
    assert topic.example in CARDS


def test_a_lonely_message_with_many_votes_is_listed_apart() -> None:
    stream = [
        *a_stream(),
        said(50, "想要一座桥", votes=LEAST_SUPPORT),
        said(51, "想要书店", votes=80),
    ]
    stream[0] = replace(stream[0], votes=300)

    alone = widely_supported(stream, find_topics(stream))

    assert [member.voice.key for member in alone] == ["51", "50"]


def test_no_messages_give_no_topics() -> None:
    assert find_topics([]) == []


def test_more_messages_than_fit_are_divided_by_class_then_theme_place_and_month(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rules, "MOST_TOGETHER", 4)
    stream = [
        replace(
            voice,
            category="噪声" if voice.title in CARDS else "电梯" if voice.title in LIFTS else "",
        )
        for voice in a_stream()
    ]

    assert groups(stream) == {frozenset("1234"), frozenset("567")}


def test_what_cannot_be_divided_is_cut_in_the_order_of_the_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rules, "MOST_TOGETHER", 3)
    alike = [
        said(number, f"麻将馆{letter}半夜吵", days=0)
        for number, letter in enumerate("甲乙丙丁戊己")
    ]
    undated = [replace(voice, day=None) for voice in alike]

    assert sorted(len(keys(topic)) for topic in find_topics(undated)) == [3, 3]
    assert sorted(len(keys(topic)) for topic in find_topics(alike)) == [3, 3]


WORDS = (
    "麻将馆",
    "电梯",
    "油烟",
    "镜湖湾",
    "柳巷",
    "门口",
    "半夜",
    "吵人",
    "坏了",
    "难闻",
    "堵车",
    "没人管",
)
MESSAGES = st.lists(
    st.builds(
        lambda words, who, votes, day: said(
            0, "".join(words), who=f"居民{who}", votes=votes, days=day
        ),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=4),
        st.integers(0, 8),
        st.integers(0, 50),
        st.integers(0, 60),
    ),
    max_size=25,
)


def numbered(voices: list[Voice]) -> list[Voice]:
    return [replace(voice, key=str(number)) for number, voice in enumerate(voices, start=2)]


def facts(topics: list[Topic]) -> list[tuple[object, ...]]:
    return [(topic.name, topic.score, topic.people, topic.sentence) for topic in topics]


@settings(max_examples=60, deadline=None)
@given(MESSAGES, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(voices: list[Voice], chance: random.Random) -> None:
    voices = numbered(voices)
    shuffled = voices[:]
    chance.shuffle(shuffled)

    assert find_topics(shuffled) == find_topics(voices)


@settings(max_examples=60, deadline=None)
@given(MESSAGES)
def test_a_file_that_is_handed_in_twice_changes_no_rank(voices: list[Voice]) -> None:
    voices = numbered(voices)
    again = [replace(voice, key=str(1_000 + int(voice.key))) for voice in voices]

    assert facts(find_topics([*voices, *again])) == facts(find_topics(voices))


@settings(max_examples=60, deadline=None)
@given(MESSAGES)
def test_an_unrelated_message_changes_no_topic(voices: list[Voice]) -> None:
    voices = numbered(voices)
    stranger = said(9_999, "饕餮齑粉，魑魅魍魉", who="过客", votes=5)

    assert find_topics([*voices, stranger]) == find_topics(voices)


@settings(max_examples=60, deadline=None)
@given(MESSAGES)
def test_every_message_is_in_one_topic_at_most_and_a_topic_has_three_people(
    voices: list[Voice],
) -> None:
    topics = find_topics(numbered(voices))
    listed = [key for topic in topics for key in keys(topic)]

    assert len(listed) == len(set(listed))
    assert all(topic.reporters >= rules.LEAST_REPORTERS for topic in topics)
    assert all(0 <= topic.score <= 100 for topic in topics)
