from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from linli.config import supervisor
from linli.config.supervisor import RESTARTS, Child, Supervisor

FOREVER = "import signal; signal.pause()"
STUBBORN = """
import os, signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if sys.argv[1:] == ["first"]:
    subprocess.Popen([sys.executable, __file__])
pipe = os.open(__file__ + ".pipe", os.O_WRONLY)
os.write(pipe, b"x")
signal.pause()
"""
"""Does not listen to TERM, and starts another one like it; both hold the writing end of a named pipe."""


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "RESTART_PAUSE", 0.0)
    monkeypatch.setattr(supervisor, "LOOK_EVERY", 0.001)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def keeper(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    one = Supervisor(environment=os.environ, logs=tmp_path / "logs", say=said.append)
    yield one
    one.stop()


def running(text: str, *, name: str = "p") -> Child:
    return Child(name, "后台任务进程", ["-c", text])


def test_a_process_that_dies_is_started_again(
    keeper: Supervisor, tmp_path: Path, said: list[str]
) -> None:
    lives = tmp_path / "lives"
    text = f"f = open({str(lives)!r}, 'a'); f.write('x'); f.close(); import sys; sys.exit(7)"

    keeper.start(running(text))

    assert keeper.watch(until=lambda: lives.exists() and len(lives.read_text()) == 3)
    assert said[0] == "后台任务进程意外停止（退出码 7），正在重新启动。"


def test_a_process_that_cannot_live_ends_the_whole_and_shows_its_last_words(
    keeper: Supervisor, said: list[str]
) -> None:
    keeper.start(running("raise SystemExit('数据库打不开')"), running(FOREVER, name="q"))

    assert keeper.watch() is False
    assert sum("意外停止" in sentence for sentence in said) == RESTARTS + 1
    assert "  │ 数据库打不开" in said
    assert [s for s in said if "意外停止" in s][-1].endswith("多次重启无效，全部停止。")


def test_a_deaf_process_and_what_it_started_are_gone_after_the_stop(
    keeper: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.05)
    program = tmp_path / "stubborn.py"
    program.write_text(STUBBORN)
    os.mkfifo(f"{program}.pipe")
    pipe = os.open(f"{program}.pipe", os.O_RDONLY | os.O_NONBLOCK)
    heard = bytearray()

    def both_are_up() -> bool:
        heard.extend(listen(pipe))
        return len(heard) == 2

    child = Child("p", "进程", [str(program), "first"])
    keeper.start(child)
    assert keeper.watch(until=both_are_up)

    keeper.stop()

    assert select.select([pipe], [], [], 5)[0], "somebody still holds the pipe"
    assert os.read(pipe, 1) == b""


def listen(pipe: int) -> bytes:
    try:
        return os.read(pipe, 2)
    except BlockingIOError:
        return b""


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells a process that its parent was killed"
)
def test_nothing_is_left_when_the_supervisor_itself_is_killed(tmp_path: Path) -> None:
    text = f"""
import os, sys
from linli.config.supervisor import Child, Supervisor
child = Child("p", "进程", ["-c", "print('up', flush=True); {FOREVER}"])
keeper = Supervisor(environment=os.environ, logs=None, say=print)
keeper.start(child)
keeper.watch()
"""
    with subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE) as keeper:
        assert keeper.stdout is not None
        assert keeper.stdout.readline() == b"up\n"

        keeper.send_signal(signal.SIGKILL)

        # The child holds the other end of this pipe; it closes when the child is gone too.
        assert select.select([keeper.stdout], [], [], 5)[0], "the child is still there"
        assert keeper.stdout.read() == b""
