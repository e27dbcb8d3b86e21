"""What merging and splitting change on the case that goes on: how many have reported it, and whether it is urgent.

Nothing is lost by merging, and splitting gives back what there was. Example: a missing manhole cover, urgent, is merged
into a heap of rubbish that was merged into a third case; both go on as urgent, and neither does once it is split off.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from linli.cases.flow import CASE
from linli.cases.models import Case, Merge
from linli.cases.suggesting.proposing import urgency_of
from linli.kernel.matters.inbox import keep_entry
from linli.kernel.matters.kinds import kind_of
from linli.kernel.notify.sending import tell


def take_in(survivor: Case, case: Case, *, now: datetime) -> None:
    """Let a locked case go on for another one too."""
    survivor.report_count += case.report_count
    if case.urgent and not survivor.urgent:
        tell(
            survivor.owner_id,
            f"并入了急要件，请优先办理：{survivor.number} {survivor.title}",
            link=f"/cases/{survivor.number}",
            about=f"merged:{case.pk}:{survivor.pk}",
            now=now,
            level="red",
        )
    _press(survivor, by=case)
    _keep(survivor)


def let_go(survivor_id: int, case: Case) -> None:
    """Take a case out of the one it was merged into, and out of every one that was merged on into."""
    above: int | None = survivor_id
    while above is not None:
        survivor = Case.objects.select_for_update(of=("self",)).get(pk=above)
        survivor.report_count -= case.report_count
        _press(survivor, by=_urgent_one(survivor))
        _keep(survivor)
        above = survivor.merged_into_id


def _press(case: Case, *, by: Case | None) -> None:
    """Urgent by something merged into it, or only by itself."""
    own = case.proposal.urgent
    merged = by is not None and by.urgent
    if merged == own.merged:
        return
    of_class = case.category is not None and case.category.urgent
    case.urgent = merged or own.danger or own.by_rule or of_class
    sentence = f"紧急：并入的 {by.number} 是急要件。" if by and merged else urgency_of(case)
    case.proposal = replace(case.proposal, urgent=replace(own, merged=merged, sentence=sentence))


def _urgent_one(survivor: Case) -> Case | None:
    urgent = Merge.objects.filter(survivor=survivor, undone_at=None, merged__urgent=True)
    found = urgent.select_related("merged").order_by("id").first()
    return found.merged if found else None


def _keep(case: Case) -> None:
    case.save(update_fields=["report_count", "urgent", "suggestion"])
    keep_entry(kind_of(CASE.code), case, was_open=case.open)
