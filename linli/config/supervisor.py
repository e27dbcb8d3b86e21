"""Keeps a handful of processes running, and leaves none behind.

A process that dies is started again and its last words are shown; one that dies RESTARTS times within
RESTART_WINDOW is given up, and with it the rest. On SIGINT, SIGTERM or SIGHUP all are asked to end, and killed
after STOP_SECONDS. Each is the head of a process group, so that its own children go with it; on Linux they
also end when this process is killed and can do nothing any more.
"""

from __future__ import annotations

import ctypes
import functools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

RESTARTS = 5
"""How many deaths within RESTART_WINDOW are accepted; times. More means that starting again does not help."""

RESTART_WINDOW = 60.0
"""Length of the window in which deaths are counted; seconds."""

RESTART_PAUSE = 1.0
"""Pause before a dead process is started again; seconds. Long enough for its port to be free."""

STOP_SECONDS = 10.0
"""How long a process may finish its work after being asked to stop; seconds."""

LOOK_EVERY = 0.1
"""How often the processes are looked at; seconds."""

LOG_BYTES = 5 * 1024 * 1024
"""Size at which a log is set aside as `.1` when its process starts; bytes."""

LAST_WORDS = 12
"""Lines of the log that are shown when a process dies."""

PR_SET_PDEATHSIG = 1

Say = Callable[[str], None]


@dataclass
class Child:
    """One process to keep alive: `name` for its log, `title` for people, `argv` after the Python interpreter."""

    name: str
    title: str
    argv: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)
    again_at: float = 0.0


class Supervisor:
    """Runs children until it is told to stop or one of them cannot be kept alive.

    Args:
        environment: the whole environment of the children.
        logs: folder of one log per child; None lets them write to the terminal.
        say: where a sentence for the person goes.
    """

    def __init__(
        self,
        *,
        environment: Mapping[str, str],
        logs: Path | None,
        say: Say,
    ) -> None:
        self.children: list[Child] = []
        self.environment = environment
        self.logs = logs
        self.say = say
        self.asked = threading.Event()

    def listen(self) -> None:
        """Take over the signals that mean stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.asked.set())

    def start(self, *children: Child) -> None:
        """Start children, and look after them from now on."""
        for child in children:
            self.children.append(child)
            self._start(child)

    def watch(self, *, until: Callable[[], bool] = lambda: False) -> bool:
        """Keep everything alive until `until()` holds (True), or a stop or a hopeless child ends it (False)."""
        while not self.asked.wait(LOOK_EVERY):
            if not all(self._keep(child) for child in self.children):
                return False
            if until():
                return True
        return False

    def stop(self) -> None:
        """Ask every child to end, then end it; returns when none is left."""
        for child in self.children:
            if child.process is not None and child.process.poll() is None:
                child.process.terminate()
        until = time.monotonic() + STOP_SECONDS
        for child in self.children:
            if child.process is not None:
                _bury(child.process, until)

    def _keep(self, child: Child) -> bool:
        """Look after one child; False if it cannot be kept alive."""
        now = time.monotonic()
        if child.process is None:
            if now >= child.again_at:
                self._start(child)
            return True
        code = child.process.poll()
        if code is None:
            return True
        _bury(child.process, now)
        child.process = None
        child.deaths = [at for at in child.deaths if now - at < RESTART_WINDOW] + [now]
        child.again_at = now + RESTART_PAUSE
        hopeless = len(child.deaths) > RESTARTS
        what_next = "多次重启无效，全部停止。" if hopeless else "正在重新启动。"
        self.say(f"{child.title}意外停止（{_reason(code)}），{what_next}")
        self._show_last_words(child)
        return not hopeless

    def _start(self, child: Child) -> None:
        out = self._log(child)
        child.process = subprocess.Popen(
            [sys.executable, *child.argv],
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            process_group=0,
            preexec_fn=die_with_parent(),
        )
        if out is not None:
            out.close()

    def _log(self, child: Child) -> IO[bytes] | None:
        if self.logs is None:
            return None
        self.logs.mkdir(parents=True, exist_ok=True)
        file = self.logs / f"{child.name}.log"
        if file.exists() and file.stat().st_size > LOG_BYTES:
            file.replace(file.with_suffix(".log.1"))
        return file.open("ab")

    def _show_last_words(self, child: Child) -> None:
        if self.logs is None:
            return
        file = self.logs / f"{child.name}.log"
        lines = file.read_bytes()[-20_000:].decode("utf-8", "replace").splitlines()
        for line in lines[-LAST_WORDS:]:
            self.say(f"  │ {line}")
        self.say(f"  └ {file}")


def _bury(process: subprocess.Popen[bytes], until: float) -> None:
    """Wait for a process until that time, then kill it and whatever it started."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(max(0.0, until - time.monotonic()))
    # Nothing of the group may be left by now; macOS says so with PermissionError.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _reason(code: int) -> str:
    return f"信号 {signal.Signals(-code).name}" if code < 0 else f"退出码 {code}"


def die_with_parent() -> Callable[[], None] | None:
    """What a new process has to do first to end when this one is killed (Popen's preexec_fn); Linux only."""
    if sys.platform != "linux":
        return None
    return functools.partial(ctypes.CDLL(None).prctl, PR_SET_PDEATHSIG, signal.SIGTERM)
