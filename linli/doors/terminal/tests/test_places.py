from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from linli.doors.terminal.places import register
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.places.models import Area, Building
from linli.kernel.places.tests.world import WEST_GRID, collection, feature, neighbourhood, square

pytestmark = pytest.mark.django_db


@pytest.fixture
def map_file(tmp_path: Path) -> Path:
    file = tmp_path / "grids.geojson"
    file.write_text(json.dumps(neighbourhood(), ensure_ascii=False), encoding="utf-8")
    return file


def _run(*words: str) -> tuple[int, str]:
    app = typer.Typer()
    register(app)
    result = CliRunner().invoke(app, ["places", *words])
    return result.exit_code, result.output


def _json(*words: str) -> tuple[int, dict[str, Any]]:
    code, output = _run(*words, "--json")
    return code, json.loads(output)


def test_a_map_file_is_imported_and_told_about(map_file: Path) -> None:
    code, output = _run("import", str(map_file))
    assert (code, Area.objects.count()) == (0, 7)
    assert "已新增 7 个区域" in output
    code, answer = _json("import", str(map_file))
    assert (code, len(answer["unchanged"]), answer["bad"]) == (0, 7, [])


def test_a_dry_run_stores_nothing(map_file: Path) -> None:
    code, output = _run("import", str(map_file), "--dry-run")
    assert (code, Area.objects.count()) == (0, 0)
    assert "将新增 7 个区域" in output


def test_bad_features_are_printed_and_end_with_one(tmp_path: Path) -> None:
    file = tmp_path / "bad.geojson"
    file.write_text(json.dumps(collection(feature("123", "短"))), encoding="utf-8")
    code, output = _run("import", str(file))
    assert code == 1
    assert "第 1 个要素" in output


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"type": "Feature"}'])
def test_a_file_that_is_no_map_is_refused_in_words(tmp_path: Path, content: str) -> None:
    file = tmp_path / "not.geojson"
    file.write_text(content, encoding="utf-8")
    code, output = _run("import", str(file))
    assert code == 2
    assert "Traceback" not in output
    assert "。" in output


def test_gaps_and_overlaps_are_listed(map_file: Path, tmp_path: Path) -> None:
    _run("import", str(map_file))
    assert _json("check")[0] == 0
    wide = tmp_path / "wide.geojson"
    overlapping = feature(WEST_GRID, "第一网格", square(120.0, 30.0, 120.011, 30.01))
    wide.write_text(json.dumps(collection(overlapping)), encoding="utf-8")
    _run("import", str(wide))
    code, answer = _json("check", "--code", "990101001")
    assert code == 1
    assert [hit["kind"] for hit in answer["findings"]] == ["overlap"]
    assert _run("check", "--code", "990109")[0] == 2


def test_a_point_is_located_or_the_nearest_grid_suggested(map_file: Path) -> None:
    _run("import", str(map_file))
    code, answer = _json("locate", "--lon", "120.005", "--lat", "30.005")
    assert (code, answer["grid"]) == (0, WEST_GRID)
    code, answer = _json("locate", "--lon", "119.9995", "--lat", "30.005")
    assert (code, answer["grid"], answer["suggestion"]) == (1, None, WEST_GRID)
    assert _run("locate", "--lon", "30.005", "--lat", "120.005")[0] == 2
    assert "附近也没有网格" in _run("locate", "--lon", "110", "--lat", "30")[1]


def test_the_comparison_runs_on_the_map_or_on_a_made_up_one(map_file: Path) -> None:
    code, answer = _json("verify", "--points", "400")
    assert (code, answer["map"], answer["mismatches"]) == (0, "made_up", 0)
    _run("import", str(map_file))
    code, answer = _json("verify", "--points", "400")
    assert (code, answer["map"], answer["grids"], answer["mismatches"]) == (0, "current", 3, 0)
    assert "全部一致" in _run("verify", "--points", "400", "--made-up")[1]


def test_a_sentence_is_read_and_explained(map_file: Path) -> None:
    _run("import", str(map_file))
    grid = Area.objects.get(code=WEST_GRID)
    Building.objects.create(
        community_id=grid.parent_id or 0,
        grid=grid,
        quarter="望舒庭",
        name="12幢",
        storeys=6,
        lon=120.0,
        lat=30.0,
    )
    forget_everything()
    code, answer = _json("read", "望舒庭十二号楼2单元501的灯不亮")
    assert (code, answer["kind"], answer["name"], answer["home"]) == (
        0, "building", "望舒庭12幢", "2单元501",
    )  # fmt: skip
    assert (answer["grid_id"], answer["sure"]) == (grid.pk, True)
    code, output = _run("read", "望舒庭", "--grid", WEST_GRID)
    assert (code, "没有写明楼号" in output) == (0, True)
    code, answer = _json("read", "天上")
    assert (code, answer["kind"], answer["sentence"]) == (1, None, "没有读出登记过的地点。")
