"""Which moves a worker may make on a case from the phone, and what each asks for: one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.cases.flow import MOVES, Stage, moves_from
from linli.cases.models import Case
from linli.cases.parts import Parts
from linli.cases.queries import given_to, reaches
from linli.kernel.acting import Actor
from linli.kernel.errors import NotFound
from linli.screens.field.words import LINES, words_of


class Look(NamedTuple):
    """Fields and photos of a form in order (`*` must be given), how its button looks, one sentence of advice."""

    fields: str
    tone: str = ""
    advice: str | Promise = ""


LOOKS: dict[str, Look] = {
    "sign_for": Look("", "primary"),
    "confirm": Look("note* photo_check", "primary", _("核实：到现场看反映的情况是不是真的。")),
    "refute": Look(
        "note* public_reply* photo_check", "", _("核实：到现场看反映的情况是不是真的。")
    ),
    "feedback": Look("outcome* photo_before photo_after note* public_reply*", "primary"),
    "pass_check": Look("note* photo_check", "primary", _("核查：到现场看事情是不是真的办好了。")),
    "rework": Look("note* photo_check", "", _("退回原经办人重新处理，处置时限继续计算。")),
    "self_handle": Look(
        "standard* photo_before* photo_after* note*",
        "",
        _("处置前后各拍至少一张，由另一个人核查。"),
    ),
    "return_back": Look("note*", "", _("只能退回一次，并且要在派遣后 2 个工作日内。")),
    "remark": Look("note*", "plain", _("备注只有工作人员能看到，不影响时限。")),
}
"""In the order of the buttons: the work itself first, ways off the path last."""


@dataclass(frozen=True)
class Choice:
    """A button on the page of a case; `direct` ones need no form."""

    code: str
    name: str
    tone: str
    advice: str
    direct: bool


def choices_for(actor: Actor, case: Case, parts: Parts) -> list[Choice]:
    """The moves this person may make on this case now. `parts` say who did what before."""
    possible = {rule.code for rule in moves_from(Stage(case.stage))} | {"remark"}
    return [
        choice(code) for code in LOOKS if code in possible and _allowed(code, actor, case, parts)
    ]


def choice(code: str) -> Choice:
    """Name and look of a move.

    Raises:
        NotFound: there is no such move on the phone.
    """
    look = LOOKS.get(code)
    if look is None:
        raise NotFound("没有这个操作，请回到案件页面重新选择。", field="move")
    return Choice(code, words_of(LINES, code), look.tone, str(look.advice), direct=not look.fields)


def _allowed(code: str, actor: Actor, case: Case, parts: Parts) -> bool:
    permission = "cases.remark" if code == "remark" else MOVES[code].may
    if not reaches(actor, case, permission):
        return False
    if code in MOVES and MOVES[code].of_the_unit and not given_to(actor, case):
        return False
    if case.merged_into_id:
        return code == "remark"
    if code == "return_back":
        return not case.returned
    if code == "self_handle":
        return case.category_id is not None
    return code == "remark" or not parts.bars(actor.staff_id, MOVES[code])
