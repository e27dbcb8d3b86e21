"""The kind of matter that a community's whistle is while the street has not decided (社区吹哨).

It waits in the inbox of the leader and has a clock like any other matter. It is decided with the whistle, by
`take_up` or `turn_down` of `actions/whistling.py`, and by nothing else.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from linli.kernel.acting import Actor, lies_at
from linli.kernel.matters.errors import WrongStage
from linli.kernel.matters.facts import Facts
from linli.kernel.matters.flow import Move
from linli.kernel.matters.kinds import Kind
from linli.kernel.matters.moving import make_move, open_matter
from linli.whistles.flow import RAISED_WHISTLE, WhistleStage
from linli.whistles.models import (
    RaisedDeadline,
    RaisedLine,
    RaisedReminder,
    RaisedWhistle,
    Whistle,
)
from linli.whistles.queries import SEE, whistles_seen


def wait_for_street(whistle: Whistle, *, by: Actor, now: datetime) -> RaisedWhistle:
    """Put a whistle that was just raised before the street: owned, clocked, in the inbox."""
    raised = RaisedWhistle(
        whistle=whistle, district_id=whistle.district_id, subdistrict_id=whistle.subdistrict_id,
        community_id=whistle.community_id, grid_id=whistle.grid_id, opened_at=now, changed_at=now,
    )  # fmt: skip
    open_matter(RAISED_WHISTLES, raised, code="raise", note=whistle.title, by=by, now=now)
    return raised


def decided(whistle: Whistle, move: str, *, note: str = "", by: Actor, now: datetime) -> None:
    """End the waiting, after the whistle itself was blown or turned down."""
    waiting = RaisedWhistle.objects.filter(whistle=whistle, open=True).first()
    if waiting is not None:
        make_move(RAISED_WHISTLES, waiting.pk, move, by=by, facts=Facts(note=note), now=now)


def raised_seen(actor: Actor, right: str) -> QuerySet[RaisedWhistle]:
    """Raised whistles a right reaches: those of the whistles it reaches."""
    return RaisedWhistle.objects.filter(whistle__in=whistles_seen(actor, right))


def _with_its_whistle(raised: RaisedWhistle, move: Move, *, by: Actor, facts: Facts) -> None:
    if raised.whistle.stage == WhistleStage.RAISED:
        raise WrongStage("请在吹哨的页面上决定：街道吹哨，或不采纳。", field="move")


RAISED_WHISTLES = Kind(
    flow=RAISED_WHISTLE,
    matter=RaisedWhistle,
    run=RaisedDeadline,
    entry=RaisedLine,
    reminder=RaisedReminder,
    key="raised",
    checks=(_with_its_whistle,),
    related=("whistle",),
    reaches=lambda actor, raised, right: lies_at(actor.scope(right), raised),
    view=SEE,
    seen=raised_seen,
    barred=lambda raised: frozenset({raised.whistle.raised_by_id}),
)
