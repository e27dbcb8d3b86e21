"""The register is for care, not for watching: nothing has a name for what must not be kept."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.forbidden import forbidden
from tests.architecture.source import HOUSE, files, place, python_files, tree

SEED_KINDS = ("*.csv", "*.json", "*.toml", "*.yaml", "*.yml", "*.txt", "*.geojson")

REFUSALS = frozenset[str]()
"""Seed files that list what is refused, by path; they store nothing about a person. None yet."""


def test_no_table_column_or_code_names_a_forbidden_concept() -> None:
    assert list(hits(schema_names())) == []


def test_no_address_names_a_forbidden_concept() -> None:
    assert list(hits(addresses())) == []


def test_no_identifier_in_the_code_names_a_forbidden_concept() -> None:
    names = (
        (place(file, node), name)
        for file in python_files(HOUSE)
        for node, name in names_in(tree(file))
    )

    assert list(hits(names)) == []


def test_no_seed_row_names_a_forbidden_concept() -> None:
    lines = (
        (f"{place(file)}:{number}", line)
        for kind in SEED_KINDS
        for file in files(HOUSE, kind)
        if place(file) not in REFUSALS
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
    )

    assert list(hits(lines)) == []


@pytest.mark.parametrize(
    "name",
    [
        "religion", "religiousBelief", "RELIGION_CODE", "party_member", "PartyMembership", "xinfang_count",
        "resident.faces", "/api/v1/person-search/", "criminal_record", "is_key_person", "政治面貌", "minzu",
    ],
)  # fmt: skip
def test_a_forbidden_name_is_recognised(name: str) -> None:
    assert forbidden(name)


@pytest.mark.parametrize(
    "name",
    [
        "interface",
        "trace",
        "surface_area",
        "third_party",
        "grid_party_branch",
        "CommunityPartyOrg",
        "embrace",
    ],
)
def test_a_harmless_name_is_left_alone(name: str) -> None:
    assert forbidden(name) == ""


def test_the_scan_of_the_code_sees_every_kind_of_name() -> None:
    text = "class Party_Member:\n    faith: str\n\ndef gait(face, *, nation=1):\n    xinfang = face.religion\n"

    assert len(list(hits(("", name) for _, name in names_in(ast.parse(text))))) == 8


def hits(names: Iterable[tuple[str, str]]) -> Iterator[str]:
    return (
        f"{where}: {name.strip()} ({found})" for where, name in names if (found := forbidden(name))
    )


def schema_names() -> Iterator[tuple[str, str]]:
    """(where, name) of every table, column, stored code with its label, and permission of ours."""
    for model in apps.get_models(include_auto_created=True):
        if not model.__module__.startswith("linli."):
            continue
        meta = model._meta
        yield meta.label, meta.db_table
        yield from ((meta.label, str(text)) for pair in meta.permissions for text in pair)
        for field in meta.local_fields:
            yield f"{meta.label}.{field.name}", field.name
            yield f"{meta.label}.{field.name}", str(field.verbose_name)
            for code, label in field.flatchoices:
                yield f"{meta.label}.{field.name}", f"{code}"
                yield f"{meta.label}.{field.name}", f"{label}"


def addresses() -> Iterator[tuple[str, str]]:
    """(where, route or name) of every address the site answers."""
    waiting: list[URLPattern | URLResolver] = list(get_resolver().url_patterns)
    while waiting:
        entry = waiting.pop()
        yield "address", str(entry.pattern)
        if isinstance(entry, URLResolver):
            waiting.extend(entry.url_patterns)
        elif entry.name:
            yield f"address {entry.pattern}", entry.name


def names_in(module: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Every name a module gives or uses: classes, functions, arguments, variables, attributes, keywords."""
    for node in ast.walk(module):
        match node:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node, node.name
            case ast.arg() | ast.keyword() if node.arg:
                yield node, node.arg
            case ast.Name():
                yield node, node.id
            case ast.Attribute():
                yield node, node.attr


def test_the_lists_of_seeds_looks_at_real_files(tmp_path: Path) -> None:
    (tmp_path / "care_tags.csv").write_text("code,name\nreligion,宗教\n", encoding="utf-8")

    assert [file.name for kind in SEED_KINDS for file in files(tmp_path, kind)] == ["care_tags.csv"]
