"""Reading whistles and joint meetings; who may see which is in here.

The street sees those of its area, a department those on which it has a leg, a community those of its own place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from linli.cases.models import (
    Case,
    JointMeeting,
    LegDeadline,
    MeetingUnit,
    Resolution,
    Whistle,
    WhistleCase,
    WhistleLeg,
    WhistleLine,
    WhistlePhoto,
)
from linli.cases.parts import AXIS, Axis, Parts
from linli.cases.queries import cases_seen, lies_at
from linli.cases.whistle_flow import (
    LEG_MOVES,
    LEG_OPEN,
    LEG_RIGHT,
    WHISTLE_OPEN,
    LegMove,
    LegStage,
    WhistleStage,
)
from linli.kernel.acting import Actor, Scope, within
from linli.kernel.errors import NotFound

SEE = "whistle.view"
LINE_RIGHTS = {
    "blow": "whistle.blow",
    "turn_down": "whistle.blow",
    "plan": "whistle.blow",
    "add_leg": "whistle.blow",
    "close": "whistle.close",
}


def whistles_seen(actor: Actor, permission: str = SEE) -> QuerySet[Whistle]:
    """Whistles within the actor's scope for a permission; none without it."""
    if not actor.may(permission):
        return Whistle.objects.none()
    return Whistle.objects.filter(_of_scope(actor.scope(permission)))


def whistle_for(actor: Actor, number: str) -> Whistle:
    """The whistle with this number, if the actor may see it.

    Raises:
        NotFound: no such whistle, or out of the actor's scope.
    """
    row_id = id_in(number)
    found = (
        whistles_seen(actor)
        .select_related("subdistrict", "community", "grid", "raised_by")
        .filter(pk=row_id)
        .first()
    )
    if found is None or found.number != number:
        raise NotFound("没有找到这次吹哨，或不在您的管辖范围内。请核对编号。", field="number")
    return found


def id_in(number: str) -> int:
    """The row id inside a whistle's number; 0 for anything that is none."""
    digits = number.removeprefix("CS")[8:]
    return int(digits) if number.isascii() and digits.isdigit() and len(digits) < 18 else 0


def legs_of(whistle: Whistle) -> list[WhistleLeg]:
    """Every leg, in the order in which the departments were called."""
    rows = WhistleLeg.objects.select_related("organization", "owner", "handler", "came_from")
    return list(rows.filter(whistle=whistle).order_by("id"))


def lines_of(whistle: Whistle) -> list[WhistleLine]:
    """The timeline, the oldest first; each line has its pictures in `photos`."""
    lines = list(
        WhistleLine.objects.select_related("leg__organization")
        .filter(whistle=whistle)
        .order_by("at", "id")
    )
    photos = defaultdict(list)
    for photo in WhistlePhoto.objects.select_related("file").filter(line__in=lines).order_by("id"):
        photos[photo.line_id].append(photo.file)
    for line in lines:
        line.photos = photos[line.pk]  # type: ignore[attr-defined]
    return lines


def clocks_of(whistle: Whistle) -> dict[int, list[LegDeadline]]:
    """Every clock that ran, by leg."""
    found = defaultdict(list)
    for row in LegDeadline.objects.filter(leg__whistle=whistle).order_by("id"):
        found[row.leg_id].append(row)
    return found


def cases_of(actor: Actor, whistle: Whistle) -> list[Case]:
    """The cases it is about, as far as the actor may see them."""
    linked = WhistleCase.objects.filter(whistle=whistle).values("case_id")
    return list(cases_seen(actor).select_related("category").filter(pk__in=linked).order_by("id"))


def whistles_of(actor: Actor, case: Case) -> list[Whistle]:
    """The whistles that are about a case, as far as the actor may see them."""
    linked = WhistleCase.objects.filter(case=case).values("whistle_id")
    return list(whistles_seen(actor).filter(pk__in=linked).order_by("id"))


def open_whistle_of(case_id: int) -> Whistle | None:
    """A whistle that keeps a case from ending."""
    linked = WhistleCase.objects.filter(case_id=case_id).values("whistle_id")
    return Whistle.objects.filter(pk__in=linked, stage__in=WHISTLE_OPEN).first()


def parts_of(whistle: Whistle) -> Parts:
    """Who has handled, supervised and commanded in this whistle so far."""
    on: dict[Axis, set[int]] = {axis: set() for axis in Axis}
    handlers: set[int] = set()
    lines = WhistleLine.objects.filter(whistle=whistle, by_staff__isnull=False)
    for code, staff_id in lines.values_list("code", "by_staff_id"):
        right = LEG_MOVES[code].may if code in LEG_MOVES else LINE_RIGHTS.get(code, "")
        axis = AXIS.get(right)
        if right == "whistle.answer":
            handlers.add(staff_id)
        if axis is not None:
            on[axis].add(staff_id)
    return Parts(frozenset(handlers), frozenset(on[Axis.SUPERVISION]), frozenset(on[Axis.COMMAND]))


