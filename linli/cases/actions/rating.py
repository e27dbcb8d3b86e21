"""What the reporter says of the result, and what follows from it."""

from __future__ import annotations

from datetime import datetime

from linli.cases import errors
from linli.cases.actions.moving import make_move
from linli.cases.events import CaseRated
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import Case, Rating, Report, Satisfaction, Solved
from linli.cases.queries import survivor_of
from linli.kernel.acting import EVERYWHERE, Actor, action
from linli.kernel.errors import NotFound
from linli.kernel.events.outbox import announce

RATEABLE = frozenset({Stage.TO_FOLLOW_UP, Stage.CLOSED})


@action(may="cases.report")
def rate_case(
    report_id: int,
    *,
    satisfaction: str,
    solved: str,
    words: str,
    channel: str,
    by: Actor,
    now: datetime,
) -> Rating:
    """Record a reporter's rating; "not solved" inside the window reopens the case in the same transaction.

    Raises:
        WrongStage: not finished yet, rated already, or the window is over.
    """
    report = Report.objects.select_related("case").filter(pk=report_id).first()
    if report is None or report.case is None:
        raise NotFound("没有查到这条上报。", field="receipt")
    case = Case.objects.select_for_update(of=("self",)).get(pk=survivor_of(report.case).pk)
    _check(case, report, satisfaction=satisfaction, solved=solved)
    rating = Rating.objects.create(
        case=case,
        report=report,
        satisfaction=satisfaction,
        solved=solved,
        words=words.strip(),
        intake_channel=channel,
        round=case.reopened,
        at=now,
    )
    announce(CaseRated(case.pk, rating.pk), now=now)
    if solved == Solved.NOT_SOLVED:
        reporter = Actor(kind="resident", name="上报人", grants={"cases.reopen": EVERYWHERE})
        note = f"上报人评价“未解决”：{words.strip() or '未填写原因'}"
        make_move(case.pk, "reopen", by=reporter, facts=Facts(note=note), now=now)
    return rating


def _check(case: Case, report: Report, *, satisfaction: str, solved: str) -> None:
    if satisfaction not in Satisfaction.values:
        raise errors.MissingFact("请选择满意、基本满意或不满意。", field="satisfaction")
    if solved not in Solved.values:
        raise errors.MissingFact("请选择问题是否已经解决。", field="solved")
    if Stage(case.stage) not in RATEABLE:
        raise errors.WrongStage("事情还在办理，办好之后就可以评价。", field="satisfaction")
    if Rating.objects.filter(report=report, round=case.reopened).exists():
        raise errors.WrongStage("您已经评价过了，谢谢。", field="satisfaction")
