"""`linli places …`: bring in a map, look for gaps and overlaps, find the grid of a point.

linli places import grids.geojson --coord-sys gcj02 --dry-run
linli places import 区划.xlsx
linli places check --code 990101001 --json
linli places locate --lon 120.1034 --lat 30.6012
linli places verify --points 100000
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from django.conf import settings
from django.utils.module_loading import import_string

from linli.kernel.acting import SYSTEM
from linli.kernel.errors import LinliError
from linli.kernel.places.actions import import_areas, import_regions
from linli.kernel.places.coordinates import parse_coord_sys, to_stored
from linli.kernel.places.errors import ImportUnreadable
from linli.kernel.places.live_atlas import grid_shapes
from linli.kernel.places.models import AreaLevel
from linli.kernel.places.public_forms import REGIONS
from linli.kernel.places.queries import (
    area_by_code,
    areas_of_level,
    check_places,
    locate,
    suggest_grid,
)
from linli.kernel.places.reading.register import place_in
from linli.kernel.places.reading.rules import Near
from linli.kernel.places.topology import TOLERANCE_M2
from linli.kernel.places.verify import SEED, verify_locate
from linli.kernel.tables.reading import read_table

Answer = TypeVar("Answer")

SHOWN = 20
"""Lines printed of a long list; the whole list is in --json."""

Json = Annotated[bool, typer.Option("--json", help="只输出一个JSON对象。")]
CoordSysOption = Annotated[
    str,
    typer.Option(
        "--coord-sys", help="坐标系：cgcs2000、wgs84、gcj02（高德、腾讯）、bd09（百度）。"
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command group `places` to `app`."""
    places = typer.Typer(help="区域与网格：导入、检查、定位。", no_args_is_help=True)
    places.command("import")(import_file)
    places.command("check")(check)
    places.command("locate")(locate_point)
    places.command("verify")(verify)
    places.command("read")(read_text)
    app.add_typer(places, name="places")


