"""Telling whoever has a matter in hand; while they are away, whoever stands in for them too.

A reminder that only the person on leave reads is no reminder. The deputy reads for whom; the owner reads it as well,
since the matter stays theirs. Example: 小李 is away, 小赵 stands in: 「代网格员小李 已超时：…」.
"""

from __future__ import annotations

from datetime import datetime

from linli.kernel.engine.rows import known
from linli.kernel.matters.kinds import Kind
from linli.kernel.matters.models import Matter
from linli.kernel.matters.roster import deputy_of, pick_holder
from linli.kernel.notify.sending import tell
from linli.kernel.people.models import Staff


def tell_owner(
    kind: Kind, matter: Matter, text: str, *, about: str, now: datetime, level: str
) -> None:
    """Put a line about a matter into the inbox of its owner, and of their deputy if that one may read the matter.

    Without an owner nobody is told.
    """
    owner_id = matter.owner_id
    if owner_id is None:
        return
    tell(owner_id, text, link=matter.link, about=about, now=now, level=level)
    deputy_id = deputy_of(owner_id, now=now)
    if deputy_id is not None and _may_read(kind, matter, deputy_id, now=now):
        owner = known(Staff, owner_id)
        words = f"代{owner.name if owner else ''} {text}"
        tell(deputy_id, words, link=matter.link, about=about, now=now, level=level)


def _may_read(kind: Kind, matter: Matter, staff_id: int, *, now: datetime) -> bool:
    right = kind.view or kind.flow.stage[matter.stage].may
    return pick_holder(matter, right, among=frozenset({staff_id}), now=now) is not None
