"""`linli cases recompute --check`: tell every clock again from the timeline and hold it against what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer
from django.db.models import QuerySet

from linli.cases.flow import Clock
from linli.cases.models import (
    Case,
    CaseMove,
    Deadline,
    LegDeadline,
    WhistleLeg,
    WhistleLine,
)
from linli.cases.replaying import Line, mismatches
from linli.cases.whistle.replaying import leg_mismatches, legs_with_clocks
from linli.doors.terminal.output import console, print_json, progress

SHOWN = 20
READINGS = 3
"""How often a case that does not fit is read before it counts; while people work, one may change in between."""

BATCH = 500
"""Cases read at once; their timelines fit into memory many times."""


def register(app: typer.Typer) -> None:
    """Add the group `cases`."""
    group = typer.Typer(help="案件。", no_args_is_help=True)
    group.command(name="recompute")(recompute)
    app.add_typer(group, name="cases")


def recompute(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="只比对，不改动（目前唯一的方式）。")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象。")] = False,
) -> None:
    """由办理过程重算每一个时限，并与存储的比对；有不一致时退出码为 1。"""
    del check
    total = Case.objects.count()
    deadlines = legs = wrong = 0
    examples: list[dict[str, str]] = []
    with progress("重算时限", total) as done:
        for number, (case, lines, rows) in enumerate(_cases(), start=1):
            deadlines += len(rows)
            found = _case_mismatches(case, lines, rows)
            wrong += len(found)
            if found and len(examples) < SHOWN:
                examples.append({"case": case.number, "found": "；".join(found)})
            done(number)
    for leg, leg_lines, leg_rows in legs_with_clocks():
        legs += 1
        deadlines += len(leg_rows)
        found = _leg_mismatches(leg, leg_lines, leg_rows)
        wrong += len(found)
        if found and len(examples) < SHOWN:
            name = f"{leg.whistle.number} {leg.organization.name}"
            examples.append({"case": name, "found": "；".join(found)})
    if as_json:
        print_json(
            {
                "cases": total,
                "legs": legs,
                "checked": deadlines,
                "mismatches": wrong,
                "examples": examples,
            }
        )
    else:
        console.print(
            f"比对 {total} 件案件、{legs} 项应哨的 {deadlines} 个时限，{wrong} 处不一致。"
        )
        for example in examples:
            console.print(f"  {example['case']}：{example['found']}", markup=False)
    raise typer.Exit(1 if wrong else 0)


def _case_mismatches(case: Case, lines: list[Line], rows: list[Deadline]) -> list[str]:
    """What differs; a case that was moved between the two readings is read again."""
    found: list[str] = []
    for _ in range(READINGS):
        found = mismatches(
            lines,
            rows,
            limit=case.standard.time_limit if case.standard else "",
            organization_id=_unit_of(rows),
        )
        if not found:
            break
        [(case, lines, rows)] = _with_clocks(Case.objects.filter(pk=case.pk))
    return found


def _leg_mismatches(
    leg: WhistleLeg, lines: list[WhistleLine], rows: list[LegDeadline]
) -> list[str]:
    found: list[str] = []
    for _ in range(READINGS):
        found = leg_mismatches(leg, lines, rows)
        if not found:
            break
        [(leg, lines, rows)] = legs_with_clocks(leg.pk)
    return found


def _cases() -> Iterator[tuple[Case, list[Line], list[Deadline]]]:
    last = 0
    while True:
        rows = _with_clocks(Case.objects.filter(pk__gt=last).order_by("pk")[:BATCH])
        if not rows:
            return
        last = rows[-1][0].pk
        yield from rows


def _with_clocks(wanted: QuerySet[Case]) -> list[tuple[Case, list[Line], list[Deadline]]]:
    cases = list(wanted.select_related("standard"))
    ids = [case.pk for case in cases]
    lines: dict[int, list[Line]] = {pk: [] for pk in ids}
    for move in CaseMove.objects.filter(case_id__in=ids).order_by("id"):
        line = Line(move.code, move.from_stage, move.to_stage, move.at, move.facts)
        lines[move.case_id].append(line)
    rows: dict[int, list[Deadline]] = {pk: [] for pk in ids}
    for row in Deadline.objects.filter(case_id__in=ids).order_by("id"):
        rows[row.case_id].append(row)
    return [(case, lines[case.pk], rows[case.pk]) for case in cases]


def _unit_of(rows: list[Deadline]) -> int | None:
    """The unit by whose calendar handling was counted, for timelines that name the unit only in words."""
    handling = (row for row in rows if row.clock == Clock.HANDLE)
    return next((row.derivation.get("organization_id") for row in handling), None)
