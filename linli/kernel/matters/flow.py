"""The course of a matter as one table: its stages, the moves between them, its clocks and the lines beside it.

Whatever has a stage, someone responsible and a deadline is a matter (事项): a case, a department's leg of a whistle,
an inspection. A module writes its course down once, as a `Flow`; moving, clocks, inbox, timeline, buttons, forms,
replay and the leak test read it from there. A flow that cannot work is refused when it is written down: a stage that
nothing reaches, an open stage from which no end can be reached, a word that is missing.

    Flow(
        code="visit", name="探访", noun="这次探访", first="planned",
        stages=(Stage("planned", "待探访", may="care.visit", clock="visit"), Stage("done", "已探访")),
        clocks=(Clock("visit", "探访", "3工作日"),),
        moves=(Move("visit", "登记探访", ("planned",), "done", "care.visit", required_fields=("note",)),),
        fact_names={"note": "探访情况"},
    )
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class BrokenFlow(Exception):
    """A flow that cannot work; the sentence names what is wrong with it."""


class Axis(StrEnum):
    """The two offices that one person never holds in one matter (两个轴心)."""

    SUPERVISION = "supervision"
    COMMAND = "command"


AXIS_NAMES = {Axis.SUPERVISION: "监督", Axis.COMMAND: "指挥"}
ROLES = frozenset({"handler", "asker"})
"""Roles from which a move may bar somebody: whoever did some of the work, whoever asked for the move."""


@dataclass(frozen=True)
class Clock:
    """A clock. `usual` is its limit where no dated `Limit` says otherwise, by variant; "" is for the others.

    A `legal_term` is set by a statute or a court: it is never counted over a year whose notice of holidays has not
    been entered, so it has no due until then, and the matter says why.
    """

    code: str
    name: str
    usual: str | Mapping[str, str]
    of_the_unit: bool = False
    legal_term: bool = False

    def usual_limit(self, variant: str) -> str:
        return (
            self.usual if isinstance(self.usual, str) else self.usual.get(variant, self.usual[""])
        )


@dataclass(frozen=True)
class Stage:
    """A stage. Somebody with the right `may` has to act at an open one; a stage without such a right is an end.

    At a stage `of_the_unit` the work lies with the unit it was given to. `public` is the word outsiders hear.
    """

    code: str
    name: str
    may: str = ""
    clock: str = ""
    of_the_unit: bool = False
    public: str = ""

    @property
    def open(self) -> bool:
        return bool(self.may)


@dataclass(frozen=True)
class Move:
    """A line of the table. `target` None: the move itself says where it leads (a case that is split goes back);
    `or_else` are stages its effect may choose instead of the target.

    `required_fields` are names of facts, `barred` roles that keep somebody from it. With `runs_on` the last run of
    the target's clock goes on as if it had never stopped, since work that was sent back gets no new time.
    `form` lists the fields a person is shown, in order; `*` must be filled in. `phone_form` does the same on the phone
    and may be empty (one tap is enough); with None the move is not offered there.
    """

    code: str
    name: str
    sources: tuple[str, ...]
    target: str | None
    may: str
    required_fields: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()
    public: str = ""
    of_the_unit: bool = False
    runs_on: bool = False
    or_else: tuple[str, ...] = ()
    warning: bool = False
    form: str = ""
    phone_form: str | None = None
    tone: str = ""
    advice: str = ""

    @property
    def targets(self) -> frozenset[str]:
        """Every stage it may lead to."""
        return frozenset({*filter(None, [self.target]), *self.or_else})


@dataclass(frozen=True)
class SideAction:
    """A line of the timeline that changes no stage: a remark, a request, a reminder. `may` is the right behind it.

    One that people start from the page of a matter has a form like a move; `button` names it where it differs.
    """

    code: str
    name: str
    may: str = ""
    warning: bool = False
    form: str = ""
    phone_form: str | None = None
    tone: str = ""
    advice: str = ""


HANDED_OVER = SideAction("hand_over_owner", "经办人交接")
RECOMPUTED = SideAction("recompute", "时限重算")
COMMON_LINES = (HANDED_OVER, RECOMPUTED)
"""Lines that every timeline may hold, whatever the kind."""


@dataclass(frozen=True)
class Flow:
    """The whole course of one kind of matter.

    `axes` says on which axis a right lies; `handling` are the lines of whoever did some of the work; `fallback` are
    the rights of those who take a matter that nobody's post covers; `leaders` those who hear of one that is late.
    """

    code: str
    name: str
    noun: str
    first: str
    stages: tuple[Stage, ...]
    moves: tuple[Move, ...]
    clocks: tuple[Clock, ...] = ()
    side_actions: tuple[SideAction, ...] = ()
    fact_names: Mapping[str, str] = field(default_factory=dict)
    axes: Mapping[str, Axis] = field(default_factory=dict)
    handling: frozenset[str] = frozenset()
    fallback: tuple[str, ...] = ()
    leaders: tuple[str, ...] = ()
    notice: str = "info"

    def __post_init__(self) -> None:
        wrong = sorted({*_doubled(self), *_unknown(self), *_wordless(self), *_astray(self)})
        if wrong:
            raise BrokenFlow(f"{self.code}: " + "; ".join(wrong))

    @cached_property
    def stage(self) -> Mapping[str, Stage]:
        return {one.code: one for one in self.stages}

    @cached_property
    def move(self) -> Mapping[str, Move]:
        return {one.code: one for one in self.moves}

    @cached_property
    def clock(self) -> Mapping[str, Clock]:
        return {one.code: one for one in self.clocks}

    @cached_property
    def open_stages(self) -> frozenset[str]:
        return frozenset(one.code for one in self.stages if one.open)

    @cached_property
    def unit_begins(self) -> str:
        """The first stage of the unit: the work was given to it, and nobody there has taken it yet."""
        return next((one.code for one in self.stages if one.of_the_unit), "")

    @cached_property
    def ending(self) -> frozenset[str]:
        """Moves after which nobody works on the matter any more."""
        return frozenset(
            move.code
            for move in self.moves
            if any(not self.stage[target].open for target in move.targets)
        )

    @cached_property
    def rights(self) -> frozenset[str]:
        """Every right the table names."""
        named = [*(one.may for one in self.moves), *(one.may for one in self.stages)]
        beside = [*(one.may for one in self.side_actions), *self.fallback, *self.leaders]
        return frozenset(filter(None, (*named, *beside)))

    @cached_property
    def lines(self) -> Mapping[str, Move | SideAction]:
        """Every code a timeline may hold."""
        beside = (*self.side_actions, *COMMON_LINES)
        return {**self.move, **{one.code: one for one in beside}}

    def word(self, code: str) -> str:
        """The word for a line of the timeline; an unknown code as it is, so that a page never breaks on data."""
        found = self.lines.get(code)
        return found.name if found else code

    def warns(self, code: str) -> bool:
        found = self.lines.get(code)
        return found is not None and found.warning

    def right_behind(self, code: str) -> str:
        """The right with which a line of the timeline was written; empty where none is needed."""
        found = self.lines.get(code)
        return found.may if found else ""

    def moves_from(self, stage: str) -> list[Move]:
        """Every move that leaves a stage, in the order of the table."""
        return [move for move in self.moves if stage in move.sources]

    def begins_clock(self, stage: str) -> bool:
        """Whether a stage is the first one of its clock: there a matter's own limit counts."""
        clock = self.stage[stage].clock
        return next(one.code for one in self.stages if one.clock == clock) == stage

    def clock_change(self, source: str, target: str) -> tuple[str, str]:
        """(clock to stop, clock to start) between two stages; both empty where one clock runs on."""
        old = self.stage[source].clock if source else ""
        new = self.stage[target].clock
        return ("", "") if old == new else (old, new)


