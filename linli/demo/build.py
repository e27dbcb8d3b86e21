"""Builds the demo: `build_demo(now=…)`.

The ground is one transaction, every week of history another. Stopped in the middle, a build leaves the weeks it
stored; run again it goes on from there with the time it began with, and with everything in place it changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from linli.cases.models import Case
from linli.demo.agreeing import ask_for_demo_reset
from linli.demo.cast import read_cast
from linli.demo.classifier import train_demo_classifier
from linli.demo.errors import OtherDemo
from linli.demo.geometry import SUBDISTRICT_CODE, Town, make_town
from linli.demo.ground import build_ground
from linli.demo.history import store_week
from linli.demo.inspections import inspect_places
from linli.demo.matters import Chronicle
from linli.demo.presence import Plan, demo_password, finished, mark_finished, plan_in_place
from linli.demo.staffing import SHOWN_LOGINS
from linli.demo.standing_in import name_demo_deputy
from linli.demo.today import drive_all
from linli.demo.whistles import blow_whistles
from linli.kernel.access.models import PostHolding
from linli.kernel.calendar.local import local_day
from linli.kernel.calendar.queries import working_time_for
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.people.models import Staff
from linli.kernel.places.models import Area, Dwelling

Progress = Callable[[str, int, int], None]
"""Called with what is being made, the steps done and the steps there are."""


STEPS = 3
"""Steps beside the weeks of history: the ground, the classifier, the cases of today."""


@dataclass(frozen=True)
class DemoAccount:
    """A login a visitor may use. `title` is the post."""

    username: str
    password: str
    title: str


@dataclass(frozen=True)
class DemoSummary:
    """What the demo consists of; walking over it gives the accounts to show."""

    communities: int
    grids: int
    households: int
    staff: int
    cases: int
    open_cases: int
    accounts: tuple[DemoAccount, ...]

    def __iter__(self) -> Iterator[DemoAccount]:
        return iter(self.accounts)


def build_demo(
    *,
    now: datetime,
    seed: int = 7,
    households: int = 4_000,
    months: int = 6,
    progress: Progress | None = None,
) -> DemoSummary:
    """Build the demo, or finish one that was interrupted.

    `households` (1–4,000) sets the number of flats and, with `months` (1–12), the number of cases: about 1,000 a month
    for 4,000 households.

    Raises:
        OtherDemo: a demo with other figures is here already.
        PlaceTaken: there is a real sub-district here.
    """
    report = progress or (lambda *_: None)
    plan = Plan(now.astimezone(UTC), seed, households, months)
    town = make_town(seed)
    found = plan_in_place()
    if found is None:
        report("街道、楼栋和人员", 0, STEPS + months * 5)
        build_ground(town, plan)
        forget_everything()
    else:
        _check_same(found, plan)
        if finished():
            return summary()
        plan = found
    chronicle = chronicle_of(plan, town)
    whole = STEPS + chronicle.weeks
    for number in range(chronicle.weeks):
        report("历史案件", 1 + number, whole)
        store_week(chronicle, number)
    report("分类模型", whole - 2, whole)
    train_demo_classifier(now=plan.now)
    report("今天的案件", whole - 1, whole)
    drive_all(chronicle)
    blow_whistles(chronicle)
    inspect_places(chronicle)
    name_demo_deputy(now=plan.now)
    ask_for_demo_reset(now=plan.now)
    mark_finished(now=plan.now)
    report("完成", whole, whole)
    return summary()


def chronicle_of(plan: Plan, town: Town | None = None) -> Chronicle:
    """What happens in the demo of this plan; its ground must be there."""
    working_time = working_time_for(None, on=local_day(plan.now))
    return Chronicle(plan, town or make_town(plan.seed), read_cast(), working_time)


def summary() -> DemoSummary:
    """The demo in figures, and the accounts to show; all zero without a demo."""
    cases = Case.objects.filter(subdistrict__code=SUBDISTRICT_CODE)
    below = Area.objects.filter(code__startswith=SUBDISTRICT_CODE)
    return DemoSummary(
        communities=below.filter(level="community").count(),
        grids=below.filter(level="grid").count(),
        households=Dwelling.objects.filter(
            unit__building__community__parent__code=SUBDISTRICT_CODE
        ).count(),
        staff=Staff.objects.filter(employee_no__startswith="DEMO-").count(),
        cases=cases.count(),
        open_cases=cases.filter(open=True).count(),
        accounts=tuple(_accounts()),
    )


def _check_same(found: Plan, wanted: Plan) -> None:
    same = (found.seed, found.households, found.months) == (
        wanted.seed,
        wanted.households,
        wanted.months,
    )
    if not same:
        raise OtherDemo(
            f"这里已有一套演示数据（种子 {found.seed}、{found.households} 户、{found.months} 个月）。"
            "请先用 bin/linli demo remove 移除，再重新装入。"
        )


def _accounts() -> Iterator[DemoAccount]:
    holdings = PostHolding.objects.filter(account__demo=True, account__username__in=SHOWN_LOGINS)
    titles = {
        one.account.username: one.role.name for one in holdings.select_related("account", "role")
    }
    password = demo_password()
    for username in SHOWN_LOGINS:
        if username in titles:
            yield DemoAccount(username, password, titles[username])
