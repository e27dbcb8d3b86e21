import pytest

from linli.kernel.calendar.errors import UnclearLimit
from linli.kernel.calendar.limits import LimitUnit, TimeLimit, parse_limit


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("3工作日", TimeLimit(3, LimitUnit.WORK_DAY)),
        ("3个工作日", TimeLimit(3, LimitUnit.WORK_DAY)),
        (" ３ 工作日\u3000", TimeLimit(3, LimitUnit.WORK_DAY)),
        ("15 工作天", TimeLimit(15, LimitUnit.WORK_DAY)),
        ("4工作时", TimeLimit(4, LimitUnit.WORK_HOUR)),
        ("4工作小时", TimeLimit(4, LimitUnit.WORK_HOUR)),
        ("2紧急工作时", TimeLimit(2, LimitUnit.URGENT_HOUR)),
        ("2紧急工作日", TimeLimit(2, LimitUnit.URGENT_DAY)),
        ("7自然日", TimeLimit(7, LimitUnit.NATURAL_DAY)),
        ("7日历天", TimeLimit(7, LimitUnit.NATURAL_DAY)),
        ("15分钟", TimeLimit(15, LimitUnit.MINUTE)),
        ("30工作分钟", TimeLimit(30, LimitUnit.WORK_MINUTE)),
    ],
)
def test_a_limit_is_read_as_people_write_it(text: str, limit: TimeLimit) -> None:
    assert parse_limit(text) == limit


@pytest.mark.parametrize("unit", list(LimitUnit))
def test_what_is_printed_is_read_back_as_the_same(unit: LimitUnit) -> None:
    limit = TimeLimit(12, unit)

    assert parse_limit(str(limit)) == limit


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("3天", ("3工作日", "3自然日", "3紧急工作日")),
        ("3 日", ("3工作日", "3自然日", "3紧急工作日")),
        ("2小时", ("2工作时", "2紧急工作时")),
        ("２个时", ("2工作时", "2紧急工作时")),
    ],
)
def test_an_ambiguous_unit_is_refused_and_the_choices_are_named(
    text: str, choices: tuple[str, ...]
) -> None:
    with pytest.raises(UnclearLimit) as refused:
        parse_limit(text)

    assert all(choice in refused.value.message for choice in choices)
    assert refused.value.field == "limit"


@pytest.mark.parametrize(
    "text", ["", "工作日", "三工作日", "1.5工作日", "-3工作日", "0工作日", "3工作周", "3", "3 days"]
)
def test_anything_else_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(UnclearLimit) as refused:
        parse_limit(text)

    assert refused.value.message.endswith("。")


@pytest.mark.parametrize("digits", ["100000", "9" * 5000])
def test_a_limit_of_centuries_is_refused(digits: str) -> None:
    with pytest.raises(UnclearLimit, match="超出范围"):
        parse_limit(f"{digits}工作日")


def test_the_longest_limit_is_accepted() -> None:
    assert parse_limit("99999工作日").amount == 99_999


def test_a_working_day_is_worth_what_the_calendar_says_and_other_units_are_fixed() -> None:
    worth = {unit: TimeLimit(2, unit).minutes(day_minutes=450) for unit in LimitUnit}

    assert worth == {
        LimitUnit.URGENT_HOUR: 120,
        LimitUnit.URGENT_DAY: 2880,
        LimitUnit.WORK_HOUR: 120,
        LimitUnit.WORK_DAY: 900,
        LimitUnit.NATURAL_DAY: 2880,
        LimitUnit.MINUTE: 2,
        LimitUnit.WORK_MINUTE: 2,
    }
