"""Starts everything one machine needs: the web pages, the background worker, the live process.

    python -m linli.config.run [--port 8000] [--host 127.0.0.1] [--empty] [--speed N] [--no-worker] [--verbose]

Nothing here imports Django: this process only prepares, watches and stops the others, and should be small and
quick. Exit codes: 0 stopped when asked, 1 could not be started or kept running, 2 the address or the data
folder is in use or an option is wrong.
"""

from __future__ import annotations

import argparse
import errno
import fcntl
import hashlib
import http.client
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from linli.config.supervisor import Child, Supervisor, die_with_parent
from linli.kernel.engine import configuration

ROOT = Path(__file__).resolve().parents[2]

READY_SECONDS = 60.0
"""How long the web process may take to answer for the first time; seconds. It usually takes two."""

HEADER_MILLISECONDS = 15_000
"""How long the head of a request may take, and how long a connection may stay silent between two; milliseconds."""

CONNECTIONS = 4_096
"""Connections one web process keeps open at once, or half the files it may open if that is less. More than that waits
in the system's queue."""

OPEN_FILES = 65_536
"""Files, connections included, that a process asks to be allowed to open at once; it gets what the system gives."""

LIVE_GOODBYE_SECONDS = 1
"""How long the live process waits for open pages when it is stopped; seconds. They connect again by themselves."""

PORTS_TRIED = 50
"""How many ports above a busy one are looked at for a suggestion."""

READY = "/healthz?only=web,database"
"""What must answer before the others are started; the rest of the health is theirs to bring."""

SETTINGS = Path(__file__).with_name("settings.py")

ANSWER_SECONDS = 2.0
"""How long one question for health may take; seconds."""


class CannotStart(Exception):
    """The message says why, and what the person can do; `code` is the exit code."""

    def __init__(self, message: str, *, code: int = 2) -> None:
        super().__init__(message)
        self.code = code


def main(argv: list[str] | None = None) -> int:
    options = _options(argv)
    started = time.monotonic()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    _allow_many_files()
    os.umask(0o077)  # what residents told is for the account that runs this, and for no other
    home = Path(os.environ.get("LINLI_HOME", ROOT / ".linli")).resolve()
    try:
        with _only_one(home, where=f"http://{_seen_as(options.host)}:{options.port}/"):
            _read_configuration(home)
            _check_ports(options.host, options.port)
            environment = _environment(home, options)
            _prepare(home, environment, demo=_wants_demo(options))
            return _serve(home, environment, options, started)
    except CannotStart as refusal:
        say(str(refusal))
        return refusal.code
    except KeyboardInterrupt:
        say("\n已停止。")
        return 0


def _allow_many_files() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/run", description="启动邻里；按 Ctrl-C 停止。")
    parser.add_argument(
        "--port",
        type=int,
        default=8000,
        metavar="N",
        help="网页端口，实时推送用下一个（默认 8000）",
    )
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="地址", help="监听地址；0.0.0.0 让同网的手机也能打开"
    )
    filling = parser.add_mutually_exclusive_group()
    filling.add_argument("--empty", action="store_true", help="首次启动不装演示街道")
    filling.add_argument(
        "--demo", action="store_true", help="首次启动装演示街道；用 PostgreSQL 时要写明才装"
    )
    parser.add_argument(
        "--speed", type=float, default=1, metavar="N", help="演示时钟的倍速，1–10000"
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=1,
        metavar="N",
        help="网页进程数；只有用 PostgreSQL 时才大于 1",
    )
    parser.add_argument("--no-worker", action="store_true", help="不启动后台任务进程")
    parser.add_argument("--verbose", action="store_true", help="日志直接显示，而不是写进文件")
    options = parser.parse_args(argv)
    if not 1 <= options.port <= 65_534:
        parser.error(f"--port {options.port} 不是可用的端口，应在 1–65534 之间")
    if not 1 <= options.speed <= 10_000:
        parser.error(f"--speed {options.speed:g} 超出范围，应在 1–10000 之间")
    return options


