"""吹哨报到: the list, one whistle with its legs, and the figures."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.kernel.acting import Actor
from linli.kernel.calendar.local import local_day, local_midnight
from linli.kernel.files.queries import signed_path
from linli.kernel.files.rules import Size
from linli.kernel.matters.clocks import limit_of
from linli.kernel.matters.offering import moves_for
from linli.kernel.matters.roles import Roles
from linli.kernel.statistics import FEW
from linli.screens.console.form_page import Asking, fill_in, sent
from linli.screens.console.labels import words_of
from linli.screens.console.menu import page
from linli.screens.console.whistles import words
from linli.screens.console.whistles.forms import LimitsForm
from linli.screens.shared.guard import PageRequest, needs
from linli.whistles.actions.limits import set_whistle_limits
from linli.whistles.effects import LEGS
from linli.whistles.figures import UnitRow, band, figures, legs_behind
from linli.whistles.flow import ANSWER, LEG, WHISTLE_OPEN, LegStage, WhistleStage
from linli.whistles.models import Whistle, WhistleLeg, WhistleLine
from linli.whistles.queries import (
    cases_of,
    clocks_of,
    kind_names,
    kinds_in_use,
    legs_by_whistle,
    legs_of,
    legs_waiting_for,
    lines_of,
    roles_of,
    whistle_for,
    whistles_seen,
)

SHOWN = 200

DONE = (LegStage.HANDLED, LegStage.CHECKED, LegStage.SCORED)
"""Stages at which a department has done its part, whatever the street has still to do."""

PERIODS = {"month": 30, "quarter": 91, "year": 365}


@require_GET
@needs("whistle.view")
def whistles(request: PageRequest) -> HttpResponse:
    """What waits for this person, then every whistle in the area, open ones first."""
    ended = request.GET.get("ended") == "1"
    rows = whistles_seen(request.actor).select_related("subdistrict", "community", "grid")
    rows = rows.exclude(stage__in=WHISTLE_OPEN) if ended else rows.filter(stage__in=WHISTLE_OPEN)
    shown = list(rows.order_by("-id")[:SHOWN])
    legs, names = legs_by_whistle(shown), kind_names()
    return page(
        request,
        "console/whistles/list.html",
        title=_("吹哨报到"),
        here="console:whistles",
        ended=ended,
        waiting=[leg_line(leg) for leg in legs_waiting_for(request.actor)],
        raised=_to_decide(request.actor) if not ended else [],
        rows=[_row(one, legs[one.pk], names) for one in shown],
        may_raise=request.actor.may("whistle.raise") or request.actor.may("whistle.blow"),
    )


@require_GET
@needs("whistle.view")
def whistle(request: PageRequest, number: str) -> HttpResponse:
    """One whistle: what it is about, each department's leg, the timeline."""
    one = whistle_for(request.actor, number)
    legs, clocks, roles = legs_of(one), clocks_of(one), roles_of(one)
    lines = lines_of(one)
    return page(
        request,
        "console/whistles/whistle.html",
        title=one.title,
        here="console:whistles",
        trail=[(one.number, "")],
        whistle=one,
        head=_row(one, legs, kind_names()),
        legs=[_leg(request, one, leg, clocks.get(leg.pk, []), roles) for leg in legs],
        cases=cases_of(request.actor, one),
        moves=[_line(line, request) for line in reversed(lines)],
        buttons=_buttons(request.actor, one, roles, done=not any(leg.open for leg in legs)),
        may_meet=one.stage == WhistleStage.RUNNING and request.actor.may("whistle.meet"),
    )


@require_GET
@needs("whistle.view")
def whistle_figures(request: PageRequest) -> HttpResponse:
    """应哨率, 到场率, mean time to arrive and scores by department, and the whistle rate as a band."""
    name, start, end = _period(request)
    whole, rows = figures(request.actor, start=start, end=end, as_of=request.now)
    rate = band(request.actor, start=start, end=end, as_of=request.now)
    return page(
        request,
        "console/whistles/figures.html",
        title=_("吹哨指标"),
        here="console:whistles",
        few=sum(len(row.figures.response.due) < FEW for row in rows),
        period=name,
        periods=[("month", _("近 30 天")), ("quarter", _("近一季")), ("year", _("近一年"))],
        start=start,
        whole=_figure_row(whole, name),
        rows=[_figure_row(row, name) for row in rows],
        band=rate,
        verdict=words_of(words.VERDICTS, rate.verdict),
    )


