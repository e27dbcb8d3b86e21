"""报到: what happens on the leg of one department, one verb each; the table is in `cases/whistle_flow.py`.

A department acts on its own legs only and never checks or scores one; the street checks and scores, and whoever
called the departments does neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from linli.cases import errors
from linli.cases.actions.apart import keep_axes_apart
from linli.cases.actions.given import required
from linli.cases.models import Whistle, WhistleLeg, WhistleLine, WhistlePhoto
from linli.cases.placed import Place
from linli.cases.roster import pick_decider
from linli.cases.whistle.clocks import change_leg_clock
from linli.cases.whistle.queries import parts_of, reaches_leg
from linli.cases.whistle_flow import (
    LEG_MOVES,
    LEG_OPEN,
    LEG_RIGHT,
    LEG_STAGE_NAMES,
    LegMove,
    LegStage,
    WhistleStage,
)
from linli.kernel.acting import Actor, action
from linli.kernel.errors import NotFound
from linli.kernel.files.actions import confirm_file
from linli.kernel.files.models import StoredFile
from linli.kernel.notify.sending import tell
from linli.kernel.organisations.models import Organization
from linli.kernel.places.coordinates import parse_coord_sys, to_stored

ANSWER = "whistle.answer"
SCORES = range(1, 6)
"""到场, 配合 and 效果 are each scored 1–5."""


@dataclass(frozen=True)
class SignIn:
    """Being there (到场签到): a position or the place in words, and pictures."""

    place: str = ""
    lon: float | None = None
    lat: float | None = None
    coord_sys: str = "wgs84"
    photo_ids: tuple[int, ...] = ()


@action(may=ANSWER)
def respond(leg_id: int, *, note: str = "", by: Actor, now: datetime) -> WhistleLeg:
    """Say that the department will be there (应哨)."""
    whistle, leg, move = _taken(leg_id, "respond", by=by)
    leg.responded_at = now
    _moved(whistle, leg, move, note=note.strip()[:500], by=by, now=now)
    return leg


@action(may=ANSWER)
def decline(leg_id: int, *, reason: str, by: Actor, now: datetime) -> WhistleLeg:
    """Say why the matter is not the department's; the district then names who has to go."""
    whistle, leg, move = _taken(leg_id, "decline", by=by)
    _not_named(leg)
    _moved(whistle, leg, move, note=required(reason, "不应哨的理由"), by=by, now=now)
    return leg


@action(may=ANSWER)
def transfer(
    leg_id: int, *, organization: int, reason: str, by: Actor, now: datetime
) -> WhistleLeg:
    """Hand the leg on to the department whose matter it is; what was handed on once is not handed on again."""
    whistle, leg, move = _taken(leg_id, "transfer", by=by)
    _not_named(leg)
    if leg.came_from_id is not None:
        raise errors.WrongStage(
            "这一任务已转过一次，不能再转；有异议请“说明不应哨”，由区里指定。", field="organization"
        )
    unit = _unit(whistle, organization)
    words = required(reason, "转办理由")
    _moved(whistle, leg, move, note=f"转{unit.name}：{words}", by=by, now=now)
    return _follow(whistle, leg, unit, "handed_on", words, designated=False, by=by, now=now)


@action(may="whistle.designate")
def designate(
    leg_id: int, *, organization: int, reason: str, by: Actor, now: datetime
) -> WhistleLeg:
    """The district names who has to go: the same department after all, or another; neither may refuse again."""
    whistle, leg, move = _taken(leg_id, "designate", by=by)
    words = required(reason, "指定意见")
    if organization == leg.organization_id:
        leg.designated = True
        _moved(whistle, leg, move, note=words, by=by, now=now)
        return leg
    unit = _unit(whistle, organization)
    replaced = LegMove(move.code, move.name, move.sources, LegStage.REPLACED, move.may)
    _moved(whistle, leg, replaced, note=f"改由{unit.name}：{words}", by=by, now=now)
    return _follow(whistle, leg, unit, "designated", words, designated=True, by=by, now=now)


@action(may=ANSWER)
def arrive(leg_id: int, *, sign_in: SignIn, by: Actor, now: datetime) -> WhistleLeg:
    """Sign in at the place (报到签到): who, when, where, with a picture."""
    whistle, leg, move = _taken(leg_id, "arrive", by=by)
    facts: dict[str, Any] = {"place": sign_in.place.strip()[:200]}
    if sign_in.lon is not None and sign_in.lat is not None:
        lon, lat = to_stored(sign_in.lon, sign_in.lat, parse_coord_sys(sign_in.coord_sys))
        facts |= {"lon": lon, "lat": lat}
    elif not facts["place"]:
        raise errors.MissingFact("请用手机定位，或写明到场地点。", field="place")
    if not sign_in.photo_ids:
        raise errors.MissingFact("请拍一张到场照片。", field="photo_arrival")
    leg.arrived_at, leg.handler_id = now, by.staff_id
    line = _moved(whistle, leg, move, facts=facts, by=by, now=now)
    _keep(line, sign_in.photo_ids, by=by, now=now)
    return leg


