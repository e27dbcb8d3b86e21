"""工单时限: an order has the limit of its kind, with its source, and what was registered before keeps its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from linli.cases.flow import Stage
from linli.cases.models import Case, CaseMove, Channel, Deadline, WorkOrder
from linli.cases.queries import promise_why
from linli.kernel.matters.kinds import kind_of
from linli.kernel.matters.models import Limit
from linli.kernel.matters.replaying import replayed
from linli.screens.console.tests.office import Enter
from tests.walks import RUBBISH, reported, walk_to
from tests.world import MONDAY, World

PAGE = "/console/order-limits"
ORDER = replace(RUBBISH, intake_channel=Channel.HOTLINE)


def complaint(body: str = "第一网格楼下的垃圾堆了三天没人清。") -> Case:
    case = reported(replace(ORDER, body=body))
    WorkOrder.objects.filter(case=case).update(kind=WorkOrder.Kind.COMPLAINT)
    return case


def test_a_set_is_taken_over_and_counts_for_what_is_registered_from_then_on(
    world: World, enter: Enter
) -> None:
    before = walk_to(world, complaint(), Stage.HANDLING)
    client = enter("system_admin")
    assert "分三档" in client.get(PAGE).content.decode()
    form = client.get(f"{PAGE}/presets/three_steps").content.decode()
    assert "投诉和举报 15 个工作日" in form
    done = client.post(f"{PAGE}/presets/three_steps", {"valid_from": "2026-03-09"})
    assert done.status_code == 302
    assert "15工作日" in client.get(PAGE).content.decode()

    case = walk_to(world, complaint("第一网格的井边又堆满了装修垃圾。"), Stage.HANDLING)
    run = Deadline.objects.get(case=case, clock="handle")
    assert (run.limit, case.order_limit) == ("15工作日", "15工作日")
    assert Deadline.objects.get(case=before, clock="handle").limit == "4工作时"
    line = CaseMove.objects.get(case=case, code="register")
    assert line.facts["limit"] == "15工作日"
    assert "2022-09-01" in line.facts["limit_source"]
    assert promise_why(case).startswith("时限按工单类型（一省 2022-09-01")
    assert [found for _, found in replayed(kind_of("case"), [before.pk, case.pk])] == [[], []]


def test_a_matter_that_is_no_order_keeps_the_limit_of_its_standard(
    world: World, enter: Enter
) -> None:
    enter("system_admin").post(f"{PAGE}/presets/three_steps", {"valid_from": "2026-03-09"})

    case = walk_to(world, reported(RUBBISH), Stage.HANDLING)
    assert Deadline.objects.get(case=case, clock="handle").limit == "4工作时"


def test_one_limit_is_set_with_its_source(world: World, enter: Enter) -> None:
    client = enter("system_admin")
    given = {
        "clock": "answer", "kind": "", "limit": "2 个工作日", "source": "街道办公会 2026-03-06",
        "valid_from": "2026-03-09",
    }  # fmt: skip
    assert client.post(f"{PAGE}/new", given).status_code == 302
    assert Limit.objects.get(clock="answer").time_limit == "2工作日"

    case = reported(RUBBISH)
    assert case.promise is not None
    assert case.promise.at == MONDAY + timedelta(days=2)


def test_what_cannot_be_is_refused_and_changes_nothing(world: World, enter: Enter) -> None:
    client = enter("system_admin")
    good = {
        "clock": "handle", "kind": "inquiry", "limit": "2工作日", "source": "市里的办法",
        "valid_from": "2026-03-09",
    }  # fmt: skip
    before = Limit.objects.count()
    for wrong in (
        {"limit": "2天"},
        {"kind": ""},
        {"source": " "},
        {"valid_from": "2026-03-08"},
        {"clock": "answer"},
        {"kind": "x"},
    ):
        assert client.post(f"{PAGE}/new", {**good, **wrong}).status_code == 422, wrong
    assert client.post(f"{PAGE}/presets/nowhere", {"valid_from": "2026-03-09"}).status_code == 404
    assert Limit.objects.count() == before
    assert enter("leader").get(PAGE).status_code == 403
