"""Who has taken which part in a case, and which part that bars them from.

Two offices are kept apart (两个轴心): whoever supervises a case — accepts, verifies, files, checks, closes, scores —
never commands it — dispatches, urges, extends, suspends —, and whoever handled it does neither closing nor checking.
The rights of a post say what somebody may do at all; this says what the same person may no longer do in this case.
Example: 小赵 filed a case in the morning and stands in for the dispatcher in the afternoon; another one dispatches it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from linli.cases.flow import MOVES, MoveRule


class Axis(StrEnum):
    SUPERVISION = "supervision"
    COMMAND = "command"


AXIS_NAMES = {Axis.SUPERVISION: "监督", Axis.COMMAND: "指挥"}

AXIS: dict[str, Axis] = {
    **dict.fromkeys(
        (
            "cases.accept", "cases.decline", "cases.verify", "cases.register", "cases.check", "cases.close",
            "cases.cancel", "cases.follow_up", "cases.review_appeal", "cases.decide_objection",
            "whistle.check", "whistle.score", "whistle.close",
        ),
        Axis.SUPERVISION,
    ),
    **dict.fromkeys(
        (
            "cases.dispatch", "cases.grant_extension", "cases.suspend", "cases.supervise", "cases.rule_dispute",
            "whistle.blow", "whistle.waive",
        ),
        Axis.COMMAND,
    ),
}  # fmt: skip
"""Rights of the two axes; the others belong to neither. No role holds rights of both (a test says so)."""

BESIDE: dict[str, str] = {
    "extend": "cases.grant_extension",
    "refuse_extension": "",
    "suspend": "cases.suspend",
    "resume": "cases.suspend",
    "supervise": "cases.supervise",
    "urge_unit": "cases.supervise",
    "rule_dispute": "cases.rule_dispute",
    "assist": "cases.dispatch",
    "reclassify": "cases.register",
    "review_appeal": "cases.review_appeal",
    "grant_appeal": "cases.review_appeal",
    "refuse_appeal": "cases.review_appeal",
    "follow_up": "cases.follow_up",
    "grant_exclusion": "cases.review_appeal",
    "refuse_exclusion": "cases.review_appeal",
    "uphold_objection": "cases.decide_objection",
    "reject_objection": "cases.decide_objection",
}
"""Lines of the timeline that are no moves, with the right behind them."""

HANDLING = frozenset({"sign_for", "feedback", "self_handle", "finish_assistance"})
"""Lines of whoever did some of the work, the helping unit's too."""


@dataclass(frozen=True)
class Parts:
    """Staff ids by what they did in one case."""

    handlers: frozenset[int]
    supervisors: frozenset[int]
    commanders: frozenset[int]

    def bars_axis(self, staff_id: int | None, right: str) -> bool:
        """Whether using this right would put the same person on both axes."""
        axis = AXIS.get(right)
        other = self.commanders if axis is Axis.SUPERVISION else self.supervisors
        return axis is not None and staff_id in other

    def bars(self, staff_id: int | None, rule: MoveRule) -> bool:
        """Whether this person must leave the move to somebody else."""
        own_work = "handler" in rule.apart_from and staff_id in self.handlers
        return own_work or self.bars_axis(staff_id, rule.may)


def parts_in(lines: Iterable[tuple[str, int]], *, handler_id: int | None = None) -> Parts:
    """Parts from the timeline: (code of the line, staff id)."""
    handlers = {handler_id} if handler_id else set()
    on: dict[Axis, set[int]] = {axis: set() for axis in Axis}
    for code, staff_id in lines:
        if code in HANDLING:
            handlers.add(staff_id)
        axis = AXIS.get(MOVES[code].may if code in MOVES else BESIDE.get(code, ""))
        if axis is not None:
            on[axis].add(staff_id)
    return Parts(frozenset(handlers), frozenset(on[Axis.SUPERVISION]), frozenset(on[Axis.COMMAND]))