@action(may=ANSWER)
def feedback(
    leg_id: int, *, result: str, photo_ids: tuple[int, ...] = (), by: Actor, now: datetime
) -> WhistleLeg:
    """Say what the department has done; the street checks it."""
    whistle, leg, move = _taken(leg_id, "feedback", by=by)
    leg.result = required(result, "处置结果", "result", most=500)
    leg.handled_at, leg.handler_id = now, by.staff_id
    line = _moved(whistle, leg, move, note=leg.result, by=by, now=now)
    _keep(line, photo_ids, by=by, now=now)
    return leg


@action(may="whistle.check")
def pass_leg(leg_id: int, *, note: str = "", by: Actor, now: datetime) -> WhistleLeg:
    """The street has looked: it is done."""
    whistle, leg, move = _taken(leg_id, "pass_check", by=by)
    _moved(whistle, leg, move, note=note.strip()[:500], by=by, now=now)
    return leg


@action(may="whistle.check")
def rework_leg(leg_id: int, *, reason: str, by: Actor, now: datetime) -> WhistleLeg:
    """Send it back to be done properly, on the clock that was running."""
    whistle, leg, move = _taken(leg_id, "rework", by=by)
    _moved(whistle, leg, move, note=required(reason, "退回理由"), by=by, now=now, run_on=True)
    return leg


@action(may="whistle.score")
def score_leg(
    leg_id: int,
    *,
    arrival: int,
    cooperation: int,
    effect: int,
    words: str = "",
    by: Actor,
    now: datetime,
) -> WhistleLeg:
    """The street scores 到场, 配合 and 效果, 1–5 each; with a 1 or 2 it says why."""
    whistle, leg, move = _taken(leg_id, "score", by=by)
    given = {"arrival_score": arrival, "cooperation_score": cooperation, "effect_score": effect}
    for field, score in given.items():
        if score not in SCORES:
            raise errors.MissingFact("请给出 1 到 5 分。", field=field)
        setattr(leg, field, score)
    if min(given.values()) <= 2 and not words.strip():
        raise errors.MissingFact("给 1 分或 2 分时，请写明原因。", field="words")
    leg.score_words = words.strip()[:300]
    _moved(whistle, leg, move, note=leg.score_words, facts=given, by=by, now=now)
    return leg


@action(may="whistle.waive")
def waive_leg(leg_id: int, *, reason: str, by: Actor, now: datetime) -> WhistleLeg:
    """A leader lets a department off with a reason; only so a whistle ends over a leg that was not done."""
    whistle, leg, move = _taken(leg_id, "waive", by=by)
    _moved(whistle, leg, move, note=required(reason, "免除理由"), by=by, now=now)
    return leg


@action(may=ANSWER)
def reply_to_score(leg_id: int, *, reply: str, by: Actor, now: datetime) -> WhistleLeg:
    """The department's word on its score, once; the score stays."""
    leg = WhistleLeg.objects.select_for_update().filter(pk=leg_id).first()
    if leg is None or leg.organization_id not in by.scope().organizations:
        raise NotFound("没有找到贵部门的这项任务。", field="leg")
    if leg.stage != LegStage.SCORED or leg.reply:
        raise errors.WrongStage(
            "评价之后可以答复一次；这项任务还没有评价，或已经答复。", field="reply"
        )
    leg.reply = required(reply, "答复", "reply", most=500)
    leg.save(update_fields=["reply"])
    _line(leg.whistle_id, leg, "reply", "", note=leg.reply, by=by, now=now)
    return leg


def open_leg(whistle: Whistle, leg: WhistleLeg, *, now: datetime) -> None:
    """Start a new leg: stored, clocked, and its department told."""
    leg.save()
    change_leg_clock(whistle, leg, now=now, run_on=False)
    _give(whistle, leg, now=now)
    leg.save(update_fields=["due_at", "owner"])


def _taken(leg_id: int, code: str, *, by: Actor) -> tuple[Whistle, WhistleLeg, LegMove]:
    """Whistle and leg, locked in this order, if the move may be made now by this person."""
    move = LEG_MOVES[code]
    found = WhistleLeg.objects.filter(pk=leg_id).values_list("whistle_id", flat=True).first()
    whistle = Whistle.objects.select_for_update().filter(pk=found or 0).first()
    leg = WhistleLeg.objects.select_for_update().filter(pk=leg_id).first()
    if whistle is None or leg is None or not reaches_leg(by, whistle, leg, move.may):
        raise NotFound("没有找到这项任务，或不在您的管辖范围内。", field="leg")
    if whistle.stage != WhistleStage.RUNNING or LegStage(leg.stage) not in move.sources:
        raise errors.WrongStage(
            f"这项任务现在是“{leg.stage_name}”，不能“{move.name}”，请刷新后查看。", field="leg"
        )
    if move.may != ANSWER:
        _somebody_else(whistle, leg, move, by=by)
    return whistle, leg, move