@require_GET
@needs("whistle.view")
def whistle_legs(request: PageRequest) -> HttpResponse:
    """The legs behind a figure."""
    name, start, end = _period(request)
    whole, rows = figures(request.actor, start=start, end=end, as_of=request.now)
    wanted = request.GET.get("unit", "")
    row = next((one for one in rows if str(one.organization_id) == wanted), whole)
    share = row.figures.arrival if request.GET.get("of") == "arrival" else row.figures.response
    part = {"within": share.within, "missed": share.due - share.within}
    ids = part.get(request.GET.get("part", ""), share.due)
    return page(
        request,
        "console/whistles/legs.html",
        title=_("指标明细"),
        here="console:whistles",
        trail=[(_("吹哨指标"), reverse("console:whistle_figures") + f"?period={name}")],
        rows=[leg_line(leg) for leg in legs_behind(request.actor, ids)],
    )


@require_http_methods(["GET", "POST"])
@needs("cases.settings")
def whistle_limits(request: PageRequest) -> HttpResponse:
    """The limits in force by kind, and a form to set those of one kind from a day on."""
    today = local_day(request.now)
    rows = [
        (_(kind.name), [limit_of(LEG, clock.code, kind.code, today) for clock in LEG.clocks])
        for kind in kinds_in_use()
    ]
    codes = [kind.code for kind in kinds_in_use()]
    kind = request.GET.get("kind", "")
    kind = kind if kind in codes else codes[0]
    form = LimitsForm(
        sent(request),
        usual={one.code: limit_of(LEG, one.code, kind, today) for one in LEG.clocks},
        initial={"kind": kind, "valid_from": today + timedelta(days=1)},
    )
    asking = Asking(
        title=_("吹哨时限"),
        here="console:whistle_limits",
        button=_("保存"),
        back=reverse("console:whistle_limits"),
        done=_("已保存，从生效日期起用于新开始的环节。"),
        words=_("写法如 1工作时、3工作日、30分钟、2紧急工作时。已经开始的环节不受影响。"),
        template="console/whistles/limits.html",
    )
    return fill_in(
        request,
        form,
        asking,
        do=lambda given: set_whistle_limits(
            given["kind"],
            limits={one.code: given[one.code] for one in LEG.clocks},
            valid_from=given["valid_from"],
            by=request.actor,
            now=request.now,
        ),
        limits=rows,
        clocks=[words_of(words.CLOCKS, one.code) for one in LEG.clocks],
    )


def _buttons(actor: Actor, one: Whistle, roles: Roles, *, done: bool) -> list[tuple[str, str, str]]:
    """(code, word, tone) of what this person may do with the whistle itself; it ends when every leg is done."""
    found = []
    blow = actor.may("whistle.blow") and not roles.bars_axis(actor.staff_id, "whistle.blow")
    if blow and one.stage == WhistleStage.RAISED:
        found += [("blow", _("街道吹哨"), "primary"), ("turn_down", _("不采纳"), "")]
    if blow and one.stage == WhistleStage.RUNNING:
        found += [("plan", _("会商与分工"), ""), ("add", _("加派部门"), "")]
    close = actor.may("whistle.close") and not roles.bars_axis(actor.staff_id, "whistle.close")
    if close and done and one.stage == WhistleStage.RUNNING:
        found.append(("close", _("结束吹哨"), "primary"))
    return found


def _row(one: Whistle, legs: list[WhistleLeg], names: dict[str, str]) -> dict[str, Any]:
    return {
        "whistle": one,
        "kind": _(names.get(one.kind, one.kind)),
        "stage": words_of(words.STAGES, one.stage),
        "tone": words.STAGE_TONES[one.stage],
        "place": "".join(str(area.name) for area in (one.community, one.grid) if area)
        or one.subdistrict.name,
        "all": len(legs),
        "answered": sum(leg.responded_at is not None for leg in legs),
        "arrived": sum(leg.arrived_at is not None for leg in legs),
        "done": sum(leg.stage in DONE or not leg.open for leg in legs),
        "clocks": _nearest(legs),
    }


def _nearest(legs: list[WhistleLeg]) -> list[dict[str, Any]]:
    """The clock of the departments that ends first, and that of the street or the district, each by its name."""
    running = sorted(
        (leg for leg in legs if leg.open and leg.due_at is not None),
        key=lambda leg: (not LEG.stage[leg.stage].of_the_unit, leg.due_at, leg.pk),
    )
    first = {LEG.stage[leg.stage].of_the_unit: leg for leg in reversed(running)}
    return [
        {"name": words_of(words.WHOSE_CLOCK, first[ours].stage), "due_at": first[ours].due_at}
        for ours in (True, False)
        if ours in first
    ]