@contextmanager
def _only_one(home: Path, *, where: str) -> Iterator[None]:
    """Hold the data folder: two sets of processes over one folder would meet in one database."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotStart(
                f"数据目录 {home} 正由 {lock.read().strip() or '另一个窗口'} 使用。\n"
                "请先停掉那一个，或换一个数据目录：LINLI_HOME=/另一目录 bin/run --port 8010"
            ) from None
        lock.truncate(0)
        lock.write(where)
        lock.flush()
        yield


def _check_ports(host: str, port: int) -> None:
    for wanted in (port, port + 1):
        if not _free(host, wanted):
            free = next(
                (
                    p
                    for p in range(port + 2, port + PORTS_TRIED)
                    if _free(host, p) and _free(host, p + 1)
                ),
                None,
            )
            advice = f"可以改用：bin/run --port {free}" if free else "请用 --port 换一个端口。"
            raise CannotStart(f"端口 {host}:{wanted} 已被占用。{advice}")


def _free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise CannotStart(f"没有权限使用端口 {port}；1024 以下的端口要用管理员身份。") from None
        except OSError as problem:
            if problem.errno == errno.EADDRINUSE:
                return False
            raise CannotStart(
                f"--host {host} 不是本机的地址；本机用 127.0.0.1，同网访问用 0.0.0.0。"
            ) from None
    return True


def _read_configuration(home: Path) -> None:
    """Take the settings of the data folder into the environment; a misspelt one is no silent default."""
    try:
        strange = configuration.unknown(home, known_in=SETTINGS)
        configuration.apply(home)
    except configuration.BadConfiguration as problem:
        raise CannotStart(str(problem)) from problem
    if strange:
        raise CannotStart(
            f"{home / configuration.NAME} 里有不认识的设置：{'、'.join(strange)}。可用的设置见 docs/run/README.md。"
        )


def _wants_demo(options: argparse.Namespace) -> bool:
    """An embedded database is for trying out unless told otherwise; one on a server belongs to an office."""
    return bool(options.demo) or not (options.empty or os.environ.get("LINLI_DATABASE_URL"))


def _environment(home: Path, options: argparse.Namespace) -> dict[str, str]:
    # Behind a proxy both processes have one name; the proxy leads /events to the second.
    live = (
        os.environ.get("LINLI_PUBLIC_URL") or f"http://{_seen_as(options.host)}:{options.port + 1}"
    )
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "linli.config.settings",
        "LINLI_HOME": str(home),
        "LINLI_CLOCK_SPEED": f"{options.speed:g}",
        "LINLI_DEMO_STREAM": os.environ.get("LINLI_DEMO_STREAM", str(int(_wants_demo(options)))),
        "LINLI_SEEN_AS": _seen_as(options.host),
        "LINLI_LIVE_URL": os.environ.get("LINLI_LIVE_URL") or live,
        # Every thread's own heap keeps the room of its largest page for good; two heaps share it.
        "MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX") or "2",
        "PYTHONPATH": str(ROOT),
        "PYTHONSAFEPATH": "1",
        "PYTHONUNBUFFERED": "1",
    }


def _prepare(home: Path, environment: Mapping[str, str], *, demo: bool) -> None:
    """Check that this installation can start, and bring the database up to date unless nothing has changed."""
    stamp = home / "prepared"
    fingerprint = _fingerprint()
    embedded = not environment.get("LINLI_DATABASE_URL")
    made = (home / "linli.sqlite3").exists() and stamp.exists() and stamp.read_text() == fingerprint
    options = ["--only-check"] if embedded and made else ["--demo"] if demo else []
    if not options or not made:
        say("正在准备数据库……")
    command = [sys.executable, "-m", "linli.config.first_start", *options]
    with subprocess.Popen(
        command, env=dict(environment), preexec_fn=die_with_parent()
    ) as preparing:
        try:
            code = preparing.wait()
        except KeyboardInterrupt:
            preparing.terminate()
            raise
    if code:
        raise CannotStart("没有启动，原因见上。改正后重新运行即可，会接着上次继续。", code=1)
    stamp.write_text(fingerprint)


def _fingerprint() -> str:
    """Changes when a migration of ours or a locked version does."""
    digest = hashlib.sha256((ROOT / "uv.lock").read_bytes())
    for file in sorted((ROOT / "linli").glob("**/migrations/*.py")):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _serve(
    home: Path, environment: dict[str, str], options: argparse.Namespace, started: float
) -> int:
    logs = None if options.verbose else home / "logs"
    supervisor = Supervisor(environment=environment, logs=logs, say=say)
    supervisor.listen()
    try:
        # The pages come first: on a small machine three starts at once would make them wait for each other.
        supervisor.start(_web(options))
        until = time.monotonic() + READY_SECONDS
        if not supervisor.watch(until=lambda: _healthy(options) or time.monotonic() > until):
            return 0 if supervisor.asked.is_set() else 1
        if not _healthy(options):
            say(f"网页在 {READY_SECONDS:.0f} 秒内没有应答，已停止。日志：{logs or '见上'}")
            return 1
        supervisor.start(*_companions(options))
        _announce(home, options, seconds=time.monotonic() - started)
        supervisor.watch()
        return 0 if supervisor.asked.is_set() else 1
    finally:
        if supervisor.asked.is_set():
            say("\n正在停止……")
        supervisor.stop()
        say("已停止。")


def _web(options: argparse.Namespace) -> Child:
    arguments = web_arguments(options.host, options.port, workers=options.workers)
    return Child("web", "网页进程", arguments)


def web_arguments(host: str, port: int, *, workers: int = 1) -> list[str]:
    """What Python is given to start the web processes."""
    connections = min(CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)
    web = f"-m granian --interface rsgi --host {host} --port {port} --workers {workers} --http 1"
    web += f" --http1-header-read-timeout {HEADER_MILLISECONDS} --backpressure {connections}"
    web += " --no-ws --log-level warning linli.config.front:application"
    return web.split()


def _companions(options: argparse.Namespace) -> list[Child]:
    """What runs beside the pages: telling open pages of news, and the work in the background."""
    live = f"--host {options.host} --port {options.port + 1} --lifespan on --log-level warning"
    live += f" --timeout-graceful-shutdown {LIVE_GOODBYE_SECONDS}"
    command = ["-m", "uvicorn", *live.split(), "linli.config.live:application"]
    companions = [Child("live", "实时推送进程", command)]
    if not options.no_worker:
        companions.append(Child("worker", "后台任务进程", ["-m", "linli.config.worker"]))
    return companions


def _healthy(options: argparse.Namespace) -> bool:
    host = "127.0.0.1" if options.host == "0.0.0.0" else options.host  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(host, options.port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", READY, headers={"Host": _allowed_host() or host})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _allowed_host() -> str:
    """A name the site answers to, for our own question; "" where it answers to any."""
    first = os.environ.get("LINLI_HOSTS", "*").split(",")[0].strip()
    return "" if first == "*" else first.removeprefix(".")


def _announce(home: Path, options: argparse.Namespace, *, seconds: float) -> None:
    lines = [
        f"邻里已启动（{seconds:.1f} 秒）",
        "",
        f"网页  http://{_seen_as(options.host)}:{options.port}/",
        f"数据  {home}",
    ]
    if options.speed != 1:
        lines.append(f"时钟  {options.speed:g} 倍速")
    accounts = home / "demo_accounts.json"
    if accounts.exists():
        lines += ["", "演示账号（密码只属于这次安装）"]
        for account in json.loads(accounts.read_text(encoding="utf-8")):
            lines.append(
                f"  {account['username']:<12} {account['password']:<16} {account['title']}"
            )
    lines += ["", "按 Ctrl-C 停止。" + ("" if options.verbose else f"日志在 {home / 'logs'}")]
    rule = "─" * 62
    say("\n".join(["┌" + rule, *(f"│ {line}" for line in lines), "└" + rule]))


def _seen_as(host: str) -> str:
    """The name of this machine as a browser would write it."""
    if host not in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return f"[{host}]" if ":" in host else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(
                ("192.0.2.1", 9)
            )  # sends nothing; only asks which of our addresses would be used
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def say(sentence: str) -> None:
    # A terminal that was closed, or a pipe nobody reads, is no reason to leave the others running alone.
    with suppress(OSError):
        print(sentence, flush=True)


if __name__ == "__main__":
    sys.exit(main())
