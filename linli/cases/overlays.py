"""What lies over the stage of a case: requests, pauses, disputes, help, supervision. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from linli.cases.flow import Clock
from linli.cases.models import (
    Assistance,
    Case,
    CaseMove,
    Deadline,
    DispatchDispute,
    Exclusion,
    Extension,
    FollowUp,
    Objection,
    OvertimeAppeal,
    Supervision,
    Suspension,
    WorkOrder,
)
from linli.cases.queries import cases_seen
from linli.kernel.acting import Actor


class Overlays:
    """Everything that lies over one case; each part is read when it is first asked for."""

    def __init__(self, case: Case) -> None:
        self._case = case

    @cached_property
    def extensions(self) -> list[Extension]:
        rows = Extension.objects.filter(case=self._case).order_by("id")
        return list(rows.select_related("asked_by", "endorsed_by", "decided_by"))

    @property
    def waiting_extension(self) -> Extension | None:
        return next((one for one in self.extensions if one.granted is None), None)

    @cached_property
    def suspension(self) -> Suspension | None:
        return Suspension.objects.select_related("by").filter(case=self._case).first()

    @cached_property
    def running(self) -> Deadline | None:
        """The handling clock while it runs."""
        rows = Deadline.objects.filter(case=self._case, clock=Clock.HANDLE, stopped_at=None)
        return rows.first()

    @cached_property
    def late(self) -> Deadline | None:
        """The last run of the handling clock that ended after its due."""
        rows = Deadline.objects.filter(case=self._case, clock=Clock.HANDLE).order_by("-id")
        return next((row for row in rows if row.stopped_at and row.stopped_at > row.due_at), None)

    @cached_property
    def appeal(self) -> OvertimeAppeal | None:
        rows = OvertimeAppeal.objects.select_related("asked_by", "first_by", "decided_by")
        return rows.filter(case=self._case).order_by("-id").first()

    @cached_property
    def disputes(self) -> list[DispatchDispute]:
        rows = DispatchDispute.objects.filter(case=self._case).order_by("id")
        return list(rows.select_related("organization", "designated", "raised_by", "decided_by"))

    @property
    def open_dispute(self) -> DispatchDispute | None:
        return next((one for one in self.disputes if one.decided_at is None), None)

    @cached_property
    def assistances(self) -> list[Assistance]:
        rows = Assistance.objects.filter(case=self._case).order_by("id")
        return list(rows.select_related("organization", "added_by", "done_by"))

    @cached_property
    def supervisions(self) -> list[Supervision]:
        rows = Supervision.objects.filter(case=self._case).order_by("id")
        return list(rows.select_related("by", "answered_by"))

    @property
    def open_supervision(self) -> Supervision | None:
        return next((one for one in self.supervisions if one.answered_at is None), None)

    @cached_property
    def last_rework(self) -> CaseMove | None:
        return CaseMove.objects.filter(case=self._case, code="rework").order_by("-id").first()

    @cached_property
    def objections(self) -> list[Objection]:
        rows = Objection.objects.filter(case=self._case).order_by("id")
        return list(rows.select_related("raised_by", "decided_by"))

    @property
    def open_objection(self) -> Objection | None:
        return next((one for one in self.objections if one.upheld is None), None)

    @cached_property
    def order(self) -> WorkOrder | None:
        return WorkOrder.objects.select_related("first_unit").filter(case=self._case).first()

    @cached_property
    def follow_ups(self) -> list[FollowUp]:
        return list(FollowUp.objects.select_related("by").filter(case=self._case).order_by("id"))

    @cached_property
    def exclusion(self) -> Exclusion | None:
        rows = Exclusion.objects.select_related("asked_by", "decided_by")
        return rows.filter(case=self._case).order_by("-id").first()

    def __bool__(self) -> bool:
        return bool(
            self.extensions
            or self.suspension
            or self.appeal
            or self.disputes
            or self.assistances
            or self.supervisions
            or self.objections
            or self.follow_ups
            or self.exclusion
        )


@dataclass(frozen=True)
class Waiting:
    """Something on a case that waits for a decision; `code` is what the decision is called."""

    code: str
    case: Case
    asked_by: str
    asked_at: datetime
    reason: str


def waiting_for(actor: Actor) -> list[Waiting]:
    """Everything this actor may decide or answer, the oldest first."""
    found: list[Waiting] = []
    for code, right, rows in (
        ("endorse_extension", "cases.endorse_extension", Extension.objects.filter(granted=None, endorsed_at=None)),
        ("grant_extension", "cases.grant_extension", Extension.objects.filter(granted=None, endorsed_at__isnull=False)),
        ("review_appeal", "cases.review_appeal", OvertimeAppeal.objects.filter(granted=None)),
        ("decide_exclusion", "cases.review_appeal", Exclusion.objects.filter(granted=None)),
    ):  # fmt: skip
        if actor.may(right):
            seen = rows.filter(case__in=cases_seen(actor, right)).exclude(asked_by=actor.staff_id)
            found += [
                Waiting(code, row.case, row.asked_by.name, row.asked_at, row.reason)
                for row in seen.select_related("case", "asked_by")
            ]
    return sorted([*found, *_raised(actor), *_demanded(actor)], key=lambda one: one.asked_at)


def _raised(actor: Actor) -> list[Waiting]:
    found: list[Waiting] = []
    for code, right, rows in (
        ("rule_dispute", "cases.rule_dispute", DispatchDispute.objects.filter(decided_at=None)),
        ("decide_objection", "cases.decide_objection", Objection.objects.filter(upheld=None)),
    ):
        if actor.may(right):
            seen = rows.filter(case__in=cases_seen(actor, right))
            found += [
                Waiting(code, row.case, row.raised_by.name, row.raised_at, row.reason)
                for row in seen.select_related("case", "raised_by")
            ]
    return found


def _demanded(actor: Actor) -> list[Waiting]:
    if not actor.may("cases.handle"):
        return []
    asked = Supervision.objects.filter(
        answered_at=None, case__in=cases_seen(actor, "cases.handle"), case__open=True
    )
    helping = Assistance.objects.filter(
        done_at=None,
        organization_id__in=actor.scope("cases.handle").organizations,
        case__open=True,
    )
    return [
        *(
            Waiting("answer_supervision", row.case, row.by.name, row.at, row.demand)
            for row in asked.select_related("case", "by")
        ),
        *(
            Waiting("finish_assistance", row.case, row.added_by.name, row.added_at, row.opinion)
            for row in helping.select_related("case", "added_by")
        ),
    ]
