"""Refusing what would put one person on both axes of a case, and the unit's work to strangers.

The rules are in `cases/parts.py` and, as far as they ask for the unit, in `cases/queries.py`.
"""

from __future__ import annotations

from linli.cases import errors
from linli.cases.flow import MoveRule
from linli.cases.models import Case
from linli.cases.parts import AXIS, AXIS_NAMES, Axis, Parts
from linli.cases.queries import given_to, judges_own_unit
from linli.kernel.acting import Actor
from linli.kernel.errors import NotAllowed

NAMED = frozenset({"cases.handle", "cases.self_handle"})
"""Rights to do the work. Who uses them must be known by name, or nobody could be kept from judging it."""


def keep_axes_apart(parts: Parts, right: str, *, by: Actor) -> None:
    """Raises SamePerson if this person has already acted on the other axis of the case."""
    if parts.bars_axis(by.staff_id, right):
        now_on = AXIS[right]
        before = Axis.COMMAND if now_on is Axis.SUPERVISION else Axis.SUPERVISION
        raise errors.SamePerson(
            f"您在此案中已行使{AXIS_NAMES[before]}职责，不能再行使{AXIS_NAMES[now_on]}职责，请交给其他同事。"
        )


def keep_named(rule: MoveRule, *, by: Actor) -> None:
    """Raises NotAllowed if a machine would do or judge the work in nobody's name."""
    if by.kind == "client" and (rule.apart_from or rule.may in NAMED):
        raise NotAllowed(f"“{rule.name}”要由有姓名的工作人员办理，不属于任何人的接口账号不能代办。")


def keep_to_the_unit(case: Case, *, by: Actor) -> None:
    """Raises NotAllowed if the work was given to a unit this person does not belong to."""
    if not given_to(by, case):
        raise NotAllowed("此案已派给别的承办单位，由该单位的人或被指定的人办理。")


def keep_from_own_work(case: Case, parts: Parts, *, by: Actor) -> None:
    """Raises SamePerson for whoever did some of the work, and for their whole department."""
    if by.staff_id in parts.handlers:
        raise errors.SamePerson("处置过此案的人不能核查、回访或结案，请交给其他同事。")
    keep_from_own_unit(case, by=by)


def keep_from_own_unit(case: Case, *, by: Actor) -> None:
    """Raises SamePerson for somebody of the department that handled the case."""
    if judges_own_unit(by, case):
        raise errors.SamePerson(
            "承办单位的人不能核查、回访或结束本单位承办的案件，请交给监督岗位。"
        )
