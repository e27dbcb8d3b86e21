"""The project as text and as syntax trees: what the architecture tests look at."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "linli"

NOT_OURS = {"vendor", "migrations", "__pycache__"}
"""Folders whose files were written elsewhere or by a tool."""


def python_files(*folders: Path, tests: bool = False) -> list[Path]:
    """Our own Python files below the folders; test code only if asked for."""
    return [
        file
        for folder in folders
        for file in files(folder, "*.py")
        if tests or "tests" not in file.relative_to(ROOT).parts
    ]


def files(folder: Path, pattern: str) -> list[Path]:
    """Our own files of one kind below a folder."""
    return sorted(file for file in folder.rglob(pattern) if not NOT_OURS & set(file.parts))


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def place(file: Path, node: ast.AST | None = None) -> str:
    """`linli/cases/flow.py:12`, to be clicked on."""
    line = f":{node.lineno}" if isinstance(node, (ast.expr, ast.stmt)) else ""
    return f"{file.relative_to(ROOT)}{line}"


def calls(module: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(module) if isinstance(node, ast.Call))


def dotted(node: ast.AST) -> str:
    """`Case.objects.filter().update` as text: names and attributes, () for a call, [] for an index."""
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return f"{dotted(node.value)}.{node.attr}"
        case ast.Call():
            return f"{dotted(node.func)}()"
        case ast.Subscript():
            return f"{dotted(node.value)}[]"
        case _:
            return "?"


@lru_cache(maxsize=1)
def contracts() -> dict[str, list[list[str]]]:
    """Layers of every container in the import contracts, top first: {"linli": [["config"], …]}."""
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = {}
    for contract in configuration["tool"]["importlinter"]["contracts"]:
        if contract["type"] == "layers":
            layers = [
                [name.strip(" ()") for name in layer.split("|")] for layer in contract["layers"]
            ]
            found.update(dict.fromkeys(contract["containers"], layers))
    return found


def height(module: str) -> tuple[int, ...]:
    """Where a module stands in the house: the larger, the higher; one number per container walked into."""
    rank = []
    container = "linli"
    for name in module.split(".")[1:]:
        layers = contracts().get(container)
        if layers is None:
            break
        rank.append(next(len(layers) - i for i, layer in enumerate(layers) if name in layer))
        container = f"{container}.{name}"
    return tuple(rank)
