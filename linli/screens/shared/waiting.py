"""A line of the one inbox, whatever the kind: the same on console and phone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases.flow import CASE
from linli.cases.sight import sight_of
from linli.kernel.matters.inbox import Waiting
from linli.kernel.matters.kinds import Kind
from linli.screens.shared.guard import PageRequest
from linli.screens.shared.labels import LEG_STAGES, STAGES, StageLook
from linli.screens.shared.light import light_of


@dataclass(frozen=True)
class Look:
    """How a kind looks in a list: its tag, its stages, what it is about in a word, where on its page it stands."""

    label: str | Promise
    stages: Mapping[str, StageLook]
    about: Callable[[Any], str]
    anchor: Callable[[Any], str] = lambda matter: ""


LOOKS: dict[str, Look] = {
    "case": Look(
        gettext_lazy("案件"),
        STAGES,
        lambda case: case.category.name if case.category else _("待分类"),
    ),
    "leg": Look(
        gettext_lazy("吹哨"), LEG_STAGES, lambda leg: leg.task, lambda leg: f"#leg-{leg.pk}"
    ),
}
"""Kinds whose lines say more than their flow does."""


def look_of(kind: Kind) -> Look:
    """How a kind looks; one that says nothing of its own is called as in its flow."""
    if kind.code in LOOKS:
        return LOOKS[kind.code]
    stages = {stage.code: StageLook(_(stage.name), "moving") for stage in kind.flow.stages}
    return Look(_(kind.flow.name), stages, lambda matter: "")


@dataclass(frozen=True)
class Line:
    """`kind` is the tag, `for_whom` the colleague one stands in for, `facts` are words to be set side by side."""

    kind: str | Promise
    title: str
    number: str
    url: str
    stage: StageLook
    due_at: datetime | None
    due_provisional: bool
    light: str
    urgent: bool
    for_whom: str
    facts: tuple[str, ...]


def lines_of(found: Iterable[Waiting], request: PageRequest, *, phone: bool = False) -> list[Line]:
    """Lines in the same order; with `phone` their addresses open there."""
    return [_line(one, request, phone=phone) for one in found]


def _line(one: Waiting, request: PageRequest, *, phone: bool) -> Line:
    look, matter = look_of(one.kind), one.matter
    if one.kind.code == CASE.code:
        matter.sight = sight_of(request.actor, matter)
    places = " · ".join(area.name for area in (matter.community, matter.grid) if area)
    unit = matter.handling_org.name if matter.handling_org else ""
    return Line(
        kind=look.label,
        title=matter.topic,
        number=matter.number,
        url=_address(one, look, phone=phone),
        stage=look.stages[matter.stage],
        due_at=matter.due_at,
        due_provisional=matter.due_provisional,
        light=light_of(matter, request),
        urgent=matter.pressing,
        for_whom=one.for_whom,
        facts=tuple(fact for fact in (look.about(matter), places, unit) if fact),
    )


def _address(one: Waiting, look: Look, *, phone: bool) -> str:
    if not phone:
        return f"{one.matter.link}{look.anchor(one.matter)}"
    if one.kind.code == CASE.code:
        return reverse("field:case", args=[one.matter.number])
    return reverse("field:matter", args=[one.kind.code, one.matter.pk])
