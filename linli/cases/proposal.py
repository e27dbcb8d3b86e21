"""What the system proposed for a case when it opened it, step by step, each with the sentence that says why.

`Case.suggestion` keeps it as JSON; everybody else reads and writes these values. What a later version does not know, or
an earlier one did not write, is left out or empty. Nothing of it is final before a person accepts, registers and
dispatches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

S = TypeVar("S")


@dataclass(frozen=True)
class ProposedClass:
    """`id` of a `Category`, or None where the guess is no class of ours; `probability` 0–1."""

    id: int | None = None
    code: str = ""
    major: str = ""
    probability: float = 0.0
    sentence: str = ""


@dataclass(frozen=True)
class ProposedPlace:
    sentence: str = ""
    sure: bool = False


@dataclass(frozen=True)
class LikelySame:
    """A case that may be the same matter; `id` of the case, `score` 0–1."""

    id: int
    score: float = 0.0
    sentence: str = ""


@dataclass(frozen=True)
class ProposedLikeness:
    sentence: str = ""
    cases: tuple[LikelySame, ...] = ()


@dataclass(frozen=True)
class ProposedUrgency:
    """`danger`: urgent whatever its class; `by_rule`: only because a rule of dispatch says so; `merged`: because
    something urgent was merged into it."""

    sentence: str = ""
    danger: bool = False
    by_rule: bool = False
    merged: bool = False


@dataclass(frozen=True)
class ProposedDeadline:
    """`standard` is the id of the filing standard it was reckoned by."""

    sentence: str = ""
    standard: int | None = None


@dataclass(frozen=True)
class ProposedUnit:
    """`id` of the organisation, `worker` of the person there."""

    id: int | None = None
    name: str = ""
    sentence: str = ""
    worker: int | None = None
    worker_sentence: str = ""


@dataclass(frozen=True)
class RuleThatDecided:
    id: int
    name: str = ""
    tag: str = ""
    sentence: str = ""


@dataclass(frozen=True)
class Proposal:
    """All steps; `owner` says why somebody has to act now, `deadline_problem` why there is no due."""

    category: ProposedClass = ProposedClass()
    place: ProposedPlace = ProposedPlace()
    duplicates: ProposedLikeness = ProposedLikeness()
    urgent: ProposedUrgency = ProposedUrgency()
    deadline: ProposedDeadline = ProposedDeadline()
    organization: ProposedUnit = ProposedUnit()
    rule: RuleThatDecided | None = None
    owner: str = ""
    deadline_problem: str = ""
    redo_of: str = ""

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Proposal:
        """From the JSON of a case."""
        likely = stored.get("duplicates", {})
        rule = stored.get("rule")
        return cls(
            category=_made(ProposedClass, stored.get("category", {})),
            place=_made(ProposedPlace, stored.get("place", {})),
            duplicates=ProposedLikeness(
                likely.get("sentence", ""),
                tuple(_made(LikelySame, one) for one in likely.get("cases", ())),
            ),
            urgent=_made(ProposedUrgency, stored.get("urgent", {})),
            deadline=_made(ProposedDeadline, stored.get("deadline", {})),
            organization=_made(ProposedUnit, stored.get("organization", {})),
            rule=_made(RuleThatDecided, rule) if rule else None,
            owner=stored.get("owner", ""),
            deadline_problem=stored.get("deadline_problem", ""),
            redo_of=stored.get("redo_of", ""),
        )

    def written(self) -> dict[str, Any]:
        """As JSON keeps it; what there is nothing to say of is left out."""
        cells = asdict(self)
        cells["duplicates"]["cases"] = list(cells["duplicates"]["cases"])
        seldom = ("rule", "deadline_problem", "redo_of")
        return {name: value for name, value in cells.items() if value or name not in seldom}


def _made(kind: type[S], cells: Mapping[str, Any]) -> S:
    known = getattr(kind, "__dataclass_fields__", {})
    return kind(**{name: value for name, value in cells.items() if name in known})
