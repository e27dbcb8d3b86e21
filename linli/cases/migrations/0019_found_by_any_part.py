"""Cases that are already there are cut into pieces once more, so that any part of what is on the page finds them."""

from collections.abc import Iterator

from django.db import migrations

from linli.cases.index import TABLE, searchable
from linli.cases.models.loop import number_of
from linli.kernel.acting import AREA_COLUMNS
from linli.kernel.engine import search

BATCH = 1_000


def index_again(apps, schema_editor):
    case_model, report_model = apps.get_model("cases", "Case"), apps.get_model("cases", "Report")
    for rows in _batches(case_model):
        receipts = {}
        ids = [row["id"] for row in rows]
        reports = report_model.objects.filter(case_id__in=ids).order_by("-id")
        for case_id, receipt in reports.values_list("case_id", "receipt"):
            receipts.setdefault(case_id, []).append(receipt)
        search.put_many(TABLE, [(row["id"], _text(row, receipts), _labels(row)) for row in rows])


def _batches(case_model) -> Iterator[list]:
    last = 0
    names = ("id", "opened_at", "title", "address", "body", *(f"{name}_id" for name in AREA_COLUMNS))
    while rows := list(case_model.objects.filter(id__gt=last).order_by("id").values(*names)[:BATCH]):
        yield rows
        last = rows[-1]["id"]


def _text(row, receipts):
    number = number_of(row["id"], row["opened_at"])
    return searchable(number, receipts.get(row["id"], [])[:20], row["title"], row["address"], row["body"])


def _labels(row):
    return tuple(f"{name[0]}{row[f'{name}_id']}" for name in AREA_COLUMNS if row[f"{name}_id"])


class Migration(migrations.Migration):
    dependencies = [("cases", "0018_senders")]
    operations = [migrations.RunPython(index_again, migrations.RunPython.noop)]
