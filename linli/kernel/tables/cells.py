"""What the cells of somebody's table say, and what they can no longer say.

A spreadsheet keeps fifteen digits of a number. Whatever was longer is gone, and the file does not show it: three order
numbers of eighteen digits become one. So a number is believed only as far as it can be whole:

    key, code    text as it is written. A number cell only if it is whole and has fewer than 15 digits; a number in
                 E-notation (1.23E+17), in a number cell or in text, refuses its row: a value was there and is lost
    phone        only what is certainly a number: 11 digits of a mobile, 7 or 8 of a landline with or without its area
                 code, 400 and 800, short service numbers, or a number that begins with +. 无, 不详, - and masked ones
                 (138****1234) are empty and the row stays, for nothing was given or it was withheld. `a/b` is the first
                 if both are numbers, else left out and noted, like words without digits. An extension (转8801) is left
                 out and noted. Digits that are no number, and E-notation, refuse the row: a number was there and is
                 wrong or lost
    date, time   year before month before day (2026-03-09, 2026/3/9 8:05, 2026.3.9, 2026年3月9日 下午2:05, 20260309,
                 ISO with Z or an offset, 24:00) and real dates of a spreadsheet. 03/04/2026 has two meanings and
                 refuses its row, as does a year outside the bounds of the column
    blank        a cell without a visible character; "required" means visible
    damaged      an error (#N/A), a formula without its value, 是/否 of a spreadsheet where text is wanted: refuses the
                 row if the column is read

Example: 1.99E+10 under 联系电话 → the row is refused; 19900000001/61234567 → 19900000001; 199****0001 → no phone.

Pure: a cell in, a value out, or `BadCell` with the sentence for the person.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from linli.kernel.errors import LinliError
from linli.kernel.visible import is_visible

LONGEST_NUMBER = 14
"""Digits of a number cell that may be a key; a spreadsheet keeps 15 and writes zeros for the rest."""

EARLIEST = date(2000, 1, 1)
"""Of what is said to have happened, unless a column says otherwise."""

AHEAD = timedelta(days=1)
"""How far after the present something may be said to have happened: clocks and zones differ."""

SHOWN = 40
"""Characters of a wrong value that a refusal repeats."""

_UNSEEN = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
"""Letters by their class that show nothing: Hangul fillers, the blank of Braille, joiners."""

_LOST = re.compile(r"[+-]?\d(\.\d+)?[Ee]\+?\d{1,3}")
_NO_PHONE = frozenset(
    (
        "无", "没有", "暂无", "无电话", "不详", "未知", "不清楚", "未留", "未提供", "未填",
        "匿名", "保密", "不愿透露", "空",
        "none", "null", "n/a", "na", "nil", "0",
    )
)  # fmt: skip
_EXTENSION = re.compile(
    r"(?:\s{0,9}(?:转|分机|ext\.?|#|x)\s{0,9}:?|(?<=\d{7})\s{0,9}[-—])\s{0,9}\d{1,6}$",
    re.IGNORECASE,
)
_BETWEEN_PHONES = re.compile(r"[/、,;，；|\n]|\s或\s?|或")
_PHONES = (
    re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})"),
    re.compile(r"(?:\+?86|0086)?(0[1-9]\d{1,2}[2-9]\d{6,7})"),
    re.compile(r"([48]00\d{7})"),
    re.compile(r"([2-9]\d{6,7})"),
    re.compile(r"(1[0-2]\d{3}|9[56]\d{3,4})"),
    re.compile(r"\+((?!86)[1-9]\d{7,14})"),
)
_MASK = re.compile(r"\d[\d\s-]{0,30}[*＊xX•●]{2}|^[*＊xX•●]{2}")

_DATE = re.compile(
    r"(\d{4})\s*([-/.年])\s*(\d{1,2})\s*([-/.月])\s*(\d{1,2})\s*[日号]?(?:\s*(?:星期|周)[一二三四五六日天])?(.*)",
    re.DOTALL,
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[ T]?(\d\d)(\d\d)(\d\d)?)?")
_TIME = re.compile(
    r"[T,\s]*(上午|早上|凌晨|中午|下午|傍晚|晚上|am|pm)?\s*(\d{1,2})\s*[:时点]\s*(\d{1,2})?\s*分?"
    r"(?::?\s*(\d{1,2})(?:[.,]\d+)?\s*秒?)?\s*(am|pm)?\s*(z|utc|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
_TWO_MEANINGS = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{1,4}.*", re.DOTALL)
_AFTERNOON = ("下午", "傍晚", "晚上", "pm")
_SERIALS = range(36526, 73051)
"""Days of a spreadsheet from 2000 to 2099 when its first day is in 1900."""


class BadCell(LinliError):
    """A cell from which its row cannot be taken. The message is the reason alone; the row says where it stands."""

    status = 422
    code = "bad_cell"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as the file has it: `text` as it would be written, and where it matters what kind it is.

    `value` is a number, a date or a time of a spreadsheet, None for text. `damage` says why there is nothing to read.
    `serial` says that in this file a bare number counts days from 1900.
    """

    text: str = ""
    value: float | date | time | None = None
    damage: str = ""
    serial: bool = False

    @property
    def blank(self) -> bool:
        return not self.damage and not visible(self.text)


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that is certain, or empty; `note` says what was left out."""

    number: str
    note: str = ""


def visible(text: str) -> str:
    """The text without what surrounds it; empty when nothing of it can be seen."""
    trimmed = text.strip()
    return trimmed if is_visible(trimmed) else ""


def without_unseen(text: str) -> str:
    """The text without any invisible character and without surrounding space: a key or a code."""
    return "".join(sign for sign in text if sign == " " or _is_seen(sign)).strip()


def shortened(text: str) -> str:
    """A wrong value as a refusal repeats it: one line, and short."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"


