"""The list of organisations and its forms."""

from __future__ import annotations

from typing import Any

import pytest

from linli.kernel.organisations.models import Organization
from linli.screens.console.tests.office import Enter
from tests.world import POSTS, World

GREEN: dict[str, Any] = {
    "code": "LH",
    "name": "绿化队",
    "kind": "department",
    "short_name": "",
    "phone": "",
}


@pytest.mark.parametrize("who", POSTS)
def test_administrators_read_organisations_and_one_of_them_edits(
    enter: Enter, world: World, who: str
) -> None:
    client, unit = enter(who), world.organizations["SW"]
    reads = who in ("system_admin", "security_admin")
    assert client.get("/console/organizations").status_code == (200 if reads else 403)
    expected = 200 if who == "system_admin" else 403
    for address in ("new", str(unit.pk), f"{unit.pk}/closing", f"{unit.pk}/opening"):
        assert client.get(f"/console/organizations/{address}").status_code == expected
    if who != "system_admin":
        assert client.post("/console/organizations/new", GREEN).status_code == 403
        assert client.post(f"/console/organizations/{unit.pk}/closing").status_code == 403
        assert not Organization.objects.filter(code="LH").exists()


def test_an_organisation_is_entered_edited_closed_and_opened_again(
    enter: Enter, world: World
) -> None:
    client = enter("system_admin")
    client.post("/console/organizations/new", {**GREEN, "area": world.areas["C1"]})
    unit = Organization.objects.get(code="LH")
    page = f"/console/organizations/{unit.pk}"
    client.post(
        page, {"name": "园林队", "kind": "department", "short_name": "园林", "phone": "99000"}
    )
    unit.refresh_from_db()
    assert (unit.name, unit.short_name, unit.area, unit.code) == ("园林队", "园林", None, "LH")

    client.post(f"{page}/closing")
    unit.refresh_from_db()
    assert unit.retired_at is not None
    assert "园林队" not in client.get("/console/organizations").content.decode()
    assert "另有 1 个已停用的单位" in client.get("/console/organizations").content.decode()
    assert "园林队" in client.get("/console/organizations?closed=1").content.decode()

    client.post(f"{page}/opening")
    unit.refresh_from_db()
    assert unit.retired_at is None


def test_what_is_wrong_is_named(enter: Enter, world: World) -> None:
    client = enter("system_admin")
    empty = client.post("/console/organizations/new", {})
    taken = client.post("/console/organizations/new", {**GREEN, "code": "CG"})
    busy = client.post(f"/console/organizations/{world.organizations['SW'].pk}/closing")

    assert set(empty.context["form"].errors) == {"code", "name", "kind"}
    assert (taken.status_code, list(taken.context["form"].errors)) == (409, ["code"])
    assert busy.status_code == 409
    assert "水务小陈" in busy.content.decode()
    assert client.get("/console/organizations/999999").status_code == 404


def test_the_list_counts_heads_and_is_narrowed(enter: Enter, world: World) -> None:
    client = enter("security_admin")

    def codes(query: str) -> list[str]:
        rows = client.get(f"/console/organizations{query}").context["rows"]
        return [row["organization"].code for row in rows]

    assert codes("?q=水务") == ["SW"]
    assert codes("?kind=operations_center") == ["YX"]
    assert codes("?q=没有") == []
    rows = client.get("/console/organizations").context["rows"]
    heads = {row["organization"].code: row["heads"] for row in rows}
    assert heads["SW"] == 1
    words = client.get("/console/organizations").content.decode()
    assert "新增单位" not in words
    assert "/closing" not in words
