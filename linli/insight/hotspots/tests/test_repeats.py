"""Places where the same thing comes back."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from linli.insight.hotspots.repeats import LEAST_CASES, REACH_M, Spot, find_repeats
from linli.kernel.places.distance import distance_m

DAY = date(2026, 3, 2)
METRE = 1 / 111_195
"""Degrees of latitude."""


def spot(number: int, *, north: float | None = 0.0, **more: Any) -> Spot:
    """Case `number`, opened `number` days after `DAY`, some metres north of the rubbish room."""
    fields: dict[str, object] = {
        "case_id": number,
        "category": "暴露垃圾",
        "text": "垃圾房门口堆满了",
        "day": DAY + timedelta(days=number),
        "community": "槐树里社区",
        "lon": None if north is None else 120.0,
        "lat": None if north is None else 30.0 + north * METRE,
    }
    return Spot(**{**fields, **more})


def ids(spots: list[Spot]) -> list[list[int]]:
    return [[one.case_id for one in found.spots] for found in find_repeats(spots)]


def test_three_cases_of_a_class_within_sixty_metres_are_a_repeat() -> None:
    found = find_repeats([spot(1), spot(2, north=40), spot(3, north=-40, reports=4)])

    assert len(found) == 1
    assert found[0].key == 1
    assert (found[0].reports, found[0].place) == (6, "槐树里社区")
    assert (
        found[0].sentence == "60 米内 3 件“暴露垃圾”，2026-03-03 至 2026-03-05，平均每 1 天一件。"
    )


def test_two_cases_or_three_of_different_classes_are_none() -> None:
    assert ids([spot(1), spot(2)]) == []
    assert ids([spot(1), spot(2), spot(3, category="路灯", text="不亮")]) == []


def test_a_street_of_cases_is_not_one_place() -> None:
    street = [spot(number, north=50 * number) for number in range(1, 10)]
    found = find_repeats(street)

    assert all(len(one.spots) <= 3 for one in found)
    assert sum(len(one.spots) for one in found) <= len(street)


def test_a_case_that_is_taken_is_no_centre_for_others() -> None:
    east = METRE / 0.866
    star = [spot(n, north=50) for n in (1, 2, 3, 4)] + [spot(n, north=100) for n in range(9, 15)]
    at_its_edge = spot(5, north=0)
    around_the_edge = [
        spot(6, north=0, lon=120.0 - 55 * east),
        spot(7, north=0, lon=120.0 + 55 * east),
        spot(8, north=-55),
    ]

    assert ids([*star, at_its_edge, *around_the_edge]) == [[1, 2, 3, 4, 5, *range(9, 15)]]


def test_a_case_joins_one_place_only_by_its_words() -> None:
    rubbish = [spot(n) for n in (1, 2, 3)]
    stalls = [spot(n, category="占道", north=5) for n in (4, 5, 6)]
    between = spot(7, category="", north=2)

    found = ids([*rubbish, *stalls, between])

    assert sorted(case for one in found for case in one) == [1, 2, 3, 4, 5, 6, 7]


def test_the_place_with_most_cases_is_taken_first() -> None:
    near = [spot(number) for number in range(1, 5)]
    edge = [spot(number, north=55) for number in range(5, 7)]
    beyond = [spot(number, north=130) for number in range(7, 9)]

    assert ids([*near, *edge, *beyond]) == [[1, 2, 3, 4, 5, 6]]


def test_cases_without_coordinates_come_together_by_address() -> None:
    here = [spot(n, north=None, address="幸福路 8 号") for n in (1, 2, 3)]
    found = find_repeats([*here, spot(4, north=None, address="幸福路9号"), spot(5, north=None)])

    assert [one.key for one in found] == [1]
    assert found[0].place == "幸福路 8 号"
    assert found[0].sentence.startswith("同一地址 3 件")


def test_an_address_joins_the_place_where_it_is_known() -> None:
    placed = [spot(1, address="幸福路8号"), spot(2)]
    found = ids(
        [*placed, spot(3, north=None, address="幸福路 8号"), spot(4, north=None, address="别处")]
    )

    assert found == [[1, 2, 3]]


def test_an_address_that_makes_no_repeat_stays_for_another_place() -> None:
    lonely = spot(1, north=500, address="幸福路8号")
    others = [spot(n, north=None, address="幸福路8号") for n in (2, 3, 4)]

    assert ids([lonely, *others]) == [[1, 2, 3, 4]]
    assert ids([lonely, others[0]]) == []


def test_another_class_joins_only_by_its_words() -> None:
    same = [spot(1), spot(2), spot(3)]
    alike = spot(4, category="", text="垃圾房门口又堆满了")
    unlike = spot(5, category="路灯", text="路灯不亮")
    away = spot(6, category="", text="垃圾房门口堆满了", north=90)

    found = find_repeats([*same, alike, unlike, away])[0]

    assert [one.case_id for one in found.spots] == [1, 2, 3, 4]
    assert found.alike == {4}
    assert "（其中 1 件类别不同但文字相近）" in found.sentence


def test_no_words_join_where_nobody_knows_the_spot() -> None:
    unplaced = [spot(n, north=None, address="幸福路8号") for n in (1, 2, 3)]

    assert ids([*unplaced, spot(4, category="", north=5)]) == [[1, 2, 3]]


def test_cases_of_one_day_are_told_as_such() -> None:
    found = find_repeats([spot(n, day=DAY, community="", address="") for n in (1, 2, 3)])

    assert found[0].sentence == "60 米内 3 件“暴露垃圾”，都在 2026-03-02 这一天。"
    assert found[0].place == ""


def test_cases_without_a_class_make_no_repeat_of_their_own() -> None:
    assert ids([spot(n, category="") for n in (1, 2, 3)]) == []


SPOTS = st.lists(
    st.tuples(st.integers(0, 400), st.sampled_from(("暴露垃圾", "路灯", "")), st.integers(0, 90)),
    max_size=40,
)


@settings(max_examples=80, deadline=None)
@given(SPOTS, st.randoms(use_true_random=False))
def test_every_case_is_in_one_repeat_at_most_and_near_the_others(
    rows: list[tuple[int, str, int]], chance: random.Random
) -> None:
    spots = [
        spot(number, north=float(north), category=category, day=DAY + timedelta(days=day))
        for number, (north, category, day) in enumerate(rows, start=1)
    ]
    found = find_repeats(spots)
    listed = [one.case_id for repeat in found for one in repeat.spots]

    assert len(listed) == len(set(listed))
    for repeat in found:
        assert len(repeat.spots) >= LEAST_CASES
        lats = [one.lat or 0.0 for one in repeat.spots]
        assert distance_m(120.0, min(lats), 120.0, max(lats)) <= 2 * REACH_M + 0.5

    chance.shuffle(spots)
    assert {one.spots for one in find_repeats(spots)} == {one.spots for one in found}
