"""Which moves somebody may make on a case, and what their forms ask for: one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.cases.flow import MOVES, OPEN, Stage, moves_from
from linli.cases.models import Case
from linli.cases.parts import Parts
from linli.cases.queries import force_close_request, reaches
from linli.kernel.acting import Actor
from linli.kernel.errors import NotFound
from linli.screens.console import labels


class Look(NamedTuple):
    """Fields of a move's form in order (`*` must be filled in), how its button looks, and one sentence of advice."""

    fields: str
    tone: str = ""
    advice: str | Promise = ""


LOOKS: dict[str, Look] = {
    "accept": Look("category* note", "primary", _("类别决定可选的立案标准和承办单位。")),
    "ask_verify": Look("note", "", _("请工作人员到现场看一下所反映的情况是否属实。")),
    "confirm": Look("note* photo_check", "primary"),
    "refute": Look("note* public_reply* photo_check", "danger"),
    "register": Look("standard* note", "primary", _("选中的标准决定处置时限和结案条件。")),
    "dispatch": Look("organization* worker note", "primary"),
    "sign_for": Look("note", "primary"),
    "feedback": Look("outcome* note* public_reply* photo_before photo_after", "primary"),
    "self_handle": Look("standard* note* public_reply photo_before* photo_after*", ""),
    "pass_check": Look("note* photo_check", "primary", _("核查是看现场是否真的办好了。")),
    "close": Look("closing_condition_met* note", "primary"),
    "rework": Look("note* photo_check", "", _("退回原经办人重新处理，处置时限继续计算。")),
    "reassign": Look("organization* worker note*", "", _("换一个单位办理。")),
    "return_back": Look("note*", "", _("只能退回一次，并且要在派遣后 2 个工作日内。")),
    "redo": Look("note*", "", _("上报人不满意：本案结束，并新开一件关联的重办单。")),
    "reopen": Look("note*", ""),
    "merge": Look("survivor* note", ""),
    "split": Look("note*", "", _("恢复为单独的案件，回到并案之前的环节。")),
    "decline": Look("reason_code* public_reply* note", "danger"),
    "cancel": Look("note*", "danger"),
    "force_close": Look("outcome* note* public_reply*", "danger"),
    "remark": Look("note*", "", _("备注只有工作人员能看到，不影响时限。")),
    "ask_force_close": Look("reason*", "", _("由另一位有权限的领导决定是否强制结案。")),
}
"""In the order in which the buttons stand; the work itself first, ways off the path last."""

BESIDE: dict[str, str] = {"remark": "cases.remark", "ask_force_close": "cases.ask_force_close"}
"""What has a form like a move and changes no stage, with its permission."""


@dataclass(frozen=True)
class Choice:
    """A button on the page of a case."""

    code: str
    name: str
    tone: str
    advice: str


def choices_for(actor: Actor, case: Case, parts: Parts) -> list[Choice]:
    """The moves this person may make on this case now. `parts` say who did what before."""
    possible = {rule.code for rule in moves_from(Stage(case.stage))} | set(BESIDE)
    return [
        choice(code) for code in LOOKS if code in possible and _allowed(code, actor, case, parts)
    ]


def choice(code: str) -> Choice:
    """Name and look of a move.

    Raises:
        NotFound: there is no such move.
    """
    look = LOOKS.get(code)
    if look is None:
        raise NotFound("没有这个操作，请回到案件页面重新选择。", field="move")
    return Choice(code, labels.words_of(labels.LINES, code), look.tone, str(look.advice))


def _allowed(code: str, actor: Actor, case: Case, parts: Parts) -> bool:
    if not reaches(actor, case, BESIDE.get(code) or MOVES[code].may):
        return False
    if code == "remark":
        return True
    return bool(case.merged_into_id) == (code == "split") and _fits(code, actor, case, parts)


def _fits(code: str, actor: Actor, case: Case, parts: Parts) -> bool:
    """What the flow would refuse for other reasons than right and stage; then the button is not shown."""
    if code == "ask_force_close":
        return Stage(case.stage) in OPEN and force_close_request(case) is None
    if code == "return_back":
        return not case.returned
    if code == "self_handle":
        return case.category_id is not None
    if parts.bars(actor.staff_id, MOVES[code]):
        return False
    if "force_close_asker" in MOVES[code].apart_from:
        request = force_close_request(case)
        return request is not None and request.asked_by_id != actor.staff_id
    return True
