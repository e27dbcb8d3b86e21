"""Which moves somebody may make on a case, and what their forms ask for: one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.cases.flow import MOVES, moves_from
from linli.cases.queries import force_close_request, given_to, judges_own_unit, reaches
from linli.kernel.errors import NotFound
from linli.screens.console import labels
from linli.screens.console.beside import BESIDE, Standing, allowed


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
    "hand_over": Look(
        "organization worker note*", "", _("转给本单位的同事，或辖区内的下级单位；时限不变。")
    ),
    "return_back": Look("note*", "", _("只能退回一次，并且要在派遣后 2 个工作日内。")),
    "redo": Look("note*", "", _("上报人不满意：本案结束，并新开一件关联的重办单。")),
    "reopen": Look("note*", ""),
    "merge": Look("survivor* note", ""),
    "split": Look("note*", "", _("恢复为单独的案件，回到并案之前的环节。")),
    "decline": Look("reason_code* public_reply* note", "danger"),
    "cancel": Look("note*", "danger"),
    "force_close": Look("outcome* note* public_reply*", "danger"),
    "endorse_extension": Look(
        "agree* opinion", "primary", _("同意后交派遣员审批；不同意要写理由。")
    ),
    "grant_extension": Look("agree* opinion", "primary", _("同意后从原来的起点再加一个原定时限。")),
    "rule_dispute": Look("organization* ruling*", "primary", _("裁定的单位不能再退回。")),
    "decide_objection": Look("agree* opinion*", "primary"),
    "review_appeal": Look(
        "agree* opinion", "primary", _("两位同事都同意才不计入超时统计；超时的事实保留。")
    ),
    "finish_assistance": Look("note*", "primary"),
    "answer_supervision": Look("answer*", "primary"),
    "follow_up": Look(
        "effective* contacted solved satisfaction note",
        "",
        _("问上报人：单位联系过没有、解决没有、满意吗。"),
    ),
    "decide_exclusion": Look(
        "agree* opinion*", "primary", _("同意后不计入考核，全口径数字仍然保留。")
    ),
    "ask_exclusion": Look("reason*", "", _("申请不计入考核，要写明理由，由别人审批。")),
    "ask_extension": Look(
        "reason*", "", _("超时前提出，最多批准两次；本单位负责人和派遣员都同意后生效。")
    ),
    "raise_dispute": Look("reason*", "", _("由街道裁定承办单位，裁定后不能再退回。")),
    "object_to_rework": Look("reason*", "", _("对返工有异议；处置照常进行，只影响统计。")),
    "appeal_overtime": Look("reason*", "", _("只能申诉一次，由两位同事复核。")),
    "add_assistance": Look(
        "organization* kind* opinion*", "", _("请其他单位一起办，原单位仍然负责。")
    ),
    "urge_unit": Look("note*", "", _("催承办单位加快办理；可以催多次，不改变时限。")),
    "supervise": Look("demand* answer_by*", "", _("要求承办单位在期限内说明情况，不改变时限。")),
    "suspend": Look(
        "until* reason*", "", _("暂停计时到某一天，每案一次，最长一年，到期自动恢复。")
    ),
    "resume": Look("", "", _("提前恢复计时。")),
    "reclassify": Look(
        "new_standard* reason*", "", _("处置时限按新的立案标准从原来的起点重新计算。")
    ),
    "remark": Look("note*", "", _("备注只有工作人员能看到，不影响时限。")),
    "ask_force_close": Look("reason*", "", _("由另一位有权限的领导决定是否强制结案。")),
}
"""In the order in which the buttons stand; the work itself first, ways off the path last."""


@dataclass(frozen=True)
class Choice:
    """A button on the page of a case."""

    code: str
    name: str
    tone: str
    advice: str


def choices_for(standing: Standing) -> list[Choice]:
    """What this person may do on this case now."""
    possible = {rule.code for rule in moves_from(standing.stage)} | set(BESIDE)
    return [choice(code) for code in LOOKS if code in possible and _allowed(code, standing)]


def choice(code: str) -> Choice:
    """Name and look of a move.

    Raises:
        NotFound: there is no such move.
    """
    look = LOOKS.get(code)
    if look is None:
        raise NotFound("没有这个操作，请回到案件页面重新选择。", field="move")
    return Choice(code, labels.words_of(labels.LINES, code), look.tone, str(look.advice))


def _allowed(code: str, standing: Standing) -> bool:
    if code in BESIDE:
        return allowed(code, standing)
    case = standing.case
    if not reaches(standing.actor, case, MOVES[code].may):
        return False
    return bool(case.merged_into_id) == (code == "split") and _fits(code, standing)


def _fits(code: str, standing: Standing) -> bool:
    """What the flow would refuse for other reasons than right and stage; then the button is not shown."""
    case, actor = standing.case, standing.actor
    if MOVES[code].of_the_unit and not given_to(actor, case):
        return False
    if code == "return_back":
        return not case.returned and not case.designated
    if code == "self_handle":
        return case.category_id is not None
    rule = MOVES[code]
    if standing.parts.bars(actor.staff_id, rule):
        return False
    if "handler" in rule.apart_from and judges_own_unit(actor, case):
        return False
    if "force_close_asker" in MOVES[code].apart_from:
        request = force_close_request(case)
        return request is not None and request.asked_by_id != actor.staff_id
    return True
