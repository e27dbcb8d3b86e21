"""Refusing what would put one person on both axes of a matter, and the unit's work to strangers."""

from __future__ import annotations

from linli.kernel.acting import Actor
from linli.kernel.engine.rows import known
from linli.kernel.errors import NotAllowed
from linli.kernel.matters.errors import SamePerson
from linli.kernel.matters.flow import AXIS_NAMES, Axis, Flow, Move
from linli.kernel.matters.models import Matter
from linli.kernel.matters.roles import Roles
from linli.kernel.organisations.models import Organization, OrganizationKind

DISPOSING = frozenset(
    {
        OrganizationKind.DEPARTMENT,
        OrganizationKind.PROPERTY_COMPANY,
        OrganizationKind.OWNERS_COMMITTEE,
        OrganizationKind.SOCIAL_ORGANIZATION,
        OrganizationKind.RESIDENT_ORGANIZATION,
    }
)
"""Units that only handle. The offices have both handlers and checkers; there the person decides, not the unit."""


def works_on(actor: Actor, matter: Matter, right: str) -> bool:
    """Whether the work was given to this actor: to the own unit, to a unit of a post, or by name.

    A grid worker's post reaches every matter of the grid; work that was given to a department is still not theirs.
    """
    if actor.kind == "system" or matter.handling_org_id is None:
        return True
    own = {actor.organization_id, *actor.scope(right).organizations}
    by_name = actor.staff_id is not None and actor.staff_id in (matter.owner_id, matter.handler_id)
    return matter.handling_org_id in own or by_name


def judges_own_unit(actor: Actor, matter: Matter, right: str) -> bool:
    """Whether somebody would check or close what their own department handled; `right` is that of its handlers."""
    unit = known(Organization, matter.handling_org_id)
    if unit is None or unit.kind not in DISPOSING:
        return False
    return unit.pk in {actor.organization_id, *actor.scope(right).organizations}


def handling_right(flow: Flow) -> str:
    """The right of whoever does the work: that of the first stage of the unit."""
    return next((stage.may for stage in flow.stages if stage.of_the_unit), "")


def keep_axes_apart(roles: Roles, right: str, *, by: Actor) -> None:
    """Raises SamePerson if this person has already acted on the other axis of the matter."""
    if roles.bars_axis(by.staff_id, right):
        now_on = roles.flow.axes[right]
        before = Axis.COMMAND if now_on is Axis.SUPERVISION else Axis.SUPERVISION
        raise SamePerson(
            f"您在{roles.flow.noun}中已行使{AXIS_NAMES[before]}职责，不能再行使{AXIS_NAMES[now_on]}职责，请交给其他同事。"
        )


def keep_named(flow: Flow, move: Move, *, by: Actor) -> None:
    """Raises NotAllowed if a machine would do or judge the work in nobody's name.

    Whoever uses a right to do the work must be known by name, or nobody could be kept from judging it.
    """
    does_the_work = move.may == handling_right(flow) or move.code in flow.handling
    if by.kind == "client" and (move.barred or does_the_work):
        raise NotAllowed(f"“{move.name}”要由有姓名的工作人员办理，不属于任何人的接口账号不能代办。")


def keep_to_the_unit(flow: Flow, matter: Matter, *, by: Actor) -> None:
    """Raises NotAllowed if the work was given to a unit this person does not belong to."""
    if not works_on(by, matter, handling_right(flow)):
        raise NotAllowed(f"{flow.noun}已派给别的承办单位，由该单位的人或被指定的人办理。")


def keep_from_own_work(matter: Matter, roles: Roles, *, by: Actor) -> None:
    """Raises SamePerson for whoever did some of the work, and for their whole department."""
    if by.staff_id in roles.handlers:
        raise SamePerson(f"处置过{roles.flow.noun}的人不能核查、回访或结束，请交给其他同事。")
    keep_from_own_unit(roles.flow, matter, by=by)


def keep_from_own_unit(flow: Flow, matter: Matter, *, by: Actor) -> None:
    """Raises SamePerson for somebody of the department that handled the matter."""
    if judges_own_unit(by, matter, handling_right(flow)):
        raise SamePerson("承办单位的人不能核查、回访或结束本单位承办的事项，请交给监督岗位。")
