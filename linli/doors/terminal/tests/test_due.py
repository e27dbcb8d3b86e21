import json

import pytest
import typer
from typer.testing import CliRunner, Result

from linli.doors.terminal import due
from linli.kernel.calendar import verify

APP = typer.Typer()
due.register(APP)


@APP.command()
def other() -> None:
    """With one command alone typer would not ask for its name."""


def run(*words: str) -> Result:
    return CliRunner().invoke(APP, ["due", *words], env={"COLUMNS": "200"})


def test_three_working_days_from_the_eve_of_the_national_holiday() -> None:
    result = run("--start", "2024-09-30T16:00", "--limit", "3工作日", "--json")

    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert answer["due"] == answer["due_local"] == "2024-10-10T16:00"
    assert answer["due_at"] == "2024-10-10T16:00+08:00"
    assert answer["timezone"] == "Asia/Shanghai"
    assert answer["sentence"].endswith("到2024年10月10日16:00截止。")
    assert len(answer["derivation"]["skipped"]) == 7
    assert result.stdout.count("\n") == 1


def test_without_json_it_says_one_sentence() -> None:
    result = run("--start", "2026-03-06T17:00", "--limit", "2紧急工作时")

    assert result.stdout == (
        "2紧急工作时从2026年3月6日17:00起昼夜连续计算，到2026年3月6日19:00截止。\n"
    )


def test_pauses_and_the_end_of_the_nth_day() -> None:
    start = ("--start", "2026-03-09T09:00", "--limit", "2工作日", "--json")
    pause = ("--pause", "2026-03-09T15:00/2026-03-12T00:00")

    assert json.loads(run(*start, *pause).stdout)["due"] == "2026-03-13T12:00"
    assert json.loads(run(*start, "--end-of-nth-day").stdout)["due"] == "2026-03-11T18:00"
    twice = (*pause, "--pause", "2026-03-12T08:00/2026-03-12T10:00")
    assert json.loads(run(*start, *twice).stdout)["due"] == "2026-03-13T16:00"


def test_a_start_may_name_its_zone() -> None:
    result = run("--start", "2024-09-30T08:00+00:00", "--limit", "3工作日", "--json")

    assert json.loads(result.stdout)["due"] == "2024-10-10T16:00"


@pytest.mark.parametrize(
    ("words", "option", "sentence"),
    [
        (("--limit", "3工作日"), "--start", "请写开始时间"),
        (("--start", "2024-09-30T16:00"), "--limit", "请写时限"),
        (("--start", "yesterday", "--limit", "3工作日"), "--start", "不是时间"),
        (("--start", "1900-01-01T00:00", "--limit", "3工作日"), "--start", "检查年份"),
        (("--start", "0001-01-01T00:00", "--limit", "3工作日"), "--start", "检查年份"),
        (("--start", "2026-12-31T16:00", "--limit", "3工作日"), "--start", "2027年"),
        (("--start", "2024-09-30T16:00", "--limit", "3天"), "--limit", "3自然日"),
        (
            ("--start", "2024-09-30T16:00", "--limit", "3工作日", "--pause", "2024-10-08"),
            "--pause",
            "开始/恢复",
        ),
        (
            ("--start", "2024-09-30T16:00", "--limit", "3工作日", "--pause", "x/y"),
            "--pause",
            "不是时间",
        ),
        (
            (
                *("--start", "2024-09-30T16:00", "--limit", "3工作日"),
                *("--pause", "2024-10-09T09:00/2024-10-08T09:00"),
            ),
            "--pause",
            "晚于开始",
        ),
        (("--verify", "-1"), "--verify", ""),
    ],
)
def test_bad_input_names_the_option_and_prints_no_due(
    words: tuple[str, ...], option: str, sentence: str
) -> None:
    result = run(*words, "--json")

    assert result.exit_code == 2
    assert option in result.stderr
    assert sentence in result.stderr
    assert result.stdout == ""


def test_verify_compares_with_the_minute_walk() -> None:
    spoken, machine = run("--verify", "200"), run("--verify", "200", "--seed", "7", "--json")

    assert (spoken.exit_code, machine.exit_code) == (0, 0)
    assert spoken.stdout == "比对200个随机例子（种子2026），不一致0个。\n"
    answer = json.loads(machine.stdout)
    assert (answer["cases"], answer["seed"], answer["mismatches"]) == (200, 7, 0)


def test_verify_prints_what_does_not_agree_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setattr(verify, "_found", lambda *case: None)

    spoken, machine = run("--verify", "50"), run("--verify", "50", "--json")

    assert (spoken.exit_code, machine.exit_code) == (1, 1)
    assert len(spoken.stdout.splitlines()) == 1 + due.SHOWN_MISMATCHES
    assert "found None" in spoken.stdout
    assert json.loads(machine.stdout)["mismatches"] > 40
