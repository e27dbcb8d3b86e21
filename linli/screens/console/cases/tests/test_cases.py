"""The case list, its files, and the page of one case."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from linli.cases.actions.exports import MOST_EXPORTED, export_cases
from linli.cases.flow import Stage
from linli.cases.models import Case, Category, Report
from linli.kernel.acting import EVERYWHERE, Scope
from linli.kernel.audit.models import AuditLine
from linli.screens.console.cases import exporting
from linli.screens.console.tests.office import Enter, opened
from tests.markup import markup
from tests.walks import walk_to
from tests.world import MONDAY, World

MOST_QUERIES = 12
"""Per list page, everything included: session, login, rights, bell, choices of the condition row."""


def numbers_on(client: Client, address: str) -> list[str]:
    return [row["case"].number for row in client.get(address).context["rows"]]


def three_cases() -> tuple[Case, Case, Case]:
    first = opened()
    second = opened(
        title="井盖没了", body="第二网格路口井盖没了", category_code="C0101", lon=120.015
    )
    third = opened(
        title="小广告", body="第三网格墙上贴满小广告", lon=120.025, contact_phone="19900005678"
    )
    return first, second, third


def test_the_list_shows_the_newest_first_with_figures_in_words(world: World, enter: Enter) -> None:
    first, second, third = three_cases()
    client = enter("acceptor")

    answer = client.get("/console/cases")

    assert [row["case"] for row in answer.context["rows"]] == [third, second, first]
    words = answer.content.decode()
    assert "共 3 条" in words
    assert "剩余 15分钟" in words
    assert "待受理" in words


def test_each_condition_narrows_the_list(world: World, enter: Enter) -> None:
    first, second, third = three_cases()
    walk_to(world, first, Stage.HANDLING)
    client = enter("acceptor")

    found = {
        query: numbers_on(client, f"/console/cases?{query}")
        for query in (
            "stage=handling", "kind=component", f"category={world.cover.pk}", "channel=phone",
            f"community={world.areas['C2']}", f"grid={world.areas['G2']}",
            f"organization={world.organizations['CG'].pk}", "urgent=1", "open=0", "q=小广告", f"q={second.number}",
            "opened_from=2026-03-09", "opened_from=2026-03-10", "opened_until=2026-03-08", "opened_until=2026-03-09",
        )
    }  # fmt: skip

    everything = [third.number, second.number, first.number]
    assert found == {
        "stage=handling": [first.number],
        "kind=component": [second.number],
        f"category={world.cover.pk}": [second.number],
        "channel=phone": [],
        f"community={world.areas['C2']}": [third.number],
        f"grid={world.areas['G2']}": [second.number],
        f"organization={world.organizations['CG'].pk}": [first.number],
        "urgent=1": [second.number],
        "open=0": [],
        "q=小广告": [third.number],
        f"q={second.number}": [second.number],
        "opened_from=2026-03-09": everything,
        "opened_from=2026-03-10": [],
        "opened_until=2026-03-08": [],
        "opened_until=2026-03-09": everything,
    }


def test_overdue_and_near_due_follow_the_stored_instants(world: World, enter: Enter) -> None:
    first, second, _third = three_cases()
    Case.objects.filter(pk=first.pk).update(due_at=MONDAY - timedelta(minutes=1))
    Case.objects.filter(pk=second.pk).update(yellow_at=MONDAY, due_at=MONDAY + timedelta(minutes=1))
    client = enter("acceptor")

    assert numbers_on(client, "/console/cases?light=red") == [first.number]
    assert numbers_on(client, "/console/cases?light=yellow") == [second.number]
    lights = [row["light"] for row in client.get("/console/cases").context["rows"]]
    assert lights == ["green", "yellow", "red"]


def test_a_condition_nobody_can_read_is_named_and_left_out(world: World, enter: Enter) -> None:
    case = opened()

    answer = enter("acceptor").get("/console/cases?category=abc&stage=nowhere&opened_from=gestern")

    assert answer.status_code == 200
    assert [row["case"] for row in answer.context["rows"]] == [case]
    assert answer.context["wanted"].unread == [
        "stage=nowhere",
        "category=abc",
        "opened_from=gestern",
    ]


def test_a_condition_without_a_field_stays_when_the_row_is_sent_again(
    world: World, enter: Enter
) -> None:
    opened()

    words = enter("acceptor").get("/console/cases?owner=1&closed_from=2026-03-01").content.decode()

    assert '<input type="hidden" name="owner" value="1">' in words
    assert '<input type="hidden" name="closed_from" value="2026-03-01">' in words


def test_pages_lead_to_each_other_by_key(world: World, enter: Enter) -> None:
    cases = [opened(body=f"第一网格第 {n} 处垃圾", lon=120.0005 + n * 0.0008) for n in range(12)]
    client = enter("acceptor")
    newest_first = [case.number for case in reversed(cases)]

    first = client.get("/console/cases?size=10")
    second = client.get("/console/cases" + first.context["pager"]["next_url"])
    back = client.get("/console/cases" + second.context["pager"]["previous_url"])

    shown = [[row["case"].number for row in page.context["rows"]] for page in (first, second, back)]
    assert shown == [newest_first[:10], newest_first[10:], newest_first[:10]]
    assert second.context["pager"]["next_url"] == ""
    assert back.context["pager"]["previous_url"] == ""


def test_the_list_costs_the_same_with_more_rows(world: World, enter: Enter) -> None:
    for n in range(6):
        opened(body=f"第一网格第 {n} 处垃圾", lon=120.0005 + n * 0.0008)
    client = enter("acceptor")

    with CaptureQueriesContext(connection) as queries:
        client.get("/console/cases")

    assert len(queries) <= MOST_QUERIES + 8, "cold: options and names are read for the first time"
    with CaptureQueriesContext(connection) as queries:
        client.get("/console/cases?stage=received")
    assert len(queries) <= MOST_QUERIES


def test_the_workbook_holds_the_filtered_cases_as_text_and_no_contact(
    world: World, enter: Enter
) -> None:
    first, second, _third = three_cases()

    answer = enter("supervisor").get(f"/console/cases/file.xlsx?grid={world.areas['G2']}")

    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    )
    assert [row[0] for row in rows] == ["编号", second.number]
    assert rows[1][:8] == [
        second.number,
        "井盖没了",
        "",
        "待受理",
        "部件",
        "上水井盖",
        "槐树里社区",
        "第二网格",
    ]
    everything = enter("supervisor").get("/console/cases/file.csv").content.decode()
    assert first.number in everything
    assert "19900001234" not in everything
    assert "王奶奶" not in everything


def test_the_csv_begins_with_a_mark_for_excel_and_runs_no_formula(
    world: World, enter: Enter
) -> None:
    opened(title="=HYPERLINK(1)", body="=1+1")

    content = enter("supervisor").get("/console/cases/file.csv").content.decode()

    assert content[0] == "\ufeff"
    assert "'=HYPERLINK(1)" in content
    assert ",=1+1" not in content


def test_an_export_stays_in_the_scope_of_exporting_and_is_audited(
    world: World, enter: Enter
) -> None:
    first, second, third = three_cases()

    leader = enter("leader").get("/console/cases/file.csv").content.decode()
    refused = enter("dispatcher").get("/console/cases/file.csv")

    assert all(case.number in leader for case in (first, second, third))
    assert refused.status_code == 403
    line = AuditLine.objects.get(action="cases.exports._note")
    assert (line.actor_name, line.detail) == ("街道老王", {"count": 3})


def test_who_looks_further_than_they_may_export_takes_only_the_nearer_out(world: World) -> None:
    first, _second, _third = three_cases()
    own_grid = Scope(areas=frozenset({("grid", world.areas["G1"])}))
    grants = {"cases.view": EVERYWHERE, "cases.export": own_grid}

    cases, cut = export_cases({}, by=replace(world.actors["leader"], grants=grants), now=MONDAY)

    assert (cases, cut) == ([first], False)


def test_a_cut_export_says_so_in_its_last_row(world: World) -> None:
    case = opened()

    lines = exporting.csv_text([case], cut=True).splitlines()

    assert lines[-1] == f"只导出了最新的 {MOST_EXPORTED} 条，后面还有。请缩小查询范围，分几次导出。"


def test_the_page_of_a_case_explains_every_step(world: World, enter: Enter) -> None:
    case = walk_to(world, opened(), Stage.HANDLING)

    words = markup(enter("acceptor").get(f"/console/cases/{case.number}"))

    assert "上报时已选择“积存垃圾渣土”。" in words
    assert "派单目录：积存垃圾渣土由城管队负责。" in words
    assert "4工作时从2026年3月9日09:00起只算上班时间，到2026年3月9日15:00截止。" in words
    assert "计入的时间：2026-03-09 09:00–12:00 14:00–15:00" in words


def test_contacts_are_masked_until_somebody_with_the_right_says_why(
    world: World, enter: Enter
) -> None:
    case = opened()
    receipt = Report.objects.get(case=case).receipt
    address = f"/console/cases/{case.number}/reports/{receipt}/contact"
    client = enter("acceptor")

    before = client.get(f"/console/cases/{case.number}").content.decode()
    without_purpose = client.post(address, {"purpose": "curious"})
    shown = client.post(address, {"purpose": "follow_up"}, headers={"HX-Request": "true"})

    assert "199****1234" in before
    assert "19900001234" not in before
    assert without_purpose.status_code == 422
    assert "19900001234" in shown.content.decode()
    assert shown.headers["Cache-Control"] == "no-store"
    line = AuditLine.objects.get(action="cases.contact_seen")
    assert (line.actor_name, line.detail) == ("受理员小钱", {"purpose": "follow_up"})


def test_who_only_handles_never_sees_who_asked_for_secrecy(world: World, enter: Enter) -> None:
    case = walk_to(world, opened(confidential=True), Stage.HANDLING)
    receipt = Report.objects.get(case=case).receipt
    client = enter("handler")

    words = client.get(f"/console/cases/{case.number}").content.decode()
    refused = client.post(
        f"/console/cases/{case.number}/reports/{receipt}/contact", {"purpose": "follow_up"}
    )

    assert "上报人要求保密" in words
    assert "199****1234" not in words
    assert "王**" not in words
    assert refused.status_code == 403
    assert not AuditLine.objects.filter(action="cases.contact_seen").exists()


def test_the_right_to_see_contacts_ends_where_the_person_handled_the_case(
    world: World, enter: Enter
) -> None:
    case = walk_to(world, opened(confidential=True), Stage.HANDLING)
    Case.objects.filter(pk=case.pk).update(handler=world.staff["acceptor"])
    receipt = Report.objects.get(case=case).receipt

    refused = enter("acceptor").post(
        f"/console/cases/{case.number}/reports/{receipt}/contact", {"purpose": "follow_up"}
    )

    assert refused.status_code == 403
    assert "19900001234" not in refused.content.decode()


def test_a_joined_report_can_be_given_a_case_of_its_own(world: World, enter: Enter) -> None:
    case = opened()
    report = Report.objects.get(case=case)
    Report.objects.filter(pk=report.pk).update(joined_because="文字相同")
    Case.objects.filter(pk=case.pk).update(report_count=2)

    answer = enter("acceptor").post(f"/console/cases/{case.number}/reports/{report.receipt}/case")

    assert answer.status_code == 302
    report.refresh_from_db()
    assert report.case_id not in (None, case.pk)


def test_the_place_of_a_case_is_one_point(world: World, enter: Enter) -> None:
    case = opened()

    drawn = enter("acceptor").get(f"/console/cases/{case.number}/position.json").json()

    assert [one["geometry"]["coordinates"] for one in drawn["features"]] == [[120.005, 30.005]]


def test_a_retired_class_is_still_shown_on_its_case(world: World, enter: Enter) -> None:
    case = opened()
    Category.objects.filter(pk=world.category.pk).update(retired_at=MONDAY)

    assert "积存垃圾渣土" in enter("acceptor").get(f"/console/cases/{case.number}").content.decode()
