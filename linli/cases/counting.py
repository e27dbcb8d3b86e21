"""What is counted when: the definitions that a figure and the list behind it share.

A day is a day in Shanghai, a month a calendar month there; both are half-open. 立案, 处置 and 结案 of a day are the
cases with a move `register`, `feedback` or `close` on it, each case once. Example: a case sent back for rework and
fed back again on one day is one 处置.

按期处置 follows the indicators of 数字城管: a case belongs to the month that holds the earlier of its due instant and
its feedback; one that is neither due nor done is in neither number. A feedback that was sent back for rework does not
count, since its clock runs on.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery

from linli.cases.flow import Clock, Stage
from linli.cases.models import CaseMove, Deadline, Rating
from linli.kernel.calendar.local import day_bounds, local_day

REGISTERED, FED_BACK, CLOSED = "register", "feedback", "close"
AT_HANDLING = (Stage.TO_SIGN, Stage.HANDLING)


def month_start(asof: datetime) -> datetime:
    """First instant of the local month in which `asof` lies, UTC."""
    return day_bounds(local_day(asof).replace(day=1))[0]


def moved_on(code: str, day: date | str) -> Q:
    """Cases with a move of that code on a local day; the day may be text such as 2026-03-09.

    Raises:
        ValueError: the text is no day.
    """
    wanted = date.fromisoformat(day) if isinstance(day, str) else day
    start, end = day_bounds(wanted)
    moves = CaseMove.objects.filter(at__gte=start, at__lt=end, code=code)
    return Q(pk__in=moves.values("case_id"))


def feedbacks(start: datetime, end: datetime, *, due_from: datetime) -> QuerySet[CaseMove]:
    """Feedbacks in [start, end) that still stand and whose due (`handle_due_at`) is not before `due_from`."""
    clock = Deadline.objects.filter(
        case_id=OuterRef("case_id"),
        clock=Clock.HANDLE,
        stopped_at=OuterRef("at"),
        due_at__gte=due_from,
    )
    due = Subquery(clock.values("due_at")[:1], output_field=DateTimeField())
    moves = CaseMove.objects.filter(at__gte=start, at__lt=end, code=FED_BACK)
    return moves.annotate(handle_due_at=due).filter(handle_due_at__isnull=False)


def overdue_in_handling(asof: datetime) -> Q:
    """Open cases whose handling became due this month and has not ended."""
    return Q(open=True, stage__in=AT_HANDLING, due_at__gte=month_start(asof), due_at__lt=asof)


def to_be_handled(asof: datetime) -> Q:
    """应处置 of the month of `asof`, as of then."""
    start = month_start(asof)
    done = feedbacks(start, _end_of_day(asof), due_from=start)
    return Q(pk__in=done.values("case_id")) | overdue_in_handling(asof)


def handled_late(asof: datetime) -> Q:
    """Those of 应处置 whose feedback came after the due, or has not come."""
    start = month_start(asof)
    done = feedbacks(start, _end_of_day(asof), due_from=start)
    late = done.filter(at__gt=F("handle_due_at"))
    return Q(pk__in=late.values("case_id")) | overdue_in_handling(asof)


def last_ratings() -> QuerySet[Rating]:
    """The last rating of every rated case: one voice a case, however often it was rated."""
    later = Rating.objects.filter(case_id=OuterRef("case_id"), pk__gt=OuterRef("pk"))
    return Rating.objects.filter(~Exists(later))


def rated_from(start: datetime) -> Q:
    """Cases whose last rating came at `start` or later."""
    return Q(pk__in=last_ratings().filter(at__gte=start).values("case_id"))


def rated_as(satisfaction: str) -> Q:
    """Cases whose last rating says so."""
    return Q(pk__in=last_ratings().filter(satisfaction=satisfaction).values("case_id"))


def _end_of_day(asof: datetime) -> datetime:
    return day_bounds(local_day(asof))[1]
