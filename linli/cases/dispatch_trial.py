"""What rules would have done with the last cases: a trial that writes nothing.

The cases are decided twice, by the rules as they are and by the rules as they would be, and laid side by side: from
which unit to which, how often, with a few examples. Beside each change stands how often the case really ended with the
unit the new rule names, which says more about a rule than any other figure.
Only the cases within the actor's scope are tried, and the examples are only those the actor may open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from linli.cases.catalogue.ruling.queries import RETIRED, first_sources, in_working_time, rule_of
from linli.cases.catalogue.ruling.rules import Decision, Matter, Rule, Unusable, decide
from linli.cases.models import Case, Category, DispatchRule
from linli.cases.queries import cases_by_id, cases_seen
from linli.cases.suggesting.duty import Catalogue, catalogue, entry_for
from linli.kernel.access.models import Role
from linli.kernel.acting import AREA_COLUMNS, Actor
from linli.kernel.calendar.errors import CalendarError
from linli.kernel.calendar.local import local_day
from linli.kernel.errors import NotAllowed
from linli.kernel.organisations.models import Organization

MOST_CASES = 10_000
"""Cases of a trial, the newest; two seconds of work."""

EXAMPLES = 5
"""Cases shown for one change."""

Place = tuple[str, int] | None
"""("unit", id), ("post", id), or None where nobody is named."""

COLUMNS = (
    "pk", "category_id", *(f"{column}_id" for column in AREA_COLUMNS[::-1]), "intake_channel", "urgent",
    "suggestion__urgent__by_rule", "title", "body", "opened_at", "handling_org_id",
)  # fmt: skip


@dataclass
class Change:
    """Cases that would have gone elsewhere. `already` is how many of them really ended where they would go."""

    before: str
    after: str
    count: int = 0
    already: int = 0
    ids: list[int] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)


@dataclass
class Trial:
    """What became of a trial. `urgent` counts cases that would be urgent by a rule now and not before.

    `fitted` and `decided` count cases by rule id, `failed` gives the reason by rule id.
    """

    cases: int
    changes: list[Change]
    urgent: int
    fitted: Counter[int]
    decided: Counter[int]
    failed: dict[int, str]

    @property
    def moved(self) -> int:
        return sum(change.count for change in self.changes)


def try_rules(
    before: Iterable[DispatchRule],
    after: Iterable[DispatchRule],
    *,
    by: Actor,
    now: datetime,
    most: int = MOST_CASES,
) -> Trial:
    """Decide the newest cases by both sets of rules; stopped rules count in neither, dates are those of today.

    Raises:
        NotAllowed: the actor neither dispatches nor keeps the settings.
    """
    if not (by.may("cases.settings") or by.may("cases.dispatch")):
        raise NotAllowed("您的岗位不能试运行派遣规则，请联系系统管理员。")
    seen = cases_seen(by, "cases.settings") | cases_seen(by, "cases.dispatch")
    rows = list(seen.order_by("-pk").values_list(*COLUMNS)[: min(most, MOST_CASES)])
    day = local_day(now)
    old, new = (
        [rule for rule in map(rule_of, (one for one in kept if one.active)) if rule.holds_on(day)]
        for kept in (before, after)
    )
    trial = Trial(len(rows), [], 0, Counter(), Counter(), {})
    changes: dict[tuple[Place, Place], Change] = {}
    names = _names()
    for matter, home, row in _matters(rows, [*old, *new], catalogue(now=now)):
        first = _decided(old, matter, names)
        second = _decided(new, matter, names)
        _count(trial, new, matter, second)
        trial.urgent += _raises(second, matter) and not _raises(first, matter)
        places = _place(first, home), _place(second, home)
        if places[0] != places[1]:
            _note(changes, places, row, names)
    trial.changes = sorted(changes.values(), key=lambda one: -one.count)
    _show_examples(trial.changes, by=by)
    return trial


def _matters(
    rows: Sequence[tuple[Any, ...]], rules: Iterable[Rule], by_category: Catalogue
) -> Iterator[tuple[Matter, Place, tuple[Any, ...]]]:
    """(matter, where the catalogue sends it, row) of each case."""
    codes = dict(Category.objects.values_list("pk", "code"))
    sources: Mapping[int | None, str] = {}
    if rows and any(rule.conditions.sources for rule in rules):
        sources = first_sources(Q(case_id__gte=rows[-1][0]) & ~Q(source_system=""))
    for row in rows:
        pk, category_id, *areas = row[:6]
        channel, urgent, by_rule, title, body, opened_at = row[6:12]
        entry = entry_for(by_category.get(category_id, {}), areas) if category_id else None
        matter = Matter(
            code=codes.get(category_id, ""),
            areas=frozenset(area for area in areas if area),
            channel=channel,
            source=sources.get(pk, ""),
            urgent=urgent and not by_rule,
            text=f"{title}\n{body}".casefold(),
            working=_asked_at(opened_at),
        )
        yield matter, ("unit", entry.organization_id) if entry else None, row


def _asked_at(opened_at: datetime) -> Callable[[], bool]:
    return lambda: in_working_time(opened_at)


def _names() -> dict[Place, str]:
    units = Organization.objects.filter(retired_at=None).values_list("pk", "name")
    posts = Role.objects.values_list("pk", "name")
    return {
        None: "（没有建议）",
        **{("unit", pk): name for pk, name in units},
        **{("post", pk): f"岗位：{name}" for pk, name in posts},
    }


def _decided(rules: Sequence[Rule], matter: Matter, names: Mapping[Place, str]) -> Decision:
    def target(rule: Rule) -> Place:
        place: Place = ("unit", rule.organization) if rule.organization else None
        if rule.post:
            place = ("post", rule.post)
        if place not in names:
            raise Unusable(RETIRED)
        return place

    return decide(rules, matter, target=target)


def _place(decision: Decision, home: Place) -> Place:
    return decision.target or home


def _count(trial: Trial, rules: Iterable[Rule], matter: Matter, decision: Decision) -> None:
    for failure in decision.failures:
        trial.failed.setdefault(failure.rule.id, failure.reason)
    for rule in rules:
        trial.fitted[rule.id] += _fits(rule, matter)
    if decision.rule is not None:
        trial.decided[decision.rule.id] += 1


def _raises(decision: Decision, matter: Matter) -> bool:
    return decision.rule is not None and decision.rule.urgent and not matter.urgent


def _fits(rule: Rule, matter: Matter) -> bool:
    try:
        return not rule.broken and rule.conditions.fit(matter)
    except CalendarError:  # the decision has noted it already, or never came so far
        return False


def _note(
    changes: dict[tuple[Place, Place], Change],
    places: tuple[Place, Place],
    row: tuple[Any, ...],
    names: Mapping[Place, str],
) -> None:
    change = changes.setdefault(places, Change(names.get(places[0], "—"), names[places[1]]))
    change.count += 1
    change.already += places[1] == ("unit", row[12])
    if len(change.ids) < EXAMPLES * 4:
        change.ids.append(row[0])


def _show_examples(changes: Iterable[Change], *, by: Actor) -> None:
    listed = list(changes)
    found = cases_by_id(by, [pk for change in listed for pk in change.ids])
    for change in listed:
        change.cases = [found[pk] for pk in change.ids if pk in found][:EXAMPLES]


def idle_words(trial: Trial, rule_id: int) -> str:
    """Why a rule is of no use as the last cases go, or nothing."""
    if not trial.cases or trial.decided[rule_id]:
        return ""
    if rule_id in trial.failed:
        return f"没有生效：{trial.failed[rule_id]}。"
    fitted = trial.fitted[rule_id]
    if not fitted:
        return f"最近 {trial.cases} 件案件中没有一件符合。"
    return f"最近 {trial.cases} 件中有 {fitted} 件符合，但都先由前面的规则决定。"
