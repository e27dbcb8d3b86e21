"""What went wrong in the background, and whether each part of the installation works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from linli.cases.actions.failures import retry_delivery, retry_job, retry_message
from linli.kernel.events.models import FailedDelivery
from linli.kernel.events.queries import failed_deliveries
from linli.kernel.jobs.models import Job
from linli.kernel.jobs.queries import failed_jobs
from linli.kernel.notify.models import Message
from linli.kernel.notify.queries import failed_messages
from linli.kernel.privacy.masks import mask_phone
from linli.kernel.upkeep.health import health
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs

SHOWN = 50

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

PARTS: dict[str, str | Promise] = {
    "web": gettext_lazy("网页"),
    "database": gettext_lazy("数据库"),
    "keys": gettext_lazy("密钥"),
    "disk": gettext_lazy("磁盘"),
    "worker": gettext_lazy("后台任务"),
    "live": gettext_lazy("实时推送"),
    "ticks": gettext_lazy("后台各环节"),
    "outbox": gettext_lazy("内部通知"),
    "audit": gettext_lazy("审计封存"),
    "jobs": gettext_lazy("排队的处理"),
    "messages": gettext_lazy("短信和推送"),
    "adapters": gettext_lazy("对外接口"),
    "backup": gettext_lazy("备份"),
    "audit_head": gettext_lazy("审计链尾公布"),
}

DETAILS: dict[str, str | Promise] = {
    "never": gettext_lazy("还没有过"),
    "failed": gettext_lazy("上次没有成功"),
    "given up": gettext_lazy("有停止重试的，见下"),
    "off": gettext_lazy("没有使用"),
    "not found": gettext_lazy("设置的函数不存在"),
    "database": gettext_lazy("读不出来"),
}

STATES: dict[str, tuple[str, str | Promise]] = {
    "ok": ("green", gettext_lazy("正常")),
    "warn": ("yellow", gettext_lazy("请留意")),
    "fail": ("red", gettext_lazy("有故障")),
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
        parts=_parts(request.now),
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


def _parts(now: datetime) -> list[dict[str, Any]]:
    """The parts of the installation, those that do not work first."""
    found = sorted(health(now=now), key=lambda part: ("fail", "warn", "ok").index(part.status))
    return [
        {
            "name": PARTS.get(part.name, part.name),
            "light": STATES[part.status][0],
            "word": STATES[part.status][1],
            "at": None if part.age is None else now - timedelta(seconds=part.age),
            "detail": DETAILS.get(part.detail, part.detail),
            "well": part.status == "ok",
        }
        for part in found
    ]


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
