"""Who has to act next: the index of posts agrees with the rule told slowly, and a change of a post is seen."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, time, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.cases.flow import CASE
from linli.cases.models import Case
from linli.kernel.access.models import Account, DataScope, PostHolding, Role
from linli.kernel.access.queries import staff_actors
from linli.kernel.acting import AREA_COLUMNS, Actor, Place, Scope
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.matters import roster
from linli.kernel.matters.models import InboxEntry
from linli.kernel.matters.roster import (
    holders_by_organization,
    loads_of,
    pick_decider,
    pick_holder,
    pick_owner,
)
from linli.kernel.people.models import GridPosting, Shift, Staff
from linli.kernel.people.queries import on_duty
from tests.walks import opened
from tests.world import DAY, MONDAY, World

ROLES = ("acceptor", "dispatcher", "checker", "leader", "grid_worker", "handler", "unit_leader")


def crowd(world: World, chance: random.Random) -> None:
    """Forty people with one to three posts each, over any place or unit; some are off duty, some have left."""
    units = list(world.organizations.values())
    for number in range(40):
        staff = Staff.objects.create(
            name=f"甲{number}", employee_no=f"X{number:03d}", organization=chance.choice(units)
        )
        if chance.random() < 0.4:
            start = time(chance.choice((0, 8, 13)))
            Shift.objects.create(
                staff=staff, weekdays="123456", starts=start, ends=time(18), valid_from=DAY
            )
        account = Account.objects.create(username=f"x{number}", staff=staff, password="!")
        for _ in range(chance.randint(1, 3)):
            scope = chance.choice(list(DataScope))
            place = chance.choice(sorted(world.areas.values()))
            PostHolding.objects.create(
                account=account,
                role=Role.objects.get(code=chance.choice(ROLES)),
                data_scope=scope,
                area_id=place if scope in (DataScope.BELOW, DataScope.LEVEL) else None,
                organization=chance.choice([None, *units]),
                valid_from=date(2020, 1, 1),
            )
        if chance.random() < 0.3:
            GridPosting.objects.create(
                staff=staff,
                grid_id=world.areas[chance.choice(("G1", "G2", "G3"))],
                duty=GridPosting.Duty.PART_TIME,
                valid_from=DAY,
            )


def slow_nearness(case: Case, scope: Scope) -> int | None:
    columns = AREA_COLUMNS[::-1]
    for rank, column in enumerate(columns):
        area_id = getattr(case, f"{column}_id")
        if area_id and (column, area_id) in scope.areas:
            return rank
        exactly = rank == 0 or getattr(case, f"{columns[rank - 1]}_id") is None
        if area_id and exactly and (column, area_id) in scope.levels:
            return rank
    if case.handling_org_id in scope.organizations:
        return 0
    return 4 if scope.everywhere else None


def slow_pick(
    case: Case, permission: str, allowed: Callable[[Actor], bool] = lambda actor: True
) -> int | None:
    """Everybody is looked at, one after the other."""
    found = []
    for actor in staff_actors(on=DAY):
        scope = actor.grants.get(permission)
        near = slow_nearness(case, scope) if scope else None
        if actor.staff_id is None or near is None or not allowed(actor):
            continue
        off = actor.staff_id not in on_duty(MONDAY)
        found.append((off, near, loads_of([actor.staff_id]).get(actor.staff_id, 0), actor.staff_id))
    return min(found)[3] if found else None


def is_one_of(people: frozenset[int], actor: Actor) -> bool:
    return actor.staff_id in people


def slow_owner(case: Case, barred: frozenset[int]) -> int | None:
    stage = CASE.stage[case.stage]
    wanted, unit = stage.may, case.handling_org_id if stage.of_the_unit else None

    def of_unit(actor: Actor) -> bool:
        units = {actor.organization_id, *actor.grants[wanted].organizations}
        return actor.staff_id not in barred and (unit is None or unit in units)

    first = slow_pick(case, wanted, of_unit)
    if first is not None:
        return first
    for permission in CASE.fallback:
        found = slow_pick(case, permission, lambda actor: actor.staff_id not in barred)
        if found is not None:
            return found
    return None


def somewhere(world: World, chance: random.Random) -> Case:
    """A case at any stage, known down to some level, perhaps with a unit; it is not stored."""
    chain = chance.choice((("D", "S", "C1", "G1"), ("D", "S", "C1", "G2"), ("D", "S", "C2", "G3")))
    places = {
        f"{column}_id": world.areas[key]
        for column, key in zip(AREA_COLUMNS, chain[: chance.randint(1, 4)], strict=False)
    }
    unit = chance.choice([None, *world.organizations.values()])
    return Case(stage=chance.choice(sorted(CASE.open_stages)), handling_org=unit, **places)


@pytest.mark.parametrize("seed", range(4))
def test_the_index_picks_whom_the_slow_rule_picks(world: World, seed: int) -> None:
    chance = random.Random(seed)
    crowd(world, chance)
    forget_everything()
    for _ in range(5):
        busy = opened(world)
        InboxEntry.objects.filter(matter_id=busy.pk).update(
            owner=chance.choice(Staff.objects.all())
        )
    picked = set()
    for _ in range(40):
        case = somewhere(world, chance)
        everybody = list(Staff.objects.values_list("pk", flat=True))
        barred = frozenset(chance.sample(everybody, chance.choice((0, 1, 20))))
        owner, _why = pick_owner(CASE, case, now=MONDAY, barred=barred)
        assert owner == slow_owner(case, barred)
        among = frozenset(chance.sample(everybody, 15))
        holder = pick_holder(case, "cases.handle", among=among, now=MONDAY)
        of_them = slow_pick(case, "cases.handle", partial(is_one_of, among))
        assert (holder.staff_id if holder else None) == of_them
        assert pick_decider(case, "cases.check", now=MONDAY) == slow_pick(case, "cases.check")
        picked.add(owner)
    assert len(picked) > 5, "the trial must not always have the same answer"


def test_two_posts_of_one_person_count_where_the_area_lies_before_the_unit(world: World) -> None:
    """Over the district by one post and of the unit by another: as far away as the district."""
    role = Role.objects.get(code="handler")
    staff = world.staff["acceptor"]
    account = Account.objects.get(staff=staff)
    unit = world.organizations["SW"]
    for scope, area, of in (
        (DataScope.BELOW, world.areas["D"], None),
        (DataScope.ORGANIZATION, None, unit),
    ):
        PostHolding.objects.create(
            account=account, role=role, data_scope=scope, area_id=area, organization=of,
            valid_from=DAY,
        )  # fmt: skip
    forget_everything()
    here = Place(district_id=world.areas["D"], handling_org_id=unit.pk)
    assert pick_decider(here, "cases.handle", now=MONDAY) == world.staff["other_handler"].pk


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stamp is asked at every question instead of after some seconds."""
    monkeypatch.setattr(roster._roster, "_seconds", 0.0)


