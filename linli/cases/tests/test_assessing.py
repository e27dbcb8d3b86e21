"""Leaving out and calling back: decided once, by somebody else."""

from __future__ import annotations

import pytest

from linli.cases.actions.assessing import ask_exclusion, decide_exclusion, record_follow_up
from linli.cases.errors import MissingFact, SamePerson, WrongStage
from linli.cases.flow import Stage
from linli.cases.models import Exclusion, WorkOrder
from linli.kernel.acting import EVERYWHERE, Actor
from linli.kernel.errors import NotFound
from tests.walks import opened, walk_to
from tests.world import MONDAY, World


def asked(world: World) -> Exclusion:
    case = walk_to(world, opened(world), Stage.CLOSED)
    WorkOrder.objects.create(case=case, order_no="GD1", received_at=MONDAY)
    return ask_exclusion(case.pk, reason="超出职责", by=world.actors["handler"], now=MONDAY)


def test_an_exclusion_is_decided_once_by_somebody_else(world: World) -> None:
    found, evaluator = asked(world), world.actors["evaluator"]
    grants = {"cases.review_appeal": EVERYWHERE, "cases.follow_up": EVERYWHERE}
    himself = Actor("staff", "本人", staff_id=world.staff["handler"].pk, grants=grants)
    with pytest.raises(SamePerson):
        decide_exclusion(found.pk, agree=True, opinion="同意", by=himself, now=MONDAY)
    with pytest.raises(SamePerson):
        record_follow_up(
            found.case_id, effective=False, contacted=None, solved="", satisfaction="", words="",
            by=himself, now=MONDAY,
        )  # fmt: skip
    with pytest.raises(NotFound):
        decide_exclusion(10**9, agree=True, opinion="同意", by=evaluator, now=MONDAY)
    with pytest.raises(MissingFact):
        decide_exclusion(found.pk, agree=True, opinion=" ", by=evaluator, now=MONDAY)
    decide_exclusion(found.pk, agree=False, opinion="属职责", by=evaluator, now=MONDAY)
    with pytest.raises(WrongStage):
        decide_exclusion(found.pk, agree=True, opinion="再议", by=evaluator, now=MONDAY)


def test_whoever_asked_does_not_decide(world: World) -> None:
    found = asked(world)
    evaluator = world.staff["evaluator"]
    Exclusion.objects.filter(pk=found.pk).update(asked_by=evaluator)
    with pytest.raises(SamePerson, match="自己申请"):
        decide_exclusion(
            found.pk, agree=True, opinion="同意", by=world.actors["evaluator"], now=MONDAY
        )


def test_nobody_is_called_before_the_work_is_done(world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    with pytest.raises(WrongStage):
        record_follow_up(
            case.pk, effective=False, contacted=None, solved="", satisfaction="", words="",
            by=world.actors["follow_up"], now=MONDAY,
        )  # fmt: skip
