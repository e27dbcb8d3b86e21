"""The last words of a period, in groups, inside the actor's scope."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db.models import Q

from linli.cases.models import FollowUp, Rating
from linli.cases.queries import cases_seen
from linli.insight.indicators.queries import COLUMNS, EVERY, names_of
from linli.insight.periods.rules import Window
from linli.insight.satisfaction.rules import BASICALLY, SATISFIED, SOLVED, Opinion
from linli.kernel.acting import Actor

ALL = ""
"""The key of what belongs to no group."""

Said = tuple[datetime, str, str, str]
"""When, the key of the group, whether solved, how satisfied."""


def opinions(actor: Actor, *, by: str, window: Window, among: Q = EVERY) -> list[Opinion]:
    """One line a group, those with the most voices first; `by` is a dimension of the indicators."""
    groups: dict[str, dict[int, Said]] = defaultdict(dict)
    for case_id, said in _last_words(actor, by, window, among).items():
        groups[said[1]][case_id] = said
    names = names_of(by, groups)
    found = [_opinion(key, names.get(key, ""), words) for key, words in groups.items()]
    return sorted(found, key=lambda one: (-len(one.said), one.name))


def all_opinions(actor: Actor, *, window: Window, among: Q = EVERY) -> Opinion:
    """Everything together."""
    return _opinion(ALL, "合计", _last_words(actor, "channel", window, among))


def _opinion(key: str, name: str, words: dict[int, Said]) -> Opinion:
    def where(place: int, value: str) -> frozenset[int]:
        return frozenset(case_id for case_id, said in words.items() if said[place] == value)

    return Opinion(
        key, name, frozenset(words), where(2, SOLVED), where(3, SATISFIED), where(3, BASICALLY)
    )


def _last_words(actor: Actor, by: str, window: Window, among: Q) -> dict[int, Said]:
    seen = cases_seen(actor).filter(among)
    when = {"at__gte": window.start, "at__lt": window.until, "case__in": seen}
    column = f"case__{COLUMNS[by]}"
    last: dict[int, Said] = {}
    for rows in (
        FollowUp.objects.filter(effective=True, **when),
        Rating.objects.filter(**when),
    ):
        cells = rows.order_by("at", "pk").values_list(
            "case_id", "at", column, "solved", "satisfaction"
        )
        for case_id, at, key, solved, satisfaction in cells:
            if case_id not in last or last[case_id][0] <= at:
                last[case_id] = (at, str(key or ""), solved, satisfaction)
    return last
