from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "linli.config.run", *arguments]
    return subprocess.run(
        command,
        env={**os.environ, "LINLI_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_a_busy_port_is_named_together_with_a_free_one_and_nothing_is_made(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = run(tmp_path / "home", "--port", str(port))

    assert done.returncode == 2
    assert f"端口 127.0.0.1:{port} 已被占用" in done.stdout
    assert not (tmp_path / "home" / "linli.sqlite3").exists()


def test_a_data_folder_serves_one_installation_at_a_time(tmp_path: Path) -> None:
    with (tmp_path / "run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("http://127.0.0.1:8000/")
        lock.flush()

        done = run(tmp_path, "--port", "8730")

    assert done.returncode == 2
    assert f"数据目录 {tmp_path} 正由 http://127.0.0.1:8000/ 使用" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--port", "70000"), "1–65534"),
        (("--speed", "0.5"), "1–10000"),
        (("--host", "no.such.invalid"), "--host"),
    ],
)
def test_a_wrong_option_is_answered_with_what_was_expected(
    tmp_path: Path, arguments: tuple[str, ...], named: str
) -> None:
    done = run(tmp_path, *arguments)

    assert done.returncode == 2
    assert named in done.stdout + done.stderr
