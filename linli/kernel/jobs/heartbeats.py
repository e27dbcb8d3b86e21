"""Signs of life: which process or part was last well, and since when one fails."""

from __future__ import annotations

from datetime import datetime

from linli.kernel.jobs.models import Heartbeat

BEAT_SECONDS = 10.0
"""How often a process says that it lives; seconds, 5–30. Each time is one small write."""

ERROR_KEPT = 2_000


def beat(name: str, *, now: datetime, detail: str = "") -> None:
    """Note that something is well."""
    facts = {"at": now, "failing_since": None, "error": "", "detail": detail[:200]}
    if not Heartbeat.objects.filter(name=name).update(**facts):
        Heartbeat.objects.get_or_create(name=name, defaults=facts)


def note_failure(name: str, error: str, *, now: datetime) -> None:
    """Note that something began to fail; the beginning stays when it fails again."""
    row, _made = Heartbeat.objects.get_or_create(name=name)
    row.failing_since = row.failing_since or now
    row.error = error[-ERROR_KEPT:]
    row.save(update_fields=["failing_since", "error"])


def failing() -> list[Heartbeat]:
    """What fails at present, the longest first."""
    return list(Heartbeat.objects.exclude(failing_since=None).order_by("failing_since"))
