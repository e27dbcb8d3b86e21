"""Refusing what would put one person on both axes of a case; the rule is in `cases/parts.py`."""

from __future__ import annotations

from linli.cases import errors
from linli.cases.parts import AXIS, AXIS_NAMES, Axis, Parts
from linli.kernel.acting import Actor


def keep_axes_apart(parts: Parts, right: str, *, by: Actor) -> None:
    """Raises SamePerson if this person has already acted on the other axis of the case."""
    if parts.bars_axis(by.staff_id, right):
        now_on = AXIS[right]
        before = Axis.COMMAND if now_on is Axis.SUPERVISION else Axis.SUPERVISION
        raise errors.SamePerson(
            f"您在此案中已行使{AXIS_NAMES[before]}职责，不能再行使{AXIS_NAMES[now_on]}职责，请交给其他同事。"
        )
