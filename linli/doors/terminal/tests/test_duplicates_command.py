"""`linli evaluate duplicates` as a person or a script calls it."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from linli.doors.terminal.duplicates import register

ROWS = """\
Creation_Date,Status,Completion_Date,Service_Request_Number,Type_of_Service_Request,Street_Address,Latitude,Longitude
2011-06-03,Completed,2011-06-08,11-00000100,Sanitation,1 HUAISHU LI,41.9,-87.6
2011-06-04,Completed - Dup,2011-06-08,11-00000200,Sanitation,1 HUAISHU LI,41.9,-87.6
2011-06-04,Completed,2011-06-09,11-00000300,Sanitation,9 FAR AWAY,41.95,-87.6
"""


@pytest.fixture
def evaluate() -> typer.Typer:
    app = typer.Typer()
    register(app)
    app.callback()(lambda: None)
    return app


def test_json_carries_the_headline_the_curves_and_the_claims(
    evaluate: typer.Typer, tmp_path: Path
) -> None:
    file = tmp_path / "requests.csv"
    file.write_text(ROWS, encoding="utf-8")
    result = CliRunner().invoke(evaluate, ["duplicates", str(file), "--json"])
    figures = json.loads(result.stdout)
    assert result.exit_code == 0
    assert [figures[name] for name in ("recall_at_5", "join_precision", "joined", "pairs")] == [
        1.0,
        1.0,
        1,
        1,
    ]
    assert figures["readings"]["day_before"]["all"]["curve"]
    assert figures["claims"]


def test_the_table_for_people_has_measurements_and_learned_weights_on_request(
    evaluate: typer.Typer, tmp_path: Path
) -> None:
    file = tmp_path / "requests.csv"
    file.write_text(ROWS, encoding="utf-8")
    result = CliRunner().invoke(
        evaluate, ["duplicates", str(file), "--cases", "100", "--learn"], env={"COLUMNS": "200"}
    )
    assert result.exit_code == 0
    assert "recall@5 100.00%" in result.stdout
    assert "place_p95_ms" in result.stdout
    assert "open_here" in result.stdout


def test_a_missing_file_ends_with_a_sentence_and_code_two(
    evaluate: typer.Typer, tmp_path: Path
) -> None:
    result = CliRunner().invoke(evaluate, ["duplicates", str(tmp_path / "nothing.csv"), "--json"])
    assert result.exit_code == 2
    assert "请检查路径" in result.output
