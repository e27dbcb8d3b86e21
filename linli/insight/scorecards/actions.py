"""Setting what a score is made of, appealing a card, deciding an appeal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from linli.cases.actions.effects import CASES
from linli.cases.models import Case
from linli.cases.queries import case_for
from linli.insight.errors import BadAppeal, BadFormula, OwnAppeal
from linli.insight.indicators.comparing import read_all
from linli.insight.indicators.queries import EVERY
from linli.insight.periods.queries import windows_of
from linli.insight.periods.rules import Stretch
from linli.insight.scorecards.models import CardAppeal, ScoreFormula
from linli.insight.scorecards.queries import (
    DECIDING,
    SCORING,
    UNIT_HEAD,
    appeal_for,
    appealed_before,
    unit_cards,
    worker_card,
)
from linli.insight.scorecards.rules import FULL, OVER_CLOSING
from linli.kernel.acting import Actor, action
from linli.kernel.calendar.local import local_day
from linli.kernel.errors import NotFound
from linli.kernel.matters.asking import ask, decide
from linli.kernel.matters.requests import HANDLERS, RequestRule, Step
from linli.kernel.people.models import Staff

CARD_APPEAL = RequestRule(
    code="card_appeal",
    name="计分卡申诉",
    model=CardAppeal,
    ask=Step("cases.view", ""),
    decide=Step(DECIDING, ""),
    columns=("decided_by_name",),
    link="/console/scorecards",
    one_at_a_time=False,
    reasoned=True,
    bars=frozenset({HANDLERS}),
    involved=lambda appeal: frozenset({appeal.staff_id} - {None}),
)
"""It concerns a card and leaves no line in the timeline of the case."""

POINTS: Mapping[str, str] = {
    "done": "处置率",
    "on_time": "按期处置率",
    "no_rework": "不返工",
    "none_waiting": "无超期待处置",
    "no_extension": "不延期",
}


@dataclass(frozen=True, kw_only=True)
class FormulaDraft:
    """Points from a day on; `rework_over` is close or handle."""

    valid_from: date
    done: int
    on_time: int
    no_rework: int
    none_waiting: int
    no_extension: int
    rework_over: str = OVER_CLOSING


@action(may="cases.settings")
def set_formula(draft: FormulaDraft, *, by: Actor, now: datetime) -> ScoreFormula:
    """Set the points from a coming day on; one set for that day before is replaced. What has begun stays.

    Raises:
        BadFormula: the points are not 100 together, one is negative, or the day is not in the future.
    """
    points = [getattr(draft, name) for name in POINTS]
    for name, number in zip(POINTS, points, strict=True):
        if number < 0:
            raise BadFormula(f"“{POINTS[name]}”的分值不能小于 0。", field=name)
    if sum(points) != FULL:
        raise BadFormula(f"各项分值合计是 {sum(points)}，应当是 {FULL}，请调整。", field="done")
    if draft.rework_over not in ScoreFormula.ReworkOver.values:
        raise BadFormula("返工率的分母请选应结案或应处置。", field="rework_over")
    if draft.valid_from <= local_day(now):
        raise BadFormula("生效日期要晚于今天，已经开始的时段不改。", field="valid_from")
    values = {**asdict(draft), "set_by_name": by.name, "set_at": now}
    made, _new = ScoreFormula.objects.update_or_create(
        valid_from=values.pop("valid_from"), defaults=values
    )
    return made


@action(may="cases.view")
def appeal_unit_card(
    number: str, *, stretch: Stretch, reason: str, by: Actor, now: datetime
) -> CardAppeal:
    """The head of a unit says that a matter counts wrongly on its card of a period.

    Raises:
        NotFound: not the head of a unit.
        BadAppeal: no reason, the matter is not on the card, or it was appealed before.
    """
    if not by.may(UNIT_HEAD) or by.organization_id is None:
        raise NotFound("单位计分卡由本单位负责人申诉。", field="unit")
    case = case_for(by, number)
    windows = windows_of(by, stretch, asof=now, among=EVERY)
    cards = unit_cards(by, read_all(by, windows=windows), windows)
    mine = [card for card in cards if card.organization_id == by.organization_id]
    counted = {pk for card in mine for part in card.parts for pk in part.part | part.whole}
    return _appeal(
        case,
        counted,
        organization=by.organization_id,
        staff=None,
        stretch=stretch,
        reason=reason,
        by=by,
        now=now,
    )


@action(may="cases.view")
def appeal_own_card(
    number: str, *, stretch: Stretch, reason: str, by: Actor, now: datetime
) -> CardAppeal:
    """A worker says that a matter counts wrongly on the own card of a period.

    Raises:
        NotFound: nobody's card.
        BadAppeal: no reason, the matter is not on the card, or it was appealed before.
    """
    staff = Staff.objects.filter(pk=by.staff_id or 0).first()
    if staff is None:
        raise NotFound("您的账号没有归到人员，没有计分卡。", field="staff")
    case = case_for(by, number)
    window = windows_of(by, stretch, asof=now, among=EVERY).now
    card = worker_card(by, staff, window=window)
    counted = {pk for ids in card.measures.values() for pk in ids}
    return _appeal(
        case,
        counted,
        organization=None,
        staff=staff.pk,
        stretch=stretch,
        reason=reason,
        by=by,
        now=now,
    )


@action(may=DECIDING)
def decide_appeal(
    appeal_id: int, *, agree: bool, opinion: str, by: Actor, now: datetime
) -> CardAppeal:
    """Grant or refuse, with an opinion. The row stays; granted, the matter leaves the score of that card.

    Raises:
        OwnAppeal, SamePerson: whoever asked, is on the card or belongs to its unit, or answers for the scoring.
        MissingFact, WrongStage: no opinion, or decided already.
    """
    appeal = appeal_for(by, appeal_id)
    if by.may(SCORING) and by.kind == "staff":
        raise OwnAppeal("负责评分的人不能裁定申诉，请交给其他负责人。")
    if appeal.organization_id is not None and by.organization_id == appeal.organization_id:
        raise OwnAppeal("不能裁定本单位的申诉，请交给其他单位的负责人。")
    decided = decide(
        CASES, CARD_APPEAL, appeal_id, agree=agree, opinion=opinion, by=by, now=now, effect=_sign
    )
    settled: CardAppeal = decided.request
    return settled


def _sign(appeal: CardAppeal, case: Case, *, by: Actor, now: datetime) -> dict[str, Any]:
    appeal.decided_by_name = by.name
    return {}


def _appeal(
    case: Case,
    counted: set[int],
    *,
    organization: int | None,
    staff: int | None,
    stretch: Stretch,
    reason: str,
    by: Actor,
    now: datetime,
) -> CardAppeal:
    if case.pk not in counted:
        raise BadAppeal("这件案件没有计入这张计分卡，请核对编号和时段。", field="case")
    if appealed_before(stretch, case=case, organization=organization, staff=staff):
        raise BadAppeal("这件案件在这个时段已经申诉过，结果见申诉记录。", field="case")
    appeal: CardAppeal = ask(
        CASES, CARD_APPEAL, case, reason=reason, by=by, now=now,
        organization_id=organization, staff_id=staff, period_kind=stretch.kind.value,
        period_name=stretch.name, asked_by_name=by.name,
    )  # fmt: skip
    return appeal
