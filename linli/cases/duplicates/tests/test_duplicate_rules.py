"""Which evidence joins a report, which only suggests, which does neither."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.cases.duplicates.rules import (
    IDENTICAL_TEXT_SCORE,
    JOIN_AT,
    SUGGEST_COUNT,
    SUGGEST_WINDOW,
    Candidate,
    Category,
    Decision,
    Filing,
    Thing,
    Verdict,
    decide,
    likenesses,
)

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
GATE = (120.100000, 30.200000)
"""槐树里社区东门的垃圾桶。"""
NEXT_DOOR = (120.100021, 30.200000)
"""Two metres east of it."""
ACROSS = (120.100300, 30.200000)
"""Twenty-nine metres east of it."""

LONG_TEXT = (
    "槐树里社区三号楼东侧下水管道漏水已经一个星期,一楼王奶奶家厨房墙面渗水发霉,"
    "多次向物业反映没有人来修,请尽快安排维修人员上门查看并说明修好的时间"
)


def report(**changes: Any) -> Filing:
    plain = Filing(opened_at=NOW, category="bin_full", major="sanitation", lon=GATE[0], lat=GATE[1])
    return replace(plain, **changes)


def earlier(case_id: int = 1, ago: timedelta = timedelta(days=1), **changes: Any) -> Candidate:
    plain = Candidate(
        case_id=case_id,
        opened_at=NOW - ago,
        last_reported_at=NOW - ago,
        category="bin_full",
        major="sanitation",
        lon=GATE[0],
        lat=GATE[1],
    )
    return replace(plain, **changes)


def decided(new: Filing, *candidates: Candidate) -> Decision:
    return decide(likenesses(new, candidates))


def test_the_same_bin_reported_again_the_next_day_is_joined_and_says_why() -> None:
    decision = decided(report(), earlier(case_id=7))
    assert decision.verdict is Verdict.JOIN
    assert [each.case_id for each in decision.likenesses] == [7]
    assert "同一地点(1 米内)、同一类别、1 天前上报且尚未办结" in decision.sentence


def test_two_reports_in_one_sitting_are_left_to_a_person() -> None:
    decision = decided(report(), earlier(1, timedelta(minutes=2)), earlier(2, timedelta(days=1)))
    assert decision.verdict is Verdict.SUGGEST
    assert "2 分钟前" in decision.sentence


def test_the_seventy_two_hours_of_certainty_end() -> None:
    assert decided(report(), earlier(ago=timedelta(hours=60))).verdict is Verdict.JOIN
    assert decided(report(), earlier(ago=timedelta(hours=70))).verdict is Verdict.SUGGEST


def test_the_door_next_to_it_is_only_suggested() -> None:
    decision = decided(report(), earlier(lon=NEXT_DOOR[0]))
    assert decision.verdict is Verdict.SUGGEST
    assert "相距 2 米" in decision.sentence


def test_a_case_that_may_have_been_closed_meanwhile_is_not_joined() -> None:
    assert decided(report(), earlier(open_certainty=0.72)).verdict is Verdict.SUGGEST


def test_another_minor_class_at_the_same_place_is_suggested_but_never_joined() -> None:
    decision = decided(report(), earlier(category="bin_broken"))
    assert decision.verdict is Verdict.SUGGEST
    assert decision.likenesses[0].facts.category is Category.SAME_MAJOR
    assert decision.likenesses[0].score >= JOIN_AT


@pytest.mark.parametrize(
    "candidate",
    [
        earlier(category="lamp_fault", major="facilities"),
        earlier(category="bin_broken", lon=ACROSS[0]),
        earlier(lon=GATE[0] + 0.01),
        earlier(ago=SUGGEST_WINDOW + timedelta(days=1)),
        earlier(lon=None, lat=None),
    ],
    ids=[
        "other_class",
        "other_minor_class_across",
        "a_kilometre_away",
        "too_old",
        "no_coordinates",
    ],
)
def test_what_is_far_in_place_time_or_kind_is_left_alone(candidate: Candidate) -> None:
    decision = decided(report(), candidate)
    assert decision.verdict is Verdict.NOTHING
    assert decision.likenesses == ()


def test_a_report_without_category_is_suggested_by_nothing_but_text() -> None:
    assert decided(report(category="", major=""), earlier()).verdict is Verdict.NOTHING
    alike = decided(report(category="", major="", text=LONG_TEXT), earlier(text=LONG_TEXT))
    assert alike.verdict is Verdict.SUGGEST


def test_only_the_five_best_are_shown_and_the_newest_first_among_equals() -> None:
    many = [earlier(n, timedelta(days=10 + n), lon=ACROSS[0]) for n in range(1, 9)]
    decision = decided(report(), *many)
    assert [each.case_id for each in decision.likenesses] == [1, 2, 3, 4, 5]
    assert len(decision.likenesses) == SUGGEST_COUNT


def test_the_order_of_the_candidates_does_not_change_the_decision() -> None:
    three = [
        earlier(1, timedelta(days=2)),
        earlier(2, timedelta(days=9)),
        earlier(3, lon=ACROSS[0]),
    ]
    decisions = {decided(report(), *order).likenesses for order in itertools.permutations(three)}
    assert len(decisions) == 1


def test_several_open_cases_at_one_place_make_it_surer() -> None:
    one = decided(report(), earlier(1)).likenesses[0]
    two = decided(report(), earlier(1), earlier(2, timedelta(days=2))).likenesses[0]
    assert two.score > one.score
    assert "该处共有 2 件未办结" in two.sentence


def test_a_clock_that_runs_behind_counts_as_the_same_moment() -> None:
    found = likenesses(report(), [earlier(ago=timedelta(minutes=-5))])
    assert found[0].facts.since == timedelta(0)


def without_place(**changes: Any) -> Filing:
    return report(lon=None, lat=None, **changes)


def test_the_same_long_text_sent_twice_without_coordinates_is_joined() -> None:
    shouted = LONG_TEXT.replace(",", "!!  ")
    decision = decided(without_place(text=shouted), earlier(lon=None, lat=None, text=LONG_TEXT))
    assert decision.verdict is Verdict.JOIN
    assert decision.likenesses[0].score == IDENTICAL_TEXT_SCORE
    assert "文字相同" in decision.sentence


def test_the_same_long_text_sent_twice_in_one_minute_is_joined() -> None:
    again = earlier(ago=timedelta(minutes=1), text=LONG_TEXT)
    assert decided(report(text=LONG_TEXT), again).verdict is Verdict.JOIN


def test_one_changed_building_number_leaves_the_decision_to_a_person() -> None:
    other = LONG_TEXT.replace("三号楼", "五号楼")
    decision = decided(without_place(text=other), earlier(lon=None, lat=None, text=LONG_TEXT))
    assert decision.verdict is Verdict.SUGGEST
    assert "文字相近" in decision.sentence


def test_a_short_identical_text_fits_many_places_and_is_only_suggested() -> None:
    decision = decided(without_place(text="路灯不亮"), earlier(lon=None, lat=None, text="路灯不亮"))
    assert decision.verdict is Verdict.SUGGEST


def test_the_same_text_a_kilometre_away_is_only_suggested() -> None:
    far = earlier(lon=GATE[0] + 0.01, text=LONG_TEXT)
    assert decided(report(text=LONG_TEXT), far).verdict is Verdict.SUGGEST


def test_texts_with_little_in_common_are_left_alone() -> None:
    other = earlier(lon=None, lat=None, text="小区门口夜间有人占道摆摊")
    assert decided(without_place(text=LONG_TEXT), other).verdict is Verdict.NOTHING


LAMP = {"category": "lamp_dark", "major": "facilities", "text": "路灯不亮"}
THREE_METRES = GATE[0] + 0.0000315
THIRTY_METRES = ACROSS[0]


def lamp(case_id: int, **changes: Any) -> Candidate:
    return earlier(case_id, **{**LAMP, "lon": THREE_METRES, "certainty": 0.6, **changes})


def test_a_lamp_is_shown_with_the_lamp_three_metres_away_and_not_with_a_charging_point() -> None:
    new = report(**LAMP, certainty=0.6)
    charging = lamp(1, lon=GATE[0], text="充电桩坏了，车充不上电", ago=timedelta(hours=5))
    near = lamp(2, category="power_cut", major="energy", text="3幢楼下的路灯坏了")
    far = lamp(3, lon=THIRTY_METRES, text="路灯一直黑着", category="power_cut", major="energy")
    decision = decided(new, charging, near, far)
    assert decision.verdict is Verdict.SUGGEST
    assert [each.case_id for each in decision.likenesses] == [2, 3]
    assert "相距 3 米、类别不同" in decision.sentence
    assert "都说到路灯" in decision.sentence


def test_class_and_words_come_before_distance() -> None:
    new = report(**LAMP)
    same_class = lamp(1, lon=GATE[0], text="有一处坏了", certainty=1.0, ago=timedelta(days=4))
    same_both = lamp(2, lon=THIRTY_METRES, text="路灯坏了", certainty=1.0)
    assert [each.case_id for each in decided(new, same_class, same_both).likenesses] == [2, 1]


def test_two_things_of_one_class_that_somebody_chose_are_shown_and_never_joined() -> None:
    new = report(text="路灯不亮")
    decision = decided(new, earlier(text="垃圾没清"))
    assert decision.verdict is Verdict.SUGGEST
    assert decided(new, earlier(text="路灯还是不亮")).verdict is Verdict.JOIN


def test_a_class_that_somebody_chose_keeps_one_thing_apart() -> None:
    new = report(**LAMP)
    assert (
        decided(new, lamp(1, category="x", major="y", certainty=1.0, text="路灯坏")).verdict
        is Verdict.NOTHING
    )


SAID = st.sampled_from(["", "路灯不亮", "充电桩坏了", "垃圾没清", "有问题", LONG_TEXT])


@given(
    SAID,
    st.lists(
        st.builds(
            earlier,
            st.integers(1, 9),
            st.timedeltas(timedelta(0), timedelta(days=9)),
            text=SAID,
            category=st.sampled_from(["bin_full", "bin_broken", "other"]),
            certainty=st.sampled_from([0.3, 1.0]),
            lon=st.sampled_from([GATE[0], THREE_METRES, THIRTY_METRES]),
        ),
        max_size=8,
        unique_by=lambda each: each.case_id,
    ),
    st.sampled_from([0.3, 1.0]),
)
def test_words_only_ever_hold_a_report_back_from_being_joined(
    said: str, candidates: list[Candidate], certainty: float
) -> None:
    found = likenesses(report(text=said, certainty=certainty), candidates)
    decision = decide(found)
    likeliest = sorted(found, key=lambda each: (-each.score, each.facts.since, -each.case_id))
    by_score = [
        each
        for each in likeliest[:SUGGEST_COUNT]
        if each.score >= JOIN_AT and each.facts.category is Category.SAME
    ]
    if decision.verdict is Verdict.JOIN:
        assert decision.likenesses[0] in by_score
        assert decision.likenesses[0].facts.thing is not Thing.OTHER
