"""Bringing in areas from a map file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from linli.kernel.acting import Actor, Scope, action
from linli.kernel.calendar.local import local_day
from linli.kernel.errors import NotAllowed
from linli.kernel.places.actions.map_change import map_changed, subdistricts_of
from linli.kernel.places.codes import LEVEL_NAMES, PARENT_LEVELS, Level, check_parent, parent_code
from linli.kernel.places.coordinates import CoordSys
from linli.kernel.places.errors import AreaChangeRefused, AreaUnknown, CodeInvalid
from linli.kernel.places.geojson import (
    AreaFeature,
    BadFeature,
    Reading,
    bad_feature,
    read_features,
    read_regions,
)
from linli.kernel.places.models import Area, GridKind
from linli.kernel.places.queries import lies_within
from linli.kernel.tables.reading import Table
from linli.kernel.tables.results import Imported, Refusal

MAY_STAND_ALONE = (Level.PROVINCE, Level.CITY, Level.DISTRICT)
"""Levels that need nothing above them, even when the file names it: one installation often begins there."""


@dataclass(slots=True)
class ImportReport:
    """What an import did, or in a dry run would do; codes in the order of the levels."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    bad: list[BadFeature] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    complete: bool = True
    dry_run: bool = False

    @property
    def sentence(self) -> str:
        """One line for the person who imported."""
        verb = "将" if self.dry_run else "已"
        return (
            f"{verb}新增 {len(self.added)} 个区域、更新 {len(self.changed)} 个，"
            f"{len(self.unchanged)} 个没有变化，{len(self.bad)} 个有问题未导入。"
        )

    @property
    def imported(self) -> Imported:
        """In the shape of all imports."""
        stored, known = len(self.added) + len(self.changed), len(self.unchanged)
        return Imported(
            read=stored + known + len(self.bad),
            stored=stored,
            known=known,
            refused=[Refusal("", bad.index, bad.field, bad.value, bad.reason) for bad in self.bad],
            notes=self.notes,
            complete=self.complete,
            dry_run=self.dry_run,
        )


@action(may="places.edit")
def import_areas(
    collection: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    coord_sys: CoordSys | None = CoordSys.CGCS2000,
    dry_run: bool = False,
) -> ImportReport:
    """Store the areas of a GeoJSON FeatureCollection; a second run of the same file changes nothing.

    Good features are stored, bad ones listed with their place in the file and the reason. What a
    feature does not mention stays as it is. Raises `ImportUnreadable` when the file as a whole is
    none.
    """
    return _store(read_features(collection, coord_sys=coord_sys), by=by, now=now, dry_run=dry_run)


@action(may="places.edit")
def import_regions(
    table: Table, *, by: Actor, now: datetime, within: str = "", dry_run: bool = False
) -> ImportReport:
    """Store the areas of a table, without their shapes, see `import_areas`.

    Of a file of the whole country `within` takes only what lies under one code.
    """
    reading = read_regions(table)
    if within:
        head = within.rstrip("0") if len(within) == len("990000") else within
        inside = [one for one in reading.good if one.code.startswith(head)]
        left = len(reading.good) - len(inside)
        reading.good = inside
        reading.notes.append(f"{left} 行不在 {within} 之内，没有导入。")
    return _store(reading, by=by, now=now, dry_run=dry_run)


def _store(reading: Reading, *, by: Actor, now: datetime, dry_run: bool) -> ImportReport:
    report = ImportReport(
        bad=reading.bad, notes=reading.notes, complete=reading.complete, dry_run=dry_run
    )
    known = _known_areas(reading.good)
    touched: set[int] = set()
    with transaction.atomic():
        for feature in reading.good:
            try:
                _import_one(feature, known, by.scope(), now, report, touched)
            except (CodeInvalid, AreaChangeRefused, AreaUnknown, NotAllowed) as error:
                report.bad.append(_refused(feature, error))
        map_changed(touched)
        transaction.set_rollback(dry_run)
    report.bad.sort(key=lambda bad: bad.index)
    return report


def _import_one(
    feature: AreaFeature,
    known: dict[str, Area],
    scope: Scope,
    now: datetime,
    report: ImportReport,
    touched: set[int],
) -> None:
    parent = _parent_for(feature, known)
    old = known.get(feature.code)
    if not _may_write(old, parent, scope):
        raise NotAllowed(f"“{feature.name}”不在您可以编辑的范围内，请联系管理员。", field="code")
    if old is None:
        area = _new_area(feature, parent, now)
        area.save()
        known[area.code] = area
        report.added.append(area.code)
    else:
        area = old
        changes = _changes(old, feature, parent)
        if not changes:
            report.unchanged.append(area.code)
            return
        touched |= subdistricts_of(area)
        for name, value in changes.items():
            setattr(area, name, value)
        area.save(update_fields=[*changes])
        report.changed.append(area.code)
    touched |= subdistricts_of(area)