def text_of(cell: Cell) -> str:
    """What is written, trimmed; empty when nothing is visible.

    Raises:
        BadCell: an error, or a formula without a value.
    """
    if cell.damage:
        raise BadCell(cell.damage)
    return visible(cell.text)


def key_of(cell: Cell) -> str:
    """A key or a code.

    Raises:
        BadCell: it is a number of which digits are lost, or may be; or the cell is damaged.
    """
    text = without_unseen(unicodedata.normalize("NFKC", text_of(cell)))
    if isinstance(cell.value, date | time):
        raise BadCell("Excel 把它存成了日期或时间，请把该列设为文本后重填")
    if isinstance(cell.value, float):
        _check_number(cell.value)
    elif _LOST.fullmatch(text) and ("+" in text[1:] or "." in text):
        raise BadCell(_lost(text))
    return text


def phone_of(cell: Cell) -> Phone:
    """A telephone number, see the rules above.

    Raises:
        BadCell: a number was there and is lost.
    """
    text = key_of(cell)
    if not text or text.strip("-—/.*·").lower() in _NO_PHONE | {""}:
        return Phone("", "" if "*" not in text else _withheld(text))
    if _MASK.search(text):
        return Phone("", _withheld(text))
    parts = [part.strip() for part in _BETWEEN_PHONES.split(text) if part.strip()]
    found = [_one_phone(part) for part in parts]
    if not found or not all(one.number for one in found):
        if len(found) == 1 and any(sign.isdigit() for sign in text):
            raise BadCell(f"“{shortened(text)}”不像一个号码，请填写手机号或带区号的座机号")
        return Phone("", f"“{shortened(text)}”不能确定是电话号码，没有保存")
    if len(found) != 1:
        return Phone(found[0].number, f"“{shortened(text)}”有 {len(found)} 个号码，保存了第一个")
    return found[0]


