"""派遣规则 on the pages: the list and its order, writing, trying, stopping, going back; and nobody else."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.cases.actions.dispatch_rules import RuleDraft, make_rule
from linli.cases.flow import Stage
from linli.cases.models import DispatchRule, DispatchRuleVersion
from linli.kernel.engine.remembered import forget_everything
from linli.screens.console.tests.office import Enter, opened
from tests.walks import walk_to
from tests.world import DAY, MONDAY, World

KEEPER = "system_admin"


def made(world: World, name: str = "垃圾归水务", **more: Any) -> DispatchRule:
    more.setdefault("organization", world.organizations["SW"].pk)
    more.setdefault("words", ("垃圾",))
    draft = RuleDraft(name=name, valid_from=DAY, **more)
    rule = make_rule(draft, reason="试点", by=world.actors[KEEPER], now=MONDAY)
    forget_everything()
    return rule


def form_of(world: World, **more: str) -> dict[str, str]:
    return {
        "name": "夜间噪声", "words": "噪声\n扰民", "organization": str(world.organizations["CG"].pk),
        "valid_from": "2026-03-09", "reason": "夏天投诉多", "version": "1", **more,
    }  # fmt: skip


def test_the_list_shows_order_conditions_effect_and_what_is_wrong(
    world: World, enter: Enter
) -> None:
    made(world)
    made(world, "楼下垃圾", words=("楼下的垃圾",), areas=(world.areas["C1"],), urgent=True)
    page = enter("dispatcher").get("/console/rules")
    first, second = page.context["rows"]
    assert (first["rule"].name, first["conditions"], first["effect"]) == (
        "垃圾归水务",
        [("有词", "垃圾")],
        ["由水务所承办"],
    )
    assert ("地点", "槐树里社区") in second["conditions"]
    assert ("紧急程度", "紧急") in second["conditions"]
    assert "垃圾归水务" in second["findings"][0]["reason"]
    assert "上移" not in page.content.decode(), "a dispatcher looks, the keeper changes"


def test_a_rule_is_written_and_found_at_work(world: World, enter: Enter) -> None:
    client = enter(KEEPER)
    answer = client.post("/console/rules/new", form_of(world))
    rule = DispatchRule.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/console/rules/{rule.pk}")
    assert rule.conditions == {"words": ["噪声", "扰民"]}
    assert DispatchRuleVersion.objects.get().reason == "夏天投诉多"
    page = client.get(f"/console/rules/{rule.pk}").content.decode()
    assert "夏天投诉多" in page
    changed = form_of(
        world, words="噪声", classes="E01", channels="web", working="no", sources="12345，x"
    )
    assert client.post(f"/console/rules/{rule.pk}/edition", changed).status_code == 302
    rule.refresh_from_db()
    assert rule.conditions == {
        "words": ["噪声"], "classes": ["E01"], "channels": ["web"], "working": False, "sources": ["12345", "x"],
    }  # fmt: skip
    shown = client.get(f"/console/rules/{rule.pk}/edition").context["form"]
    assert (shown["words"].value(), shown["working"].value()) == ("噪声", "no")


def test_wrong_fields_are_named_and_nothing_is_kept(world: World, enter: Enter) -> None:
    client = enter(KEEPER)
    for given, field in (
        ({"words": "缠访"}, "words"),
        ({"organization": ""}, "organization"),
        ({"reason": ""}, "reason"),
        ({"valid_from": "明天"}, "valid_from"),
    ):
        answer = client.post("/console/rules/new", form_of(world, **given))
        assert answer.status_code == 422
        assert field in answer.context["form"].errors
    assert not DispatchRule.objects.exists()


def test_a_change_to_an_old_version_is_refused(world: World, enter: Enter) -> None:
    rule = made(world)
    answer = enter(KEEPER).post(f"/console/rules/{rule.pk}/edition", form_of(world, version="9"))
    assert answer.status_code == 409
    assert "刚被别人改过" in answer.content.decode()


def test_a_draft_is_tried_and_nothing_is_kept(world: World, enter: Enter) -> None:
    walk_to(world, opened(), Stage.TO_DISPATCH)
    given = form_of(world, words="垃圾", organization=str(world.organizations["SW"].pk))
    answer = enter(KEEPER).post(
        "/console/rules/new", {**given, "name": "", "reason": "", "trial": "1"}
    )
    (change,) = answer.context["trial"].changes
    assert (change.before, change.after, change.count, change.cases) == ("城管队", "水务所", 1, [])
    assert not DispatchRule.objects.exists()
    rule = made(world)
    answer = enter(KEEPER).post(
        f"/console/rules/{rule.pk}/edition", {**form_of(world, words="井盖"), "trial": "1"}
    )
    assert [(one.before, one.after) for one in answer.context["trial"].changes] == [
        ("水务所", "城管队")
    ]
    bad = {**form_of(world, words="缠访"), "trial": "1"}
    assert enter(KEEPER).post("/console/rules/new", bad).status_code == 422


def test_the_trial_of_all_rules_shows_examples_to_the_dispatcher(
    world: World, enter: Enter
) -> None:
    case = walk_to(world, opened(), Stage.TO_DISPATCH)
    made(world)
    made(world, "没用的", words=("噪声",))
    page = enter("dispatcher").get("/console/rules/trial")
    assert [row["decided"] for row in page.context["rows"]] == [1, 0]
    assert case.title.plain in page.content.decode()
    assert "没有一件符合" in page.content.decode()


def test_a_rule_is_moved_with_the_keyboard_and_the_focus_stays(world: World, enter: Enter) -> None:
    made(world)
    second = made(world, "第二条")
    client = enter(KEEPER)
    answer = client.post(f"/console/rules/{second.pk}/position", {"direction": "up"})
    assert answer.headers["Location"] == f"/console/rules#up-{second.pk}"
    names = [row["rule"].name for row in client.get("/console/rules").context["rows"]]
    assert names == ["第二条", "垃圾归水务"]
    client.post(f"/console/rules/{second.pk}/position", {"direction": "down"})
    assert DispatchRule.objects.get(pk=second.pk).position == 2


def test_a_rule_is_stopped_and_an_earlier_version_restored(world: World, enter: Enter) -> None:
    rule = made(world)
    client = enter(KEEPER)
    state, back = f"/console/rules/{rule.pk}/state", f"/console/rules/{rule.pk}/restoration"
    client.post(state, {"active": "no"})
    assert DispatchRule.objects.get().active, "not without a reason"
    client.post(state, {"active": "no", "reason": "暂停"})
    assert not DispatchRule.objects.get().active
    page = client.get(f"/console/rules/{rule.pk}")
    assert "已停用" in page.content.decode()
    client.post(back, {"number": "1"})
    assert not DispatchRule.objects.get().active, "not without a reason"
    client.post(back, {"number": "1", "reason": "又要用"})
    assert DispatchRule.objects.get().active
    world.organizations["SW"].retired_at = MONDAY
    world.organizations["SW"].save()
    answer = client.post(back, {"number": "1", "reason": "又要用"}, follow=True)
    assert "已停用，请重新选择" in answer.content.decode()


def test_a_rule_with_unreadable_content_can_be_opened_and_mended(
    world: World, enter: Enter
) -> None:
    rule = made(world)
    client = enter(KEEPER)
    for stored in ({"words": 7, "urgent": "x"}, ["x"]):
        DispatchRule.objects.filter(pk=rule.pk).update(conditions=stored)
        for address in ("/console/rules", f"/console/rules/{rule.pk}", "/console/rules/trial"):
            assert client.get(address).status_code == 200
        assert client.get(f"/console/rules/{rule.pk}/edition").status_code == 200
    mended = form_of(world)
    assert client.post(f"/console/rules/{rule.pk}/edition", mended).status_code == 302


def test_only_the_keeper_changes_rules(world: World, enter: Enter) -> None:
    rule = made(world)
    for who in ("dispatcher", "leader", "handler", "acceptor", "security_admin"):
        client = enter(who)
        for address in ("new", f"{rule.pk}/edition"):
            assert client.get(f"/console/rules/{address}").status_code == 403
        for address in ("position", "state", "restoration"):
            answer = client.post(f"/console/rules/{rule.pk}/{address}", {"reason": "x"})
            assert answer.status_code == 403
    assert enter("handler").get("/console/rules").status_code == 403
    assert enter(KEEPER).get("/console/rules/999").status_code == 404


def test_the_list_asks_the_same_for_one_rule_and_for_many(world: World, enter: Enter) -> None:
    client = enter(KEEPER)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/console/rules")
        return len(queries)

    made(world)
    client.get("/console/rules")
    one = asked()
    for number in range(5):
        made(world, f"规则{number}")
    client.get("/console/rules")
    assert asked() == one
