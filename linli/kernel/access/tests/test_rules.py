"""Which posts one account may hold together, and whether somebody always manages access."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.access.rules import (
    Held,
    administers,
    first_day_without,
    may_meet,
    other_administrator,
    other_axis,
)

DAY = date(2026, 3, 9)
STREET, HUAI, QING = 1, 2, 3
"""槐荫街道 with 槐树里社区 and 清河湾社区."""


def held(role: str, axis: str, area: int | None = None, *rights: str) -> Held:
    path = frozenset({STREET, area} if area is not None else ())
    return Held(role, axis, frozenset(rights), (DAY, None), area, path)


ACCEPTOR = held("受理员", "supervision", HUAI)
DISPATCHER = held("派遣员", "command", QING)
SECURITY = held("安全管理员", "none", None, "access.manage")
SYSTEM = held("系统管理员", "none", None, "people.edit", "organisations.edit")
AUDIT = held("审计管理员", "none", None, "audit.view")


def test_the_two_axes_meet_where_one_area_lies_in_the_other() -> None:
    whole_street = held("派遣员", "command", STREET)
    assert other_axis(whole_street, [ACCEPTOR]) is ACCEPTOR
    assert other_axis(ACCEPTOR, [whole_street]) is whole_street
    assert other_axis(replace(DISPATCHER, area_id=HUAI), [ACCEPTOR]) is ACCEPTOR


def test_the_two_axes_in_two_communities_do_not_meet() -> None:
    assert other_axis(DISPATCHER, [ACCEPTOR]) is None


def test_a_post_without_a_place_meets_every_other() -> None:
    everywhere = held("街道领导", "command")
    assert other_axis(everywhere, [ACCEPTOR]) is ACCEPTOR


def test_two_organisations_never_meet_and_one_does() -> None:
    first = replace(held("派遣员", "command"), organization_id=7)
    second = replace(held("核查员", "supervision"), organization_id=8)
    assert other_axis(second, [first]) is None
    assert other_axis(replace(second, organization_id=7), [first]) is not None
    assert may_meet(first, ACCEPTOR), "an organisation works in every area"


def test_the_two_axes_one_after_the_other_are_allowed() -> None:
    ended = replace(ACCEPTOR, days=(DAY - timedelta(days=30), DAY - timedelta(days=1)))
    assert other_axis(replace(DISPATCHER, area_id=HUAI), [ended]) is None


def test_the_same_axis_and_no_axis_are_free() -> None:
    assert other_axis(held("值班长", "supervision", HUAI), [ACCEPTOR]) is None
    assert other_axis(held("网格员", "none", HUAI), [ACCEPTOR]) is None
    assert other_axis(ACCEPTOR, [held("网格员", "none", HUAI)]) is None


def test_two_of_the_three_administrators_are_never_one_account() -> None:
    assert other_administrator(SYSTEM, [SECURITY]) is SECURITY
    assert other_administrator(AUDIT, [ACCEPTOR, SYSTEM]) is SYSTEM
    assert other_administrator(SECURITY, [SECURITY, ACCEPTOR]) is None
    assert other_administrator(ACCEPTOR, [SECURITY]) is None
    past = replace(SECURITY, days=(DAY - timedelta(days=9), DAY - timedelta(days=1)))
    assert other_administrator(SYSTEM, [past]) is None


def test_a_role_that_makes_two_administrators_at_once_is_no_role() -> None:
    both = held("全能", "none", None, "access.manage", "audit.view")
    assert administers(both.permissions) == {"安全管理", "审计"}
    assert other_administrator(both, []) is both


def test_the_first_day_without_a_manager() -> None:
    week = DAY + timedelta(days=7)
    assert first_day_without([], since=DAY) == DAY
    assert first_day_without([(DAY, None)], since=DAY) is None
    assert first_day_without([(DAY, week)], since=DAY) == week + timedelta(days=1)
    assert first_day_without([(DAY, week), (week, None)], since=DAY) is None
    late = week + timedelta(days=2)
    assert first_day_without([(late, None), (DAY, week)], since=DAY) == week + timedelta(days=1)


SPANS = st.lists(st.tuples(st.integers(0, 12), st.integers(-1, 6)), max_size=5)


@given(SPANS)
def test_the_first_day_without_is_what_counting_says(pairs: list[tuple[int, int]]) -> None:
    spans = [(DAY + timedelta(days=a), DAY + timedelta(days=a + n)) for a, n in pairs]
    covered = {a + step for a, n in pairs for step in range(n + 1)}
    first = next(day for day in range(40) if day not in covered)

    assert first_day_without(spans, since=DAY) == DAY + timedelta(days=first)
