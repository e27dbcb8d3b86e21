"""What people said is a field that masks itself, and nobody takes the plain words out to show them."""

from __future__ import annotations

import ast
import re

from django.apps import apps
from django.db import models

from linli.kernel.privacy.words import LineField, WordsField
from tests.architecture.source import HOUSE, ROOT, files, place, python_files, tree

SAID = frozenset({"title", "body", "address", "public_reply", "public_text", "note", "words"})
"""Names of fields that hold words of people, or of staff about people, in a matter of the public."""

MASKED_APPS = frozenset({"cases"})

OF_THE_HOUSE = frozenset({"Category", "FilingStandard", "DutyEntry", "DispatchRule", "Question"})

PLAIN = (
    "linli/kernel/privacy/",
    "linli/cases/index.py",  # search
    "linli/cases/suggesting/",  # triage: class, place, likeness
    "linli/cases/actions/opening.py",
    "linli/cases/actions/contacts.py",  # the reveal, with a purpose
    "linli/cases/catalogue/ruling/queries.py",  # words of a dispatch rule
    "linli/demo/",
    "linli/doors/open311/shapes.py",  # masks with the reporters' names
    "linli/hotline/telling.py",  # likewise
    "linli/screens/board/snapshot.py",  # masks more, for the wall
    "linli/screens/console/cases/page.py",  # compares, and asks whether anything is hidden
    "linli/screens/console/cases/forms.py",  # likeness
)
"""Where the plain words may be taken out, with the reason; each of them ends in a mask, in triage or in the reveal."""


def test_the_words_of_a_matter_of_the_public_are_fields_that_mask_themselves() -> None:
    bare = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in MASKED_APPS and model.__name__ not in OF_THE_HOUSE
        for field in model._meta.get_fields()
        if isinstance(field, models.CharField | models.TextField) and field.name in SAID
        if not isinstance(field, LineField | WordsField)
    ]
    assert bare == []


def test_plain_words_are_taken_out_only_where_they_end_in_a_mask_or_in_triage() -> None:
    taken = [
        place(file, node)
        for file in python_files(HOUSE)
        if not str(file.relative_to(ROOT)).startswith(PLAIN)
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Attribute) and node.attr == "plain" and _is_said(node.value)
    ]
    assert taken == []


def test_no_template_asks_for_plain_words() -> None:
    found = [
        str(file.relative_to(ROOT))
        for file in files(HOUSE, "*.html")
        if re.search(r"\.plain\b", file.read_text(encoding="utf-8"))
    ]
    assert found == []


def _is_said(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in SAID
