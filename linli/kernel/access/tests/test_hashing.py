"""Passwords are hashed in line."""

from __future__ import annotations

import threading

import pytest

from linli.kernel.access import hashing
from linli.kernel.access.hashing import QueuedArgon2
from linli.kernel.errors import Busy


def test_a_password_is_hashed_and_recognised() -> None:
    hasher = QueuedArgon2()
    encoded = hasher.encode("correct horse", "saltsalt")

    assert hasher.verify("correct horse", encoded)
    assert not hasher.verify("another", encoded)


def test_who_finds_the_line_full_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "LINE", 0)

    with pytest.raises(Busy) as caught:
        QueuedArgon2().encode("correct horse", "saltsalt")

    assert (caught.value.status, caught.value.retry_after) == (503, 5)
    assert "请稍后再试" in caught.value.message


def test_who_waits_too_long_is_told_so_and_the_line_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hashing, "PATIENCE", 0.01)
    one = threading.BoundedSemaphore(1)
    monkeypatch.setattr(hashing, "_room", one)

    with one, pytest.raises(Busy):
        QueuedArgon2().encode("correct horse", "saltsalt")
    assert QueuedArgon2().encode("correct horse", "saltsalt")
