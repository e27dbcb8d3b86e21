"""Cells: what is done in them comes back, and what exceeds its budget ends there."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable
from typing import IO, Any

import pytest

from linli.kernel import cells
from linli.kernel.cells import Budget, TooCostly, in_a_cell
from linli.kernel.errors import Busy
from linli.kernel.files.errors import FileBroken

MEGABYTE = 1024 * 1024
ROOMY = Budget(memory=1024 * MEGABYTE, computing=20, waiting=60.0)


def own_number() -> int:
    return os.getpid()


def doubled(content: IO[bytes]) -> IO[bytes]:
    return io.BytesIO(content.read() * 2)


def break_it(name: str) -> None:
    raise FileBroken(f"{name}打不开", field="photo")


def eat(megabytes: int) -> int:
    return len(bytearray(megabytes * MEGABYTE))


def never_end() -> None:
    while True:
        pass


def hang() -> None:
    threading.Event().wait()


def function() -> Callable[[], int]:
    return os.getpid


def test_work_is_done_elsewhere_and_the_cell_stays_for_the_next() -> None:
    first, second = (in_a_cell(own_number, budget=ROOMY) for _ in range(2))

    assert first == second != os.getpid()


def test_files_travel_there_and_back() -> None:
    assert in_a_cell(doubled, io.BytesIO(b"ab"), budget=ROOMY).read() == b"abab"


def test_what_the_work_raises_is_raised_here_with_its_words_and_its_field() -> None:
    with pytest.raises(FileBroken) as caught:
        in_a_cell(break_it, "楼道.jpg", budget=ROOMY)

    assert (caught.value.message, caught.value.field) == ("楼道.jpg打不开", "photo")


@pytest.mark.parametrize(
    ("work", "given", "budget"),
    [
        (eat, (4096,), ROOMY),
        (never_end, (), Budget(memory=ROOMY.memory, computing=0, waiting=60.0)),
        (hang, (), Budget(memory=ROOMY.memory, computing=20, waiting=0.05)),
    ],
    ids=["memory", "computing", "waiting"],
)
def test_work_that_exceeds_its_budget_is_ended_and_the_next_is_done(
    work: Callable[..., Any], given: tuple[int, ...], budget: Budget
) -> None:
    before = in_a_cell(own_number, budget=ROOMY)

    with pytest.raises(TooCostly):
        in_a_cell(work, *given, budget=budget)

    assert not _lives(before)
    assert in_a_cell(own_number, budget=ROOMY) != before


def test_an_answer_cannot_make_this_process_run_anything() -> None:
    with pytest.raises(Exception, match="may not answer with"):
        in_a_cell(function, budget=ROOMY)


def test_who_finds_the_line_full_is_told_so_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "LINE", -cells.CELLS)

    with pytest.raises(Busy) as caught:
        in_a_cell(own_number, budget=ROOMY)

    assert (caught.value.status, caught.value.retry_after) == (503, 5)


def test_a_cell_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_SECRET_KEY", "secret")
    cells._cells.end_all()

    assert "LINLI_SECRET_KEY" not in in_a_cell(names_known, budget=ROOMY)


def names_known() -> list[str]:
    return sorted(os.environ)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
