"""What lies over the stage of a case: requests, pauses, disputes, help, supervision. Reads only."""

from __future__ import annotations

from functools import cached_property

from linli.cases.flow import CASE, Clock
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
from linli.kernel.matters.asking import Waiting, waiting_requests


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
        rows = OvertimeAppeal.objects.select_related("asked_by", "endorsed_by", "decided_by")
        return rows.filter(case=self._case).order_by("-id").first()

    @cached_property
    def disputes(self) -> list[DispatchDispute]:
        rows = DispatchDispute.objects.filter(case=self._case).order_by("id")
        return list(rows.select_related("organization", "designated", "asked_by", "decided_by"))

    @property
    def open_dispute(self) -> DispatchDispute | None:
        return next((one for one in self.disputes if one.granted is None), None)

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
        return list(rows.select_related("asked_by", "decided_by"))

    @property
    def open_objection(self) -> Objection | None:
        return next((one for one in self.objections if one.granted is None), None)

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


def waiting_for(actor: Actor) -> list[Waiting]:
    """Everything this actor may decide or answer, on a matter of any kind, the oldest first."""
    return sorted([*waiting_requests(actor), *_demanded(actor)], key=lambda one: one.asked_at)


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
            Waiting(CASE.code, "answer_supervision", row.case, row.by.name, row.at, row.demand)
            for row in asked.select_related("case", "by")
        ),
        *(
            Waiting(
                CASE.code,
                "finish_assistance",
                row.case,
                row.added_by.name,
                row.added_at,
                row.opinion,
            )
            for row in helping.select_related("case", "added_by")
        ),
    ]
