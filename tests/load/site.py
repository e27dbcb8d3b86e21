"""An installation of its own for benches and trials: database, web process, worker; on loopback, gone afterwards.

with postgres_server() as server:
    site = made(server.database("empty"), cases=0)
    with running(site, web=2, workers=1) as processes: ...
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from linli.config.run import web_arguments
from linli.config.supervisor import die_with_parent
from tests.private_postgres import private_postgres

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 180.0
TICK = os.sysconf("SC_CLK_TCK")

PREPARE = (sys.executable, "-m", "tests.load.prepare")
WORKER = (sys.executable, "-m", "linli.config.worker")


@dataclass(frozen=True)
class Site:
    """A prepared installation. `database` is a URL, empty for SQLite in `home`; `facts` is what `prepare` printed."""

    database: str
    home: Path
    facts: Mapping[str, str]

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "LINLI_HOME": str(self.home),
            "LINLI_DATABASE_URL": self.database,
            "DJANGO_SETTINGS_MODULE": "linli.config.settings",
            "PYTHONPATH": str(ROOT),
        }


@dataclass
class Processes:
    """What runs for a site; `port` answers HTTP on loopback."""

    site: Site
    port: int
    web: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server of one's own with full durability."""

    url: str

    def database(self, name: str) -> str:
        """Make a database; its URL."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url.replace("/linli?", f"/{name}?")

    def cpu_seconds(self) -> float:
        """CPU used so far by the server and its backends."""
        folder = Path(self.url.partition("host=")[2])
        pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        return cpu_seconds(pid)


@contextmanager
def postgres_server() -> Iterator[Server]:
    with private_postgres(durable=True) as url:
        yield Server(url)


def made(database: str, *, cases: int = 0) -> Site:
    """Prepare an installation with the world of the tests and that many old cases."""
    home = Path(tempfile.mkdtemp(prefix="linli-load-"))
    bare = Site(database, home, {})
    told = subprocess.run(
        [*PREPARE, "--cases", str(cases)],
        env=bare.environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Site(database, home, json.loads(told.stdout.splitlines()[-1]))


@contextmanager
def running(site: Site, *, web: int = 2, threads: int = 2, workers: int = 1) -> Iterator[Processes]:
    """Web process with that many granian workers of `threads` each, and that many background workers."""
    port = _free_port()
    processes = Processes(site, port, start_web(site, port, web, threads), [])
    try:
        _wait_until_healthy(port)
        processes.workers += [start(site, WORKER) for _ in range(workers)]
        yield processes
    finally:
        for child in (processes.web, *processes.workers):
            stop(child)


def start_web(site: Site, port: int, web: int, threads: int) -> subprocess.Popen[bytes]:
    command = (sys.executable, *web_arguments("127.0.0.1", port, workers=web))
    return start(site, command, LINLI_WEB_THREADS=str(threads))


def start(site: Site, command: Sequence[str], **extra: str) -> subprocess.Popen[bytes]:
    """One process of the site, in a group of its own; what it says goes to `log` in the site's folder."""
    with (site.home / "log").open("ab") as log:
        return subprocess.Popen(
            command,
            env={**site.environment, **extra},
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=die_with_parent(),
        )


def stop(child: subprocess.Popen[bytes], how: int = signal.SIGTERM) -> None:
    """End a process and its group; by force if it has not gone after ten seconds."""
    if child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, how)
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def cpu_seconds(pid: int) -> float:
    """CPU a process, its children and those it has buried used so far; nan where there is no /proc."""
    if not Path("/proc/self/stat").exists():
        return float("nan")
    return sum(_cpu_of(one) for one in (pid, *descendants(pid)))


def descendants(pid: int) -> list[int]:
    """Processes it started, and those that they started."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, task.read_text().split()):
                found += [child, *descendants(child)]
    return found


def _cpu_of(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(fields[at]) for at in (11, 12, 13, 14)) / TICK


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(port: int) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.client.OK:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError(f"the web process did not answer within {READY_SECONDS:.0f} s")
