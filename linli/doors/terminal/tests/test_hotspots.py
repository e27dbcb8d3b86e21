"""`linli hotspots` as a person or a script calls it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import typer
from pytest_django import Settings
from typer.testing import CliRunner, Result

from linli.doors.terminal.hotspots import register
from linli.insight.errors import BadPeriod, NoWords
from tests.world import MONDAY, World

ROWS = """\
message_id,user,title,posted_at,body,upvotes
M1,甲,东里麻将馆半夜吵,2026-03-02,关了门还打,3
M2,乙,西巷麻将馆打牌闹,2026-03-09,周末最响,0
M3,丙,南园麻将馆通宵不关,2026-03-16,孩子没法睡,5
M4,丁,想要一座过街的桥,2026-03-16,走路绕远,44
M1,甲,东里麻将馆半夜吵,2026-03-02,关了门还打,3
"""


def monday() -> datetime:
    return MONDAY


Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    app = typer.Typer()
    register(app)
    app.callback()(lambda: None)
    return lambda *words: CliRunner().invoke(app, ["hotspots", *words])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "messages.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def test_json_lists_the_topics_with_their_members(run: Run, file: Path) -> None:
    result: Result = run(str(file), "--json")
    answer = json.loads(result.stdout)
    topic = answer["topics"][0]

    assert result.exit_code == 0
    assert (answer["messages"], answer["copies_folded"], answer["messages_in_topics"]) == (5, 1, 4)
    assert (topic["rank"], topic["name"], topic["people_affected"]) == (1, "麻将馆", 11)
    assert [(one["row"], one["number"], one["votes"]) for one in topic["members"]] == [
        (2, "M1", 3), (3, "M2", 0), (4, "M3", 5),
    ]  # fmt: skip
    assert topic["members"][0]["copies"] == [6]
    assert (topic["first"], topic["last"], topic["weeks"]) == ("2026-03-02", "2026-03-16", 3)
    assert [one["title"] for one in answer["widely_supported_alone"]] == ["想要一座过街的桥"]
    assert answer["notes"] == ["没有地点一列：范围按上报人数计。"]


def test_two_runs_answer_the_same(run: Run, file: Path) -> None:
    assert run(str(file), "--json").stdout == run(str(file), "--json").stdout


def test_for_people_the_table_goes_to_standard_error(run: Run, file: Path) -> None:
    result: Result = run(str(file), "--top", "1")

    assert result.exit_code == 0
    assert result.stdout == ""
    assert "麻将馆" in result.stderr


def test_a_file_without_words_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    result: Result = run(str(path))

    assert isinstance(result.exception, NoWords)


def test_without_a_file_the_stored_reports_of_a_period_are_used(
    run: Run, world: World, settings: Settings
) -> None:
    settings.LINLI_CLOCK = f"{__name__}.monday"
    answer = json.loads(run("--from", "2026-03-01", "--json").stdout)

    assert (answer["from"], answer["until"], answer["messages"]) == ("2026-03-01", "2026-03-09", 0)
    wrong: Result = run("--from", "gestern")
    assert isinstance(wrong.exception, BadPeriod)
    assert wrong.exception.field == "--from"
