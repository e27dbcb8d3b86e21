"""Work on what strangers sent, done in a process that can be ended: `in_a_cell(work, …, budget=…)`.

A picture of 200 KB may want gigabytes, a workbook of one kilobyte half a terabyte, and a decoder that has begun does
not stop when it is asked to. So such work is done in a cell: a process without database and secrets, with a limit of
memory, of computing time and of waiting. One that exceeds its budget is killed and the next piece of work gets a new
one; the web process pays nothing but the wait.

    cleaned = in_a_cell(clean, upload, budget=Budget(memory=1024 * MEGABYTE, computing=20, waiting=40))

At most CELLS work at once and LINE wait for one, each no longer than PATIENCE; who finds no room is told so (Busy).
`work` is a function of a module, its arguments and its result are plain values; open files among them travel as
descriptors. What `work` raises is raised here.
"""

from __future__ import annotations

import atexit
import io
import os
import pickle
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar, cast

from linli.kernel.errors import Busy

R = TypeVar("R")

CELLS = 2
"""Cells that work at once in one process, 1–8; each may need as much memory as its budget says."""
LINE = 24
"""Pieces of work that may wait for a cell."""
PATIENCE = 30.0
"""How long one of them waits; seconds."""
MOST_WORK = 100
"""Pieces of work after which a cell is replaced: what a decoder has leaked ends with it."""
MOST_KEPT = 160 * 1024 * 1024
"""Bytes of memory with which a cell may wait for its next piece of work; a larger one is replaced."""
MOST_ANSWER = 256 * 1024 * 1024
"""Bytes of an answer, and of a file it writes."""
MOST_FILES = 16

NICE = 5
"""How far the pages come before this work when all cores are busy; 0–19."""

FULL = "现在上传的人很多，请过一会儿再试。已填的内容没有丢。"

HEAD = struct.Struct(">QQQ")
"""Before each message: bytes of it, files with it, bytes of memory the sender uses."""

ROOT = Path(__file__).resolve().parents[2]
KNOWN = (
    "linli.kernel.files.",
    "linli.kernel.tables.",
    "linli.kernel.errors",
    "datetime",
    "zoneinfo",
    "collections",
)
"""Modules of which an answer may hold values: a cell that was taken over must not make this process run anything."""


@dataclass(frozen=True)
class Budget:
    """What one piece of work may cost: bytes of address space, seconds of CPU, seconds by the clock."""

    memory: int
    computing: int
    waiting: float


class TooCostly(Exception):
    """The work exceeded its budget and was ended; nothing of it is left."""


def in_a_cell(work: Callable[..., R], /, *given: Any, budget: Budget, **named: Any) -> R:
    """What `work` returns or raises, done in a cell. Raises TooCostly, Busy."""
    return cast(R, _cells.run((work, given, named), budget))


class _Cells:
    def __init__(self) -> None:
        self._room = threading.BoundedSemaphore(CELLS)
        self._lock = threading.Lock()
        self._waiting = 0
        self._idle: list[_Cell] = []

    def run(self, task: Any, budget: Budget) -> Any:
        self._enter()
        try:
            cell = self._cell()
            try:
                answer = cell.ask(task, budget)
            except BaseException:
                cell.end()
                raise
            self._put_back(cell)
        finally:
            self._room.release()
        done, value = answer
        if not done:
            raise value
        return value

    def _enter(self) -> None:
        with self._lock:
            if self._waiting >= LINE + CELLS:
                raise Busy(FULL, field="file")
            self._waiting += 1
        try:
            if not self._room.acquire(timeout=PATIENCE):
                raise Busy(FULL, field="file")
        finally:
            with self._lock:
                self._waiting -= 1

    def _cell(self) -> _Cell:
        with self._lock:
            while self._idle:
                cell = self._idle.pop()
                if cell.lives:
                    return cell
                cell.end()
        return _Cell()

    def _put_back(self, cell: _Cell) -> None:
        if cell.done >= MOST_WORK or cell.memory > MOST_KEPT:
            cell.end()
            return
        with self._lock:
            self._idle.append(cell)

    def end_all(self) -> None:
        with self._lock:
            for cell in self._idle:
                cell.end()
            self._idle.clear()


