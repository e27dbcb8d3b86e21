"""The ground of the demo, in one transaction: areas, houses, organisations, people, logins, duties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import transaction

from linli.cases.seed import load_defaults, load_duties
from linli.demo import staffing
from linli.demo.content import names, organization_plans, phone
from linli.demo.errors import PlaceTaken
from linli.demo.geometry import SUBDISTRICT_CODE, Town
from linli.demo.presence import BUILD, Plan, demo_password, note_in_audit
from linli.demo.staffing import Post
from linli.kernel.access.models import Account, PostHolding, Role
from linli.kernel.acting import SYSTEM
from linli.kernel.calendar.local import local_day
from linli.kernel.organisations.models import Organization
from linli.kernel.people.models import GridPosting, Shift, Staff
from linli.kernel.places.actions.buildings import add_buildings
from linli.kernel.places.actions.imports import import_areas
from linli.kernel.places.entries import NewBuilding
from linli.kernel.places.models import Area, AreaLevel
from linli.whistles.seed import load_kinds

LONG_BEFORE = timedelta(days=60)
"""How long before the first case everybody was in their post already."""

STAFF_PHONES_FROM = 1_000
ORGANIZATION_PHONES_FROM = 900


@dataclass(frozen=True)
class _Home:
    """Where somebody is based."""

    lon: float
    lat: float


def build_ground(town: Town, plan: Plan) -> None:
    """Everything that stands still. All of it or nothing.

    Raises:
        PlaceTaken: there is a sub-district that is not the demo's; real and made-up cases must not mix.
    """
    with transaction.atomic():
        if (
            Area.objects.filter(level=AreaLevel.SUBDISTRICT, retired_at=None)
            .exclude(code=SUBDISTRICT_CODE)
            .exists()
        ):
            raise PlaceTaken(
                "这里已有正式的街道，不能再装入演示数据。请另用一个数据目录（LINLI_HOME）装演示。"
            )
        rng = Random(f"{plan.seed}:ground")  # noqa: S311 - a demo has to be repeatable, not secret
        since = local_day(plan.now - timedelta(days=31 * plan.months) - LONG_BEFORE)
        load_defaults(now=plan.now)
        load_kinds()
        _store_areas(town, plan, since)
        _store_houses(town, plan)
        units = _store_organizations(town)
        _store_people(town, units, rng, since)
        load_duties()
        facts = {"seed": plan.seed, "households": plan.households, "months": plan.months}
        note_in_audit(BUILD, now=plan.now, detail={"now": plan.now.isoformat(), **facts})


def _store_areas(town: Town, plan: Plan, since: date) -> None:
    collection = town.feature_collection()
    for feature in collection["features"]:
        feature["properties"]["valid_from"] = since.isoformat()
    report = import_areas(collection, by=SYSTEM, now=plan.now)
    assert not report.bad, f"the made-up town is a proper map: {report.bad[:3]}"


def _store_houses(town: Town, plan: Plan) -> None:
    report = add_buildings(list(_houses(town, plan.households)), by=SYSTEM, now=plan.now)
    assert not report.bad, f"the made-up houses are proper houses: {report.bad[:3]}"


def _houses(town: Town, households: int) -> Iterable[NewBuilding]:
    """Every building, with flats until there are as many as wanted; the others stay without."""
    left = households
    for house in town.building_entries():
        flats = sum(len(unit.dwellings) for unit in house.units)
        if flats > left:
            yield replace(house, units=())
        else:
            left -= flats
            yield house


def _store_organizations(town: Town) -> dict[str, Organization]:
    areas = {area.code: area for area in Area.objects.all()}
    codes = {"district": town.district.code, "subdistrict": town.subdistrict.code}
    codes |= {
        f"community:{number}": area.code for number, area in enumerate(town.communities, start=1)
    }
    rows = []
    for number, plan in enumerate(organization_plans()):
        area = areas[codes[plan.place]]
        slots = {
            "district": town.district.name,
            "subdistrict": town.subdistrict.name,
            "area": area.name,
        }
        rows.append(
            Organization(
                kind=plan.kind,
                code=plan.code,
                name=plan.name.format(**slots),
                short_name=plan.short_name.format(**slots),
                area=area,
                phone=phone(ORGANIZATION_PHONES_FROM + number),
            )
        )
    return {one.code: one for one in Organization.objects.bulk_create(rows)}


def _store_people(town: Town, units: dict[str, Organization], rng: Random, since: date) -> None:
    posts = _posts(town)
    called = names(rng)
    homes = _homes(town, posts, rng)
    staff = Staff.objects.bulk_create(
        Staff(
            name=next(called),
            employee_no=f"DEMO-{number:03d}",
            phone=phone(STAFF_PHONES_FROM + number),
            organization=units[post.organization],
            home_lon=home.lon,
            home_lat=home.lat,
        )
        for number, (post, home) in enumerate(zip(posts, homes, strict=True), start=1)
    )
    pairs = list(zip(posts, staff, strict=True))
    _store_logins(pairs, since)
    Shift.objects.bulk_create(
        Shift(
            staff=one,
            weekdays=hours.weekdays,
            starts=hours.starts,
            ends=hours.ends,
            valid_from=since,
        )
        for post, one in pairs
        for hours in post.hours
    )
    grids = {area.code: area for area in Area.objects.filter(level=AreaLevel.GRID)}
    duties = {"grid_leader": GridPosting.Duty.LEADER, "grid_worker": GridPosting.Duty.FULL_TIME}
    GridPosting.objects.bulk_create(
        GridPosting(staff=one, grid=grids[code], duty=duties[post.role], valid_from=since)
        for post, one in pairs
        for code in post.grids
    )


def _store_logins(pairs: Sequence[tuple[Post, Staff]], since: date) -> None:
    # One hash for all: they share the password, and hashing it a hundred times would take ten seconds.
    password = make_password(demo_password())
    accounts = Account.objects.bulk_create(
        Account(username=post.login, staff=one, password=password, demo=True) for post, one in pairs
    )
    roles = {role.code: role for role in Role.objects.all()}
    areas = {area.code: area for area in Area.objects.all()}
    PostHolding.objects.bulk_create(
        PostHolding(
            account=account,
            role=roles[post.role],
            data_scope=post.data_scope,
            area=areas.get(post.area),
            organization=one.organization if post.data_scope == "organization" else None,
            valid_from=since,
        )
        for account, (post, one) in zip(accounts, pairs, strict=True)
    )


def _posts(town: Town) -> list[Post]:
    committee_of = {
        area.code: f"JW{number}" for number, area in enumerate(town.communities, start=1)
    }
    posts = list(staffing.centre_posts(town.subdistrict.code))
    taken: dict[str, int] = {}
    for plan in organization_plans():
        place = plan.place.removeprefix("community:")
        community = town.communities[int(place) - 1].code if place.isdecimal() else ""
        first = taken.get(plan.login, 0) + 1
        posts += staffing.unit_posts(
            plan.code, plan.login, plan.workers, first=first, community=community
        )
        taken[plan.login] = first - 1 + plan.workers
    posts += staffing.grid_posts([(grid.code, committee_of[grid.parent]) for grid in town.grids])
    units = [plan.code for plan in organization_plans() if not plan.place.startswith("community:")]
    posts += [staffing.unit_leader(number, code) for number, code in enumerate(units, start=1)]
    return posts


def _homes(town: Town, posts: Sequence[Post], rng: Random) -> list[_Home]:
    """Grid staff are based in their grid, everybody else at some public place."""
    middles = {
        grid.code: grid.surface.representative_point()
        for grid in town.grids
        if grid.surface is not None
    }
    return [
        _Home(middles[post.grids[0]].x, middles[post.grids[0]].y)
        if post.grids
        else _public(town, rng)
        for post in posts
    ]


def _public(town: Town, rng: Random) -> _Home:
    poi = rng.choice(town.pois)
    return _Home(poi.lon, poi.lat)