def _somebody_else(whistle: Whistle, leg: WhistleLeg, move: LegMove, *, by: Actor) -> None:
    parts = parts_of(whistle)
    keep_axes_apart(parts, move.may, by=by)
    own = by.organization_id is not None and by.organization_id == leg.organization_id
    if by.staff_id in parts.handlers or own:
        raise errors.SamePerson(f"部门不能给自己的任务“{move.name}”，请由街道的同事办理。")


def _not_named(leg: WhistleLeg) -> None:
    if leg.designated:
        raise errors.WrongStage("这项任务已由区里指定贵部门承担，不能再退或转。", field="reason")


def _unit(whistle: Whistle, organization: int) -> Organization:
    unit = Organization.objects.filter(pk=organization, retired_at=None).first()
    if unit is None:
        raise errors.MissingFact("请选择由哪个部门承担。", field="organization")
    legs = WhistleLeg.objects.filter(whistle=whistle, organization=unit, stage__in=LEG_OPEN)
    if legs.exists():
        raise errors.MissingFact(
            f"{unit.name}已在这次吹哨中，请选择其他部门。", field="organization"
        )
    return unit


def _follow(
    whistle: Whistle,
    earlier: WhistleLeg,
    unit: Organization,
    code: str,
    words: str,
    *,
    designated: bool,
    by: Actor,
    now: datetime,
) -> WhistleLeg:
    leg = WhistleLeg(
        whistle=whistle,
        organization=unit,
        part=earlier.part,
        task=earlier.task,
        designated=designated,
        came_from=earlier,
        opened_at=now,
    )
    open_leg(whistle, leg, now=now)
    _line(whistle.pk, leg, code, "", note=words, by=by, now=now)
    return leg


def _moved(
    whistle: Whistle,
    leg: WhistleLeg,
    move: LegMove,
    *,
    by: Actor,
    now: datetime,
    note: str = "",
    facts: dict[str, Any] | None = None,
    run_on: bool = False,
) -> WhistleLine:
    source, leg.stage = leg.stage, move.target
    leg.ended_at = None if leg.stage in LEG_OPEN else now
    change_leg_clock(whistle, leg, now=now, run_on=run_on)
    leg.save()
    line = _line(whistle.pk, leg, move.code, source, note=note, facts=facts, by=by, now=now)
    _give(whistle, leg, now=now)
    leg.save(update_fields=["owner"])
    return line


def _give(whistle: Whistle, leg: WhistleLeg, *, now: datetime) -> None:
    """Find who has to act on the leg now, and tell them; a department without anybody is the street's to care for."""
    right = LEG_RIGHT.get(LegStage(leg.stage))
    if right is None:
        leg.owner_id = None
        return
    if right == ANSWER:
        place: Place | Whistle = Place(handling_org_id=leg.organization_id)
        owner = leg.handler_id or pick_decider(place, right, now=now)
    else:
        owner = pick_decider(whistle, right, now=now, barred=_barred(whistle, leg))
    leg.owner_id = owner or pick_decider(whistle, "whistle.blow", now=now)
    tell(
        leg.owner_id,
        f"{LEG_STAGE_NAMES[LegStage(leg.stage)]}：{whistle.number} {leg.organization.name} {whistle.title}",
        link=f"/console/whistles/{whistle.number}",
        about=f"leg:{leg.pk}:{leg.stage}:{now.isoformat()}",
        now=now,
        level="yellow",
    )


def _barred(whistle: Whistle, leg: WhistleLeg) -> frozenset[int]:
    parts = parts_of(whistle)
    axis = parts.commanders if leg.stage in (LegStage.HANDLED, LegStage.CHECKED) else frozenset()
    return frozenset(parts.handlers | axis)


def _line(
    whistle_id: int,
    leg: WhistleLeg,
    code: str,
    source: str,
    *,
    by: Actor,
    now: datetime,
    note: str = "",
    facts: dict[str, Any] | None = None,
) -> WhistleLine:
    return WhistleLine.objects.create(
        whistle_id=whistle_id,
        leg=leg,
        code=code,
        from_stage=source,
        to_stage=leg.stage,
        at=now,
        by_name=by.name,
        by_staff_id=by.staff_id,
        note=note,
        facts=facts or {},
    )


def _keep(line: WhistleLine, file_ids: Iterable[int], *, by: Actor, now: datetime) -> None:
    wanted = list(dict.fromkeys(file_ids))
    files = {file.pk: file for file in StoredFile.objects.filter(Q(pk__in=wanted))}
    if len(files) != len(wanted):
        raise errors.MissingFact("有照片没有上传成功，请重新选择照片。", field="photos")
    for file_id in wanted:
        confirm_file(files[file_id].sha256, by=by, now=now)
    WhistlePhoto.objects.bulk_create(WhistlePhoto(line=line, file_id=pk) for pk in wanted)