def moment_of(
    cell: Cell, *, zone: tzinfo, now: datetime | None = None, earliest: date = EARLIEST
) -> datetime | None:
    """An instant in UTC; None for a blank cell. What names no zone is local to `zone`.

    Raises:
        BadCell: it is no date and time, has two meanings, or lies before `earliest` or more than a day after `now`.
    """
    found = _moment(cell)
    if found is None:
        return None
    instant = found if found.tzinfo else found.replace(tzinfo=zone)
    if instant < datetime.combine(earliest, time(), zone):
        raise BadCell(f"“{shortened(cell.text)}”早于 {earliest.isoformat()}，不合情理，请核对年份")
    if now is not None and instant > now + AHEAD:
        raise BadCell(f"“{shortened(cell.text)}”在将来，不合情理，请核对年份")
    return instant.astimezone(UTC)


def day_of(
    cell: Cell,
    *,
    zone: tzinfo,
    local_day: Callable[[datetime], date],
    now: datetime | None = None,
    earliest: date = EARLIEST,
) -> date | None:
    """The day of a date with or without a time, as `local_day` has it. Raises `BadCell`, see `moment_of`."""
    instant = moment_of(cell, zone=zone, now=now, earliest=earliest)
    return local_day(instant) if instant else None


def decimal_of(cell: Cell) -> float | None:
    """A plain decimal number such as degrees; None for a blank cell. Raises `BadCell`."""
    text = unicodedata.normalize("NFKC", text_of(cell)).replace("°", "")
    if not text:
        return None
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,20})?", text):
        raise BadCell("不是数字，应为十进制数，如 120.155")
    return float(text)


def count_of(cell: Cell) -> int | None:
    """A whole number of things from 0; None for a blank cell. Raises `BadCell`."""
    text = unicodedata.normalize("NFKC", text_of(cell))
    if not text:
        return None
    if not re.fullmatch(r"\d{1,9}", text):
        raise BadCell("不是整数")
    return int(text)


def cell_from(value: object, damage: str = "", *, serial: bool = False) -> Cell:
    """What a spreadsheet has in a cell, as a `Cell`. Never raises."""
    if damage:
        return Cell("", None, damage)
    if value is None or isinstance(value, str):
        return Cell(value or "")
    maker = next((made for kind, made in _MAKERS if isinstance(value, kind)), None)
    made = maker(value) if maker else Cell(str(value))
    return replace(made, serial=True) if serial and isinstance(made.value, float) else made


def _boolean(value: object) -> Cell:
    return Cell("", None, f"单元格是 Excel 的逻辑值 {str(value).upper()}，请改成文字")


def _number(value: object) -> Cell:
    assert isinstance(value, int | float), "only numbers come here"
    number = float(value)
    if number != number or number in (float("inf"), float("-inf")):
        return Cell("", None, "单元格不是有效的数")
    whole = number.is_integer() and abs(number) < 10**LONGEST_NUMBER
    return Cell(str(int(number)) if whole else _as_shown(number), number)


def _instant(value: object) -> Cell:
    assert isinstance(value, datetime), "only instants come here"
    try:
        rounded = value.replace(microsecond=0) + timedelta(seconds=round(value.microsecond / 1e6))
    except OverflowError:
        rounded = value.replace(microsecond=0)
    return Cell(rounded.isoformat(sep=" "), rounded)


def _day(value: object) -> Cell:
    assert isinstance(value, date), "only days come here"
    return Cell(value.isoformat(), value)


def _clock(value: object) -> Cell:
    assert isinstance(value, time), "only times come here"
    return Cell(value.isoformat("seconds"), value)


_MAKERS: tuple[tuple[type | tuple[type, ...], Callable[[object], Cell]], ...] = (
    (bool, _boolean),
    ((int, float), _number),
    (datetime, _instant),
    (date, _day),
    (time, _clock),
)


def _is_seen(sign: str) -> bool:
    return sign not in _UNSEEN and unicodedata.category(sign)[0] not in "ZC" and not _is_mark(sign)


