from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from linli.kernel.acting import SYSTEM
from linli.kernel.places import live_atlas
from linli.kernel.places.actions import import_areas, redraw_grid, rename_area, retire_area
from linli.kernel.places.models import Area, GridKind
from linli.kernel.places.queries import locate, suggest_grid
from linli.kernel.places.tests.world import (
    EAST_GRID,
    LATER,
    NOW,
    RIVER_GRID,
    WEST_GRID,
    collection,
    feature,
    neighbourhood,
    square,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place() -> None:
    live_atlas.forget_atlas()
    import_areas(neighbourhood(), by=SYSTEM, now=NOW)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that is moved by hand."""
    clock = [1000.0]
    monkeypatch.setattr("linli.kernel.places.live_atlas.time.monotonic", lambda: clock[0])
    return clock


def _code(lon: float, lat: float) -> str:
    found = locate(lon, lat)
    return "" if found is None else found.grid.code


def test_a_look_up_within_the_second_asks_the_database_nothing(later: list[float]) -> None:
    assert _code(120.005, 30.005) == WEST_GRID
    later[0] += 0.9
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert _code(120.015, 30.005) == EAST_GRID
    assert len(asked) == 0
    later[0] += 0.2
    with CaptureQueriesContext(connection) as asked:
        assert _code(120.015, 30.005) == EAST_GRID
    assert len(asked) == 1, "the editions, and nothing more while they are the same"


def test_an_edit_made_by_another_process_is_live_after_a_second(later: list[float]) -> None:
    assert _code(120.009, 30.005) == WEST_GRID
    grid = Area.objects.get(code=WEST_GRID)
    redraw_grid(grid.pk, by=SYSTEM, geometry=square(120.0, 30.0, 120.008, 30.01), now=LATER)
    # The commit of another process cannot make this one forget.
    assert _code(120.009, 30.005) == WEST_GRID
    later[0] += 1.0
    assert _code(120.009, 30.005) == ""
    assert _code(120.007, 30.005) == WEST_GRID


def test_the_own_edit_is_live_at_once(
    later: list[float], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    assert _code(120.009, 30.005) == WEST_GRID
    grid = Area.objects.get(code=WEST_GRID)
    with django_capture_on_commit_callbacks(execute=True):
        redraw_grid(grid.pk, by=SYSTEM, geometry=square(120.0, 30.0, 120.008, 30.01), now=LATER)
    assert _code(120.009, 30.005) == ""


def test_only_the_changed_street_is_read_again(later: list[float]) -> None:
    far = collection(
        feature("990101002", "远山街道"),
        feature("990101002001", "远山社区"),
        feature("990101002001001", "远山第一网格", square(121.0, 31.0, 121.01, 31.01)),
    )
    import_areas(far, by=SYSTEM, now=NOW)
    assert _code(121.005, 31.005) == "990101002001001"
    before = live_atlas._state
    assert before is not None
    rename_area(Area.objects.get(code=WEST_GRID).pk, by=SYSTEM, name="槐荫网格", now=LATER)
    later[0] += 1.0
    found = locate(120.005, 30.005)
    assert found is not None
    assert "槐荫网格" in found.sentence
    after = live_atlas._state
    assert after is not None
    street = Area.objects.get(code="990101002").pk
    assert after.sheets[street] is before.sheets[street]


def test_retired_and_micro_grids_are_not_on_the_map(later: list[float]) -> None:
    retire_area(Area.objects.get(code=RIVER_GRID).pk, by=SYSTEM, now=LATER)
    micro = feature(
        f"{WEST_GRID[:12]}000", "微网格", square(120.0, 30.0, 120.005, 30.005), kind="micro"
    )
    import_areas(collection(micro), by=SYSTEM, now=LATER)
    later[0] += 1.0
    assert Area.objects.filter(kind=GridKind.MICRO).count() == 1
    assert _code(120.025, 30.005) == ""
    assert _code(120.002, 30.002) == WEST_GRID


def test_a_thread_that_finds_the_map_being_reloaded_goes_on_with_the_old_one(
    later: list[float],
) -> None:
    assert _code(120.005, 30.005) == WEST_GRID
    later[0] += 5.0
    answers: list[str] = []
    with live_atlas._rebuilding:
        reader = threading.Thread(target=lambda: answers.append(_code(120.015, 30.005)))
        reader.start()
        reader.join(timeout=10)
    assert answers == [EAST_GRID]


def test_outside_the_grids_the_nearest_is_only_suggested() -> None:
    assert locate(120.0302, 30.005) is None
    offered = suggest_grid(120.0302, 30.005)
    assert offered is not None
    assert offered.grid.code == RIVER_GRID
    assert suggest_grid(120.05, 30.005) is None
