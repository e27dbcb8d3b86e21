"""Who is responsible? A rule of dispatch if one fits, else the duty catalogue (派单目录).

The rules are in `cases/ruling`; the catalogue answers with the entry for the class in the narrowest area that has one.
A rule that fails is named in the sentence and skipped, so that a case is never held up by a rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from linli.cases.catalogue.ruling.queries import rule_decisions
from linli.cases.catalogue.ruling.rules import Decision, Failure, Rule
from linli.cases.models import Case, DutyEntry
from linli.kernel.acting import AREA_COLUMNS
from linli.kernel.calendar.local import local_day
from linli.kernel.engine.remembered import Remembered
from linli.kernel.organisations.models import Organization

Catalogue = Mapping[int | None, Mapping[int | None, DutyEntry]]
"""Entries by class, then by area."""


@dataclass(frozen=True)
class Suggested:
    """A unit with the sentence why. `worker_id` is set when a rule named a post; `failures` are rules skipped."""

    organization: Organization | None
    sentence: str
    worker_id: int | None = None
    rule: Rule | None = None
    failures: tuple[Failure, ...] = ()


def suggest_units(
    cases: Sequence[Case], *, now: datetime, sources: Mapping[int | None, str] | None = None
) -> dict[int | None, Suggested]:
    """Who should take each of some cases, by their ids; rules and catalogue are at most three seconds old.

    `sources` names the source system of reports that have no stored case yet.
    """
    by_category = catalogue(now=now)
    decisions = rule_decisions(cases, now=now, sources=sources)
    return {case.pk: _suggest(case, decisions[case.pk], by_category) for case in cases}


def suggest_organization(case: Case, *, now: datetime) -> tuple[Organization | None, str]:
    """(organisation, sentence); no organisation when the class is unknown or in no entry."""
    return suggest_organizations([case], now=now)[case.pk]


def suggest_organizations(
    cases: Sequence[Case], *, now: datetime
) -> dict[int | None, tuple[Organization | None, str]]:
    """The same for many cases, by their ids."""
    found = suggest_units(cases, now=now)
    return {key: (one.organization, one.sentence) for key, one in found.items()}


def catalogue(*, now: datetime) -> Catalogue:
    """The entries in force, at most three seconds old."""
    return _catalogue(local_day(now))


def entry_for(
    by_area: Mapping[int | None, DutyEntry], areas: Iterable[int | None]
) -> DutyEntry | None:
    """The entry of a class for a place; `areas` are the place's areas, the narrowest first."""
    near = (by_area[area] for area in areas if area is not None and area in by_area)
    return next(near, by_area.get(None))


def _suggest(case: Case, decision: Decision, by_category: Catalogue) -> Suggested:
    skipped = "".join(
        f"派遣规则“{one.rule.name}”没有生效（{one.reason}），已跳过。" for one in decision.failures
    )
    rule, target = decision.rule, decision.target
    if rule is not None and target is not None:
        name = target.organization.name
        who = f"{name}的{target.worker}" if target.worker_id else name
        sentence = f"{skipped}派遣规则“{rule.name}”：由{who}承办。"
        return Suggested(target.organization, sentence, target.worker_id, rule, decision.failures)
    unit, why = _choose(case, by_category.get(case.category_id, {}))
    if rule is not None:
        why = f"{why}（派遣规则“{rule.name}”没有指定单位。）"
    return Suggested(unit, f"{skipped}{why}", None, rule, decision.failures)


def _read_catalogue(day: date) -> dict[int | None, dict[int | None, DutyEntry]]:
    entries = (
        DutyEntry.objects.filter(valid_from__lte=day, organization__retired_at=None)
        .filter(Q(valid_until=None) | Q(valid_until__gte=day))
        .select_related("organization")
        .order_by("id")
    )
    by_category: dict[int | None, dict[int | None, DutyEntry]] = {}
    for entry in entries:
        by_category.setdefault(entry.category_id, {})[entry.area_id] = entry
    return by_category


_catalogue = Remembered(_read_catalogue, seconds=3.0)


def _choose(case: Case, by_area: Mapping[int | None, DutyEntry]) -> tuple[Organization | None, str]:
    if case.category is None:
        return None, "类别未定，暂无法按派单目录推荐承办单位。"
    name = case.category.name
    entry = entry_for(by_area, (getattr(case, f"{column}_id") for column in AREA_COLUMNS[::-1]))
    if entry is None:
        return None, f"派单目录中没有“{name}”，请人工选择承办单位并补充目录。"
    where = "在该辖区" if entry.area_id is not None else ""
    return entry.organization, f"派单目录：{name}{where}由{entry.organization.name}负责。"
