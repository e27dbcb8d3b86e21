"""吹哨: a community raises a whistle, the street blows it or not, adds departments, plans, and ends it.

What the departments do on their legs is in `legs.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from linli.cases.flow import CASE
from linli.cases.models import Case
from linli.kernel.acting import Actor, Scope, action, lies_at, lies_in
from linli.kernel.errors import NotFound
from linli.kernel.matters.asking import required, staff_id_of
from linli.kernel.matters.conflicts import keep_axes_apart
from linli.kernel.matters.errors import MissingFact, WrongStage
from linli.kernel.matters.holding import hold, release
from linli.kernel.notify.sending import tell
from linli.kernel.organisations.models import Organization
from linli.kernel.places.models import Area
from linli.kernel.places.queries import path_of
from linli.whistles.effects import CALLED_KINDS, start_leg
from linli.whistles.errors import OpenWhistle
from linli.whistles.flow import WhistlePart, WhistleStage
from linli.whistles.models import Whistle, WhistleCase, WhistleKind, WhistleLeg, WhistleLine
from linli.whistles.queries import roles_of
from linli.whistles.raised import decided, wait_for_street

HOLDER = "whistle"
MOST_LEGS = 60


@dataclass(frozen=True)
class Called:
    """A department to call: which part it has and what it is to do."""

    organization: int
    part: str = WhistlePart.ASSIST
    task: str = ""


@dataclass(frozen=True)
class WhistleDraft:
    """A whistle as somebody fills it in. `area` is the narrowest area it happens in; `cases` are ids."""

    kind: str
    title: str
    background: str
    area: int
    address: str = ""
    cases: tuple[int, ...] = ()
    called: tuple[Called, ...] = ()


@action(may="whistle.raise")
def raise_whistle(draft: WhistleDraft, *, by: Actor, now: datetime) -> Whistle:
    """A community asks the street to call departments (社区吹哨); the street hears of it at once.

    Raises:
        MissingFact: a field is empty or wrong; NotFound: place or case out of reach.
    """
    whistle = _written(draft, by=by, now=now)
    whistle.wanted = [[one.organization, one.part, one.task] for one in _checked(draft.called)]
    whistle.save(update_fields=["wanted"])
    _line(whistle, "raise", by=by, now=now, note=draft.title)
    waiting = wait_for_street(whistle, by=by, now=now)
    _tell_street(whistle, waiting.owner_id, now=now)
    return whistle


@action(may="whistle.blow")
def blow_whistle(draft: WhistleDraft, *, by: Actor, now: datetime) -> Whistle:
    """The street calls departments itself (街道吹哨)."""
    whistle = _written(draft, by=by, now=now)
    _blow(whistle, draft.called, by=by, now=now)
    return whistle


@action(may="whistle.blow")
def take_up(whistle_id: int, *, called: tuple[Called, ...], by: Actor, now: datetime) -> Whistle:
    """Blow the whistle that a community raised, with the departments the street decides on."""
    whistle = whistle_to_change(whistle_id, WhistleStage.RAISED, "whistle.blow", by=by)
    _blow(whistle, called, by=by, now=now)
    decided(whistle, "take_up", by=by, now=now)
    return whistle


@action(may="whistle.blow")
def turn_down(whistle_id: int, *, reason: str, by: Actor, now: datetime) -> Whistle:
    """Not call anybody, with the reason that the community reads."""
    whistle = whistle_to_change(whistle_id, WhistleStage.RAISED, "whistle.blow", by=by)
    whistle.result = required(reason, "不采纳的理由")
    whistle.stage, whistle.ended_at = WhistleStage.TURNED_DOWN, now
    whistle.save(update_fields=["stage", "result", "ended_at"])
    release(by_kind=HOLDER, by_id=whistle.pk, now=now)
    _line(whistle, "turn_down", by=by, now=now, note=whistle.result)
    decided(whistle, "turn_down", note=whistle.result, by=by, now=now)
    _tell_raiser(whistle, "吹哨未采纳", now=now)
    return whistle


@action(may="whistle.blow")
def add_legs(whistle_id: int, *, called: tuple[Called, ...], by: Actor, now: datetime) -> Whistle:
    """Call further departments to a whistle that runs."""
    whistle = whistle_to_change(whistle_id, WhistleStage.RUNNING, "whistle.blow", by=by)
    there = set(_open_legs(whistle).values_list("handling_org_id", flat=True))
    for one in _checked(called, others=len(there)):
        if one.organization in there:
            name = Organization.objects.get(pk=one.organization).name
            raise MissingFact(f"{name}已在这次吹哨中。", field="called")
        _leg(whistle, one, "add_leg", by=by, now=now)
    return whistle


@action(may="whistle.blow")
def plan_whistle(
    whistle_id: int,
    *,
    meet_at: datetime | None,
    meet_place: str,
    plan: str,
    tasks: dict[int, str],
    by: Actor,
    now: datetime,
) -> Whistle:
    """Say when and where everybody meets, what is planned and who does what; the departments hear of it."""
    whistle = whistle_to_change(whistle_id, WhistleStage.RUNNING, "whistle.blow", by=by)
    if meet_at is not None and meet_at <= now and meet_at != whistle.meet_at:
        raise MissingFact("会商时间要晚于现在。", field="meet_at")
    if meet_at is not None and not meet_place.strip():
        raise MissingFact("请写明会商地点。", field="meet_place")
    whistle.meet_at, whistle.meet_place = meet_at, meet_place.strip()[:200]
    whistle.plan = plan.strip()[:2000]
    whistle.save(update_fields=["meet_at", "meet_place", "plan"])
    legs = list(_open_legs(whistle))
    for leg in legs:
        leg.task = tasks.get(leg.pk, leg.task).strip()[:300]
        leg.save(update_fields=["task"])
    line = _line(whistle, "plan", by=by, now=now, note=whistle.plan[:500])
    for leg in legs:
        tell(
            leg.owner_id,
            f"吹哨会商与分工有更新：{whistle.number} {whistle.title}",
            link=f"/console/whistles/{whistle.number}",
            about=f"whistle_plan:{line.pk}",
            now=now,
        )
    return whistle


@action(may="whistle.close")
def close_whistle(whistle_id: int, *, result: str, by: Actor, now: datetime) -> Whistle:
    """End a whistle of which every leg has ended; legs are never ended along with it.

    Raises:
        OpenWhistle: a leg is open; the sentence names the departments.
    """
    whistle = whistle_to_change(whistle_id, WhistleStage.RUNNING, "whistle.close", by=by)
    waiting = [leg.handling_org.name for leg in _open_legs(whistle) if leg.handling_org]
    if waiting:
        raise OpenWhistle(
            f"还有 {len(waiting)} 个部门没有办完：{'、'.join(waiting)}。"
            "请等其办完并评价；确实不必再办的，由街道领导写明理由后免除。",
            field="result",
        )
    whistle.result = required(result, "处置结果", "result", most=2000)
    whistle.stage, whistle.ended_at = WhistleStage.CLOSED, now
    whistle.save(update_fields=["stage", "result", "ended_at"])
    release(by_kind=HOLDER, by_id=whistle.pk, now=now)
    _line(whistle, "close", by=by, now=now, note=whistle.result[:500])
    _tell_raiser(whistle, "吹哨已结束", now=now)
    return whistle


def whistle_to_change(whistle_id: int, stage: WhistleStage, right: str, *, by: Actor) -> Whistle:
    """The whistle, locked, if it lies in the scope of the right and is at the stage.

    Raises:
        NotFound, WrongStage, SamePerson.
    """
    whistle = Whistle.objects.select_for_update().filter(pk=whistle_id).first()
    if whistle is None or not lies_at(by.scope(), whistle):
        raise NotFound("没有找到这次吹哨，或不在您的管辖范围内。", field="number")
    if whistle.stage != stage:
        raise WrongStage(
            f"这次吹哨现在是“{whistle.stage_name}”，不能这样办理，请刷新后查看。", field="whistle"
        )
    keep_axes_apart(roles_of(whistle), right, by=by)
    return whistle


def _written(draft: WhistleDraft, *, by: Actor, now: datetime) -> Whistle:
    if not WhistleKind.objects.filter(code=draft.kind, retired_at=None).exists():
        raise MissingFact("请选择吹哨类型。", field="kind")
    area = Area.objects.filter(pk=draft.area, retired_at=None).first()
    if area is None:
        raise MissingFact("请选择发生在哪个社区或网格。", field="area")
    path = path_of(area)
    if path.subdistrict_id is None or path.district_id is None:
        raise MissingFact("请选择街道、社区或网格。", field="area")
    whistle = Whistle(
        kind=draft.kind,
        title=required(draft.title, "标题", "title", most=100),
        background=required(draft.background, "情况说明", "background", most=2000),
        address=draft.address.strip()[:200],
        raised_by_id=staff_id_of(by),
        raised_at=now,
        district_id=path.district_id,
        subdistrict_id=path.subdistrict_id,
        community_id=path.community_id,
        grid_id=path.grid_id,
    )
    if not lies_at(by.scope(), whistle):
        raise NotFound("这个地点不在您的管辖范围内，请重新选择。", field="area")
    whistle.save()
    _link(whistle, draft.cases, scope=by.scope(), now=now)
    return whistle


def _link(whistle: Whistle, case_ids: Iterable[int], *, scope: Scope, now: datetime) -> None:
    wanted = list(dict.fromkeys(case_ids))
    cases = {case.pk: case for case in Case.objects.filter(pk__in=wanted, open=True)}
    for case_id in wanted:
        case = cases.get(case_id)
        if case is None or not lies_in(scope, case):
            raise NotFound(
                "关联的案件不存在、已结束或不在您的管辖范围内，请核对编号。", field="cases"
            )
        WhistleCase.objects.create(whistle=whistle, case=case)
        hold(CASE.code, case_id, by_kind=HOLDER, by_id=whistle.pk, what=_what(whistle), now=now)


def _what(whistle: Whistle) -> str:
    return f"吹哨（{whistle.number} {whistle.title}）"


def _blow(whistle: Whistle, called: tuple[Called, ...], *, by: Actor, now: datetime) -> None:
    chosen = _checked(called)
    if not chosen:
        raise MissingFact("请至少选择一个部门。", field="called")
    if [one.part for one in chosen].count(WhistlePart.LEAD) != 1:
        raise MissingFact("请指定一个主办部门，其余为协办。", field="lead")
    whistle.stage, whistle.blown_at = WhistleStage.RUNNING, now
    whistle.save(update_fields=["stage", "blown_at"])
    _line(whistle, "blow", by=by, now=now, note=whistle.title)
    for one in chosen:
        _leg(whistle, one, "call_leg", by=by, now=now)


def _checked(called: Iterable[Called], *, others: int = 0) -> list[Called]:
    chosen = list({one.organization: one for one in called}.values())
    if len(chosen) + others > MOST_LEGS:
        raise MissingFact(f"一次吹哨最多 {MOST_LEGS} 个部门。", field="called")
    ids = [one.organization for one in chosen]
    known = Organization.objects.filter(pk__in=ids, retired_at=None, kind__in=CALLED_KINDS)
    if known.count() != len(chosen):
        raise MissingFact("所选部门不存在、已撤销或不是职能部门。", field="called")
    return chosen


def _leg(whistle: Whistle, one: Called, code: str, *, by: Actor, now: datetime) -> None:
    leg = WhistleLeg(
        handling_org_id=one.organization, part=WhistlePart(one.part), task=one.task.strip()[:300]
    )
    start_leg(whistle, leg, code, note=leg.task, by=by, now=now)


def _open_legs(whistle: Whistle) -> QuerySet[WhistleLeg]:
    rows = WhistleLeg.objects.select_related("handling_org")
    return rows.filter(whistle=whistle, open=True).order_by("id")


def _line(whistle: Whistle, code: str, *, by: Actor, now: datetime, note: str) -> WhistleLine:
    return WhistleLine.objects.create(
        whistle=whistle,
        code=code,
        at=now,
        by_kind=by.kind,
        by_name=by.name,
        by_staff_id=by.staff_id,
        note=note,
    )


def _tell_street(whistle: Whistle, owner_id: int | None, *, now: datetime) -> None:
    tell(
        owner_id,
        f"社区吹哨待街道决定：{whistle.number} {whistle.title}",
        link=f"/console/whistles/{whistle.number}",
        about=f"whistle:{whistle.pk}:raised",
        now=now,
        level="yellow",
    )


def _tell_raiser(whistle: Whistle, what: str, *, now: datetime) -> None:
    tell(
        whistle.raised_by_id,
        f"{what}：{whistle.number} {whistle.title}",
        link=f"/console/whistles/{whistle.number}",
        about=f"whistle:{whistle.pk}:{whistle.stage}",
        now=now,
    )
