"""Areas as a GeoJSON FeatureCollection, in and out.

In: one feature per area, any levels mixed, any order. Properties: `code` (6, 9, 12 or 15 digits, or
the 20 digits of CJ/T 349), `name`, `kind` (grids), `parent` (code), `valid_from`, `phone`,
`grid_party_branch`, `grid_party_branch_office`, `grid_party_branch_phone`. Only code and name are
needed; `public_forms` knows other names of them. Good features are returned, each bad one is listed
with its place in the file (the first is 1; of a table its row), the field and the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from linli.kernel.places.codes import (
    COMMUNITY_GRID_LENGTH,
    CommunityGridCode,
    Level,
    parse_community_grid_code,
    parse_region_code,
)
from linli.kernel.places.coordinates import CoordSys
from linli.kernel.places.errors import CodeInvalid, ImportUnreadable, PlacesError
from linli.kernel.places.geometry import (
    Bounds,
    GeoJson,
    bounds_of,
    parse_surface,
    stored_surface,
    to_geojson,
)
from linli.kernel.places.public_forms import as_ours, is_of_datav
from linli.kernel.tables.reading import BadRow, Table

MAX_NAME = 60
TEXT_PROPERTIES = {
    "phone": 32,
    "grid_party_branch": 60,
    "grid_party_branch_office": 120,
    "grid_party_branch_phone": 32,
}
_KINDS = {
    "basic": "basic",
    "基础": "basic",
    "基础网格": "basic",
    "dedicated": "dedicated",
    "专属": "dedicated",
    "专属网格": "dedicated",
    "micro": "micro",
    "微": "micro",
    "微网格": "micro",
}


@dataclass(frozen=True, slots=True)
class AreaFeature:
    """One readable feature. `kind` is empty when the file does not say; `texts` holds only what it says."""

    index: int
    code: str
    level: Level
    name: str
    kind: str
    parent: str
    external_code: str
    valid_from: date | None
    texts: Mapping[str, str]
    geometry: GeoJson | None
    bounds: Bounds | None
    raw_geometry: GeoJson | None
    raw_coord_sys: str


@dataclass(frozen=True, slots=True)
class BadFeature:
    """One feature that was left out, and why."""

    index: int
    code: str
    field: str
    value: str
    reason: str


@dataclass(slots=True)
class Reading:
    """A file as read: the good features from the widest level down, and the bad ones."""

    good: list[AreaFeature] = field(default_factory=list)
    bad: list[BadFeature] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    complete: bool = True


def read_features(collection: object, *, coord_sys: CoordSys | None) -> Reading:
    """Every feature, good or bad; raises `ImportUnreadable` when it is no FeatureCollection.

    Without a `coord_sys` it is that of the form the file has.
    """
    features = _features(collection)
    notes = []
    if coord_sys is None and is_of_datav(features):
        coord_sys = CoordSys.GCJ02
        notes.append("文件是 DataV 的公开边界，坐标按 GCJ-02 换算；不是的话请写明 --coord-sys。")
    reading = _read(enumerate(features, start=1), coord_sys or CoordSys.CGCS2000)
    reading.notes += notes
    return reading


def read_regions(table: Table) -> Reading:
    """Every row of a table of areas, good or bad; the place of a row is its number in the file."""
    refused = [BadFeature(one.row, "", one.column, one.value, one.reason) for one in table.refused]
    rows = []
    for row in table.rows:
        try:
            properties = {name: row.key(name) for name in ("code", "parent", "kind")}
            rows.append((row.number, {"properties": {**properties, "name": row.text("name")}}))
        except BadRow as bad:
            value = bad.refusal.value
            refused.append(BadFeature(row.number, "", bad.refusal.column, value, bad.message))
    reading = _read(rows, CoordSys.CGCS2000)
    reading.bad += refused
    reading.notes += table.notes
    reading.complete = table.complete
    return reading


def _read(features: Iterable[tuple[int, Any]], coord_sys: CoordSys) -> Reading:
    reading = Reading()
    seen: dict[str, int] = {}
    for index, feature in features:
        try:
            read = _feature(feature, index, coord_sys)
            if read.code in seen:
                raise CodeInvalid(
                    f"编码“{read.code}”与第 {seen[read.code]} 个要素重复，请删除其中一个。",
                    field="code",
                    value=read.code,
                )
        except PlacesError as error:
            reading.bad.append(bad_feature(index, _code_text(feature), error))
        else:
            seen[read.code] = index
            reading.good.append(read)
    reading.good.sort(key=lambda read: (list(Level).index(read.level), read.index))
    return reading


def bad_feature(index: int, code: str, error: PlacesError) -> BadFeature:
    """The row of the error list for a feature."""
    value = "" if error.value is None else str(error.value)[:80]
    return BadFeature(index, code, error.field, value, error.message)


def feature_collection(features: Iterable[tuple[Mapping[str, Any], GeoJson | None]]) -> GeoJson:
    """A FeatureCollection of (properties, geometry) pairs; reading it again changes nothing."""
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": dict(properties), "geometry": geometry}
            for properties, geometry in features
        ],
    }


def _features(collection: object) -> list[Any]:
    if not isinstance(collection, Mapping) or collection.get("type") != "FeatureCollection":
        raise ImportUnreadable(
            "这不是 GeoJSON 的 FeatureCollection，请从地图软件导出 GeoJSON 后再导入。", field="type"
        )
    features = collection.get("features")
    if not isinstance(features, list):
        raise ImportUnreadable("文件里没有 features 列表，请重新导出。", field="features")
    return features


def _feature(feature: object, index: int, coord_sys: CoordSys) -> AreaFeature:
    if not isinstance(feature, Mapping) or not isinstance(feature.get("properties"), Mapping):
        raise ImportUnreadable("要素没有 properties，请补上编码和名称。", field="properties")
    properties = as_ours(feature["properties"])
    code, external = _code(properties.get("code"))
    level = parse_region_code(code).level
    raw = feature.get("geometry")
    surface = None if raw is None else stored_surface(raw, coord_sys)
    converted = raw is not None and coord_sys in (CoordSys.GCJ02, CoordSys.BD09)
    return AreaFeature(
        index=index,
        code=code,
        level=level,
        name=_text(properties, "name", MAX_NAME, needed=True),
        kind=_kind(properties.get("kind"), level),
        parent=_parent(properties),
        external_code=external,
        valid_from=_day(properties.get("valid_from")),
        texts=_texts(properties, level),
        geometry=None if surface is None else to_geojson(surface),
        bounds=None if surface is None else bounds_of(surface),
        raw_geometry=to_geojson(parse_surface(raw)) if converted else None,
        raw_coord_sys=coord_sys.value if converted else "",
    )


def _code(value: object) -> tuple[str, str]:
    text = str(value).strip() if isinstance(value, (str, int)) else ""
    if len(text) != COMMUNITY_GRID_LENGTH:
        return parse_region_code(value).code, ""
    parsed: CommunityGridCode = parse_community_grid_code(text)
    return parsed.grid, parsed.code


def _parent(properties: Mapping[str, Any]) -> str:
    value = properties.get("parent")
    return "" if value in (None, "") else parse_region_code(value, field="parent").code


def _kind(value: object, level: Level) -> str:
    if level is not Level.GRID or value in (None, ""):
        return ""
    kind = _KINDS.get(str(value).strip())
    if kind is None:
        raise CodeInvalid(
            f"不认识的网格类型“{value}”，请填写 basic（基础）、dedicated（专属）或 micro（微网格）。",
            field="kind",
            value=value,
        )
    return kind


def _texts(properties: Mapping[str, Any], level: Level) -> dict[str, str]:
    texts = {
        name: _text(properties, name, limit)
        for name, limit in TEXT_PROPERTIES.items()
        if properties.get(name) is not None
    }
    for name in texts:
        if name != "phone" and texts[name] and level is not Level.GRID:
            raise CodeInvalid(
                "只有网格可以填写网格支部，请删除这一项。", field=name, value=texts[name]
            )
    return texts


def _text(properties: Mapping[str, Any], name: str, limit: int, *, needed: bool = False) -> str:
    value = properties.get(name)
    text = "" if value is None else str(value).strip()
    if needed and not text:
        raise CodeInvalid("名称是空的，请填写。", field=name, value=value)
    if len(text) > limit:
        raise CodeInvalid(
            f"内容有 {len(text)} 个字，最多 {limit} 个，请缩短。", field=name, value=text
        )
    return text


def _day(value: object) -> date | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise CodeInvalid(
            f"生效日期“{value}”应写成 2026-01-31 的样子。", field="valid_from", value=value
        ) from None


def _code_text(feature: object) -> str:
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    if not isinstance(properties, Mapping):
        return ""
    return str(properties.get("code", properties.get("adcode", "")))[:40]
