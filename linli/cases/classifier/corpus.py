"""Labelled messages from tables: which rows can be used, and which cannot and why."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from linli.cases.classifier.errors import ColumnMissing, NoMessages
from linli.cases.classifier.features import Message, plain
from linli.kernel.files.tables import Table, UnreadableTable, read_table

LABEL_COLUMN = "label_level1"
TITLE_COLUMN, BODY_COLUMN = "title", "body"


@dataclass(frozen=True)
class Corpus:
    """messages[i] has labels[i]; `remarks` are sentences about the files and the rows left out."""

    messages: tuple[Message, ...]
    labels: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    left_out: int = 0

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
    )


def _read(path: Path, label_column: str) -> Corpus:
    table = _table(path)
    _check_columns(path, table, label_column)
    messages: list[Message] = []
    labels: list[str] = []
    remarks = [f"文件“{path}”：{table.note}"] if table.note else []
    bad_rows = 0
    for number, row in table:
        message = Message(row.get(TITLE_COLUMN, ""), row.get(BODY_COLUMN, ""))
        label = row[label_column].strip()
        problem = _problem(message, label, label_column)
        if problem:
            bad_rows += 1
            remarks.append(f"文件“{path}”第 {number} 行：{problem}，已略过。")
        else:
            messages.append(message)
            labels.append(label)
    if not messages:
        raise NoMessages(
            f"文件“{path}”没有可用的行：每行要有类别（列“{label_column}”）和标题或正文。"
            + "".join(remarks[:3]),
            field="file",
        )
    return Corpus(tuple(messages), tuple(labels), tuple(remarks), bad_rows)


def _table(path: Path) -> Table:
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise UnreadableTable(
            f"文件“{path}”无法打开（{problem.strerror}），请检查路径和权限。", field="file"
        ) from problem
    return read_table(str(path), content)


def _check_columns(path: Path, table: Table, label_column: str) -> None:
    has = "、".join(table.header)
    if label_column not in table.header:
        raise ColumnMissing(
            f"文件“{path}”缺少类别列“{label_column}”（现有列：{has}），请补上该列或另指定列名。",
            field=label_column,
        )
    if TITLE_COLUMN not in table.header and BODY_COLUMN not in table.header:
        raise ColumnMissing(
            f"文件“{path}”既没有列“{TITLE_COLUMN}”也没有列“{BODY_COLUMN}”（现有列：{has}），请至少补上一列。",
            field=BODY_COLUMN,
        )


def _problem(message: Message, label: str, label_column: str) -> str:
    if not label:
        return f"列“{label_column}”为空"
    if not plain(message.title) and not plain(message.body):
        return f"列“{TITLE_COLUMN}”和“{BODY_COLUMN}”都没有文字"
    return ""