def import_file(
    file: Annotated[
        Path,
        typer.Argument(help="GeoJSON（FeatureCollection），或有编码、名称两列的 Excel、CSV 表格。"),
    ],
    *,
    coord_sys: Annotated[
        str,
        typer.Option(
            "--coord-sys",
            help="坐标系：cgcs2000、wgs84、gcj02（高德、腾讯）、bd09（百度）；不写时 DataV 的边界按 gcj02。",
        ),
    ] = "",
    within: Annotated[
        str, typer.Option(help="表格里只导入这个编码之内的，如 310101；用于全国的区划表。")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说明会改什么，不保存。")] = False,
    as_json: Json = False,
) -> None:
    """导入区域；好的保存，坏的列出；再次导入不会重复。"""
    content = _told(lambda: _content(file))
    if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{", b"[")):
        report = _told(
            lambda: import_areas(
                _geojson(file.name, content),
                by=SYSTEM,
                now=_now(),
                coord_sys=parse_coord_sys(coord_sys) if coord_sys else None,
                dry_run=dry_run,
            )
        )
        unit = "个要素"
    else:
        table = _told(lambda: read_table(file.name, content, REGIONS))
        report = _told(
            lambda: import_regions(table, by=SYSTEM, now=_now(), within=within, dry_run=dry_run)
        )
        unit = "行"
    lines = [f"第 {bad.index} {unit}（{bad.code}）{bad.field}：{bad.reason}" for bad in report.bad]
    _print(
        {**asdict(report), **report.imported.as_data(), "sentence": report.sentence},
        [report.sentence, *report.notes, *lines],
        as_json=as_json,
    )
    if not report.imported.all_taken:
        raise typer.Exit(1)


def check(
    code: Annotated[str, typer.Option(help="街道或社区的编码；不写就检查全部街道。")] = "",
    *,
    tolerance: Annotated[
        float, typer.Option(min=0.0, help="小于这么多平方米的不算。")
    ] = TOLERANCE_M2,
    as_json: Json = False,
) -> None:
    """列出网格之间的空隙和重叠。"""
    areas = (
        [_told(lambda: area_by_code(code))] if code else list(areas_of_level(AreaLevel.SUBDISTRICT))
    )
    found = [hit for area in areas for hit in check_places(area.pk, tolerance_m2=tolerance)]
    names = "、".join(area.name for area in areas)
    head = f"检查了{names or '0 个街道'}，发现 {len(found)} 处空隙或重叠。"
    answer = {"areas": [area.code for area in areas], "findings": [asdict(hit) for hit in found]}
    _print({"sentence": head, **answer}, [head, *(hit.sentence for hit in found)], as_json=as_json)
    if found:
        raise typer.Exit(1)


def locate_point(
    lon: Annotated[float, typer.Option(help="经度，度。")],
    lat: Annotated[float, typer.Option(help="纬度，度。")],
    *,
    coord_sys: CoordSysOption = "cgcs2000",
    as_json: Json = False,
) -> None:
    """这个坐标在哪个网格。"""
    x, y = _told(lambda: to_stored(lon, lat, parse_coord_sys(coord_sys)))
    here = locate(x, y)
    near = None if here is not None else suggest_grid(x, y)
    found = here or near
    sentence = found.sentence if found else "坐标不在任何网格内，附近也没有网格。"
    answer = {
        "lon": x,
        "lat": y,
        "grid": here.grid.code if here else None,
        "community_id": here.community_id if here else None,
        "subdistrict_id": here.subdistrict_id if here else None,
        "district_id": here.district_id if here else None,
        "suggestion": near.grid.code if near else None,
        "distance_m": round(near.distance_m, 1) if near else None,
        "sentence": sentence,
    }
    _print(answer, [sentence], as_json=as_json)
    if here is None:
        raise typer.Exit(1)


def read_text(
    text: Annotated[str, typer.Argument(help="一句话，例如：望舒庭１２幢2单元门口的路灯不亮")],
    *,
    grid: Annotated[str, typer.Option(help="上报人所在网格或社区的编码，同名时据此判断。")] = "",
    lon: Annotated[float | None, typer.Option(help="上报人的经度，度。")] = None,
    lat: Annotated[float | None, typer.Option(help="上报人的纬度，度。")] = None,
    as_json: Json = False,
) -> None:
    """这句话说的是哪里：楼栋、小区、门牌、路口、网格或社区，有多大把握，为什么。"""
    areas = frozenset({_told(lambda: area_by_code(grid)).pk}) if grid else frozenset()
    read = place_in(text, near=Near(areas, lon, lat))
    if read is None:
        sentence = "没有读出登记过的地点。"
        _print(
            {"kind": None, "probability": 0.0, "sentence": sentence}, [sentence], as_json=as_json
        )
        raise typer.Exit(1)
    answer = {
        "kind": read.kind.value,
        **asdict(read.spot),
        "probability": read.probability,
        "sure": read.sure,
        "sentence": read.sentence,
        "matched": read.matched,
        "home": read.home,
        "others": [asdict(spot) for spot in read.others],
        "figures": read.figures,
    }
    lines = [f"{read.spot.name}（{read.probability:.0%}）", read.sentence]
    _print(answer, lines, as_json=as_json)


def verify(
    points: Annotated[int, typer.Option(min=4, help="比对这么多个点。")] = 100_000,
    seed: Annotated[int, typer.Option(help="随机种子。")] = SEED,
    *,
    made_up: Annotated[
        bool, typer.Option("--made-up", help="用内置的刁难地图，而不是当前的网格。")
    ] = False,
    as_json: Json = False,
) -> None:
    """把定位结果与逐一比对的结果相比。"""
    shapes = [] if made_up else grid_shapes()
    result = verify_locate(points, seed, shapes=shapes or None)
    used = "current" if shapes else "made_up"
    lines = [
        f"（{bad.lon!r}, {bad.lat!r}）应为{bad.expected or '无'}，得到{bad.found or '无'}"
        for bad in result.mismatches
    ]
    answer = {**asdict(result), "map": used, "mismatches": len(lines), "examples": lines[:SHOWN]}
    _print({"sentence": result.sentence, **answer}, [result.sentence, *lines], as_json=as_json)
    if lines:
        raise typer.Exit(1)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ImportUnreadable(f"读不了文件“{file.name}”（{error}）。", field="file") from error


def _geojson(name: str, text: bytes) -> dict[str, Any]:
    try:
        content = json.loads(text.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ImportUnreadable(
            f"读不了文件“{name}”（{error}），请确认它是 UTF-8 的 GeoJSON。", field="file"
        ) from error
    return content if isinstance(content, dict) else {"type": type(content).__name__}


def _now() -> datetime:
    clock: Callable[[], datetime] = import_string(settings.LINLI_CLOCK)
    return clock()


def _told(ask: Callable[[], Answer]) -> Answer:
    try:
        return ask()
    except LinliError as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(2) from error


def _print(answer: dict[str, Any], lines: list[str], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False, default=str))
        return
    for line in lines[: SHOWN + 1]:
        typer.echo(line)
    if len(lines) > SHOWN + 1:
        typer.echo(f"……还有 {len(lines) - SHOWN - 1} 条，用 --json 查看全部。")
