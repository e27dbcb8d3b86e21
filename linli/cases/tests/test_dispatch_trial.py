"""Rules tried on the last cases: what would have gone elsewhere, shown to whom, and nothing written."""

from __future__ import annotations

from dataclasses import replace

from linli.cases.actions.dispatch_rules import set_rule_active
from linli.cases.actions.moving import make_move
from linli.cases.catalogue.ruling.queries import rules_for
from linli.cases.dispatch_trial import idle_words, try_rules
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import Case, CaseMove, DispatchRule
from linli.cases.tests.test_dispatch_rules import KEEPER, at_once, made, retire
from linli.kernel.access.models import Role
from tests.walks import RUBBISH, opened, walk_to
from tests.world import MONDAY, World


def test_a_trial_says_what_would_have_changed_and_writes_nothing(world: World) -> None:
    dispatched = walk_to(world, opened(world), Stage.TO_SIGN)
    opened(world, replace(RUBBISH, lon=120.025, title="三网格", body="垃圾太多"))
    rule = made(world, words=("垃圾",), areas=(world.areas["G1"],), makes_urgent=True)
    idle = made(world, "没用的", words=("噪声",))
    behind = made(world, "后面的", words=("三天没人清",))
    rows = rules_for(world.actors["dispatcher"])
    before = (Case.objects.values_list().order_by("pk"), CaseMove.objects.count())
    state = [list(before[0]), before[1]]

    trial = try_rules([], rows, by=world.actors["dispatcher"], now=MONDAY)

    (change,) = trial.changes
    assert (trial.cases, trial.moved, trial.urgent) == (2, 1, 1)
    assert (change.before, change.after, change.count, change.already) == ("城管队", "水务所", 1, 0)
    assert change.cases == [dispatched]
    assert (trial.fitted[rule.pk], trial.decided[rule.pk]) == (1, 1)
    assert idle_words(trial, rule.pk) == ""
    assert idle_words(trial, idle.pk) == "最近 2 件案件中没有一件符合。"
    assert idle_words(trial, behind.pk) == "最近 2 件中有 1 件符合，但都先由前面的规则决定。"
    assert [list(Case.objects.values_list().order_by("pk")), CaseMove.objects.count()] == state


def test_a_trial_counts_how_often_the_case_really_went_there(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_DISPATCH)
    facts = Facts(organization=world.organizations["SW"].pk)
    make_move(case.pk, "dispatch", by=world.actors["dispatcher"], facts=facts, now=MONDAY)
    made(world, words=("垃圾",))
    rows = rules_for(world.actors["dispatcher"])
    (change,) = try_rules([], rows, by=world.actors["dispatcher"], now=MONDAY).changes
    assert change.already == 1


def test_a_trial_shows_cases_only_to_those_who_may_open_them(world: World) -> None:
    opened(world)
    made(world, words=("垃圾",), sources=())
    rows = rules_for(world.actors[KEEPER])
    (change,) = try_rules([], rows, by=world.actors[KEEPER], now=MONDAY).changes
    assert (change.count, change.cases) == (1, [])


def test_a_trial_knows_failing_rules_posts_and_sources(world: World) -> None:
    opened(world, replace(RUBBISH, source_system="12345"))
    post = made(world, "网格", organization=None, post=Role.objects.get(code="grid_worker").pk)
    with at_once():
        set_rule_active(post.pk, active=False, reason="试", by=world.actors[KEEPER], now=MONDAY)
    gone = made(world, "给水务", sources=("12345",))
    keeper = world.actors[KEEPER]
    first = try_rules([], rules_for(keeper), by=keeper, now=MONDAY)
    assert [one.after for one in first.changes] == ["水务所"]
    DispatchRule.objects.filter(pk=post.pk).update(active=True)
    with_post = try_rules([], rules_for(keeper), by=keeper, now=MONDAY)
    assert [one.after for one in with_post.changes] == ["岗位：网格员"]
    DispatchRule.objects.filter(pk=post.pk).update(active=False)
    retire(world, "SW")
    failing = try_rules([], rules_for(keeper), by=keeper, now=MONDAY)
    assert failing.changes == []
    assert idle_words(failing, gone.pk) == "没有生效：承办单位已停用。"