def _parent_for(feature: AreaFeature, known: Mapping[str, Area]) -> Area | None:
    code = feature.parent or _derived_parent(feature, known)
    if not code:
        return None
    parent = known.get(code)
    if parent is None and feature.level in MAY_STAND_ALONE:
        return None
    if parent is None or parent.retired_at is not None:
        state = "不存在" if parent is None else "已停用"
        raise AreaUnknown(
            f"上级“{code}”{state}，请先导入上级或改正编码。", field="parent", value=code
        )
    allowed = PARENT_LEVELS[feature.level]
    if Level(parent.level) not in allowed:
        wanted = "或".join(LEVEL_NAMES[level] for level in allowed) or "空"
        raise CodeInvalid(
            f"{LEVEL_NAMES[feature.level]}的上级应为{wanted}，“{code}”是"
            f"{LEVEL_NAMES[Level(parent.level)]}。",
            field="parent",
            value=code,
        )
    check_parent(feature.code, parent.code)
    return parent


def _derived_parent(feature: AreaFeature, known: Mapping[str, Area]) -> str:
    if feature.level in (Level.SUBDISTRICT, Level.COMMUNITY, Level.GRID):
        return parent_code(feature.code)
    wider = (f"{feature.code[:4]}00", f"{feature.code[:2]}0000")
    return next((code for code in wider if code in known and code != feature.code), "")


def _known_areas(features: Iterable[AreaFeature]) -> dict[str, Area]:
    wanted: set[str] = set()
    for feature in features:
        code = feature.code
        wanted |= {code, feature.parent, code[:12], code[:9], code[:6]}
        wanted |= {f"{code[:4]}00", f"{code[:2]}0000"}
    codes = sorted(wanted)
    found: dict[str, Area] = {}
    for start in range(0, len(codes), 500):
        for area in Area.objects.filter(code__in=codes[start : start + 500]):
            found[area.code] = area
    by_id = {area.pk: area for area in found.values()}
    for area in found.values():
        if area.parent_id in by_id:
            area.parent = by_id[area.parent_id]
    return found


def _may_write(old: Area | None, parent: Area | None, scope: Scope) -> bool:
    if old is not None:
        return lies_within(old, scope)
    return scope.everywhere or (parent is not None and lies_within(parent, scope))


def _new_area(feature: AreaFeature, parent: Area | None, now: datetime) -> Area:
    area = Area(
        level=feature.level.value,
        code=feature.code,
        external_code=feature.external_code,
        name=feature.name,
        kind=feature.kind or (GridKind.BASIC if feature.level is Level.GRID else ""),
        parent=parent,
        valid_from=feature.valid_from or local_day(now),
        **feature.texts,
    )
    for name, value in _shape(feature).items():
        setattr(area, name, value)
    return area


def _changes(old: Area, feature: AreaFeature, parent: Area | None) -> dict[str, Any]:
    if old.retired_at is not None:
        raise AreaChangeRefused(
            f"编码“{old.code}”属于已停用的“{old.name}”，编码不重复使用，请换一个编码。",
            field="code",
            value=old.code,
        )
    wanted: dict[str, Any] = {"name": feature.name, **feature.texts, **_shape(feature)}
    for name, value in (
        ("kind", feature.kind),
        ("external_code", feature.external_code),
        ("valid_from", feature.valid_from),
    ):
        if value:
            wanted[name] = value
    changes = {name: value for name, value in wanted.items() if getattr(old, name) != value}
    if parent is not None and old.parent_id != parent.pk:
        changes["parent"] = parent
    return changes


def _shape(feature: AreaFeature) -> dict[str, Any]:
    if feature.geometry is None or feature.bounds is None:
        return {}
    return {
        "geometry": feature.geometry,
        "raw_geometry": feature.raw_geometry,
        "raw_coord_sys": feature.raw_coord_sys,
        "west": feature.bounds.west,
        "south": feature.bounds.south,
        "east": feature.bounds.east,
        "north": feature.bounds.north,
    }


def _refused(
    feature: AreaFeature, error: CodeInvalid | AreaChangeRefused | AreaUnknown | NotAllowed
) -> BadFeature:
    if isinstance(error, NotAllowed):
        return BadFeature(feature.index, feature.code, error.field, feature.code, error.message)
    return bad_feature(feature.index, feature.code, error)
