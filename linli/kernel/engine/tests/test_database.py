"""The settings of the database from one URL."""

from __future__ import annotations

from pathlib import Path

import pytest

from linli.kernel.engine.database import UnknownEngine, database

HOME = Path("/nowhere")
URL = "postgresql://linli:pipe@db.example:5433/street"


def test_a_url_of_postgresql_names_everything_and_prepares_what_is_repeated() -> None:
    found = database(URL, HOME)
    named = {name: found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    assert named == {
        "NAME": "street", "USER": "linli", "PASSWORD": "pipe", "HOST": "db.example", "PORT": "5433",
    }  # fmt: skip
    assert found["OPTIONS"] == {"server_side_binding": True, "prepare_threshold": 2}


@pytest.mark.parametrize(("given", "taken"), [("off", None), ("0", 0), ("7", 7)])
def test_a_pooler_without_prepared_statements_is_told_so(given: str, taken: int | None) -> None:
    options = database(f"{URL}?sslmode=require&prepare_threshold={given}", HOME)["OPTIONS"]
    assert (options["prepare_threshold"], options["sslmode"]) == (taken, "require")


def test_nothing_is_a_file_in_the_data_folder_and_anything_else_is_refused() -> None:
    assert database("", HOME)["NAME"] == "/nowhere/linli.sqlite3"
    with pytest.raises(UnknownEngine, match="mysql"):
        database("mysql://x/y", HOME)
