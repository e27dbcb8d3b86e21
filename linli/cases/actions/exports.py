"""Taking cases out of the house as a file. What leaves is counted in the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from linli.cases.models import Case
from linli.cases.queries import filtered
from linli.kernel.acting import Actor, action, within

MOST_EXPORTED = 20_000
"""Rows of one file; more does not open well in a spreadsheet and is a copy of the register rather than a list."""


def export_cases(wanted: dict[str, Any], *, by: Actor, now: datetime) -> tuple[list[Case], bool]:
    """(the newest cases under the conditions of a search form, whether there were more than fit).

    Only what lies in the scope of looking and of exporting; nothing of a contact.
    """
    reach = within(by.scope("cases.export"))
    related = ("category", "standard", "owner", "handling_org", "community", "grid")
    rows = filtered(by, wanted).filter(reach).select_related(*related).order_by("-pk")
    found = list(rows[: MOST_EXPORTED + 1]) if by.may("cases.export") else []
    # Read before the transaction: while one is open everybody who writes may have to wait.
    _note(count=min(len(found), MOST_EXPORTED), by=by, now=now)
    return found[:MOST_EXPORTED], len(found) > MOST_EXPORTED


@action(may="cases.export")
def _note(*, count: int, by: Actor, now: datetime) -> None:
    """Leave the audit line; refuses whoever may not export."""
