"""What this module announces."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReportStored:
    """A report is safe in the database."""

    report_id: int


@dataclass(frozen=True)
class CaseExtended:
    """The limit of a case was extended (延期). `move_id` is the line of the timeline."""

    case_id: int
    move_id: int


@dataclass(frozen=True)
class CaseRated:
    """A reporter rated the result."""

    case_id: int
    rating_id: int
