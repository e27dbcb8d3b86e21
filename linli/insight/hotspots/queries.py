"""What comes back among the stored reports and cases of a period, within what the actor may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db.models import QuerySet
from django.db.models.functions import Substr

from linli.cases.flow import Stage
from linli.cases.models import Case, Channel, Report
from linli.insight.errors import BadPeriod
from linli.insight.hotspots.repeats import Repeat, Spot, find_repeats
from linli.insight.hotspots.rules import Topic, Voice, find_topics
from linli.insight.hotspots.wording import BODY_CHARACTERS
from linli.kernel.acting import NOWHERE, Actor, Scope, within
from linli.kernel.calendar.local import day_bounds, local_day
from linli.kernel.engine.remembered import Remembered
from linli.kernel.privacy.free_text import masked_words
from linli.kernel.privacy.words import plain

SEEN = "cases.view"

LONGEST_PERIOD = timedelta(days=731)
"""Days a period may have; two years, so that a season can be compared with itself."""

MOST_HEARD = 20_000
"""Reports compared for a page, the newest; comparing them takes some seconds. A command compares all."""

KEPT_SECONDS = 60.0
"""How long what was found is kept in the process, so that a list opens at once."""

MOST_KEPT = 20
"""Findings kept at a time, each for one scope and period; one may hold some thousand messages."""

BODY_READ = 4 * BODY_CHARACTERS
ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Period:
    """Local days, both included."""

    first: date
    last: date

    @classmethod
    def of(cls, first: date | None, last: date | None, *, now: datetime) -> Period:
        """From one day to another; without them the last 90 days.

        Raises:
            BadPeriod: it ends before it begins, or is longer than `LONGEST_PERIOD`.
        """
        last = last or local_day(now)
        first = first or last - timedelta(days=89)
        if last < first:
            raise BadPeriod(f"截止日 {last} 早于起始日 {first}，请调换。", field="until")
        if last - first >= LONGEST_PERIOD:
            raise BadPeriod("时段最长两年，请缩短。", field="from")
        return cls(first, last)

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """First instant, and the first instant after."""
        return day_bounds(self.first)[0], day_bounds(self.last)[1]


Key = tuple[Scope, Period]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Hotspots:
    """Topics of a period. `heard` reports were compared, `left_out` older ones were not; `case_of` by receipt."""

    topics: list[Topic]
    heard: int
    left_out: int
    case_of: dict[str, int]


def hotspots(actor: Actor, period: Period) -> Hotspots:
    """Topics among the reports of a period, at most `KEPT_SECONDS` old; alarms of devices are left out."""
    scope = _scope(actor)
    return _kept(_found_topics(), (scope, period), lambda: _read_hotspots(scope, period))


def repeats(actor: Actor, period: Period) -> list[Repeat]:
    """Places of a period where the same thing came back, at most `KEPT_SECONDS` old."""
    scope = _scope(actor)
    return _kept(
        _found_repeats(), (scope, period), lambda: find_repeats(list(_spots(scope, period)))
    )


def voices_heard(actor: Actor, period: Period) -> list[Voice]:
    """Every report of a period as a voice whose key is its receipt."""
    return [voice for voice, _case in _voices(_reports(_scope(actor), period))]


def repeated_spots(actor: Actor, period: Period) -> list[Spot]:
    """Every case of a period as a spot; cases that were cancelled or live on in another one are left out."""
    return list(_spots(_scope(actor), period))


def _scope(actor: Actor) -> Scope:
    return actor.scope(SEEN) if actor.may(SEEN) else NOWHERE


def _read_hotspots(scope: Scope, period: Period) -> Hotspots:
    rows = _reports(scope, period)
    found = list(_voices(rows[:MOST_HEARD]))
    left_out = max(0, rows.count() - MOST_HEARD) if len(found) == MOST_HEARD else 0
    topics = find_topics([voice for voice, _case in found])
    return Hotspots(topics, len(found), left_out, {voice.key: case for voice, case in found})


def _reports(scope: Scope, period: Period) -> QuerySet[Report]:
    start, end = period.bounds
    rows = Report.objects.filter(received_at__gte=start, received_at__lt=end, case__isnull=False)
    rows = rows.exclude(intake_channel=Channel.IOT_ALARM).exclude(case__stage=Stage.CANCELLED)
    return rows.filter(within(scope, prefix="case__")).order_by("-received_at", "-pk")


def _voices(rows: QuerySet[Report]) -> Iterator[tuple[Voice, int]]:
    cells = rows.annotate(read=Substr("body", 1, BODY_READ)).values_list(
        "receipt", "title", "read", "contact_id", "entered_by_id", "received_at", "case_id",
        "case__category__name", "case__community__name",
    )  # fmt: skip
    for receipt, title, body, contact, staff, at, case_id, category, place in cells.iterator(
        chunk_size=ROWS_AT_ONCE
    ):
        voice = Voice(
            key=receipt,
            title=plain(title),
            body=body,
            reporter=_reporter(receipt, contact, staff),
            day=local_day(at),
            place=place or "",
            category=category or "",
        )
        yield voice, case_id


def _reporter(receipt: str, contact: int | None, staff: int | None) -> str:
    """Whoever spoke: the contact, else the worker who reported on the own round, else somebody unknown."""
    if contact is not None:
        return f"contact:{contact}"
    return f"staff:{staff}" if staff is not None else f"report:{receipt}"


def _spots(scope: Scope, period: Period) -> Iterator[Spot]:
    start, end = period.bounds
    rows = Case.objects.filter(opened_at__gte=start, opened_at__lt=end, merged_into=None)
    rows = rows.exclude(stage=Stage.CANCELLED).filter(within(scope))
    cells = rows.annotate(read=Substr("body", 1, BODY_READ)).values_list(
        "pk", "category__name", "title", "read", "opened_at", "community__name", "address", "lon", "lat",
        "report_count",
    )  # fmt: skip
    for pk, category, title, body, at, community, address, lon, lat, reports in cells.order_by(
        "pk"
    ).iterator(chunk_size=ROWS_AT_ONCE):
        yield Spot(
            case_id=pk,
            category=category or "",
            text=f"{plain(title)}\n{body}",
            day=local_day(at),
            community=community or "",
            address=masked_words(plain(address), keep_home=True),
            lon=lon,
            lat=lat,
            reports=reports,
        )


def _kept(found: dict[Key, T], key: Key, read: Callable[[], T]) -> T:
    if key not in found:
        if len(found) >= MOST_KEPT:
            found.clear()
        found[key] = read()
    return found[key]


# What is remembered is the drawer: it is emptied as a whole, so that no finding stays in memory for ever.
_found_topics: Remembered[dict[Key, Hotspots]] = Remembered(dict, seconds=KEPT_SECONDS)
_found_repeats: Remembered[dict[Key, list[Repeat]]] = Remembered(dict, seconds=KEPT_SECONDS)
