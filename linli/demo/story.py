"""What a made-up case goes through, as plain values, before any of it is a row.

A `Matter` is what happened; `telling.tell` gives it a `Story`: the steps people took and when. The codes of the steps
are the moves of `cases/flow.py`; `replay.py` plays them on a case exactly as `make_move` would have.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from linli.cases.models import Category, FilingStandard
from linli.demo.spots import Spot
from linli.kernel.organisations.models import Organization
from linli.kernel.people.models import Staff


@dataclass(frozen=True)
class Voice:
    """One report: who says what, how and when. `entered_by` typed it in for them."""

    at: datetime
    channel: str
    words: str
    spot: Spot
    name: str = ""
    phone: str = ""
    confidential: bool = False
    publish: bool = False
    entered_by: Staff | None = None


@dataclass(frozen=True)
class Matter:
    """What happened. `key` is unique and the same in every build from the same seed."""

    key: str
    voice: Voice
    category: Category
    standard: FilingStandard
    unit: Organization

    @property
    def by_resident(self) -> bool:
        return self.voice.channel != "patrol"


@dataclass(frozen=True)
class Step:
    """One move or remark. `by` is empty for the system and, for `reopen` and `urge`, the reporter."""

    code: str
    at: datetime
    by: Staff | None = None
    note: str = ""
    public_reply: str = ""
    outcome: str = ""
    reason_code: str = ""
    unit: Organization | None = None
    worker: Staff | None = None
    asked_by: Staff | None = None


@dataclass(frozen=True)
class Grade:
    """A rating of the first reporter."""

    at: datetime
    satisfaction: str
    solved: str
    words: str
    round: int


@dataclass
class Story:
    """A matter with all that was done about it, in order of time."""

    matter: Matter
    opened_at: datetime
    is_redo: bool = False
    steps: list[Step] = field(default_factory=list)
    grades: list[Grade] = field(default_factory=list)
    joined: list[Voice] = field(default_factory=list)
    redo: Story | None = None
    merged_into: Story | None = None

    @property
    def ends_at(self) -> datetime:
        return self.steps[-1].at if self.steps else self.opened_at

    def add(self, code: str, at: datetime, by: Staff | None = None, **facts: Any) -> Step:
        """Append a step; it never lies before the one before."""
        step = Step(code, max(at, self.ends_at), by, **facts)
        self.steps.append(step)
        return step

    def next_signer(self, sent: Step) -> Staff | None:
        """Who signed for (or gave back) the order that `sent` sent."""
        later = self.steps[self.steps.index(sent) + 1 :]
        return next((step.by for step in later if step.code in ("sign_for", "return_back")), None)
