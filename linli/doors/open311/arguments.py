"""Reading what a client sends: an empty argument is one that was not given, a list is comma-separated or repeated.

Times are W3C (a subset of ISO 8601). `2026-03-09T01:00:00Z` and `2026-03-09T09:00:00+08:00` are the same instant; a
time without an offset, against the spec but common, is read as local; a `+` that arrived as a space is repaired.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.http import QueryDict

from linli.doors.open311.errors import BadArgument
from linli.kernel.calendar.local import LOCAL

LONGEST_SPAN = timedelta(days=90)
"""Longest span of one search; fixed by the spec."""

MOST_LISTED = 1_000
"""Entries of one comma list; as many as one answer has rows."""

YEARS = range(1900, 3000)
"""Years of a time that can be meant; beyond them adding ninety days would fail."""

_DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)
_LOST_PLUS = re.compile(r"(?<=\d) (?=\d{2}:?\d{2}$)", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d{1,3}(\.\d{0,30})?", re.ASCII)
_COUNT = re.compile(r"\d{1,9}", re.ASCII)
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,80})\](\[\d*\])?")


class Arguments:
    """Arguments by name, from the form first and then from the address."""

    def __init__(self, *sources: QueryDict) -> None:
        self._sources = sources

    def text(self, name: str) -> str:
        """The value without control characters and surrounding space; "" if it was not given."""
        return next(
            (
                value
                for source in self._sources
                for raw in source.getlist(name)
                if (value := plain(raw))
            ),
            "",
        )

    def many(self, name: str) -> list[str]:
        """Entries of a list; [] if it was not given."""
        raws = [raw for source in self._sources for raw in source.getlist(name)]
        entries = [entry for raw in raws for part in raw.split(",") if (entry := plain(part))]
        if len(entries) > MOST_LISTED:
            raise BadArgument(
                f"{name}：一次最多 {MOST_LISTED} 个，这里有 {len(entries)} 个，请分批查询。",
                field=name,
            )
        return entries

    def moment(self, name: str) -> datetime | None:
        text = _LOST_PLUS.sub("+", self.text(name))
        if not text:
            return None
        try:
            if not _DATE.fullmatch(text):
                raise ValueError
            found = datetime.fromisoformat(text)
            if found.year not in YEARS:
                raise ValueError
            return (found if found.tzinfo else found.replace(tzinfo=LOCAL)).astimezone(UTC)
        except ValueError as error:
            message = f"{name}：“{text[:40]}”不是可用的时间，请写成 2026-01-31T00:00:00Z 的样子。"
            raise BadArgument(message, field=name) from error

    def degrees(self, name: str) -> float | None:
        text = self.text(name)
        if text and not _DECIMAL.fullmatch(text):
            raise BadArgument(f"{name}：“{text[:40]}”不是十进制的度数，例如 30.0052。", field=name)
        return float(text) if text else None

    def count(self, name: str, *, default: int, most: int) -> int:
        text = self.text(name)
        if text and (not _COUNT.fullmatch(text) or not 1 <= int(text) <= most):
            raise BadArgument(f"{name}：应是 1 到 {most} 之间的整数。", field=name)
        return int(text) if text else default

    def is_true(self, name: str) -> bool:
        return self.text(name).lower() in ("true", "1")

    def attributes(self) -> dict[str, list[str]]:
        """Values by attribute code, from `attribute[code]` and `attribute[code][]`; empty values are left out."""
        found: dict[str, list[str]] = {}
        for code, value in self._attribute_values():
            if value:
                found.setdefault(code, []).append(value)
        return found

    def _attribute_values(self) -> Iterator[tuple[str, str]]:
        for source in self._sources:
            for name, raws in source.lists():
                match = _ATTRIBUTE.fullmatch(name)
                for raw in raws if match else ():
                    yield plain(match[1]) if match else "", plain(raw)


def span(arguments: Arguments, *, now: datetime) -> tuple[datetime, datetime]:
    """(earliest, latest) of a search: at most 90 days; with one end given 90 days from it, with none the last 90."""
    start, end = arguments.moment("start_date"), arguments.moment("end_date")
    if start is None:
        end = end or now
        start = end - LONGEST_SPAN
    elif end is None:
        end = start + LONGEST_SPAN
    if end < start:
        raise BadArgument("end_date：早于 start_date，请对调或更正。", field="end_date")
    if end - start > LONGEST_SPAN:
        raise BadArgument(
            f"end_date：与 start_date 相距不能超过 {LONGEST_SPAN.days} 天，请分段查询。",
            field="end_date",
        )
    return start, end


def plain(text: str) -> str:
    """Without control characters (line breaks and tabs stay), lone surrogates and surrounding space."""
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()
