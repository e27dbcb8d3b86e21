"""Messages out of a table somebody exported: which column is what is told by its name.

    留言用户, 留言主题, 留言时间, 留言详情, 点赞数   and   user, title, posted_at, body, upvotes   are the same form

Only words are needed. What else is missing is not guessed: a sentence says what it would have told (`notes`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import partial

from linli.insight.errors import NoWords
from linli.insight.hotspots.rules import Voice
from linli.kernel.calendar.local import LOCAL, local_day
from linli.kernel.tables.cells import BadCell, count_of, day_of
from linli.kernel.tables.columns import Layout
from linli.kernel.tables.reading import BadRow, MissingColumns, Row, Table, read_table
from linli.kernel.tables.results import Imported

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

MESSAGES = Layout("留言", COLUMNS, needed=(("title", "body"),))

MISSING = {
    "reporter": "没有上报人一列：文字相同的算一人，其余每条各算一人。",
    "day": "没有时间一列：不计持续时间，分数由人数和范围两项得出。",
    "votes": "没有点赞一列：受影响人数只按上报人计。",
    "place": "没有地点一列：范围按上报人数计。",
}


@dataclass(frozen=True)
class TableVoices:
    """What a table says. `columns` is what was recognised, `numbers` the table's own number of a row, by its key.

    `rows` says what became of every row of the file; nothing is stored, so those used count as stored.
    """

    voices: list[Voice]
    columns: dict[str, str]
    numbers: dict[str, str]
    notes: list[str]
    rows: Imported


def read_voices(name: str, content: bytes) -> TableVoices:
    """Every row of a file with words as a voice whose key is the number of the row.

    Raises:
        UnreadableTable: it is no table.
        NoWords: neither a title nor a body column.
    """
    try:
        return voices_of(read_table(name, content, MESSAGES))
    except MissingColumns as missing:
        raise NoWords(missing.message, field="file") from missing


def voices_of(table: Table) -> TableVoices:
    """The voices of a table, see `read_voices`."""
    rows = table.begun(Imported())
    voices, numbers, unread = [], {}, Counter[str]()
    for row in table.rows:
        try:
            voice, number = _voice(row, unread)
        except BadRow as bad:
            rows.refused.append(bad.refusal)
            continue
        if not voice.title and not voice.body:
            unread["empty"] += 1
            rows.refused.append(row.refusal("body", "既没有标题也没有内容"))
            continue
        rows.stored += 1
        voices.append(voice)
        numbers[voice.key] = number
    return TableVoices(voices, dict(table.header.titles), numbers, _notes(table, unread), rows)


def _voice(row: Row, unread: Counter[str]) -> tuple[Voice, str]:
    """(the voice, its own number); numbers and senders have to be exact, for they tell who is who."""
    voice = Voice(
        key=str(row.number),
        title=row.text("title"),
        body=row.text("body"),
        reporter=row.key("reporter"),
        day=_day(row, unread),
        votes=_count(row, "votes", unread),
        against=_count(row, "against", unread),
        place=row.text("place"),
        category=row.text("category"),
    )
    return voice, row.key("number")


def _day(row: Row, unread: Counter[str]) -> date | None:
    try:
        return row.read("day", partial(day_of, zone=LOCAL, local_day=local_day))
    except BadCell:
        unread["day"] += 1
        return None


def _count(row: Row, name: str, unread: Counter[str]) -> int:
    try:
        return row.read(name, count_of) or 0
    except BadCell:
        unread["votes"] += 1
        return 0


def _notes(table: Table, unread: Counter[str]) -> list[str]:
    notes = [*table.notes]
    notes += [sentence for name, sentence in MISSING.items() if not table.has(name)]
    if unread["empty"]:
        notes.append(f"{unread['empty']} 行既没有标题也没有内容，未计入。")
    if unread["day"]:
        notes.append(
            f"{unread['day']} 行的时间看不懂，这些行不计持续时间；请写成 2026-03-09 14:05。"
        )
    if unread["votes"]:
        notes.append(f"{unread['votes']} 个点赞数不是整数，按 0 计。")
    return notes
