"""The audit log: read, narrowed, taken away as a table, compared with what was published. Nothing can be deleted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from linli.kernel.audit.chain import verify
from linli.kernel.audit.heads import gap, head, head_of_code, read_heads
from linli.kernel.audit.models import AuditLine
from linli.kernel.audit.queries import audit_lines
from linli.kernel.calendar.local import LOCAL, day_bounds
from linli.kernel.files.csv_out import csv_of
from linli.kernel.upkeep.jobs import heads_folder
from linli.screens.console.admin.words import action_word
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs

LINES = 100
MOST_EXPORTED = 50_000
"""Lines of one table; a spreadsheet opens a million, a person reads fewer."""

CONDITIONS = ("action", "name", "subject", "since", "until")

BROKEN: dict[str, str | Promise] = {
    "line is missing": gettext_lazy("少了一行"),
    "line was changed": gettext_lazy("这一行被改过"),
    "line was sealed without the key": gettext_lazy("这一行没有用密钥封存"),
    "key is missing": gettext_lazy("本机没有审计链的密钥"),
    "lines are missing at the end": gettext_lazy("末尾少了若干行"),
}


@require_GET
@needs("audit.view")
def audit(request: PageRequest) -> HttpResponse:
    """The last lines; `verdict=1` walks the chain and compares it with the published heads and a written code."""
    wanted = _wanted(request)
    rows = _rows(wanted)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 18:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: LINES + 1])
    kept = {name: value for name, value in wanted.items() if value}
    older = ""
    if len(found) > LINES:
        older = "?" + urlencode({**kept, "before": found[LINES - 1].pk})
    return page(
        request,
        "console/admin/audit.html",
        title=_("审计日志"),
        here="console:audit",
        lines=[_line(line) for line in found[:LINES]],
        wanted=wanted,
        export="?" + urlencode(kept),
        head=head(at=request.now),
        code=request.GET.get("code", "")[:60],
        pager={"previous_url": "", "next_url": older, "total": None},
        **_compared(request),
    )


def _compared(request: PageRequest) -> dict[str, Any]:
    code = request.GET.get("code", "").strip()
    if not (code or request.GET.get("verdict")):
        return {"verdict": None}
    typed = head_of_code(code)
    published = read_heads(heads_folder())
    verdict = verify()
    return {
        "verdict": verdict,
        "broken": BROKEN.get(verdict.reason, verdict.reason),
        "no_code": bool(code) and typed is None,
        "compared": len(published) + bool(typed),
        "gap": gap([*published, *([typed] if typed else [])]),
    }


@require_GET
@needs("audit.view")
def audit_table(request: PageRequest) -> HttpResponse:
    """What the conditions find as CSV, the latest first."""
    text = csv_of(_table(_wanted(request)))
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="audit-{request.now:%Y%m%d}.csv"'
    return answer


def _table(wanted: dict[str, str]) -> Iterator[list[str]]:
    header = (
        _("序号"), _("时间"), _("操作人"), _("岗位"), _("操作"), _("代码"), _("对象"), _("结果"),
        _("补充"), _("来自"), _("请求"),
    )  # fmt: skip
    yield list(header)
    for line in _rows(wanted)[:MOST_EXPORTED].iterator(chunk_size=2_000):
        cells = (
                line.sequence or "", f"{line.at.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}", line.actor_name,
                line.role, action_word(line.action), line.action, line.subject, line.result,
                " ".join(f"{key}={value}" for key, value in line.detail.items()), line.client,
                line.request_id,
        )  # fmt: skip
        yield [str(cell) for cell in cells]


def _wanted(request: PageRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "").strip()[:120] for name in CONDITIONS}


def _rows(wanted: dict[str, str]) -> Any:
    rows = audit_lines(action=wanted["action"], name=wanted["name"], subject=wanted["subject"])
    since, until = _day(wanted["since"]), _day(wanted["until"])
    if since:
        rows = rows.filter(at__gte=day_bounds(since)[0])
    if until:
        rows = rows.filter(at__lt=day_bounds(until)[1])
    return rows


def _day(text: str) -> date | None:
    """A day a calendar can go round; anything else is no condition."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2999 else None


def _line(line: AuditLine) -> dict[str, Any]:
    return {
        "row": line,
        "word": action_word(line.action),
        "from": " · ".join(part for part in (line.role, line.client) if part),
    }
