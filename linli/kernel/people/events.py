"""What this module announces."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StaffLeft:
    """Somebody no longer works here; what they had in hand needs another owner."""

    staff_id: int
