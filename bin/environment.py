"""Makes or repairs .venv with the locked versions; called by bin/environment.sh when something is missing.

    python3 bin/environment.py run|all

Needs nothing but Python's own library. Two scripts that start at once wait for each other. The installer is
uv: the one already here, else a pinned one by way of pip, else pip itself is fetched first (Debian ships
Python without it). A mirror named by UV_DEFAULT_INDEX or PIP_INDEX_URL is used, with the locked hashes.
Ends with 0, or with 1 after a sentence that says what to do.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "uv.lock"
PLACE = VENV / ".linli-place"

OLDEST_UV = (0, 6)
"""First uv that reads this lock file's format."""

PIP = "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"

DOWNLOAD_SECONDS = 60
"""How long one silent download may hang before it is given up; seconds."""


class CannotPrepare(Exception):
    """The environment cannot be made here; the message says what the person can do."""


def main() -> int:
    level = sys.argv[1] if len(sys.argv) > 1 else "run"
    started = time.monotonic()
    with (ROOT / ".venv.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("另一个脚本正在准备环境，等它完成……")
            fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            prepare(level)
        except CannotPrepare as refusal:
            say(str(refusal))
            return 1
    say(f"环境已就绪（{time.monotonic() - started:.0f} 秒）。")
    return 0


def prepare(level: str) -> None:
    """Bring .venv to the locked versions of `level` and leave the stamps that make the next start quick."""
    if stamped(level):
        return
    if VENV.exists() and not usable():
        say("环境来自别处或已损坏，重新创建。")
        shutil.rmtree(VENV)
    say("正在准备 Python 环境（首次需要下载，约一两分钟）……")
    uv = find_uv() or install_uv()
    install(uv, level)
    PLACE.write_text(str(ROOT))
    for name in ("run", "all") if level == "all" else ("run",):
        shutil.copyfile(LOCK, VENV / f".linli-{name}.lock")


def stamped(level: str) -> bool:
    stamps = [VENV / f".linli-{name}.lock" for name in dict.fromkeys((level, "all"))]
    return usable() and any(
        stamp.exists() and stamp.read_bytes() == LOCK.read_bytes() for stamp in stamps
    )


def usable() -> bool:
    """Whether .venv has a Python that starts and was made in this very folder."""
    if not PYTHON.exists() or (PLACE.exists() and PLACE.read_text() != str(ROOT)):
        return False
    return subprocess.run([PYTHON, "-c", ""], capture_output=True).returncode == 0


def find_uv() -> str | None:
    for candidate in (str(VENV / "bin" / "uv"), shutil.which("uv") or ""):
        if not candidate or not Path(candidate).exists():
            continue
        answer = subprocess.run([candidate, "--version"], capture_output=True, text=True)
        version = re.match(r"uv (\d+)\.(\d+)", answer.stdout)
        if version and (int(version[1]), int(version[2])) >= OLDEST_UV:
            return candidate
    return None


def install_uv() -> str:
    """Put the pinned uv into .venv by pip, checked by hash; the path of it."""
    if not has_ensurepip() and os.geteuid() == 0 and shutil.which("apt-get"):
        apt_install(f"python3.{sys.version_info.minor}-venv", "ca-certificates")
    if has_ensurepip():
        run([sys.executable, "-m", "venv", str(VENV)])
        pip_install_uv([str(PYTHON), "-m", "pip"])
    else:
        run([sys.executable, "-m", "venv", "--without-pip", str(VENV)])
        with tempfile.TemporaryDirectory() as folder:
            pip_install_uv([str(PYTHON), str(fetch_pip(Path(folder)) / "pip")])
    return str(VENV / "bin" / "uv")


def has_ensurepip() -> bool:
    importlib.invalidate_caches()
    return importlib.util.find_spec("ensurepip") is not None


def pip_install_uv(pip: list[str]) -> None:
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
    requirement = ["--require-hashes", "-r", str(ROOT / "bin" / "uv.txt")]
    run([*pip, "install", *options, *requirement])


def fetch_pip(folder: Path) -> Path:
    """Download pip's own wheel from the package index; a wheel runs without being installed."""
    index = mirror() or "https://pypi.org/simple"
    page = f"{index.rstrip('/')}/pip/"
    try:
        listing = fetch(page).decode("utf-8", "replace")
        link = re.search(rf'href="([^"]*{re.escape(PIP)}[^"]*)"', listing)
        if not link:
            raise CannotPrepare(f"{page} 上没有 {PIP}。请换一个镜像（PIP_INDEX_URL）后重新运行。")
        wheel = fetch(urllib.parse.urljoin(page, link[1]))
    except OSError as failure:
        raise CannotPrepare(
            f"这台机器的 Python 没有 pip，也连不上 {page}（{failure}）。\n"
            "请检查网络，或请管理员执行 apt install python3-venv，然后重新运行。"
        ) from failure
    if hashlib.sha256(wheel).hexdigest() != PIP_SHA256:
        raise CannotPrepare(f"从 {page} 得到的 {PIP} 与记录的校验值不符，没有使用。请换一个镜像。")
    file = folder / PIP
    file.write_bytes(wheel)
    return file


def fetch(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=DOWNLOAD_SECONDS) as answer:  # noqa: S310 - index set by the operator
        content: bytes = answer.read()
        return content


def apt_install(*packages: str) -> None:
    """Install Debian packages; a refusal is no error here, the next way is tried."""
    say(f"正在安装系统包 {' '.join(packages)} ……")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", "-qq", *command], env=quiet, stdout=subprocess.DEVNULL)


def mirror() -> str:
    """The package index the operator chose, or "" for PyPI as locked."""
    names = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
    return next((os.environ[name] for name in names if os.environ.get(name)), "")


def install(uv: str, level: str) -> None:
    wanted = ["--no-dev"] if level == "run" else []
    settings = {
        "UV_PROJECT_ENVIRONMENT": str(VENV),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_HTTP_TIMEOUT": str(DOWNLOAD_SECONDS),
    }
    quiet = [] if sys.stderr.isatty() else ["--quiet"]
    base = [] if PYTHON.exists() else ["--python", sys.executable]
    if not mirror():
        run([uv, "sync", *quiet, "--frozen", "--inexact", *wanted, *base], **settings)
        return
    # The lock file names PyPI's own addresses; through a mirror the same files are asked for by name and hash.
    if not PYTHON.exists():
        run([uv, "venv", *quiet, *base, str(VENV)], **settings)
    with tempfile.TemporaryDirectory() as folder:
        listed = str(Path(folder) / "requirements.txt")
        run(
            [uv, "export", "--quiet", "--frozen", "--no-emit-project", *wanted, "-o", listed],
            **settings,
        )
        install_listed = ["pip", "install", *quiet, "--require-hashes", "-r", listed]
        run([uv, *install_listed, "--python", str(PYTHON)], UV_DEFAULT_INDEX=mirror(), **settings)


def run(command: list[str], **settings: str) -> None:
    # PYTHONPATH or an active environment of the caller would lead the installer astray.
    strange = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    environment = {name: value for name, value in os.environ.items() if name not in strange}
    done = subprocess.run(command, cwd=ROOT, env={**environment, **settings})
    if done.returncode:
        raise CannotPrepare(
            f"这一步没有成功：{' '.join(command)}\n"
            "上面是它的说明。多半是网络或磁盘空间的问题；在中国大陆可以先设置\n"
            "  export UV_DEFAULT_INDEX=https://pypi.tuna.tsinghua.edu.cn/simple\n"
            "再重新运行，已经下载的不会重来。"
        )


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
