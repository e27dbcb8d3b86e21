"""Calls back become rates: the last one counts, excluded matters stay visible, units are kept apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from linli.cases.actions.assessing import ask_exclusion, decide_exclusion, record_follow_up
from linli.cases.errors import MissingFact, SamePerson, WrongStage
from linli.cases.flow import Stage
from linli.cases.models import Case, FollowUp, WorkOrder
from linli.cases.seed import load_defaults
from linli.insight.periods.rules import Kind, stretch_at, windows
from linli.insight.rates.comparing import ranking
from linli.insight.rates.queries import FIGURES, cases_behind, overall, rates_by_unit, weights
from linli.insight.rates.rules import period, period_of, weights_on
from linli.kernel.errors import NotAllowed
from tests.walks import RUBBISH, opened, walk_to
from tests.world import MONDAY, World

START, END = period(period_of(MONDAY))
HOTLINE = replace(RUBBISH, intake_channel="hotline", external_no="250912101108115409")


def finished(world: World, number: int = 0) -> Case:
    draft = replace(HOTLINE, external_no=f"2509121011081154{number:02d}", body=f"第{number}件垃圾")
    return walk_to(world, opened(world, draft), Stage.CLOSED)


def call(
    world: World, case: Case, *answers: str, contacted: bool = True, who: str = "follow_up"
) -> FollowUp:
    solved, satisfaction = answers
    return record_follow_up(
        case.pk,
        effective=True,
        contacted=contacted,
        solved=solved,
        satisfaction=satisfaction,
        by=world.actors[who],
        now=MONDAY,
    )


@pytest.fixture
def settled(world: World) -> World:
    load_defaults(now=MONDAY)
    return world


def test_a_hotline_matter_keeps_its_number_and_its_first_unit(world: World) -> None:
    case = walk_to(world, opened(world, HOTLINE), Stage.TO_SIGN)
    order = WorkOrder.objects.get(case=case)
    assert (order.order_no, order.first_unit) == ("250912101108115409", world.organizations["CG"])
    assert not WorkOrder.objects.filter(case=opened(world)).exists()


def test_the_last_call_of_a_case_counts(settled: World) -> None:
    first, second = finished(settled, 1), finished(settled, 2)
    call(settled, first, "not_solved", "dissatisfied", contacted=False)
    call(settled, first, "solved", "satisfied")
    call(settled, second, "partly_solved", "basically_satisfied")
    leader, rule = settled.actors["leader"], weights_on(START.date(), weights())
    (unit,) = rates_by_unit(leader, start=START, end=END, weights=rule)
    assert (unit.name, unit.taken_in, unit.finished, unit.street) == ("城管队", 2, 2, False)
    found = unit.rates
    assert (found.calls, found.contacted, found.solved, found.satisfied) == (2, 2, 1, 1)
    assert found.score == 10 + 25 + 38
    rows = cases_behind(
        leader, figure="calls", unit=settled.organizations["CG"].pk, start=START, end=END
    )
    assert set(rows) == {first, second}


def test_a_call_that_reached_nobody_counts_nowhere(settled: World) -> None:
    case = finished(settled)
    record_follow_up(
        case.pk, effective=False, solved="solved", by=settled.actors["follow_up"], now=MONDAY
    )
    assert FollowUp.objects.get().solved == ""
    rule = weights_on(START.date(), weights())
    found, _ = overall(settled.actors["leader"], start=START, end=END, weights=rule)
    assert found.calls == 0
    assert found.score is None


def test_an_excluded_matter_leaves_the_assessment_and_stays_in_the_full_line(
    settled: World,
) -> None:
    good, bad = finished(settled, 1), finished(settled, 2)
    call(settled, good, "solved", "satisfied")
    call(settled, bad, "not_solved", "dissatisfied")
    asked = ask_exclusion(bad.pk, reason="诉求不合法", by=settled.actors["handler"], now=MONDAY)
    with pytest.raises(NotAllowed):
        decide_exclusion(
            asked.pk, agree=True, opinion="同意", by=settled.actors["handler"], now=MONDAY
        )
    decide_exclusion(
        asked.pk, agree=True, opinion="属实", by=settled.actors["evaluator"], now=MONDAY
    )
    with pytest.raises(WrongStage, match="已经剔除"):
        ask_exclusion(bad.pk, reason="再来", by=settled.actors["handler"], now=MONDAY)
    rule = weights_on(START.date(), weights())
    assessed, everything = overall(settled.actors["leader"], start=START, end=END, weights=rule)
    assert assessed.calls == 1
    assert assessed.score == 100
    for with_excluded, listed in ((False, {good}), (True, {good, bad})):
        behind = cases_behind(
            settled.actors["leader"],
            figure="calls",
            start=START,
            end=END,
            everything=with_excluded,
        )
        assert set(behind) == listed
    assert (everything.calls, everything.solved) == (2, 1)


def test_a_matter_outside_the_assessment_is_no_voice(settled: World) -> None:
    case = finished(settled)
    call(settled, case, "not_solved", "dissatisfied")
    rule = weights_on(START.date(), weights())
    leader = settled.actors["leader"]
    WorkOrder.objects.update(assessment_scope=WorkOrder.Scope.RESPONSE_ONLY)
    found, _ = overall(leader, start=START, end=END, weights=rule)
    assert found.calls == 1
    assert found.assessed == 0
    WorkOrder.objects.update(assessment_scope=WorkOrder.Scope.NONE)
    found, _ = overall(leader, start=START, end=END, weights=rule)
    assert found.calls == 0


def test_a_call_back_is_complete_and_made_by_somebody_else(settled: World) -> None:
    case = walk_to(settled, opened(settled, HOTLINE), Stage.HANDLING)
    with pytest.raises(WrongStage, match="办好之后"):
        call(settled, case, "solved", "satisfied")
    case = finished(settled, 7)
    for answers in (("", "satisfied"), ("solved", "")):
        with pytest.raises(MissingFact):
            call(settled, case, *answers)
    both = replace(
        settled.actors["handler"],
        grants={**settled.actors["handler"].grants, **settled.actors["follow_up"].grants},
    )
    with pytest.raises(SamePerson):
        record_follow_up(case.pk, effective=False, by=both, now=MONDAY)
    assert not FollowUp.objects.exists()


def test_calls_of_another_period_do_not_count(settled: World) -> None:
    case = finished(settled)
    call(settled, case, "solved", "satisfied")
    FollowUp.objects.update(at=END + timedelta(seconds=1))
    rule = weights_on(START.date(), weights())
    found, _ = overall(settled.actors["leader"], start=START, end=END, weights=rule)
    assert found.calls == 0


def test_a_unit_that_scored_nothing_stands_before_one_without_a_call(settled: World) -> None:
    worst = finished(settled, 1)
    call(settled, worst, "not_solved", "dissatisfied", contacted=False)
    finished(settled, 2)
    Case.objects.filter(pk=worst.pk).update(handling_org=settled.organizations["SW"])
    rule = weights_on(START.date(), weights())
    units = rates_by_unit(settled.actors["leader"], start=START, end=END, weights=rule)
    assert [(one.name, one.rates.score is None) for one in units] == [
        ("水务所", False),
        ("城管队", True),
    ]


def test_every_figure_of_a_unit_opens_as_many_cases(settled: World) -> None:
    cases = [finished(settled, number) for number in range(3)]
    call(settled, cases[0], "solved", "satisfied")
    call(settled, cases[1], "not_solved", "basically_satisfied", contacted=False)
    WorkOrder.objects.filter(case=cases[1]).update(assessment_scope="response_only")
    leader, rule = settled.actors["leader"], weights_on(START.date(), weights())
    (unit,) = rates_by_unit(leader, start=START, end=END, weights=rule)
    counted = {"taken_in": unit.taken_in, "finished": unit.finished} | {
        name: getattr(unit.rates, name) for name in FIGURES if hasattr(unit.rates, name)
    }
    assert set(counted) == set(FIGURES)
    assert set(counted.values()) == {0, 1, 2, 3}
    for figure, number in counted.items():
        behind = cases_behind(
            leader, figure=figure, unit=unit.organization_id, start=START, end=END
        )
        assert behind.count() == number, figure


def test_few_calls_have_figures_and_no_place(
    settled: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2):
        call(settled, finished(settled, number), "solved", "satisfied")
    month = windows(stretch_at(Kind.ASSESSMENT, MONDAY), asof=MONDAY, data_from=None)
    found = ranking(settled.actors["leader"], windows=month)
    assert [(one.unit.name, one.place) for one in found.departments] == [("城管队", None)]
    assert found.streets == []
    assert found.departments[0].change("score", "before").difference is None
    assert found.assessed.score == 100
    monkeypatch.setattr("linli.insight.rates.rules.FEW", 1)
    for who, place in (("leader", 1), ("handler", None)):
        (one,) = ranking(settled.actors[who], windows=month).departments
        assert one.place == place
    assert found.before is None
    assert found.year is None


def test_rates_are_compared_with_the_period_before(settled: World) -> None:
    old, new = finished(settled, 1), finished(settled, 2)
    call(settled, old, "not_solved", "satisfied")
    FollowUp.objects.update(at=START - timedelta(days=30))
    call(settled, new, "solved", "satisfied")
    month = windows(
        stretch_at(Kind.ASSESSMENT, MONDAY),
        asof=END,
        data_from=START - timedelta(days=60),
    )
    found = ranking(settled.actors["leader"], windows=month)
    assert found.change("solution", "before").difference == 1
    assert found.departments[0].change("solution", "before").difference == 1
    assert found.change("solution", "year").difference is None
