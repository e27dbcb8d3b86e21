"""Figures equal a recomputation from raw events, open their lists, and stay inside the scope."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from linli.cases.actions.moving import make_move
from linli.cases.facts import Facts
from linli.cases.flow import CASE, Stage
from linli.cases.models import Case, CaseMove, Deadline
from linli.insight.indicators.queries import (
    COLUMNS,
    DIMENSIONS,
    FLOWS,
    Period,
    cases_behind,
    groups,
    total,
)
from linli.insight.indicators.rules import Span, Tally, tally
from linli.kernel.errors import LinliError
from linli.kernel.matters.replaying import Line, clock_runs
from linli.kernel.places.models import Area
from tests.walks import RUBBISH, opened, walk_to
from tests.world import MONDAY, World

PERIOD = Period(MONDAY - timedelta(days=2), MONDAY + timedelta(days=9), MONDAY + timedelta(days=6))
WHATS = ("accept", "register", "dispatch", "handle", "check", "close")


def wandered(world: World, number: int) -> None:
    """Many cases, each some random steps along, at random times."""
    chance = random.Random(7)
    ways = {
        "accept": ("acceptor", Facts(category=world.category.pk)),
        "register": ("supervisor", Facts(standard=world.standard.pk)),
        "cancel": ("supervisor", Facts(note="误报")),
        "dispatch": ("dispatcher", Facts(organization=world.organizations["CG"].pk)),
        "sign_for": ("handler", Facts()),
        "return_back": ("handler", Facts(note="不归我们")),
        "feedback": ("handler", Facts(outcome="solved", note="清走", public_reply="已清走")),
        "rework": ("checker", Facts(note="没清干净")),
        "pass_check": ("checker", Facts(note="干净")),
        "close": ("supervisor", Facts(closing_condition_met=True)),
        "reopen": ("supervisor", Facts(note="又有了")),
    }
    for n in range(number):
        draft = replace(RUBBISH, body=f"第{n}处有垃圾", lon=120.0005 + n * 0.0002)
        case, now = opened(world, draft), MONDAY
        for _ in range(chance.randrange(30)):
            now += timedelta(hours=chance.choice((0, 1, 5, 20)))
            possible = [rule.code for rule in CASE.moves_from(case.stage) if rule.code in ways]
            if not possible:
                break
            rare = ("cancel", "return_back", "rework", "reopen")
            usual = [one for one in possible if one not in rare or chance.random() < 0.15]
            code = chance.choice(usual or possible)
            who, facts = ways[code]
            with suppress(LinliError):
                case = make_move(case.pk, code, by=world.actors[who], facts=facts, now=now)


def recomputed(what: str) -> Tally:
    """The same from the timelines alone: no stored deadline is read but for its due."""
    spans: list[Span] = []
    for case in Case.objects.exclude(stage=Stage.CANCELLED):
        lines = [
            Line(one.code, one.from_stage, one.to_stage, one.at, one.facts)
            for one in CaseMove.objects.filter(case=case).order_by("id")
        ]
        fed_back = {line.at for line in lines if line.code == "feedback"}
        closed_at = next((line.at for line in reversed(lines) if line.to_stage == "closed"), None)
        stored = iter(Deadline.objects.filter(case=case).order_by("id"))
        for run in clock_runs(CASE, lines, limit="", organization_id=None):
            due = next(stored).due_at
            if run.clock != ("handle" if what == "close" else what):
                continue
            done = run.stopped_at
            broken_off = run.clock == "handle" and done is not None and done not in fed_back
            if what == "close":
                done = closed_at if case.stage == Stage.CLOSED else None
                broken_off = broken_off and case.stage != Stage.CLOSED
            inside = any(_in(at) for at in (due, run.stopped_at, done if what == "close" else None))
            if inside and not broken_off:
                spans = [one for one in spans if one.case_id != case.pk]
                spans.append(Span(case.pk, due, done))
    return tally(spans, start=PERIOD.start, end=PERIOD.end, asof=PERIOD.asof)


def _in(at: datetime | None) -> bool:
    return at is not None and PERIOD.start <= at < PERIOD.end


@pytest.fixture
def busy(world: World) -> World:
    wandered(world, 40)
    return world


def test_every_figure_equals_a_recomputation_from_raw_events(busy: World) -> None:
    found = total(busy.actors["leader"], period=PERIOD, whats=WHATS)
    for what in WHATS:
        assert found.tallies[what] == recomputed(what), what
    assert len(found.tallies["handle"].due) > 5
    assert found.tallies["handle"].late


def test_a_group_has_of_every_figure_what_its_own_cases_have(busy: World) -> None:
    actor = busy.actors["leader"]
    whole = {what: recomputed(what) for what in WHATS}
    for by, column in COLUMNS.items():
        of_case = dict(Case.objects.values_list("pk", column))
        lines = groups(actor, by=by, period=PERIOD, whats=WHATS)
        for line in lines:
            own = frozenset(pk for pk, key in of_case.items() if str(key or "") == line.key)
            for what in WHATS:
                wanted = whole[what].among(own)
                assert line.tallies.get(what) == (wanted if wanted.due else None), (by, line.key)
            for code, ids in line.flows.items():
                assert ids == frozenset(_flowed(code)) & own, (by, code)
        assert len(lines) == len({line.key for line in lines})


def _flowed(code: str) -> set[int]:
    """The cases a flow counts, one row after the other."""
    if code == "opened":
        opened_in = Case.objects.exclude(stage=Stage.CANCELLED).values_list("pk", "opened_at")
        return {pk for pk, at in opened_in if _in(at) and at <= PERIOD.asof}
    moves = CaseMove.objects.filter(code=code).values_list("case_id", "at")
    return {pk for pk, at in moves if _in(at) and at <= PERIOD.asof}


def test_every_figure_opens_a_list_of_as_many_cases(busy: World) -> None:
    actor = busy.actors["leader"]
    everything = total(actor, period=PERIOD, whats=WHATS)
    for by in DIMENSIONS:
        lines = groups(actor, by=by, period=PERIOD, whats=WHATS)
        for what in WHATS:
            parts = [line.tallies[what] for line in lines if what in line.tallies]
            assert frozenset().union(*(one.due for one in parts)) == everything.tallies[what].due
        for line in lines:
            for what, counted in line.tallies.items():
                for figure in ("due", "done", "on_time", "late", "waiting"):
                    rows = cases_behind(
                        actor, what=what, figure=figure, by=by, key=line.key, period=PERIOD
                    )
                    assert set(rows.values_list("pk", flat=True)) == getattr(counted, figure)
            for code, ids in line.flows.items():
                rows = cases_behind(
                    actor, what=code, figure="flow", by=by, key=line.key, period=PERIOD
                )
                assert set(rows.values_list("pk", flat=True)) == ids
    assert set(everything.flows) <= set(FLOWS)
    assert everything.flows["feedback"]


def test_a_group_has_the_name_of_its_row(busy: World) -> None:
    lines = groups(busy.actors["leader"], by="community", period=PERIOD, whats=WHATS)
    assert [line.name for line in lines] == [Area.objects.get(pk=busy.areas["C1"]).name]
    lines = groups(busy.actors["leader"], by="organization", period=PERIOD, whats=("handle",))
    assert "城管队" in [line.name for line in lines]
    lines = groups(busy.actors["leader"], by="major", period=PERIOD, whats=("handle",))
    assert [line.name for line in lines if line.key] == [busy.category.major_name]


def test_nobody_counts_beyond_the_own_scope(busy: World) -> None:
    stranger = busy.actors["other_grid_worker"]
    assert groups(stranger, by="channel", period=PERIOD, whats=WHATS) == []
    assert not total(stranger, period=PERIOD, whats=WHATS).tallies["accept"].due


def test_an_excused_overtime_leaves_the_late_ones(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_CHECK)
    run = Deadline.objects.get(case=case, clock="handle")
    Deadline.objects.filter(pk=run.pk).update(due_at=run.starts_at - timedelta(minutes=1))
    leader = world.actors["leader"]
    assert total(leader, period=PERIOD, whats=("handle",)).tallies["handle"].late == {case.pk}
    Deadline.objects.filter(pk=run.pk).update(excused_at=MONDAY)
    found = total(leader, period=PERIOD, whats=("handle",)).tallies["handle"]
    assert (found.late, found.excused) == (frozenset(), frozenset({case.pk}))
