"""What a person gives when they make a move: the filled-in form, as one value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Facts:
    """Ids are row ids; `version` is the version the person saw (None: not compared). Unused fields stay empty."""

    version: int | None = None
    category: int | None = None
    standard: int | None = None
    organization: int | None = None
    worker: int | None = None
    survivor: int | None = None
    note: str = ""
    public_reply: str = ""
    outcome: str = ""
    reason_code: str = ""
    closing_condition_met: bool = False
    photo_before: tuple[int, ...] = ()
    photo_after: tuple[int, ...] = ()
    photo_check: tuple[int, ...] = ()

    def given(self, name: str) -> bool:
        """Whether a fact of the flow table was given."""
        return bool(getattr(self, name))
