"""The yearly notice, read from its own words, against the tables the house ships."""

from datetime import date

import pytest

from linli.kernel.calendar.calendar_file import content_of, default_working_time
from linli.kernel.calendar.day_file import DayKind, ListedDay
from linli.kernel.calendar.errors import BadNotice
from linli.kernel.calendar.notice import MAX_LETTERS, Block, read_notice
from linli.kernel.calendar.tests.notices import (
    NOTICE_2019,
    NOTICE_2024,
    NOTICE_2025,
    NOTICE_2026,
)

SHIPPED = content_of(default_working_time())["years"]


def rows(days: tuple[ListedDay, ...], kind: DayKind) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for one in days:
        if one.kind is kind:
            named.setdefault(one.name, []).append(one.day.isoformat())
    return named


@pytest.mark.parametrize(
    ("year", "text"), [(2024, NOTICE_2024), (2025, NOTICE_2025), (2026, NOTICE_2026)]
)
def test_the_notice_of_a_year_gives_the_shipped_table(year: int, text: str) -> None:
    notice = read_notice(text)

    assert notice.year == year
    assert rows(notice.days, DayKind.HOLIDAY) == SHIPPED[str(year)]["holidays"]
    assert rows(notice.days, DayKind.MAKE_UP) == SHIPPED[str(year)]["make_up_days"]


def test_a_new_year_that_begins_in_december_brings_its_days_of_the_year_before() -> None:
    notice = read_notice(NOTICE_2019)

    assert notice.year == 2019
    assert notice.blocks[0] == Block(
        "元旦", date(2018, 12, 30), date(2019, 1, 1), (date(2018, 12, 29),)
    )
    assert notice.days[:3] == (
        ListedDay(date(2018, 12, 29), DayKind.MAKE_UP, "元旦"),
        ListedDay(date(2018, 12, 31), DayKind.HOLIDAY, "元旦"),
        ListedDay(date(2019, 1, 1), DayKind.HOLIDAY, "元旦"),
    )


def test_what_employers_are_encouraged_to_do_is_no_holiday() -> None:
    days = {one.day for one in read_notice(NOTICE_2024).days}

    assert date(2024, 2, 9) not in days


def test_a_text_pasted_as_one_line_or_with_half_width_signs_is_read_alike() -> None:
    one_line = NOTICE_2026.replace("\n", "")
    half_width = NOTICE_2026.replace("（", "(").replace("）", ")").replace("：", ":")

    assert read_notice(one_line).days == read_notice(half_width).days
    assert read_notice(one_line).days == read_notice(NOTICE_2026).days


@pytest.mark.parametrize(
    ("said", "instead", "refused"),
    [
        ("1月1日（周四）至", "1月1日（周五）至", "元旦：1月1日写的是周五，但2026年这一天是周四"),
        ("5月9日（周六）上班", "5月9日（周日）上班", "劳动节：5月9日写的是周日，但2026年这一天是周六"),
        ("5月9日（周六）上班", "5月8日（周五）上班", "劳动节：5月8日是周五，本来就上班"),
        ("放假调休，共9天", "放假调休，共8天", "春节：写的是共8天，列出的日期有9天"),
        ("6月19日（周五）至21日（周日）放假，共3天", "6月31日放假", "端午节：没有2026年6月31日这一天"),
        ("至23日（农历正月初七、周一）", "至13日", "春节：13日早于这一段的开始"),
        ("5月9日（周六）上班", "5月2日（周六）上班", "劳动节：5月2日要上班，但劳动节放假"),
        ("9月25日（周五）至27日（周日）放假，共3天", "另行通知", "中秋节：没有找到放假的日期"),
        ("9月25日（周五）至27日（周日）放假，共3天", "9月23日放假，与周末连休", "中秋节：写的是与周末连休"),
        ("五、端午节：", "五、重阳节：", "没有找到端午节的安排"),
        ("五、端午节：6月19日（周五）至21日（周日）放假，共3天。", "", "没有找到端午节的安排"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_name(said: str, instead: str, refused: str) -> None:
    assert said in NOTICE_2026

    with pytest.raises(BadNotice) as problem:
        read_notice(NOTICE_2026.replace(said, instead))

    assert refused in problem.value.message
    assert problem.value.field == "text"
    assert problem.value.status == 422


def test_everything_that_does_not_fit_is_said_at_once() -> None:
    text = NOTICE_2026.replace("1月1日（周四）", "1月1日（周五）").replace("共7天", "共6天")

    with pytest.raises(BadNotice) as problem:
        read_notice(text)

    assert "元旦：1月1日写的是周五" in problem.value.message
    assert "国庆节：写的是共6天，列出的日期有7天" in problem.value.message


def test_a_notice_of_another_year_under_this_years_title_does_not_fit_its_weekdays() -> None:
    with pytest.raises(BadNotice, match="这一天是"):
        read_notice(NOTICE_2026.replace("2026年", "2027年"))


@pytest.mark.parametrize("text", ["", "元旦放假", "一、元旦：1月1日放假。"])
def test_a_text_without_a_year_is_refused(text: str) -> None:
    with pytest.raises(BadNotice, match="哪一年"):
        read_notice(text)


def test_a_text_that_is_far_too_long_is_refused() -> None:
    with pytest.raises(BadNotice, match="太长"):
        read_notice(NOTICE_2026 + "。" * MAX_LETTERS)
