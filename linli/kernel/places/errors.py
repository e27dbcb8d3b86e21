"""What can go wrong with places.

LinliError
└── PlacesError
    ├── CodeInvalid            a region, grid, component or credit code breaks its rule
    │   └── ParentMismatch     the code belongs under another parent
    ├── CoordinatesOutside     a longitude or latitude cannot be what it claims
    ├── GeometryInvalid        a polygon that cannot be stored
    ├── ImportUnreadable       a file that is no GeoJSON FeatureCollection at all
    ├── AreaUnknown            no such area, building or unit
    ├── AreaChangeRefused      the area exists, but this change is not allowed
    └── CodesExhausted         no free code is left
"""

from __future__ import annotations

from linli.kernel.errors import LinliError


class PlacesError(LinliError):
    """`value` is what was given for `field`."""

    status = 422
    code = "places"

    def __init__(self, message: str, *, field: str = "", value: object = None) -> None:
        super().__init__(message, field=field)
        self.value = value


class CodeInvalid(PlacesError):
    """A code breaks its rule."""


class ParentMismatch(CodeInvalid):
    """The first digits of a code are not those of its parent."""


class CoordinatesOutside(PlacesError):
    """A longitude or latitude is out of range; `field` is `lon` or `lat`."""


class GeometryInvalid(PlacesError):
    """A polygon is broken; `lon` and `lat` say where, when that is known."""

    def __init__(
        self,
        message: str,
        *,
        field: str = "geometry",
        value: object = None,
        lon: float | None = None,
        lat: float | None = None,
    ) -> None:
        super().__init__(message, field=field, value=value)
        self.lon = lon
        self.lat = lat


class ImportUnreadable(PlacesError):
    """The file as a whole cannot be read."""

    status = 400


class AreaUnknown(PlacesError):
    """No such area, building, unit or dwelling."""

    status = 404


class AreaChangeRefused(PlacesError):
    """The change would break something that relies on the area."""

    status = 409


class CodesExhausted(PlacesError):
    """Every code of the series has been issued."""

    status = 409
