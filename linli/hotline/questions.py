"""What is asked in a call back (回访), and in which words: a file of an office's own, or the one that is shipped.

`LINLI_HOME/follow_up_questions.json` has the form of `data/follow_up_questions.json`: an opening, the questions in the
order in which they are asked, each with its answers, what is asked at the end, and a closing. Words and order are the
office's; the four answers (effective, contacted, solved, satisfaction) and their values are those the rates count.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from linli.cases.models import Satisfaction, Solved
from linli.kernel.engine.remembered import Remembered

NAME = "follow_up_questions.json"
SHIPPED = Path(__file__).parent / "data" / NAME

VALUES: dict[str, frozenset[str]] = {
    "effective": frozenset({"yes", "no"}),
    "contacted": frozenset({"yes", "no"}),
    "solved": frozenset(Solved.values),
    "satisfaction": frozenset(Satisfaction.values),
}
"""The answers a call has, and what each may be."""

WORDS_MOST = 300


@dataclass(frozen=True)
class Question:
    """One question; `answers` are (value, words) in the order of the keys 1, 2, 3."""

    field: str
    ask: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Script:
    """The whole call. `problem` says why the office's own file is not used; empty if it is, or there is none."""

    opening: str
    questions: tuple[Question, ...]
    words: str
    closing: str
    problem: str = ""


def script() -> Script:
    """The words of a call, at most three seconds old."""
    return _script(str(settings.LINLI_HOME))


def _read(home: str) -> Script:
    own = Path(home) / NAME
    problem = ""
    if own.is_file():
        try:
            return parse_script(json.loads(own.read_text(encoding="utf-8")))
        except ValueError as wrong:
            problem = f"{own.name} 有误，暂用自带的问题：{wrong}"
    found = parse_script(json.loads(SHIPPED.read_text(encoding="utf-8")))
    return Script(found.opening, found.questions, found.words, found.closing, problem)


_script: Remembered[Script] = Remembered(_read, seconds=3.0)


def parse_script(data: Any) -> Script:
    """Raises `ValueError` with a sentence when a question is missing, asked twice, or has other answers."""
    if not isinstance(data, Mapping) or not isinstance(data.get("questions"), list):
        raise ValueError("应有 questions 列表。")
    questions = tuple(_question(row) for row in data["questions"])
    fields = [question.field for question in questions]
    if sorted(fields) != sorted(VALUES) or fields[0] != "effective":
        raise ValueError(f"四个问题 {'、'.join(VALUES)} 各问一次，effective 在最前。")
    return Script(
        _words(data, "opening"), questions, _words(data, "words"), _words(data, "closing")
    )


def _question(row: Any) -> Question:
    field = str(row.get("field", "")) if isinstance(row, Mapping) else ""
    if field not in VALUES:
        raise ValueError(f"不认识的问题“{field[:20]}”。")
    rows = row.get("answers")
    answers = tuple(
        (str(one.get("value", "")), _words(one, "words"))
        for one in (rows if isinstance(rows, list) else ())
        if isinstance(one, Mapping)
    )
    if {value for value, _ in answers} != VALUES[field] or len(answers) != len(VALUES[field]):
        raise ValueError(f"{field} 的答案应为 {'、'.join(sorted(VALUES[field]))} 各一个。")
    return Question(field, _words(row, "ask"), answers)


def _words(row: Mapping[str, Any], name: str) -> str:
    text = row.get(name)
    if not isinstance(text, str) or not text.strip() or len(text) > WORDS_MOST:
        raise ValueError(f"{name} 应为不超过 {WORDS_MOST} 字的文字。")
    return text.strip()
