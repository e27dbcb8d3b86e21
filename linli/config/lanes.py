"""Threads for the work of requests, shared by lanes so that no kind of work can take all of them.

An ordinary page may use every thread. Logging in (a hundred megabytes and a tenth of a second of arithmetic each) and
uploads have lanes of their own with fewer threads, and together they always leave one to the pages. What finds no
thread waits in its lane, first come first served; a full lane refuses at once, so that nobody waits for nothing.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any

Work = Callable[[], Any]


class Full(Exception):
    """As many wait in this lane as may."""


@dataclass
class Lane:
    """A kind of work: how much of it goes on at once (`threads`) and how much may wait (`line`)."""

    name: str
    threads: int
    line: int
    heavy: bool = False
    running: int = 0
    waiting: deque[_Job] = field(default_factory=deque)


@dataclass
class _Job:
    number: int
    lane: Lane
    work: Work
    answer: asyncio.Future[Any]


class Lanes:
    """`count` threads and the lanes that lead to them. Belongs to the event loop it is made in."""

    def __init__(self, count: int, lanes: Sequence[Lane]) -> None:
        self._loop = asyncio.get_running_loop()
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._idle = count
        self._heavy_left = max(1, count - 1)
        self._lanes = lanes
        self._number = 0
        self._waiting = 0
        for number in range(count):
            threading.Thread(target=self._work, name=f"web-{number}", daemon=True).start()

    def run(self, lane: Lane, work: Work) -> asyncio.Future[Any]:
        """The result of `work`, done by a thread as soon as the lane has one. Raises Full."""
        self._number += 1
        job = _Job(self._number, lane, work, self._loop.create_future())
        if self._may_start(lane):
            self._start(job)
        elif len(lane.waiting) >= lane.line:
            raise Full(lane.name)
        else:
            lane.waiting.append(job)
            self._waiting += 1
        return job.answer

    def _may_start(self, lane: Lane) -> bool:
        return (
            self._idle > 0
            and lane.running < lane.threads
            and (not lane.heavy or self._heavy_left > 0)
        )

    def _start(self, job: _Job) -> None:
        self._idle -= 1
        self._heavy_left -= job.lane.heavy
        job.lane.running += 1
        self._jobs.put(job)

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            try:
                result, problem = job.work(), None
            except BaseException as raised:
                result, problem = None, raised
            try:
                self._loop.call_soon_threadsafe(self._done, job, result, problem)
            except RuntimeError:  # the loop is gone, and the process with it
                return

    def _done(self, job: _Job, result: Any, problem: BaseException | None) -> None:
        self._idle += 1
        self._heavy_left += job.lane.heavy
        job.lane.running -= 1
        if not job.answer.done():
            if problem is None:
                job.answer.set_result(result)
            else:
                job.answer.set_exception(problem)
        if self._waiting:
            self._start_waiting()

    def _start_waiting(self) -> None:
        while ready := [
            lane.waiting[0] for lane in self._lanes if lane.waiting and self._may_start(lane)
        ]:
            job = min(ready, key=lambda one: one.number)
            job.lane.waiting.popleft()
            self._waiting -= 1
            if not job.answer.done():  # whoever asked may have gone
                self._start(job)
