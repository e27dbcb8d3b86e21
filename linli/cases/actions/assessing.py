"""Calling back and leaving out: what the three rates are made of."""

from __future__ import annotations

from datetime import datetime

from linli.cases import errors
from linli.cases.actions.effects import CASES
from linli.cases.actions.moving import add_line
from linli.cases.flow import Stage
from linli.cases.models import Exclusion, FollowUp, Satisfaction, Solved
from linli.cases.queries import case_to_change, roles_of
from linli.cases.requests import EXCLUSION
from linli.kernel.acting import Actor, action
from linli.kernel.matters.asking import ask, decide, matter_to_ask, staff_id_of
from linli.kernel.matters.conflicts import keep_from_own_work

CALLED_AT = (Stage.TO_FOLLOW_UP, Stage.CLOSED)


@action(may="cases.follow_up")
def record_follow_up(
    case_id: int,
    *,
    effective: bool,
    contacted: bool | None = None,
    solved: str = "",
    satisfaction: str = "",
    words: str = "",
    by: Actor,
    now: datetime,
) -> FollowUp:
    """Write down a call back. One that reached nobody carries no answers and counts in no rate.

    Raises:
        WrongStage: the matter is still being handled.
        MissingFact: an effective call without one of its three answers.
        SamePerson: whoever handled the matter does not ask how it went.
    """
    case = case_to_change(case_id, by=by)
    if Stage(case.stage) not in CALLED_AT:
        raise errors.WrongStage("案件办好之后才能回访。", field="effective")
    keep_from_own_work(case, roles_of(case), by=by)
    if effective:
        _check_answers(contacted=contacted, solved=solved, satisfaction=satisfaction)
    else:
        contacted, solved, satisfaction = None, "", ""
    call = FollowUp.objects.create(
        case=case,
        effective=effective,
        contacted=contacted,
        solved=solved,
        satisfaction=satisfaction,
        words=words.strip()[:500],
        by_id=staff_id_of(by),
        at=now,
    )
    answers = (
        f"{Solved(solved).label}，{Satisfaction(satisfaction).label}" if effective else "未接通"
    )
    facts = {
        "effective": effective,
        "contacted": contacted,
        "solved": solved,
        "satisfaction": satisfaction,
    }
    add_line(
        case, "follow_up", by=by, now=now, note=f"{answers} {words.strip()}".strip(), facts=facts
    )
    return call


@action(may="cases.handle")
def ask_exclusion(case_id: int, *, reason: str, by: Actor, now: datetime) -> Exclusion:
    """Ask that a finished matter be left out of the assessment."""
    case = matter_to_ask(CASES, EXCLUSION, case_id, by=by)
    if Stage(case.stage) not in CALLED_AT:
        raise errors.WrongStage("案件办好之后才能申请剔除。", field="reason")
    if Exclusion.objects.filter(case=case, granted=True).exists():
        raise errors.WrongStage("此案已经剔除，不需要再申请。", field="reason")
    asked: Exclusion = ask(CASES, EXCLUSION, case, reason=reason, by=by, now=now)
    return asked


@action(may="cases.review_appeal")
def decide_exclusion(
    exclusion_id: int, *, agree: bool, opinion: str, by: Actor, now: datetime
) -> Exclusion:
    """Approve or refuse; the reason stays either way, and the figure that counts everything is shown beside."""
    decided = decide(CASES, EXCLUSION, exclusion_id, agree=agree, opinion=opinion, by=by, now=now)
    asked: Exclusion = decided.request
    return asked


def _check_answers(*, contacted: bool | None, solved: str, satisfaction: str) -> None:
    if contacted is None:
        raise errors.MissingFact("请选择承办单位是否联系过上报人。", field="contacted")
    if solved not in Solved.values:
        raise errors.MissingFact("请选择问题是否解决。", field="solved")
    if satisfaction not in Satisfaction.values:
        raise errors.MissingFact("请选择满意、基本满意或不满意。", field="satisfaction")
