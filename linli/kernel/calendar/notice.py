"""The State Council's yearly notice of holidays, read from its own words.

国务院办公厅关于2026年部分节假日安排的通知 lists the festivals one by one:

    一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
    五、端午节：6月10日放假，与周末连休。

Of each item the sentence with 放假 gives the days off, the one with 上班 the weekend days that are worked; any other
sentence (鼓励……安排职工在除夕休息) is a remark and gives nothing. A month that is left out is the one before, a year
that is left out is that of the notice; the new year may begin in December (2018年12月30日至2019年1月1日).

Whatever can be checked is: a weekday in brackets against its date, 共3天 against the days named, 与周末连休 against the
weekend, a day worked against its being a weekend day, the seven festivals against each other. What does not fit is
refused with the festival's name, all of it at once: a year half read would give wrong dues without a word.

Example: from 四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。 come the holidays 1, 4 and
5 May, named 劳动节 (2 and 3 May are a weekend and free anyhow), and the make-up day 9 May.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from linli.kernel.calendar.day_file import DayKind, ListedDay
from linli.kernel.calendar.errors import BadNotice

FESTIVALS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
MAX_LETTERS = 20_000
"""A notice has about 700 characters; more than this is another paper."""

WEEKDAYS = "一二三四五六日"
_SATURDAY = 6
_DAY = timedelta(days=1)
_YEAR = re.compile(r"(20[0-9]{2})年(?:部分)?(?:元旦|节假日)")
_FESTIVAL = "|".join(FESTIVALS)
_ITEM = re.compile(
    rf"(?:^|[\s。])[一二三四五六七八九十]{{1,3}}、((?:{_FESTIVAL})(?:[、和](?:{_FESTIVAL})){{0,6}}):"
)
_END = re.compile(r"节假日期间|国务院办公厅\s{0,9}20")
_DATE = re.compile(
    r"(?:(?P<year>[0-9]{4})年)?(?:(?P<month>[0-9]{1,2})月)?(?P<day>[0-9]{1,2})日"
    r"(?:\((?P<words>[^)]{0,60})\))?(?P<to>至|到|-|—|~)?"
)
_WEEKDAY = re.compile(r"(?:星期|周)([一二三四五六日天])")
_COUNT = re.compile(r"(?:共|放假)([0-9]{1,2})天")


@dataclass(frozen=True)
class Block:
    """One festival: its days off from `first` to `last`, weekends among them, and the days worked for it."""

    name: str
    first: date
    last: date
    worked: tuple[date, ...] = ()
    with_weekend: bool = False

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.first + _DAY * n for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True)
class Notice:
    """`days` are the rows of a calendar: holidays from Monday to Friday and weekend days worked, in order."""

    year: int
    blocks: tuple[Block, ...]
    days: tuple[ListedDay, ...]


def read_notice(text: str) -> Notice:
    """Raises BadNotice, whose sentence names every festival and date that does not fit."""
    flat = unicodedata.normalize("NFKC", text[: MAX_LETTERS + 1]).replace("：", ":")
    if len(text) > MAX_LETTERS:
        raise BadNotice("文字太长，不像放假通知，请只粘贴通知的正文。")
    named = _YEAR.search(flat)
    if named is None:
        raise BadNotice("没有找到是哪一年的通知，请连同标题“关于…年部分节假日安排的通知”一起粘贴。")
    year = int(named[1])
    problems: list[str] = []
    blocks = [_block(name, body, year, problems) for name, body in _items(flat)]
    found = [block for block in blocks if block is not None]
    problems += _missing(found, problems) + _clashes(found)
    if problems:
        raise BadNotice("；".join(problems) + "。请核对粘贴的文字后再试。")
    return Notice(year, tuple(found), _rows(found))


def weekday(day: date) -> str:
    """周一 to 周日."""
    return f"周{WEEKDAYS[day.weekday()]}"


def _items(text: str) -> Iterator[tuple[str, str]]:
    """Name and words of each festival, in order."""
    heads = list(_ITEM.finditer(text))
    for number, head in enumerate(heads):
        until = heads[number + 1].start() if number + 1 < len(heads) else len(text)
        body = text[head.end() : until]
        closing = _END.search(body)
        yield head[1].replace("和", "、"), body[: closing.start()] if closing else body


def _block(name: str, body: str, year: int, problems: list[str]) -> Block | None:
    off: list[date] = []
    worked: list[date] = []
    with_weekend = False
    before = len(problems)
    for sentence in re.split(r"[。;\n]", "".join(body.split(" "))):
        if sentence.lstrip().startswith("鼓励"):
            continue
        if "上班" in sentence:
            worked += _dates(name, sentence, year, problems)
        elif "放假" in sentence:
            off += _dates(name, sentence, year, problems)
            with_weekend = "与周末连休" in sentence
            _check_count(name, sentence, off, problems)
    if not off:
        if len(problems) == before:
            problems.append(f"{name}：没有找到放假的日期")
        return None
    block = Block(name, off[0], off[-1], tuple(worked), with_weekend)
    _check_days(block, problems)
    return block


def _dates(name: str, sentence: str, year: int, problems: list[str]) -> list[date]:
    """Every day a sentence names, those between the two ends of a stretch among them."""
    days: list[date] = []
    opened = False
    now_year, month = year, 0
    for found in _DATE.finditer(sentence):
        now_year, month = int(found["year"] or now_year), int(found["month"] or month)
        day = _date(name, now_year, month, found, problems)
        if day is None:
            continue
        if opened and days and day <= days[-1]:
            problems.append(f"{name}：{found[0]}早于这一段的开始")
        elif opened and days:
            days += [days[-1] + _DAY * n for n in range(1, (day - days[-1]).days + 1)]
        else:
            days.append(day)
        opened = bool(found["to"])
    return days


def _date(
    name: str, year: int, month: int, found: re.Match[str], problems: list[str]
) -> date | None:
    try:
        day = date(year, month, int(found["day"]))
    except ValueError:
        problems.append(f"{name}：没有{year}年{month}月{found['day']}日这一天")
        return None
    said = _WEEKDAY.search(found["words"] or "")
    if said and WEEKDAYS[day.weekday()] != said[1].replace("天", "日"):
        problems.append(
            f"{name}：{day.month}月{day.day}日写的是周{said[1]}，但{year}年这一天是{weekday(day)}"
        )
    return day


def _check_count(name: str, sentence: str, off: list[date], problems: list[str]) -> None:
    said = _COUNT.search(sentence)
    if said and off and int(said[1]) != len(off):
        problems.append(f"{name}：写的是共{said[1]}天，列出的日期有{len(off)}天")


def _check_days(block: Block, problems: list[str]) -> None:
    beside = (block.first - _DAY, block.last + _DAY)
    touches = any(day.isoweekday() >= _SATURDAY for day in (*block.days, *beside))
    if block.with_weekend and not touches:
        problems.append(f"{block.name}：写的是与周末连休，但前后都不是周末")
    problems += [
        f"{block.name}：{day.month}月{day.day}日是{weekday(day)}，本来就上班"
        for day in block.worked
        if day.isoweekday() < _SATURDAY
    ]


def _missing(blocks: list[Block], problems: list[str]) -> list[str]:
    there = {one for block in blocks for one in block.name.split("、")}
    named = "".join(problems)
    return [f"没有找到{one}的安排" for one in FESTIVALS if one not in there and one not in named]


def _clashes(blocks: list[Block]) -> list[str]:
    off = {day: block.name for block in blocks for day in block.days}
    return [
        f"{block.name}：{day.month}月{day.day}日要上班，但{off[day]}放假"
        for block in blocks
        for day in block.worked
        if day in off
    ]


def _rows(blocks: list[Block]) -> tuple[ListedDay, ...]:
    days = [
        *(
            ListedDay(day, DayKind.HOLIDAY, block.name)
            for block in blocks
            for day in block.days
            if day.isoweekday() < _SATURDAY
        ),
        *(ListedDay(day, DayKind.MAKE_UP, block.name) for block in blocks for day in block.worked),
    ]
    return tuple(sorted(days, key=lambda one: one.day))
