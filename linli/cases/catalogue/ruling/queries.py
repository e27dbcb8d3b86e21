"""Rules as they are kept, cases as rules see them, and what a rule decides for a case.

Deciding is no secret and no write: it is asked wherever somebody is proposed. The register of rules is read by whoever
keeps the settings and by whoever dispatches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from linli.cases.catalogue.ruling.rules import (
    Conditions,
    Decision,
    Matter,
    Rule,
    Unusable,
    cannot_fit,
    decide,
    reason_of,
    shadows,
)
from linli.cases.models import (
    Case,
    Category,
    Channel,
    DispatchRule,
    DispatchRuleAlarm,
    DispatchRuleVersion,
    Report,
)
from linli.kernel.access.models import PostHolding, Role
from linli.kernel.acting import AREA_COLUMNS, Actor
from linli.kernel.calendar.local import LOCAL, local_day
from linli.kernel.calendar.queries import working_time_for
from linli.kernel.calendar.working_time import number_of
from linli.kernel.engine.remembered import Remembered
from linli.kernel.engine.rows import known
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.matters.roster import pick_holder
from linli.kernel.organisations.models import Organization
from linli.kernel.places.models import Area

MAY_READ = ("cases.settings", "cases.dispatch")
LISTS = ("classes", "areas", "channels", "sources", "words")
SECONDS = 3.0
"""How long the rules are remembered; seconds, 0-10. A changed rule counts within this time everywhere."""


@dataclass(frozen=True)
class Target:
    """Whom a rule names: a unit, and the person if it names a post."""

    organization: Organization
    worker_id: int | None = None
    worker: str = ""


@dataclass(frozen=True)
class Finding:
    """Something a keeper of the rules should know of one of them. `kind` is shadowed, dead or failing."""

    kind: str
    reason: str


def rule_decisions(
    cases: Iterable[Case], *, now: datetime, sources: Mapping[int | None, str] | None = None
) -> dict[int | None, Decision]:
    """What the rules in force say of each case, by its id; `sources` are given for cases that are not stored yet."""
    found = list(cases)
    rules = _in_force(local_day(now))
    if not rules:
        return {case.pk: Decision(None) for case in found}
    known_sources = sources if sources is not None else _sources(found, rules)
    return {
        case.pk: decide(
            rules,
            matter_of(case, source=known_sources.get(case.pk, "")),
            target=lambda rule, case=case: _target(rule, case, now=now),  # type: ignore[misc]
        )
        for case in found
    }


def matter_of(case: Case, *, source: str) -> Matter:
    """A case as rules see it."""
    areas = (getattr(case, f"{column}_id") for column in AREA_COLUMNS)
    return Matter(
        code=case.category.code if case.category else "",
        areas=frozenset(area for area in areas if area),
        channel=case.intake_channel,
        source=source,
        urgent=case.urgent and not case.proposal.urgent.by_rule,
        text=f"{case.title.plain}\n{case.body.plain}".casefold(),
        working=lambda: in_working_time(case.opened_at),
    )


def in_working_time(at: datetime) -> bool:
    """Whether an instant lies in a working interval of the calendar for everybody. Raises CalendarError."""
    local = at.astimezone(LOCAL)
    day = local.date()
    minute = local.hour * 60 + local.minute
    intervals = working_time_for(None, on=day).intervals_on(number_of(day))
    return any(start <= minute < end for start, end in intervals)


def rule_of(row: DispatchRule) -> Rule:
    """A stored rule as a value. Content that cannot be read makes it broken, and nothing else."""
    try:
        conditions, broken = conditions_of(row.conditions), ""
    except (TypeError, ValueError, AttributeError) as problem:
        conditions, broken = Conditions(), f"条件无法读取（{reason_of(problem)}）"
    return Rule(
        id=row.pk,
        name=row.name,
        conditions=conditions,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        organization=row.organization_id,
        post=row.post_id,
        urgent=row.makes_urgent,
        tag=row.tag,
        broken=broken,
    )


def conditions_of(stored: Mapping[str, Any]) -> Conditions:
    """Raises TypeError or ValueError for what is no set of conditions."""
    lists: dict[str, Any] = {}
    for name in LISTS:
        values = stored.get(name, [])
        wanted: type = int if name == "areas" else str
        if not isinstance(values, list) or not all(type(one) is wanted for one in values):
            raise ValueError(name)
        lists[name] = frozenset(values)
    for name in ("urgent", "working"):
        if stored.get(name) not in (None, True, False):
            raise ValueError(name)
        lists[name] = stored.get(name)
    return Conditions(**lists)


def rules_for(actor: Actor) -> list[DispatchRule]:
    """Every rule in its order. Raises `NotAllowed` for whoever neither dispatches nor keeps the settings."""
    if not any(actor.may(right) for right in MAY_READ):
        raise NotAllowed("您的岗位不能查看派遣规则，请联系系统管理员。")
    return list(_stored())


def rule_for(actor: Actor, rule_id: int) -> DispatchRule:
    """Raises `NotFound` for a rule that is not there."""
    found = next((row for row in rules_for(actor) if row.pk == rule_id), None)
    if found is None:
        raise NotFound("没有这条派遣规则，请从规则列表里重选。", field="rule")
    return found


def versions_of(actor: Actor, rule: DispatchRule) -> list[DispatchRuleVersion]:
    """What became of a rule, the latest first."""
    rule_for(actor, rule.pk)
    return list(DispatchRuleVersion.objects.filter(rule=rule).order_by("-number"))


def alarms_of(actor: Actor, *, since: datetime) -> dict[int, DispatchRuleAlarm]:
    """The latest alarm of each rule since an instant, by rule id."""
    rules_for(actor)
    rows = DispatchRuleAlarm.objects.filter(at__gte=since).order_by("id")
    return {row.rule_id: row for row in rows}


def findings_of(rows: Iterable[DispatchRule], *, today: date) -> dict[int, list[Finding]]:
    """What can be said of the rules by looking at them alone, by rule id; stopped rules are not looked at."""
    rules = [rule_of(row) for row in rows if row.active]
    areas = dict(Area.objects.filter(retired_at=None).values_list("pk", "parent_id"))
    codes = list(Category.objects.filter(retired_at=None).values_list("code", flat=True))
    units = set(Organization.objects.filter(retired_at=None).values_list("pk", flat=True))
    found: dict[int, list[Finding]] = {}
    for rule in rules:
        if rule.broken or (rule.organization and rule.organization not in units):
            reason = rule.broken or RETIRED
            found.setdefault(rule.id, []).append(Finding("failing", f"{reason}，这条规则被跳过。"))
        never = cannot_fit(rule, today=today, codes=codes, areas=frozenset(areas))
        if never:
            found.setdefault(rule.id, []).append(Finding("dead", never))
    above = {area: frozenset(_above(area, areas)) for area in areas}
    for shadow in shadows(
        rules,
        today=today,
        above=above,
        channels=Channel.values,
        sure=lambda rule: rule.post is None and rule.organization in {None, *units},
    ):
        names = "”“".join(one.name for one in shadow.by)
        words = f"符合它的案件都先由前面的“{names}”决定，它不会起作用。"
        found.setdefault(shadow.rule.id, []).append(Finding("shadowed", words))
    return found


RETIRED = "承办单位已停用"


def _above(area: int, parents: Mapping[int, int | None]) -> Iterable[int]:
    step = parents.get(area)
    while step is not None:
        yield step
        step = parents.get(step)


def _read_in_force(day: date) -> tuple[Rule, ...]:
    rules = (rule_of(row) for row in _stored() if row.active)
    return tuple(rule for rule in rules if rule.holds_on(day))


def _stored() -> Iterable[DispatchRule]:
    return DispatchRule.objects.select_related("organization", "post").order_by("position", "id")


_in_force = Remembered(_read_in_force, seconds=SECONDS)


def _sources(cases: Iterable[Case], rules: Iterable[Rule]) -> dict[int | None, str]:
    """Where the first report of each case came from; not read unless a rule asks for it."""
    if not any(rule.conditions.sources for rule in rules):
        return {}
    return first_sources(Q(case_id__in=[case.pk for case in cases]))


def first_sources(which: Q) -> dict[int | None, str]:
    """The source system of the first report of each case, by case id."""
    rows = Report.objects.filter(which).order_by("-id").values_list("case_id", "source_system")
    return dict(rows)


def _target(rule: Rule, case: Case, *, now: datetime) -> Target | None:
    if rule.organization is not None:
        unit = known(Organization, rule.organization)
        if unit is None or unit.retired_at is not None:
            raise Unusable(RETIRED)
        return Target(unit)
    if rule.post is None:
        return None
    holder = pick_holder(case, "cases.handle", among=_holders(rule.post, local_day(now)), now=now)
    unit = known(Organization, holder.organization_id) if holder else None
    if holder is None or unit is None or unit.retired_at is not None:
        role = known(Role, rule.post)
        raise Unusable(f"这里没有人在“{role.name if role else rule.post}”岗位上")
    return Target(unit, holder.staff_id, holder.name)


def _read_holders(role_id: int, day: date) -> frozenset[int]:
    rows = PostHolding.objects.filter(Q(valid_until=None) | Q(valid_until__gte=day))
    rows = rows.filter(role_id=role_id, valid_from__lte=day, account__is_active=True)
    rows = rows.filter(account__staff__left_at=None).exclude(account__staff=None)
    return frozenset(rows.values_list("account__staff_id", flat=True))


_holders: Callable[[int, date], frozenset[int]] = Remembered(_read_holders, seconds=SECONDS)
