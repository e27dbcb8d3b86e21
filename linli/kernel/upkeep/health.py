"""Whether everything works, part by part, with its age.

`ok` works, `warn` works but somebody should look, `fail` does not work. What is measured against the clock of the
installation is measured in its time: with a fast demo clock the limits stretch with it. It costs a few small reads.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.utils.module_loading import import_string

from linli.kernel.audit.models import AuditLine, AuditSeal
from linli.kernel.events.models import OutboxEntry
from linli.kernel.jobs.heartbeats import failing
from linli.kernel.jobs.models import Heartbeat, Job
from linli.kernel.notify.models import Message
from linli.kernel.upkeep.keys import key_differs

OK, WARN, FAIL = "ok", "warn", "fail"

SILENT = timedelta(seconds=60)
"""Longest silence of a process that says every ten seconds that it lives."""

WAITING = timedelta(minutes=5)
"""Longest wait of an event, a job or a seal: they are looked at several times a second."""

BACKUP_OLD = timedelta(hours=50)
HEAD_OLD = timedelta(hours=50)
"""Two days and a little: one day's may be late."""

DISK_LEAST = 0.05
"""Share of the disk that must be free."""


@dataclass(frozen=True)
class Part:
    """One part: its name, its state, how old what it says is (seconds), and a word or figure of detail."""

    name: str
    status: str
    age: int | None = None
    detail: str = ""


Check = Callable[[datetime], Part]


def health(*, now: datetime, only: Iterable[str] = ()) -> list[Part]:
    """The state of every part, or of those named."""
    wanted = set(only) or set(CHECKS)
    return [_checked(name, CHECKS[name], now) for name in CHECKS if name in wanted]


def overall(parts: Iterable[Part]) -> str:
    """The worst state of all."""
    states = {part.status for part in parts}
    return FAIL if FAIL in states else WARN if WARN in states else OK


def _checked(name: str, check: Check, now: datetime) -> Part:
    try:
        return check(now)
    except DatabaseError:
        return Part(name, FAIL, detail="database")


def _web(now: datetime) -> Part:
    return Part("web", OK)


def _database(now: datetime) -> Part:
    """Rows are really read, at both ends of the tables that are written most."""
    for model in (AuditLine, OutboxEntry, Job):
        model._base_manager.order_by("pk").values_list().first()
        model._base_manager.order_by("-pk").values_list().first()
    return Part("database", OK)


def _keys(now: datetime) -> Part:
    return Part("keys", FAIL if key_differs(settings.SECRET_KEY) else OK)


def _disk(now: datetime) -> Part:
    usage = shutil.disk_usage(Path(settings.LINLI_HOME))
    free = usage.free / usage.total if usage.total else 0
    return Part("disk", FAIL if free < DISK_LEAST else OK, detail=f"{free:.0%} free")


def _worker(now: datetime) -> Part:
    return _beating("worker", now)


def _live(now: datetime) -> Part:
    if not settings.LINLI_LIVE_URL:
        return Part("live", OK, detail="off")
    return _beating("live", now)


def _beating(name: str, now: datetime) -> Part:
    row = Heartbeat.objects.filter(name=name).first()
    if row is None or row.at is None:
        return Part(name, FAIL, detail="never")
    return Part(name, FAIL if now - row.at > _limit(SILENT) else OK, _age(row.at, now))


def _ticks(now: datetime) -> Part:
    found = [row for row in failing() if "." in row.name]
    if not found:
        return Part("ticks", OK)
    names = ", ".join(row.name.rsplit(".", 2)[-2] for row in found)
    return Part("ticks", FAIL, _age(found[0].failing_since, now), names)


def _outbox(now: datetime) -> Part:
    oldest = OutboxEntry.objects.filter(delivered_at=None).order_by("id").first()
    return _late("outbox", oldest.made_at if oldest else None, now)


def _seal(now: datetime) -> Part:
    oldest = AuditLine.objects.filter(sequence=None).order_by("id").first()
    return _late("audit", oldest.at if oldest else None, now)


def _jobs(now: datetime) -> Part:
    oldest = Job.objects.filter(done_at=None, given_up_at=None).order_by("due_at").first()
    late = _late("jobs", oldest.due_at if oldest else None, now)
    if late.status == OK and Job.objects.filter(done_at=None).exclude(given_up_at=None).exists():
        return Part("jobs", WARN, detail="given up")
    return late


def _messages(now: datetime) -> Part:
    given_up = Message.objects.filter(sent_at=None).exclude(given_up_at=None)
    return Part("messages", WARN if given_up.exists() else OK)


def _late(name: str, since: datetime | None, now: datetime) -> Part:
    if since is None or since > now:
        return Part(name, OK)
    return Part(name, FAIL if now - since > _limit(WAITING) else OK, _age(since, now))


def _adapters(now: datetime) -> Part:
    for path in (settings.LINLI_SMS_ADAPTER, settings.LINLI_WEBHOOK_ADAPTER):
        try:
            found = callable(import_string(path))
        except ImportError:
            found = False
        if not found:
            return Part("adapters", FAIL, detail="not found")
    return Part("adapters", OK)


def _backup(now: datetime) -> Part:
    row = Heartbeat.objects.filter(name="backup").first()
    if row and row.failing_since:
        return Part("backup", FAIL, _age(row.at, now), "failed")
    if row is None or row.at is None:
        return Part("backup", WARN, detail="never")
    return Part("backup", FAIL if now - row.at > _limit(BACKUP_OLD) else OK, _age(row.at, now))


def _head(now: datetime) -> Part:
    row = Heartbeat.objects.filter(name="audit_head").first()
    if row is None or row.at is None:
        sealed = AuditSeal.objects.filter(sequence__gt=0).exists()
        return Part("audit_head", WARN if sealed else OK, detail="never")
    return Part("audit_head", FAIL if now - row.at > _limit(HEAD_OLD) else OK, _age(row.at, now))


def _limit(span: timedelta) -> timedelta:
    return span * max(settings.LINLI_CLOCK_SPEED, 1)


def _age(at: datetime | None, now: datetime) -> int | None:
    return None if at is None else max(int((now - at).total_seconds()), 0)


CHECKS: dict[str, Check] = {
    "web": _web,
    "database": _database,
    "keys": _keys,
    "disk": _disk,
    "worker": _worker,
    "live": _live,
    "ticks": _ticks,
    "outbox": _outbox,
    "audit": _seal,
    "jobs": _jobs,
    "messages": _messages,
    "adapters": _adapters,
    "backup": _backup,
    "audit_head": _head,
}
