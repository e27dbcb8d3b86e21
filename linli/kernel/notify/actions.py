"""Reading notices. Everybody reads their own, so there is no permission to ask for and nothing to audit."""

from __future__ import annotations

from datetime import datetime

from linli.kernel.acting import Actor
from linli.kernel.errors import NotFound
from linli.kernel.notify.models import Notice
from linli.kernel.notify.queries import notices_for


def read_notice(notice_id: int, *, by: Actor, now: datetime) -> Notice:
    """Mark one of the actor's notices as read; the first reading counts."""
    notice = notices_for(by).filter(pk=notice_id).first()
    if notice is None:
        raise NotFound("没有这条消息。", field="notice")
    if notice.read_at is None:
        notice.read_at = now
        notice.save(update_fields=["read_at"])
    return notice


def read_all_notices(*, by: Actor, now: datetime) -> int:
    """Mark all of the actor's notices as read; how many there were."""
    return notices_for(by).filter(read_at=None).update(read_at=now)
