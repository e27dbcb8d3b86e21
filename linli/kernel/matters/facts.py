"""What a person gives when they make a move: the filled-in form, as one value. A kind with more fields has its own."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Facts:
    """`version` is the version the person saw (None: not compared). Unused fields stay empty."""

    version: int | None = None
    note: str = ""
    public_reply: str = ""

    def given(self, name: str) -> bool:
        """Whether a fact of the flow table was given."""
        value = getattr(self, name)
        return bool(value.strip()) if isinstance(value, str) else bool(value)

    @classmethod
    def photo_names(cls) -> list[str]:
        """Names of the facts that are pictures (ids of stored files): those that begin with `photo_`."""
        return [one.name for one in fields(cls) if one.name.startswith("photo_")]
