"""Every read of cards, formulas and appeals. What is counted lies in the actor's scope, as everywhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.db.models import F, Q, QuerySet

from linli.cases.models import Case, CaseMove, Deadline
from linli.cases.queries import cases_seen
from linli.insight.indicators.comparing import Readings, compared
from linli.insight.indicators.queries import EVERY
from linli.insight.periods.rules import Change, Stretch, Window, Windows
from linli.insight.rates.queries import STREETS, sees_every_unit
from linli.insight.scorecards.models import CardAppeal, ScoreFormula
from linli.insight.scorecards.rules import Formula, Part, formula_on, parts_of, score_of
from linli.kernel.acting import Actor, within
from linli.kernel.errors import NotFound
from linli.kernel.organisations.models import Organization
from linli.kernel.people.models import Staff
from linli.kernel.statistics import FEW

SCORING = "insight.scoring"
DECIDING = "insight.decide_card_appeals"
UNIT_HEAD = "cases.endorse_extension"
"""Whoever leads a unit endorses its extensions; the same person appeals for it."""

HANDLED = ("feedback", "self_handle")
MEASURES: dict[str, str] = {
    "handled": "办理",
    "on_time": "按期",
    "reworked": "返工",
    "waiting": "手上在办",
}
STEPS = ("accept", "confirm", "register", "dispatch", "pass_check", "close")
"""Moves that are work too, counted by the cases that made them."""

Sets = dict[int, dict[str, set[int]]]
"""Ids of cases by person and move."""


@dataclass(frozen=True)
class Card:
    """A unit's card. `score` leaves out what appeals took out, `raw` does not; `place` None means no place."""

    organization_id: int
    name: str
    street: bool
    parts: list[Part]
    score: Fraction | None
    raw: Fraction | None
    before: Fraction | None
    place: int | None = None

    @property
    def due(self) -> int:
        return len(self.parts[0].whole)

    @property
    def few(self) -> bool:
        return self.due < FEW

    @property
    def change(self) -> Change:
        return Change(self.score, self.before)


@dataclass(frozen=True)
class WorkerCard:
    """What a worker did in a period; ids of cases by measure and step, without what appeals took out."""

    staff: Staff
    measures: dict[str, frozenset[int]]
    steps: dict[str, frozenset[int]]
    left_out: frozenset[int]


def formulas() -> list[Formula]:
    """Every dated formula, the earliest first."""
    return [
        Formula(
            row.valid_from,
            row.done,
            row.on_time,
            row.no_rework,
            row.none_waiting,
            row.no_extension,
            row.rework_over,
        )
        for row in ScoreFormula.objects.order_by("valid_from")
    ]


def formula_of(window: Window) -> Formula:
    """The formula in force on the first day of a period."""
    return formula_on(window.start.date(), formulas())


def unit_cards(actor: Actor, readings: Readings, windows: Windows) -> list[Card]:
    """Cards of all units with something due, the best first; places are given apart to departments and streets.

    Who sees the own unit only is told no place.
    """
    granted = _granted(windows.now.stretch)
    found = [
        (group, granted.get(int(group.key), frozenset()))
        for group in compared(readings, by="organization")
        if group.key and group.now.ids(("handle", "due"))
    ]
    kinds = dict(
        Organization.objects.filter(pk__in=[int(group.key) for group, _ids in found]).values_list(
            "pk", "kind"
        )
    )
    formula = formula_of(windows.now)
    cards = []
    for group, left_out in found:
        parts = parts_of(group.now, formula, without=left_out)
        before = None
        if group.before is not None and windows.before is not None:
            before = score_of(parts_of(group.before, formula_of(windows.before)))
        raw = score_of(parts_of(group.now, formula))
        street = kinds.get(int(group.key)) in STREETS
        cards.append(Card(int(group.key), group.name, street, parts, score_of(parts), raw, before))
    return _placed(cards, told=sees_every_unit(actor))


def worker_card(actor: Actor, staff: Staff, *, window: Window, among: Q = EVERY) -> WorkerCard:
    """The work of one person inside what the actor sees."""
    return worker_cards(actor, [staff], window=window, among=among)[0]


