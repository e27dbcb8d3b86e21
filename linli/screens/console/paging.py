"""Lists that are walked by a unique text column: 工号, 用户名. `after` and `before` stand in the address."""

from __future__ import annotations

from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet

from linli.screens.shared.guard import PageRequest

ROWS = 50
MOST_COUNTED = 10_000

Row = TypeVar("Row", bound=Model)


def walk(
    request: PageRequest, rows: QuerySet[Row], column: str
) -> tuple[list[Row], dict[str, Any]]:
    """One page of rows in the order of `column`, and its pager."""
    after, before = (request.GET.get(name, "")[:80] for name in ("after", "before"))
    total = rows.order_by()[: MOST_COUNTED + 1].count()
    if before:
        page = list(rows.filter(**{f"{column}__lt": before}).order_by(f"-{column}")[: ROWS + 1])
        more_before, more_after = len(page) > ROWS, True
        found = page[:ROWS][::-1]
    else:
        narrowed = rows.filter(**{f"{column}__gt": after}) if after else rows
        page = list(narrowed.order_by(column)[: ROWS + 1])
        more_before, more_after = bool(after), len(page) > ROWS
        found = page[:ROWS]
    return found, {
        "previous_url": _url(request, before=getattr(found[0], column))
        if found and more_before
        else "",
        "next_url": _url(request, after=getattr(found[-1], column)) if found and more_after else "",
        "total": min(total, MOST_COUNTED),
        "capped": total > MOST_COUNTED,
    }


def _url(request: PageRequest, **change: str) -> str:
    kept = {
        name: value
        for name, value in request.GET.items()
        if name not in ("after", "before") and value
    }
    return "?" + urlencode({**kept, **change})
