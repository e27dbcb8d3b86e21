"""考核设置: dated weights and points; what has begun keeps its own."""

from __future__ import annotations

import pytest

from linli.cases.models import AssessmentRule
from linli.cases.seed import load_defaults
from linli.insight.scorecards.models import ScoreFormula
from linli.screens.console.tests.office import Enter
from tests.world import MONDAY, World

PAGE = "/console/assessment"
WEIGHTS = {
    "valid_from": "2026-03-19", "response": "0.2", "solution": "0.4", "satisfaction": "0.4", "basic": "0.8",
    "period_day": "19",
}  # fmt: skip
POINTS = {
    "valid_from": "2026-04-01", "done": "20", "on_time": "30", "no_rework": "20", "none_waiting": "20",
    "no_extension": "10", "rework_over": "handle",
}  # fmt: skip


@pytest.fixture
def office(world: World) -> World:
    load_defaults(now=MONDAY)
    return world


def test_new_weights_wait_for_their_day_and_the_old_ones_stay(office: World, enter: Enter) -> None:
    client = enter("system_admin")
    assert client.get(PAGE).context["weights"][0][0] == "now"
    form = client.get(f"{PAGE}/weights/new").content.decode()
    assert 'value="0.1"' in form
    assert client.post(f"{PAGE}/weights/new", WEIGHTS).status_code == 302
    assert [state for state, _one in client.get(PAGE).context["weights"]] == ["coming", "now"]
    assert AssessmentRule.objects.count() == 2

    leader = enter("leader")
    assert "响应率×0.1" in leader.get("/console/rates?at=assessment:2026-03").content.decode()
    assert "响应率×0.2" in leader.get("/console/rates?at=assessment:2026-04").content.decode()


def test_new_points_wait_for_their_day(office: World, enter: Enter) -> None:
    client = enter("system_admin")
    assert client.get(PAGE).context["formulas"][0][0] == "now"
    assert client.post(f"{PAGE}/points/new", POINTS).status_code == 302
    assert ScoreFormula.objects.get().rework_over == "handle"
    page = client.get(PAGE).content.decode()
    assert "将要生效" in page
    assert "应处置数" in page


@pytest.mark.parametrize(
    ("where", "given", "words"),
    [
        ("weights", {"response": "0.3"}, "合计是 1.1"),
        ("weights", {"valid_from": "2026-03-09"}, "要晚于今天"),
        ("weights", {"period_day": "29"}, "28"),
        ("weights", {"basic": "1.2"}, "1"),
        ("points", {"done": "21"}, "合计是 101"),
        ("points", {"valid_from": "2026-03-01"}, "要晚于今天"),
    ],
)
def test_what_cannot_be_comes_back_with_the_field_named(
    office: World, enter: Enter, where: str, given: dict[str, str], words: str
) -> None:
    form = {**(WEIGHTS if where == "weights" else POINTS), **given}
    answer = enter("system_admin").post(f"{PAGE}/{where}/new", form)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [
        "response" if where == "weights" and "response" in given else next(iter(given))
    ]
    assert words in answer.content.decode()


def test_only_who_keeps_the_settings_sees_them(office: World, enter: Enter) -> None:
    for who in ("leader", "evaluator", "security_admin"):
        for address in (PAGE, f"{PAGE}/weights/new", f"{PAGE}/points/new"):
            assert enter(who).get(address).status_code == 403