def reaches_leg(actor: Actor, whistle: Whistle, leg: WhistleLeg, permission: str) -> bool:
    """Whether a right covers a leg: a department's reaches its own legs, the others the place of the whistle."""
    if not actor.may(permission):
        return False
    scope = actor.scope(permission)
    if permission == "whistle.answer":
        return leg.organization_id in scope.organizations
    return lies_at(scope, whistle)


def moves_on(actor: Actor, whistle: Whistle, leg: WhistleLeg, parts: Parts) -> list[LegMove]:
    """The moves this person may make on a leg now."""
    if whistle.stage != WhistleStage.RUNNING:
        return []
    return [
        move
        for move in LEG_MOVES.values()
        if LegStage(leg.stage) in move.sources
        and reaches_leg(actor, whistle, leg, move.may)
        and not _barred(actor, leg, move, parts)
        and not (leg.designated and move.code in ("decline", "transfer"))
        and not (leg.came_from_id and move.code == "transfer")
    ]


def _barred(actor: Actor, leg: WhistleLeg, move: LegMove, parts: Parts) -> bool:
    if move.may == "whistle.answer":
        return False
    own = actor.organization_id is not None and actor.organization_id == leg.organization_id
    return own or actor.staff_id in parts.handlers or parts.bars_axis(actor.staff_id, move.may)


def legs_waiting_for(actor: Actor) -> list[WhistleLeg]:
    """Open legs on which this person has to act, the most urgent first."""
    condition = Q(pk__in=[])
    for stage in LEG_OPEN:
        right = LEG_RIGHT[LegStage(stage)]
        if not actor.may(right):
            continue
        here = Q(organization_id__in=actor.scope(right).organizations)
        if right != "whistle.answer":
            here = within(actor.scope(right), organization="", staff=(), prefix="whistle__")
        condition |= Q(stage=stage) & here
    rows = WhistleLeg.objects.filter(condition, whistle__in=whistles_seen(actor))
    return list(rows.select_related("whistle", "organization", "owner").order_by("due_at", "id"))


def legs_by_whistle(whistles: Iterable[Whistle]) -> dict[int, list[WhistleLeg]]:
    """Every leg by whistle, for a list of whistles."""
    found = defaultdict(list)
    rows = WhistleLeg.objects.select_related("organization").filter(whistle__in=list(whistles))
    for leg in rows.order_by("id"):
        found[leg.whistle_id].append(leg)
    return found


def meetings_seen(actor: Actor) -> QuerySet[JointMeeting]:
    """Joint meetings of the actor's area, and those to which the own unit was invited."""
    if not actor.may(SEE):
        return JointMeeting.objects.none()
    scope = actor.scope(SEE)
    seen = within(scope, organization="", staff=())
    if scope.organizations:
        invited = MeetingUnit.objects.filter(organization_id__in=scope.organizations)
        seen |= Q(pk__in=invited.values("meeting_id"))
    return JointMeeting.objects.filter(seen)


def meeting_for(actor: Actor, meeting_id: int) -> JointMeeting:
    """A joint meeting, if the actor may see it.

    Raises:
        NotFound: no such meeting, or out of the actor's scope.
    """
    rows = meetings_seen(actor).select_related("subdistrict", "whistle", "called_by")
    found = rows.filter(pk=meeting_id).first()
    if found is None:
        raise NotFound("没有找到这次联席会议，或不在您的管辖范围内。", field="meeting")
    return found


def units_of(meeting: JointMeeting) -> list[MeetingUnit]:
    """The units invited, in the order of the invitation."""
    rows = MeetingUnit.objects.select_related("organization").filter(meeting=meeting)
    return list(rows.order_by("id"))


def resolutions_of(meeting: JointMeeting) -> list[Resolution]:
    """What was resolved, by point of the agenda."""
    rows = Resolution.objects.select_related("organization", "report__case").filter(meeting=meeting)
    return list(rows.order_by("point", "id"))


def _of_scope(scope: Scope) -> Q:
    seen = within(scope, organization="", staff=())
    if scope.organizations:
        legs = WhistleLeg.objects.filter(organization_id__in=scope.organizations)
        seen |= Q(pk__in=legs.values("whistle_id"))
    return seen
