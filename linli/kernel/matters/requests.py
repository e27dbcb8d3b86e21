"""What may be asked for on a matter, and who answers: the rule of each request as data.

Somebody asks, with words. Where the rule says so, a second person endorses it first. A last one decides, once. Nobody
answers the own request, nobody answers twice, and whoever did some of the work does not decide about it.
Example: the handler asks for an extension, the leader of the same unit endorses it, the dispatcher grants it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from linli.kernel.matters.models import Request
from linli.kernel.matters.roles import Roles

HANDLERS = "handlers"
OWN_UNIT = "own_unit"


@dataclass(frozen=True)
class Step:
    """One step of a request: the right it needs, and its code in the flow (its form, and its line if it has one)."""

    may: str
    code: str


@dataclass(frozen=True)
class RequestRule:
    """`code` names it in notices and in errors, `name` to people, e.g. 延期申请. `granted` and `refused` are the codes
    of the lines a decision leaves, empty where the timeline is not concerned or the decision is a move of its own;
    so is the code of `ask` where asking leaves none. `public` is what outsiders read of a granted one, `columns`
    are the fields of the row an effect may set, `link` the page it is answered on where that is not the matter's.

    `refuse` is the form on which it is refused, where deciding it is a move that can only grant it.
    With `endorse` a first person has to agree before another one decides; where both steps are the same, two people
    give the same answer one after the other. `endorsed_inside` keeps the first to the unit that has the work.
    `one_at_a_time` allows one waiting request of the sort per matter, `while_open` those on open
    matters only: they end with the matter, and those `asked_inside` with the unit's work (`lapsing.py`).
    `reasoned` decisions say why either way, the others only when they refuse. `bars` are the groups that do not
    decide, beside whoever asked or endorsed and the other axis; `involved` further people, by their ids.
    """

    code: str
    name: str
    model: type[Request]
    ask: Step
    decide: Step
    endorse: Step | None = None
    refuse: Step | None = None
    granted: str = ""
    refused: str = ""
    public: str = ""
    link: str = ""
    columns: tuple[str, ...] = ()
    asked_inside: bool = False
    endorsed_inside: bool = False
    one_at_a_time: bool = True
    while_open: bool = False
    reasoned: bool = False
    bars: frozenset[str] = frozenset({HANDLERS, OWN_UNIT})
    involved: Callable[[Any], frozenset[int]] | None = None

    @property
    def two_voices(self) -> bool:
        """Whether two people give the same answer, one after the other."""
        return self.endorse == self.decide

    def step(self, request: Request) -> Step:
        """The step a waiting request is at."""
        waits = self.endorse is not None and request.endorsed_at is None
        return self.endorse if waits and self.endorse is not None else self.decide

    def barred(self, request: Request, roles: Roles) -> frozenset[int]:
        """Staff ids of those who must leave the next answer to somebody else."""
        answered = frozenset({request.asked_by_id, request.endorsed_by_id or request.asked_by_id})
        if self.endorsed_inside and request.endorsed_at is None:
            return answered
        working = roles.handlers if HANDLERS in self.bars else frozenset()
        return answered | working | (self.involved(request) if self.involved else frozenset())
