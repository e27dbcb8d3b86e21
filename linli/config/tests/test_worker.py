"""A worker of an office knows no demo; one that bin/run starts for a demo plays it."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from django.utils.module_loading import import_string

from linli.config.run import _environment
from linli.config.subscriptions import ticks


def test_a_worker_ticks_the_demo_only_where_it_is_asked_for() -> None:
    assert not [one for one in ticks(demo=False) if one.path.startswith("linli.demo")]
    assert [one for one in ticks(demo=True) if one.path.startswith("linli.demo")]


def test_what_a_worker_ticks_is_there() -> None:
    assert all(callable(import_string(one.path)) for one in ticks(demo=True))


@pytest.mark.parametrize(("empty", "asked"), [(True, "0"), (False, "1")])
def test_bin_run_asks_for_the_demo_unless_it_is_told_to_start_empty(
    *, empty: bool, asked: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("LINLI_DEMO_STREAM", raising=False)
    monkeypatch.delenv("LINLI_DATABASE_URL", raising=False)
    options = argparse.Namespace(host="127.0.0.1", port=8000, speed=1.0, empty=empty, demo=False)
    assert _environment(tmp_path, options)["LINLI_DEMO_STREAM"] == asked
