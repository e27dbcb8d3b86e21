"""The kind of matter an inspection is: what each move does beside going to the next stage, and what it refuses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linli.cases.actions.intake import receive_report
from linli.cases.actions.opening import triage_report
from linli.cases.drafts import ReportDraft
from linli.cases.flow import CASE
from linli.inspections.flow import INSPECTION, SEE, VISITING
from linli.inspections.models import (
    ChecklistItem,
    Finding,
    Inspection,
    InspectionDeadline,
    InspectionLine,
    InspectionPhoto,
    InspectionReminder,
)
from linli.inspections.queries import inspections_seen, items_for, length_of
from linli.kernel.acting import SYSTEM, Actor
from linli.kernel.calendar.errors import UnclearLimit
from linli.kernel.calendar.limits import parse_limit
from linli.kernel.matters.errors import MissingFact, SamePerson
from linli.kernel.matters.facts import Facts
from linli.kernel.matters.flow import Move
from linli.kernel.matters.holding import link
from linli.kernel.matters.kinds import Kind
from linli.kernel.organisations.models import Organization


@dataclass(frozen=True)
class InspectionFacts(Facts):
    """`items` are row ids of the checklist, `organization` is a row id; photos are ids of stored files."""

    items: tuple[int, ...] = ()
    limit: str = ""
    organization: int | None = None
    photo_visit: tuple[int, ...] = ()
    photo_finding: tuple[int, ...] = ()
    photo_done: tuple[int, ...] = ()
    photo_recheck: tuple[int, ...] = ()


def _visit(one: Inspection, *, by: Actor, facts: Any, now: datetime) -> dict[str, Any]:
    one.inspector_id, one.visited_at = by.staff_id, now
    return {}


def _find(one: Inspection, *, by: Actor, facts: InspectionFacts, now: datetime) -> dict[str, Any]:
    """Give the findings a limit and a unit that sees to it."""
    found = _found(one, facts, now=now)
    pressing = [item.text for item in found if item.cannot_wait]
    if pressing:
        raise MissingFact(f"“{pressing[0]}”不能等待整改，请改用“转为案件”。", field="items")
    one.limit = _limit(facts.limit, found)
    unit_id = facts.organization or one.site.unit_id or 0
    if not Organization.objects.filter(pk=unit_id, retired_at=None).exists():
        raise MissingFact("请选择由哪个单位督促整改。", field="organization")
    one.handling_org_id, one.owner_id = unit_id, None
    noted = {"items": [item.text for item in found], "limit": one.limit}
    return noted | {"organization_id": unit_id} | _visit(one, by=by, facts=facts, now=now)


def _hand_to_case(
    one: Inspection, *, by: Actor, facts: InspectionFacts, now: datetime
) -> dict[str, Any]:
    """What cannot wait becomes a case at once, with the same stored pictures; the link says which."""
    _visit(one, by=by, facts=facts, now=now)
    texts = [item.text for item in _found(one, facts, now=now)]
    draft = ReportDraft(
        title=f"{one.site.name}：{texts[0]}",
        body="；".join([*texts, facts.note.strip()]).rstrip("；") + f"（隐患检查 {one.number}）",
        intake_channel="patrol", address=one.site.where[:200], lon=one.site.lon, lat=one.site.lat,
        coord_sys="cgcs2000", source_system="inspections", client_key=one.number,
        photo_ids=facts.photo_finding,
    )  # fmt: skip
    # Whoever may inspect may have it dealt with; the right to report is not asked for again.
    receipt = receive_report(draft, by=SYSTEM, now=now)
    case = triage_report(receipt.report_id, by=SYSTEM, now=now)
    link((INSPECTION.code, one.pk), (CASE.code, case.pk), now=now)
    return {"items": texts, "case": case.number}


def _rectify(one: Inspection, *, by: Actor, facts: Any, now: datetime) -> dict[str, Any]:
    one.handler_id = by.staff_id
    return {}


def _fail(one: Inspection, *, by: Actor, facts: Any, now: datetime) -> dict[str, Any]:
    one.owner_id = one.handler_id
    return {}


def _limit(given: str, found: list[ChecklistItem]) -> str:
    """The limit as written; no longer than the checklist gives to any of what was found."""
    try:
        limit = parse_limit(given)
    except UnclearLimit as unclear:
        raise MissingFact(unclear.message, field="limit") from unclear
    shortest = min(found, key=lambda item: length_of(parse_limit(item.limit)))
    if length_of(limit) > length_of(parse_limit(shortest.limit)):
        raise MissingFact(
            f"“{shortest.text}”要在{shortest.limit}内整改，请选择不超过{shortest.limit}的时限。",
            field="limit",
        )
    return str(limit)


def _found(one: Inspection, facts: InspectionFacts, *, now: datetime) -> list[ChecklistItem]:
    """The chosen items of the checklist of today, stored as findings."""
    found = [item for item in items_for(one.site.kind, now=now) if item.pk in facts.items]
    if not found or len(found) != len(set(facts.items)):
        raise MissingFact("请从检查清单中选择发现的隐患。", field="items")
    Finding.objects.bulk_create(Finding(inspection=one, item=item) for item in found)
    return found


def _own_finding(one: Inspection, move: Move, *, by: Actor, facts: Any) -> None:
    if not _fits(one, move, by):
        raise SamePerson("发现隐患的人不能自己登记整改完成，请由承办单位的其他人办理。")


def _fits(one: Inspection, move: Move, actor: Actor) -> bool:
    return move.code != "rectify" or actor.staff_id is None or actor.staff_id != one.inspector_id


def _barred(one: Inspection) -> frozenset[int]:
    """Who is not given it: whoever found it while it is put right, whoever put it right while it is checked."""
    judged = one.inspector_id if INSPECTION.stage[one.stage].of_the_unit else one.handler_id
    return frozenset({judged} if judged else ())


INSPECTIONS = Kind(
    flow=INSPECTION,
    matter=Inspection,
    run=InspectionDeadline,
    entry=InspectionLine,
    reminder=InspectionReminder,
    photo=InspectionPhoto,
    key="inspection",
    facts=InspectionFacts,
    columns=("inspector", "visited_at", "limit"),
    effects={
        **dict.fromkeys(VISITING, _visit),
        "find": _find,
        "hand_to_case": _hand_to_case,
        "rectify": _rectify,
        "fail_recheck": _fail,
    },
    checks=(_own_finding,),
    fits=_fits,
    related=("site__kind", "handling_org"),
    view=SEE,
    seen=inspections_seen,
    barred=_barred,
)
