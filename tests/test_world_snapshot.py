"""The copied world is the made one, row for row, on whichever engine runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from django.db import connection, transaction

from linli.kernel.organisations.models import Organization, OrganizationKind
from tests.world import World, make_world
from tests.world_snapshot import Snapshot, Tables, begin_ids_anew, contents

DRAWN = {"access_account": "password", "places_mapedition": "stamp"}
"""Columns that are drawn at random, so no two worlds agree in them."""


def rows_after(make: Callable[[], object]) -> Tables:
    """Everything in the database after this, which is then undone; what is drawn at random is blank."""
    with transaction.atomic():
        make()
        found = contents()
        transaction.set_rollback(True)
    return {table: _blanked(table, rows) for table, rows in found.items()}


def _blanked(table: str, rows: list[Any]) -> list[Any]:
    if table not in DRAWN:
        return rows
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, table)
    drawn = [column.name for column in columns].index(DRAWN[table])
    return sorted((*row[:drawn], *row[drawn + 1 :]) for row in rows)


@pytest.mark.django_db
def test_the_copied_world_equals_one_that_is_made(world_snapshot: Snapshot) -> None:
    def made() -> None:
        begin_ids_anew(contents())
        make_world()

    copied = rows_after(world_snapshot.restore)

    assert copied == rows_after(made)
    assert len(copied["access_account"]) == 17, "there is something to compare"


def test_the_objects_of_the_copy_are_its_rows(world: World) -> None:
    known = [*world.organizations.values(), *world.staff.values()]
    for row in (*known, world.category, world.cover, world.standard):
        stored = type(row)._default_manager.get(pk=row.pk)
        for column in row._meta.concrete_fields:
            assert getattr(stored, column.attname) == getattr(row, column.attname)


@pytest.mark.django_db
def test_what_one_test_does_to_its_world_the_next_does_not_see(world_snapshot: Snapshot) -> None:
    with transaction.atomic():
        first = world_snapshot.restore()
        first.staff["handler"].name = "别人"
        first.areas.clear()
        transaction.set_rollback(True)

    second = world_snapshot.restore()

    assert second.staff["handler"].name == "城管小冯"
    assert len(second.areas) == 7
    assert {one.name for one in fields(World)} == set(vars(second))


def test_new_rows_come_behind_the_copied_ones(world: World) -> None:
    office = Organization.objects.create(code="N", name="新来的", kind=OrganizationKind.DEPARTMENT)

    assert office.pk == len(world.organizations) + 1


@pytest.mark.django_db(transaction=True)
def test_a_test_with_real_transactions_gets_the_same_world(world: World) -> None:
    assert Organization.objects.count() == len(world.organizations) == 3
    assert Organization.objects.create(code="N", name="新", kind="department").pk == 4
