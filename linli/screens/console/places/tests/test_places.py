"""Communities and grids, the due-date calculator."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.kernel.people.models import GridPosting
from linli.screens.console.tests.office import Enter
from tests.world import World

MOST_QUERIES = 12


def test_the_list_names_the_worker_of_each_grid_in_the_scope(world: World, enter: Enter) -> None:
    all_of_it = enter("acceptor").get("/console/places").content.decode()
    own = enter("grid_worker").get("/console/places").content.decode()

    assert all(
        name in all_of_it for name in ("槐树里社区", "清河湾社区", "网格员小李", "网格员小赵")
    )
    assert "没有人" in all_of_it, "nobody looks after the second grid"
    assert "网格员小李" in own
    assert "网格员小赵" not in own


def test_the_list_of_places_costs_the_same_with_more_postings(world: World, enter: Enter) -> None:
    for who in ("clerk", "checker", "leader"):
        GridPosting.objects.create(
            staff=world.staff[who],
            grid_id=world.areas["G2"],
            duty=GridPosting.Duty.PART_TIME,
            valid_from="2020-01-01",
        )
    client = enter("acceptor")
    client.get("/console/places")

    with CaptureQueriesContext(connection) as queries:
        client.get("/console/places")

    assert len(queries) <= MOST_QUERIES


def test_the_card_of_a_grid_carries_a_code_for_reporting(world: World, enter: Enter) -> None:
    answer = enter("acceptor").get("/console/places/990101001001001")

    words = answer.content.decode()
    assert answer.context["address"] == "http://testserver/home/report?grid=990101001001001"
    assert "<svg" in answer.context["code_drawing"]
    assert "style=" not in answer.context["code_drawing"]
    assert "网格员小李" in words


def test_a_code_that_is_no_grid_is_answered_in_words(world: World, enter: Enter) -> None:
    client = enter("acceptor")

    assert client.get("/console/places/990101001001009").status_code == 404
    assert client.get("/console/places/nonsense").status_code in (400, 404, 422)


def test_the_calculator_shows_the_due_and_every_day_it_skipped(world: World, enter: Enter) -> None:
    answer = enter("acceptor").get("/console/due?start=2024-09-30T16:00&limit=3工作日")

    words = answer.content.decode()
    assert "2024-10-10 16:00" in words
    assert "2024-10-01（国庆节）" in words
    assert "08:00–12:00" in words


def test_a_limit_that_could_mean_two_things_is_asked_back(world: World, enter: Enter) -> None:
    client = enter("acceptor")

    unclear = client.get("/console/due?start=2024-09-30T16:00&limit=3天")
    beyond = client.get("/console/due?start=2055-09-30T16:00&limit=3工作日")

    assert list(unclear.context["form"].errors) == ["limit"]
    assert "3工作日" in unclear.content.decode()
    assert unclear.context["found"] is None
    assert beyond.context["form"].errors
