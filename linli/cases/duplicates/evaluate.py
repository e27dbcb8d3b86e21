"""Replay a city's requests in the order they came and compare every decision with the city's own duplicate flags.

The flags stand on single requests and name no partner. So only this can be claimed:

* recall_at_5: share of flagged requests for which one of the five suggested cases is an earlier one at the
  same street address (as written; the search itself uses coordinates only), not completed before that day;
* join_precision: share of the joined requests that the city flagged; whether with the same partner is unknown.

Nothing later than a request's creation is used. The file has dates without times, so whether a case completed on the
very day of a new request was still open at that moment is unknown. Two readings bound the truth (`Reading`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from linli.cases.duplicates.candidates import PLACE_LIMIT, cell_of, neighbouring_cells
from linli.cases.duplicates.labelled import Request
from linli.cases.duplicates.rules import (
    JOIN_AT,
    SUGGEST_WINDOW,
    Candidate,
    Filing,
    Likeness,
    Verdict,
    decide,
    likenesses,
)
from linli.kernel.statistics import wilson

TUNED_UNTIL: Final = 2011
"""Last year the weights were learned on. Steps and threshold were chosen with all years in view (README.md)."""

CURVE: Final = (0.50, 0.70, 0.80, 0.90, 0.95, JOIN_AT, 0.98, 0.99)
"""Scores at which the precision and recall of joining are shown."""

BASELINE_M: Final = 5.0
"""Metres of the plain rule the scorer is compared with: an open case this near means a duplicate."""

WORKDAY_CERTAINTY: Final = 0.72
"""Share of the cases open in the morning of a working day that are open when a new request comes in (2010-2011)."""

FIRST_DAY_OFF: Final = 5
"""Saturday: 0.8 % of all completions fall on Saturdays and Sundays, so what was open on Friday evening still is."""

CLAIMS: Final = (
    "标记落在单条诉求上,未指明与哪一条重复。",
    "recall_at_5:被标记的诉求中,前五个建议里至少有一件同一门牌、更早且当天之前未办结的案件的比例。",
    "join_precision:自动并入的诉求中,被该市标记为重复的比例;不证明并入的就是该市所指的那一件。",
    "权重只用 2010-2011 年学习;分档与阈值是看过全部年份后选定的,因此 held_out 不是完全盲测。",
    "日期没有时刻。day_before:只用创建日之前已知的办结状态;at_creation:当天办结的案件视为已办结,"
    "更接近实时系统,但借用了当天晚些时候的信息,只作参考。",
)


class Reading(StrEnum):
    """What is taken as known about an earlier case that was completed on the day of the new request."""

    DAY_BEFORE = "day_before"
    """It counts as open, by `WORKDAY_CERTAINTY` on working days: only what was known before. The headline."""

    AT_CREATION = "at_creation"
    """It counts as closed, all others as surely open: near to what a live system sees, but it looks hours ahead."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided for one request: `best` likeliest candidate, `hit` as in recall_at_5, `near` the baseline."""

    request: Request
    verdict: Verdict
    suggested: int
    hit: bool
    best: Likeness | None
    near: bool

    @property
    def score(self) -> float:
        """Score of the best candidate, 0.0 without one or when evidence of its kind never joins."""
        return self.best.score if self.best and self.best.joinable else 0.0


def replay(requests: Sequence[Request], reading: Reading) -> list[Outcome]:
    """Decide every request as if it had just come in, with the earlier ones as open cases.

    Each request stays a case of its own: nothing is merged, because the flags do not say with what.
    """
    by_cell: dict[int, list[int]] = defaultdict(list)
    outcomes = []
    for index, new in enumerate(requests):
        earlier = list(_open_near(requests, by_cell, new, reading))
        outcomes.append(_outcome(requests, new, earlier, reading))
        if new.lon is not None and new.lat is not None:
            by_cell[cell_of(new.lon, new.lat)].append(index)
    return outcomes


