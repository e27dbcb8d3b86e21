"""The backup of the day, made by a process of its own: it may take minutes, and the worker has other work."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import datetime, timedelta

from django.conf import settings

from linli.config.supervisor import die_with_parent
from linli.kernel.calendar.local import local_day, local_midnight
from linli.kernel.jobs.models import Heartbeat

CLAIM = "backup-claim"
LOOK_SECONDS = 30.0
"""How often it is asked whether a backup is due; seconds."""

_state: dict[str, float] = {"looked": -LOOK_SECONDS}
_running: list[subprocess.Popen[bytes]] = []


def back_up_when_due(*, now: datetime) -> int:
    """Start the backup once a day, from the hour of the setting on; whichever worker asks first."""
    if time.monotonic() - _state["looked"] < LOOK_SECONDS or not wanted():
        return 0
    _state["looked"] = time.monotonic()
    _running[:] = [one for one in _running if one.poll() is None]
    if _running or not _claim(now):
        return 0
    command = [sys.executable, "-m", "linli.doors.terminal", "backup", "--daily"]
    _running.append(subprocess.Popen(command, preexec_fn=die_with_parent()))
    return 1


def wanted() -> bool:
    """A demonstration is not worth a backup, unless somebody said where."""
    folder = settings.LINLI_BACKUP_FOLDER
    return bool(folder != "off" and (folder or not settings.LINLI_DEMO_STREAM))


def due_since(now: datetime) -> datetime:
    """The last time a backup became due."""
    today = local_midnight(local_day(now)) + timedelta(hours=settings.LINLI_BACKUP_HOUR)
    return today if today <= now else today - timedelta(days=1)


def _claim(now: datetime) -> bool:
    row, made = Heartbeat.objects.get_or_create(name=CLAIM, defaults={"at": now})
    if made:
        return True
    return bool(Heartbeat.objects.filter(pk=row.pk, at__lt=due_since(now)).update(at=now))
