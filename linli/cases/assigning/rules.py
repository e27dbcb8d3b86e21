"""Who takes which of many matters? All are decided together, not one after the other.

May take it: works for the matter's unit, is on duty, has the skill (none noted: all classes), has a base, and has room
(fewer open cases than their capacity). Among these the whole is made as cheap as possible: the metres from base to
matter, and for each further case of a worker `BALANCE_M` for every tenth of their capacity that is in use already.
Nobody waits while somebody who may take it has room. If there is not room for all, urgent matters go first, then as
many as possible, then the cheapest. Among equal workers the lowest id is taken, among equal matters the lowest is
placed; the order in which they come is of no account.

Example: two leaks, both 100 m from 小李 and 250 m from 小张, who may have ten cases each and have none. One after
the other, 小李 gets both. Together, at 200 m a tenth: both to 小李 cost 100 + 100 + 200, one each 100 + 250, so 小张
gets one and is told why. With 小李 at 10 of 10, 小张 gets both; with 小张 off duty as well, both wait and say so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from linli.cases.assigning.least_cost import NOBODY, Bools, Floats, Ints, Problem, assign
from linli.kernel.places.distance import EARTH_RADIUS_M

BALANCE_M = 200
"""How much further somebody goes to spare a colleague one tenth of their capacity; metres, 0-1,000.

