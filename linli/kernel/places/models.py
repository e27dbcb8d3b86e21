"""Areas from the province down to the grid, and what stands in them.

Longitude and latitude are CGCS2000 degrees everywhere; what came in another system is kept raw
beside the result. Nothing here is about a person.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

MAX_STOREYS = 200


class AreaLevel(models.TextChoices):
    PROVINCE = "province", "省"
    CITY = "city", "市"
    DISTRICT = "district", "区县"
    SUBDISTRICT = "subdistrict", "街道"
    COMMUNITY = "community", "社区"
    GRID = "grid", "网格"


class GridKind(models.TextChoices):
    BASIC = "basic", "基础网格"
    DEDICATED = "dedicated", "专属网格"
    MICRO = "micro", "微网格"


class CoordSysChoice(models.TextChoices):
    CGCS2000 = "cgcs2000", "CGCS2000"
    WGS84 = "wgs84", "WGS-84"
    GCJ02 = "gcj02", "GCJ-02"
    BD09 = "bd09", "BD-09"


TILING_KINDS = (GridKind.BASIC, GridKind.DEDICATED)
"""Kinds that cover the ground without overlap; micro grids lie inside basic ones."""


def _whole_position(lon: str, lat: str, name: str) -> models.CheckConstraint:
    # A comparison with NULL is neither true nor false and passes a check: being there is asked apart.
    both = Q(
        **{
            f"{lon}__isnull": False,
            f"{lat}__isnull": False,
            f"{lon}__range": (-180, 180),
            f"{lat}__range": (-90, 90),
        }
    )
    neither = Q(**{f"{lon}__isnull": True, f"{lat}__isnull": True})
    return models.CheckConstraint(
        condition=both | neither,
        name=name,
        violation_error_message="经度和纬度要么都填，要么都不填，并且在有效范围内。",
    )


class Area(models.Model):
    """An area of any level. A retired one keeps its code for ever: codes are never issued twice."""

    level = models.CharField(max_length=16, choices=AreaLevel)
    code = models.CharField(max_length=15, unique=True)
    external_code = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=16, choices=GridKind, blank=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    geometry = models.JSONField(null=True)
    west = models.FloatField(null=True)
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)
    raw_geometry = models.JSONField(null=True)
    raw_coord_sys = models.CharField(max_length=16, choices=CoordSysChoice, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    # 支部建在网格: an attribute of the grid, never of a person.
    grid_party_branch = models.CharField(max_length=60, blank=True)
    grid_party_branch_office = models.CharField(max_length=120, blank=True)
    grid_party_branch_phone = models.CharField(max_length=32, blank=True)
    valid_from = models.DateField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["parent", "code"], name="area_children")]
        constraints = [
            models.CheckConstraint(
                condition=Q(level__in=AreaLevel.values), name="area_level_is_known"
            ),
            models.CheckConstraint(
                condition=Q(Exact(Length("code"), 6), level__in=["province", "city", "district"])
                | Q(Exact(Length("code"), 9), level="subdistrict")
                | Q(Exact(Length("code"), 12), level="community")
                | Q(Exact(Length("code"), 15), level="grid"),
                name="area_code_fits_level",
            ),
            models.CheckConstraint(
                condition=Q(level="grid", kind__in=GridKind.values)
                | (~Q(level="grid") & Q(kind="")),
                name="area_kind_is_for_grids",
            ),
            models.CheckConstraint(
                condition=Q(level="province", parent=None)
                | Q(level__in=["city", "district"])
                | Q(level__in=["subdistrict", "community", "grid"], parent__isnull=False),
                name="area_has_its_parent",
            ),
            models.CheckConstraint(
                condition=Q(geometry__isnull=True, west=None, south=None, east=None, north=None)
                | Q(
                    geometry__isnull=False,
                    west__isnull=False,
                    south__isnull=False,
                    east__isnull=False,
                    north__isnull=False,
                    west__gte=-180,
                    south__gte=-90,
                    east__lte=180,
                    north__lte=90,
                    west__lt=F("east"),
                    south__lt=F("north"),
                ),
                name="area_bounds_with_geometry",
            ),
            models.CheckConstraint(
                condition=Q(raw_geometry__isnull=True, raw_coord_sys="")
                | Q(
                    raw_geometry__isnull=False,
                    geometry__isnull=False,
                    raw_coord_sys__in=CoordSysChoice.values,
                ),
                name="area_raw_geometry_has_system",
            ),
            models.CheckConstraint(
                condition=Q(level="grid")
                | Q(grid_party_branch="", grid_party_branch_office="", grid_party_branch_phone=""),
                name="area_branch_is_for_grids",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tiles(self) -> bool:
        """Whether the area is a grid that covers ground of its own and is still in use."""
        return (
            self.level == AreaLevel.GRID and self.kind in TILING_KINDS and self.retired_at is None
        )


class MapEdition(models.Model):
    """Counts the changes of a sub-district's map, so that every process sees them.

    `stamp` is new with each change: after a restore from backup the counter may come round again,
    the stamp does not.
    """

    subdistrict = models.OneToOneField(Area, on_delete=models.CASCADE, related_name="+")
    edition = models.PositiveBigIntegerField(default=1)
    stamp = models.CharField(max_length=32)


class Building(models.Model):
    """A house: 幢, 栋 or 号楼. `quarter` is the name of its 小区."""

    community = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    grid = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    quarter = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=60)
    address = models.CharField(max_length=120, blank=True)
    use = models.CharField(max_length=24, blank=True)
    storeys = models.PositiveSmallIntegerField()
    lon = models.FloatField()
    lat = models.FloatField()
    geometry = models.JSONField(null=True)
    raw_lon = models.FloatField(null=True)
    raw_lat = models.FloatField(null=True)
    raw_coord_sys = models.CharField(max_length=16, choices=CoordSysChoice, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "quarter", "name"],
                name="building_once_in_quarter",
                violation_error_message="该小区已有同名楼栋，请核对楼号。",
            ),
            models.CheckConstraint(
                condition=Q(storeys__range=(1, MAX_STOREYS)), name="building_storeys_in_range"
            ),
            _whole_position("lon", "lat", "building_position_in_range"),
            models.CheckConstraint(
                condition=Q(raw_lon=None, raw_lat=None, raw_coord_sys="")
                | Q(
                    raw_lon__isnull=False,
                    raw_lat__isnull=False,
                    raw_coord_sys__in=CoordSysChoice.values,
                ),
                name="building_raw_position_has_system",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quarter}{self.name}"


class BuildingUnit(models.Model):
    """A staircase of a building: 单元."""

    building = models.ForeignKey(Building, on_delete=models.CASCADE, related_name="+")
    unit_no = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["building", "unit_no"], name="unit_once_in_building"),
            models.CheckConstraint(condition=Q(unit_no__gte=1), name="unit_no_from_one"),
        ]


class DwellingUse(models.TextChoices):
    OWN_HOME = "own_home", "自住"
    RENTED_OUT = "rented_out", "出租"
    VACANT = "vacant", "空置"
    BUSINESS = "business", "经营"


class Dwelling(models.Model):
    """A flat, whoever lives in it."""

    unit = models.ForeignKey(BuildingUnit, on_delete=models.CASCADE, related_name="+")
    floor_no = models.SmallIntegerField()
    door_no = models.CharField(max_length=12)
    area_m2 = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    dwelling_use = models.CharField(
        max_length=16, choices=DwellingUse, default=DwellingUse.OWN_HOME
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "door_no"], name="dwelling_once_in_unit"),
            models.CheckConstraint(
                condition=~Q(floor_no=0) & Q(floor_no__range=(-9, MAX_STOREYS)),
                name="dwelling_floor_in_range",
            ),
            models.CheckConstraint(
                condition=Q(area_m2=None) | Q(area_m2__gt=0), name="dwelling_area_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(dwelling_use__in=DwellingUse.values), name="dwelling_use_is_known"
            ),
        ]


class Placed(models.Model):
    """Rows that lie somewhere: the ids of every level, stored, so that lists need no tree.

    A subclass indexes the levels together with what it is sorted by. With a `Meta` of its own it inherits
    `Placed.Meta` and repeats its constraints:
    `constraints = [*Placed.Meta.constraints, …]`.
    """

    district = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    subdistrict = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    community = models.ForeignKey(
        Area, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    grid = models.ForeignKey(
        Area, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)

    class Meta:
        abstract = True
        constraints = [
            _whole_position("lon", "lat", "%(app_label)s_%(class)s_position"),
            models.CheckConstraint(
                condition=Q(grid=None) | Q(community__isnull=False),
                name="%(app_label)s_%(class)s_grid_in_community",
            ),
        ]
