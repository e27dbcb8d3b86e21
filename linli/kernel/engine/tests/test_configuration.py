"""One file of settings: the environment wins, a mistake is named, nothing else is touched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from linli.kernel.engine import configuration, database


def test_values_become_what_the_environment_would_say(tmp_path: Path) -> None:
    (tmp_path / "linli.conf").write_text(
        'database_url = "postgresql://x"\nhttps = true\nhosts = ["a.example", "b.example"]\nbackup_keep = 7\n'
    )
    assert configuration.read(tmp_path) == {
        "LINLI_DATABASE_URL": "postgresql://x",
        "LINLI_HTTPS": "1",
        "LINLI_HOSTS": "a.example,b.example",
        "LINLI_BACKUP_KEEP": "7",
    }
    assert configuration.read(tmp_path / "nowhere") == {}


def test_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "linli.conf").write_text('live_url = "x"\nhosts = "y"\n')
    monkeypatch.setenv("LINLI_HOSTS", "z")
    monkeypatch.delenv("LINLI_LIVE_URL", raising=False)
    configuration.apply(tmp_path)
    assert (os.environ.pop("LINLI_LIVE_URL"), os.environ["LINLI_HOSTS"]) == ("x", "z")


@pytest.mark.parametrize("wrong", ["hosts = ", "[section]\na = 1", "hosts = 2026-01-01"])
def test_what_cannot_be_read_is_named(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "linli.conf").write_text(wrong)
    with pytest.raises(configuration.BadConfiguration, match=r"linli\.conf"):
        configuration.read(tmp_path)


def test_a_misspelt_setting_is_found(tmp_path: Path) -> None:
    settings = tmp_path / "settings.py"
    settings.write_text('os.environ.get("LINLI_HOSTS")')
    (tmp_path / "linli.conf").write_text('host = "x"\nhosts = "x"\nhotline_secret_city = "x"\n')
    assert configuration.unknown(tmp_path, known_in=settings) == ["host"]


def test_one_line_is_written_and_the_others_stay(tmp_path: Path) -> None:
    configuration.write(tmp_path, "database_url", "postgresql://a")
    (tmp_path / "linli.conf").open("a").write('# ours\nhosts = "x"\n')
    configuration.write(tmp_path, "database_url", 'postgresql://"b"')
    assert configuration.read(tmp_path) == {
        "LINLI_DATABASE_URL": 'postgresql://"b"',
        "LINLI_HOSTS": "x",
    }
    configuration.write(tmp_path, "database_url", "")
    assert configuration.read(tmp_path) == {"LINLI_HOSTS": "x"}
    assert "# ours" in (tmp_path / "linli.conf").read_text()
    assert (tmp_path / "linli.conf").stat().st_mode & 0o777 == 0o600


def test_a_command_in_the_wrong_folder_begins_no_office(tmp_path: Path) -> None:
    missing = str(tmp_path / "linli.sqlite3")
    database.check_file(missing)
    database.expect_a_file()
    try:
        with pytest.raises(database.NoDatabase, match="linli"):
            database.check_file(missing)
        Path(missing).touch()
        database.check_file(missing)
    finally:
        database.let_files_be_made()
