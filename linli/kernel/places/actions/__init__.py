"""Every write to places, by subject."""

from linli.kernel.places.actions.areas import (
    redraw_grid,
    rename_area,
    retire_area,
    set_grid_contacts,
)
from linli.kernel.places.actions.buildings import BulkReport, add_buildings
from linli.kernel.places.actions.imports import ImportReport, import_areas, import_regions
from linli.kernel.places.entries import NewBuilding, NewDwelling, NewUnit

__all__ = [
    "BulkReport",
    "ImportReport",
    "NewBuilding",
    "NewDwelling",
    "NewUnit",
    "add_buildings",
    "import_areas",
    "import_regions",
    "redraw_grid",
    "rename_area",
    "retire_area",
    "set_grid_contacts",
]
