"""Writes down what each test costs: seconds of CPU in this process and those it started, set-up and clean-up included.

Only when `LINLI_COSTS` names a file; the gate holds the sums against the budgets of `tests/gate/costs.py`. What is
made once for many tests (the database, the world, the browser) counts for none of them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

FILE = os.environ.get("LINLI_COSTS", "")

_costs: dict[str, float] = {}
_shared = [0.0]


def cpu() -> float:
    """Seconds of CPU used so far by this process and the ended ones it waited for."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    began, shared = cpu(), _shared[0]
    result = yield
    _costs[item.nodeid] = cpu() - began - (_shared[0] - shared)
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
    began = cpu()
    result = yield
    if fixturedef.scope == "session":
        _shared[0] += cpu() - began
    return result


def pytest_sessionfinish() -> None:
    if FILE:
        Path(FILE).write_text(json.dumps(_costs), encoding="utf-8")