def worker_cards(
    actor: Actor, people: Sequence[Staff], *, window: Window, among: Q = EVERY
) -> list[WorkerCard]:
    """The same for many, in their order, in as many queries as for one."""
    ids = [one.pk for one in people]
    seen = cases_seen(actor).filter(among)
    steps: Sets = defaultdict(lambda: defaultdict(set))
    done: dict[int, list[tuple[int, datetime]]] = defaultdict(list)
    moves = _moves(seen, window).filter(by_staff__in=ids, code__in=(*HANDLED, *STEPS))
    for who, code, case_id, at in moves.values_list("by_staff_id", "code", "case_id", "at"):
        if code in HANDLED:
            done[who].append((case_id, at))
        else:
            steps[who][code].add(case_id)
    late, sent_back = _late_runs(seen, window), _sent_back(seen, window)
    waiting: dict[int, set[int]] = defaultdict(set)
    for who, pk in seen.filter(owner__in=ids, open=True).values_list("owner_id", "pk"):
        waiting[who].add(pk)
    left_out: dict[int, set[int]] = defaultdict(set)
    granted = _appeals_granted(window.stretch).filter(staff__in=ids)
    for who, case_id in granted.values_list("staff_id", "case_id"):
        left_out[who].add(case_id)
    found = []
    for one in people:
        handled = {case_id for case_id, _at in done[one.pk]}
        too_late = {case_id for case_id, at in done[one.pk] if (case_id, at) in late}
        measures = {
            "handled": handled - left_out[one.pk],
            "on_time": handled - too_late - left_out[one.pk],
            "reworked": sent_back[one.pk] - left_out[one.pk],
            "waiting": waiting[one.pk],
        }
        found.append(
            WorkerCard(
                one,
                {code: frozenset(some) for code, some in measures.items()},
                {code: frozenset(steps[one.pk][code]) for code in STEPS if steps[one.pk][code]},
                frozenset(left_out[one.pk]),
            )
        )
    return found


def _moves(seen: QuerySet[Case], window: Window) -> QuerySet[CaseMove]:
    return CaseMove.objects.filter(at__gte=window.start, at__lt=window.until, case__in=seen)


def _late_runs(seen: QuerySet[Case], window: Window) -> set[tuple[int, datetime]]:
    """(case, instant) of every handling that ended late in the period and was not excused."""
    runs = Deadline.objects.filter(
        clock="handle",
        stopped_at__gte=window.start,
        stopped_at__lt=window.until,
        stopped_at__gt=F("due_at"),
        excused_at=None,
        case__in=seen,
    )
    return {
        (case_id, stopped)
        for case_id, stopped in runs.values_list("case_id", "stopped_at")
        if stopped is not None
    }


def _sent_back(seen: QuerySet[Case], window: Window) -> dict[int, set[int]]:
    """Cases sent back in the period, by whoever had handled them last before."""
    reworks = list(_moves(seen, window).filter(code="rework").values_list("case_id", "at"))
    handled: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    before = CaseMove.objects.filter(
        case__in=[case_id for case_id, _at in reworks], code__in=HANDLED, by_staff__isnull=False
    )
    for case_id, at, who in before.order_by("pk").values_list("case_id", "at", "by_staff_id"):
        assert who is not None, "the query asks for moves of people"
        handled[case_id].append((at, who))
    found: dict[int, set[int]] = defaultdict(set)
    for case_id, at in reworks:
        earlier = [who for when, who in handled[case_id] if when <= at]
        if earlier:
            found[earlier[-1]].add(case_id)
    return found


def staff_with_cards(actor: Actor, *, window: Window) -> QuerySet[Staff]:
    """Whose cards an actor may see: the own; those of the own unit for its head; all in scope for the scoring office.

    In the order of their names: a list of people is no ranking.
    """
    if actor.staff_id is None:
        return Staff.objects.none()
    own = Q(pk=actor.staff_id)
    if actor.may(SCORING):
        seen = cases_seen(actor, SCORING)
        moves = CaseMove.objects.filter(
            code__in=HANDLED, at__gte=window.start, at__lt=window.until, case__in=seen
        )
        own |= Q(pk__in=moves.values("by_staff_id"))
    if actor.may(UNIT_HEAD) and actor.organization_id is not None:
        own |= Q(organization_id=actor.organization_id)
    rows = Staff.objects.filter(own, left_at=None).select_related("organization")
    return rows.order_by("name", "pk")


