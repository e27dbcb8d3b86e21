"""What somebody was in a matter, told from its timeline, and which moves that keeps them from.

Two offices are kept apart (两个轴心): whoever supervises a matter — accepts, verifies, files, checks, closes, scores —
never commands it — dispatches, urges, extends, suspends —, and whoever did some of the work neither checks nor closes
it. The rights of a post say what somebody may do at all; this says what the same person may no longer do here.
Example: 小赵 filed a case in the morning and stands in for the dispatcher in the afternoon; another one dispatches it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from linli.kernel.matters.flow import Axis, Flow, Move


@dataclass(frozen=True)
class Roles:
    """Staff ids by what they were in one matter."""

    flow: Flow
    handlers: frozenset[int]
    supervisors: frozenset[int]
    commanders: frozenset[int]

    def bars_axis(self, staff_id: int | None, right: str) -> bool:
        """Whether using this right would put the same person on both axes."""
        axis = self.flow.axes.get(right)
        other = self.commanders if axis is Axis.SUPERVISION else self.supervisors
        return axis is not None and staff_id in other

    def bars(self, staff_id: int | None, move: Move) -> bool:
        """Whether this person must leave the move to somebody else."""
        own_work = "handler" in move.barred and staff_id in self.handlers
        return own_work or self.bars_axis(staff_id, move.may)


def roles_in(
    flow: Flow, lines: Iterable[tuple[str, int]], *, handler_id: int | None = None
) -> Roles:
    """Roles from the timeline: (code of the line, staff id)."""
    handlers = {handler_id} if handler_id else set()
    on: dict[Axis, set[int]] = {axis: set() for axis in Axis}
    for code, staff_id in lines:
        if code in flow.handling:
            handlers.add(staff_id)
        axis = flow.axes.get(flow.right_behind(code))
        if axis is not None:
            on[axis].add(staff_id)
    return Roles(
        flow, frozenset(handlers), frozenset(on[Axis.SUPERVISION]), frozenset(on[Axis.COMMAND])
    )
