"""Old cases by the hundred thousand, written straight into PostgreSQL: cases, reports, moves, deadlines, search rows.

They lie in the world of the tests and in AREAS sub-districts around it, of five communities with five grids each,
over five years. One in fifty is open; the others went the whole way. The rows are made inside the server from a
list of phrases, with the indexes taken away meanwhile: a few minutes for a million, against an hour through Python.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping
from datetime import datetime
from itertools import product
from typing import Any

from django.db import connection
from django.db.models import JSONField, Model
from psycopg import sql

from linli.cases.actions.effects import CASES as CASES_KIND
from linli.cases.models import Case, CaseMove, Deadline, Report
from linli.kernel.engine.pieces import pieces
from linli.kernel.matters.inbox import rebuild
from linli.kernel.organisations.models import Organization
from linli.kernel.people.models import Staff
from linli.kernel.places.models import Area, AreaLevel
from tests.world import DAY, World

AREAS = 20
OPEN_EVERY = 50
BATCH = 100_000
TABLES = ("cases_case", "cases_report", "cases_casemove", "cases_deadline", "cases_search")

QUARTERS = ("春晓苑", "桂花坊", "石桥弄", "西河沿", "枫林里")
PLACES = [f"{name}{number}幢" for name in QUARTERS for number in range(1, 41)]
MATTERS = (
    "垃圾没人清",
    "路灯不亮",
    "井盖松动",
    "占道经营",
    "楼道堆物",
    "水管漏水",
    "噪声扰民",
    "树枝挡路",
    "车辆乱停",
    "墙皮脱落",
)
DETAILS = (
    "已经三天了，请尽快处理。",
    "晚上经过很危险。",
    "老人出行不便，反映多次。",
    "希望有人来看一下。",
)


def add_old_cases(count: int, world: World, *, now: datetime) -> float:
    """Add that many; seconds taken. PostgreSQL only."""
    started = time.perf_counter()
    _phrases()
    _places(world)
    with connection.cursor() as cursor:
        cursor.execute(
            "SET session_replication_role = replica"
        )  # the foreign keys are right by making
        kept = _drop_indexes(cursor)
        values = _values(world, count, now)
        statements = (
            _filling(Case, CASES, OF_CASES),
            _filling(Report, REPORTS, OF_REPORTS),
            _filling(CaseMove, MOVES, OF_MOVES),
            _filling(Deadline, DEADLINES, OF_DEADLINES),
            SEARCH,
        )
        for first in range(0, count, BATCH):
            part = {**values, "first": first + 1, "last": min(first + BATCH, count)}
            for statement in statements:
                cursor.execute(statement, part)
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for statement in (*kept, ENDS):
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT")
        for table in (*TABLES, "phrase", "spot"):
            cursor.execute(f"VACUUM ANALYZE {table}")
    rebuild(CASES_KIND)
    return time.perf_counter() - started


def _filling(model: type[Model], given: Mapping[str, str], source: str) -> str:
    """The statement that fills a table; what `given` does not name gets what the model gives a new row.

    A column that is added to a model and needs a value is filled, or refused here by name.
    """
    columns = dict(given)
    for field in model._meta.concrete_fields:
        name = f'"{field.column}"' if field.column == "limit" else str(field.column)
        if name in columns or field.primary_key or field.null:
            continue
        default = field.get_default()
        assert default is not None, f"{model.__name__}.{field.name} has no default: give it here"
        value = sql.Literal(json.dumps(default) if isinstance(field, JSONField) else default)
        columns[name] = value.as_string(None).replace("%", "%%")
    return (
        f"{NUMBERS} INSERT INTO {model._meta.db_table} ({', '.join(columns)})"
        f" OVERRIDING SYSTEM VALUE SELECT {', '.join(columns.values())} {source}"
    )


def _values(world: World, count: int, now: datetime) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM cases_case")
        base = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM phrase")
        phrases = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM spot")
        spots = cursor.fetchone()[0]
    return {
        "base": base, "count": count, "now": now, "phrases": phrases, "spots": spots, "every": OPEN_EVERY,
        "category": world.category.pk, "standard": world.standard.pk,
        "staff": list(Staff.objects.order_by("id").values_list("pk", flat=True)),
        "orgs": list(Organization.objects.order_by("id").values_list("pk", flat=True)),
    }  # fmt: skip


def _phrases() -> None:
    chance = random.Random(7)
    rows = []
    for number, (place, matter) in enumerate(product(PLACES, MATTERS)):
        body = f"{place}附近{matter}，{chance.choice(DETAILS)}{chance.choice(DETAILS)}"
        rows.append((number, f"{place}{matter}", body, pieces(f"{place}{matter}\n{body}")))
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE phrase (i int PRIMARY KEY, title text, body text, words text[])"
        )
        cursor.execute(THREES)
        cursor.executemany("INSERT INTO phrase VALUES (%s, %s, %s, %s)", rows)


def _places(world: World) -> None:
    """Sub-districts around the world's, and the table `spot`: one row per grid with its south-west corner."""
    district = Area.objects.get(pk=world.areas["D"])
    rows = [_spot(world, grid, at) for at, grid in enumerate(("G1", "G2", "G3"))]
    for number in range(2, AREAS + 2):
        code = f"990101{number:03d}"
        street = _area(AreaLevel.SUBDISTRICT, code, f"第{number}街道", district)
        for block in range(5):
            community = _area(
                AreaLevel.COMMUNITY, f"{code}{block + 1:03d}", f"{number}-{block}社区", street
            )
            for cell in range(5):
                name = f"{number}-{block}-{cell}网格"
                grid = _area(AreaLevel.GRID, f"{community.code}{cell + 1:03d}", name, community)
                west, south = (
                    120.04 + 0.01 * (number % 10 * 5 + cell),
                    30.0 + 0.01 * (number // 10 * 5 + block),
                )
                rows.append((district.pk, street.pk, community.pk, grid.pk, west, south))
    home = [
        rows[at % 3] for at in range(len(rows) // AREAS)
    ]  # the world has its share of the cases
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE spot (i int PRIMARY KEY, d int, s int, c int, g int, west float8, south float8)"
        )
        cursor.executemany(
            "INSERT INTO spot VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [(number, *row) for number, row in enumerate([*home, *rows[3:]])],
        )


def _spot(world: World, grid: str, at: int) -> tuple[int, int, int, int, float, float]:
    ids = world.areas
    community = ids["C2" if grid == "G3" else "C1"]
    return ids["D"], ids["S"], community, ids[grid], 120.0 + 0.01 * at, 30.0


def _area(level: AreaLevel, code: str, name: str, parent: Area) -> Area:
    kind = "basic" if level == AreaLevel.GRID else ""
    return Area.objects.create(
        level=level, code=code, name=name, parent=parent, kind=kind, valid_from=DAY
    )


def _drop_indexes(cursor: Any) -> list[str]:
    """Drop every index that is no constraint; the statements that make them again."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexname NOT IN"
        " (SELECT conname FROM pg_constraint)",
        [list(TABLES)],
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _, definition in found]


THREES = """
CREATE FUNCTION threes(digits text) RETURNS text[] LANGUAGE sql IMMUTABLE AS
$$ SELECT array_agg(substr(digits, at, 3)) FROM generate_series(1, length(digits) - 2) AS at $$
"""
"""The pieces of a number, see `linli.kernel.engine.pieces`."""

NUMBERS = """
WITH n AS (
    SELECT i, i + %(base)s AS id, i %% %(every)s = 0 AS open,
           %(now)s::timestamptz - interval '2 days' - (%(count)s - i) * interval '5 years' / %(count)s AS at,
           hashint8(i)::bigint & 1048575 AS h, hashint8(i + 7)::bigint & 1048575 AS k
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) i
)
"""
CASES: dict[str, str] = {
    "id": "n.id", "district_id": "s.d", "subdistrict_id": "s.s", "community_id": "s.c", "grid_id": "s.g",
    "lon": "p.lon", "lat": "p.lat", "stage": "CASE WHEN open THEN 'handling' ELSE 'closed' END", "open": "open",
    "version": "8", "title": "f.title", "body": "f.body",
    "cell": "p.line * 2097152"
    " + floor((p.lon + 180) / (p.step / cos(radians(floor(p.line * p.step - 90)))))::bigint",
    "intake_channel": "'phone'", "category_id": "%(category)s", "standard_id": "%(standard)s", "public": "true",
    "suggestion": """'{"category": {"code": "E0111", "major": "event01"}}'::jsonb""",
    "owner_id": "CASE WHEN open THEN (%(staff)s::bigint[])[1 + h %% cardinality(%(staff)s::bigint[])] END",
    "handling_org_id": "(%(orgs)s::bigint[])[1 + h %% cardinality(%(orgs)s::bigint[])]",
    "opened_at": "at", "last_reported_at": "at", "changed_at": "at",
    "due_at": "CASE WHEN open THEN %(now)s::timestamptz + interval '30 days' END",
    "yellow_at": "CASE WHEN open THEN %(now)s::timestamptz + interval '25 days' END",
    "promised_at": "at + interval '5 days'", "closed_at": "CASE WHEN NOT open THEN at + interval '2 days' END",
    "outcome": "CASE WHEN open THEN '' ELSE 'solved' END",
}  # fmt: skip
OF_CASES = """
FROM n JOIN spot s ON s.i = h %% %(spots)s JOIN phrase f ON f.i = k %% %(phrases)s,
    LATERAL (SELECT s.west + 0.0099 * h / 1048576 AS lon, y AS lat, st AS step, floor((y + 90) / st)::bigint AS line
        FROM (SELECT s.south + 0.0099 * k / 1048576 AS y, 50 / 111195.0797343 AS st) q) p
