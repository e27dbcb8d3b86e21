"""Small facts that are read often and change seldom, remembered in the process for a few seconds.

    posts = Remembered(read_posts, seconds=5)
    posts(day)      # reads once in five seconds per argument

What is remembered is at most `seconds` old in every process; no process has to be told of a change.
What costs much to read brings a `stamp`, a cheaper question whose answer differs when the rows do: after `seconds`
only the stamp is asked, and what was read stays as long as it is the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")

MOST_KEYS = 10_000
"""Answers kept at most; beyond it everything is forgotten, which costs one reading each."""

_all: list[Remembered[Any]] = []


class Remembered(Generic[T]):
    """A function whose answers are kept for `seconds` (0–60), at most `most` of them; `stamp` takes the same keys."""

    def __init__(
        self,
        read: Callable[..., T],
        *,
        seconds: float,
        stamp: Callable[..., Hashable] | None = None,
        most: int = MOST_KEYS,
    ) -> None:
        self._read = read
        self._seconds = seconds
        self._stamp = stamp
        self._most = most
        self._answers: dict[Any, tuple[float, Hashable, T]] = {}
        _all.append(self)

    def __call__(self, *key: Any) -> T:
        found = self._answers.get(key)
        if found is not None and time.monotonic() - found[0] < self._seconds:
            return found[2]
        # Before the rows: whatever changes while they are read changes the next stamp.
        stamp = self._stamp(*key) if self._stamp else None
        if found is not None and self._stamp and stamp == found[1]:
            answer = found[2]
        else:
            answer = self._read(*key)
            if len(self._answers) >= self._most:
                self._answers.clear()
        self._answers[key] = (time.monotonic(), stamp, answer)
        return answer

    def forget(self) -> None:
        self._answers.clear()


def forget_everything() -> None:
    """Read everything anew at the next question; after a change that must show at once, and between tests."""
    for one in _all:
        one.forget()