def _doubled(flow: Flow) -> Iterable[str]:
    beside = (*flow.side_actions, *COMMON_LINES)
    lines = [*(one.code for one in flow.moves), *(one.code for one in beside)]
    stages, clocks = [one.code for one in flow.stages], [one.code for one in flow.clocks]
    for what, codes in (("stage", stages), ("line", lines), ("clock", clocks)):
        yield from (f"{what} {code} stands twice" for code in set(codes) if codes.count(code) > 1)


def _unknown(flow: Flow) -> Iterable[str]:
    stages, clocks = set(flow.stage), set(flow.clock)
    if flow.first not in stages:
        yield f"first stage {flow.first} is none"
    for stage in flow.stages:
        if stage.clock and stage.clock not in clocks:
            yield f"stage {stage.code} has the unknown clock {stage.clock}"
        if stage.clock and not stage.open:
            yield f"a clock runs on at the end {stage.code}"
    for move in flow.moves:
        strange = {*move.sources, *move.targets} - stages
        yield from (f"move {move.code} names the unknown stage {code}" for code in strange)
        yield from (
            f"move {move.code} bars the unknown role {role}" for role in set(move.barred) - ROLES
        )
    for clock in clocks - {stage.clock for stage in flow.stages}:
        yield f"clock {clock} never runs"


def _wordless(flow: Flow) -> Iterable[str]:
    named: tuple[Flow | Stage | Move | Clock | SideAction, ...] = (
        flow, *flow.stages, *flow.moves, *flow.clocks, *flow.side_actions,
    )  # fmt: skip
    yield from (f"{one.code} has no name" for one in named if not one.name.strip())
    for move in flow.moves:
        if not move.may:
            yield f"move {move.code} needs no right"
        for name in set(move.required_fields) - set(flow.fact_names):
            yield f"fact {name} of move {move.code} has no name"


def _astray(flow: Flow) -> Iterable[str]:
    """Stages nothing leads to, and open ones no end can be reached from."""
    steps = {
        (source, target)
        for move in flow.moves
        for source in move.sources
        for target in move.targets
    }
    reached = _closure({flow.first}, steps)
    yield from (f"nothing reaches stage {code}" for code in set(flow.stage) - reached)
    ends = {stage.code for stage in flow.stages if not stage.open}
    ending = _closure(ends, {(target, source) for source, target in steps})
    yield from (f"no end is reached from stage {code}" for code in flow.open_stages - ending)


def _closure(start: set[str], steps: set[tuple[str, str]]) -> set[str]:
    found: set[str] = set()
    layer = set(start)
    while layer:
        found |= layer
        layer = {target for source, target in steps if source in layer} - found
    return found
