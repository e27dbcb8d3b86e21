from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from tests.emptying import KEPT, empty_written_tables
from tests.world import World
from tests.world_snapshot import contents


@pytest.mark.django_db(transaction=True)
def test_what_was_written_goes_and_what_the_migrations_wrote_stays(world: World) -> None:
    types = ContentType.objects.count()

    empty_written_tables()

    ours = set(connection.introspection.django_table_names()) - KEPT
    assert {table: rows for table, rows in contents().items() if table in ours and rows} == {}
    assert ContentType.objects.count() == types > 0
