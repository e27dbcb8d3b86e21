"""Every file has a place in the house, and nothing reaches upwards or in a circle."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator

from tests.architecture.source import HOUSE, ROOT, height, place, python_files, tree


def test_the_import_contracts_hold() -> None:
    command = [
        sys.executable,
        "-c",
        "import sys; from importlinter.cli import lint_imports_command as c; c()",
    ]
    done = subprocess.run([*command, "--no-logo"], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr


def test_no_import_is_excused_from_a_contract() -> None:
    assert "ignore_imports" not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_every_folder_with_code_is_a_package_so_that_the_contracts_see_it() -> None:
    folders = {file.parent for file in python_files(HOUSE, tests=True)}

    assert sorted(str(folder) for folder in folders if not (folder / "__init__.py").exists()) == []


def test_nothing_lies_beside_the_layers() -> None:
    assert [file.name for file in HOUSE.glob("*.py")] == ["__init__.py"]


def test_the_order_of_the_house_is_the_order_of_the_contracts() -> None:
    assert (
        height("linli.kernel.engine") < height("linli.kernel.audit") < height("linli.kernel.notify")
    )
    assert height("linli.kernel.notify") < height("linli.cases") < height("linli.screens.shared")
    assert height("linli.screens.shared") < height("linli.screens.console") < height("linli.config")


def test_the_kernel_names_no_right_of_a_module_above_it() -> None:
    kernel = HOUSE / "kernel"
    found = [
        place(file, node) for file in python_files(kernel) for node in rights_above(tree(file))
    ]

    assert found == []


def test_a_right_of_a_module_above_is_recognised() -> None:
    assert len(list(rights_above(ast.parse("MAY = {'cases.close', 'people.edit'}")))) == 1


def rights_above(module: ast.AST) -> Iterator[ast.expr]:
    """Strings that are rights such as `cases.close`; a right of the kernel's own is no matter."""
    above = {folder.name for folder in HOUSE.iterdir() if folder.is_dir()} | {"whistle", "board"}
    above.discard("kernel")
    right = re.compile(rf"({'|'.join(sorted(above))})\.\w+")
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and right.fullmatch(str(node.value)):
            yield node
