"""What may be asked for on a case, and who answers it; the mechanism is `kernel/matters/asking.py`."""

from __future__ import annotations

from linli.cases.models import (
    DispatchDispute,
    Exclusion,
    Extension,
    ForceCloseRequest,
    Objection,
    OvertimeAppeal,
)
from linli.kernel.matters.requests import RequestRule, Step

EXTENSION = RequestRule(
    code="extension",
    name="延期申请",
    model=Extension,
    ask=Step("cases.handle", "ask_extension"),
    endorse=Step("cases.endorse_extension", "endorse_extension"),
    decide=Step("cases.grant_extension", "grant_extension"),
    granted="extend",
    refused="refuse_extension",
    public="办理时限已延长",
    columns=("due_after",),
    while_open=True,
    asked_inside=True,
    endorsed_inside=True,
)

REVIEW = Step("cases.review_appeal", "review_appeal")

APPEAL = RequestRule(
    code="appeal",
    name="超时申诉",
    model=OvertimeAppeal,
    ask=Step("cases.handle", "appeal_overtime"),
    endorse=REVIEW,
    decide=REVIEW,
    granted="grant_appeal",
    refused="refuse_appeal",
    asked_inside=True,
    one_at_a_time=False,
)
"""One appeal for each overtime; two reviewers."""

EXCLUSION = RequestRule(
    code="exclusion",
    name="剔除申请",
    model=Exclusion,
    ask=Step("cases.handle", "ask_exclusion"),
    decide=Step("cases.review_appeal", "decide_exclusion"),
    granted="grant_exclusion",
    refused="refuse_exclusion",
    asked_inside=True,
    reasoned=True,
)

DISPUTE = RequestRule(
    code="dispute",
    name="派单争议",
    model=DispatchDispute,
    ask=Step("cases.handle", "raise_dispute"),
    decide=Step("cases.rule_dispute", "rule_dispute"),
    granted="rule_dispute",
    refused="rule_dispute",
    columns=("designated",),
    while_open=True,
    asked_inside=True,
    reasoned=True,
)

OBJECTION = RequestRule(
    code="objection",
    name="返工异议",
    model=Objection,
    ask=Step("cases.handle", "object"),
    decide=Step("cases.decide_objection", "decide_objection"),
    granted="uphold_objection",
    refused="reject_objection",
    asked_inside=True,
    one_at_a_time=False,
    reasoned=True,
    involved=lambda objection: frozenset({objection.move.by_staff_id} - {None}),
)
"""One for each rework; whoever sent the work back does not judge that."""

FORCED_CLOSING = RequestRule(
    code="force_close",
    name="强制结案申请",
    model=ForceCloseRequest,
    ask=Step("cases.ask_force_close", "ask_force_close"),
    decide=Step("cases.force_close", "force_close"),
    refuse=Step("cases.force_close", "refuse_force_close"),
    refused="refuse_force_close",
    while_open=True,
    reasoned=True,
)
"""The move itself grants it; refusing leaves a line."""

REQUESTS = (EXTENSION, APPEAL, EXCLUSION, DISPUTE, OBJECTION, FORCED_CLOSING)
