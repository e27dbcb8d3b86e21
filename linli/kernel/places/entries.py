"""A building as it is handed in: plain values, no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class NewDwelling:
    """A flat: storey (below ground negative), door, square metres, use."""

    floor_no: int
    door_no: str
    area_m2: Decimal | float | str | None = None
    dwelling_use: str = "own_home"


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A staircase and its flats."""

    unit_no: int
    dwellings: Sequence[NewDwelling] = ()


@dataclass(frozen=True, slots=True)
class NewBuilding:
    """A building; without `lon` and `lat` it stands in the middle of its outline."""

    community_code: str
    name: str
    storeys: int
    quarter: str = ""
    address: str = ""
    use: str = ""
    lon: float | None = None
    lat: float | None = None
    geometry: Mapping[str, Any] | None = None
    units: Sequence[NewUnit] = ()

    @property
    def label(self) -> str:
        return f"{self.quarter}{self.name}"
