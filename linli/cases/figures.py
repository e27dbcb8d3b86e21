"""Figures over cases for a wall: each is counted in the database, inside the actor's scope, as of an instant.

Past days hardly change, so what they counted is remembered (`day_memory`) and only the present day is counted anew: a
month over a million cases costs thirty index ranges once and one a second. The definitions are those of `counting`,
and every figure equals the list of the condition named beside it (`queries.CONDITIONS`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Count, F, Max, Q, QuerySet

from linli.cases.counting import (
    CLOSED,
    FED_BACK,
    REGISTERED,
    feedbacks,
    month_start,
    overdue_in_handling,
)
from linli.cases.day_memory import DayMemory, catch_up
from linli.cases.models import Case, CaseMove, Rating, Report, Satisfaction
from linli.kernel.acting import AREA_COLUMNS, NOWHERE, Actor, Scope, within
from linli.kernel.calendar.local import day_bounds, local_day

K = TypeVar("K")
R = TypeVar("R", CaseMove, Rating)

BOARD = "board.view"
COUNTED_MOVES = (REGISTERED, FED_BACK, CLOSED)

NEWS = timedelta(days=30)
"""What happened earlier is no news; it also bounds the search where little happens."""

BASIC_WEIGHT = 0.9
"""What 基本满意 weighs in 满意率 (Beijing practice, casework section 9)."""


@dataclass(frozen=True)
class DayCount:
    """上报, 立案, 处置 and 结案 of one local day; `opened_from`/`registered_on`/`fed_back_on`/`closed_on`."""

    day: date
    reported: int
    registered: int
    fed_back: int
    closed: int


@dataclass(frozen=True)
class OpenCount:
    """Open cases, and among them `yellow_at`, `overdue_at`, `urgent` and `unowned`."""

    total: int
    near_due: int
    overdue: int
    urgent: int
    unowned: int


@dataclass(frozen=True)
class Share:
    """`on_time` of `due` in the month so far, per community; the lists are `to_handle_at`, `handled_late_at`."""

    due: int
    on_time: int

    @property
    def rate(self) -> float | None:
        """Per cent; None when nothing was due, which is neither 0 nor 100."""
        return 100 * self.on_time / self.due if self.due else None


@dataclass(frozen=True)
class Voices:
    """Cases rated this month by their last rating: `rated_from`, `satisfaction`."""

    satisfied: int
    basically_satisfied: int
    dissatisfied: int

    @property
    def total(self) -> int:
        return self.satisfied + self.basically_satisfied + self.dissatisfied

    @property
    def rate(self) -> float | None:
        """满意率 in per cent; None without a rating."""
        if not self.total:
            return None
        return 100 * (self.satisfied + BASIC_WEIGHT * self.basically_satisfied) / self.total


@dataclass(frozen=True)
class _Day:
    """What one day counted; `opened` by intake channel and class."""

    count: DayCount
    opened: Counter[tuple[str, int | None]] = field(default_factory=Counter)


_HEAVY = (
    "body",
    "suggestion",
    "grid__geometry",
    "grid__raw_geometry",
    "community__geometry",
    "community__raw_geometry",
)
_ON_THE_MAP = (
    "lon", "lat", "stage", "open", "confidential", "opened_at", "due_at", "yellow_at", "suspended_until",
    "category__name", "community__name", "grid__name", "grid__west", "grid__south", "grid__east", "grid__north",
)  # fmt: skip
_PLACED = (*AREA_COLUMNS, "handling_org", "owner", "handler")


def day_count(actor: Actor, *, asof: datetime) -> DayCount:
    """The local day of `asof`."""
    return _day(_scope(actor), local_day(asof), local_day(asof)).count


def trend(actor: Actor, *, days: int, asof: datetime) -> list[DayCount]:
    """The last `days` local days, the present one last."""
    catch_up(_past_day, _past_handled)
    today = local_day(asof)
    first = today - timedelta(days=days - 1)
    return [_day(_scope(actor), day, today).count for day in _days(first, today)]


def by_channel(actor: Actor, *, asof: datetime) -> list[tuple[str, int]]:
    """(intake channel, cases opened this month), the largest first."""
    found: Counter[str] = Counter()
    for (channel, _category), n in _opened_this_month(actor, asof).items():
        found[channel] += n
    return _largest_first(found)


def by_class(actor: Actor, *, asof: datetime, most: int = 10) -> list[tuple[int, int]]:
    """(id of the class, cases opened this month), the largest first; cases without a class are left out."""
    found: Counter[int] = Counter()
    for (_channel, category), n in _opened_this_month(actor, asof).items():
        if category is not None:
            found[category] += n
    return _largest_first(found)[:most]


def open_count(actor: Actor, *, asof: datetime) -> OpenCount:
    """Open cases as of now."""
    found = (
        _seen(_scope(actor))
        .filter(open=True)
        .order_by()
        .aggregate(
            total=Count("pk"),
            near_due=Count("pk", filter=Q(yellow_at__lte=asof, due_at__gte=asof)),
            overdue=Count("pk", filter=Q(due_at__lt=asof)),
            urgent=Count("pk", filter=Q(urgent=True)),
            unowned=Count("pk", filter=Q(owner=None)),
        )
    )
    return OpenCount(**found)


def on_time_by_community(actor: Actor, *, asof: datetime) -> dict[int | None, Share]:
    """按期处置 of the month of `asof` by the id of the community; None for cases that lie in none."""
    catch_up(_past_day, _past_handled)
    scope, today = _scope(actor), local_day(asof)
    late_by_case: dict[int, bool] = {}
    community_of: dict[int, int | None] = {}
    for day in _days(local_day(month_start(asof)), today):
        for case_id, community_id, late in _handled(scope, day, today):
            late_by_case[case_id] = late_by_case.get(case_id, False) or late
            community_of[case_id] = community_id
    waiting = _seen(_scope(actor)).filter(overdue_in_handling(asof))
    for case_id, community_id in waiting.values_list("pk", "community_id"):
        late_by_case[case_id] = True
        community_of[case_id] = community_id
    due = Counter(community_of.values())
    missed = Counter(community_of[case_id] for case_id, was in late_by_case.items() if was)
    return {community: Share(n, n - missed[community]) for community, n in due.items()}


def voices(actor: Actor, *, asof: datetime) -> Voices:
    """What reporters said this month of the results."""
    # The sum keeps the engine from grouping along the index of cases, through all the years.
    rated = Rating.objects.filter(at__gte=month_start(asof)).order_by()
    last = rated.annotate(of=F("case_id") + 0).values("of").annotate(last=Max("pk")).values("last")
    rows = _of_seen_cases(Rating.objects.filter(pk__in=last), _scope(actor))
    counted = dict(rows.order_by().values_list("satisfaction").annotate(n=Count("pk")))
    return Voices(**{choice.value: counted.get(choice.value, 0) for choice in Satisfaction})


def latest_changed(actor: Actor, *, most: int, asof: datetime) -> list[Case]:
    """The cases that changed last in the last 30 days, the latest first."""
    rows = _seen(_scope(actor)).filter(changed_at__gte=asof - NEWS)
    return list(_shown(rows).order_by("-changed_at")[:most])


def alarms(actor: Actor, condition: Q, *, most: int) -> list[Case]:
    """Open cases that fulfil a condition, the one due first at the top."""
    rows = _seen(_scope(actor)).filter(condition, open=True)
    return list(_shown(rows).order_by(F("due_at").asc(nulls_last=True), "pk")[:most])


def on_the_map(actor: Actor, *, most: int) -> list[Case]:
    """Open cases with a position, newest first."""
    # First the ids alone, along the index of open cases; the newest of a table would be sought among the closed ones.
    standing = _seen(_scope(actor)).filter(open=True, lon__isnull=False).order_by()
    newest = sorted(standing.values_list("pk", flat=True), reverse=True)[:most]
    rows = Case.objects.filter(pk__in=newest).select_related("category", "community", "grid")
    return list(rows.only(*_ON_THE_MAP).order_by("-pk"))


def contacts_of(cases: list[Case]) -> dict[int, list[str]]:
    """Names of those who reported a case, so that a screen can hide them; by the id of the case."""
    rows = Report.objects.filter(case__in=[case.pk for case in cases], contact__isnull=False)
    found: dict[int, list[str]] = {}
    for case_id, name in rows.exclude(contact__name="").values_list("case_id", "contact__name"):
        found.setdefault(case_id, []).append(name)
    return found


def _shown(rows: QuerySet[Case]) -> QuerySet[Case]:
    return rows.select_related("category", "community", "grid").defer(*_HEAVY)


def _opened_this_month(actor: Actor, asof: datetime) -> Counter[tuple[str, int | None]]:
    catch_up(_past_day, _past_handled)
    today = local_day(asof)
    total: Counter[tuple[str, int | None]] = Counter()
    for day in _days(local_day(month_start(asof)), today):
        total.update(_day(_scope(actor), day, today).opened)
    return total


def _day(scope: Scope, day: date, today: date) -> _Day:
    return _past_day(scope, day) if day < today else _read_day(scope, day)


def _read_day(scope: Scope, day: date) -> _Day:
    start, end = day_bounds(day)
    cases = _seen(scope).filter(opened_at__gte=start, opened_at__lt=end)
    rows = cases.order_by().values_list("intake_channel", "category_id").annotate(n=Count("pk"))
    opened = Counter({(channel, category): n for channel, category, n in rows})
    moves = CaseMove.objects.filter(at__gte=start, at__lt=end, code__in=COUNTED_MOVES)
    counted = dict(
        _of_seen_cases(moves, scope)
        .order_by()
        .values_list("code")
        .annotate(n=Count("case_id", distinct=True))
    )
    numbers = (counted.get(code, 0) for code in COUNTED_MOVES)
    return _Day(DayCount(day, opened.total(), *numbers), opened)


def _handled(scope: Scope, day: date, today: date) -> list[tuple[int, int | None, bool]]:
    return _past_handled(scope, day) if day < today else _read_handled(scope, day)


def _read_handled(scope: Scope, day: date) -> list[tuple[int, int | None, bool]]:
    """(case, its community, whether late) of the feedbacks of a day that count in its month."""
    start, end = day_bounds(day)
    rows = _of_seen_cases(feedbacks(start, end, due_from=month_start(start)), scope)
    # The annotation is made in `counting.feedbacks`, which the checker of types cannot see from here.
    annotated: Any = rows
    cells = annotated.values("case_id", "case__community_id", "at", "handle_due_at")
    return [
        (row["case_id"], row["case__community_id"], row["at"] > row["handle_due_at"])
        for row in cells
    ]


_past_day = DayMemory(_read_day)
_past_handled = DayMemory(_read_handled)


def _scope(actor: Actor) -> Scope:
    return actor.scope(BOARD) if actor.may(BOARD) else NOWHERE


def _seen(scope: Scope) -> QuerySet[Case]:
    """Cases inside a scope, found by their time or state first and only then looked at for their place.

    The sum hides the place from the planner: an engine without statistics would otherwise walk through every case of
    a sub-district to find those of a day.
    """
    placed = {f"inside_{name}_id": F(f"{name}_id") + 0 for name in _PLACED}
    return Case.objects.alias(**placed).filter(within(scope, prefix="inside_"))


def _of_seen_cases(rows: QuerySet[R], scope: Scope) -> QuerySet[R]:
    """The same for rows that belong to a case."""
    placed = {f"inside_{name}_id": F(f"case__{name}_id") + 0 for name in _PLACED}
    return rows.alias(**placed).filter(within(scope, prefix="inside_"))


def _days(first: date, last: date) -> Iterator[date]:
    for step in range((last - first).days + 1):
        yield first + timedelta(days=step)


def _largest_first(counted: Counter[K]) -> list[tuple[K, int]]:
    return sorted(counted.items(), key=lambda pair: (-pair[1], str(pair[0])))
