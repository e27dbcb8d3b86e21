"""Every text somebody may send has a length."""

from __future__ import annotations

import ast

from tests.architecture.source import HOUSE, calls, dotted, place, python_files, tree

FIELDS = ("forms.CharField", "forms.RegexField", "forms.SlugField")


def test_every_text_field_of_a_form_says_how_long_it_may_be() -> None:
    found = [
        (place(file, call), {word.arg for word in call.keywords})
        for file in python_files(HOUSE)
        for call in calls(tree(file))
        if dotted(call.func) in FIELDS
    ]

    assert len(found) > 40
    assert not [where for where, words in found if "max_length" not in words and None not in words]


def test_every_text_of_the_interface_has_a_length_or_is_measured_further_in() -> None:
    measured = {"title", "body", "note", "public_reply"}
    shapes = tree(HOUSE / "doors" / "reports" / "schemas.py")
    bare = {
        field.target.id
        for shape in ast.walk(shapes)
        if isinstance(shape, ast.ClassDef) and shape.name.endswith("In")
        for field in shape.body
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if ast.unparse(field.annotation) in ("str", "list[str]", "int", "int | None")
    }

    assert bare == measured
