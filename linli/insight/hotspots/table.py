"""Messages out of a table somebody exported: which column is what is told by its name.

    留言用户, 留言主题, 留言时间, 留言详情, 点赞数   and   user, title, posted_at, body, upvotes   are the same form

Only words are needed. What else is missing is not guessed: a sentence says what it would have told (`notes`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from linli.cases.importing import TIME_FORMS
from linli.insight.errors import NoWords
from linli.insight.hotspots.rules import Voice
from linli.kernel.files.tables import Table

COLUMNS: dict[str, tuple[str, ...]] = {
    "number": ("message_id", "编号", "工单编号", "留言编号", "案件编号", "受理编号", "external_no", "id"),
    "reporter": (
        "user_pseudonym", "sender", "user", "reporter", "user_id",
        "留言用户", "用户", "上报人", "诉求人", "来电人", "联系人", "来电号码", "联系电话", "电话",
    ),
    "title": ("title", "标题", "主题", "留言主题", "诉求标题", "工单标题", "案件标题", "subject"),
    "body": (
        "body", "内容", "主要内容", "留言详情", "留言内容", "诉求内容", "问题描述", "描述", "详情",
        "description", "content", "text",
    ),
    "day": (
        "posted_at", "时间", "日期", "留言时间", "上报时间", "接收时间", "创建时间", "受理时间", "发生时间",
        "occurred_at", "created_at", "received_at", "date", "datetime", "time",
    ),
    "votes": ("upvotes", "votes", "likes", "点赞数", "点赞", "支持数", "赞同数", "赞", "关注数"),
    "against": ("downvotes", "dislikes", "反对数", "反对", "踩"),
    "place": (
        "community", "社区", "社区/村", "社区（村）", "subdistrict", "街道", "街乡镇", "街道（乡镇）",
        "district", "区县", "区", "被反映区", "地区", "区域", "place", "area",
    ),
    "category": (
        "category", "类别", "小类", "大类", "问题分类", "问题类型", "分类", "一级标签", "label", "label_level1",
    ),
}  # fmt: skip
"""Names of a column, the most telling first; letter case does not matter."""

MISSING = {
    "reporter": "没有上报人一列：文字相同的算一人，其余每条各算一人。",
    "day": "没有时间一列：不计持续时间，分数由人数和范围两项得出。",
    "votes": "没有点赞一列：受影响人数只按上报人计。",
    "place": "没有地点一列：范围按上报人数计。",
}


@dataclass(frozen=True)
class TableVoices:
    """What a table says. `columns` is what was recognised, `numbers` the table's own number of a row, by its key."""

    voices: list[Voice]
    columns: dict[str, str]
    numbers: dict[str, str]
    notes: list[str]


def voices_of(table: Table) -> TableVoices:
    """Every row with words as a voice whose key is the row number (the header is row 1).

    Raises:
        NoWords: neither a title nor a body column.
    """
    columns = recognised(table.header)
    if "title" not in columns and "body" not in columns:
        raise NoWords(
            f"表头里没有标题或内容列（找到：{'、'.join(table.header)[:120]}）。请把列名改为“标题”“内容”。",
            field="file",
        )
    voices, numbers, unread = [], {}, Counter[str]()
    for number, row in table:
        cells = {name: row[column].strip() for name, column in columns.items()}
        if not cells.get("title") and not cells.get("body"):
            unread["empty"] += 1
            continue
        voices.append(_voice(str(number), cells, unread))
        numbers[str(number)] = cells.get("number", "")
    return TableVoices(voices, columns, numbers, _notes(table, columns, unread))


def recognised(header: list[str]) -> dict[str, str]:
    """The columns of a header that are known, each column for one thing only."""
    lowered = {name.strip().lower(): name for name in reversed(header)}
    found: dict[str, str] = {}
    for wanted, names in COLUMNS.items():
        column = next((lowered[one] for one in names if one in lowered), None)
        if column is not None and column not in found.values():
            found[wanted] = column
    return found


def _voice(key: str, cells: dict[str, str], unread: Counter[str]) -> Voice:
    return Voice(
        key=key,
        title=cells.get("title", ""),
        body=cells.get("body", ""),
        reporter=cells.get("reporter", ""),
        day=_day(cells.get("day", ""), unread),
        votes=_count(cells.get("votes", ""), unread),
        against=_count(cells.get("against", ""), unread),
        place=cells.get("place", ""),
        category=cells.get("category", ""),
    )


def _day(text: str, unread: Counter[str]) -> date | None:
    if not text:
        return None
    for form in TIME_FORMS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - the local day as it is written
        except ValueError:
            continue
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        unread["day"] += 1
        return None


def _count(text: str, unread: Counter[str]) -> int:
    if not text:
        return 0
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    unread["votes"] += 1
    return 0


def _notes(table: Table, columns: dict[str, str], unread: Counter[str]) -> list[str]:
    notes = [table.note] if table.note else []
    notes += [sentence for name, sentence in MISSING.items() if name not in columns]
    if unread["empty"]:
        notes.append(f"{unread['empty']} 行既没有标题也没有内容，未计入。")
    if unread["day"]:
        notes.append(
            f"{unread['day']} 行的时间看不懂，这些行不计持续时间；请写成 2026-03-09 14:05。"
        )
    if unread["votes"]:
        notes.append(f"{unread['votes']} 个点赞数不是整数，按 0 计。")
    return notes
