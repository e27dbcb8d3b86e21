"""The files of tests near what differs from main: a developer's minute, never the gate.

A test file is near when it differs itself, when it lies in the same package as a file that differs (a template counts
for the package it lies in), or when it imports such a module. What a test reaches only by way of others is left out.

    python -m tests.gate.changed      their paths, one a line
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import PurePosixPath

from tests.gate.rows import ROOT, files_of_tests


def main() -> int:
    print(*near(differing()), sep="\n")
    return 0


def differing() -> list[str]:
    """Paths that are not as in the commit this branch left main at: committed, staged, changed or new."""
    left = _git("merge-base", "HEAD", "main") or ["HEAD"]
    return sorted(
        {*_git("diff", "--name-only", left[0]), *_git("ls-files", "--others", "--exclude-standard")}
    )


def near(paths: Iterable[str]) -> list[str]:
    """Files of tests near these paths, in order."""
    given = list(paths)
    packages = {
        _package(path) for path in given if path.startswith("linli/") and not _is_test(path)
    }
    modules = {_module(path) for path in given if path.endswith(".py")}
    return [
        file
        for file in files_of_tests()
        if file in given or _package(file) in packages or not modules.isdisjoint(_imported(file))
    ]


def _git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.splitlines() if done.returncode == 0 else []


def _is_test(path: str) -> bool:
    return PurePosixPath(path).name.startswith("test_")


def _package(path: str) -> str:
    """The package a file belongs to, the `tests`, `templates` or `actions` folder in it counted as itself."""
    folder = PurePosixPath(path).parent
    while folder.parts and not (ROOT / folder / "tests").is_dir():
        folder = folder.parent
    return str(folder)


def _module(path: str) -> str:
    return ".".join(PurePosixPath(path).with_suffix("").parts).removesuffix(".__init__")


@cache
def _imported(file: str) -> frozenset[str]:
    """Modules a test file names, each with the name imported from it, which may be a module too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{one.name}" for one in node.names)
    return frozenset(found)


if __name__ == "__main__":
    sys.exit(main())
