"""Nobody sits on both axes of one case, and no role could."""

from __future__ import annotations

import json

import pytest

from linli.cases.flow import MOVES
from linli.cases.parts import AXIS, Axis, parts_in
from linli.cases.seed import ROLES

ZHAO, QIAN, LI = 1, 2, 3


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
    parts = parts_in([(code, ZHAO) for code in did])
    assert [code for code in (*barred, *free) if parts.bars(ZHAO, MOVES[code])] == [*barred]
    assert not any(parts.bars(QIAN, rule) for rule in MOVES.values())
    assert not any(parts.bars(None, rule) for rule in MOVES.values())


def test_the_present_handler_counts_without_a_line() -> None:
    assert parts_in([], handler_id=LI).bars(LI, MOVES["close"])
