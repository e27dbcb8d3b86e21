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

STEPS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("accept", "acceptor", {}),
    ("register", "supervisor", {}),
    ("dispatch", "dispatcher", {}),
    ("sign_for", "handler", {}),
    ("feedback", "handler", {"outcome": "solved", "note": NOTE, "public_reply": REPLY}),
    ("pass_check", "checker", {"note": "亮了"}),
    ("close", "supervisor", {"closing_condition_met": True}),
)


def pulled(platform: StandIn, city: Upstream, number: str = "A1", **changes: Any) -> UpstreamOrder:
    """An order that came by pulling and has its case."""
    platform.order(number, **{**LAMP, **changes})
    pull(city, now=platform.clock())
    run_due(now=platform.clock())
    deliver_waiting(now=platform.clock())
    return UpstreamOrder.objects.select_related("case").get(external_no=number)


def walk(world: World, case: Case, *, until: str = "close") -> Case:
    """The case, taken along the loop until that step was made; everything is announced and heard."""
    given = {
        "accept": {"category": world.category.pk},
        "register": {"standard": world.standard.pk},
        "dispatch": {"organization": world.organizations["CG"].pk},
    }
    for step, who, facts in STEPS:
        case = move(world, case, step, who, **{**given.get(step, {}), **facts})
        if step == until:
            break
    return case


def move(world: World, case: Case, step: str, who: str, **facts: Any) -> Case:
    """One move, announced and heard."""
    made = make_move(case.pk, step, by=world.actors[who], facts=Facts(**facts), now=MONDAY)
    deliver_waiting(now=MONDAY)
    return made
