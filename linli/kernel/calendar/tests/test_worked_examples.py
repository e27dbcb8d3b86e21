"""The worked examples of the field: start, limit, due, to the minute (T1–T33)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from linli.kernel.calendar.calendar_file import default_working_time
from linli.kernel.calendar.errors import ExtensionRefused, YearNotLoaded
from linli.kernel.calendar.rules import (
    SHANGHAI,
    LimitUnit,
    Pause,
    due_at,
    extend,
    minutes_between,
    parse_limit,
)

HOURS8 = default_working_time()
NTH_DAY = replace(HOURS8, end_of_nth_day=True)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


EXAMPLES = [
    ("T1", "2026-03-06T17:00", "4工作时", "2026-03-09T11:00"),
    ("T2", "2026-03-06T17:00", "2紧急工作时", "2026-03-06T19:00"),
    ("T3", "2026-03-06T17:00", "1工作日", "2026-03-09T17:00"),
    ("T4", "2026-03-04T12:30", "1工作时", "2026-03-04T15:00"),
    ("T5", "2026-03-04T11:00", "1工作时", "2026-03-04T12:00"),
    ("T6", "2026-03-06T17:00", "2紧急工作日", "2026-03-08T17:00"),
    ("T7", "2026-03-06T17:45", "30工作分钟", "2026-03-09T08:15"),
    ("T8", "2024-10-11T17:00", "4工作时", "2024-10-12T11:00"),
    ("T9", "2024-09-30T16:00", "3工作日", "2024-10-10T16:00"),
    ("T10a", "2024-09-30T16:00", "1工作日", "2024-10-08T16:00"),
    ("T10b", "2024-09-30T16:00", "2工作日", "2024-10-09T16:00"),
    ("T10c", "2024-09-30T16:00", "5工作日", "2024-10-12T16:00"),
    ("T12a", "2024-09-30T07:00", "3工作日", "2024-10-09T18:00"),
    ("T13", "2024-09-30T18:30", "1工作时", "2024-10-08T09:00"),
    ("T14a", "2024-10-01T09:00", "1工作时", "2024-10-08T09:00"),
    ("T14b", "2024-10-01T09:00", "1工作日", "2024-10-08T18:00"),
    ("T15", "2024-09-30T16:00", "2紧急工作日", "2024-10-02T16:00"),
    ("T16", "2024-09-27T17:00", "4工作时", "2024-09-29T11:00"),
    ("T17a", "2024-09-28T10:00", "1工作时", "2024-09-29T09:00"),
    ("T17b", "2024-09-28T10:00", "4工作时", "2024-09-29T12:00"),
    ("T18", "2024-10-12T09:00", "1工作日", "2024-10-14T09:00"),
    ("T19a", "2025-01-26T10:00", "1工作日", "2025-01-27T10:00"),
    ("T19b", "2025-01-26T10:00", "3工作日", "2025-02-06T10:00"),
    ("T20", "2025-01-27T17:00", "4工作时", "2025-02-05T11:00"),
    ("T21", "2025-09-30T16:00", "3工作日", "2025-10-11T16:00"),
    ("T22", "2026-02-13T17:00", "4工作时", "2026-02-14T11:00"),
    ("T23", "2026-02-14T17:30", "1工作时", "2026-02-24T08:30"),
    ("T24", "2026-02-27T16:00", "4工作时", "2026-02-28T10:00"),
    ("T25", "2026-04-30T17:00", "3工作日", "2026-05-08T17:00"),
    ("T26", "2026-09-30T16:00", "3工作日", "2026-10-10T16:00"),
    ("T27", "2024-09-27T10:00", "5工作日", "2024-10-10T10:00"),
    ("T28", "2026-09-24T10:00", "5工作日", "2026-10-09T10:00"),
    ("T29", "2026-09-29T10:00", "10工作日", "2026-10-19T10:00"),
    ("T30", "2024-09-26T16:00", "2工作日", "2024-09-29T16:00"),
]


@pytest.mark.parametrize(
    ("number", "start", "limit", "due"), EXAMPLES, ids=[e[0] for e in EXAMPLES]
)
def test_a_worked_example_is_due_to_the_minute(
    number: str, start: str, limit: str, due: str
) -> None:
    found = due_at(at(start), parse_limit(limit), working_time=HOURS8)

    assert found.at == at(due), number
    assert found.at.tzinfo is UTC


@pytest.mark.parametrize(
    ("start", "due"),
    [("2024-09-30T16:00", "2024-10-10T18:00"), ("2024-09-30T07:00", "2024-10-10T18:00")],
    ids=["T11", "T12b"],
)
def test_the_end_of_the_third_working_day_after_the_start(start: str, due: str) -> None:
    assert due_at(at(start), parse_limit("3工作日"), working_time=NTH_DAY).at == at(due)


def test_t31_a_year_without_holiday_table_is_an_error_and_no_due_is_invented() -> None:
    with pytest.raises(YearNotLoaded) as refused:
        due_at(at("2026-12-31T16:00"), parse_limit("3工作日"), working_time=HOURS8)

    assert refused.value.year == 2027
    assert "2027年" in refused.value.message
    assert "导入" in refused.value.message
    assert refused.value.status == 409


def test_t32_two_extensions_each_add_the_limit_from_the_original_start_and_a_third_is_refused() -> (
    None
):
    start, limit = at("2026-03-09T09:00"), parse_limit("2工作日")
    now = at("2026-03-10T10:00")
    first = due_at(start, limit, working_time=HOURS8)
    second = extend(first.at, start=start, limit=limit, granted=0, now=now, working_time=HOURS8)
    third = extend(second.at, start=start, limit=limit, granted=1, now=now, working_time=HOURS8)

    assert first.at == at("2026-03-11T09:00")
    assert second.at == at("2026-03-13T09:00")
    assert third.at == at("2026-03-17T09:00")
    assert third.derivation["limit"] == "2工作日"
    assert third.derivation["extensions"] == 2
    assert "2工作日延期2次共6工作日" in third.sentence
    with pytest.raises(ExtensionRefused) as refused:
        extend(third.at, start=start, limit=limit, granted=2, now=now, working_time=HOURS8)
    assert "最多延期2次" in refused.value.message


def test_t33_a_suspension_stops_the_clock_and_the_rest_follows_after_it() -> None:
    start, suspended = at("2026-03-09T09:00"), at("2026-03-09T15:00")
    pause = Pause(suspended, at("2026-03-12T00:00"))
    due = due_at(start, parse_limit("2工作日"), working_time=HOURS8, pauses=[pause])

    used = minutes_between(start, suspended, unit=LimitUnit.WORK_DAY, working_time=HOURS8)
    left = minutes_between(pause.until, due.at, unit=LimitUnit.WORK_DAY, working_time=HOURS8)
    assert (used, left) == (4 * 60, 12 * 60)
    assert due.at == at("2026-03-13T12:00")
    assert due.derivation["pauses"] == [
        {"start": "2026-03-09T15:00+08:00", "until": "2026-03-12T00:00+08:00"}
    ]
    assert "挂账1次期间不计时" in due.sentence
