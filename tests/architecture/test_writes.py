"""Screens and doors ask and show; only `actions.py` of a module writes."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.source import HOUSE, calls, dotted, place, python_files, tree

ALWAYS_A_WRITE = {
    "abulk_create", "acreate", "adelete", "asave", "aupdate", "bulk_create", "bulk_update", "create",
    "executemany", "get_or_create", "raw", "save", "update_or_create",
}  # fmt: skip

A_WRITE_ON_A_QUERY = {"delete", "update"}
"""A dictionary, a session and a cache have these too; they are writes only after one of QUERY_WORDS."""

QUERY_WORDS = ("objects", "_default_manager", "filter()", "exclude()", "all()", "get()", "first()")


def test_screens_and_doors_write_nothing() -> None:
    found = [
        f"{place(file, call)} {dotted(call.func)}"
        for file in python_files(HOUSE / "screens", HOUSE / "doors")
        for call in writes(tree(file))
    ]

    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "case.save(update_fields=['stage'])",
        "Case.objects.create(title='漏水')",
        "Case.objects.filter(pk=1).update(stage='closed')",
        "Case.objects.get(pk=1).delete()",
        "Case.objects.bulk_create(rows)",
        "cursor.execute('DELETE FROM cases_case')",
    ],
)
def test_a_write_is_recognised(line: str) -> None:
    assert len(writes(ast.parse(line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "context.update(page=1)",
        "request.session.delete('draft')",
        "digest.update(b'')",
        "close_case(1, by=actor)",
    ],
)
def test_what_only_looks_like_a_write_is_left_alone(line: str) -> None:
    assert writes(ast.parse(line)) == []


def writes(module: ast.AST) -> list[ast.Call]:
    return [
        call
        for call in calls(module)
        if isinstance(call.func, ast.Attribute) and is_write(call.func)
    ]


def is_write(method: ast.Attribute) -> bool:
    owner = dotted(method.value)
    if method.attr == "execute":
        return "cursor" in owner or "connection" in owner
    if method.attr in A_WRITE_ON_A_QUERY:
        return any(word in owner.split(".") for word in QUERY_WORDS)
    return method.attr in ALWAYS_A_WRITE
