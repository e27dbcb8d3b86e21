"""Which moves and other actions somebody is offered on a case; names and forms are those of the flow."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from linli.cases.actions.effects import CASES
from linli.cases.flow import CASE
from linli.kernel.errors import NotFound
from linli.kernel.matters.offering import moves_for
from linli.screens.console.cases.beside import BESIDE, Standing, allowed


@dataclass(frozen=True)
class Choice:
    """A button on the page of a case."""

    code: str
    name: str
    tone: str
    advice: str


def choices_for(standing: Standing) -> list[Choice]:
    """What this person may do on this case now, in the order of the flow."""
    moves = moves_for(CASES, standing.actor, standing.case, standing.roles)
    beside = [one for one in CASE.side_actions if one.code in BESIDE]
    codes = [move.code for move in moves]
    codes += [one.code for one in beside if allowed(one.code, standing)]
    return [choice(code) for code in codes]


def choice(code: str) -> Choice:
    """Name and look of a move.

    Raises:
        NotFound: there is no such move.
    """
    line = CASE.move.get(code) or (CASE.lines[code] if code in BESIDE else None)
    if line is None:
        raise NotFound("没有这个操作，请回到案件页面重新选择。", field="move")
    return Choice(code, _(line.name), line.tone, _(line.advice) if line.advice else "")


def form_of(code: str) -> list[str]:
    """Fields of the form of a move or another action in order; `*` must be filled in."""
    return CASE.lines[code].form.split()
