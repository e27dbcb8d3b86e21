"""What a trial asks of the database; every function takes and returns plain values. See `checking.ask`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count

from linli.cases.models import Case, CaseMove, Deadline, Escalation, Report
from linli.config.clock import now
from linli.kernel.audit.chain import seal, verify
from linli.kernel.events.models import OutboxEntry
from linli.kernel.jobs.models import Job
from linli.kernel.people.models import Staff


def state(given: dict[str, Any]) -> dict[str, Any]:
    """Counts after a storm; `receipts` are those that were acknowledged."""
    wanted = given.get("receipts", [])
    stored = set(Report.objects.filter(receipt__in=wanted).values_list("receipt", flat=True))
    homeless = Report.objects.filter(receipt__in=wanted, case=None).count()
    twice = Report.objects.exclude(client_key=None).values("client_key").annotate(n=Count("id"))
    while seal():
        pass
    chain = verify()
    return {
        "lost": len(set(wanted) - stored),
        "without_case": homeless,
        "reports": Report.objects.count(),
        "cases": Case.objects.count(),
        "reports_twice": twice.filter(n__gt=1).count(),
        "jobs_waiting": Job.objects.filter(done_at=None, given_up_at=None).count(),
        "events_waiting": OutboxEntry.objects.filter(delivered_at=None).count(),
        "cases_without_first_line": Case.objects.count()
        - CaseMove.objects.filter(code="report").values("case").distinct().count(),
        "chain_broken_at": chain.broken_at,
        "chain_length": chain.sealed,
        **escalations({}),
    }


def escalations(given: dict[str, Any]) -> dict[str, Any]:
    """How often each level of a deadline was told."""
    levels = Escalation.objects.values("deadline_id", "level").annotate(n=Count("id"))
    return {
        "escalated": Escalation.objects.count(),
        "escalated_twice": levels.filter(n__gt=1).count(),
        "still_due": Deadline.objects.filter(stopped_at=None, next_at__lte=now()).count(),
    }


def make_due(given: dict[str, Any]) -> dict[str, Any]:
    """`count` open cases whose clock runs out within `seconds` from now, all levels at once."""
    example = Case.objects.filter(open=True).order_by("id").first()
    assert example is not None, "one case was reported before"
    count, start = given["count"], now()
    fields = {
        field.attname: getattr(example, field.attname) for field in Case._meta.concrete_fields
    }
    del fields["id"]
    owners = list(Staff.objects.values_list("pk", flat=True))
    rows = [
        Case(**{**fields, "title": f"到期 {number}", "owner_id": owners[number % len(owners)]})
        for number in range(count)
    ]
    cases = Case.objects.bulk_create(rows, batch_size=500)
    Deadline.objects.bulk_create(
        [
            _deadline(case, start + timedelta(seconds=given["seconds"] * at / count))
            for at, case in enumerate(cases)
        ],
        batch_size=500,
    )
    return {"made": len(cases)}


def largest_case(given: dict[str, Any]) -> dict[str, Any]:
    """The case with most reports."""
    return dict(Case.objects.order_by("-report_count").values("id", "report_count")[0])


def one_case(given: dict[str, Any]) -> dict[str, Any]:
    """Number, version and lines of the timeline of the newest case."""
    case = Case.objects.order_by("-id")[0]
    return {
        "number": case.number,
        "version": case.version,
        "stage": case.stage,
        "lines": CaseMove.objects.filter(case=case).count(),
    }


def _deadline(case: Case, due: Any) -> Deadline:
    levels = [[due.isoformat(), "owner", 1], [due.isoformat(), "leader", 1.5]]
    return Deadline(
        case=case, clock="accept", limit="15工作分钟", starts_at=due, due_at=due, levels=levels, next_at=due
    )  # fmt: skip
