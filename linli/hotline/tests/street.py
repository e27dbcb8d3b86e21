"""A lamp in 第一网格 that somebody called the hotline about, and the way of its case."""

from __future__ import annotations

from typing import Any

from linli.cases.actions.moving import make_move
from linli.cases.facts import Facts
from linli.cases.models import Case
from linli.hotline.exchange import pull
from linli.hotline.models import UpstreamOrder
from linli.hotline.stand_in import StandIn
from linli.hotline.upstreams import Upstream
from linli.kernel.events.outbox import deliver_waiting
from linli.kernel.jobs.queue import run_due
from tests.walks import facts_for, up_to
from tests.world import MONDAY, World

LAMP: dict[str, Any] = {
    "title": "路灯不亮",
    "body": "第一网格三幢楼下的路灯不亮，晚上看不见路。",
    "lon": 120.005,
    "lat": 30.005,
    "category": "E0111",
    "caller": {"name": "王奶奶", "phone": "19900001234"},
}
NOTE = "灯座进水，换了两只（内部）"
REPLY = "路灯已修好，感谢王奶奶，经办电话 13900005678。"

SAID = {
    "feedback": Facts(outcome="solved", note=NOTE, public_reply=REPLY),
    "pass_check": Facts(note="亮了"),
}
"""What is said of the lamp; every other step is told the usual."""


def pulled(platform: StandIn, city: Upstream, number: str = "A1", **changes: Any) -> UpstreamOrder:
    """An order that came by pulling and has its case."""
    platform.order(number, **{**LAMP, **changes})
    pull(city, now=platform.clock())
    run_due(now=platform.clock())
    deliver_waiting(now=platform.clock())
    return UpstreamOrder.objects.select_related("case").get(external_no=number)


def walk(world: World, case: Case, *, until: str = "close") -> Case:
    """The case, taken along the loop until that step was made; everything is announced and heard."""
    for code, who in up_to(until):
        case = _moved(world, case, code, who, SAID.get(code) or facts_for(world, code))
    return case


def move(world: World, case: Case, step: str, who: str, **facts: Any) -> Case:
    """One move, announced and heard."""
    return _moved(world, case, step, who, Facts(**facts))


def _moved(world: World, case: Case, code: str, who: str, facts: Facts) -> Case:
    made = make_move(case.pk, code, by=world.actors[who], facts=facts, now=MONDAY)
    deliver_waiting(now=MONDAY)
    return made
