import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.calendar.calendar_file import default_working_time
from linli.kernel.calendar.errors import BadMoment, BadPause, ExtensionRefused, YearNotLoaded
from linli.kernel.calendar.rules import (
    SHANGHAI,
    Light,
    LimitUnit,
    Pause,
    Season,
    TimeLimit,
    WorkingTime,
    due_at,
    extend,
    light,
    minutes_between,
    parse_limit,
    time_left,
)

HOURS8 = default_working_time()
NTH_DAY = replace(HOURS8, end_of_nth_day=True)
ROUND_THE_CLOCK = WorkingTime(
    version="24x7",
    years=frozenset({2026}),
    seasons=(Season((1, 1), (12, 31), ((0, 1440),)),),
    weekdays=frozenset(range(1, 8)),
)
MINUTE = timedelta(minutes=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def due(
    start: str, limit: str, *pauses: tuple[str, str], working_time: WorkingTime = HOURS8
) -> str:
    spans = [Pause(at(begin), at(until)) for begin, until in pauses]
    found = due_at(at(start), parse_limit(limit), working_time=working_time, pauses=spans)
    return found.at.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


# The clock


def test_a_full_interval_ends_at_noon_not_after_lunch() -> None:
    assert due("2026-03-04T08:00", "4工作时") == "2026-03-04T12:00"


def test_a_full_day_ends_at_six_not_the_next_morning() -> None:
    assert due("2026-03-04T08:00", "1工作日") == "2026-03-04T18:00"


def test_a_start_at_the_very_end_of_an_interval_counts_from_the_next_one() -> None:
    assert due("2026-03-04T12:00", "1工作分钟") == "2026-03-04T14:01"


def test_seconds_are_cut_off() -> None:
    start = at("2026-03-04T09:00") + timedelta(seconds=59, microseconds=999_999)

    found = due_at(start, parse_limit("1工作时"), working_time=HOURS8)

    assert found.at == at("2026-03-04T10:00")


def test_the_start_may_come_in_any_zone() -> None:
    start = datetime(2024, 9, 30, 8, 0, tzinfo=UTC)

    found = due_at(start, parse_limit("3工作日"), working_time=HOURS8)

    assert found.at == datetime(2024, 10, 10, 8, 0, tzinfo=UTC)


def test_an_emergency_needs_no_holiday_table() -> None:
    assert due("2030-12-31T23:00", "2紧急工作时") == "2031-01-01T01:00"


def test_the_last_working_hours_of_the_loaded_years_can_still_be_used() -> None:
    assert due("2026-12-31T16:00", "2工作时") == "2026-12-31T18:00"


@pytest.mark.parametrize("working_time", [HOURS8, NTH_DAY])
def test_a_start_in_an_unknown_year_is_refused(working_time: WorkingTime) -> None:
    with pytest.raises(YearNotLoaded) as refused:
        due("2023-12-31T16:00", "1工作日", working_time=working_time)

    assert refused.value.year == 2023


def test_round_the_clock_people_work_through_night_and_weekend() -> None:
    assert due("2026-03-06T23:30", "48工作时", working_time=ROUND_THE_CLOCK) == "2026-03-08T23:30"


def test_summer_hours_hold_from_their_first_day() -> None:
    winter = Season((10, 1), (4, 30), ((8 * 60, 12 * 60), (13 * 60, 17 * 60)))
    summer = Season((5, 1), (9, 30), ((7 * 60, 11 * 60), (15 * 60, 19 * 60)))
    seasonal = replace(HOURS8, seasons=(winter, summer))

    assert due("2026-04-30T16:00", "2工作时", working_time=seasonal) == "2026-05-06T08:00"
    assert due("2026-09-30T18:00", "2工作时", working_time=seasonal) == "2026-10-08T09:00"


def test_a_naive_start_is_refused() -> None:
    with pytest.raises(BadMoment) as refused:
        due_at(datetime(2026, 3, 4, 9), parse_limit("1工作时"), working_time=HOURS8)  # noqa: DTZ001

    assert refused.value.field == "start"


@pytest.mark.parametrize("year", [1, 1991, 3000, 9999])
def test_a_year_no_calendar_can_mean_is_refused(year: int) -> None:
    with pytest.raises(BadMoment, match="检查年份"):
        due_at(datetime(year, 6, 1, tzinfo=UTC), parse_limit("1紧急工作日"), working_time=HOURS8)


def test_the_years_of_the_fixed_zone_are_accepted_from_their_first_to_their_last_minute() -> None:
    assert due("1992-01-01T00:00", "1分钟") == "1992-01-01T00:01"
    assert due("2999-12-31T23:59", "1分钟") == "3000-01-01T00:00"
    for outside in ("1991-12-31T23:59", "3000-01-01T00:00"):
        with pytest.raises(BadMoment):
            due(outside, "1分钟")


# Pauses


def test_a_due_reached_when_the_pause_begins_is_not_pushed_behind_it() -> None:
    assert due("2026-03-04T09:00", "1工作时", ("2026-03-04T10:00", "2026-03-06T10:00")) == (
        "2026-03-04T10:00"
    )


def test_overlapping_and_touching_pauses_count_once_in_any_order() -> None:
    pauses = (
        ("2026-03-04T11:00", "2026-03-04T12:00"),
        ("2026-03-04T10:00", "2026-03-04T10:30"),
        ("2026-03-04T10:20", "2026-03-04T11:00"),
    )

    assert due("2026-03-04T09:00", "2工作时", *pauses) == "2026-03-04T15:00"
    assert due("2026-03-04T09:00", "2紧急工作时", *pauses) == "2026-03-04T13:00"


def test_a_pause_inside_another_changes_nothing() -> None:
    inner_and_outer = (
        ("2026-03-04T10:00", "2026-03-04T12:00"),
        ("2026-03-04T10:30", "2026-03-04T11:00"),
    )

    assert due("2026-03-04T09:00", "2工作时", *inner_and_outer) == "2026-03-04T15:00"


def test_a_pause_before_the_start_or_after_the_due_changes_nothing_and_is_not_told() -> None:
    before = Pause(at("2026-03-03T10:00"), at("2026-03-04T09:00"))
    after = Pause(at("2026-03-05T10:00"), at("2026-03-06T10:00"))

    found = due_at(
        at("2026-03-04T09:00"), parse_limit("2工作时"), working_time=HOURS8, pauses=[before, after]
    )

    assert found.at == at("2026-03-04T11:00")
    assert found.derivation["pauses"] == []


def test_a_start_inside_a_pause_counts_from_its_end() -> None:
    assert due("2026-03-04T09:00", "1工作时", ("2026-03-03T09:00", "2026-03-04T11:30")) == (
        "2026-03-04T14:30"
    )


def test_a_day_touched_by_a_pause_does_not_count_to_the_nth_day() -> None:
    pause = ("2026-03-10T17:59", "2026-03-11T00:00")

    assert due("2026-03-09T09:00", "2工作日", pause, working_time=NTH_DAY) == "2026-03-12T18:00"


def test_a_pause_over_night_costs_the_nth_day_nothing() -> None:
    pause = ("2026-03-10T18:00", "2026-03-11T08:00")

    assert due("2026-03-09T09:00", "2工作日", pause, working_time=NTH_DAY) == "2026-03-11T18:00"


def test_hours_ignore_the_option_that_is_about_days() -> None:
    assert due("2026-03-09T09:00", "2工作时", working_time=NTH_DAY) == "2026-03-09T11:00"


@pytest.mark.parametrize("seconds", [-60, 0, 20])
def test_a_pause_that_does_not_last_a_minute_is_refused(seconds: int) -> None:
    start = at("2026-03-04T10:00")

    with pytest.raises(BadPause) as refused:
        Pause(start, start + timedelta(seconds=seconds))

    assert refused.value.field == "pause"


def test_pauses_are_told_joined_and_only_where_they_touch_the_running_time() -> None:
    pauses = [
        Pause(at("2026-03-04T08:00"), at("2026-03-04T09:30")),
        Pause(at("2026-03-04T09:30"), at("2026-03-04T10:00")),
        Pause(at("2026-03-04T11:00"), at("2026-03-05T11:00")),
    ]

    found = due_at(
        at("2026-03-04T09:00"), parse_limit("1工作时"), working_time=HOURS8, pauses=pauses
    )

    assert found.at == at("2026-03-04T11:00")
    assert found.derivation["counted_from"] == "2026-03-04T10:00+08:00"
    assert found.derivation["days"][0]["intervals"] == [["10:00", "11:00"]]
    assert found.derivation["pauses"] == [
        {"start": "2026-03-04T09:00+08:00", "until": "2026-03-04T10:00+08:00"}
    ]


# The explanation


def test_a_due_tells_its_calendar_its_days_and_what_it_skipped() -> None:
    found = due_at(at("2024-09-30T16:00"), parse_limit("3工作日"), working_time=HOURS8)
    told = json.loads(json.dumps(found.derivation))

    assert told["calendar"] == {"name": "全国法定节假日工作日历", "version": "2024-2026.1"}
    assert [(day["date"], day["minutes"]) for day in told["days"]] == [
        ("2024-09-30", 120),
        ("2024-10-08", 480),
        ("2024-10-09", 480),
        ("2024-10-10", 360),
    ]
    assert told["days"][-1]["intervals"] == [["08:00", "12:00"], ["14:00", "16:00"]]
    assert [(day["date"][5:], day["reason"], day["name"]) for day in told["skipped"]] == [
        ("10-01", "holiday", "国庆节"),
        ("10-02", "holiday", "国庆节"),
        ("10-03", "holiday", "国庆节"),
        ("10-04", "holiday", "国庆节"),
        ("10-05", "weekend", "周六"),
        ("10-06", "weekend", "周日"),
        ("10-07", "holiday", "国庆节"),
    ]
    assert (told["start"], told["due"]) == ("2024-09-30T16:00+08:00", "2024-10-10T16:00+08:00")
    assert told["minutes"] == 1440
    assert told["limit"] == "3工作日"


def test_the_sentence_says_what_was_skipped() -> None:
    found = due_at(at("2024-09-30T16:00"), parse_limit("3工作日"), working_time=HOURS8)

    assert found.sentence == (
        "3工作日从2024年9月30日16:00起只算上班时间，跳过不上班的7天（国庆节5天、休息日2天），"
        "到2024年10月10日16:00截止。"
    )


def test_the_sentence_names_a_late_opening_and_a_make_up_day() -> None:
    found = due_at(at("2024-09-28T10:00"), parse_limit("1工作时"), working_time=HOURS8)

    assert found.sentence == (
        "1工作时从2024年9月28日10:00起只算上班时间，收到时不计时，实际从2024年9月29日08:00开始计时，"
        "跳过不上班的1天（休息日1天），9月29日调休上班照常计入，到2024年9月29日09:00截止。"
    )
    assert found.derivation["days"][0]["make_up"] == "国庆节"


def test_a_natural_due_tells_the_stretches_it_counted_and_no_calendar() -> None:
    pause = Pause(at("2024-09-30T17:00"), at("2024-09-30T20:00"))
    found = due_at(
        at("2024-09-30T16:00"), parse_limit("2紧急工作时"), working_time=HOURS8, pauses=[pause]
    )

    assert found.derivation["calendar"] is None
    assert found.derivation["days"] == []
    assert found.derivation["spans"] == [
        ["2024-09-30T16:00+08:00", "2024-09-30T17:00+08:00"],
        ["2024-09-30T20:00+08:00", "2024-09-30T21:00+08:00"],
    ]
    assert found.sentence == (
        "2紧急工作时从2024年9月30日16:00起昼夜连续计算，挂账1次期间不计时，到2024年9月30日21:00截止。"
    )


def test_a_natural_due_over_a_make_up_day_does_not_mention_it() -> None:
    found = due_at(at("2024-09-29T09:00"), parse_limit("1自然日"), working_time=HOURS8)

    assert "调休" not in found.sentence


def test_the_nth_day_tells_which_days_a_pause_took() -> None:
    pause = Pause(at("2024-10-08T09:00"), at("2024-10-08T10:00"))
    found = due_at(
        at("2024-09-30T16:00"), parse_limit("1工作日"), working_time=NTH_DAY, pauses=[pause]
    )

    assert found.derivation["skipped"][-1] == {
        "date": "2024-10-08",
        "reason": "paused",
        "name": "挂账",
    }
    assert found.derivation["minutes"] == 480
    assert found.sentence == (
        "1工作日从2024年9月30日16:00的次日起数工作日，算到最后一天下班，"
        "跳过不上班的7天（国庆节5天、休息日2天），挂账1次期间不计时，到2024年10月9日18:00截止。"
    )


def test_a_day_that_ends_at_midnight_reads_twenty_four_hours() -> None:
    found = due_at(at("2026-03-06T23:00"), parse_limit("1工作时"), working_time=ROUND_THE_CLOCK)

    assert found.derivation["days"][0]["intervals"] == [["23:00", "24:00"]]
    assert found.derivation["due"] == "2026-03-07T00:00+08:00"


# What is left


@pytest.mark.parametrize(
    ("start", "end", "unit", "minutes"),
    [
        ("2026-03-04T11:00", "2026-03-04T15:00", LimitUnit.WORK_HOUR, 120),
        ("2026-03-04T11:00", "2026-03-04T15:00", LimitUnit.URGENT_HOUR, 240),
        ("2026-03-06T17:00", "2026-03-09T11:00", LimitUnit.WORK_DAY, 240),
        ("2026-03-04T12:00", "2026-03-04T14:00", LimitUnit.WORK_MINUTE, 0),
        ("2026-03-04T12:00", "2026-03-04T12:00", LimitUnit.MINUTE, 0),
        ("2026-03-05T12:00", "2026-03-04T12:00", LimitUnit.WORK_DAY, 0),
        ("2026-12-31T16:00", "2027-01-01T00:00", LimitUnit.WORK_DAY, 120),
    ],
)
def test_minutes_are_counted_in_the_way_of_the_unit(
    start: str, end: str, unit: LimitUnit, minutes: int
) -> None:
    assert minutes_between(at(start), at(end), unit=unit, working_time=HOURS8) == minutes


def test_minutes_inside_a_pause_are_not_counted() -> None:
    pause = Pause(at("2026-03-04T11:30"), at("2026-03-04T14:30"))
    between = (at("2026-03-04T11:00"), at("2026-03-04T15:00"))

    working = minutes_between(
        *between, unit=LimitUnit.WORK_HOUR, working_time=HOURS8, pauses=[pause]
    )
    natural = minutes_between(
        *between, unit=LimitUnit.URGENT_HOUR, working_time=HOURS8, pauses=[pause]
    )

    assert (working, natural) == (60, 60)


@pytest.mark.parametrize(
    ("now", "unit", "minutes", "text"),
    [
        ("2024-09-30T16:00", LimitUnit.WORK_DAY, 1440, "剩余 3个工作日"),
        ("2024-10-08T15:00", LimitUnit.WORK_DAY, 1020, "剩余 2个工作日1小时"),
        ("2024-10-10T15:15", LimitUnit.WORK_HOUR, 45, "剩余 45分钟"),
        ("2024-10-09T13:00", LimitUnit.NATURAL_DAY, 1620, "剩余 1天3小时"),
        ("2024-10-08T15:59", LimitUnit.NATURAL_DAY, 2881, "剩余 2天1分钟"),
        ("2024-10-09T12:40", LimitUnit.NATURAL_DAY, 1640, "剩余 1天3小时"),
        ("2024-10-10T16:00", LimitUnit.WORK_DAY, 0, "剩余 0分钟"),
    ],
)
def test_time_left_is_told_in_the_units_of_the_limit(
    now: str, unit: LimitUnit, minutes: int, text: str
) -> None:
    left = time_left(at(now), at("2024-10-10T16:00"), unit=unit, working_time=HOURS8)

    assert (left.minutes, left.text, left.overdue) == (minutes, text, False)


def test_overtime_runs_through_the_night() -> None:
    left = time_left(
        at("2024-10-11T18:00"),
        at("2024-10-10T16:00"),
        unit=LimitUnit.WORK_DAY,
        working_time=HOURS8,
    )

    assert (left.minutes, left.text, left.overdue) == (26 * 60, "已超时 1天2小时", True)


def test_one_second_too_late_is_told_as_a_minute() -> None:
    now = at("2024-10-10T16:00") + timedelta(seconds=1)

    left = time_left(now, at("2024-10-10T16:00"), unit=LimitUnit.WORK_DAY, working_time=HOURS8)

    assert left.text == "已超时 1分钟"


@pytest.mark.parametrize(
    ("now", "colour"),
    [
        ("2026-03-04T08:00", Light.GREEN),
        ("2026-03-04T16:24", Light.GREEN),  # 96 of 480 minutes left: 20 % exactly
        ("2026-03-04T16:25", Light.YELLOW),
        ("2026-03-04T18:00", Light.YELLOW),  # the instant itself is on time
        ("2026-03-04T18:01", Light.RED),
    ],
)
def test_the_light_turns_yellow_below_a_fifth_and_red_after_the_due(
    now: str, colour: Light
) -> None:
    start, end = at("2026-03-04T08:00"), at("2026-03-04T18:00")

    assert light(at(now), start, end, unit=LimitUnit.WORK_DAY, working_time=HOURS8) is colour


def test_a_second_after_the_due_is_red() -> None:
    end = at("2026-03-04T18:00")
    now = end + timedelta(seconds=1)

    found = light(now, at("2026-03-04T08:00"), end, unit=LimitUnit.WORK_DAY, working_time=HOURS8)

    assert found is Light.RED


def test_a_weekend_does_not_turn_a_working_limit_yellow() -> None:
    start, end = at("2026-03-06T16:00"), at("2026-03-09T16:00")
    sunday = at("2026-03-08T20:00")

    assert light(sunday, start, end, unit=LimitUnit.WORK_DAY, working_time=HOURS8) is Light.GREEN
    assert light(sunday, start, end, unit=LimitUnit.URGENT_DAY, working_time=HOURS8) is Light.GREEN
    late = at("2026-03-09T08:00")
    assert light(late, start, end, unit=LimitUnit.WORK_DAY, working_time=HOURS8) is Light.GREEN
    assert light(late, start, end, unit=LimitUnit.URGENT_DAY, working_time=HOURS8) is Light.YELLOW


def test_an_extension_is_refused_after_the_due_but_not_at_it() -> None:
    start, limit, end = at("2026-03-09T09:00"), parse_limit("2工作日"), at("2026-03-11T09:00")

    on_time = extend(end, start=start, limit=limit, granted=0, now=end, working_time=HOURS8)
    with pytest.raises(ExtensionRefused, match="已经超时"):
        extend(
            end,
            start=start,
            limit=limit,
            granted=0,
            now=end + timedelta(seconds=1),
            working_time=HOURS8,
        )

    assert on_time.at == at("2026-03-13T09:00")


# Laws

STARTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 6, 30)).map(  # noqa: DTZ001
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=SHANGHAI)
)
UNITS = st.sampled_from(LimitUnit)
LIMITS = st.builds(TimeLimit, st.integers(1, 40), UNITS)


