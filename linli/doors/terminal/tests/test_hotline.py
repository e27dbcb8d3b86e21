"""`linli hotline` as a person or a script calls it, with a platform on this machine."""

from __future__ import annotations

import json
import socket
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from linli.doors.terminal.hotline import register
from linli.hotline.models import UpstreamOrder
from linli.hotline.stand_in import StandIn
from linli.hotline.tests.conftest import Write, at_nine, city, platform, written
from linli.hotline.tests.street import LAMP
from linli.hotline.upstreams import Upstream
from linli.kernel.jobs.queue import run_due
from tests.world import MONDAY, World

__all__ = ["at_nine", "city", "platform", "written"]

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    app = typer.Typer()
    register(app)
    app.callback()(lambda: None)
    return lambda *words: CliRunner().invoke(app, ["hotline", *words])


def told(result: Result) -> Any:
    (line,) = result.stdout.splitlines()
    return json.loads(line)


def test_pulling_takes_the_orders_once(
    world: World, run: Run, platform: StandIn, city: Upstream
) -> None:
    platform.order("A1", **LAMP)

    first, second = run("pull", "--json"), run("pull", "--json", "--upstream", "city")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert told(first)["upstreams"] == [
        {"upstream": "city", "new": 1, "newer": 0, "known": 0, "refused": 0}
    ]
    assert told(second)["upstreams"][0]["new"] == 0
    assert UpstreamOrder.objects.count() == 1


def test_a_day_is_compared_and_a_difference_is_exit_code_1(
    world: World, run: Run, platform: StandIn, city: Upstream
) -> None:
    platform.order("A1", **LAMP)
    missing = run("reconcile", "--day", "2026-03-09", "--json")
    run("pull")
    run_due(now=MONDAY)
    run("send")
    agreed = run("reconcile", "--json")

    assert (missing.exit_code, agreed.exit_code) == (1, 0)
    (row,) = told(missing)["upstreams"]
    assert (row["ours"], row["theirs"]) == (0, 1)
    assert [(one["number"], one["kind"]) for one in row["differences"]] == [("A1", "missing_here")]
    assert told(agreed) == {
        "day": "2026-03-09",
        "upstreams": [{"upstream": "city", "ours": 1, "theirs": 1, "differences": []}],
    }
    words = run("reconcile", "--day", "2026-03-08")
    assert words.exit_code == 0


def test_a_platform_that_is_down_is_said_and_the_exit_code_is_1(
    world: World, run: Run, written: Write
) -> None:
    written("http://127.0.0.1:9/api")

    for command in (("pull", "--json"), ("reconcile", "--json")):
        result = run(*command)
        assert result.exit_code == 1
        assert "连接不上" in told(result)["upstreams"][0]["error"]


def test_a_day_that_is_none_is_refused(world: World, run: Run, city: Upstream) -> None:
    assert run("reconcile", "--day", "gestern").exit_code == 2


def test_check_names_what_is_missing(
    world: World, run: Run, written: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        written(f"http://127.0.0.1:{door.getsockname()[1]}/api")
        assert run("check", "--json").exit_code == 0
    written("http://127.0.0.1:9/api", statuses={"taken": None})
    monkeypatch.delenv("LINLI_HOTLINE_SECRET_CITY")

    result = run("check", "--json")

    assert result.exit_code == 1
    (row,) = told(result)["upstreams"]
    assert "密钥" in row["problems"][0]
    assert "sign_for" in row["problems"][1]
    assert "连不上 127.0.0.1:9" in row["problems"][2]


def test_add_then_check_is_all_it_takes(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LINLI_HOTLINE_SECRET_CITY")
    assert run("stand-in", "--seconds", "0.1").exit_code == 2

    door = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{door.getsockname()[1]}/api"
    made = run("add", "city", "--name", "市民热线", "--address", address)

    assert made.exit_code == 0
    assert run("check").exit_code == 0
    door.close()
    assert run("stand-in", "--seconds", "0.1", "--port", "0").exit_code == 0


def test_the_stand_in_shows_its_orders_and_can_be_told_to_misbehave(platform: StandIn) -> None:
    root = f"http://127.0.0.1:{platform.port}/stand-in"

    def post(path: str, **facts: Any) -> Any:
        body = json.dumps(facts).encode()
        with urllib.request.urlopen(urllib.request.Request(root + path, data=body)) as reply:
            return json.loads(reply.read())

    assert post("/orders", title="路灯不亮") == {"external_no": "T000001", "pushed": []}
    platform.ours = "http://127.0.0.1:9/hotline/city/orders"
    assert post("/orders", title="栏杆倒了")["pushed"][0][0] == 0, "kept, though nobody listens"
    post("/behaviour", fail=3, slow=0, lose=1, twice=True)

    assert (platform.failing, platform.losing, platform.doubled) == (3, 1, True)
    with urllib.request.urlopen(root) as reply:
        assert [one["title"] for one in json.loads(reply.read())["orders"]] == [
            "路灯不亮",
            "栏杆倒了",
        ]
