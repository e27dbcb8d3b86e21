"""Whether `uv.lock` says what `pyproject.toml` wants, and `requirements.lock` what `uv.lock` says.

python -m tests.gate.lock
"""

from __future__ import annotations

import difflib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements.lock"
EXPORT = ("--frozen", "--no-dev", "--no-emit-project", "--no-annotate", "--no-header")


def main() -> int:
    checked = subprocess.run([uv(), "lock", "--quiet", "--check", "--offline"], cwd=ROOT)
    old, new = REQUIREMENTS.read_text(encoding="utf-8"), exported()
    if old != new:
        print(*difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm=""), sep="\n")
        print("requirements.lock is old: bin/check --fix")
    return checked.returncode or int(old != new)


def write() -> None:
    """Make requirements.lock say it."""
    REQUIREMENTS.write_text(exported(), encoding="utf-8")


def exported() -> str:
    """What requirements.lock should say."""
    command = [uv(), "export", "--quiet", *EXPORT]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def uv() -> str:
    own = ROOT / ".venv" / "bin" / "uv"
    found = str(own) if own.exists() else shutil.which("uv")
    assert found, "the environment was made by uv, so it is here"
    return found


if __name__ == "__main__":
    sys.exit(main())
