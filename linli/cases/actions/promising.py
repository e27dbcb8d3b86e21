"""Keeping the promise of a case in step with its stages and clocks; what it is, `promise.py` says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from linli.cases.flow import AT_THE_UNIT, CASE, Clock, Stage
from linli.cases.models import Case, CaseMove, Deadline
from linli.cases.promise import (
    ANSWER_CLOCK,
    PROMISED_AT,
    USUAL_ANSWER,
    Promise,
    Promised,
    noted,
    promised_after,
)
from linli.kernel.calendar.errors import CalendarError
from linli.kernel.calendar.local import local_day
from linli.kernel.calendar.queries import working_time_for
from linli.kernel.calendar.rules import due_at, parse_limit
from linli.kernel.matters.clocks import dated_limit


def keep_promise(case: Case, *, now: datetime, again: bool = False) -> dict[str, Any]:
    """Set what is promised at the stage a case has come to; the change as its line of the timeline keeps it.

    With `again` a time to answer that stands is computed anew from where it began, since the calendar is another.
    """
    before = standing = case.promise
    why = ""
    stage = Stage(case.stage)
    if again and standing and PROMISED_AT[stage] is Promised.ANSWER is standing.what:
        standing = None
        now = _asked_at(case)

    def answer() -> Promise | None:
        nonlocal why
        promise, why = answer_by(case, now=now)
        return promise

    case.promise = promised_after(
        stage,
        standing=standing,
        handling=_handling(case, known=standing is not None and not again),
        answer=answer,
    )
    return noted(before, case.promise, why=why)


def answer_by(case: Case, *, now: datetime) -> tuple[Promise | None, str]:
    """The time by which the office answers a report that came now, and the sentence that says why."""
    day = local_day(now)
    dated = dated_limit(CASE.code, ANSWER_CLOCK, "", day)
    limit = (dated.time_limit if dated else "") or USUAL_ANSWER
    try:
        due = due_at(now, parse_limit(limit), working_time=working_time_for(None, on=day))
    except CalendarError as problem:
        return None, problem.message
    return Promise(Promised.ANSWER, due.at, due.provisional), f"答复时限{limit}：{due.sentence}"


def hanging(since: datetime, until: datetime) -> Q:
    """Cases whose time to answer lies between two instants."""
    return Q(promised_for=Promised.ANSWER, promised_at__gte=since, opened_at__lt=until)


def _handling(case: Case, *, known: bool) -> Promise | None:
    """The unit's due; where its clock stands still because the work is checked, the last one it had."""
    if case.stage in AT_THE_UNIT:
        if case.due_at is None:
            return None
        return Promise(Promised.HANDLING, case.due_at, case.due_provisional)
    if known or PROMISED_AT[Stage(case.stage)] is not Promised.HANDLING:
        return None
    last = Deadline.objects.filter(case_id=case.pk, clock=Clock.HANDLE).order_by("-id").first()
    if last is None:
        return None
    return Promise(Promised.HANDLING, last.due_at, "provisional" in last.derivation)


def _asked_at(case: Case) -> datetime:
    """When the time to answer began: the newest line that gave one, but for those that only computed it again."""
    lines = CaseMove.objects.filter(case_id=case.pk).exclude(code="recompute").order_by("-id")
    began = (line.at for line in lines if line.facts.get("promised_for") == Promised.ANSWER)
    return next(began, case.opened_at)
