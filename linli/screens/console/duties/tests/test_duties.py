"""派单目录 and 社区准入清单 on the pages: lists, entries with days, the file in and out; and nobody else."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from linli.cases.actions.duties import end_duty, set_duty, unlist_class
from linli.cases.catalogue.duties import BadDuties, classes_without_duty, duties_for
from linli.cases.flow import Stage
from linli.cases.models import Category, CommunityListEntry, DutyEntry
from linli.cases.suggesting.duty import suggest_organization
from linli.kernel.audit.models import AuditLine
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.errors import NotAllowed, NotFound
from linli.screens.console.tests.office import Enter, opened
from tests.walks import walk_to
from tests.world import DAY, MONDAY, World

KEEPER = "system_admin"
HEAD = "类别编码,类别,辖区编码,辖区,单位编码,单位"


def entries() -> list[tuple[str, str, str, date, date | None]]:
    rows = DutyEntry.objects.select_related("category", "area", "organization").order_by("pk")
    return [
        (
            one.category.code,
            one.area.name if one.area else "",
            one.organization.name,
            one.valid_from,
            one.valid_until,
        )
        for one in rows
    ]


def test_the_catalogue_is_found_by_class_area_and_unit(world: World, enter: Enter) -> None:
    Category.objects.create(
        code="E0199", kind="event", major_code="01", major_name="市容环境", name="没人管的"
    )
    page = enter("dispatcher").get("/console/duties")
    assert [row.category.name for row in page.context["rows"]] == ["上水井盖", "积存垃圾渣土"]
    assert [one.name for one in page.context["gaps"]] == ["没人管的"]

    def found(query: str) -> list[str]:
        rows = enter("dispatcher").get(f"/console/duties?{query}").context["rows"]
        return [row.organization.name for row in rows]

    assert found("q=井盖") == ["水务所"]
    assert found("q=城管") == ["城管队"]
    assert found(f"organization={world.organizations['SW'].pk}") == ["水务所"]
    assert found("q=没有") == []


def test_another_unit_takes_over_and_the_old_one_ends_the_day_before(
    world: World, enter: Enter
) -> None:
    client = enter(KEEPER)
    given = {
        "category": str(world.category.pk), "organization": str(world.organizations["SW"].pk), "since": "2026-03-12",
    }  # fmt: skip
    assert client.post("/console/duties/new", given).status_code == 302
    narrow = {**given, "area": str(world.areas["G1"]), "since": "2026-03-09"}
    assert client.post("/console/duties/new", narrow).status_code == 302
    assert entries()[0] == ("E0111", "", "城管队", date(2020, 1, 1), date(2026, 3, 11))
    assert entries()[2:] == [
        ("E0111", "", "水务所", date(2026, 3, 12), None),
        ("E0111", "第一网格", "水务所", date(2026, 3, 9), None),
    ]
    forget_everything()
    case = walk_to(world, opened(), Stage.TO_DISPATCH)
    assert suggest_organization(case, now=MONDAY)[0] == world.organizations["SW"]
    assert AuditLine.objects.filter(action__endswith="set_duty").count() == 2


def test_what_cannot_be_kept_is_named(world: World, enter: Enter) -> None:
    client = enter(KEEPER)
    good = {
        "category": str(world.category.pk), "organization": str(world.organizations["SW"].pk), "since": "2026-03-09",
    }  # fmt: skip
    for more, field in (
        ({"since": "2026-03-08"}, "since"),
        ({"organization": str(world.organizations["CG"].pk)}, "organization"),
        ({"category": ""}, "category"),
    ):
        answer = client.post("/console/duties/new", {**good, **more})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    keeper = world.actors[KEEPER]
    for wrong, field in (
        ({"category": 0}, "category"),
        ({"area": 999_999}, "area"),
        ({"organization": 0}, "organization"),
    ):
        facts: dict[str, Any] = {
            "category": world.category.pk, "area": None, "organization": world.organizations["SW"].pk, **wrong,
        }  # fmt: skip
        with pytest.raises(BadDuties) as refused:
            set_duty(facts.pop("category"), **facts, since=DAY, by=keeper, now=MONDAY)
        assert refused.value.field == field
    assert len(entries()) == 2


def test_an_entry_ends_and_is_still_to_be_seen(world: World, enter: Enter) -> None:
    client = enter(KEEPER)
    entry = DutyEntry.objects.get(category=world.category)
    assert client.get(f"/console/duties/{entry.pk}/end").status_code == 200
    answer = client.post(f"/console/duties/{entry.pk}/end", {"last": "2026-03-01"})
    assert "last" in answer.context["form"].errors
    assert client.post(f"/console/duties/{entry.pk}/end", {"last": "2026-03-08"}).status_code == 302
    assert len(client.get("/console/duties").context["rows"]) == 1
    assert len(client.get("/console/duties?ended=1").context["rows"]) == 2
    assert client.get(f"/console/duties/{entry.pk}/end").status_code == 404
    with pytest.raises(BadDuties):
        end_duty(entry.pk, last=DAY, by=world.actors[KEEPER], now=MONDAY)
    with pytest.raises(NotFound):
        end_duty(0, last=DAY, by=world.actors[KEEPER], now=MONDAY)
    assert classes_without_duty(world.actors[KEEPER], on=DAY) == [world.category]


def upload(client: Any, text: str, **more: str) -> Any:
    sheet = SimpleUploadedFile("派单目录.csv", text.encode(), "text/csv")
    given = {"since": "2026-03-09", **more}
    return client.post("/console/duties/import", {"file": sheet, **given})


def test_a_file_is_looked_through_then_kept_and_the_same_again_changes_nothing(
    world: World, enter: Enter
) -> None:
    client = enter(KEEPER)
    text = f"{HEAD}\nE0111,垃圾,,,SW,水务所\nE0111,,990101001001001,第一网格,CG,\nC0101,,,,SW,\n"
    before = entries()

    done = upload(client, text).context["shown"].imported
    assert (done.stored, done.more["changed"], done.known, done.dry_run) == (2, 1, 1, True)
    assert entries() == before

    assert not upload(client, text, save="on").context["shown"].imported.dry_run
    assert len(entries()) == 4
    again = upload(client, text, save="on").context["shown"].imported
    assert (again.stored, again.more["changed"], again.known) == (0, 0, 3)
    assert len(entries()) == 4


def test_bad_lines_are_listed_and_good_ones_kept(world: World, enter: Enter) -> None:
    text = (
        f"{HEAD}\nE0111,,,,SW,\nZZ,,,,SW,\nE0111,,99,,SW,\nE0111,,,,XX,\nE0111,,,,,\nE0111,,,,CG,\n"
    )
    done = upload(enter(KEEPER), text, save="on").context["shown"].imported
    assert [(one.row, one.column, one.value) for one in done.refused] == [
        (3, "类别编码", "ZZ"),
        (4, "辖区编码", "99"),
        (5, "单位编码", "XX"),
        (6, "单位编码", ""),
        (7, "类别编码", "E0111"),
    ]
    assert (done.read, done.stored, done.more["changed"]) == (6, 1, 1)


def test_a_file_that_is_no_catalogue_is_refused_with_the_reason(
    world: World, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = enter(KEEPER)
    assert "缺少“类别编码、单位编码”列" in upload(client, "a,b\n1,2\n").content.decode()
    assert upload(client, "").status_code == 422
    monkeypatch.setattr("linli.cases.catalogue.duties.MOST_ROWS", 1)
    assert "最多 1 行" in upload(client, f"{HEAD}\nE0111,,,,SW,\nC0101,,,,SW,\n").content.decode()
    monkeypatch.setattr("linli.cases.catalogue.duties.MOST_BYTES", 5)
    assert upload(client, f"{HEAD}\n").status_code == 422


def test_the_exported_file_is_taken_back_unchanged(world: World, enter: Enter) -> None:
    client = enter(KEEPER)
    content = client.get("/console/duties/file.xlsx").content
    cells = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert cells[1] == ["C0101", "上水井盖", "", "", "SW", "水务所"]
    sheet = SimpleUploadedFile("目录.xlsx", content)
    answer = client.post("/console/duties/import", {"file": sheet, "since": "2026-03-09"})
    done = answer.context["shown"].imported
    assert (done.stored, done.known) == (0, 2)


def test_a_class_is_listed_for_the_communities_and_taken_off(world: World, enter: Enter) -> None:
    client = enter(KEEPER)
    new = "/console/community-list/new"
    given = {"category": str(world.category.pk), "article": "某条例第十七条", "since": "2026-03-09"}
    assert client.post(new, {**given, "article": " "}).status_code == 422
    assert client.post(new, given).status_code == 302
    twice = client.post(new, given)
    assert "category" in twice.context["form"].errors
    page = enter("dispatcher").get("/console/community-list").content.decode()
    assert "某条例第十七条" in page
    entry = CommunityListEntry.objects.get()
    end = f"/console/community-list/{entry.pk}/end"
    assert client.get(end).status_code == 200
    assert client.post(end, {"last": "2026-03-08"}).status_code == 302
    assert client.get("/console/community-list").context["rows"] == []
    assert client.get("/console/community-list?ended=1&q=十七").context["rows"] == [entry]
    assert client.get(end).status_code == 404
    assert client.post(new, given).status_code == 302, "a class may come back"
    with pytest.raises(NotFound):
        unlist_class(0, last=DAY + timedelta(days=1), by=world.actors[KEEPER], now=MONDAY)


def test_only_the_keeper_changes_what_steers_dispatch(world: World, enter: Enter) -> None:
    entry = DutyEntry.objects.first()
    assert entry is not None
    pages = (
        "duties/new",
        "duties/import",
        f"duties/{entry.pk}/end",
        "community-list/new",
        "community-list/1/end",
    )
    for who in ("dispatcher", "leader", "handler", "security_admin"):
        for address in pages:
            assert enter(who).get(f"/console/{address}").status_code == 403
            assert enter(who).post(f"/console/{address}").status_code == 403
    for address in ("duties", "duties/file.xlsx", "community-list"):
        assert enter("handler").get(f"/console/{address}").status_code == 403
        assert enter("leader").get(f"/console/{address}").status_code == 200
    with pytest.raises(NotAllowed):
        duties_for(world.actors["handler"], on=DAY)
