"""What has a place: a case, a whistle, a meeting, or just the place itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class HasPlace(Protocol):
    """Areas by level, the narrowest known one last, and the unit that works on it."""

    @property
    def district_id(self) -> int | None: ...
    @property
    def subdistrict_id(self) -> int | None: ...
    @property
    def community_id(self) -> int | None: ...
    @property
    def grid_id(self) -> int | None: ...
    @property
    def handling_org_id(self) -> int | None: ...


@dataclass(frozen=True)
class Place:
    """Ids of areas; `handling_org_id` alone is a unit wherever it works."""

    district_id: int | None = None
    subdistrict_id: int | None = None
    community_id: int | None = None
    grid_id: int | None = None
    handling_org_id: int | None = None