@st.composite
def pauses_after(draw: st.DrawFn) -> tuple[datetime, list[Pause]]:
    start = draw(STARTS)
    offsets = st.integers(-2000, 4000)
    lengths = st.integers(1, 5000)
    spans = draw(st.lists(st.tuples(offsets, lengths), max_size=3))
    return start, [
        Pause(start + begin * MINUTE, start + (begin + length) * MINUTE) for begin, length in spans
    ]


@given(pauses_after(), LIMITS)
def test_exactly_the_limit_lies_between_start_and_due(
    case: tuple[datetime, list[Pause]], limit: TimeLimit
) -> None:
    start, pauses = case
    found = due_at(start, limit, working_time=HOURS8, pauses=pauses).at

    def counted(end: datetime) -> int:
        return minutes_between(start, end, unit=limit.unit, working_time=HOURS8, pauses=pauses)

    assert counted(found) == limit.minutes(day_minutes=480)
    assert counted(found - MINUTE) == limit.minutes(day_minutes=480) - 1


@given(STARTS, st.integers(0, 5000), LIMITS)
def test_who_starts_later_is_never_due_earlier(
    start: datetime, wait: int, limit: TimeLimit
) -> None:
    first = due_at(start, limit, working_time=HOURS8).at
    second = due_at(start + wait * MINUTE, limit, working_time=HOURS8).at

    assert first <= second


@given(pauses_after(), LIMITS)
def test_a_pause_never_brings_a_due_forward(
    case: tuple[datetime, list[Pause]], limit: TimeLimit
) -> None:
    start, pauses = case
    for working_time in (HOURS8, NTH_DAY):
        plain = due_at(start, limit, working_time=working_time).at
        assert due_at(start, limit, working_time=working_time, pauses=pauses).at >= plain
