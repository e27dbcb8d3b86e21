"""Every exception from the types is counted: the number goes down and never up."""

from __future__ import annotations

import re

from tests.architecture.source import HOUSE, ROOT, place, python_files

EXCEPTION = re.compile(r"#\s*type:\s*ignore")
MOST_EXCEPTIONS = 39
"""Lower it when one goes. A typed helper is nearly always there: `choice_field`, `kernel.acting.Request`, `Any`."""


def test_there_are_no_more_exceptions_from_the_types_than_there_were() -> None:
    folders = python_files(HOUSE, ROOT / "tests", ROOT / "bin", tests=True)
    found = [
        f"{place(file)}:{number}"
        for file in (*folders, ROOT / "conftest.py")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if EXCEPTION.search(line)
    ]
    assert len(found) <= MOST_EXCEPTIONS, found
