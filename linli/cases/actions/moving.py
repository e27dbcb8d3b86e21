"""A move on a case, and a line of its timeline; the mechanism is `kernel/matters/moving.py`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from linli.cases.actions.effects import CASES
from linli.cases.facts import Facts
from linli.cases.models import Case, CaseMove
from linli.kernel.acting import Actor
from linli.kernel.matters import moving


def make_move(case_id: int, move: str, *, by: Actor, facts: Facts, now: datetime) -> Case:
    """Make one move of the flow on one case.

    Raises:
        UnknownMove, NotAllowed, NotFound, Conflict, WrongStage, MissingFact, SamePerson, Held, Merged.
    """
    case: Case = moving.make_move(CASES, case_id, move, by=by, facts=facts, now=now)
    return case


def add_line(
    case: Case,
    code: str,
    *,
    by: Actor,
    now: datetime,
    note: str = "",
    public_text: str = "",
    facts: dict[str, Any] | None = None,
) -> CaseMove:
    """A line of the timeline that changes no stage."""
    line = moving.add_entry(
        CASES, case, code, by=by, now=now, note=note, public_text=public_text, facts=facts
    )
    assert isinstance(line, CaseMove), "the lines of a case are its own"
    return line
