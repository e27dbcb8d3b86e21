"""Where no due can be computed nothing is promised."""

from __future__ import annotations

import pytest

from linli.cases.actions.promising import keep_promise
from linli.cases.flow import Stage
from linli.cases.models import Deadline
from tests.walks import opened, walk_to
from tests.world import MONDAY, World


@pytest.mark.parametrize("stage", [Stage.HANDLING, Stage.TO_CHECK])
def test_without_a_due_nothing_is_promised(world: World, stage: Stage) -> None:
    case = walk_to(world, opened(world), stage)
    assert case.promise is not None
    Deadline.objects.filter(case=case).delete()
    case.due_at = case.promise = None
    keep_promise(case, now=MONDAY)
    assert case.promise is None
