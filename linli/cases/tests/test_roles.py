"""Nobody sits on both axes of one case, and no role could."""

from __future__ import annotations

import json

import pytest

from linli.cases.flow import CASE, MOVES
from linli.cases.seed import ROLES
from linli.kernel.matters.flow import Axis
from linli.kernel.matters.kinds import kinds
from linli.kernel.matters.roles import roles_in

ZHAO, QIAN, LI = 1, 2, 3
AXIS = {right: axis for kind in kinds() for right, axis in kind.flow.axes.items()}


def test_no_role_holds_rights_of_both_axes() -> None:
    for role in json.loads(ROLES.read_text(encoding="utf-8")):
        axes = {AXIS[right] for right in role["permissions"] if right in AXIS}
        assert len(axes) < 2, role["code"]
        if role["axis"] != "none":
            assert axes <= {Axis(role["axis"])}, role["code"]


def test_every_right_of_an_axis_is_used_by_a_role() -> None:
    roles = json.loads(ROLES.read_text(encoding="utf-8"))
    held = {right for role in roles for right in role["permissions"]}
    assert set(AXIS) <= held


@pytest.mark.parametrize(
    ("did", "barred", "free"),
    [
        (("register",), ("dispatch", "reassign"), ("close", "pass_check", "feedback")),
        (("dispatch",), ("register", "close", "pass_check", "rework", "cancel"), ("reassign",)),
        (("extend",), ("close",), ("dispatch",)),
        (("suspend",), ("pass_check",), ("reassign",)),
        (("reclassify",), ("dispatch",), ("register",)),
        (("remark",), (), ("register", "dispatch", "close")),
        (("feedback",), ("pass_check", "close", "rework"), ("feedback", "dispatch")),
    ],
)
def test_what_somebody_did_bars_them(
    did: tuple[str, ...], barred: tuple[str, ...], free: tuple[str, ...]
) -> None:
    roles = roles_in(CASE, [(code, ZHAO) for code in did])
    assert [code for code in (*barred, *free) if roles.bars(ZHAO, MOVES[code])] == [*barred]
    assert not any(roles.bars(QIAN, rule) for rule in MOVES.values())
    assert not any(roles.bars(None, rule) for rule in MOVES.values())


def test_the_present_handler_counts_without_a_line() -> None:
    assert roles_in(CASE, [], handler_id=LI).bars(LI, MOVES["close"])
