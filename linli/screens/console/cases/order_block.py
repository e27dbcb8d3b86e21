"""What the page of a case shows of its hotline order, and who fills in the sheet or calls back."""

from __future__ import annotations

from typing import Any

from linli.cases.actions.assessing import CALLED_AT
from linli.cases.flow import AT_THE_UNIT, Stage
from linli.cases.models import Case, WorkOrder
from linli.cases.queries import reaches, roles_of
from linli.hotline.papers import sheet_of
from linli.hotline.queries import messages_of, order_of_case
from linli.kernel.acting import Actor
from linli.kernel.matters.conflicts import works_on
from linli.screens.console.hotline import words as hotline_words
from linli.screens.console.labels import words_of
from linli.screens.shared.guard import PageRequest


def order_block(request: PageRequest, case: Case) -> dict[str, Any] | None:
    """What the page of a case shows of its hotline order; None for a case without one."""
    order = WorkOrder.objects.select_related("first_unit").filter(case=case).first()
    if order is None:
        return None
    actor, sheet = request.actor, sheet_of(request.actor, case)
    outside = order_of_case(actor, case)
    told = messages_of(outside) if outside else []
    return {
        "order": order,
        "sheet": sheet,
        "outside": outside,
        "last": told[-1] if told else None,
        "last_state": words_of(hotline_words.STATES, told[-1].state) if told else "",
        "last_tone": words_of(hotline_words.TONES, told[-1].state) if told else "",
        "last_step": words_of(hotline_words.STEPS, told[-1].event) if told else "",
        "method": words_of(hotline_words.METHODS, sheet.handling.method) if sheet.handling else "",
        "papers": [
            {"paper": one, "kind": words_of(hotline_words.PAPERS, one.row.kind)}
            for one in sheet.papers
        ],
        "may_fill": may_fill(actor, case),
        "may_call": may_call(actor, case),
    }


def may_fill(actor: Actor, case: Case) -> bool:
    """Whether this person fills in the sheet now."""
    return (
        Stage(case.stage) in AT_THE_UNIT
        and reaches(actor, case, "cases.handle")
        and works_on(actor, case, "cases.handle")
        and WorkOrder.objects.filter(case=case).exists()
    )


def may_call(actor: Actor, case: Case) -> bool:
    """Whether this person calls the reporter back now."""
    return (
        Stage(case.stage) in CALLED_AT
        and reaches(actor, case, "cases.follow_up")
        and actor.staff_id not in roles_of(case).handlers
    )
