"""Cards of units and workers: numbers that open their lists, no ranking of people, appeals that keep the fact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db.models import Q

from linli.cases.actions.moving import make_move
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import Case, CaseMove, Deadline
from linli.cases.seed import load_defaults
from linli.insight.errors import BadAppeal, BadFormula, OwnAppeal
from linli.insight.indicators.comparing import read_all
from linli.insight.periods.queries import windows_of
from linli.insight.periods.rules import Kind, Windows, stretch_at
from linli.insight.scorecards.actions import (
    FormulaDraft,
    appeal_own_card,
    appeal_unit_card,
    decide_appeal,
    set_formula,
)
from linli.insight.scorecards.models import CardAppeal, ScoreFormula
from linli.insight.scorecards.queries import (
    Card,
    WorkerCard,
    appeal_for,
    appeals_seen,
    cases_with,
    staff_for,
    staff_with_cards,
    unit_cards,
    worker_card,
)
from linli.kernel.acting import EVERYWHERE, Actor
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.matters.errors import MissingFact, SamePerson, WrongStage
from linli.kernel.organisations.models import Organization, OrganizationKind
from tests.walks import RUBBISH, opened, walk_to
from tests.world import MONDAY, World

MARCH = stretch_at(Kind.MONTH, MONDAY)
USUAL_DRAFT = FormulaDraft(
    valid_from=date(2026, 3, 10),
    done=30,
    on_time=20,
    no_rework=20,
    none_waiting=20,
    no_extension=10,
)


@pytest.fixture
def worked(world: World) -> World:
    """小冯 handled three matters: one late, one sent back; one more waits."""
    load_defaults(now=MONDAY)
    cases = [
        walk_to(world, opened(world, replace(RUBBISH, body=f"第{n}处有垃圾")), Stage.TO_CHECK)
        for n in range(3)
    ]
    late = Deadline.objects.get(case=cases[0], clock="handle")
    Deadline.objects.filter(pk=late.pk).update(due_at=MONDAY - timedelta(minutes=5))
    make_move(
        cases[1].pk, "rework", by=world.actors["checker"], facts=Facts(note="没清干净"), now=MONDAY
    )
    for number in (0, 2):
        for move, who, facts in (
            ("pass_check", "checker", Facts(note="干净")),
            ("close", "supervisor", Facts(closing_condition_met=True)),
        ):
            make_move(cases[number].pk, move, by=world.actors[who], facts=facts, now=MONDAY)
    walk_to(world, opened(world, replace(RUBBISH, body="还没处理")), Stage.HANDLING)
    return world


def windows(actor: Actor) -> Windows:
    return windows_of(actor, MARCH, asof=MONDAY, among=Q())


def cards(actor: Actor) -> list[Card]:
    return unit_cards(actor, read_all(actor, windows=windows(actor)), windows(actor))


def mine(world: World, who: str = "handler") -> WorkerCard:
    actor = world.actors[who]
    return worker_card(actor, world.staff[who], window=windows(actor).now)


def numbers(card: WorkerCard) -> dict[str, int]:
    return {name: len(ids) for name, ids in card.measures.items()}


def test_a_unit_card_is_made_of_lists(worked: World) -> None:
    (card,) = cards(worked.actors["leader"])
    parts = {one.code: (len(one.part), len(one.whole)) for one in card.parts}

    assert (card.name, card.street, card.few, card.place) == ("城管队", False, True, None)
    assert parts["done"] == (2, 2)
    assert parts["on_time"] == (1, 2)
    assert card.score == card.raw
    assert card.change.difference is None
    for one in card.parts:
        assert cases_with(worked.actors["leader"], one.part).count() == len(one.part)


def test_a_worker_card_tells_work_and_nothing_else(worked: World) -> None:
    card = mine(worked)

    assert numbers(card) == {"handled": 3, "on_time": 2, "reworked": 1, "waiting": 2}
    assert not hasattr(card, "score")
    assert not hasattr(card, "place")
    assert cases_with(worked.actors["handler"], card.measures["handled"]).count() == 3
    steps = {code: len(ids) for code, ids in mine(worked, "checker").steps.items()}
    assert steps == {"pass_check": 2}


def test_what_was_handled_twice_counts_once_and_in_time_only_if_it_was_each_time(
    worked: World,
) -> None:
    case = Case.objects.get(reworked=1)
    feedback = Facts(outcome="solved", note="清走", public_reply="已清走")
    make_move(case.pk, "feedback", by=worked.actors["handler"], facts=feedback, now=MONDAY)
    assert numbers(mine(worked))["on_time"] == 2
    moves = CaseMove.objects.filter(case=case, code="feedback").order_by("pk")
    again = moves.last()
    assert again is not None
    Deadline.objects.filter(case=case, clock="handle").update(
        due_at=MONDAY - timedelta(days=1), stopped_at=MONDAY
    )
    assert numbers(mine(worked)) == {"handled": 3, "on_time": 1, "reworked": 1, "waiting": 1}


def test_an_excused_overtime_is_in_time(worked: World) -> None:
    Deadline.objects.filter(due_at__lt=MONDAY).update(excused_at=MONDAY)
    assert numbers(mine(worked))["on_time"] == 3


def test_everybody_sees_the_own_card_first_and_only_who_must_sees_others(worked: World) -> None:
    def seen(who: str) -> set[str]:
        actor = worked.actors[who]
        return {one.name for one in staff_with_cards(actor, window=windows(actor).now)}

    assert seen("handler") == {"城管小冯"}
    assert seen("leader") == {"街道老王"}
    assert seen("unit_leader") == {"城管小冯", "城管老许"}
    assert seen("evaluator") == {"考核员小何", "城管小冯"}
    actor = worked.actors["leader"]
    with pytest.raises(NotFound):
        staff_for(actor, worked.staff["handler"].pk, window=windows(actor).now)
    machine = replace(worked.actors["leader"], staff_id=None)
    assert not staff_with_cards(machine, window=windows(machine).now).exists()


def test_places_are_given_apart_and_only_to_units_with_enough_matters(
    worked: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.insight.scorecards.queries.FEW", 1)
    first = Case.objects.filter(stage=Stage.CLOSED).latest("pk")
    street = Organization.objects.create(
        code="JD", name="槐荫街道办", kind=OrganizationKind.SUBDISTRICT_OFFICE
    )
    Case.objects.filter(pk=first.pk).update(handling_org=street)
    water = Case.objects.filter(stage=Stage.CLOSED).earliest("pk")
    found = {one.name: one.place for one in cards(worked.actors["leader"])}
    assert found == {"槐荫街道办": 1, "城管队": 1}
    assert [one.place for one in cards(worked.actors["unit_leader"])] == [None]
    Case.objects.filter(pk=water.pk).update(handling_org=worked.organizations["SW"])
    found = {one.name: one.place for one in cards(worked.actors["leader"])}
    assert found["槐荫街道办"] == 1


def late_case() -> Case:
    late = Deadline.objects.get(clock="handle", due_at__lt=MONDAY, stopped_at__isnull=False)
    return late.case


def appeal(world: World, who: str = "unit_leader", reason: str = "暴雨封路") -> CardAppeal:
    return appeal_unit_card(
        late_case().number, stretch=MARCH, reason=reason, by=world.actors[who], now=MONDAY
    )


def decide(
    world: World, made: CardAppeal, who: str = "leader", *, agree: bool = True
) -> CardAppeal:
    return decide_appeal(made.pk, agree=agree, opinion="属实", by=world.actors[who], now=MONDAY)


def test_a_granted_appeal_leaves_the_score_and_the_fact_stays(worked: World) -> None:
    case = late_case()
    (before,) = cards(worked.actors["leader"])
    made = decide(worked, appeal(worked))
    (after,) = cards(worked.actors["leader"])

    assert (made.granted, made.opinion, made.decided_by_name) == (True, "属实", "街道老王")
    assert [one.parts[1].share for one in (before, after)] == [Fraction(1, 2), 1]
    assert after.raw == before.score
    assert all(case.pk not in one.part | one.whole for one in after.parts)
    assert appeals_seen(worked.actors["unit_leader"]).get() == made
    fresh = Deadline.objects.get(case=case, clock="handle")
    assert fresh.stopped_at is not None
    assert fresh.stopped_at > fresh.due_at


def test_a_refused_appeal_changes_no_figure_and_is_kept(worked: World) -> None:
    made = decide(worked, appeal(worked), agree=False)
    (card,) = cards(worked.actors["leader"])
    assert card.score == card.raw
    assert appeal_for(worked.actors["evaluator"], made.pk).granted is False


def test_a_worker_appeals_the_own_card(worked: World) -> None:
    made = appeal_own_card(
        late_case().number,
        stretch=MARCH,
        reason="车坏在路上",
        by=worked.actors["handler"],
        now=MONDAY,
    )
    assert made.staff == worked.staff["handler"]
    with pytest.raises(BadAppeal, match="没有计入"):
        appeal_own_card(
            late_case().number,
            stretch=MARCH,
            reason="看看",
            by=worked.actors["checker"],
            now=MONDAY,
        )
    decide(worked, made)
    card = mine(worked)
    assert numbers(card) == {"handled": 2, "on_time": 2, "reworked": 1, "waiting": 2}
    assert card.left_out == {late_case().pk}
    (unit,) = cards(worked.actors["leader"])
    assert unit.score == unit.raw


def test_an_appeal_is_decided_by_somebody_else(worked: World) -> None:
    made = appeal(worked)
    for who in ("unit_leader", "handler", "evaluator"):
        with pytest.raises(NotAllowed):
            decide(worked, made, who)
    leader = worked.actors["leader"]
    scoring = replace(leader, grants={**leader.grants, "insight.scoring": EVERYWHERE})
    with pytest.raises(OwnAppeal, match="负责评分"):
        decide_appeal(made.pk, agree=True, opinion="好", by=scoring, now=MONDAY)
    same_unit = replace(leader, organization_id=worked.organizations["CG"].pk)
    with pytest.raises(OwnAppeal, match="本单位"):
        decide_appeal(made.pk, agree=True, opinion="好", by=same_unit, now=MONDAY)
    asker = replace(leader, staff_id=worked.staff["unit_leader"].pk)
    with pytest.raises(SamePerson, match="自己"):
        decide_appeal(made.pk, agree=True, opinion="好", by=asker, now=MONDAY)
    assert CardAppeal.objects.get().open


def test_an_appeal_is_complete_once_and_decided_once(worked: World) -> None:
    for reason in ("  ", "长" * 501):
        with pytest.raises(MissingFact) as refused:
            appeal(worked, reason=reason)
        assert refused.value.field == "reason"
    with pytest.raises(NotFound, match="单位负责人"):
        appeal(worked, "handler")
    made = appeal(worked)
    with pytest.raises(BadAppeal, match="已经申诉过"):
        appeal(worked)
    with pytest.raises(MissingFact, match="裁定意见"):
        decide_appeal(made.pk, agree=True, opinion="", by=worked.actors["leader"], now=MONDAY)
    decide(worked, made)
    with pytest.raises(WrongStage, match="已有结论"):
        decide(worked, made)
    with pytest.raises(NotFound):
        decide_appeal(made.pk + 1, agree=True, opinion="好", by=worked.actors["leader"], now=MONDAY)
    with pytest.raises(NotFound):
        appeal_for(worked.actors["other_handler"], made.pk)
    nobody = replace(worked.actors["handler"], staff_id=None)
    with pytest.raises(NotFound, match="没有归到人员"):
        appeal_own_card(late_case().number, stretch=MARCH, reason="看看", by=nobody, now=MONDAY)


def settings_of(world: World) -> Actor:
    return world.actors["system_admin"]


def test_a_formula_begins_on_a_coming_day_and_the_past_keeps_its_own(worked: World) -> None:
    (before,) = cards(worked.actors["leader"])
    draft = replace(USUAL_DRAFT, done=0, on_time=50)
    made = set_formula(draft, by=settings_of(worked), now=MONDAY)
    assert (made.on_time, made.set_by_name) == (50, "管理员小卫")
    assert cards(worked.actors["leader"])[0].score == before.score
    ScoreFormula.objects.update(valid_from=MARCH.first_day)
    assert cards(worked.actors["leader"])[0].score != before.score
    assert set_formula(draft, by=settings_of(worked), now=MONDAY).pk != made.pk
    again = replace(draft, rework_over="handle")
    assert set_formula(again, by=settings_of(worked), now=MONDAY).rework_over == "handle"
    assert ScoreFormula.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"done": 31}, "done"),
        ({"done": -10, "on_time": 60}, "done"),
        ({"rework_over": "all"}, "rework_over"),
        ({"valid_from": date(2026, 3, 9)}, "valid_from"),
    ],
)
def test_a_formula_that_cannot_be_is_refused_at_its_field(
    worked: World, changes: dict[str, Any], field: str
) -> None:
    draft = replace(USUAL_DRAFT, **changes)
    with pytest.raises(BadFormula) as refused:
        set_formula(draft, by=settings_of(worked), now=MONDAY)
    assert refused.value.field == field
    with pytest.raises(NotAllowed):
        set_formula(draft, by=worked.actors["evaluator"], now=MONDAY)
