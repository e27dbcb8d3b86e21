"""`linli cases recompute --check` as a person or a script calls it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from linli.cases.flow import Stage
from linli.cases.models import Deadline
from linli.doors.terminal import recompute as command
from linli.kernel.matters.models import InboxEntry
from linli.kernel.matters.replaying import replayed
from linli.whistles.models import LegDeadline
from linli.whistles.tests.test_whistle import blown
from tests.walks import opened, walk_to
from tests.world import World

Run = Callable[..., Result]


@pytest.fixture
def run(world: World) -> Run:
    walk_to(world, opened(world), Stage.HANDLING)
    blown(world)
    app = typer.Typer()
    command.register(app)
    app.callback()(lambda: None)
    words = ["cases", "recompute", "--check", "--json"]
    return lambda: CliRunner().invoke(app, words, catch_exceptions=False)


def test_what_fits_ends_with_0_and_what_does_not_with_1(run: Run) -> None:
    good = run()
    answer = json.loads(good.stdout)
    assert (good.exit_code, answer["mismatches"]) == (0, 0)
    assert answer["matters"].items() >= {"case": 1, "leg": 2}.items()
    for table in (Deadline, LegDeadline):
        row = table.objects.latest("id")
        table.objects.filter(pk=row.pk).update(due_at=row.due_at + timedelta(minutes=1))
    bad = run()
    answer = json.loads(bad.stdout)
    assert (bad.exit_code, answer["mismatches"], len(answer["examples"])) == (1, 2, 2)


def test_a_case_moved_between_two_readings_is_read_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def wrong_once(*given: Any) -> list[Any]:
        asked.append(given)
        found = list(replayed(*given))
        return [(found[0][0], ["改了"])] if len(asked) == 1 else found

    monkeypatch.setattr(command, "replayed", wrong_once)
    assert run().exit_code == 0
    assert len(asked) == 3, "the case once more, then the legs; of what there is none, nothing"


def test_an_inbox_that_lost_an_entry_is_found(run: Run) -> None:
    InboxEntry.objects.filter(kind="case").delete()
    answer = run()
    assert answer.exit_code == 1
    assert json.loads(answer.stdout)["mismatches"] == 1
