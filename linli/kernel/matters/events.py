"""What this module announces: the events that modules may hear of each other's matters."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MatterMoved:
    """A matter was opened or made a move. `kind` is the code of its flow, `code` the move, `entry_id` its line."""

    kind: str
    matter_id: int
    entry_id: int
    code: str
    from_stage: str
    to_stage: str


@dataclass(frozen=True)
class MatterRetimed:
    """The running due of a matter was computed again beside the stages. `entry_id` is the line that says why."""

    kind: str
    matter_id: int
    entry_id: int