def summary(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """Figures over some outcomes: recall_at_5, join_precision (None without joins), joined, pairs, curve, baseline."""
    flagged = [each for each in outcomes if each.request.flagged]
    joined = [each for each in outcomes if each.verdict is Verdict.JOIN]
    near = [each for each in outcomes if each.near]
    return {
        "requests": len(outcomes),
        "flagged": len(flagged),
        "recall_at_5": _share(sum(each.hit for each in flagged), len(flagged)),
        "join_precision": _precision(joined),
        "join_precision_low": _lower_bound(
            sum(each.request.flagged for each in joined), len(joined)
        ),
        "join_recall": _share(sum(each.request.flagged for each in joined), len(flagged)),
        "joined": len(joined),
        "pairs": sum(each.suggested for each in outcomes),
        "with_suggestion": sum(each.suggested > 0 for each in outcomes),
        "baseline": {
            "metres": BASELINE_M,
            "precision": _precision(near),
            "recall": _share(sum(each.request.flagged for each in near), len(flagged)),
        },
        "curve": [_point(outcomes, at, len(flagged)) for at in CURVE],
    }


def report(requests: Sequence[Request]) -> dict[str, object]:
    """The whole evaluation: the headline over all years, then by reading and period, then what may be claimed."""
    readings: dict[str, object] = {}
    headline: dict[str, object] = {}
    for reading in Reading:
        outcomes = replay(requests, reading)
        everything = summary(outcomes)
        if reading is Reading.DAY_BEFORE:
            headline = {
                name: everything[name]
                for name in ("recall_at_5", "join_precision", "joined", "pairs")
            }
        readings[reading.value] = {
            "all": everything,
            "tuned_on": summary([each for each in outcomes if _is_tuned(each.request)]),
            "held_out": summary([each for each in outcomes if not _is_tuned(each.request)]),
        }
    return {**headline, "tuned_until": TUNED_UNTIL, "readings": readings, "claims": list(CLAIMS)}


def _open_near(
    requests: Sequence[Request], by_cell: dict[int, list[int]], new: Request, reading: Reading
) -> Iterator[int]:
    """Positions of the newest open earlier requests in the cells around, as the product's query would give them."""
    if new.lon is None or new.lat is None:
        return
    found: list[int] = []
    for cell in neighbouring_cells(new.lon, new.lat):
        members = by_cell.get(cell)
        if members:
            members[:] = [i for i in members if _may_be_open(requests[i], new, Reading.DAY_BEFORE)]
            found += [i for i in members if _may_be_open(requests[i], new, reading)]
    yield from sorted(found, reverse=True)[:PLACE_LIMIT]


def _may_be_open(earlier: Request, new: Request, reading: Reading) -> bool:
    if new.opened_at - earlier.opened_at > SUGGEST_WINDOW + timedelta(days=1):
        return False
    if earlier.completed_on is None or earlier.completed_on > new.created_on:
        return True
    return reading is Reading.DAY_BEFORE and earlier.completed_on == new.created_on


def _outcome(
    requests: Sequence[Request], new: Request, earlier: Iterable[int], reading: Reading
) -> Outcome:
    certainty = 1.0 if reading is Reading.AT_CREATION else _certainty(new)
    candidates = [_candidate(index, requests[index], certainty) for index in earlier]
    found = likenesses(_filing(new), candidates)
    decision = decide(found)
    return Outcome(
        request=new,
        verdict=decision.verdict,
        suggested=len(decision.likenesses),
        hit=any(requests[each.case_id].address == new.address for each in decision.likenesses),
        best=max(found, key=lambda each: (each.score, each.case_id), default=None),
        near=any(
            each.facts.metres is not None and each.facts.metres <= BASELINE_M for each in found
        ),
    )


def _certainty(new: Request) -> float:
    return 1.0 if new.created_on.weekday() >= FIRST_DAY_OFF else WORKDAY_CERTAINTY


def _filing(new: Request) -> Filing:
    return Filing(opened_at=new.opened_at, category=new.category, lon=new.lon, lat=new.lat)


def _candidate(index: int, earlier: Request, certainty: float) -> Candidate:
    return Candidate(
        case_id=index,
        opened_at=earlier.opened_at,
        last_reported_at=earlier.opened_at,
        category=earlier.category,
        lon=earlier.lon,
        lat=earlier.lat,
        open_certainty=certainty,
    )


def _is_tuned(request: Request) -> bool:
    return request.created_on.year <= TUNED_UNTIL


def _point(outcomes: Sequence[Outcome], at: float, flagged: int) -> dict[str, object]:
    joined = [each for each in outcomes if each.score >= at]
    right = sum(each.request.flagged for each in joined)
    return {
        "score": at,
        "joined": len(joined),
        "precision": _precision(joined),
        "recall": _share(right, flagged),
    }


def _precision(joined: Sequence[Outcome]) -> float | None:
    return _share(sum(each.request.flagged for each in joined), len(joined))


def _lower_bound(right: int, tried: int) -> float | None:
    """Lower end of the 95 % Wilson interval of a share."""
    bounds = wilson(right, tried)
    return round(bounds[0], 4) if bounds else None


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
