"""What a person gives when they make a move: the filled-in form, as one value. A kind with more fields has its own."""

from __future__ import annotations

from dataclasses import dataclass, fields

TEXT_MOST = 5_000
"""Characters of what somebody writes with a move; the longest note of a year had 900."""


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

    def too_long(self) -> str:
        """The first field whose text nobody would read to its end; "" when there is none."""
        texts = ((one.name, getattr(self, one.name)) for one in fields(self))
        return next(
            (name for name, text in texts if isinstance(text, str) and len(text) > TEXT_MOST), ""
        )

    @classmethod
    def photo_names(cls) -> list[str]:
        """Names of the facts that are pictures (ids of stored files): those that begin with `photo_`."""
        return [one.name for one in fields(cls) if one.name.startswith("photo_")]
