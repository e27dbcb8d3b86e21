"""What went wrong in the background, and the audit log. Nothing here can be deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from linli.cases.actions.failures import retry_delivery, retry_job, retry_message
from linli.kernel.audit.chain import verify
from linli.kernel.audit.queries import audit_lines
from linli.kernel.events.models import FailedDelivery
from linli.kernel.events.queries import failed_deliveries
from linli.kernel.jobs.models import Job
from linli.kernel.jobs.queries import failed_jobs
from linli.kernel.notify.models import Message
from linli.kernel.notify.queries import failed_messages
from linli.kernel.people.masking import mask_phone
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs

SHOWN = 50
LINES = 100

RETRIES: dict[str, Callable[..., Any]] = {
    "delivery": retry_delivery,
    "job": retry_job,
    "message": retry_message,
}

WORKS: dict[str, str | Promise] = {
    "cases.triage": gettext_lazy("上报分派"),
    "linli.cases.handlers.confirm_receipt": gettext_lazy("发送受理回执"),
    "linli.cases.handlers.tell_reporters": gettext_lazy("通知上报人进展"),
    "linli.cases.handlers.thank_or_alert": gettext_lazy("通知经办人评价"),
}

BROKEN: dict[str, str | Promise] = {
    "line is missing": gettext_lazy("少了一行"),
    "line was changed": gettext_lazy("这一行被改过"),
    "line was sealed without the key": gettext_lazy("这一行没有用密钥封存"),
    "key is missing": gettext_lazy("本机没有审计链的密钥"),
    "lines are missing at the end": gettext_lazy("末尾少了若干行"),
}


@require_GET
@needs("failures.view")
def failures(request: PageRequest) -> HttpResponse:
    """Deliveries, jobs and messages that failed, each with its reason."""
    groups = [
        (_("系统内部通知"), [_delivery(row) for row in failed_deliveries()[:SHOWN]]),
        (_("后台处理"), [_job(row) for row in failed_jobs(request.actor)[:SHOWN]]),
        (
            _("没有发出的短信和推送"),
            [_message(row) for row in failed_messages(request.actor)[:SHOWN]],
        ),
    ]
    return page(
        request,
        "console/admin/failures.html",
        title=_("未成功的处理"),
        here="console:failures",
        groups=[{"name": name, "rows": rows} for name, rows in groups],
        nothing=not any(rows for _name, rows in groups),
        may_retry=request.actor.may("failures.retry"),
    )


@require_POST
@needs("failures.retry")
def failure_retry(request: PageRequest, kind: str, row_id: int) -> HttpResponse:
    """Put one of them back into the queue."""
    if kind not in RETRIES:
        raise Http404
    RETRIES[kind](row_id, by=request.actor, now=request.now)
    messages.success(request, _("已重新排队，几秒后由后台再试一次。"))
    return redirect("console:failures")


@require_GET
@needs("audit.view")
def audit(request: PageRequest) -> HttpResponse:
    """The last lines of the audit log; `verdict=1` walks the chain of hashes and says whether it holds."""
    wanted = {
        name: request.GET.get(name, "").strip()[:120] for name in ("action", "name", "subject")
    }
    rows = audit_lines(**wanted)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 18:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: LINES + 1])
    older = ""
    if len(found) > LINES:
        kept = {name: value for name, value in wanted.items() if value}
        older = "?" + urlencode({**kept, "before": found[LINES - 1].pk})
    verdict = verify() if request.GET.get("verdict") else None
    return page(
        request,
        "console/admin/audit.html",
        title=_("审计日志"),
        here="console:audit",
        lines=found[:LINES],
        wanted=wanted,
        verdict=verdict,
        broken=BROKEN.get(verdict.reason, verdict.reason) if verdict else "",
        pager={"previous_url": "", "next_url": older, "total": None},
    )


def _delivery(row: FailedDelivery) -> dict[str, Any]:
    return {
        "kind": "delivery",
        "id": row.pk,
        "what": WORKS.get(row.handler, row.handler),
        "about": row.entry.name.rpartition(".")[2],
        "reason": _last_line(row.error),
        "detail": row.error,
        "tries": row.tries,
        "at": row.failed_at,
        "again_at": row.next_try_at,
    }


def _job(row: Job) -> dict[str, Any]:
    return {
        "kind": "job",
        "id": row.pk,
        "what": WORKS.get(row.kind, row.kind),
        "about": row.key or "",
        "reason": _last_line(row.error),
        "detail": row.error,
        "tries": row.tries,
        "at": row.made_at,
        "again_at": None if row.given_up_at else row.due_at,
    }


def _message(row: Message) -> dict[str, Any]:
    """Without the text: it may say what a resident reported."""
    sms = row.channel == Message.Channel.SMS
    return {
        "kind": "message",
        "id": row.pk,
        "what": " ".join((_("短信"), mask_phone(row.to)) if sms else (_("接口推送"), row.to)),
        "about": row.about,
        "reason": row.error,
        "detail": "",
        "tries": row.tries,
        "at": row.made_at,
        "again_at": None if row.given_up_at else row.send_at,
    }


def _last_line(error: str) -> str:
    lines = error.strip().splitlines()
    return lines[-1][:300] if lines else ""
