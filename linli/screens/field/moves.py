"""Which moves a worker is offered on a case on the phone; names and forms are those of the flow."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from linli.cases.actions.effects import CASES
from linli.cases.flow import CASE
from linli.cases.models import Case
from linli.cases.queries import reaches
from linli.kernel.acting import Actor
from linli.kernel.errors import NotFound
from linli.kernel.matters.offering import moves_for
from linli.kernel.matters.roles import Roles

REMARK = "remark"


@dataclass(frozen=True)
class Choice:
    """A button on the page of a case; `direct` ones need no form."""

    code: str
    name: str
    tone: str
    advice: str
    direct: bool


def choices_for(actor: Actor, case: Case, roles: Roles) -> list[Choice]:
    """The moves this person may make on this case now. `roles` say who did what before."""
    moves = moves_for(CASES, actor, case, roles)
    codes = [move.code for move in moves if move.phone_form is not None]
    if reaches(actor, case, CASE.lines[REMARK].may):
        codes.append(REMARK)
    return [choice(code) for code in codes]


def choice(code: str) -> Choice:
    """Name and look of a move.

    Raises:
        NotFound: there is no such move on the phone.
    """
    line = CASE.lines.get(code)
    if line is None or line.phone_form is None:
        raise NotFound("没有这个操作，请回到案件页面重新选择。", field="move")
    advice = _(line.advice) if line.advice else ""
    return Choice(code, _(line.name), line.tone, advice, direct=not line.phone_form)


def form_of(code: str) -> list[str]:
    """Fields of the form of a move in order; `*` must be given."""
    return (CASE.lines[code].phone_form or "").split()
