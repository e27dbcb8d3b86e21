"""Budgets of size. What outgrows one is telling something about the design."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture.source import HOUSE, ROOT, files, place, python_files, tree

FILE_LINES = 500
FUNCTION_LINES = 60
TEMPLATE_LINES = 120
TEMPLATE_COLUMNS = 160
"""The formatter wraps at 100, but a tag of the template language cannot be broken."""
ELEMENT_LINES = 200
ELEMENTS = 20


def test_no_python_file_is_longer_than_500_lines() -> None:
    every = python_files(HOUSE, ROOT / "tests", ROOT / "bin", tests=True)

    assert longer_than(FILE_LINES, every) == []


def test_no_function_is_longer_than_60_lines() -> None:
    found = [
        f"{place(file, function)} {function.name} {lines}"
        for file in python_files(HOUSE, ROOT / "tests", ROOT / "bin", tests=True)
        for function in functions(tree(file))
        if (lines := length(function)) > FUNCTION_LINES
    ]

    assert found == []


def test_no_template_is_longer_than_120_lines() -> None:
    assert longer_than(TEMPLATE_LINES, files(HOUSE, "*.html")) == []


def test_no_line_of_a_template_is_wider_than_160_characters() -> None:
    assert wider_than(TEMPLATE_COLUMNS, files(HOUSE, "*.html")) == []


def test_no_browser_script_is_longer_than_200_lines() -> None:
    assert longer_than(ELEMENT_LINES, scripts()) == []


def test_there_are_at_most_20_custom_elements() -> None:
    defined = [
        file for file in scripts() if "customElements.define" in file.read_text(encoding="utf-8")
    ]

    assert len(defined) <= ELEMENTS, [place(file) for file in defined]


def test_a_long_function_would_be_found() -> None:
    text = "def long():\n" + "    x = 1\n" * FUNCTION_LINES

    assert [length(function) for function in functions(ast.parse(text))] == [FUNCTION_LINES + 1]


def test_a_wide_line_would_be_found(tmp_path: Path) -> None:
    file = tmp_path / "wide.html"
    file.write_text("<p>\n" + "邻" * (TEMPLATE_COLUMNS + 1) + "\n</p>\n", encoding="utf-8")

    assert wide_lines(TEMPLATE_COLUMNS, file) == [(2, TEMPLATE_COLUMNS + 1)]


def test_a_long_file_would_be_found(tmp_path: Path) -> None:
    file = tmp_path / "long.py"
    file.write_text("x = 1\n" * 3)

    assert line_count(file) == 3


def longer_than(most: int, every: list[Path]) -> list[str]:
    return [f"{place(file)} {lines}" for file in every if (lines := line_count(file)) > most]


def wider_than(most: int, every: list[Path]) -> list[str]:
    return [
        f"{place(file)}:{number} {width}"
        for file in every
        for number, width in wide_lines(most, file)
    ]


def wide_lines(most: int, file: Path) -> list[tuple[int, int]]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [(number, len(line)) for number, line in enumerate(lines, 1) if len(line) > most]


def line_count(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def scripts() -> list[Path]:
    return [*files(HOUSE, "*.js"), *files(HOUSE, "*.mjs")]


def functions(module: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1
