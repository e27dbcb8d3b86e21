"""Who works in the demo sub-district: one table, and the people it makes.

Besides those of the table there are the workers of the units (`departments.csv`), one grid worker per grid and, so
that grid staff are sixty, leaders who look after one or two grids of their community each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import time

from linli.kernel.access.models import DataScope

GRID_STAFF = 60
"""Grid workers and grid leaders together."""

DAY, MORNING, EVENING, MIDNIGHT = time(8), time(6), time(20), time(23, 59, 59)
ALL_WEEK, WORKDAYS, SIX_DAYS = "1234567", "12345", "123456"
NIGHT_UNITS = ("CG", "ZJ", "SW")
"""Units of which the first worker is on call day and night: roads, water, street order."""


@dataclass(frozen=True)
class Hours:
    """On duty from `starts` to `ends` on these ISO weekdays."""

    weekdays: str
    starts: time
    ends: time


@dataclass(frozen=True)
class Post:
    """A post to fill. `organization` and `area` are codes; `grids` is filled for grid staff."""

    login: str
    role: str
    title: str
    organization: str
    data_scope: str
    area: str
    hours: tuple[Hours, ...]
    grids: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Line:
    login: str
    role: str
    title: str
    organization: str
    count: int
    everywhere: bool = False


CENTRE = (
    _Line("shouli", "acceptor", "受理员", "CYZX", 4),
    _Line("zhiban", "shift_supervisor", "值班长", "CYZX", 2),
    _Line("paiqian", "dispatcher", "派遣员", "CYZX", 3),
    _Line("hecha", "checker", "核查员", "CYZX", 3),
    _Line("huifang", "follow_up", "回访员", "CYZX", 2),
    _Line("kaohe", "evaluator", "考核员", "CYZX", 1),
    _Line("lingdao", "leader", "街道领导", "JDB", 2),
    _Line("quxie", "district_coordinator", "区协调员", "QZX", 1),
    _Line("guanli", "system_admin", "系统管理员", "JDB", 1, everywhere=True),
    _Line("anquan", "security_admin", "安全管理员", "JDB", 1, everywhere=True),
    _Line("shenji", "audit_admin", "审计管理员", "JDB", 1, everywhere=True),
)

SHOWN_LOGINS = (
    "shouli1", "zhiban1", "paiqian1", "hecha1", "wangge1", "gezhang1", "chengguan1", "juwei1", "huifang1", "kaohe1",
    "lingdao1", "danwei1", "quxie1", "guanli1", "anquan1", "shenji1",
)  # fmt: skip
"""One login per role: those a visitor is told."""


def centre_posts(subdistrict: str) -> Iterator[Post]:
    """The operations centre and the office."""
    for line in CENTRE:
        for number in range(1, line.count + 1):
            scope = DataScope.ALL if line.everywhere else DataScope.BELOW
            area = "" if line.everywhere else subdistrict
            hours = _centre_hours(number)
            yield Post(
                f"{line.login}{number}",
                line.role,
                line.title,
                line.organization,
                scope,
                area,
                hours,
            )


def unit_leader(number: int, organization: str) -> Post:
    """Whoever agrees to the requests of a unit."""
    hours = (Hours(WORKDAYS, MORNING, EVENING),)
    scope = DataScope.ORGANIZATION
    return Post(f"danwei{number}", "unit_leader", "承办单位负责人", organization, scope, "", hours)


def unit_posts(
    organization: str, login: str, count: int, *, first: int, community: str
) -> Iterator[Post]:
    """The workers of a unit; those of a residents' committee work for their `community`."""
    for number in range(first, first + count):
        hours = (Hours(SIX_DAYS, DAY, time(18)),)
        if organization in NIGHT_UNITS and number == first:
            hours = (Hours(ALL_WEEK, time(0), MIDNIGHT),)
        if community:
            yield Post(
                f"{login}{number}",
                "community_clerk",
                "社区工作者",
                organization,
                DataScope.BELOW,
                community,
                hours,
            )
        else:
            yield Post(
                f"{login}{number}",
                "handler",
                "处置人员",
                organization,
                DataScope.ORGANIZATION,
                "",
                hours,
            )


def grid_posts(grids: Sequence[tuple[str, str]]) -> Iterator[Post]:
    """Grid staff for (grid code, code of the committee); each grid has one worker and exactly one leader."""
    for number, (grid, committee) in enumerate(grids, start=1):
        hours = (Hours(ALL_WEEK if number % 3 else SIX_DAYS, DAY, time(18)),)
        yield Post(
            f"wangge{number}",
            "grid_worker",
            "网格员",
            committee,
            DataScope.GRID,
            "",
            hours,
            (grid,),
        )
    for number, led in enumerate(_led_grids(grids, GRID_STAFF - len(grids)), start=1):
        committee = dict(grids)[led[0]]
        hours = (Hours(WORKDAYS, DAY, time(18)),)
        yield Post(
            f"gezhang{number}", "grid_leader", "网格长", committee, DataScope.GRID, "", hours, led
        )


def _led_grids(grids: Sequence[tuple[str, str]], leaders: int) -> Iterable[tuple[str, ...]]:
    """One or two neighbouring grids of one community per leader, as few doubles as the number of leaders allows."""
    doubles = max(0, len(grids) - leaders)
    found: list[tuple[str, ...]] = []
    left = list(grids)
    while left:
        grid, committee = left.pop(0)
        if doubles > 0 and left and left[0][1] == committee:
            found.append((grid, left.pop(0)[0]))
            doubles -= 1
        else:
            found.append((grid,))
    return found


def _centre_hours(number: int) -> tuple[Hours, ...]:
    """The first of each post works the day, the second the night, the others long days."""
    if number == 2:
        return Hours(ALL_WEEK, EVENING, MIDNIGHT), Hours(ALL_WEEK, time(0), DAY)
    return (Hours(ALL_WEEK, MORNING if number == 1 else DAY, EVENING),)
