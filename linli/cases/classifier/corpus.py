"""Labelled messages from tables: which rows can be used, and which cannot and why."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from linli.cases.classifier.errors import ColumnMissing, NoMessages
from linli.cases.classifier.features import Message, plain
from linli.kernel.tables.columns import Layout
from linli.kernel.tables.reading import BadRow, MissingColumns, Row, Table, read_table
from linli.kernel.tables.sheets import UnreadableTable

LABEL_COLUMN = "label_level1"
TITLE_COLUMN, BODY_COLUMN = "title", "body"

TITLES = (TITLE_COLUMN, "标题", "主题", "留言主题", "诉求标题", "工单标题")
BODIES = (
    BODY_COLUMN, "内容", "主要内容", "留言详情", "留言内容", "诉求内容", "工单内容", "问题描述", "描述", "正文",
    "content", "text", "description",
)  # fmt: skip
LABELS = ("label", "category", "类别", "一级标签", "问题分类", "问题类型", "分类", "大类")
"""Other names of the label column, unless another one was asked for."""


@dataclass(frozen=True)
class Corpus:
    """messages[i] has labels[i]; `remarks` are sentences about the files and the rows left out.

    Every row of the files is a message or among those `left_out`; without `complete` a file may hold more.
    """

    messages: tuple[Message, ...]
    labels: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    left_out: int = 0
    complete: bool = True

    def fingerprint(self) -> str:
        """SHA-256 (hex) of the messages and labels in their order."""
        digest = hashlib.sha256()
        for message, label in zip(self.messages, self.labels, strict=True):
            row = json.dumps([message.title, message.body, label], ensure_ascii=False)
            digest.update(row.encode("utf-8", "surrogatepass") + b"\n")
        return digest.hexdigest()


def read_corpus(paths: Sequence[Path], *, label_column: str = LABEL_COLUMN) -> Corpus:
    """Read CSV or XLSX files with a label column and a title, a body, or both; UTF-8 or GB18030.

    A row without a label or without text is left out and named in `remarks`.

    Raises:
        UnreadableTable: a file is missing, empty or no table.
        ColumnMissing: a file has no label column, or neither title nor body.
        NoMessages: a file has no usable row.
    """
    return _together(_read(path, label_column) for path in paths)


def _together(files: Iterable[Corpus]) -> Corpus:
    listed = list(files)
    return Corpus(
        tuple(message for file in listed for message in file.messages),
        tuple(label for file in listed for label in file.labels),
        tuple(remark for file in listed for remark in file.remarks),
        sum(file.left_out for file in listed),
        all(file.complete for file in listed),
    )


def _read(path: Path, label_column: str) -> Corpus:
    table = _table(path, label_column)
    messages: list[Message] = []
    labels: list[str] = []
    remarks = [f"文件“{path}”：{note}" for note in table.notes]
    remarks += [f"文件“{path}”{one.sentence}" for one in table.refused]
    left_out = len(table.refused)
    for row in table.rows:
        message, label, problem = _message(row, label_column)
        if problem:
            left_out += 1
            remarks.append(f"文件“{path}”第 {row.number} 行：{problem}，已略过。")
        else:
            messages.append(message)
            labels.append(label)
    if not messages:
        raise NoMessages(
            f"文件“{path}”没有可用的行：每行要有类别（列“{label_column}”）和标题或正文。"
            + "".join(remarks[:3]),
            field="file",
        )
    return Corpus(tuple(messages), tuple(labels), tuple(remarks), left_out, table.complete)


def _message(row: Row, label_column: str) -> tuple[Message, str, str]:
    """(message, label, what is wrong with the row)."""
    try:
        message, label = Message(row.text("title"), row.text("body")), row.key("label")
    except BadRow as bad:
        return Message("", ""), "", f"“{bad.field}”{bad.message}"
    return message, label, _problem(message, label, label_column)


def _table(path: Path, label_column: str) -> Table:
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise UnreadableTable(
            f"文件“{path}”无法打开（{problem.strerror}），请检查路径和权限。", field="file"
        ) from problem
    labels = (label_column, *(LABELS if label_column == LABEL_COLUMN else ()))
    layout = Layout(
        "来件",
        {"label": labels, "title": TITLES, "body": BODIES},
        needed=(("label",), ("title", "body")),
    )
    try:
        return read_table(str(path), content, layout)
    except MissingColumns as missing:
        raise _column_missing(path, missing, label_column) from missing


def _column_missing(path: Path, missing: MissingColumns, label_column: str) -> ColumnMissing:
    if "label" in missing.missing[0]:
        return ColumnMissing(
            f"文件“{path}”缺少类别列“{label_column}”（现有列：{missing.found}），请补上该列或另指定列名。",
            field=label_column,
        )
    return ColumnMissing(
        f"文件“{path}”既没有列“{TITLE_COLUMN}”也没有列“{BODY_COLUMN}”（现有列：{missing.found}），请至少补上一列。",
        field=BODY_COLUMN,
    )


def _problem(message: Message, label: str, label_column: str) -> str:
    if not label:
        return f"列“{label_column}”为空"
    if not plain(message.title) and not plain(message.body):
        return f"列“{TITLE_COLUMN}”和“{BODY_COLUMN}”都没有文字"
    return ""