@pytest.mark.usefixtures("at_once")
def test_posts_are_read_again_when_one_changes_and_only_then(world: World) -> None:
    unit = world.organizations["CG"].pk
    before = holders_by_organization("cases.handle", DAY)[unit]
    read = roster._roster(DAY)
    assert holders_by_organization("cases.handle", DAY)[unit] == before
    assert roster._roster(DAY) is read, "nothing changed, nothing is read"

    left = Staff.objects.get(pk=world.staff["handler"].pk)
    left.left_at = MONDAY
    left.save()
    assert holders_by_organization("cases.handle", DAY)[unit] == before - {left.pk}

    Role.objects.filter(code="unit_leader").update(permissions=[])
    assert unit not in holders_by_organization("cases.handle", DAY)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("what", ["holding", "account", "posting", "name", "unit"])
def test_whatever_the_roster_is_made_of_is_seen(world: World, what: str) -> None:
    staff = world.staff["grid_worker"]
    account = Account.objects.get(staff=staff)
    PostHolding.objects.filter(account=account).update(area=None)
    read = roster._roster(DAY)
    assert roster._roster(DAY) is read
    if what == "holding":
        yesterday = DAY - timedelta(days=1)
        PostHolding.objects.filter(account=account).update(valid_until=yesterday)
    elif what == "account":
        Account.objects.filter(pk=account.pk).update(is_active=False)
    elif what == "posting":
        GridPosting.objects.filter(staff=staff).update(grid_id=world.areas["G2"])
    elif what == "name":
        Staff.objects.filter(pk=staff.pk).update(name="网格员大李")
    else:
        Staff.objects.filter(pk=staff.pk).update(organization=world.organizations["SW"])
    assert roster._roster(DAY) is not read


def test_a_house_of_hundreds_asks_no_more_than_a_small_one(world: World) -> None:
    case = opened(world)
    forget_everything()
    with CaptureQueriesContext(
        connection,
    ) as small:
        pick_owner(CASE, case, now=MONDAY)
    role = Role.objects.get(code="acceptor")
    people = Staff.objects.bulk_create(
        Staff(name=f"乙{n}", employee_no=f"Y{n}", organization=world.organizations["YX"])
        for n in range(300)
    )
    accounts = Account.objects.bulk_create(
        Account(username=f"y{person.pk}", staff=person, password="!") for person in people
    )
    PostHolding.objects.bulk_create(
        PostHolding(
            account=account, role=role, data_scope=DataScope.BELOW, area_id=world.areas["D"],
            valid_from=DAY,
        )
        for account in accounts
    )  # fmt: skip
    forget_everything()
    with CaptureQueriesContext(connection) as large:
        pick_owner(CASE, case, now=MONDAY)
    assert len(large) == len(small)
    asked = large[-1]["sql"]
    assert "matters_inboxentry" in asked
    assert str(people[-1].pk) not in asked, "those far away are not asked for their load"
