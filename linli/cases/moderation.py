"""What the public said is shown to the public only after somebody of the staff has looked at it: after 受理.

A matter that was received or is being verified is told by class, grid and stage alone; so is one that ended without
ever being accepted. Afterwards its words are shown masked (`kernel/privacy`), its place rounded. Example: 「灯坏了，
找3幢王桂兰」 is 路灯 · 第一网格 · 待受理 on the wall until the desk has accepted it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from linli.cases.flow import Stage
from linli.cases.models import Case, CaseMove

NOT_LOOKED_AT = frozenset({Stage.RECEIVED, Stage.VERIFYING})
LOOKED_AT = frozenset(
    {
        Stage.ACCEPTED,
        Stage.TO_DISPATCH,
        Stage.TO_SIGN,
        Stage.HANDLING,
        Stage.TO_CHECK,
        Stage.TO_FOLLOW_UP,
    }
)
"""Stages that are only reached by a move of the staff; what ended is judged by its timeline."""


def accepted_once() -> Q:
    """Condition on cases: accepted at some time, whatever became of them."""
    accepted = CaseMove.objects.filter(case=OuterRef("pk"), to_stage__in=LOOKED_AT)
    redone = Q(redo_of__isnull=False)  # the words of the case that is done again
    ended = ~Q(stage__in=NOT_LOOKED_AT) & Q(Exists(accepted))
    return Q(stage__in=LOOKED_AT) | redone | ended


def accepted_among(cases: Iterable[Case]) -> set[int]:
    """Ids of those that were accepted at some time; no query unless one of them has ended."""
    cases = list(cases)
    accepted = {case.pk for case in cases if case.stage in LOOKED_AT}
    ended = [case.pk for case in cases if case.stage not in LOOKED_AT | NOT_LOOKED_AT]
    if ended:
        lines = CaseMove.objects.filter(case__in=ended, to_stage__in=LOOKED_AT)
        accepted.update(lines.values_list("case_id", flat=True))
    return accepted
