"""Everything the board shows, read once and shared by every screen that looks at the same areas.

What was read is given out for a second, and read anew at once when something was announced in between; fifty
screens that hear of one change together cost one set of queries.
"""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.db.models import Q

from linli.cases import figures
from linli.cases.figures import DayCount, OpenCount, Share, Voices
from linli.cases.models import Case, Category
from linli.cases.moderation import accepted_among
from linli.kernel.acting import Actor, Scope
from linli.kernel.calendar.local import local_day
from linli.kernel.engine.remembered import Remembered
from linli.kernel.events.models import OutboxEntry
from linli.kernel.people.models import GridPosting
from linli.kernel.people.queries import on_duty
from linli.kernel.places.models import Area, AreaLevel, Building, Dwelling
from linli.kernel.places.queries import areas_within
from linli.screens.board.wording import wall_words

SHARED_SECONDS = 1.0
TURN_SECONDS = 0.3
"""How long the number of the last announcement is believed; a screen asks again a second after each change."""

EVENTS = 8
ALARMS = 9
"""Lines of a list; what fits the wall."""

MOST_POINTS = 2_000
"""Cases on the map at once, the newest; more hide each other."""

DAYS = (7, 30)


@dataclass(frozen=True)
class Line:
    """A case as a wall may show it; a confidential one, and one nobody has accepted, is told without its words."""

    number: str
    at: datetime
    class_name: str
    words: str
    place: str
    stage: str
    due_at: datetime | None
    confidential: bool


@dataclass(frozen=True)
class Ground:
    """What lies in the areas; `bounds` of all grids are west, south, east, north in degrees."""

    place_name: str
    bounds: tuple[float, float, float, float] | None
    communities: dict[int, str]
    grids: int
    buildings: int
    dwellings: int


@dataclass(frozen=True)
class Snapshot:
    """One reading of all figures, as of `asof`."""

    asof: datetime
    ground: Ground
    workers_on_duty: int
    today: DayCount
    open: OpenCount
    channels: list[tuple[str, int]]
    classes: list[tuple[int, str, int]]
    shares: dict[int | None, Share]
    voices: Voices
    trend: list[DayCount]
    events: list[Line]

    @cached_property
    def mark(self) -> str:
        """Changes when any figure or line does; what a screen compares before it draws anew."""
        shown = (self.workers_on_duty, self.open, self.shares, self.voices, self.trend, self.events)
        more = (self.ground, self.channels, self.classes)
        return f"{zlib.crc32(repr((shown, more)).encode()):08x}"


@dataclass(frozen=True)
class Watch:
    """What the alarm screen shows."""

    asof: datetime
    ground: Ground
    open: OpenCount
    overdue: list[Line]
    urgent: list[Line]
    unowned: list[Line]


@dataclass(frozen=True)
class MapCases:
    """Open cases with a position, newest first."""

    asof: datetime
    cases: list[Case]


Content = Snapshot | Watch | MapCases


@dataclass
class _Slot:
    lock: threading.Lock = field(default_factory=threading.Lock)
    turn: int = -1
    read_at: float = 0.0
    content: Content | None = None


def snapshot_for(actor: Actor, *, now: datetime) -> Snapshot:
    """The figures of the actor's areas."""
    found = _shared("all", actor, now)
    assert isinstance(found, Snapshot), "this slot holds the whole board"
    return found


def watch_for(actor: Actor, *, now: datetime) -> Watch:
    """The alarms of the actor's areas."""
    found = _shared("watch", actor, now)
    assert isinstance(found, Watch), "this slot holds the alarms"
    return found


def map_for(actor: Actor, *, now: datetime) -> MapCases:
    """The open cases of the actor's areas that have a position."""
    found = _shared("map", actor, now)
    assert isinstance(found, MapCases), "this slot holds the map"
    return found


def class_name(case: Case) -> str:
    """Empty while the case has none."""
    return case.category.name if case.category else ""


def place_of(case: Case) -> str:
    """The grid, or the community when the grid is not known."""
    area = case.grid or case.community
    return area.name if area else ""


def _shared(kind: str, actor: Actor, now: datetime) -> Content:
    scope = actor.scope(figures.BOARD)
    slot = _slot(kind, scope)
    turn = _last_announcement()
    with slot.lock:
        age = time.monotonic() - slot.read_at
        if slot.content is None or slot.turn != turn or age > SHARED_SECONDS:
            slot.content = READERS[kind](scope, now.replace(microsecond=0))
            slot.turn, slot.read_at = turn, time.monotonic()
        return slot.content


