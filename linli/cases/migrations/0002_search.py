"""The full-text index of cases; its shape depends on the engine, see `linli/kernel/engine/search.py`."""

from django.db import migrations

from linli.cases.index import TABLE
from linli.kernel.engine.search import create_index


def make_index(apps, schema_editor):
    create_index(TABLE, using=schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunPython(make_index, migrations.RunPython.noop)]