class _Cell:
    """The process and the line to it."""

    def __init__(self) -> None:
        self._line, far = socket.socketpair()
        self.done = 0
        self.memory = 0
        environment = {
            name: os.environ[name] for name in ("PATH", "TMPDIR", "LANG") if name in os.environ
        }
        with far:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "linli.kernel.cells", str(far.fileno())],
                env={**environment, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1", "MALLOC_ARENA_MAX": "1"},
                pass_fds=(far.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def ask(self, task: Any, budget: Budget) -> tuple[bool, Any]:
        packed = _packed((task, budget))  # a full disk is ours to know, and no fault of the file
        self._line.settimeout(budget.waiting)
        try:
            _send(self._line, packed)
            message, files, self.memory = _receive(self._line)
        except (OSError, EOFError) as gone:  # TimeoutError is one of the first
            raise TooCostly from gone
        self.done += 1
        return cast("tuple[bool, Any]", _unpacked(message, files, trusted=False))

    def end(self) -> None:
        self._line.close()
        self._process.kill()
        self._process.wait()


class _Writer(pickle.Pickler):
    """Pickles a value and sets its open files aside."""

    def __init__(self) -> None:
        self.out = io.BytesIO()
        self.files: list[IO[bytes]] = []
        super().__init__(self.out, protocol=5)

    def persistent_id(self, obj: Any) -> int | None:
        if not hasattr(obj, "read") or not hasattr(obj, "seek"):
            return None
        copy: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it is sent
        obj.seek(0)
        shutil.copyfileobj(obj, copy, 1 << 20)
        copy.seek(0)
        self.files.append(copy)
        return len(self.files) - 1

    def close(self) -> None:
        for file in self.files:
            file.close()


class _Reader(pickle.Unpickler):
    def __init__(self, data: bytes, files: list[IO[bytes]], *, trusted: bool) -> None:
        super().__init__(io.BytesIO(data))
        self._files = files
        self._trusted = trusted

    def persistent_load(self, pid: Any) -> IO[bytes]:
        return self._files[int(pid)]

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name) if self._trusted or _known(module, name) else None
        plain = (
            isinstance(found, type) or module == "zoneinfo"
        )  # a zone is made by a function of its class
        if found is None or not (self._trusted or plain):
            raise pickle.UnpicklingError(f"a cell may not answer with {module}.{name}")
        return found


def _known(module: str, name: str) -> bool:
    if module == "builtins":
        return name.endswith("Error") or name in ("frozenset", "set", "bytearray", "EOFError")
    return module.startswith(KNOWN)


def _unpacked(message: bytes, files: list[IO[bytes]], *, trusted: bool) -> Any:
    return _Reader(message, files, trusted=trusted).load()


def _packed(value: Any) -> _Writer:
    """Ready to be sent. Raises OSError when there is no room for the copies of its files."""
    writer = _Writer()
    try:
        writer.dump(value)
    except BaseException:
        writer.close()
        raise
    return writer


def _send(line: socket.socket, writer: _Writer, *, memory: int = 0) -> None:
    try:
        message = writer.out.getvalue()
        head = HEAD.pack(len(message), len(writer.files), memory)
        numbers = [file.fileno() for file in writer.files]
        if numbers:
            socket.send_fds(line, [head], numbers)
        else:
            line.sendall(head)
        line.sendall(message)
    finally:
        writer.close()


def _receive(line: socket.socket) -> tuple[bytes, list[IO[bytes]], int]:
    """(message, files, memory of the sender). Raises EOFError when the line ends."""
    head, numbers, _flags, _address = socket.recv_fds(line, HEAD.size, MOST_FILES)
    files: list[IO[bytes]] = [os.fdopen(number, "r+b") for number in numbers]
    head += _exactly(line, HEAD.size - len(head))
    size, _count, memory = HEAD.unpack(head)
    if size > MOST_ANSWER:
        raise EOFError("longer than anything that is asked here")
    return _exactly(line, size), files, memory


def _exactly(line: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        part = line.recv(min(size - len(data), 1 << 20))
        if not part:
            raise EOFError("the other end has gone")
        data += part
    return bytes(data)


_cells = _Cells()
atexit.register(_cells.end_all)


def serve(line: socket.socket) -> None:
    """The life of a cell: take a piece of work, do it within its budget, answer, until the line ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for those who ask
    os.nice(NICE)
    while True:
        try:
            message, files, _memory = _receive(line)
        except (EOFError, OSError):
            return
        (work, given, named), budget = _unpacked(message, files, trusted=True)
        _limit(budget)
        answer: tuple[bool, Any]
        try:
            answer = True, work(*given, **named)
        except MemoryError:
            os._exit(1)
        except Exception as problem:
            answer = False, problem.with_traceback(None)
            problem.__cause__ = problem.__context__ = None
        try:
            packed = _packed(answer)
        except OSError as full:
            packed = _packed((False, OSError(full.errno, full.strerror)))
        _send(line, packed, memory=_memory_used())
        for file in files:
            file.close()
        del message, files, work, given, named, answer, packed


def _limit(budget: Budget) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    computing = int(used.ru_utime + used.ru_stime) + budget.computing + 1
    for what, soft in (
        (resource.RLIMIT_CPU, computing),
        (resource.RLIMIT_AS, budget.memory),
        (resource.RLIMIT_FSIZE, MOST_ANSWER),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (soft, resource.getrlimit(what)[1]))


def _memory_used() -> int:
    with suppress(OSError, IndexError, ValueError):
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
