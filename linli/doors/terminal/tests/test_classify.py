import json
from pathlib import Path

import pytest
import typer
from pytest_django import Settings
from typer.testing import CliRunner, Result

from linli.cases.classifier.storage import load
from linli.cases.classifier.tests.letters import LABELS, MESSAGES, as_csv
from linli.doors.terminal import classify
from linli.kernel.errors import LinliError

APP = typer.Typer()
EVALUATE, TRAIN = typer.Typer(), typer.Typer()
APP.add_typer(EVALUATE, name="evaluate")
APP.add_typer(TRAIN, name="train")
classify.register(EVALUATE, TRAIN)


@EVALUATE.command()
@TRAIN.command()
def other() -> None:
    """With one command alone typer would not ask for its name."""


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    file = tmp_path / "来件.csv"
    file.write_text(as_csv(MESSAGES, LABELS), encoding="utf-8")
    return file


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(APP, [str(word) for word in words], env={"COLUMNS": "200"})


def test_a_test_file_is_measured_with_everything_the_training_files_taught(
    letters: Path, tmp_path: Path
) -> None:
    fresh = tmp_path / "新来件.csv"
    fresh.write_text(
        "body,label_level1\n王奶奶说门口的路灯又不亮，晚上漆黑。,市政\n厨余垃圾桶满了，保洁没来清运。,环卫\n",
        encoding="utf-8",
    )

    result = run("evaluate", "classify", "--train", letters, "--test", fresh, "--json")

    assert result.exit_code == 0
    assert result.stdout.count("\n") == 1
    answer = json.loads(result.stdout)
    assert (answer["macro_f1"], answer["accuracy"], answer["accuracy_at_80"]) == (1.0, 1.0, 1.0)
    assert (answer["messages"], answer["training_messages"]) == (2, 18)
    assert set(answer["per_class"]) == {"市政", "环卫"}
    assert 0 <= answer["ece"] <= 1
    assert answer["seconds_per_message"] > 0


def test_without_a_test_file_it_cross_validates(letters: Path) -> None:
    result = run(
        "evaluate", "classify", "--train", letters, "--folds", "3", "--repeats", "1", "--json"
    )

    answer = json.loads(result.stdout)
    assert (answer["folds"], answer["repeats"], answer["messages"]) == (3, 1, 18)


def test_for_people_there_is_a_table_and_nothing_on_standard_output(letters: Path) -> None:
    result = run("evaluate", "classify", "--train", letters, "--folds", "3", "--repeats", "1")

    assert result.exit_code == 0
    assert result.stdout == ""
    assert "宏平均 F1" in result.stderr
    assert "环卫" in result.stderr


def test_training_writes_a_model_that_can_be_asked(letters: Path, tmp_path: Path) -> None:
    out = tmp_path / "models" / "a.model"

    result = run("train", "classify", "--train", letters, "--out", out, "--json")

    answer = json.loads(result.stdout)
    stored = load(out)
    assert answer["out"] == str(out)
    assert answer["training_sha256"] == stored.training_sha256
    assert answer["trained_on"] == stored.trained_on.isoformat()
    assert stored.figures["macro_f1"] == answer["macro_f1"]
    assert stored.model.predict(title="路灯不亮", body="").label == "市政"


def test_without_out_the_model_goes_to_the_data_folder(
    letters: Path, tmp_path: Path, settings: Settings
) -> None:
    settings.LINLI_HOME = tmp_path / "home"

    run("train", "classify", "--train", letters)

    assert load(tmp_path / "home" / "models" / "classifier.model").model.labels == (
        "市政",
        "教育",
        "环卫",
    )


def test_rows_left_out_are_named_and_counted(letters: Path) -> None:
    letters.write_text(as_csv(MESSAGES, LABELS) + "路灯,不亮,\n", encoding="utf-8")

    result = run("train", "classify", "--train", letters, "--out", letters.parent / "m", "--json")

    assert json.loads(result.stdout)["rows_left_out"] == 1
    assert "第 20 行" in result.stderr


def test_a_missing_column_is_an_error_of_ours_and_no_model_is_written(
    letters: Path, tmp_path: Path
) -> None:
    letters.write_text("body\n路灯不亮\n", encoding="utf-8")

    result = run("train", "classify", "--train", letters, "--out", tmp_path / "m")

    assert isinstance(result.exception, LinliError)
    assert "label_level1" in result.exception.message
    assert not (tmp_path / "m").exists()
