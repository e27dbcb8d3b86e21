"""What is done once a day for the installation itself."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings

from linli.kernel.audit.heads import Head, head, write_head
from linli.kernel.jobs.heartbeats import beat
from linli.kernel.notify.sending import call_webhook


def heads_folder() -> Path:
    """Where heads are published; better a folder that another machine keeps."""
    return Path(settings.LINLI_AUDIT_HEADS or Path(settings.LINLI_HOME) / "audit-heads")


def publish_head(*, now: datetime) -> Head | None:
    """Publish the end of the audit chain: in the folder, and to the address if there is one."""
    one = head(at=now)
    if one is None:
        return None
    write_head(heads_folder(), one)
    if settings.LINLI_AUDIT_HEADS_TO:
        call_webhook(
            settings.LINLI_AUDIT_HEADS_TO, one.text, about=f"audit-head:{one.sequence}", now=now
        )
    beat("audit_head", now=now, detail=one.code)
    return one
