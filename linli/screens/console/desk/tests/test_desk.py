"""The desks, the workbench and the notices."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.cases.flow import Stage
from linli.cases.models import Case
from linli.kernel.matters.models import InboxEntry
from linli.kernel.notify.models import Notice
from linli.screens.console.tests.office import Enter, opened
from tests.walks import walk_to
from tests.world import MONDAY, World

MOST_QUERIES = 12


def several(world: World, count: int, stage: Stage = Stage.RECEIVED) -> list[Case]:
    made = [opened(body=f"第一网格第 {n} 处垃圾", lon=120.0005 + n * 0.0008) for n in range(count)]
    return [walk_to(world, case, stage) for case in made]


def test_the_desk_shows_the_urgent_first_and_offers_one_key_for_each_decision(
    world: World, enter: Enter
) -> None:
    calm = opened()
    urgent = opened(
        title="井盖没了", body="第二网格路口井盖没了", category_code="C0101", lon=120.015
    )

    answer = enter("acceptor").get("/console/desk")

    assert [row["case"] for row in answer.context["rows"]] == [urgent, calm]
    words = answer.content.decode()
    assert "受理为“上水井盖”" in words
    assert all(f'data-key="{key}"' in words for key in ("a", "v", "d", "Enter"))


def test_a_likely_duplicate_can_be_merged_from_the_desk(world: World, enter: Enter) -> None:
    first = opened()
    second = opened(body="垃圾又堆起来了", title="垃圾", lon=120.00509)
    client = enter("acceptor")

    rows = client.get("/console/desk").context["rows"]
    twin = next(row["twin"] for row in rows if row["case"] == second)
    client.post(
        f"/console/cases/{second.number}/moves/merge",
        {"version": second.version, "survivor": twin.pk, "next": "/console/desk"},
    )

    assert twin == first
    assert [case for case, _ in next(row["twins"] for row in rows if row["case"] == second)] == [
        first
    ]
    assert Case.objects.get(pk=second.pk).merged_into_id == first.pk


def test_the_desks_cost_the_same_with_more_rows(world: World, enter: Enter) -> None:
    several(world, 2)
    several_more = [opened(body=f"第二网格第 {n} 处", lon=120.0105 + n * 0.0008) for n in range(4)]
    for case in several_more:
        walk_to(world, case, Stage.TO_DISPATCH)
    for who, address in (("acceptor", "/console/desk"), ("dispatcher", "/console/dispatch")):
        client = enter(who)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        assert len(queries) <= MOST_QUERIES, address


def test_ticked_cases_are_dispatched_as_proposed(world: World, enter: Enter) -> None:
    first, second, third = several(world, 3, Stage.TO_DISPATCH)
    client = enter("dispatcher")
    shown = {
        name: value
        for row in client.get("/console/dispatch").context["rows"]
        for name, value in (
            (f"organization-{row['case'].pk}", row["organization"].pk),
            (f"version-{row['case'].pk}", row["case"].version),
        )
    }

    client.post("/console/dispatch", {**shown, "case": [first.pk, second.pk]})

    stages = [Case.objects.get(pk=case.pk).stage for case in (first, second, third)]
    assert stages == ["to_sign", "to_sign", "to_dispatch"]
    assert Case.objects.get(pk=first.pk).owner_id == world.staff["handler"].pk


def test_one_key_dispatches_only_the_case_one_stands_on(world: World, enter: Enter) -> None:
    first, second = several(world, 2, Stage.TO_DISPATCH)
    unit = world.organizations["CG"].pk
    sent = {f"organization-{case.pk}": unit for case in (first, second)}

    enter("dispatcher").post(
        f"/console/dispatch?only={second.pk}", {**sent, "case": [first.pk, second.pk]}
    )

    stages = [Case.objects.get(pk=case.pk).stage for case in (first, second)]
    assert stages == ["to_dispatch", "to_sign"]


def test_a_case_that_changed_meanwhile_is_named_and_the_others_go(
    world: World, enter: Enter
) -> None:
    first, second = several(world, 2, Stage.TO_DISPATCH)
    unit = world.organizations["CG"].pk
    sent = {f"organization-{case.pk}": unit for case in (first, second)}
    sent[f"version-{first.pk}"] = first.version - 1

    answer = enter("dispatcher").post(
        "/console/dispatch", {**sent, "case": [first.pk, second.pk]}, follow=True
    )

    texts = [str(message) for message in answer.context["messages"]]
    assert any(first.number in text and "刚被他人更新" in text for text in texts)
    assert "已按建议派遣 1 件。" in texts
    assert Case.objects.get(pk=first.pk).stage == "to_dispatch"


def test_a_unit_that_is_no_longer_proposed_is_not_used(world: World, enter: Enter) -> None:
    [case] = several(world, 1, Stage.TO_DISPATCH)

    enter("dispatcher").post(
        "/console/dispatch",
        {"case": case.pk, f"organization-{case.pk}": world.organizations["SW"].pk},
    )

    assert Case.objects.get(pk=case.pk).stage == "to_dispatch"


def test_empty_desks_say_what_would_come(world: World, enter: Enter) -> None:
    assert "没有待受理的案件" in enter("acceptor").get("/console/desk").content.decode()
    assert "没有待派遣的案件" in enter("dispatcher").get("/console/dispatch").content.decode()
    assert "没有等您办理的事项" in enter("acceptor").get("/console/").content.decode()


def test_every_figure_of_the_workbench_opens_a_list_of_as_many(world: World, enter: Enter) -> None:
    late, soon, urgent = several(world, 3)
    Case.objects.filter(pk=late.pk).update(due_at=MONDAY - timedelta(minutes=1))
    Case.objects.filter(pk=soon.pk).update(yellow_at=MONDAY)
    Case.objects.filter(pk=urgent.pk).update(urgent=True)
    walk_to(world, opened(body="第二网格有垃圾", lon=120.015), Stage.HANDLING)
    client = enter("acceptor")

    figures = client.get("/console/").context["figures"]

    found = {str(one["label"]): one["n"] for one in figures if one["n"]}
    assert found == {"已超时": 1, "将超时": 1, "紧急": 1, "待受理": 3, "处置中": 1}
    for one in figures:
        assert client.get(one["url"]).context["pager"]["total"] == one["n"], one["label"]


def test_the_workbench_lists_what_waits_for_me_most_urgent_first(
    world: World, enter: Enter
) -> None:
    first, second = several(world, 2)
    Case.objects.filter(pk=second.pk).update(due_at=MONDAY)
    InboxEntry.objects.filter(kind="case", matter_id=second.pk).update(due_at=MONDAY)
    client = enter("acceptor")

    answer = client.get("/console/")

    assert [one.number for one in answer.context["lines"]] == [second.number, first.number]
    with CaptureQueriesContext(connection) as queries:
        client.get("/console/")
    assert len(queries) <= MOST_QUERIES


def test_reading_a_notice_marks_it_and_goes_to_the_case(world: World, enter: Enter) -> None:
    case = opened()
    walk_to(world, case, Stage.ACCEPTED)
    client = enter("supervisor")
    notice = Notice.objects.get(staff=world.staff["supervisor"])
    assert client.get("/console/notices").context["unread_count"] == 1

    answer = client.post(f"/console/notices/{notice.pk}/reading")

    assert answer.headers["Location"] == f"/cases/{case.number}"
    notice.refresh_from_db()
    assert notice.read_at == MONDAY
    assert client.get("/console/notices").context["unread_count"] == 0


def test_nobody_reads_anothers_notices(world: World, enter: Enter) -> None:
    case = opened()
    walk_to(world, case, Stage.ACCEPTED)
    notice = Notice.objects.get(staff=world.staff["supervisor"])

    answer = enter("dispatcher").post(f"/console/notices/{notice.pk}/reading")
    enter("dispatcher").post("/console/notices/reading")

    assert answer.status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_all_notices_are_read_at_once(world: World, enter: Enter) -> None:
    walk_to(world, opened(), Stage.ACCEPTED)

    enter("supervisor").post("/console/notices/reading")

    assert not Notice.objects.filter(staff=world.staff["supervisor"], read_at=None).exists()
