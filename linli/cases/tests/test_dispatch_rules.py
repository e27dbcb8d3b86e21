"""Rules of dispatch at work: in triage, on the way to the unit, when they fail, when they change, and in a trial."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.cases.actions.assigning import plan_dispatch
from linli.cases.actions.dispatch_rules import (
    RuleDraft,
    change_rule,
    content_of,
    draft_of,
    make_rule,
    move_rule,
    restore_rule,
    set_rule_active,
)
from linli.cases.actions.intake import receive_report
from linli.cases.actions.moving import make_move
from linli.cases.catalogue.ruling.errors import BadRule, RuleChanged
from linli.cases.catalogue.ruling.queries import (
    alarms_of,
    findings_of,
    rule_for,
    rules_for,
    versions_of,
)
from linli.cases.dispatch_trial import try_rules
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import (
    Case,
    DispatchRule,
    DispatchRuleAlarm,
    DispatchRuleVersion,
    Report,
)
from linli.cases.suggesting.duty import suggest_organization
from linli.kernel.access.models import Role
from linli.kernel.access.queries import RESIDENT
from linli.kernel.audit.models import AuditLine
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.jobs.models import Job
from linli.kernel.jobs.queue import run_due
from linli.kernel.notify.models import Notice
from tests.walks import RUBBISH, opened, walk_to
from tests.world import DAY, MONDAY, World

KEEPER = "system_admin"
SATURDAY = MONDAY + timedelta(days=5)


def draft(name: str = "垃圾归水务", **more: Any) -> RuleDraft:
    return RuleDraft(name=name, valid_from=DAY, **more)


@contextmanager
def at_once() -> Iterator[None]:
    """A changed rule counts after three seconds; the tests do not wait."""
    yield
    forget_everything()


def made(world: World, name: str = "垃圾归水务", **more: Any) -> DispatchRule:
    more.setdefault("organization", world.organizations["SW"].pk)
    with at_once():
        return make_rule(draft(name, **more), reason="试点", by=world.actors[KEEPER], now=MONDAY)


def test_a_rule_goes_before_the_duty_catalogue_and_says_its_name(world: World) -> None:
    made(world, words=("垃圾",))

    case = opened(world)

    assert case.suggestion["organization"]["name"] == "水务所"
    assert case.suggestion["organization"]["sentence"] == "派遣规则“垃圾归水务”：由水务所承办。"
    assert case.suggestion["rule"]["name"] == "垃圾归水务"
    case = walk_to(world, case, Stage.TO_DISPATCH)
    assert suggest_organization(case, now=MONDAY) == (
        world.organizations["SW"],
        "派遣规则“垃圾归水务”：由水务所承办。",
    )
    plan = plan_dispatch(by=world.actors["dispatcher"], now=MONDAY)
    units = [one.organization for one in plan.proposals] + [one.organization for one in plan.left]
    assert units == [world.organizations["SW"]]


@pytest.mark.parametrize(
    ("conditions", "fits"),
    [
        ({"classes": ("E01",)}, True),
        ({"classes": ("C01",)}, False),
        ({"areas": "C1"}, True),
        ({"areas": "C2"}, False),
        ({"channels": ("web",)}, True),
        ({"channels": ("phone",)}, False),
        ({"words": ("三天没人", "噪声")}, True),
        ({"urgent": False}, True),
        ({"urgent": True}, False),
        ({"working": True}, True),
        ({"working": False}, False),
        ({"sources": ("12345",)}, False),
    ],
)
def test_every_condition_counts(world: World, conditions: dict[str, Any], *, fits: bool) -> None:
    if "areas" in conditions:
        conditions = {"areas": (world.areas[conditions["areas"]],)}
    made(world, **conditions)
    name = "水务所" if fits else "城管队"
    assert opened(world).suggestion["organization"]["name"] == name


def test_the_source_is_that_of_the_first_report_also_later(world: World) -> None:
    made(world, sources=("12345",))
    case = opened(world, replace(RUBBISH, source_system="12345"))
    assert case.suggestion["organization"]["name"] == "水务所"
    case = walk_to(world, case, Stage.TO_DISPATCH)
    found, _why = suggest_organization(case, now=MONDAY)
    assert found == world.organizations["SW"]


def test_working_time_is_that_of_the_report(world: World) -> None:
    made(world, working=False)
    receipt = receive_report(RUBBISH, by=RESIDENT, now=SATURDAY)
    run_due(now=SATURDAY)
    case = Report.objects.get(pk=receipt.report_id).case
    assert case is not None
    assert case.suggestion["organization"]["name"] == "水务所"
    found, _why = suggest_organization(case, now=SATURDAY + timedelta(days=2))
    assert found == world.organizations["SW"], "on Monday as well: it came in on a Saturday"


def test_a_rule_makes_urgent_and_tags_and_leaves_the_unit_to_the_catalogue(world: World) -> None:
    made(world, "雨天优先", words=("垃圾",), organization=None, makes_urgent=True, tag="汛期")

    case = opened(world)

    assert (case.urgent, case.suggestion["rule"]["tag"]) == (True, "汛期")
    assert case.suggestion["urgent"]["sentence"] == "紧急：派遣规则“雨天优先”。"
    assert case.suggestion["organization"]["name"] == "城管队"
    case = walk_to(world, case, Stage.TO_DISPATCH)
    assert case.urgent, "受理 does not forget it"
    assert "雨天优先" in suggest_organization(case, now=MONDAY)[1]


def test_a_rule_for_calm_matters_still_fits_after_it_made_one_urgent(world: World) -> None:
    made(world, urgent=False, makes_urgent=True)
    case = walk_to(world, opened(world), Stage.TO_DISPATCH)
    assert case.urgent
    assert suggest_organization(case, now=MONDAY)[0] == world.organizations["SW"]


def test_accepting_as_another_class_asks_the_rules_again(world: World) -> None:
    made(world, classes=("E01",), makes_urgent=True, tag="市容")
    case = opened(world)
    assert case.urgent
    case = make_move(
        case.pk,
        "accept",
        by=world.actors["acceptor"],
        facts=Facts(category=world.cover.pk),
        now=MONDAY,
    )
    assert "rule" not in case.suggestion
    assert case.urgent, "a manhole cover is urgent by its class"
    assert case.suggestion["urgent"]["by_rule"] is False


def test_danger_stays_danger_when_the_class_is_not_an_urgent_one(world: World) -> None:
    case = opened(world, replace(RUBBISH, body="垃圾堆起火了"))
    assert case.urgent
    assert walk_to(world, case, Stage.TO_DISPATCH).urgent


def test_a_rule_may_name_a_post(world: World) -> None:
    post = Role.objects.get(code="grid_worker")
    made(world, "网格自办", organization=None, post=post.pk)

    case = opened(world)

    told = case.suggestion["organization"]
    assert told["worker"] == world.staff["grid_worker"].pk, "小李 looks after grid one"
    assert told["sentence"] == "派遣规则“网格自办”：由城运中心的网格员小李承办。"


def test_a_post_nobody_holds_here_is_skipped(world: World) -> None:
    made(world, "网格长办", organization=None, post=Role.objects.get(code="grid_leader").pk)
    told = opened(world).suggestion["organization"]
    assert told["name"] == "城管队"
    assert "网格长" in told["sentence"]


def test_a_stopped_or_expired_rule_does_nothing(world: World) -> None:
    rule = made(world)
    with at_once():
        set_rule_active(rule.pk, active=False, reason="暂停", by=world.actors[KEEPER], now=MONDAY)
    assert opened(world).suggestion["organization"]["name"] == "城管队"
    made(world, "只到昨天", valid_until=DAY)
    later = MONDAY + timedelta(days=1)
    receive_report(replace(RUBBISH, lon=120.015, title="另一处"), by=RESIDENT, now=later)
    run_due(now=later)
    assert Case.objects.latest("pk").suggestion["organization"]["name"] == "城管队"


def retire(world: World, code: str) -> None:
    unit = world.organizations[code]
    unit.retired_at = MONDAY
    unit.save()
    forget_everything()


def test_a_rule_pointing_at_a_retired_unit_never_holds_up_a_case_and_alarms_once(
    world: World,
) -> None:
    rule = made(world)
    retire(world, "SW")

    first = opened(world)
    second = opened(world, replace(RUBBISH, lon=120.015, title="另一处", body="别的垃圾"))

    for case in (first, second):
        assert case.suggestion["organization"]["name"] == "城管队"
        assert (
            "派遣规则“垃圾归水务”没有生效（承办单位已停用）"
            in (case.suggestion["organization"]["sentence"])
        )
    alarm = DispatchRuleAlarm.objects.get()
    assert (alarm.rule_id, alarm.reason, alarm.case) == (rule.pk, "承办单位已停用", first)
    notices = Notice.objects.filter(about__startswith="rule:")
    assert [one.staff_id for one in notices] == [world.staff[KEEPER].pk]
    assert notices[0].link == f"/console/rules/{rule.pk}"
    since = MONDAY - timedelta(days=1)
    assert alarms_of(world.actors[KEEPER], since=since) == {rule.pk: alarm}
    walk_to(world, first, Stage.CLOSED)
    assert DispatchRuleAlarm.objects.count() == 1, "once per rule and hour"


def test_the_next_hour_alarms_again(world: World) -> None:
    made(world)
    retire(world, "SW")
    opened(world)
    later = MONDAY + timedelta(hours=1)
    receive_report(replace(RUBBISH, lon=120.015, title="另一处"), by=RESIDENT, now=later)
    run_due(now=later)
    assert DispatchRuleAlarm.objects.count() == 2


def test_an_office_without_a_keeper_tells_its_dispatchers(world: World) -> None:
    made(world)
    retire(world, "SW")
    role = Role.objects.get(code="system_admin")
    role.permissions = []
    role.save()
    forget_everything()
    opened(world)
    told = Notice.objects.filter(about__startswith="rule:").values_list("staff_id", flat=True)
    assert set(told) == {world.staff["dispatcher"].pk, world.staff["leader"].pk}


@pytest.mark.parametrize(
    "stored",
    [
        {"classes": "E01"},
        {"areas": ["one"]},
        {"words": [1]},
        {"urgent": "yes"},
        ["words"],
    ],
)
def test_a_rule_with_unreadable_content_never_holds_up_a_case(world: World, stored: Any) -> None:
    rule = made(world)
    DispatchRule.objects.filter(pk=rule.pk).update(conditions=stored)
    forget_everything()

    case = opened(world)

    assert case.suggestion["organization"]["name"] == "城管队"
    assert "条件无法读取" in DispatchRuleAlarm.objects.get().reason
    assert not Job.objects.filter(done_at=None).exists()
    (finding,) = findings_of(rules_for(world.actors[KEEPER]), today=DAY)[rule.pk]
    assert finding.kind == "failing"


def test_a_rule_that_needs_a_calendar_nobody_loaded_is_skipped(world: World) -> None:
    made(world, working=True)
    far = MONDAY.replace(year=2051)
    receive_report(RUBBISH, by=RESIDENT, now=far)
    run_due(now=far)
    case = Case.objects.get()
    assert case.suggestion["organization"]["name"] == "城管队"
    assert DispatchRuleAlarm.objects.count() == 1


def test_what_rules_say_of_themselves(world: World) -> None:
    wide = made(world, "所有垃圾", words=("垃圾",))
    narrow = made(world, "楼下垃圾", words=("楼下的垃圾",), organization=None, tag="楼下")
    dead = made(world, "旧类别", classes=("Z99",))
    keeper = world.actors[KEEPER]

    found = findings_of(rules_for(keeper), today=DAY)

    assert {pk: [one.kind for one in told] for pk, told in found.items()} == {
        narrow.pk: ["shadowed"],
        dead.pk: ["dead"],
    }
    assert "所有垃圾" in found[narrow.pk][0].reason
    retire(world, "SW")
    found = findings_of(rules_for(keeper), today=DAY)
    assert [one.kind for one in found[wide.pk]] == ["failing"]
    assert narrow.pk not in found, "a rule that fails throws no shadow"


def test_every_change_is_a_version_with_its_author_and_reason(world: World) -> None:
    keeper = world.actors[KEEPER]
    rule = made(world, words=("垃圾",))
    changed = draft(words=("垃圾", "渣土"), organization=world.organizations["SW"].pk)
    change_rule(rule.pk, changed, version=1, reason="渣土也归水务", by=keeper, now=MONDAY)
    set_rule_active(rule.pk, active=False, reason="暂停", by=keeper, now=MONDAY)
    set_rule_active(rule.pk, active=False, reason="暂停", by=keeper, now=MONDAY)
    restored = restore_rule(rule.pk, number=1, reason="改错了", by=keeper, now=MONDAY)

    assert restored.conditions == {"words": ["垃圾"]}
    assert restored.active
    told = versions_of(keeper, restored)
    assert [(one.number, one.what, one.by_name, one.reason) for one in told] == [
        (4, "restored", "管理员小卫", "恢复第 1 版：改错了"),
        (3, "stopped", "管理员小卫", "暂停"),
        (2, "changed", "管理员小卫", "渣土也归水务"),
        (1, "made", "管理员小卫", "试点"),
    ]
    assert draft_of(content_of(restored)) == draft(
        words=("垃圾",), organization=world.organizations["SW"].pk
    )
    lines = AuditLine.objects.filter(action__contains="dispatch_rules", result="done")
    assert lines.count() == 5


def test_rules_change_places_one_step_at_a_time(world: World) -> None:
    keeper = world.actors[KEEPER]
    first, second, third = (made(world, name) for name in ("甲", "乙", "丙"))

    def order() -> list[str]:
        return [one.name for one in rules_for(keeper)]

    move_rule(third.pk, up=True, by=keeper, now=MONDAY)
    assert order() == ["甲", "丙", "乙"]
    move_rule(first.pk, up=False, by=keeper, now=MONDAY)
    assert order() == ["丙", "甲", "乙"]
    move_rule(second.pk, up=False, by=keeper, now=MONDAY)
    move_rule(third.pk, up=True, by=keeper, now=MONDAY)
    assert order() == ["丙", "甲", "乙"], "the ends of the list"
    assert [one.position for one in rules_for(keeper)] == [1, 2, 3]
    last = DispatchRuleVersion.objects.filter(rule=first).latest("number")
    assert (last.what, last.reason) == ("moved", "从第 1 位移到第 2 位") or last.number == 2


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "长" * 61}, "name"),
        ({"name": "已有的"}, "name"),
        ({"organization": 0}, "organization"),
        ({"organization": None}, "organization"),
        ({"post": "handler"}, "post"),
        ({"organization": None, "post": "audit_admin"}, "post"),
        ({"channels": ("pigeon",)}, "channels"),
        ({"areas": (999_999,)}, "areas"),
        ({"words": ("坏",)}, "words"),
        ({"words": tuple(f"词语{n}" for n in range(301))}, "words"),
        ({"tag": "长" * 21}, "tag"),
        ({"valid_until": DAY - timedelta(days=1)}, "valid_until"),
        ({"words": ("缠访",)}, "words"),
        ({"words": ("某某教徒",)}, "words"),
        ({"words": ("王奶奶",)}, "words"),
        ({"words": ("19900001234",)}, "words"),
        ({"sources": ("重点人员系统",)}, "sources"),
        ({"name": "少数民族来件"}, "name"),
        ({"tag": "刑满"}, "tag"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field(
    world: World, more: dict[str, Any], field: str
) -> None:
    made(world, "已有的")
    facts: dict[str, Any] = {"organization": world.organizations["SW"].pk, **more}
    if isinstance(facts.get("post"), str):
        facts["post"] = Role.objects.get(code=facts["post"]).pk
    name = facts.pop("name", "新规则")
    with pytest.raises(BadRule) as refused:
        make_rule(draft(name, **facts), reason="试点", by=world.actors[KEEPER], now=MONDAY)
    assert refused.value.field == field
    assert DispatchRule.objects.count() == 1


def test_words_about_matters_are_taken(world: World) -> None:
    words = ("扰民", "井盖", "电动车充电", "老人助餐点漏水", "学校门口", "宠物粪便")
    assert made(world, words=words).conditions["words"] == sorted(words)


def test_who_may_not_keep_rules(world: World) -> None:
    rule = made(world)
    for who in ("dispatcher", "leader", "handler", "security_admin"):
        with pytest.raises(NotAllowed):
            make_rule(draft("别的"), reason="试", by=world.actors[who], now=MONDAY)
    assert rule_for(world.actors["dispatcher"], rule.pk) == rule
    with pytest.raises(NotAllowed):
        rules_for(world.actors["handler"])
    with pytest.raises(NotAllowed):
        try_rules([], [], by=world.actors["handler"], now=MONDAY)


def test_a_change_to_an_old_version_or_to_nothing_is_refused(world: World) -> None:
    keeper = world.actors[KEEPER]
    rule = made(world)
    with pytest.raises(RuleChanged):
        change_rule(rule.pk, draft(), version=7, reason="改", by=keeper, now=MONDAY)
    with pytest.raises(NotFound):
        move_rule(0, up=True, by=keeper, now=MONDAY)
    with pytest.raises(NotFound):
        restore_rule(rule.pk, number=9, reason="改", by=keeper, now=MONDAY)
    with pytest.raises(NotFound):
        rule_for(keeper, 0)


def test_there_are_not_more_rules_than_anybody_can_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.cases.actions.dispatch_rules.MOST_RULES", 1)
    made(world)
    with pytest.raises(BadRule, match="最多 1 条"):
        made(world, "第二条")


def test_rules_cost_no_query_per_case(world: World) -> None:
    made(world, words=("垃圾",))
    opened(world)
    rows = list(Case.objects.select_related("category"))
    suggest_organization(rows[0], now=MONDAY)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        suggest_organization(rows[0], now=MONDAY)
    assert len(asked) == 0