def _is_mark(sign: str) -> bool:
    """Selectors of a variant show nothing of their own; accents and the like do."""
    return "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"


def _as_shown(number: float) -> str:
    """As a spreadsheet shows a number: 2.5E+17, 46090.5868."""
    return _scientific(number) if _is_lost(number) else repr(number)


def _is_lost(number: float) -> bool:
    return abs(number) >= 10**LONGEST_NUMBER or 0 < abs(number) < 1e-9


def _scientific(number: float) -> str:
    mantissa, _, exponent = f"{number:.14E}".partition("E")
    return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"


def _check_number(number: float) -> None:
    if _is_lost(number):
        raise BadCell(_lost(_scientific(number)))
    if not number.is_integer():
        raise BadCell(
            f"Excel 把它存成了小数 {number!r}，编号和电话应为文本，请把该列设为文本后重填"
        )


def _lost(shown: str) -> str:
    return f"Excel 已把它存成数值 {shown}，位数可能已丢失，请把该列设为文本后重填"


def _withheld(text: str) -> str:
    return f"“{shortened(text)}”是隐去了数字的号码，没有保存"


def _one_phone(text: str) -> Phone:
    bare = _EXTENSION.sub("", text)
    digits = re.sub(r"[\s\-—–()（）.·]", "", bare)
    found = next((one[1] for one in (shape.fullmatch(digits) for shape in _PHONES) if one), "")
    note = "" if bare == text or not found else f"“{shortened(text)}”的分机号没有保存"
    return Phone(found, note)


def _moment(cell: Cell) -> datetime | None:
    if isinstance(cell.value, datetime):
        return cell.value
    if isinstance(cell.value, date):
        return datetime.combine(cell.value, time())
    text = without_unseen(unicodedata.normalize("NFKC", text_of(cell)))
    if not text:
        return None
    if cell.serial and isinstance(cell.value, float) and int(cell.value) in _SERIALS:
        return datetime(1899, 12, 30) + timedelta(seconds=round(cell.value * 86_400))  # noqa: DTZ001
    try:
        found = _written(text)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise BadCell(_no_date(text))
    return found


def _written(text: str) -> datetime | None:
    """A date in text, with a zone if it names one; None when it is no date."""
    compact = _COMPACT.fullmatch(text)
    if compact:
        year, month, day_no, hour, minute, second = (int(part or 0) for part in compact.groups())
        return datetime(year, month, day_no, hour, minute, second)  # noqa: DTZ001
    found = _DATE.fullmatch(text)
    if not found or (found[2] == "年") != (found[4] == "月"):
        return None
    day = datetime(int(found[1]), int(found[3]), int(found[5]))  # noqa: DTZ001
    if not found[6].strip():
        return day
    clock = _TIME.fullmatch(found[6])
    return _with_clock(day, clock) if clock else None


def _with_clock(day: datetime, clock: re.Match[str]) -> datetime | None:
    half = (clock[1] or clock[5] or "").lower()
    hour, minute, second = (int(clock[place] or 0) for place in (2, 3, 4))
    if half and hour > 12:
        half = ""
    if (half in _AFTERNOON and hour < 12) or (half == "中午" and hour < 3):
        hour += 12
    if half in ("am", "上午", "凌晨", "早上") and hour == 12:
        hour = 0
    if (hour, minute, second) == (24, 0, 0):
        day, hour = day + timedelta(days=1), 0
    return day.replace(hour=hour, minute=minute, second=second, tzinfo=_zone(clock[6]))


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text.lower() in ("z", "utc"):
        return UTC
    return datetime.strptime(text.replace(":", ""), "%z").tzinfo


def _no_date(text: str) -> str:
    if _TWO_MEANINGS.fullmatch(text):
        return f"“{shortened(text)}”的月和日分不清，请写成 2026-03-09 14:05"
    return f"时间“{shortened(text)}”无法识别，请写成 2026-03-09 14:05"