0 sends everybody to what lies nearest. On the reference instance of 2,000 matters and 300 workers, 200 m halve the
deviation of the load (0.255 to 0.122) for 4.7 % more metres than 0; 400 m bring it to 0.102 for 7.3 %. Above 1,000 m
distance would hardly count in a sub-district.
"""

MOST_BALANCE_M = 1_000

FAR = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Matter:
    """Something to be done. `unit` answers for it; None where nobody has been found. Degrees WGS-84."""

    id: int
    unit: int | None
    code: str
    lon: float | None
    lat: float | None
    urgent: bool = False


@dataclass(frozen=True)
class Worker:
    """Somebody who handles matters. `skills` are beginnings of class codes; `load` open cases now, of `capacity`."""

    id: int
    name: str
    unit: int
    lon: float | None
    lat: float | None
    skills: frozenset[str] = frozenset()
    on_duty: bool = True
    load: int = 0
    capacity: int = 20

    def has_skill(self, code: str) -> bool:
        return not self.skills or any(code.startswith(beginning) for beginning in self.skills)


@dataclass(frozen=True)
class Assignment:
    """A matter, who takes it, the metres from their base, and why in one Chinese sentence."""

    matter_id: int
    worker_id: int
    metres: int
    sentence: str


class Reason(StrEnum):
    NO_UNIT = "no_unit"
    NO_POSITION = "no_position"
    NO_WORKERS = "no_workers"
    NO_SKILL = "no_skill"
    OFF_DUTY = "off_duty"
    NO_BASE = "no_base"
    FULL = "full"


@dataclass(frozen=True)
class Unassigned:
    """A matter that stays where it is, and why."""

    matter_id: int
    reason: Reason
    sentence: str


@dataclass(frozen=True)
class Figures:
    """`deviation` is the standard deviation of load by capacity (0-1) over those on duty, as it would be afterwards."""

    placed: int
    metres: int
    deviation: float

    @property
    def mean_m(self) -> float:
        return self.metres / self.placed if self.placed else 0.0


@dataclass(frozen=True)
class Plan:
    """Assignments and those left, both by matter id; `loads` is (now, then) of every worker on duty, by id."""

    assignments: tuple[Assignment, ...]
    unassigned: tuple[Unassigned, ...]
    loads: Mapping[int, tuple[int, int]]
    deviation_before: float
    figures: Figures
    nearest_first: Figures


WORDS = {
    Reason.NO_UNIT: "还没有承办单位，请人工选择单位。",
    Reason.NO_POSITION: "案件没有坐标，无法比较远近；请补上位置，或人工选择人员。",
    Reason.NO_WORKERS: "承办单位没有处置人员；请联系该单位，或改选单位。",
    Reason.NO_SKILL: "承办单位的 {n} 人都不会办此类；请补登技能，或改选单位。",
    Reason.OFF_DUTY: "会办此类的 {n} 人现在都不在岗；请等上岗后再派，或人工指定。",
    Reason.NO_BASE: "在岗、会办的 {n} 人都没有登记驻点，无法比较远近；请补登驻点，或人工选择人员。",
    Reason.FULL: "在岗、会办的 {n} 人都已派满；请等办结几件，或请单位增派人手。",
}


def plan_assignments(
    matters: Iterable[Matter], workers: Iterable[Worker], *, balance_m: int = BALANCE_M
) -> Plan:
    """The plan of least cost, with the figures of nearest-first on the same matters beside it."""
    teams, stranded = _teams(matters, workers)
    chosen = [(team, assign(team.problem, balance_m=balance_m)) for team in teams]
    placed = [one for team, who in chosen for one in _assignments(team, who)]
    left = [*stranded, *(one for team, who in chosen for one in _left(team, who))]
    return Plan(
        tuple(sorted(placed, key=lambda one: one.matter_id)),
        tuple(sorted(left, key=lambda one: one.matter_id)),
        {worker: loads for team, who in chosen for worker, loads in _loads(team, who).items()},
        _deviation([(team, np.full(len(team.matters), NOBODY)) for team in teams]),
        _figures(chosen),
        _figures([(team, _one_after_the_other(team.problem)) for team in teams]),
    )


def nearest_first(matters: Iterable[Matter], workers: Iterable[Worker]) -> Figures:
    """What comes of sending each matter to the nearest who may take it, urgent ones first, then by id."""
    teams, _ = _teams(matters, workers)
    return _figures([(team, _one_after_the_other(team.problem)) for team in teams])


def able_workers(matter: Matter, workers: Iterable[Worker]) -> list[tuple[Worker, int | None]]:
    """(worker, metres) of those whom a person may choose instead: of the unit, on duty, with the skill; nearest first.

    Full ones too, and those without a base (metres None) at the end: a person may know better.
    """
    able = [one for one in workers if one.unit == matter.unit and one.on_duty]
    able = [one for one in able if one.has_skill(matter.code)]
    metres = metres_between([matter], able)[0]
    found = [
        (one, None if np.isnan(away) else int(away)) for one, away in zip(able, metres, strict=True)
    ]
    return sorted(found, key=lambda pair: (pair[1] is None, pair[1] or 0, pair[0].id))


def metres_between(here: Sequence[Matter | Worker], there: Sequence[Matter | Worker]) -> Floats:
    """Whole metres between all of `here` and all of `there`; not a number where a position is unknown.

    The same haversine as `places.distance.distance_m`, for a whole table at once, without the fractions.
    """
    (lon, lat), (other_lon, other_lat) = _radians(here), _radians(there)
    half_lat = np.sin((other_lat - lat[:, None]) / 2)
    half_lon = np.sin((other_lon - lon[:, None]) / 2)
    chord = half_lat**2 + np.cos(lat)[:, None] * np.cos(other_lat) * half_lon**2
    metres = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(chord)))
    return np.asarray(np.floor(metres))


def _radians(places: Sequence[Matter | Worker]) -> tuple[Floats, Floats]:
    pairs = [(one.lon, one.lat) if _has_position(one) else (np.nan, np.nan) for one in places]
    degrees = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    return np.radians(degrees[:, 0]), np.radians(degrees[:, 1])


def _has_position(one: Matter | Worker) -> bool:
    return one.lon is not None and one.lat is not None


@dataclass(frozen=True)
class _Team:
    """Matters and workers of one unit, both by id. `skilled` is matters × workers, `present` says who is on duty."""

    matters: list[Matter]
    workers: list[Worker]
    problem: Problem
    skilled: Bools
    present: Bools


_Chosen = Sequence[tuple[_Team, Ints]]


def _teams(
    matters: Iterable[Matter], workers: Iterable[Worker]
) -> tuple[list[_Team], list[Unassigned]]:
    """A team for each unit, and the matters that come to none."""
    of_unit: dict[int, list[Matter]] = defaultdict(list)
    staff: dict[int, list[Worker]] = defaultdict(list)
    stranded = []
    for worker in workers:
        staff[worker.unit].append(worker)
    for matter in matters:
        if matter.unit is None:
            stranded.append(_unassigned(matter, Reason.NO_UNIT))
        elif not _has_position(matter):
            stranded.append(_unassigned(matter, Reason.NO_POSITION))
        elif matter.unit not in staff:
            stranded.append(_unassigned(matter, Reason.NO_WORKERS))
        else:
            of_unit[matter.unit].append(matter)
    return [_team(of_unit[unit], staff[unit]) for unit in sorted(of_unit)], stranded


def _team(matters: list[Matter], workers: list[Worker]) -> _Team:
    matters, workers = sorted(matters, key=_by_id), sorted(workers, key=_by_id)
    metres = metres_between(matters, workers)
    codes = {matter.code for matter in matters}
    of_code = {code: [worker.has_skill(code) for worker in workers] for code in codes}
    skilled = np.array([of_code[matter.code] for matter in matters])
    present = np.array([worker.on_duty for worker in workers])
    known = ~np.isnan(metres)
    problem = Problem(
        metres=np.where(known, metres, 0).astype(np.int64),
        able=skilled & present & known,
        urgent=np.array([matter.urgent for matter in matters]),
        load=np.array([worker.load for worker in workers]),
        capacity=np.array([worker.capacity for worker in workers]),
    )
    return _Team(matters, workers, problem, skilled, present)


def _by_id(one: Matter | Worker) -> int:
    return one.id


def _one_after_the_other(problem: Problem) -> Ints:
    who = np.full(len(problem.urgent), NOBODY)
    room = problem.capacity - problem.load
    for matter in np.argsort(~problem.urgent, kind="stable"):
        metres = np.where(problem.able[matter] & (room > 0), problem.metres[matter], FAR)
        nearest = int(metres.argmin())
        if metres[nearest] < FAR:
            who[matter] = nearest
            room[nearest] -= 1
    return who


def _figures(chosen: _Chosen) -> Figures:
    placed, metres = 0, 0
    for team, who in chosen:
        rows = np.flatnonzero(who != NOBODY)
        placed += len(rows)
        metres += int(team.problem.metres[rows, who[rows]].sum())
    return Figures(placed, metres, _deviation(chosen))


def _deviation(chosen: _Chosen) -> float:
    shares = [
        then / worker.capacity
        for team, who in chosen
        for worker, (_, then) in zip(team.workers, _then(team, who), strict=True)
        if worker.on_duty and worker.capacity
    ]
    return float(np.std(shares)) if shares else 0.0


def _loads(team: _Team, who: Ints) -> dict[int, tuple[int, int]]:
    pairs = zip(team.workers, _then(team, who), strict=True)
    return {worker.id: loads for worker, loads in pairs if worker.on_duty}


def _then(team: _Team, who: Ints) -> list[tuple[int, int]]:
    """(open cases now, then) of every worker of a team."""
    given = np.bincount(who[who != NOBODY], minlength=len(team.workers)).tolist()
    return [(one.load, one.load + more) for one, more in zip(team.workers, given, strict=True)]


def _assignments(team: _Team, who: Ints) -> Iterator[Assignment]:
    then = [load for _, load in _then(team, who)]
    away = np.where(team.problem.able, team.problem.metres, FAR)
    nearest, choice = away.argmin(axis=1).tolist(), team.problem.able.sum(axis=1).tolist()
    for row in np.flatnonzero(who != NOBODY).tolist():
        taker, closest = int(who[row]), nearest[row]
        metres, least = int(away[row, taker]), int(away[row, closest])
        why = (
            f"是在岗、会办的 {choice[row]} 人中最近的"
            if metres == least
            else _why_not(team.workers[closest], least, then[closest])
        )
        worker = team.workers[taker]
        load = f"派后手上 {then[taker]} 件（最多 {worker.capacity} 件）"
        sentence = f"{worker.name}：距现场约 {metres} 米，{why}；{load}。"
        yield Assignment(team.matters[row].id, worker.id, metres, sentence)


def _why_not(nearer: Worker, metres: int, load: int) -> str:
    """Somebody nearer is passed over for two reasons only: no room is left, or the work lies heavier on them."""
    if load >= nearer.capacity:
        return f"更近的{nearer.name}（{metres} 米）已满 {nearer.capacity} 件"
    return f"更近的{nearer.name}（{metres} 米）派后已有 {load} 件，为均衡由稍远的人去"


def _left(team: _Team, who: Ints) -> Iterator[Unassigned]:
    for row in np.flatnonzero(who == NOBODY).tolist():
        skilled, able = team.skilled[row], team.problem.able[row]
        there = skilled & team.present
        looks = (
            (Reason.NO_SKILL, skilled, len(skilled)),
            (Reason.OFF_DUTY, there, int(skilled.sum())),
            (Reason.NO_BASE, able, int(there.sum())),
        )
        none = [(reason, before) for reason, remain, before in looks if not remain.any()]
        reason, count = none[0] if none else (Reason.FULL, int(able.sum()))
        yield _unassigned(team.matters[row], reason, count)


def _unassigned(matter: Matter, reason: Reason, count: int = 0) -> Unassigned:
    return Unassigned(matter.id, reason, WORDS[reason].format(n=count))
