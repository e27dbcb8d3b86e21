"""How each importer is asked in the trial of damaged tables. Imported when Django is ready."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from linli.cases.actions.duties import import_duties
from linli.cases.actions.standards import apply_standards, preview_standards
from linli.cases.catalogue.duties import DUTIES, read_duties
from linli.cases.catalogue.standards import codes
from linli.cases.catalogue.standards.rows import Options
from linli.cases.catalogue.standards.sheet import read_standards
from linli.cases.catalogue.standards.workbook import read_file
from linli.cases.classifier.corpus import read_corpus
from linli.cases.importing import REPORTS, import_reports
from linli.cases.models import Report
from linli.insight.hotspots.table import MESSAGES, read_voices
from linli.kernel.access.importing import POSTS, import_posts
from linli.kernel.acting import SYSTEM
from linli.kernel.people.importing import STAFF, import_staff
from linli.kernel.people.models import Staff
from linli.kernel.places.actions import import_regions
from linli.kernel.places.public_forms import REGIONS
from linli.kernel.tables.columns import Layout
from linli.kernel.tables.reading import Table, read_table
from linli.kernel.tables.results import Imported
from tests.trials.damaged_files import Damaged
from tests.trials.damaged_tables import NOTED, Told
from tests.world import MONDAY, World

TRIAL_DAY = date(2026, 3, 9)


def reports(file: Damaged, world: World) -> Told:
    table = read_table(file.name, file.content, REPORTS)
    before = set(Report.objects.values_list("pk", flat=True))
    result, _ids = import_reports(table, channel="hotline", source="trial", by=SYSTEM, now=MONDAY)
    rows = Report.objects.exclude(pk__in=before).values_list("external_no", "contact__phone")
    return _told(table, result, [key for key, _phone in rows], [phone for _key, phone in rows])


def staff(file: Damaged, world: World) -> Told:
    table = read_table(file.name, file.content, STAFF)
    before = set(Staff.objects.values_list("pk", flat=True))
    result = import_staff(table, by=world.actors["system_admin"], now=MONDAY)
    rows = Staff.objects.exclude(pk__in=before).values_list("employee_no", "phone")
    return _told(table, result, [key for key, _phone in rows], [phone for _key, phone in rows])


def posts(file: Damaged, world: World) -> Told:
    table = read_table(file.name, file.content, POSTS)
    return _told(table, import_posts(table, by=world.actors["security_admin"], now=MONDAY))


def duties(file: Damaged, world: World) -> Told:
    sheet = read_duties(file.name, file.content)
    result = import_duties(
        "trial", sheet, since=TRIAL_DAY, save=True, by=world.actors["system_admin"], now=MONDAY
    )
    return _told(read_table(file.name, file.content, DUTIES), result)


def standards(file: Damaged, world: World) -> Told:
    options = Options(pattern=codes.parse_pattern("6+2+2+6"), kind="event")
    reading = read_standards(read_file(file.name, file.content), options=options)
    preview = preview_standards("trial", reading, by=SYSTEM, now=MONDAY)
    plan = apply_standards(
        "trial", reading, base=preview.base, remove_missing=True, by=SYSTEM, now=MONDAY
    ).plan
    assert reading.complete or not plan.removable, "a file that is not whole retires nothing"
    lines = {row.number for row in reading.rows}
    lines |= {number for one in reading.errors for number in (one.number, *one.also)}
    stored = len(plan.added) + len(plan.changed) + len(plan.unchanged) + len(plan.refused)
    return Told(
        lines,
        _noted(reading.notes),
        len(reading.rows) + reading.refused_lines,
        stored + reading.refused_lines,
        set(),
        set(),
    )


def messages(file: Damaged, world: World) -> Told:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file.name
        path.write_bytes(file.content)
        corpus = read_corpus([path])
    layout = Layout(
        "来件",
        {"label": ("label_level1",), "title": ("title",), "body": ("body",)},
        needed=(("label",), ("title", "body")),
    )
    table = read_table(file.name, file.content, layout)
    taken = len(corpus.messages) + corpus.left_out
    return Told(
        _rows(table),
        _noted(table.notes),
        table.size,
        taken,
        set(corpus.labels) - {"市政", "环卫"},
        set(),
    )


def hotspots(file: Damaged, world: World) -> Told:
    found = read_voices(file.name, file.content)
    table = read_table(file.name, file.content, MESSAGES)
    return _told(table, found.rows, found.numbers.values())


def places(file: Damaged, world: World) -> Told:
    table = read_table(file.name, file.content, REGIONS)
    return _told(table, import_regions(table, by=SYSTEM, now=MONDAY).imported)


def _told(
    table: Table, result: Imported, keys: Iterable[str] = (), phones: Iterable[str | None] = ()
) -> Told:
    assert result.read == table.size, "every row the reader found was looked at"
    told = {one or "" for one in phones}
    return Told(_rows(table), _noted(table.notes), result.read, result.taken, set(keys), told)


def _rows(table: Table) -> set[int]:
    return {row.number for row in table.rows} | {one.row for one in table.refused}


def _noted(notes: Sequence[str]) -> set[int]:
    return {int(number) for note in notes for number in NOTED.findall(note)}
