"""Every right has its word."""

from __future__ import annotations

import json

from linli.cases.seed import ROLES
from linli.screens.console.people.words import RIGHTS


def test_every_right_of_the_catalogue_has_its_word_and_no_other() -> None:
    roles = json.loads(ROLES.read_text(encoding="utf-8"))
    catalogue = {right for role in roles for right in role["permissions"]}
    assert set(RIGHTS) == catalogue
