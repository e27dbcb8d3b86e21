"""The hotline's side of the demo: an order for every matter it sent, and a call back for most that were finished."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import Random

from linli.cases.flow import Stage
from linli.cases.models import FollowUp, Report, Satisfaction, Solved, WorkOrder
from linli.demo.replay import Played
from linli.kernel.people.models import Staff

REACHED = 0.86
"""Share of the calls that reach somebody."""

ANSWERS = (
    (0.62, Solved.SOLVED, Satisfaction.SATISFIED),
    (0.20, Solved.SOLVED, Satisfaction.BASICALLY_SATISFIED),
    (0.09, Solved.PARTLY_SOLVED, Satisfaction.BASICALLY_SATISFIED),
    (0.09, Solved.NOT_SOLVED, Satisfaction.DISSATISFIED),
)
"""How those answer who left no rating of their own: (share, solved, satisfaction)."""

CONTACTED = 0.94


def store_hotline(
    rows: Iterable[tuple[Played, Report]], callers: Sequence[Staff], rng: Random, *, now: datetime
) -> None:
    """Orders and calls for the first reports of the cases given."""
    sent = [(one, report) for one, report in rows if report.intake_channel == "hotline"]
    WorkOrder.objects.bulk_create(
        [
            WorkOrder(
                case=one.case,
                order_no=report.external_no,
                first_unit=one.case.handling_org,
                received_at=report.received_at,
            )
            for one, report in sent
        ],
        ignore_conflicts=True,
    )
    calls = [
        _call(one, rng.choice(callers), rng) for one, _ in sent if one.case.stage == Stage.CLOSED
    ]
    FollowUp.objects.bulk_create([call for call in calls if call.at <= now])


def _call(one: Played, caller: Staff, rng: Random) -> FollowUp:
    closed_at = one.case.closed_at
    assert closed_at is not None, "only closed cases are called about"
    at = closed_at + timedelta(minutes=rng.randrange(5, 600))
    if rng.random() >= REACHED:
        return FollowUp(case=one.case, effective=False, by=caller, at=at)
    grades = one.story.grades
    if grades:
        solved, satisfaction = grades[-1].solved, grades[-1].satisfaction
    else:
        weights = [share for share, _, _ in ANSWERS]
        _, solved, satisfaction = rng.choices(ANSWERS, weights)[0]
    contacted = rng.random() < CONTACTED
    return FollowUp(
        case=one.case,
        effective=True,
        contacted=contacted,
        solved=solved,
        satisfaction=satisfaction,
        by=caller,
        at=at,
    )
