"""What a person gives when they make a move on a case: the filled-in form, as one value."""

from __future__ import annotations

from dataclasses import dataclass

from linli.kernel.matters import facts


@dataclass(frozen=True)
class Facts(facts.Facts):
    """Ids are row ids. Unused fields stay empty."""

    category: int | None = None
    standard: int | None = None
    organization: int | None = None
    worker: int | None = None
    survivor: int | None = None
    outcome: str = ""
    reason_code: str = ""
    closing_condition_met: bool = False
    photo_before: tuple[int, ...] = ()
    photo_after: tuple[int, ...] = ()
    photo_check: tuple[int, ...] = ()