def staff_for(actor: Actor, staff_id: int, *, window: Window) -> Staff:
    """One of them.

    Raises:
        NotFound: no such person, or the card is not for this actor.
    """
    found = staff_with_cards(actor, window=window).filter(pk=staff_id).first()
    if found is None:
        raise NotFound("没有这张计分卡，或不在您的管辖范围内。", field="staff")
    return found


def appeals_seen(actor: Actor) -> QuerySet[CardAppeal]:
    """Appeals the actor made, those about the own unit, and those in the scope of scoring or deciding."""
    own = Q(asked_by_id=actor.staff_id) if actor.staff_id is not None else Q(pk__in=[])
    if actor.may(UNIT_HEAD) and actor.organization_id is not None:
        own |= Q(organization_id=actor.organization_id)
    for permission in (SCORING, DECIDING):
        if actor.may(permission):
            own |= within(
                actor.scope(permission),
                organization="case__handling_org",
                staff=("case__owner", "case__handler"),
                prefix="case__",
            )
    rows = CardAppeal.objects.filter(own)
    return rows.select_related("case", "organization", "staff").order_by("-pk")


def appeals_waiting(actor: Actor) -> list[CardAppeal]:
    """Appeals that wait for a decision of this person, the oldest first; nobody decides the own one."""
    if not actor.may(DECIDING):
        return []
    reach = within(
        actor.scope(DECIDING),
        organization="case__handling_org",
        staff=("case__owner", "case__handler"),
        prefix="case__",
    )
    rows = CardAppeal.objects.filter(reach, granted=None).exclude(asked_by_id=actor.staff_id)
    rows = rows.exclude(staff_id=actor.staff_id) if actor.staff_id is not None else rows
    return list(rows.select_related("case__category", "asked_by").order_by("asked_at", "pk"))


def appeal_for(actor: Actor, appeal_id: int) -> CardAppeal:
    """The appeal, if the actor may see it.

    Raises:
        NotFound: no such appeal, or out of the actor's scope.
    """
    found = appeals_seen(actor).filter(pk=appeal_id).first()
    if found is None:
        raise NotFound("没有这份申诉，或不在您的管辖范围内。", field="appeal")
    return found


def cases_with(actor: Actor, ids: Iterable[int]) -> QuerySet[Case]:
    """The list behind a number of a card."""
    return cases_seen(actor).filter(pk__in=list(ids))


def _appeals_granted(stretch: Stretch) -> QuerySet[CardAppeal]:
    return CardAppeal.objects.filter(
        granted=True, period_kind=stretch.kind, period_name=stretch.name
    )


def _granted(stretch: Stretch) -> dict[int, frozenset[int]]:
    """Cases that granted appeals took out of a unit's score, by the unit."""
    found: dict[int, frozenset[int]] = {}
    rows = _appeals_granted(stretch).exclude(organization=None)
    for unit, case_id in rows.values_list("organization_id", "case_id"):
        assert unit is not None, "the query leaves out appeals of workers"
        found[unit] = found.get(unit, frozenset()) | {case_id}
    return found


def _placed(cards: list[Card], *, told: bool) -> list[Card]:
    """Sorted, with a place for each that has enough matters, apart in its own list."""
    cards.sort(key=lambda one: (one.few, one.score is None, -(one.score or 0), one.name))
    ranked = [one for one in cards if told and not one.few and one.score is not None]
    return [
        Card(
            **{name: getattr(one, name) for name in Card.__dataclass_fields__ if name != "place"},
            place=_place(one, [other for other in ranked if other.street is one.street])
            if one in ranked
            else None,
        )
        for one in cards
    ]


def _place(card: Card, others: list[Card]) -> int:
    assert card.score is not None, "only what has a score has a place"
    return 1 + sum(other.score is not None and other.score > card.score for other in others)


def appealed_before(
    stretch: Stretch, *, case: Case, organization: int | None, staff: int | None
) -> bool:
    """Whether this matter was appealed on this card already."""
    rows = CardAppeal.objects.filter(case=case, period_kind=stretch.kind, period_name=stretch.name)
    subject = Q(organization_id=organization) if staff is None else Q(staff_id=staff)
    return rows.filter(subject).exists()
