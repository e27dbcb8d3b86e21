"""What becomes of a request nobody has answered when its matter goes on without it.

A request is about the work as it stands. Whoever asked from inside the unit asked for the unit's own work: with the
feedback, or with another unit, it is over. Every request on an open matter is over with the end of the matter. It then
counts as not granted, nobody decided it, and whoever asked reads why. Example: 城管队 asks for more time and returns
the case; 水务所 gets it with a clock of its own, and what 城管队 asked for must not lengthen that.
"""

from __future__ import annotations

from datetime import datetime

from linli.kernel.matters.kinds import Kind
from linli.kernel.matters.models import Matter
from linli.kernel.matters.requests import RequestRule
from linli.kernel.notify.sending import tell


def end_requests(
    kind: Kind, matter: Matter, *, source: str, unit_before: int | None, now: datetime
) -> None:
    """End what waits on a matter and was about the stage or the unit that it has just left."""
    stages = kind.flow.stage
    unit_has_it = stages[matter.stage].of_the_unit and matter.handling_org_id == unit_before
    left_the_unit = stages[source].of_the_unit and not unit_has_it
    for rule in kind.requests:
        if rule.while_open and (not matter.open or (rule.asked_inside and left_the_unit)):
            _end(kind, rule, matter, now=now)


def _end(kind: Kind, rule: RequestRule, matter: Matter, *, now: datetime) -> None:
    why = "已不在原承办单位手上" if matter.open else "已经结束"
    rows = rule.model._default_manager.select_for_update()
    for request in rows.filter(**{f"{kind.key}_id": matter.pk}, granted=None).order_by("pk"):
        request.granted, request.decided_at = False, now
        request.opinion = f"{kind.flow.noun}{why}，{rule.name}自动失效。"
        request.save(update_fields=["granted", "decided_at", "opinion"])
        tell(
            request.asked_by_id,
            f"{rule.name}已失效：{matter.headline}",
            link=matter.link,
            about=f"{rule.code}:{request.pk}:lapsed",
            now=now,
        )
