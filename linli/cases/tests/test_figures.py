"""Every figure of the wall against a slow recomputation from the raw rows, and against the list it opens."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db.models import QuerySet

from linli.cases import figures
from linli.cases.actions.rating import rate_case
from linli.cases.counting import month_start
from linli.cases.drafts import ReportDraft
from linli.cases.figures import Share, Voices
from linli.cases.flow import Stage
from linli.cases.models import Case, CaseMove, Deadline, Rating, Report
from linli.cases.queries import filtered
from linli.kernel.access.queries import RESIDENT
from linli.kernel.acting import SYSTEM, Actor
from linli.kernel.calendar.local import LOCAL, local_day
from linli.kernel.engine.remembered import forget_everything
from tests.walks import STEPS, reported, step, walk_until
from tests.world import MONDAY, World

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
WEST, MIDDLE, EAST = 120.005, 120.015, 120.025
"""Longitudes in the grids 一 and 二 of 槐树里 and 三 of 清河湾."""


def report(
    text: str, *, at: datetime, lon: float = WEST, channel: str = "phone", code: str = "E0111"
) -> Case:
    draft = ReportDraft(
        title=text, body=text, lon=lon, lat=30.005, intake_channel=channel, category_code=code
    )
    return reported(draft, at=at)


@pytest.fixture
def street(world: World) -> World:
    """A week of 槐荫街道: closed in time, closed late, reworked, waiting too long, fresh, and one of last month."""
    before = MONDAY - 12 * DAY
    late_february = report("井盖响了好几天", at=before, lon=EAST, channel="hotline")
    walk_until(world, late_february, "close", at=before + HOUR)
    in_time = report("垃圾堆在楼下", at=MONDAY - 3 * DAY)
    walk_until(world, in_time, "close", at=MONDAY)
    slow = report("河边的渣土没人运", at=MONDAY - 3 * DAY, lon=EAST, channel="web")
    walk_until(world, slow, "sign_for", at=MONDAY - 3 * DAY)
    for move, who in STEPS[4:]:
        step(world, slow, move, who, at=MONDAY)
    again = report("花坛里的旧沙发", at=MONDAY - DAY, lon=MIDDLE, channel="web")
    walk_until(world, again, "feedback", at=MONDAY)
    step(world, again, "rework", "checker", at=MONDAY + HOUR / 4)
    step(world, again, "feedback", "handler", at=MONDAY + HOUR / 2)
    waiting = report("巷口的建筑垃圾", at=MONDAY - 3 * DAY, lon=EAST)
    walk_until(world, waiting, "sign_for", at=MONDAY - 3 * DAY)
    report("渣土车掉了一地土", at=MONDAY + HOUR, channel="wechat")
    report("井盖不见了", at=MONDAY + HOUR, lon=MIDDLE, code="C0101")
    return world


ASOF = MONDAY + 2 * HOUR


@pytest.fixture
def leader(street: World) -> Actor:
    return street.actors["leader"]


def listed(actor: Actor, **conditions: object) -> QuerySet[Case]:
    return filtered(actor, conditions)


def test_today_counts_what_the_timeline_says(leader: Actor) -> None:
    today = figures.day_count(leader, asof=ASOF)
    by_code: dict[str, set[int]] = {}
    for move in CaseMove.objects.all():
        if local_day(move.at) == local_day(ASOF):
            by_code.setdefault(move.code, set()).add(move.case_id)
    opened = [case for case in Case.objects.all() if local_day(case.opened_at) == today.day]
    assert (today.reported, today.registered, today.fed_back, today.closed) == (2, 2, 3, 2)
    assert today.reported == len(opened)
    assert today.registered == len(by_code["register"])
    assert today.fed_back == len(by_code["feedback"])
    assert today.closed == len(by_code["close"])


def test_a_case_fed_back_twice_on_one_day_is_one_case(leader: Actor) -> None:
    feedbacks = CaseMove.objects.filter(code="feedback", at__gte=MONDAY)
    assert feedbacks.count() == 4
    assert figures.day_count(leader, asof=ASOF).fed_back == 3


def test_each_figure_of_today_opens_a_list_of_the_same_length(leader: Actor) -> None:
    today = figures.day_count(leader, asof=ASOF)
    day = today.day.isoformat()
    start = datetime.combine(today.day, datetime.min.time(), LOCAL)
    assert listed(leader, opened_from=start).count() == today.reported
    assert listed(leader, registered_on=day).count() == today.registered
    assert listed(leader, fed_back_on=day).count() == today.fed_back
    assert listed(leader, closed_on=day).count() == today.closed


def test_a_local_day_begins_at_midnight_in_shanghai(world: World) -> None:
    midnight = datetime(2026, 3, 10, tzinfo=LOCAL)
    report("午夜前的路灯", at=midnight - timedelta(seconds=1))
    report("午夜的积水", at=midnight, lon=EAST)
    leader = world.actors["leader"]
    assert figures.day_count(leader, asof=midnight - timedelta(seconds=1)).reported == 1
    assert figures.day_count(leader, asof=midnight).reported == 1


def test_open_cases_are_told_apart_by_their_clock(leader: Actor) -> None:
    found = figures.open_count(leader, asof=ASOF)
    still = [case for case in Case.objects.all() if case.open]
    late = [case for case in still if case.due_at and case.due_at < ASOF]
    near = [
        case for case in still
        if case.yellow_at and case.due_at and case.yellow_at <= ASOF <= case.due_at
    ]  # fmt: skip
    assert (found.total, found.overdue, found.near_due) == (len(still), len(late), len(near))
    assert (found.total, found.urgent, found.unowned) == (4, 1, 0)
    assert found.overdue > 0
    assert listed(leader, open="1").count() == found.total
    assert listed(leader, overdue_at=ASOF).count() == found.overdue
    assert listed(leader, yellow_at=ASOF).count() == found.near_due
    assert listed(leader, open="1", urgent="1").count() == found.urgent


def test_an_open_case_without_an_owner_is_counted_and_listed(leader: Actor) -> None:
    left_alone = Case.objects.filter(open=True).order_by("pk").first()
    assert left_alone is not None
    Case.objects.filter(pk=left_alone.pk).update(owner=None)
    assert figures.open_count(leader, asof=ASOF).unowned == 1
    assert [case.pk for case in listed(leader, unowned="1")] == [left_alone.pk]


def test_channels_and_classes_of_the_month(leader: Actor) -> None:
    this_month = [case for case in Case.objects.all() if case.opened_at >= month_start(ASOF)]
    channels = figures.by_channel(leader, asof=ASOF)
    classes = figures.by_class(leader, asof=ASOF)
    assert channels == [("phone", 3), ("web", 2), ("wechat", 1)]
    assert Counter(dict(channels)) == Counter(case.intake_channel for case in this_month)
    assert Counter(dict(classes)) == Counter(case.category_id for case in this_month)
    since = month_start(ASOF)
    for code, n in channels:
        assert listed(leader, channel=code, opened_from=since).count() == n
    for pk, n in classes:
        assert listed(leader, category=pk, opened_from=since).count() == n


def test_the_ten_largest_classes_are_kept(leader: Actor) -> None:
    assert len(figures.by_class(leader, asof=ASOF)) == 2
    assert len(figures.by_class(leader, asof=ASOF, most=1)) == 1


def slow_shares() -> dict[int | None, Share]:
    """按期处置 by going through every case and every one of its handling clocks."""
    start, due, late = month_start(ASOF), Counter[int | None](), Counter[int | None]()
    for case in Case.objects.all():
        counted, was_late = False, False
        for clock in Deadline.objects.filter(case=case, clock="handle"):
            feedback = CaseMove.objects.filter(case=case, code="feedback")
            stopped = clock.stopped_at
            done_at = stopped if stopped and feedback.filter(at=stopped).exists() else None
            first = min(clock.due_at, done_at) if done_at else clock.due_at
            runs = clock.stopped_at is None and clock.due_at < ASOF
            if (done_at or runs) and start <= first:
                counted = True
                was_late |= runs or (done_at is not None and done_at > clock.due_at)
        due[case.community_id] += counted
        late[case.community_id] += was_late
    return {pk: Share(n, n - late[pk]) for pk, n in due.items() if n}


def test_on_time_by_community_agrees_with_going_through_every_clock(street: World) -> None:
    leader = street.actors["leader"]
    found = figures.on_time_by_community(leader, asof=ASOF)
    huaishuli, qinghewan = street.areas["C1"], street.areas["C2"]
    assert found == slow_shares()
    assert found == {huaishuli: Share(2, 2), qinghewan: Share(2, 0)}
    assert (found[huaishuli].rate, found[qinghewan].rate) == (100, 0)
    for community, share in found.items():
        every = listed(leader, to_handle_at=ASOF, community=community)
        late = listed(leader, handled_late_at=ASOF, community=community)
        assert (every.count(), late.count()) == (share.due, share.due - share.on_time)


def test_a_feedback_sent_back_for_rework_does_not_count_as_handled(world: World) -> None:
    case = report("花坛里的旧沙发", at=MONDAY)
    case = walk_until(world, case, "feedback", at=MONDAY)
    step(world, case, "rework", "checker", at=MONDAY + HOUR)
    leader = world.actors["leader"]
    assert figures.on_time_by_community(leader, asof=MONDAY + HOUR) == {}
    assert listed(leader, to_handle_at=MONDAY + HOUR).count() == 0


def test_a_case_that_was_late_once_in_the_month_stays_late_when_it_is_handled_again(
    world: World,
) -> None:
    case = report("河边的渣土没人运", at=MONDAY - 3 * DAY)
    walk_until(world, case, "sign_for", at=MONDAY - 3 * DAY)
    for move, who in STEPS[4:]:
        step(world, case, move, who, at=MONDAY - HOUR)
    rate(case, "dissatisfied", "not_solved", at=MONDAY)  # opens it again
    for move, who in (*STEPS[2:4], ("feedback", "handler")):
        step(world, case, move, who, at=MONDAY + DAY)
    leader, place = world.actors["leader"], world.areas["C1"]
    clocks = Deadline.objects.filter(case=case, clock="handle")
    assert sorted(one.stopped_at <= one.due_at for one in clocks if one.stopped_at) == [False, True]
    asof = MONDAY + DAY
    assert figures.on_time_by_community(leader, asof=asof) == {place: Share(1, 0)}
    assert listed(leader, handled_late_at=asof, community=place).count() == 1


def test_what_was_due_last_month_stays_there_however_late_it_is_handled(world: World) -> None:
    case = report("二月的渣土", at=MONDAY - 20 * DAY)
    walk_until(world, case, "sign_for", at=MONDAY - 20 * DAY)
    leader = world.actors["leader"]
    assert figures.on_time_by_community(leader, asof=ASOF) == {}
    step(world, case, "feedback", "handler", at=MONDAY)
    forget_everything()
    assert figures.on_time_by_community(leader, asof=ASOF) == {}


def test_nothing_due_is_no_rate_at_all() -> None:
    assert Share(0, 0).rate is None
    assert Voices(0, 0, 0).rate is None


def test_basically_satisfied_weighs_nine_tenths() -> None:
    assert Voices(85, 5, 10).rate == 89.5


def test_the_last_rating_of_a_case_is_its_voice(street: World) -> None:
    leader = street.actors["leader"]
    first, second = Case.objects.filter(stage=Stage.CLOSED).order_by("pk")[1:3]
    rate(first, "dissatisfied", "partly_solved", at=MONDAY + HOUR)
    rate(second, "satisfied", "solved", at=MONDAY + HOUR)
    other = Report.objects.get(case=first)
    other.pk, other.receipt, other.content_key = None, "900000000001", "another"
    other.save(force_insert=True)
    rate(first, "basically_satisfied", "solved", at=MONDAY + 2 * HOUR, of=other)
    found = figures.voices(leader, asof=ASOF)
    assert found == Voices(satisfied=1, basically_satisfied=1, dissatisfied=0)
    last = {row.case_id: row.satisfaction for row in Rating.objects.order_by("pk")}
    assert Counter(last.values()) == Counter(satisfied=1, basically_satisfied=1)
    since = month_start(ASOF)
    assert listed(leader, rated_from=since).count() == found.total
    for code in ("satisfied", "basically_satisfied", "dissatisfied"):
        assert listed(leader, satisfaction=code, rated_from=since).count() == getattr(found, code)


def rate(
    case: Case, satisfaction: str, solved: str, *, at: datetime, of: Report | None = None
) -> None:
    rate_case(
        (of or Report.objects.get(case=case)).pk,
        satisfaction=satisfaction,
        solved=solved,
        words="",
        channel="web",
        by=RESIDENT,
        now=at,
    )


def test_a_rating_of_last_month_is_not_in_this_one(street: World) -> None:
    old = Case.objects.filter(stage=Stage.CLOSED).earliest("pk")
    rate(old, "satisfied", "solved", at=MONDAY - 10 * DAY)
    assert figures.voices(street.actors["leader"], asof=ASOF).total == 0


def test_the_trend_ends_today_and_each_day_opens_its_lists(leader: Actor) -> None:
    days = figures.trend(leader, days=30, asof=ASOF)
    assert len(days) == 30
    assert days[-1] == figures.day_count(leader, asof=ASOF)
    opened = Counter(local_day(case.opened_at) for case in Case.objects.all())
    assert {row.day: row.reported for row in days if row.reported} == opened
    for row in days:
        assert listed(leader, closed_on=row.day.isoformat()).count() == row.closed


def test_figures_stay_inside_the_scope(street: World) -> None:
    worker = street.actors["other_grid_worker"]  # 小赵 of grid 三
    mine = Case.objects.filter(grid_id=street.areas["G3"])
    assert figures.open_count(worker, asof=ASOF).total == mine.filter(open=True).count() == 1
    assert set(figures.on_time_by_community(worker, asof=ASOF)) == {street.areas["C2"]}
    assert sum(n for _, n in figures.by_channel(worker, asof=ASOF)) == 2
    assert figures.day_count(worker, asof=ASOF).closed == 1
    assert {case.grid_id for case in figures.latest_changed(worker, most=9, asof=ASOF)} == {
        street.areas["G3"]
    }


def test_whoever_may_not_see_the_board_gets_nothing(street: World) -> None:
    nobody = street.actors["handler"]
    assert not nobody.may("board.view")
    assert figures.day_count(nobody, asof=ASOF).reported == 0
    assert figures.open_count(nobody, asof=ASOF).total == 0
    assert figures.by_channel(nobody, asof=ASOF) == []
    assert figures.on_time_by_community(nobody, asof=ASOF) == {}
    assert figures.voices(nobody, asof=ASOF).total == 0
    assert figures.on_the_map(nobody, most=9) == []


def test_a_day_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="isoformat"):
        filtered(SYSTEM, {"closed_on": "gestern"})
