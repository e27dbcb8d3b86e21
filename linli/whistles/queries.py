"""Reading whistles and joint meetings; who may see which is in here.

The street sees those of its area, a department those on which it has a leg, a community those of its own place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from linli.cases.models import Case
from linli.cases.queries import cases_seen, id_in
from linli.kernel.acting import Actor, Scope, within
from linli.kernel.errors import NotFound
from linli.kernel.matters.roles import Roles, roles_in
from linli.kernel.typed import typed_digits
from linli.whistles.flow import ANSWER, LEG
from linli.whistles.models import (
    JointMeeting,
    LegDeadline,
    MeetingUnit,
    Resolution,
    Whistle,
    WhistleCase,
    WhistleKind,
    WhistleLeg,
    WhistleLine,
    WhistlePhoto,
)

SEE = "whistle.view"


def kinds_in_use() -> list[WhistleKind]:
    """What a whistle may be for, in the order of the dictionary."""
    return list(WhistleKind.objects.filter(retired_at=None).order_by("id"))


def kind_names() -> dict[str, str]:
    """Names of all kinds by their codes, of retired ones too."""
    return dict(WhistleKind.objects.order_by("id").values_list("code", "name"))


def legs_seen(actor: Actor, right: str = SEE) -> QuerySet[WhistleLeg]:
    """Legs a right reaches: a department's own for answering, else those of the whistles it reaches."""
    if not actor.may(right):
        return WhistleLeg.objects.none()
    scope = actor.scope(right)
    if right == ANSWER:
        return WhistleLeg.objects.filter(handling_org_id__in=scope.organizations)
    if right == SEE:
        return WhistleLeg.objects.filter(whistle__in=whistles_seen(actor))
    return WhistleLeg.objects.filter(within(scope, organization="", staff=()))


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
    number = typed_digits(number).upper()
    row_id = whistle_id_in(number)
    found = (
        whistles_seen(actor)
        .select_related("subdistrict", "community", "grid", "raised_by")
        .filter(pk=row_id)
        .first()
    )
    if found is None or found.number != number:
        raise NotFound("没有找到这次吹哨，或不在您的管辖范围内。请核对编号。", field="number")
    return found


def whistle_id_in(number: str) -> int:
    """The row id inside a whistle's number; 0 for anything that is none."""
    return id_in(typed_digits(number).upper().removeprefix("CS"))


def legs_of(whistle: Whistle) -> list[WhistleLeg]:
    """Every leg, in the order in which the departments were called."""
    rows = WhistleLeg.objects.select_related("handling_org", "owner", "handler", "came_from")
    return list(rows.filter(whistle=whistle).order_by("id"))


def lines_of(whistle: Whistle) -> list[WhistleLine]:
    """The timeline, the oldest first; each line has its pictures in `photos`."""
    lines = list(
        WhistleLine.objects.select_related("leg__handling_org")
        .filter(whistle=whistle)
        .order_by("at", "id")
    )
    photos = defaultdict(list)
    for photo in WhistlePhoto.objects.select_related("file").filter(entry__in=lines).order_by("id"):
        photos[photo.entry_id].append(photo.file)
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


def roles_of(whistle: Whistle) -> Roles:
    """Who has handled, supervised and commanded in this whistle so far, on any of its legs."""
    lines = WhistleLine.objects.filter(whistle=whistle, by_staff__isnull=False)
    return roles_in(LEG, lines.values_list("code", "by_staff_id"))


def legs_waiting_for(actor: Actor) -> list[WhistleLeg]:
    """Open legs on which this person has to act, the most urgent first."""
    condition = Q(pk__in=[])
    for stage in LEG.stages:
        if stage.open:
            condition |= Q(stage=stage.code, pk__in=legs_seen(actor, stage.may).values("pk"))
    rows = WhistleLeg.objects.filter(condition, whistle__in=whistles_seen(actor))
    return list(rows.select_related("whistle", "handling_org", "owner").order_by("due_at", "id"))


def legs_by_whistle(whistles: Iterable[Whistle]) -> dict[int, list[WhistleLeg]]:
    """Every leg by whistle, for a list of whistles."""
    found = defaultdict(list)
    rows = WhistleLeg.objects.select_related("handling_org").filter(whistle__in=list(whistles))
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
        legs = WhistleLeg.objects.filter(handling_org_id__in=scope.organizations)
        seen |= Q(pk__in=legs.values("whistle_id"))
    return seen
