"""What a rule of dispatch does to a case, and saying that one failed: once per rule and hour, not once per case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from linli.cases.catalogue.ruling.rules import Failure
from linli.cases.models import Case, DispatchRuleAlarm
from linli.cases.suggesting.duty import suggest_units
from linli.cases.suggesting.proposing import decided_by, raise_urgency, urgency_by
from linli.kernel.access.queries import staff_actors
from linli.kernel.calendar.local import local_day
from linli.kernel.engine import rows
from linli.kernel.notify.sending import tell

KEEPERS = "cases.settings"
DISPATCHERS = "cases.dispatch"


def reconsider(case: Case, *, now: datetime) -> None:
    """Ask the rules again for a case whose class is settled now; its urgency must be the one without any rule."""
    before = case.proposal
    case.proposal = replace(before, rule=None, urgent=replace(before.urgent, by_rule=False))
    unit = suggest_units([case], now=now)[case.pk]
    urgent = case.proposal.urgent
    if raise_urgency(case, unit.rule):
        urgent = replace(urgent, by_rule=True, sentence=urgency_by(unit.rule))
    case.proposal = replace(case.proposal, urgent=urgent, rule=decided_by(unit.rule))
    raise_alarm(unit.failures, case, now=now)


def raise_alarm(failures: Iterable[Failure], case: Case, *, now: datetime) -> None:
    """Note every rule that failed on a case and, the first time in an hour, tell whoever can mend it."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    for failure in failures:
        alarm = DispatchRuleAlarm(
            rule_id=failure.rule.id, hour=hour, reason=failure.reason[:300], case=case, at=now
        )
        if rows.insert_new(alarm):
            _tell_keepers(failure, case, about=f"rule:{failure.rule.id}:{hour:%Y%m%d%H}", now=now)


def _tell_keepers(failure: Failure, case: Case, *, about: str, now: datetime) -> None:
    """Those who keep the rules; in an office where nobody does, those who dispatch."""
    people = staff_actors(on=local_day(now))
    wanted = [one for one in people if one.may(KEEPERS)] or [
        one for one in people if one.may(DISPATCHERS)
    ]
    text = (
        f"派遣规则“{failure.rule.name}”没有生效：{failure.reason}。案件已按派单目录继续办理，"
        f"第一件是 {case.number}；请修改或停用这条规则。"
    )
    for one in wanted:
        tell(
            one.staff_id,
            text,
            link=f"/console/rules/{failure.rule.id}",
            about=about,
            now=now,
            level="red",
        )