def _read(scope: Scope, asof: datetime) -> Snapshot:
    viewer = _viewer(scope)
    ground = _ground(scope)
    return Snapshot(
        asof=asof,
        ground=ground,
        workers_on_duty=_workers_on_duty(scope, asof),
        today=figures.day_count(viewer, asof=asof),
        open=figures.open_count(viewer, asof=asof),
        channels=figures.by_channel(viewer, asof=asof),
        classes=_named(figures.by_class(viewer, asof=asof)),
        shares=figures.on_time_by_community(viewer, asof=asof),
        voices=figures.voices(viewer, asof=asof),
        trend=figures.trend(viewer, days=max(DAYS), asof=asof),
        events=_lines(figures.latest_changed(viewer, most=EVENTS, asof=asof)),
    )


def _read_watch(scope: Scope, asof: datetime) -> Watch:
    viewer = _viewer(scope)
    conditions = (Q(due_at__lt=asof), Q(urgent=True), Q(owner=None))
    lists = [_lines(figures.alarms(viewer, one, most=ALARMS)) for one in conditions]
    return Watch(asof, _ground(scope), figures.open_count(viewer, asof=asof), *lists)


def _read_map(scope: Scope, asof: datetime) -> MapCases:
    return MapCases(asof, figures.on_the_map(_viewer(scope), most=MOST_POINTS))


def _viewer(scope: Scope) -> Actor:
    """Whoever sees these areas and nothing else; what is shared must not depend on one login."""
    return Actor(kind="board", name="大屏", grants={figures.BOARD: scope})


def _named(classes: list[tuple[int, int]]) -> list[tuple[int, str, int]]:
    names = Category.objects.in_bulk([pk for pk, _ in classes])
    return [(pk, names[pk].name, n) for pk, n in classes]


def _lines(cases: list[Case]) -> list[Line]:
    names = figures.contacts_of(cases)
    accepted = accepted_among(cases)
    return [
        Line(
            number=case.number,
            at=case.changed_at,
            class_name=class_name(case),
            words=wall_words(case.title.plain, names.get(case.pk, ()))
            if case.pk in accepted and not case.confidential
            else "",
            place=place_of(case),
            stage=case.stage,
            due_at=case.due_at,
            confidential=case.confidential,
        )
        for case in cases
    ]


def _read_ground(scope: Scope) -> Ground:
    areas = areas_within(scope).defer("geometry", "raw_geometry")
    communities = areas.filter(level=AreaLevel.COMMUNITY)
    grids = areas.filter(level=AreaLevel.GRID)
    standing = Q(community__in=communities.order_by().values("pk")) | Q(
        grid__in=grids.order_by().values("pk")
    )
    buildings = Building.objects.filter(standing)
    return Ground(
        place_name=_widest(list(areas)),
        bounds=_bounds([area for area in grids if area.west is not None]),
        communities={area.pk: area.name for area in communities},
        grids=grids.count(),
        buildings=buildings.count(),
        dwellings=Dwelling.objects.filter(unit__building__in=buildings.values("pk")).count(),
    )


def _widest(areas: list[Area]) -> str:
    """The name of the widest area there is just one of."""
    for level in (AreaLevel.DISTRICT, AreaLevel.SUBDISTRICT, AreaLevel.COMMUNITY, AreaLevel.GRID):
        names = [area.name for area in areas if area.level == level]
        if len(names) == 1:
            return names[0]
    return ""


def _bounds(grids: list[Area]) -> tuple[float, float, float, float] | None:
    if not grids:
        return None
    corners = [(grid.west or 0, grid.south or 0, grid.east or 0, grid.north or 0) for grid in grids]
    west, south, east, north = zip(*corners, strict=True)
    return min(west), min(south), max(east), max(north)


def _workers_on_duty(scope: Scope, asof: datetime) -> int:
    day = local_day(asof)
    grids = areas_within(scope).filter(level=AreaLevel.GRID).order_by()
    posted = GridPosting.objects.filter(grid__in=grids.values("pk"), valid_from__lte=day)
    posted = posted.filter(Q(valid_until=None) | Q(valid_until__gte=day))
    return len(on_duty(asof, among=set(posted.values_list("staff_id", flat=True))))


def _read_last_announcement() -> int:
    return OutboxEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0


READERS: dict[str, Callable[[Scope, datetime], Content]] = {
    "all": _read,
    "watch": _read_watch,
    "map": _read_map,
}

_slot = Remembered(lambda kind, scope: _Slot(), seconds=60.0)
_ground = Remembered(_read_ground, seconds=30.0)
_last_announcement = Remembered(_read_last_announcement, seconds=TURN_SECONDS)
