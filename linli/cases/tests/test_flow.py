"""The table of moves, looked at as a graph and as rights."""

from __future__ import annotations

import json

import pytest

from linli.cases.flow import CASE, ENDED, MOVES, OPEN, Clock, Stage
from linli.cases.seed import ROLES

EXPECTED: dict[str, set[tuple[str, str]]] = {
    "acceptor": {
        ("received", "ask_verify"), ("received", "accept"), ("received", "decline"), ("accepted", "decline"),
        ("to_follow_up", "redo"),
        *((stage, "merge") for stage in sorted(OPEN)), ("closed", "split"),
    },
    "shift_supervisor": {
        ("received", "decline"), ("accepted", "decline"), ("accepted", "register"), ("to_follow_up", "close"),
        ("closed", "reopen"), ("to_follow_up", "reopen"),
        ("received", "cancel"), ("verifying", "cancel"), ("accepted", "cancel"), ("to_dispatch", "cancel"),
        *((stage, "merge") for stage in sorted(OPEN)), ("closed", "split"),
    },
    "dispatcher": {("to_dispatch", "dispatch"), ("to_sign", "reassign"), ("handling", "reassign")},
    "checker": {
        ("verifying", "confirm"), ("verifying", "refute"), ("to_check", "pass_check"), ("to_check", "rework"),
    },
    "grid_worker": {
        ("verifying", "confirm"), ("verifying", "refute"), ("received", "self_handle"), ("to_sign", "sign_for"),
        ("to_sign", "return_back"), ("handling", "return_back"), ("handling", "feedback"),
        ("to_sign", "hand_over"), ("handling", "hand_over"), ("to_check", "pass_check"), ("to_check", "rework"),
    },
    "handler": {
        ("to_sign", "sign_for"), ("to_sign", "return_back"), ("handling", "return_back"), ("handling", "feedback"),
        ("to_sign", "hand_over"), ("handling", "hand_over"),
    },
    "follow_up": {("to_follow_up", "redo")},
    "leader": {
        ("to_dispatch", "dispatch"), ("to_sign", "reassign"), ("handling", "reassign"),
        *((stage, "force_close") for stage in sorted(OPEN)),
    },
    "system_admin": set(),
    "security_admin": set(),
    "audit_admin": set(),
    "intake_client": set(),
    "board_client": set(),
}  # fmt: skip
"""(stage, move) that each role may make; everything else is refused. Written out, not computed."""
EXPECTED["grid_leader"] = EXPECTED["grid_worker"]
EXPECTED["community_clerk"] = EXPECTED["unit_leader"] = EXPECTED["handler"]
EXPECTED["evaluator"] = EXPECTED["district_coordinator"] = set()

ROLE_PERMISSIONS = {
    row["code"]: set(row["permissions"]) for row in json.loads(ROLES.read_text(encoding="utf-8"))
}


def test_every_role_of_the_seed_is_written_out_here() -> None:
    assert set(EXPECTED) == set(ROLE_PERMISSIONS)


@pytest.mark.parametrize("role", sorted(EXPECTED))
def test_a_role_may_make_exactly_the_moves_written_out_for_it(role: str) -> None:
    allowed = {
        (stage.value, rule.code)
        for stage in Stage
        for rule in MOVES.values()
        if stage in rule.sources and rule.may in ROLE_PERMISSIONS[role]
    }
    assert allowed == EXPECTED[role]


def test_no_stage_is_unreachable() -> None:
    reached = {Stage.RECEIVED} | {rule.target for rule in MOVES.values() if rule.target}
    assert reached == set(Stage)


def test_no_open_stage_is_a_trap() -> None:
    for start in OPEN:
        seen, frontier = set[str](), {str(start)}
        while frontier:
            seen |= frontier
            frontier = {
                rule.target for stage in frontier for rule in CASE.moves_from(stage) if rule.target
            } - seen
        assert seen & ENDED, f"{start} never ends"
        assert Stage.CLOSED in seen or start is Stage.RECEIVED, f"{start} cannot be closed"


def test_there_are_at_most_twelve_stages() -> None:
    assert len(Stage) <= 12


def test_handling_never_leads_to_an_end_without_a_check() -> None:
    ways = [rule.code for rule in CASE.moves_from(Stage.HANDLING) if rule.target in ENDED]
    assert set(ways) == {"force_close", "merge"}


def test_verifying_comes_before_filing_and_checking_after_handling() -> None:
    assert {rule.target for rule in CASE.moves_from(Stage.VERIFYING)} >= {
        Stage.ACCEPTED,
        Stage.NOT_ACCEPTED,
    }
    assert MOVES["register"].sources == (Stage.ACCEPTED,)
    assert MOVES["pass_check"].sources == (Stage.TO_CHECK,)
    assert MOVES["close"].sources == (Stage.TO_FOLLOW_UP,)


def test_supervision_and_command_share_no_move() -> None:
    roles = {row["code"]: row for row in json.loads(ROLES.read_text(encoding="utf-8"))}
    moves: dict[str, set[str]] = {"supervision": set(), "command": set()}
    for code, row in roles.items():
        if row["axis"] in moves:
            moves[row["axis"]] |= {
                rule.code for rule in MOVES.values() if rule.may in ROLE_PERMISSIONS[code]
            }
    assert not moves["supervision"] & moves["command"]


def test_whoever_handled_is_kept_from_every_move_that_judges_the_work() -> None:
    judging = {rule.code for rule in MOVES.values() if "handler" in rule.barred}
    assert judging == {
        "rework", "pass_check", "close", "redo", "reopen", "force_close", "cancel", "merge",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("source", "target", "change"),
    [
        ("", Stage.RECEIVED, ("", Clock.ACCEPT)),
        (Stage.TO_SIGN, Stage.HANDLING, ("", "")),
        (Stage.HANDLING, Stage.TO_CHECK, (Clock.HANDLE, Clock.CHECK)),
        (Stage.TO_FOLLOW_UP, Stage.CLOSED, (Clock.FOLLOW_UP, "")),
        (Stage.CLOSED, Stage.TO_DISPATCH, ("", Clock.DISPATCH)),
    ],
)
def test_clocks_change_with_the_stage(source: str, target: Stage, change: tuple[str, str]) -> None:
    assert CASE.clock_change(source, target) == change


def test_every_open_stage_has_a_clock() -> None:
    assert {stage.code for stage in CASE.stages if stage.clock} == set(OPEN)


def test_a_rule_knows_its_facts() -> None:
    assert MOVES["feedback"].required_fields == ("outcome", "note", "public_reply")
