"""What a rule of dispatch does to a case, and saying that one failed: once per rule and hour, not once per case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from linli.cases.catalogue.ruling.rules import Failure, Rule
from linli.cases.models import Case, DispatchRuleAlarm
from linli.cases.suggesting.duty import suggest_units
from linli.kernel.access.queries import staff_actors
from linli.kernel.calendar.local import local_day
from linli.kernel.engine import rows
from linli.kernel.notify.sending import tell

KEEPERS = "cases.settings"
DISPATCHERS = "cases.dispatch"


def raise_urgency(case: Case, rule: Rule | None) -> bool:
    """Make a case urgent if the rule says so; whether it would not be without the rule."""
    raised = rule is not None and rule.urgent and not case.urgent
    case.urgent = case.urgent or raised
    return raised


def rule_noted(rule: Rule | None) -> dict[str, Any]:
    """The rule that decided, as `Case.suggestion` keeps it; nothing without one."""
    if rule is None:
        return {}
    words = f"派遣规则“{rule.name}”" + (f"：{rule.tag}" if rule.tag else "。")
    return {"rule": {"id": rule.id, "name": rule.name, "tag": rule.tag, "sentence": words}}


def reconsider(case: Case, *, now: datetime) -> None:
    """Ask the rules again for a case whose class is settled now; its urgency must be the one without any rule."""
    kept = {name: value for name, value in case.suggestion.items() if name != "rule"}
    urgent = {**kept.get("urgent", {}), "by_rule": False}
    case.suggestion = {**kept, "urgent": urgent}
    unit = suggest_units([case], now=now)[case.pk]
    if raise_urgency(case, unit.rule):
        urgent |= {"by_rule": True, "sentence": urgency_by(unit.rule)}
    case.suggestion |= rule_noted(unit.rule)
    sound(unit.failures, case, now=now)


def urgency_by(rule: Rule | None) -> str:
    return f"紧急：派遣规则“{rule.name}”。" if rule else ""


def sound(failures: Iterable[Failure], case: Case, *, now: datetime) -> None:
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
