"""A fictional sub-district from a seed: areas, streets, blocks, buildings, flats, water, places.

    town = make_town(seed=7)
    import_areas(town.feature_collection(), by=SYSTEM, now=now)
    add_buildings(town.building_entries(), by=SYSTEM, now=now)

Nothing here touches a database. Codes lie under the unassigned province 99, telephones begin with
199 0000, every name is invented.
"""

from linli.demo.geometry.shapes import Block, Poi, Street, Town, TownArea, TownBuilding
from linli.demo.geometry.town import CENTRE, DISTRICT_CODE, SEED, SUBDISTRICT_CODE, make_town

__all__ = [
    "CENTRE",
    "DISTRICT_CODE",
    "SEED",
    "SUBDISTRICT_CODE",
    "Block",
    "Poi",
    "Street",
    "Town",
    "TownArea",
    "TownBuilding",
    "make_town",
]
