"""代班: who may name whom, on which days, and what the other one then finds in the inbox."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from linli.kernel.acting import Actor
from linli.kernel.audit.models import AuditLine
from linli.kernel.errors import LinliError, NotAllowed, NotFound
from linli.kernel.matters.deputies import (
    MOST_DAYS,
    colleagues_of,
    deputies_of,
    end_all_deputies,
    end_deputy,
    name_deputy,
    standing_in,
)
from linli.kernel.matters.errors import DeputyInvalid, DeputyTaken
from linli.kernel.matters.inbox import stood_in_for
from linli.kernel.matters.models import Deputy
from linli.kernel.notify.models import Notice
from tests.world import DAY, MONDAY, POSTS, World

WEDNESDAY = DAY + timedelta(days=2)


def named(world: World, who: str = "handler", **changes: Any) -> Deputy:
    """城管老许 stands in for 城管小冯 from Monday to Wednesday, unless `changes` say otherwise."""
    by: Actor = changes.pop("by", world.actors[who])
    given = {
        "deputy_id": world.staff["unit_leader"].pk,
        "valid_from": DAY,
        "valid_until": WEDNESDAY,
    }
    return name_deputy(world.staff[who].pk, **{**given, **changes}, by=by, now=MONDAY)


@pytest.mark.parametrize("who", POSTS)
def test_only_the_person_and_the_system_administrator_name_a_deputy(world: World, who: str) -> None:
    if who in ("handler", "system_admin"):
        assert named(world, by=world.actors[who]).named_by == world.staff[who]
        return
    with pytest.raises(NotAllowed):
        named(world, by=world.actors[who])
    assert not Deputy.objects.exists()
    assert AuditLine.objects.filter(action="kernel.matters.name_deputy", result="refused").exists()


def test_whoever_stands_in_is_told_once_and_both_days_count(world: World) -> None:
    row = named(world)
    deputy, away = world.staff["unit_leader"], world.staff["handler"]

    assert [one.text for one in Notice.objects.filter(staff=deputy)] == [
        "2026-03-09 至 2026-03-11 由您代城管小冯的班。"
    ]
    assert not Notice.objects.filter(staff=away).exists(), "nobody is told what they did themselves"
    days = [DAY - timedelta(days=1), DAY, WEDNESDAY, WEDNESDAY + timedelta(days=1)]
    found = [bool(stood_in_for(deputy.pk, on=day)) for day in days]
    assert found == [False, True, True, False]
    assert deputies_of(away.pk, on=DAY) == standing_in(deputy.pk, on=DAY) == [row]
    assert AuditLine.objects.filter(action="kernel.matters.name_deputy", result="done").count() == 1


def test_an_administrator_who_names_one_tells_both(world: World) -> None:
    named(world, by=world.actors["system_admin"])
    assert Notice.objects.get(staff=world.staff["handler"]).text.endswith("由城管老许代您的班。")


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"deputy": "handler"}, "deputy", "本人"),
        ({"deputy": "other_handler"}, "deputy", "同一单位"),
        ({"deputy": ""}, "deputy", "在职的同事"),
        (
            {"valid_until": DAY - timedelta(days=1)},
            "valid_until",
            "2026-03-08 早于第一天 2026-03-09",
        ),
        (
            {"valid_from": DAY - timedelta(days=5), "valid_until": DAY - timedelta(days=1)},
            "valid_until",
            "2026-03-08 已经过去",
        ),
        ({"valid_until": DAY + timedelta(days=MOST_DAYS)}, "valid_until", "超过 190 天"),
        (
            {"valid_from": date(9999, 12, 30), "valid_until": date(9999, 12, 31)},
            "valid_until",
            "太远",
        ),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(
    world: World, changes: dict[str, Any], field: str, words: str
) -> None:
    if "deputy" in changes:
        who = changes["deputy"]
        changes = {"deputy_id": world.staff[who].pk if who else 0}
    with pytest.raises(DeputyInvalid, match=words) as refused:
        named(world, **changes)
    assert refused.value.field == field
    assert not Deputy.objects.exists()


def test_the_longest_absence_is_taken(world: World) -> None:
    assert named(world, valid_until=DAY + timedelta(days=MOST_DAYS - 1)).pk


def test_days_do_not_overlap_and_the_refusal_names_them(world: World) -> None:
    named(world)
    third = world.staff["other_handler"]
    third.organization = world.organizations["CG"]
    third.save()
    after = WEDNESDAY + timedelta(days=1)

    with pytest.raises(DeputyTaken, match="2026-03-09 至 2026-03-11 已由城管老许代班"):
        named(world, deputy_id=third.pk, valid_from=WEDNESDAY, valid_until=after)
    with pytest.raises(DeputyTaken, match="自己不在岗") as refused:
        named(world, "other_handler", deputy_id=world.staff["handler"].pk)
    assert refused.value.field == "deputy"
    with pytest.raises(DeputyTaken, match="正代城管小冯的班"):
        named(world, "unit_leader", deputy_id=third.pk)
    assert Deputy.objects.count() == 1
    assert named(world, deputy_id=third.pk, valid_from=after, valid_until=after).deputy == third


def test_whoever_left_is_no_deputy_and_needs_none(world: World) -> None:
    gone = world.staff["unit_leader"]
    gone.left_at = MONDAY
    gone.save()
    assert gone not in colleagues_of(world.staff["handler"])
    with pytest.raises(DeputyInvalid, match="在职"):
        named(world)
    with pytest.raises(DeputyInvalid, match="办理交接"):
        named(
            world, "unit_leader", deputy_id=world.staff["handler"].pk,
            by=world.actors["system_admin"],
        )  # fmt: skip


def test_it_ends_at_once_and_ending_it_again_changes_nothing(world: World) -> None:
    row, deputy = named(world), world.staff["unit_leader"]
    for who in ("clerk", "leader"):
        with pytest.raises(NotFound, match="没有这次代班"):
            end_deputy(row.pk, by=world.actors[who], now=MONDAY)
    assert stood_in_for(deputy.pk, on=DAY)

    end_deputy(row.pk, by=world.actors["handler"], now=MONDAY)
    again = end_deputy(row.pk, by=world.actors["handler"], now=MONDAY + timedelta(hours=1))

    assert again.ended_at == MONDAY
    assert not stood_in_for(deputy.pk, on=DAY)
    assert Notice.objects.filter(staff=deputy, text__contains="提前结束").count() == 1
    assert named(world).pk != row.pk, "the days are free again"


def test_a_deputy_who_cannot_come_ends_it_and_the_colleague_is_told(world: World) -> None:
    row, deputy = named(world), world.staff["unit_leader"]

    end_deputy(row.pk, by=world.actors["unit_leader"], now=MONDAY)

    assert not stood_in_for(deputy.pk, on=DAY)
    assert Notice.objects.filter(staff=row.staff, text__contains="另选同事").count() == 1


def test_an_unknown_one_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        end_deputy(0, by=world.actors["handler"], now=MONDAY)
    with pytest.raises(LinliError):
        name_deputy(
            0, deputy_id=world.staff["handler"].pk, valid_from=DAY, valid_until=DAY,
            by=world.actors["system_admin"], now=MONDAY,
        )  # fmt: skip


def test_whoever_leaves_stands_in_for_nobody_and_those_left_alone_are_told(world: World) -> None:
    named(world)
    assert end_all_deputies(world.staff["unit_leader"].pk, now=MONDAY) == 1
    assert end_all_deputies(world.staff["unit_leader"].pk, now=MONDAY) == 0
    assert Notice.objects.get(staff=world.staff["handler"]).text.endswith("已离职，请另选同事。")
