"""A file that costs more than an honest one is refused in a sentence, and its process is gone."""

from __future__ import annotations

from datetime import UTC

import pytest

from linli.kernel.cells import Budget
from linli.kernel.files.errors import FileTooCostly
from linli.kernel.files.sanitise import apart
from linli.kernel.files.sanitise.apart import sanitise_apart
from tests.pictures import picture


def test_a_file_that_costs_too_much_is_refused_by_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "BUDGET", Budget(memory=1 << 30, computing=5, waiting=0.0001))
    with pytest.raises(FileTooCostly, match="没有收下") as refused:
        sanitise_apart("a.jpg", picture(), zone=UTC, field="photos")
    assert (refused.value.field, refused.value.status) == ("photos", 422)
