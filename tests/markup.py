"""What a page says and is made of, however its template is broken into lines."""

from __future__ import annotations

import re
from typing import Protocol


class Answer(Protocol):
    @property
    def content(self) -> bytes: ...


def markup(answer: Answer) -> str:
    """The page on one line: `<a href="/x">three words</a>`, without space beside a tag."""
    html = answer.content.decode()
    return re.sub(r"\s*([<>])\s*", r"\1", re.sub(r"\s+", " ", html))
