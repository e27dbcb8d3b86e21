"""What this module announces."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class YearEntered:
    """The days of a year were entered or changed; dues that reach into it have to be computed again."""

    notice_id: int
