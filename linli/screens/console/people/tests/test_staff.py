"""Changing somebody: every form does its one thing, names what is wrong, and refuses whoever may not."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from linli.kernel.access.models import Account
from linli.kernel.people.models import GridPosting, Shift, Skill, Staff
from linli.screens.console.tests.office import Enter, opened
from tests.world import DAY, POSTS, World

FORMS = ("details", "transfer", "leaving", "return", "shifts", "skills", "base", "grids")


@pytest.mark.parametrize("who", POSTS)
def test_only_the_system_administrator_changes_people(enter: Enter, world: World, who: str) -> None:
    staff, client = world.staff["handler"], enter(who)
    expected = 200 if who == "system_admin" else 403
    before = Staff.objects.filter(pk=staff.pk).values().get()
    for form in FORMS:
        assert client.get(f"/console/people/{staff.pk}/{form}").status_code == expected
    assert client.get("/console/people/new").status_code == expected
    if who != "system_admin":
        for form in FORMS:
            assert (
                client.post(f"/console/people/{staff.pk}/{form}", {"name": "x"}).status_code == 403
            )
        assert Staff.objects.filter(pk=staff.pk).values().get() == before


def test_somebody_new_is_entered_and_their_page_opens(enter: Enter, world: World) -> None:
    given = {
        "name": "网格员小何",
        "employee_no": "E900",
        "organization": world.organizations["CG"].pk,
        "phone": "",
    }
    client = enter("system_admin")

    wrong = client.post("/console/people/new", {**given, "employee_no": "E001"})
    made = client.post("/console/people/new", given)

    assert wrong.status_code == 409
    assert list(wrong.context["form"].errors) == ["employee_no"]
    staff = Staff.objects.get(employee_no="E900")
    assert (made.status_code, made.headers["Location"]) == (302, f"/console/people/{staff.pk}")


def test_an_empty_form_names_every_field(enter: Enter, world: World) -> None:
    answer = enter("system_admin").post("/console/people/new", {})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"name", "employee_no", "organization"}
    assert "有内容需要修改" in answer.content.decode()


def test_details_and_organisation_are_changed(enter: Enter, world: World) -> None:
    staff, client = world.staff["handler"], enter("system_admin")
    client.post(
        f"/console/people/{staff.pk}/details",
        {"name": "城管冯强", "employee_no": "CG-7", "phone": "99000"},
    )
    client.post(
        f"/console/people/{staff.pk}/transfer", {"organization": world.organizations["SW"].pk}
    )
    same = client.post(
        f"/console/people/{staff.pk}/transfer", {"organization": world.organizations["SW"].pk}
    )

    staff.refresh_from_db()
    assert (staff.name, staff.employee_no, staff.phone) == ("城管冯强", "CG-7", "99000")
    assert staff.organization == world.organizations["SW"]
    assert list(same.context["form"].errors) == ["organization"]


def test_leaving_warns_of_open_matters_and_closes_the_login(enter: Enter, world: World) -> None:
    case = opened()
    case.owner = world.staff["acceptor"]
    case.save()
    client, page = enter("system_admin"), f"/console/people/{world.staff['acceptor'].pk}"

    assert "手上还有 1 件未办结的事项" in client.get(f"{page}/leaving").content.decode()
    assert client.post(f"{page}/leaving").status_code == 302
    assert not Account.objects.get(username="acceptor").is_active
    assert "离职。资料和记录保留" in client.get(page).content.decode()
    assert client.post(f"{page}/leaving").status_code == 409

    assert client.post(f"{page}/return").status_code == 302
    assert Staff.objects.get(pk=world.staff["acceptor"].pk).left_at is None
    assert not Account.objects.get(username="acceptor").is_active, (
        "opened by the other administrator"
    )


def test_nobody_signs_themselves_out(enter: Enter, world: World) -> None:
    page = f"/console/people/{world.staff['system_admin'].pk}/leaving"
    answer = enter("system_admin").post(page)
    assert answer.status_code == 403
    assert "请另一位系统管理员办理" in answer.content.decode()
    assert Staff.objects.get(pk=world.staff["system_admin"].pk).left_at is None


def hours(**changes: Any) -> dict[str, Any]:
    given = {
        "valid_from": str(DAY), "weekdays_1": list("12345"), "starts_1": "08:30", "ends_1": "17:30",
        "weekdays_2": list("67"), "starts_2": "22:00", "ends_2": "06:00",
    }  # fmt: skip
    return {**given, **changes}


def test_hours_are_saved_and_come_back_as_they_were_typed(enter: Enter, world: World) -> None:
    client, page = enter("system_admin"), f"/console/people/{world.staff['handler'].pk}/shifts"
    assert client.post(page, hours()).status_code == 302

    stored = Shift.objects.filter(staff=world.staff["handler"], valid_until=None).order_by("id")
    assert [(one.weekdays, one.starts, one.ends.hour) for one in stored] == [
        ("12345", time(8, 30), 17), ("67", time(22), 23), ("17", time(0), 6),
    ]  # fmt: skip
    form = client.get(page).context["form"]
    shown = [
        form.initial.get(f"{name}_{line}")
        for line in (1, 2, 3)
        for name in ("weekdays", "starts", "ends")
    ]
    assert shown == [
        list("12345"), time(8, 30), time(17, 30), list("67"), time(22), time(6), None, None, None
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts_3": "09:00"}, "weekdays_3"),
        ({"weekdays_3": ["1"], "starts_3": "18:00"}, "ends_3"),
        ({"weekdays_3": ["1"], "starts_3": "17:00", "ends_3": "19:00"}, "starts_1"),
        ({"ends_1": "25:00"}, "ends_1"),
        ({"valid_from": str(DAY - timedelta(days=1))}, "valid_from"),
    ],
)
def test_wrong_hours_are_named_and_change_nothing(
    enter: Enter, world: World, changes: dict[str, Any], field: str
) -> None:
    before = list(Shift.objects.values())
    page = f"/console/people/{world.staff['handler'].pk}/shifts"
    answer = enter("system_admin").post(page, hours(**changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert list(Shift.objects.values()) == before


def test_skills_are_chosen_by_major_class_and_may_be_none(enter: Enter, world: World) -> None:
    client, staff = enter("system_admin"), world.staff["handler"]
    page = f"/console/people/{staff.pk}/skills"
    Skill.objects.create(staff=staff, category_prefix="E0111")

    options = dict(client.get(page).context["form"].fields["prefixes"].choices)
    client.post(page, {"prefixes": ["E01", "E0111"]})
    chosen = set(Skill.objects.filter(staff=staff).values_list("category_prefix", flat=True))
    words = client.get(f"/console/people/{staff.pk}").content.decode()
    client.post(page, {})

    assert options == {"C01": "部件 · 公用设施", "E01": "事件 · 市容环境", "E0111": "E0111"}
    assert chosen == {"E01", "E0111"}
    assert "事件 · 市容环境" in words
    assert not Skill.objects.filter(staff=staff).exists()


def test_base_and_capacity_are_saved_or_named(enter: Enter, world: World) -> None:
    client, staff = enter("system_admin"), world.staff["handler"]
    page = f"/console/people/{staff.pk}/base"
    assert client.post(page, {"capacity": 8, "lon": 120.005, "lat": 30.005}).status_code == 302
    for given, field in (
        ({"capacity": 0}, "capacity"),
        ({"capacity": 8, "lon": 120}, "lat"),
        ({"capacity": 8, "lon": 30, "lat": 120}, "lat"),
    ):
        assert list(client.post(page, given).context["form"].errors) == [field]
    staff.refresh_from_db()
    assert (staff.capacity, staff.home_lon) == (8, 120.005)


def posting(world: World, **changes: Any) -> dict[str, Any]:
    given = {
        "grid": world.areas["G2"],
        "duty": "grid_leader",
        "valid_from": str(DAY),
        "valid_until": "",
    }
    return {**given, **changes}


def test_a_grid_is_given_taken_over_and_ended(enter: Enter, world: World) -> None:
    client = enter("system_admin")
    first, second = world.staff["clerk"], world.staff["checker"]
    tomorrow = str(DAY + timedelta(days=1))

    client.post(f"/console/people/{first.pk}/grids", posting(world))
    page = f"/console/people/{second.pk}/grids"
    refused = client.post(page, posting(world, valid_from=tomorrow))
    taken = client.post(page, posting(world, valid_from=tomorrow, take_over="on"))

    assert (refused.status_code, list(refused.context["form"].errors)) == (409, ["take_over"])
    assert "网格长是槐树里小褚" in refused.content.decode()
    assert taken.status_code == 302
    old, new = GridPosting.objects.filter(grid_id=world.areas["G2"]).order_by("id")
    assert (old.valid_until, new.staff) == (DAY, second)

    end = f"/console/people/{second.pk}/grids/{new.pk}/end"
    assert list(client.post(end, {"when": "day"}).context["form"].errors) == ["last"]
    assert client.post(end, {"when": "day", "last": "2026-04-01"}).status_code == 302
    new.refresh_from_db()
    assert str(new.valid_until) == "2026-04-01"
    assert client.post(end, {"when": "now"}).status_code == 302
    new.refresh_from_db()
    assert new.valid_until == DAY, "it never came into force"
    assert client.get(f"/console/people/{first.pk}/grids/{new.pk}/end").status_code == 404


def test_without_a_grid_the_field_is_named(enter: Enter, world: World) -> None:
    page = f"/console/people/{world.staff['clerk'].pk}/grids"
    for grid in ("", "999999"):
        answer = enter("system_admin").post(page, posting(world, grid=grid))
        assert list(answer.context["form"].errors) == ["grid"]


def test_where_there_are_many_grids_one_is_named_by_its_code(
    enter: Enter, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.screens.console.people.forms.MOST_GRIDS", 2)
    client, page = enter("system_admin"), f"/console/people/{world.staff['clerk'].pk}/grids"

    wrong = client.post(page, posting(world, grid="", grid_code="123"))
    none = client.post(page, posting(world, grid=""))
    good = client.post(page, posting(world, grid="", grid_code="990101001001002"))

    assert list(wrong.context["form"].errors) == ["grid_code"]
    assert list(none.context["form"].errors) == ["grid"]
    assert good.status_code == 302
    assert GridPosting.objects.filter(
        staff=world.staff["clerk"], grid_id=world.areas["G2"]
    ).exists()
