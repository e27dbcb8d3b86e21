"""How much of a case's words its reader sees: homes are for those who act on it or may see the contact, no one else.

| reader | ordinary case | 保密 |
|---|---|---|
| may see the contact (受理、值班长、回访) | homes, the rest after a reveal | the same, unless they handle it |
| acts on it now or handled it | homes | the handler the place of the matter alone |
| everybody else: colleagues, checkers, leaders, exports | nothing | nothing |

Numbers, names and the rest are shown to nobody before a purpose was given: `actions/contacts.py: reveal_contact`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from linli.kernel.acting import Actor, lies_in
from linli.kernel.privacy.words import Sight

if TYPE_CHECKING:
    from linli.cases.models.loop import Case

CONTACT = "cases.view_contact"


def sight_of(actor: Actor, case: Case) -> Sight:
    """The sight of a reader, from the row alone."""
    acts = actor.staff_id is not None and actor.staff_id in (case.owner_id, case.handler_id)
    may = actor.may(CONTACT) and lies_in(actor.scope(CONTACT), case)
    if not case.confidential:
        return Sight.HOMES if acts or may else Sight.NOTHING
    if may and not (acts and actor.staff_id == case.handler_id):
        return Sight.HOMES
    return Sight.PLACE if acts and actor.may("cases.handle") else Sight.NOTHING


class CaseRows(models.QuerySet["Case"]):
    """Cases that know who reads them; without a reader their words stay masked."""

    reader: Actor | None = None

    def read_by(self, actor: Actor) -> Self:
        rows = self.all()
        rows.reader = actor
        return rows

    def _clone(self) -> Self:
        above: Any = super()
        clone: Self = above._clone()
        clone.reader = self.reader
        return clone

    def _fetch_all(self) -> None:
        fresh = self._result_cache is None
        super()._fetch_all()
        if self.reader is None or not fresh:
            return
        rows: Any = self._result_cache
        for row in rows:
            if isinstance(row, models.Model):  # and not the tuple of values_list
                self._show(row)

    def _show(self, case: Any) -> None:
        assert self.reader is not None, "only rows with a reader are shown to one"
        case.sight = sight_of(self.reader, case)