def leg_line(leg: WhistleLeg) -> dict[str, Any]:
    """A leg in a list, with the words for its stage and part."""
    return {
        "leg": leg,
        "stage": words_of(words.LEG_STAGES, leg.stage),
        "tone": words.LEG_TONES.get(leg.stage, "grey"),
        "part": words_of(words.PARTS, leg.part),
        "clock": words_of(words.WHOSE_CLOCK, leg.stage) if leg.open else "",
    }


def _leg(
    request: PageRequest, one: Whistle, leg: WhistleLeg, clocks: list[Any], roles: Roles
) -> dict[str, Any]:
    leg.whistle = one
    own = LEGS.covers(request.actor, leg, ANSWER)
    marks = (leg.arrival_score, leg.cooperation_score, leg.effect_score)
    return {
        **leg_line(leg),
        "moves": [
            (move.code, words_of(words.LINES, move.code), move.tone)
            for move in moves_for(LEGS, request.actor, leg, roles)
        ],
        "may_reply": own and leg.stage == LegStage.SCORED and not leg.reply,
        "marks": list(zip((_("到场"), _("配合"), _("效果")), marks, strict=True))
        if leg.stage == LegStage.SCORED
        else [],
        "clocks": [
            {
                "name": words_of(words.CLOCKS, row.clock),
                "row": row,
                "late": row.stopped_at is not None and row.stopped_at > row.due_at,
            }
            for row in clocks
        ],
    }


def _line(line: WhistleLine, request: PageRequest) -> dict[str, Any]:
    facts = line.facts
    where = facts.get("place") or ""
    if "lon" in facts:
        position = _("东经 %(lon).5f，北纬 %(lat).5f") % {"lon": facts["lon"], "lat": facts["lat"]}
        where = "，".join(filter(None, [where, position]))
    if "doubt" in facts:
        where += _("（%(doubt)s，没有采用）") % {"doubt": facts["doubt"]}
    marks = ""
    if "arrival_score" in facts:
        marks = _("到场 %(a)s 分，配合 %(b)s 分，效果 %(c)s 分") % {
            "a": facts["arrival_score"],
            "b": facts["cooperation_score"],
            "c": facts["effect_score"],
        }
    return {
        "what": words_of(words.LINES, line.code),
        "who": line.by_name,
        "org": line.leg.handling_org.name if line.leg and line.leg.handling_org else "",
        "at": line.at,
        "words": "\n".join(filter(None, [marks, where, str(line.note)])),
        "warning": LEG.warns(line.code),
        "photos": [
            {
                "url": signed_path(file, now=request.now),
                "thumb": signed_path(file, now=request.now, size=Size.SMALL),
                "label": words_of(words.LINES, line.code),
            }
            for file in line.photos  # type: ignore[attr-defined]
        ],
    }


def _to_decide(actor: Actor) -> list[Whistle]:
    if not actor.may("whistle.blow"):
        return []
    rows = whistles_seen(actor, "whistle.blow").filter(stage=WhistleStage.RAISED)
    return list(rows.select_related("community", "grid", "raised_by").order_by("id"))


def _period(request: PageRequest) -> tuple[str, datetime, datetime]:
    """The chosen period: whole local days that end with today."""
    name = request.GET.get("period", "")
    name = name if name in PERIODS else "quarter"
    today = local_day(request.now)
    start = local_midnight(today - timedelta(days=PERIODS[name] - 1))
    return name, start, local_midnight(today + timedelta(days=1))


def _figure_row(row: UnitRow, period: str) -> dict[str, Any]:
    unit = row.organization_id or ""
    base = reverse("console:whistle_legs") + f"?period={period}&unit={unit}"
    wait = row.figures.mean_arrival
    hours = wait.total_seconds() / 3600 if wait is not None else None
    return {
        "name": row.name or _("全部部门"),
        "response": row.figures.response,
        "response_rate": _percent(row.figures.response.value),
        "arrival": row.figures.arrival,
        "arrival_rate": _percent(row.figures.arrival.value),
        "hours": hours,
        "scores": row.scores,
        "scored": row.scored,
        "few": len(row.figures.response.due) < 30,
        "response_url": f"{base}&of=response",
        "arrival_url": f"{base}&of=arrival",
    }


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value:.2%}"