"""
REPORTS: dict[str, str] = {
    "receipt": "'9' || lpad(n.i::text, 11, '0')", "content_key": "md5(n.i::text)", "case_id": "n.id",
    "intake_channel": "'phone'", "title": "f.title", "body": "f.body", "category_id": "%(category)s",
    "publish_consent": "true", "received_at": "at",
}  # fmt: skip
OF_REPORTS = "FROM n JOIN phrase f ON f.i = k %% %(phrases)s"
MOVES: dict[str, str] = {
    "case_id": "n.id", "code": "m.code", "from_stage": "m.source", "to_stage": "m.target", "at": "at + m.later",
    "by_kind": "'staff'", "by_name": "'受理员小钱'", "by_staff_id": "(%(staff)s::bigint[])[1]",
    "public_text": "m.text",
}  # fmt: skip
OF_MOVES = """
FROM n, (VALUES ('report', '', 'received', interval '0', '已收到'),
    ('dispatch', 'to_dispatch', 'to_sign', interval '1 hour', '已派单'),
    ('feedback', 'handling', 'to_check', interval '1 day', '已处置'),
    ('close', 'to_follow_up', 'closed', interval '2 days', '已结案')) AS m(code, source, target, later, text)
WHERE NOT (n.open AND m.code IN ('feedback', 'close'))
"""
DEADLINES: dict[str, str] = {
    "case_id": "n.id", "clock": "c.clock", "\"limit\"": "c.words", "starts_at": "at + c.begins",
    "due_at": "at + c.due", "stopped_at": "CASE WHEN NOT (n.open AND c.clock = 'handle') THEN at + c.ends END",
}  # fmt: skip
OF_DEADLINES = """
FROM n, (VALUES ('accept', '30工作分钟', interval '0', interval '30 minutes', interval '20 minutes'),
    ('dispatch', '30工作分钟', interval '20 minutes', interval '80 minutes', interval '1 hour'),
    ('handle', '5工作日', interval '1 hour', interval '5 days', interval '1 day'),
    ('check', '2工作日', interval '1 day', interval '3 days', interval '2 days'))
    AS c(clock, words, begins, due, ends)
WHERE NOT (n.open AND c.clock = 'check')
"""
SEARCH = (
    NUMBERS
    + """
INSERT INTO cases_search (id, pieces)
SELECT n.id, array_to_tsvector(f.words || threes(to_char(at AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDD')
        || lpad(n.id::text, greatest(6, length(n.id::text)), '0')) || threes('9' || lpad(n.i::text, 11, '0'))
    || ARRAY['d' || s.d, 's' || s.s, 'c' || s.c, 'g' || s.g])
FROM n JOIN spot s ON s.i = h %% %(spots)s JOIN phrase f ON f.i = k %% %(phrases)s
"""
)
ENDS = "SELECT setval(pg_get_serial_sequence('cases_case', 'id'), (SELECT max(id) FROM cases_case))"
