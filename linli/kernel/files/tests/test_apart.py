"""A file that costs more than an honest one is refused in a sentence that names the field."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from linli.kernel.cells import TooCostly
from linli.kernel.files.errors import FileTooCostly
from linli.kernel.files.sanitise import apart
from linli.kernel.files.sanitise.apart import sanitise_apart
from tests.pictures import picture


def ended(*given: Any, **named: Any) -> None:
    """A cell that was ended because its work went on too long."""
    raise TooCostly


def test_a_file_that_costs_too_much_is_refused_by_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "in_a_cell", ended)
    with pytest.raises(FileTooCostly, match="没有收下") as refused:
        sanitise_apart("a.jpg", picture(), zone=UTC, field="photos")
    assert (refused.value.field, refused.value.status) == ("photos", 422)
