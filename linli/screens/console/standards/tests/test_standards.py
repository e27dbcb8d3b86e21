"""The list of standards, a class with its versions, and a city's sheet in and out."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.cases.actions.standards import apply_standards, preview_standards
from linli.cases.catalogue.standards.tests.sheets import (
    BAD_ROWS,
    LONG_ROWS,
    TITLES,
    book,
    long_book,
    read,
    short_book,
)
from linli.cases.flow import Stage
from linli.cases.models import Category, FilingStandard
from linli.kernel.access.models import Account, DataScope, PostHolding, Role
from linli.kernel.acting import SYSTEM
from linli.kernel.engine.remembered import forget_everything
from linli.screens.console.standards import views
from linli.screens.console.tests.office import Enter, opened
from tests.markup import markup
from tests.walks import walk_to
from tests.world import DAY, MONDAY, World

IMPORT, APPLY = "/console/standards/import", "/console/standards/import/application"
MOST_QUERIES = 14


def upload(client: Client, content: bytes, *, name: str = "立案标准.xlsx", **more: str) -> Any:
    given = {"valid_from": "2026-03-09", "pattern": "6+2+2+6", **more}
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, content), **given})


def confirm(client: Client, preview: Any, **more: str) -> Any:
    return client.post(APPLY, {"signed": preview.context["signed"], **more})


def rows() -> list[tuple[object, ...]]:
    return list(FilingStandard.objects.order_by("pk").values_list())


def test_standards_are_found_by_class_condition_and_kind(world: World, enter: Enter) -> None:
    client = enter("acceptor")

    def names(query: str) -> list[str]:
        groups = client.get(f"/console/standards?{query}").context["groups"]
        return [entry["category"].name for _name, entries in groups for entry in entries]

    assert names("") == ["上水井盖", "积存垃圾渣土"]
    assert names("q=井盖") == ["上水井盖"]
    assert names("q=有积存") == ["积存垃圾渣土"]
    assert names("kind=event") == ["积存垃圾渣土"]
    assert names("q=没有这个") == []
    assert "城管队" in client.get("/console/standards").content.decode()


def test_the_list_costs_the_same_with_more_standards(world: World, enter: Enter) -> None:
    client = enter("system_admin")
    reading = read(long_book())
    base = preview_standards("表.xlsx", reading, by=SYSTEM, now=MONDAY).base
    apply_standards("表.xlsx", reading, base=base, by=SYSTEM, now=MONDAY)
    client.get("/console/standards")

    for address in ("/console/standards", "/console/standards/E0111"):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        assert len(queries) <= MOST_QUERIES, address


def test_only_whoever_keeps_the_settings_is_offered_the_import(enter: Enter) -> None:
    for who, offered in (("system_admin", True), ("supervisor", False), ("acceptor", False)):
        client = enter(who)
        words = client.get("/console/standards").content.decode()
        assert ("/console/standards/import" in words) is offered
        assert client.get(IMPORT).status_code == (200 if offered else 403)
        assert client.get("/console/standards/file.xlsx").status_code == 200
        assert client.get("/console/standards/E0111").status_code == 200


@pytest.mark.parametrize("who", ["security_admin", "audit_admin"])
def test_whoever_has_nothing_to_do_with_cases_sees_no_standards(enter: Enter, who: str) -> None:
    client = enter(who)

    for address in ("", "/file.xlsx", "/E0111", "/import"):
        assert client.get(f"/console/standards{address}").status_code == 403
    for address in (APPLY, f"{IMPORT}/errors.csv"):
        assert client.post(address).status_code == 403


def test_an_upload_shows_what_it_would_change_and_changes_nothing(
    world: World, enter: Enter
) -> None:
    before = rows()
    lamp = ["01", "公用设施", "37", "路灯", "不亮", "1工作日", "灯亮"]
    events = [*LONG_ROWS[:1], *LONG_ROWS[2:]]
    content = book({"事件": (TITLES, events, []), "部件": (TITLES, [lamp], [])})

    answer = upload(enter("system_admin"), content)

    assert answer.status_code == 200
    assert answer.context["counts"] == {"changed": 1, "added": 3, "missing": 1, "unchanged": 0}
    words = answer.content.decode()
    assert all(name in words for name in ("共享单车乱放", "E0198", "C0137", "井盖缺失", "新小类"))
    assert rows() == before


def test_confirming_takes_the_sheet_over_and_says_so(world: World, enter: Enter) -> None:
    client = enter("system_admin")

    answer = confirm(client, upload(client, long_book()))

    assert (answer.status_code, answer.headers["Location"]) == (302, "/console/standards")
    assert "新增 3 条，更改 1 条" in client.get("/console/standards").content.decode()
    assert Category.objects.get(code="E0198").custom
    assert confirm(client, upload(client, long_book())).status_code == 302
    again = upload(client, long_book())
    assert "没有要改的" in again.content.decode()
    assert 'name="signed"' not in again.content.decode()


def test_what_was_exported_is_uploaded_without_a_change(world: World, enter: Enter) -> None:
    client = enter("system_admin")
    confirm(client, upload(client, long_book()))
    first = client.get("/console/standards/file.xlsx")

    assert first.headers["Content-Disposition"].startswith("attachment")
    assert "没有要改的" in upload(client, first.content).content.decode()
    assert client.get("/console/standards/file.xlsx").content == first.content


def test_missing_rows_end_only_when_ticked(world: World, enter: Enter) -> None:
    client = enter("system_admin")
    content = book({"事件": (TITLES, LONG_ROWS[3:], [])})

    confirm(client, upload(client, content))
    assert FilingStandard.objects.get(pk=world.standard.pk).valid_until is None
    confirm(client, upload(client, content), remove_missing="on")
    assert FilingStandard.objects.get(pk=world.standard.pk).valid_until is not None


def test_the_errors_are_listed_by_line_and_can_be_taken_along(world: World, enter: Enter) -> None:
    client = enter("system_admin")
    preview = upload(client, book({"事件": (TITLES, [cells for cells, _ in BAD_ROWS], [])}))

    assert preview.context["error_count"] == 20
    answer = client.post(f"{IMPORT}/errors.csv", {"signed": preview.context["signed"]})

    assert answer.headers["Content-Type"].startswith("text/csv")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert lines[0][:3] == ["工作表", "行号", "列"]
    planted = [
        [str(number), column]
        for number, (_cells, columns) in enumerate(BAD_ROWS, 2)
        for column in columns
    ]
    assert [line[1:3] for line in lines[1:]] == planted
    told = confirm(client, preview)
    assert "20 处错误" in client.get(told.headers["Location"]).content.decode()


def test_a_cell_that_a_spreadsheet_would_run_is_quoted(world: World, enter: Enter) -> None:
    client = enter("system_admin")
    row = ["01", "市容环境", "-1", "道路不洁", "有泥", "1工作日", "洗净"]
    preview = upload(client, book({"事件": (TITLES, [row], [])}))

    answer = client.post(f"{IMPORT}/errors.csv", {"signed": preview.context["signed"]})

    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert lines[1][3] == "'-1"


def test_a_bare_day_is_explained_on_the_form(world: World, enter: Enter) -> None:
    client = enter("system_admin")

    assert upload(client, short_book()).context["error_count"] == 1
    explained = upload(client, short_book(), days_mean="工作日")
    assert explained.context["error_count"] == 0
    confirm(client, explained)
    assert FilingStandard.objects.filter(time_limit="3工作日").count() == 1


@pytest.mark.parametrize(
    ("content", "more", "field"),
    [
        (b"PK\x03\x04 nothing", {}, "file"),
        (b"\xe5\xa7\x93\xe5\x90\x8d,\xe7\x94\xb5\xe8\xaf\x9d\n1,2", {}, "file"),
        (long_book(), {"pattern": "6+2+2+7"}, "pattern"),
        (long_book(), {"valid_from": "昨天"}, "valid_from"),
        (long_book(), {"valid_from": "2206-03-09"}, "valid_from"),
        (long_book(), {"days_mean": "天"}, "days_mean"),
    ],
)
def test_a_wrong_form_names_its_field(
    enter: Enter, content: bytes, more: dict[str, str], field: str
) -> None:
    answer = upload(enter("system_admin"), content, **more)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_a_sheet_that_does_not_fit_the_form_is_refused(
    world: World, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = enter("system_admin")
    monkeypatch.setattr(views, "MOST_SIGNED", 100)
    assert "命令行" in upload(client, long_book()).content.decode()
    monkeypatch.setattr(views, "MOST_BYTES", 100)
    assert upload(client, long_book()).status_code == 422


def test_a_preview_is_worth_nothing_in_other_hands_or_changed(world: World, enter: Enter) -> None:
    client, before = enter("system_admin"), rows()
    preview = upload(client, long_book())
    second = PostHolding(
        account=Account.objects.get(username="clerk"), role=Role.objects.get(code="system_admin")
    )
    second.data_scope, second.valid_from = DataScope.ALL, DAY
    second.save()
    other = enter("clerk")

    assert confirm(other, preview).status_code == 422
    assert client.post(APPLY, {"signed": preview.context["signed"] + "x"}).status_code == 422
    assert client.post(APPLY).status_code == 422
    assert rows() == before


def test_the_second_of_two_people_sees_the_sheet_laid_beside_the_new_standards(
    world: World, enter: Enter
) -> None:
    client = enter("system_admin")
    shorter = [[*LONG_ROWS[0][:5], "2工作时", *LONG_ROWS[0][6:]], *LONG_ROWS[1:]]
    mine, theirs = upload(client, long_book()), upload(client, long_book(shorter))
    confirm(client, theirs)
    before = rows()

    answer = confirm(client, mine)

    assert answer.status_code == 409
    assert "被别人更改过" in answer.content.decode()
    assert answer.context["counts"] == {"changed": 1, "added": 0, "missing": 0, "unchanged": 3}
    assert rows() == before
    assert confirm(client, answer).status_code == 302


def test_a_class_shows_its_versions_and_the_running_cases_of_the_older_ones(
    world: World, enter: Enter
) -> None:
    case = walk_to(world, opened(), Stage.TO_SIGN)
    client = enter("system_admin")
    row = [*LONG_ROWS[0][:5], "2工作时", *LONG_ROWS[0][6:]]
    confirm(client, upload(client, long_book([row], [])))
    later = long_book([[*row[:5], "3工作时", *row[6:]]], [])
    confirm(client, upload(client, later, valid_from="2026-04-01"))
    forget_everything()

    answer = client.get("/console/standards/E0111")

    words = markup(answer)
    told = ("1 件在办案件按旧版标准办理", "未生效", "现行", "已停用", "4工作时 → 2工作时")
    assert [part for part in told if part not in words] == []
    assert f"standard={world.standard.pk}" not in words, "who sees no cases gets no link to them"
    linked = enter("leader").get("/console/standards/E0111").content.decode()
    address = (
        f"/console/cases?category={world.category.pk}&amp;standard={world.standard.pk}&amp;open=1"
    )
    assert address in linked
    listed = enter("leader").get(address.replace("&amp;", "&"))
    assert case.number in listed.content.decode()
    assert client.get("/console/standards/E9999").status_code == 404
