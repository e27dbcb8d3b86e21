"""代班 and 交接 by pages: the own ones, those of others, and who may not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from linli.cases.flow import Stage
from linli.cases.models import Case
from linli.kernel.access.models import Account, PostHolding
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.matters.models import Deputy
from linli.screens.console.tests.office import Enter
from tests.walks import opened, walk_to
from tests.world import DAY, POSTS, World

OWN = "/console/deputies"


def form(world: World) -> dict[str, object]:
    return {
        "deputy": world.staff["unit_leader"].pk, "valid_from": str(DAY),
        "valid_until": str(DAY + timedelta(days=2)), "reason": "年休假",
    }  # fmt: skip


@pytest.mark.parametrize("who", POSTS)
def test_everybody_opens_the_own_page_and_one_administrator_the_others(
    enter: Enter, world: World, who: str
) -> None:
    client, page = enter(who), f"/console/people/{world.staff['handler'].pk}"
    expected = 200 if who == "system_admin" else 403
    assert client.get(OWN).status_code == 200
    for form_page in ("deputies", "handing"):
        assert client.get(f"{page}/{form_page}").status_code == expected
    if who != "system_admin":
        assert client.post(f"{page}/deputies", form(world)).status_code == 403
        assert client.post(f"{page}/handing").status_code == 403
    assert not Deputy.objects.exists()


def test_a_handler_names_a_deputy_and_ends_it(enter: Enter, world: World) -> None:
    client = enter("handler")
    assert "没有指定代班的同事" in client.get(OWN).content.decode()

    assert client.post(OWN, form(world)).status_code == 302
    again = client.post(OWN, form(world))

    assert again.status_code == 409
    assert "已由城管老许代班" in again.content.decode()
    row = Deputy.objects.get()
    assert (row.staff, row.reason) == (world.staff["handler"], "年休假")
    assert "年休假" in client.get(OWN).content.decode()
    assert "代谁的班" in enter("unit_leader").get(OWN).content.decode()
    stranger = enter("grid_worker")
    there, nowhere = (stranger.post(f"{OWN}/{pk}/end") for pk in (row.pk, row.pk + 1))
    assert (there.status_code, nowhere.status_code) == (404, 404), "nobody learns which exist"
    assert client.post(f"{OWN}/{row.pk}/end").headers["Location"] == OWN
    row.refresh_from_db()
    assert row.ended_at is not None


def test_an_administrator_names_one_for_somebody_and_ends_it(enter: Enter, world: World) -> None:
    client, page = enter("system_admin"), f"/console/people/{world.staff['handler'].pk}/deputies"
    assert client.post(page, form(world)).headers["Location"] == page
    row = Deputy.objects.get()
    assert client.post(f"{OWN}/{row.pk}/end").headers["Location"] == page
    wrong = client.post(page, {})
    assert set(wrong.context["form"].errors) == {"deputy", "valid_from", "valid_until"}


def test_everything_in_hand_is_handed_to_a_colleague(enter: Enter, world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    staff, to = world.staff["handler"], world.staff["unit_leader"]
    client, page = enter("system_admin"), f"/console/people/{staff.pk}"
    assert f"{page}/handing" in client.get(page).content.decode()
    listed = client.post(f"{page}/handing", {"to": to.pk})
    words = listed.content.decode()
    assert "交给城管老许：1 件" in words
    assert case.title.plain in words
    assert Case.objects.get(pk=case.pk).owner == staff, "looked at, not done"
    confirmed = {name: listed.context["form"][name].value() for name in ("to", "confirmed")}
    answer = client.post(f"{page}/handing", confirmed, follow=True)
    assert "已交接 1 件。" in answer.content.decode()
    assert Case.objects.get(pk=case.pk).owner == to
    assert f"{page}/handing" not in client.get(page).content.decode()


def test_the_list_names_what_stays_because_nobody_may_take_it(enter: Enter, world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    PostHolding.objects.exclude(account__username__in=("handler", "system_admin")).delete()
    forget_everything()
    client, page = enter("system_admin"), f"/console/people/{world.staff['handler'].pk}"
    words = client.post(f"{page}/handing", {"to": ""}).content.decode()
    assert "1 件留下：没有岗位能办" in words
    assert case.title.plain in words
    nothing = client.post(f"/console/people/{world.staff['leader'].pk}/handing", {"to": ""})
    assert "手上没有事项" in nothing.content.decode()


def test_the_page_says_what_the_deputy_cannot_do(enter: Enter, world: World) -> None:
    walk_to(world, opened(world), Stage.HANDLING)
    client = enter("handler")
    client.post(OWN, form(world))
    assert "的岗位办不了" not in client.get(OWN).content.decode()
    PostHolding.objects.filter(account__username="unit_leader").delete()
    assert "城管老许的岗位办不了其中的：案件 1 件" in client.get(OWN).content.decode()
    Account.objects.filter(username="unit_leader").update(is_active=False)
    assert "城管老许的岗位办不了其中的：案件 1 件" in client.get(OWN).content.decode()
