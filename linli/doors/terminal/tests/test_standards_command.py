"""The commands that take a sheet of standards over and write it again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from pytest_django import Settings
from typer.testing import CliRunner

from linli.cases.catalogue.standards.tests.sheets import (
    BAD_ROWS,
    TITLES,
    book,
    long_book,
    short_book,
)
from linli.cases.models import FilingStandard
from linli.doors.terminal.standards import register
from linli.kernel.errors import LinliError
from tests.world import MONDAY, World


def monday() -> object:
    return MONDAY


@pytest.fixture(autouse=True)
def _on_monday(world: World, settings: Settings) -> None:
    settings.LINLI_CLOCK = f"{__name__}.monday"


def _run(*words: str) -> tuple[int, str]:
    app = typer.Typer()
    register(app)
    result = CliRunner().invoke(app, ["standards", *words])
    if isinstance(result.exception, LinliError):
        raise result.exception
    return result.exit_code, result.output


def _json(*words: str) -> tuple[int, dict[str, Any]]:
    app = typer.Typer()
    register(app)
    result = CliRunner().invoke(app, ["standards", *words, "--json"])
    return result.exit_code, json.loads(result.stdout)


def _file(folder: Path, content: bytes, name: str = "立案标准.xlsx") -> str:
    file = folder / name
    file.write_bytes(content)
    return str(file)


def test_a_dry_run_tells_and_stores_nothing(tmp_path: Path) -> None:
    before = list(FilingStandard.objects.values_list())

    code, answer = _json("import", _file(tmp_path, long_book()), "--dry-run")

    assert (code, answer["dry_run"], answer["read"], len(answer["added"])) == (0, True, 4, 3)
    assert [field["title"] for field in answer["changed"][0]["fields"]] == TITLES[7:]
    assert list(FilingStandard.objects.values_list()) == before


def test_an_import_takes_the_sheet_over_and_the_next_changes_nothing(tmp_path: Path) -> None:
    file = _file(tmp_path, long_book())

    assert _json("import", file)[1]["sentence"].startswith("新增 3 条，更改 1 条")
    code, again = _json("import", file)
    assert (code, again["added"], again["changed"], again["unchanged"]) == (0, [], [], 4)


def test_a_bare_day_has_to_be_explained(tmp_path: Path) -> None:
    file = _file(tmp_path, short_book())

    code, answer = _json("import", file, "--dry-run")
    assert (code, [(e["number"], e["column"]) for e in answer["errors"]]) == (1, [(4, "处置时限")])
    code, answer = _json("import", file, "--days-mean", "自然日", "--valid-from", "2026-04-01")
    assert (code, answer["valid_from"]) == (0, "2026-04-01")
    assert FilingStandard.objects.filter(time_limit="3自然日").count() == 1


def test_every_mistake_is_printed_with_its_place(tmp_path: Path) -> None:
    file = _file(tmp_path, book({"事件": (TITLES, [cells for cells, _ in BAD_ROWS], [])}))

    code, answer = _json("import", file, "--dry-run")
    assert (code, len(answer["errors"])) == (1, 20)
    code, told = _run("import", file, "--dry-run")
    assert code == 1
    assert "第 5 行“处置时限”" in told.replace("\n", "")


def test_missing_rows_are_told_and_end_only_when_asked(tmp_path: Path) -> None:
    poster = ["02", "宣传广告", "01", "小广告", "张贴", "1工作日", "清除"]
    file = _file(tmp_path, book({"事件": (TITLES, [poster], [])}))

    _code, told = _run("import", file)
    assert "有积存垃圾" in told
    assert "--remove-missing" in told
    assert _json("import", file, "--remove-missing")[1]["ended"] == 1


def test_a_file_without_a_kind_in_its_name_is_told_by_the_option(tmp_path: Path) -> None:
    rows = [["01", "公用设施", "080", "自设设施", "坏了", "1工作日", "修好"]]
    file = _file(tmp_path, book({"Sheet1": (TITLES, rows, [])}), "表.xlsx")

    assert _json("import", file, "--dry-run")[0] == 1
    code, answer = _json("import", file, "--dry-run", "--kind", "部件", "--pattern", "6+2+3+5")
    assert (code, answer["classes_added"]) == (0, ["C01080"])


def test_what_is_exported_is_imported_without_a_change(tmp_path: Path) -> None:
    _json("import", _file(tmp_path, long_book()))
    first, second = tmp_path / "一.xlsx", tmp_path / "二.xlsx"

    assert _run("export", str(first))[0] == 0
    code, answer = _json("import", str(first), "--remove-missing")
    assert (code, answer["sentence"]) == (0, "没有变化，现行标准与表格一致。")
    assert _run("export", str(second))[0] == 0
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    "words",
    [("--valid-from", "四月一日"), ("--days-mean", "天"), ("--kind", "设施")],
)
def test_a_call_that_is_wrong_ends_with_two(tmp_path: Path, words: tuple[str, str]) -> None:
    assert _run("import", _file(tmp_path, long_book()), *words)[0] == 2


def test_a_file_that_is_no_sheet_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(LinliError) as refused:
        _run("import", _file(tmp_path, b"PK\x03\x04"))
    assert refused.value.field == "file"
    assert _run("export", str(tmp_path / "没有" / "表.xlsx"))[0] == 2
