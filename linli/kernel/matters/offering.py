"""Which moves a person is offered on a matter: the same answer on console and phone, and what `make_move` would take.

Nothing here decides; a button that is shown may still be refused, e.g. because a fact is missing.
"""

from __future__ import annotations

from linli.kernel.acting import Actor
from linli.kernel.matters.conflicts import handling_right, judges_own_unit, works_on
from linli.kernel.matters.flow import Move
from linli.kernel.matters.kinds import Kind
from linli.kernel.matters.models import Matter
from linli.kernel.matters.moving import roles_of
from linli.kernel.matters.roles import Roles


def moves_for(kind: Kind, actor: Actor, matter: Matter, roles: Roles | None = None) -> list[Move]:
    """The moves this person may make now, in the order of the flow; `roles` if somebody has read them already."""
    possible = [
        move
        for move in kind.flow.moves_from(matter.stage)
        if kind.covers(actor, matter, move.may) and _fits(kind, actor, matter, move)
    ]
    if not possible:
        return []
    known = roles if roles is not None else roles_of(kind, matter)
    return [move for move in possible if not known.bars(actor.staff_id, move)]


def _fits(kind: Kind, actor: Actor, matter: Matter, move: Move) -> bool:
    right = handling_right(kind.flow)
    if move.of_the_unit and not works_on(actor, matter, right):
        return False
    if "handler" in move.barred and judges_own_unit(actor, matter, right):
        return False
    return kind.fits is None or kind.fits(matter, move, actor)
