"""报到: the moves on the leg of one department; the table is in `flow.py`, what each does in `effects.py`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from linli.kernel.acting import Actor, action
from linli.kernel.errors import NotFound
from linli.kernel.matters import moving
from linli.kernel.matters.asking import required
from linli.kernel.matters.errors import WrongStage
from linli.whistles.effects import LEGS, LegFacts
from linli.whistles.flow import ANSWER, LegStage
from linli.whistles.models import WhistleLeg


def move_leg(leg_id: int, code: str, *, by: Actor, now: datetime, **facts: Any) -> WhistleLeg:
    """Make one move of the flow on a leg; `facts` are fields of `LegFacts`.

    Raises:
        NotAllowed, NotFound, WrongStage, MissingFact, SamePerson.
    """
    leg: WhistleLeg = moving.make_move(LEGS, leg_id, code, by=by, facts=LegFacts(**facts), now=now)
    return leg


@action(may=ANSWER)
def reply_to_score(leg_id: int, *, reply: str, by: Actor, now: datetime) -> WhistleLeg:
    """The department's word on its score, once; the score stays."""
    leg = LEGS.get(leg_id)
    if leg is None or not LEGS.covers(by, leg, ANSWER):
        raise NotFound("没有找到贵部门的这项任务。", field="leg")
    if leg.stage != LegStage.SCORED or leg.reply:
        raise WrongStage("评价之后可以答复一次；这项任务还没有评价，或已经答复。", field="reply")
    leg.reply = required(reply, "答复", "reply", most=500)
    leg.save(update_fields=["reply"])
    moving.add_entry(LEGS, leg, "reply", note=leg.reply, by=by, now=now)
    found: WhistleLeg = leg
    return found
