"""What may be done on a case beside its moves: who may, when its button is shown, and which action it calls.

The form of each is in the flow, like that of a move; nothing here decides, the actions refuse what does not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from linli.cases.actions import assessing, dispatching, timing
from linli.cases.actions.assessing import CALLED_AT
from linli.cases.actions.remarks import (
    ask_force_close,
    refuse_force_close,
    remark,
    urge_unit,
)
from linli.cases.flow import AT_THE_UNIT, OPEN, Stage
from linli.cases.models import Case, FilingStandard
from linli.cases.overlays import Overlays
from linli.cases.queries import force_close_request, reaches, roles_of
from linli.cases.requests import (
    APPEAL,
    DISPUTE,
    EXCLUSION,
    EXTENSION,
    FORCED_CLOSING,
    OBJECTION,
)
from linli.kernel.acting import Actor
from linli.kernel.calendar.rules import MOST_EXTENSIONS
from linli.kernel.engine.rows import get
from linli.kernel.matters.conflicts import works_on
from linli.kernel.matters.requests import RequestRule, Step
from linli.kernel.matters.roles import Roles

Given = Mapping[str, Any]
FILED = frozenset({Stage.TO_DISPATCH, Stage.TO_SIGN, Stage.HANDLING})


@dataclass(frozen=True)
class Standing:
    """Somebody before a case, with what lies over it."""

    case: Case
    actor: Actor
    now: datetime

    @cached_property
    def over(self) -> Overlays:
        return Overlays(self.case)

    @cached_property
    def roles(self) -> Roles:
        return roles_of(self.case)

    @property
    def stage(self) -> Stage:
        return Stage(self.case.stage)


@dataclass(frozen=True)
class Beside:
    """`may` is the right, `fits` whether the button makes sense now, `act` what it does with what was given."""

    may: str
    fits: Callable[[Standing], bool]
    act: Callable[[Standing, Given], object]
    of_the_case: bool = True


def allowed(code: str, standing: Standing) -> bool:
    """Whether the button is shown to this person on this case."""
    beside = BESIDE[code]
    case, actor = standing.case, standing.actor
    may = reaches(actor, case, beside.may) if beside.of_the_case else actor.may(beside.may)
    if not may or standing.roles.bars_axis(actor.staff_id, beside.may):
        return False
    if (
        beside.may == "cases.handle"
        and beside.of_the_case
        and not works_on(actor, case, beside.may)
    ):
        return False
    return (case.merged_into_id is None or code == "remark") and beside.fits(standing)


def _before_due(standing: Standing) -> bool:
    running = standing.over.running
    return running is not None and standing.now <= running.due_at


def _may_extend(standing: Standing) -> bool:
    running = standing.over.running
    return (
        standing.stage in AT_THE_UNIT
        and standing.over.waiting_extension is None
        and _before_due(standing)
        and running is not None
        and running.extensions < MOST_EXTENSIONS
    )


def _to_answer(rule: RequestRule, step: Step | None, standing: Standing, asked: Any) -> bool:
    """Whether a request waits at this step for somebody like the actor; the decision asks the same of the rule."""
    return (
        asked is not None
        and asked.granted is None
        and rule.step(asked) == step
        and standing.actor.staff_id not in rule.barred(asked, standing.roles)
    )


def _suspended(standing: Standing) -> bool:
    pause = standing.over.suspension
    return pause is not None and pause.resumed_at is None and standing.case.open


def _my_help(standing: Standing) -> int | None:
    own = standing.actor.scope("cases.handle").organizations
    open_ones = (one for one in standing.over.assistances if one.done_at is None)
    return next((one.pk for one in open_ones if one.organization_id in own), None)


def _act(verb: Callable[..., object], **names: str) -> Callable[[Standing, Given], object]:
    """An action on the case; `names` are its arguments and the form fields they come from."""

    def act(standing: Standing, given: Given) -> object:
        facts = {name: given.get(field) for name, field in names.items()}
        return verb(standing.case.pk, **facts, by=standing.actor, now=standing.now)

    return act


def _on(
    verb: Callable[..., object], subject: Callable[[Standing], Any], **names: str
) -> Callable[[Standing, Given], object]:
    """The same on something that lies over the case; what is gone meanwhile has number 0 and is not found."""

    def act(standing: Standing, given: Given) -> object:
        facts = {name: given.get(field) for name, field in names.items()}
        found = subject(standing)
        row_id = found if isinstance(found, int) else getattr(found, "pk", 0)
        return verb(row_id, **facts, by=standing.actor, now=standing.now)

    return act


def _follow_up(standing: Standing, given: Given) -> object:
    reached = given["effective"] != "no"
    return assessing.record_follow_up(
        standing.case.pk,
        effective=reached,
        contacted=given["contacted"] == "yes" if given["contacted"] else None,
        solved=given["solved"],
        satisfaction=given["satisfaction"],
        words=given["note"],
        by=standing.actor,
        now=standing.now,
    )


def _reclassify(standing: Standing, given: Given) -> object:
    chosen = get(FilingStandard, int(given["new_standard"]))
    return timing.reclassify(
        standing.case.pk,
        category=chosen.category_id if chosen else 0,
        standard=chosen.pk if chosen else 0,
        reason=given["reason"],
        by=standing.actor,
        now=standing.now,
    )


BESIDE: dict[str, Beside] = {
    "ask_extension": Beside("cases.handle", _may_extend, _act(timing.ask_extension, reason="reason", told="told")),
    "endorse_extension": Beside(
        "cases.endorse_extension",
        lambda s: _to_answer(EXTENSION, EXTENSION.endorse, s, s.over.waiting_extension),
        _on(timing.endorse_extension, lambda s: s.over.waiting_extension, agree="agree", opinion="opinion"),
    ),
    "grant_extension": Beside(
        "cases.grant_extension",
        lambda s: _to_answer(EXTENSION, EXTENSION.decide, s, s.over.waiting_extension),
        _on(timing.grant_extension, lambda s: s.over.waiting_extension, agree="agree", opinion="opinion"),
    ),
    "suspend": Beside(
        "cases.suspend",
        lambda s: s.stage in AT_THE_UNIT and s.over.suspension is None and _before_due(s),
        _act(timing.suspend, until="until", reason="reason"),
    ),
    "resume": Beside("cases.suspend", _suspended, _on(timing.resume, lambda s: s.over.suspension)),
    "reclassify": Beside("cases.register", lambda s: s.stage in FILED, _reclassify),
    "raise_dispute": Beside(
        "cases.handle",
        lambda s: s.stage in AT_THE_UNIT
        and s.case.returned > 0
        and not s.case.designated
        and s.over.open_dispute is None,
        _act(dispatching.raise_dispute, reason="reason"),
    ),
    "rule_dispute": Beside(
        "cases.rule_dispute",
        lambda s: _to_answer(DISPUTE, DISPUTE.decide, s, s.over.open_dispute),
        _on(dispatching.rule_dispute, lambda s: s.over.open_dispute, organization="organization", opinion="opinion"),
    ),
    "add_assistance": Beside(
        "cases.dispatch",
        lambda s: s.stage in AT_THE_UNIT,
        _act(dispatching.add_assistance, organization="organization", kind="kind", opinion="opinion"),
    ),
    "finish_assistance": Beside(
        "cases.handle",
        lambda s: _my_help(s) is not None,
        _on(dispatching.finish_assistance, _my_help, note="note"),
        of_the_case=False,
    ),
    "urge_unit": Beside("cases.supervise", lambda s: s.stage in AT_THE_UNIT, _act(urge_unit, note="note")),
    "supervise": Beside(
        "cases.supervise",
        lambda s: s.case.open,
        _act(dispatching.supervise, demand="demand", answer_by="answer_by"),
    ),
    "answer_supervision": Beside(
        "cases.handle",
        lambda s: s.over.open_supervision is not None,
        _on(dispatching.answer_supervision, lambda s: s.over.open_supervision, answer="answer"),
    ),
    "object_to_rework": Beside(
        "cases.handle",
        lambda s: s.over.last_rework is not None
        and s.over.last_rework.pk not in {one.move_id for one in s.over.objections},
        _act(dispatching.object_to_rework, reason="reason"),
    ),
    "decide_objection": Beside(
        "cases.decide_objection",
        lambda s: _to_answer(OBJECTION, OBJECTION.decide, s, s.over.open_objection),
        _on(dispatching.decide_objection, lambda s: s.over.open_objection, agree="agree", opinion="opinion"),
    ),
    "appeal_overtime": Beside(
        "cases.handle",
        lambda s: not s.case.open and s.over.late is not None and s.over.appeal is None,
        _act(timing.appeal_overtime, reason="reason"),
    ),
    "review_appeal": Beside(
        "cases.review_appeal",
        lambda s: _to_answer(APPEAL, APPEAL.decide, s, s.over.appeal),
        _on(timing.review_appeal, lambda s: s.over.appeal, agree="agree", opinion="opinion"),
    ),
    "follow_up": Beside(
        "cases.follow_up",
        lambda s: s.stage in CALLED_AT and s.actor.staff_id not in s.roles.handlers,
        _follow_up,
    ),
    "ask_exclusion": Beside(
        "cases.handle",
        lambda s: s.stage in CALLED_AT
        and s.over.order is not None
        and (s.over.exclusion is None or s.over.exclusion.granted is False),
        _act(assessing.ask_exclusion, reason="reason"),
    ),
    "decide_exclusion": Beside(
        "cases.review_appeal",
        lambda s: _to_answer(EXCLUSION, EXCLUSION.decide, s, s.over.exclusion),
        _on(assessing.decide_exclusion, lambda s: s.over.exclusion, agree="agree", opinion="opinion"),
    ),
    "refuse_force_close": Beside(
        "cases.force_close",
        lambda s: s.case.open and _to_answer(FORCED_CLOSING, FORCED_CLOSING.decide, s, force_close_request(s.case)),
        _on(refuse_force_close, lambda s: force_close_request(s.case), opinion="opinion"),
    ),
    "remark": Beside("cases.remark", lambda s: True, _act(remark, note="note")),
    "ask_force_close": Beside(
        "cases.ask_force_close",
        lambda s: s.stage in OPEN and force_close_request(s.case) is None,
        _act(ask_force_close, reason="reason"),
    ),
}  # fmt: skip
