"""Questions a service asks beyond place and description, and whether an answer fits its question.

The questions are data (`data/attributes.json`): a group holds for a kind of class, or for one major class of it. The
answers are stored in `Report.answers` under the question's code.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from linli.cases.models import Category
from linli.doors.open311.errors import BadArgument

FILE = Path(__file__).parent / "data" / "attributes.json"

MOST_ANSWERS = 50
LONGEST_ANSWER = 1_000
"""Characters of one answer; longer texts belong into the description."""

LISTS = ("singlevaluelist", "multivaluelist")
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?", re.ASCII)


@dataclass(frozen=True)
class Question:
    """One attribute of a service definition. `variable` is False for a notice that wants no answer."""

    code: str
    variable: bool
    datatype: str
    required: bool
    description: str
    datatype_description: str | None
    values: tuple[tuple[str, str], ...]


def questions_of(category: Category) -> tuple[Question, ...]:
    """The questions of a class, in the order in which they are shown."""
    return tuple(
        question
        for kind, major_code, questions in _groups()
        if kind == category.kind and major_code in ("", category.major_code)
        for question in questions
    )


def checked_answers(category: Category, given: dict[str, list[str]]) -> dict[str, Any]:
    """Answers to be stored: a text per code, a list of keys for a multivaluelist. What nobody asked is kept too.

    Raises:
        BadArgument: a required answer is missing, or one does not fit its question; `field` names the attribute.
    """
    if len(given) > MOST_ANSWERS:
        raise BadArgument(
            f"attribute：最多 {MOST_ANSWERS} 项，这里有 {len(given)} 项。", field="attribute"
        )
    questions = {
        question.code: question for question in questions_of(category) if question.variable
    }
    for code, question in questions.items():
        if question.required and code not in given:
            raise BadArgument(
                f"{code} required：请回答“{question.description}”，参数名是 attribute[{code}]。",
                field=f"attribute[{code}]",
            )
    return {code: _checked(code, values, questions.get(code)) for code, values in given.items()}


def _checked(code: str, values: list[str], question: Question | None) -> Any:
    field = f"attribute[{code}]"
    if sum(map(len, values)) > LONGEST_ANSWER:
        raise BadArgument(
            f"{field}：最多 {LONGEST_ANSWER} 个字，更多内容请写进 description。", field=field
        )
    if question is None:
        return values[0] if len(values) == 1 else values
    if question.datatype != "multivaluelist" and len(values) > 1:
        raise BadArgument(f"{field}：“{question.description}”只能有一个答案。", field=field)
    for value in values:
        if not _fits(value, question):
            raise BadArgument(
                f"{field}：“{value[:40]}”不合要求，{_expected(question)}。", field=field
            )
    return values if question.datatype == "multivaluelist" else values[0]


def _fits(value: str, question: Question) -> bool:
    if question.datatype in LISTS:
        return value in dict(question.values)
    if question.datatype == "number":
        return _NUMBER.fullmatch(value) is not None
    if question.datatype == "datetime":
        return _is_datetime(value)
    return question.datatype == "text" or "\n" not in value


def _is_datetime(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _expected(question: Question) -> str:
    if question.datatype in LISTS:
        return "可选：" + "、".join(f"{key}（{name}）" for key, name in question.values)
    return {"number": "应是一个数", "datetime": "应是 ISO 8601 的时间"}.get(
        question.datatype, "应写在一行里"
    )


@lru_cache(maxsize=1)
def _groups() -> list[tuple[str, str, tuple[Question, ...]]]:
    rows = json.loads(FILE.read_text(encoding="utf-8"))
    return [
        (
            row["kind"],
            row.get("major_code", ""),
            tuple(_question(fields) for fields in row["attributes"]),
        )
        for row in rows
    ]


def _question(fields: dict[str, Any]) -> Question:
    values = tuple((value["key"], value["name"]) for value in fields["values"])
    return Question(**{**fields, "values": values})
