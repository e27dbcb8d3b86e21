"""The small named world of the tests: one sub-district, two communities, three grids, and the people who work there.

槐树里社区 has the grids 一 (west) and 二 (east), 清河湾社区 the grid 三. 小李 looks after grid 一, 小赵 after grid 三.
城管队 (CG) handles events, 水务所 (SW) manhole covers. Everybody's shift covers Monday to Sunday.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from linli.cases.models import Category, DutyEntry, FilingStandard
from linli.cases.seed import load_roles
from linli.kernel.access.models import Account, DataScope, PostHolding, Role
from linli.kernel.access.queries import actor_for
from linli.kernel.acting import SYSTEM, Actor
from linli.kernel.calendar.actions import load_default_calendar
from linli.kernel.organisations.models import Organization, OrganizationKind
from linli.kernel.people.models import GridPosting, Shift, Staff
from linli.kernel.places.actions import import_areas
from linli.kernel.places.models import Area
from linli.kernel.places.queries import area_by_code
from linli.whistles.seed import load_kinds

MONDAY = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
"""Monday 2026-03-09, 09:00 in Shanghai: a working day in working hours."""

DAY = date(2026, 3, 9)
PASSWORD = "pipe-lantern-2026"

POSTS: dict[str, tuple[str, str, str, str]] = {
    # key: (name, role, data scope, organisation or area)
    "acceptor": ("受理员小钱", "acceptor", "below", "S"),
    "supervisor": ("值班长老孙", "shift_supervisor", "below", "S"),
    "dispatcher": ("派遣员小周", "dispatcher", "below", "S"),
    "checker": ("核查员小吴", "checker", "below", "S"),
    "follow_up": ("回访员小郑", "follow_up", "below", "S"),
    "leader": ("街道老王", "leader", "below", "S"),
    "evaluator": ("考核员小何", "evaluator", "below", "S"),
    "grid_worker": ("网格员小李", "grid_worker", "grid", "G1"),
    "other_grid_worker": ("网格员小赵", "grid_worker", "grid", "G3"),
    "handler": ("城管小冯", "handler", "organization", "CG"),
    "unit_leader": ("城管老许", "unit_leader", "organization", "CG"),
    "other_handler": ("水务小陈", "handler", "organization", "SW"),
    "clerk": ("槐树里小褚", "community_clerk", "level", "C1"),
    "district": ("区里老蒋", "district_coordinator", "below", "D"),
    "system_admin": ("管理员小卫", "system_admin", "all", ""),
    "security_admin": ("安全员小蒋", "security_admin", "all", ""),
    "audit_admin": ("审计员小沈", "audit_admin", "all", ""),
}


@dataclass
class World:
    """Rows by their short names: areas D S C1 C2 G1 G2 G3, organisations CG SW YX, people by the keys of `POSTS`."""

    areas: dict[str, int] = field(default_factory=dict)
    organizations: dict[str, Organization] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    category: Category = field(init=False)
    cover: Category = field(init=False)
    standard: FilingStandard = field(init=False)


def make_world() -> World:
    """Everything of the docstring above, in the database."""
    world = World()
    load_roles()
    load_default_calendar(by=SYSTEM, now=MONDAY)
    load_kinds()
    _areas(world)
    for code, name, kind in (
        ("YX", "城运中心", OrganizationKind.OPERATIONS_CENTER),
        ("CG", "城管队", OrganizationKind.DEPARTMENT),
        ("SW", "水务所", OrganizationKind.DEPARTMENT),
    ):
        world.organizations[code] = Organization.objects.create(code=code, name=name, kind=kind)
    for key, (name, role, scope, where) in POSTS.items():
        _person(world, key, name, role, scope, where)
    _classes(world)
    return world


def _areas(world: World) -> None:
    def square(west: float, east: float) -> dict[str, object]:
        south, north = 30.000, 30.010
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        return {"type": "Polygon", "coordinates": [ring]}

    rows = [
        ("D", "990101", "榆林区", "district", None, None),
        ("S", "990101001", "槐荫街道", "subdistrict", "990101", None),
        ("C1", "990101001001", "槐树里社区", "community", "990101001", None),
        ("C2", "990101001002", "清河湾社区", "community", "990101001", None),
        ("G1", "990101001001001", "第一网格", "grid", "990101001001", square(120.000, 120.010)),
        ("G2", "990101001001002", "第二网格", "grid", "990101001001", square(120.010, 120.020)),
        ("G3", "990101001002001", "第三网格", "grid", "990101001002", square(120.020, 120.030)),
    ]
    features = []
    for _, code, name, level, parent, geometry in rows:
        properties = {"code": code, "name": name, "level": level, "parent": parent}
        if level == "grid":
            properties["kind"] = "basic"
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    import_areas({"type": "FeatureCollection", "features": features}, by=SYSTEM, now=MONDAY)
    assert Area.objects.count() == len(rows), "the world's areas are all valid"
    world.areas = {key: area_by_code(code).pk for key, code, *_ in rows}


def _person(world: World, key: str, name: str, role: str, scope: str, where: str) -> None:
    organization = world.organizations.get(where, world.organizations["YX"])
    number = len(world.staff) + 1
    staff = Staff.objects.create(name=name, employee_no=f"E{number:03d}", organization=organization)
    Shift.objects.create(
        staff=staff,
        weekdays="1234567",
        starts=time(0, 0),
        ends=time(23, 59, 59),
        valid_from=date(2020, 1, 1),
    )
    account = Account(username=key, staff=staff)
    account.set_unusable_password()
    account.save()
    area_id = world.areas.get(where)
    PostHolding.objects.create(
        account=account,
        role=Role.objects.get(code=role),
        data_scope=DataScope(scope),
        area_id=area_id,
        organization=world.organizations.get(where),
        valid_from=date(2020, 1, 1),
    )
    if scope == "grid" and area_id is not None:
        GridPosting.objects.create(
            staff=staff,
            grid_id=area_id,
            duty=GridPosting.Duty.FULL_TIME,
            valid_from=date(2020, 1, 1),
        )
    world.staff[key] = staff
    world.actors[key] = actor_for(account, on=DAY)


def _classes(world: World) -> None:
    world.category = Category.objects.create(
        code="E0111", kind="event", major_code="01", major_name="市容环境", name="积存垃圾渣土"
    )
    world.cover = Category.objects.create(
        code="C0101",
        kind="component",
        major_code="01",
        major_name="公用设施",
        name="上水井盖",
        urgent=True,
    )
    world.standard = FilingStandard.objects.create(
        category=world.category,
        filing_condition="有积存垃圾",
        time_limit="4工作时",
        closing_condition="垃圾清走、地面干净",
        valid_from=date(2020, 1, 1),
    )
    FilingStandard.objects.create(
        category=world.cover,
        filing_condition="井盖缺失",
        time_limit="2紧急工作时",
        closing_condition="井盖补装到位",
        valid_from=date(2020, 1, 1),
    )
    for category, code in ((world.category, "CG"), (world.cover, "SW")):
        DutyEntry.objects.create(
            category=category, organization=world.organizations[code], valid_from=date(2020, 1, 1)
        )
