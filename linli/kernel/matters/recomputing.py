"""Dues computed again when the days of a year were entered: the one recompute of stored dues, for every kind.

As long as a year lacks its notice, dues that reach into it are provisional. When it is entered (or corrected), every
open matter with a run that reaches into the year is gone through, in batches, each batch a job of its own: its runs
are computed again from their own facts under the calendar as it is now. A run whose due or mark changed leaves a line
in the timeline and in the audit log, the owner is told, and `MatterRetimed` lets the module tell whoever else was
promised something. Gone through twice, a matter changes nothing the second time.

Example: the notice of 2027 gives 4 January as a day worked: a case due provisionally on 6 January 16:00 is due on
5 January 16:00, 「时限重算：2027年放假安排已录入，截止时间由1月6日 16:00改为1月5日 16:00」.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q

from linli.kernel.acting import SYSTEM
from linli.kernel.audit import chain
from linli.kernel.calendar.errors import YearNotLoaded
from linli.kernel.calendar.local import LOCAL, local_midnight
from linli.kernel.calendar.models import YearNotice
from linli.kernel.engine import rows
from linli.kernel.events.outbox import announce
from linli.kernel.jobs.queue import enqueue
from linli.kernel.matters.clocks import new_run, retime, set_due
from linli.kernel.matters.events import MatterRetimed
from linli.kernel.matters.flow import RECOMPUTED
from linli.kernel.matters.inbox import keep_entry
from linli.kernel.matters.kinds import Kind, kinds
from linli.kernel.matters.models import ClockRun
from linli.kernel.matters.moving import COLUMNS, add_entry
from linli.kernel.matters.telling import tell_owner

JOB = "matters.recompute_year"
BATCH = 100
"""Matters gone through in one job; a batch is one transaction."""


def begin(notice_id: int, *, now: datetime) -> None:
    """Put the first batch down; doing it twice adds nothing."""
    _put(notice_id, kind="", after=0, now=now)


def recompute_year(notice_id: int, kind: str, after: int, *, now: datetime) -> None:
    """Go through the next batch of a kind and put the following one down; the last one ends the notice's work."""
    notice = YearNotice.objects.select_for_update().get(pk=notice_id)
    if notice.finished_at is not None:
        return
    every = kinds()
    if notice.found is None:
        notice.found = sum(_touched(one, notice).count() for one in every)
    codes = [one.code for one in every]
    at = codes.index(kind) if kind else 0
    ids = list(_touched(every[at], notice).filter(pk__gt=after).order_by("pk")[:BATCH])
    for matter_id in ids:
        notice.changed += _recompute(every[at], matter_id, notice, now=now)
    notice.checked += len(ids)
    if len(ids) == BATCH:
        _put(notice_id, kind=codes[at], after=ids[-1], now=now)
    elif at + 1 < len(codes):
        _put(notice_id, kind=codes[at + 1], after=0, now=now)
    else:
        notice.finished_at = now
    notice.save(update_fields=["found", "checked", "changed", "finished_at"])


def _put(notice_id: int, *, kind: str, after: int, now: datetime) -> None:
    payload = {"notice_id": notice_id, "kind": kind, "after": after}
    enqueue(JOB, payload, due_at=now, now=now, key=f"{JOB}:{notice_id}:{kind}:{after}")


def _touched(kind: Kind, notice: YearNotice) -> Any:
    """Ids of open matters with a run, or something else promised, that reaches into the year, or without a due."""
    since, until = _reach(notice)
    runs = kind.run._default_manager.filter(starts_at__lt=until, due_at__gte=since)
    hangs = Q(pk__in=runs.values(f"{kind.key}_id")) | Q(due_at=None)
    if kind.hanging is not None:
        hangs |= kind.hanging(since, until)
    return kind.matter._default_manager.filter(hangs, open=True).values_list("pk", flat=True)


def _reach(notice: YearNotice) -> tuple[datetime, datetime]:
    """From the December before, whose last days a notice may give to the new year, to the end of the year."""
    return local_midnight(date(notice.year - 1, 12, 1)), local_midnight(date(notice.year + 1, 1, 1))


def _recompute(kind: Kind, matter_id: int, notice: YearNotice, *, now: datetime) -> bool:
    """Whether anything of the matter became another."""
    matter = kind.get(matter_id)
    if matter is None or not matter.open:
        return False
    since, until = _reach(notice)
    runs = kind.run._default_manager.filter(
        **{f"{kind.key}_id": matter_id}, starts_at__lt=until, due_at__gte=since
    )
    before, marked = matter.due_at, matter.due_provisional
    changed: list[ClockRun | None] = [
        run for run in runs.order_by("id") if _differs(kind, matter, run, now=now)
    ]
    if before is None and _begin_missing(kind, matter):
        changed = [*changed, None]
    facts = kind.settled(matter, now=now, again=True) if kind.settled else {}
    if not changed and not facts:
        return False
    _store(kind, matter, now=now)
    due_changed = matter.due_at != before
    facts = {**facts, "year": notice.year, "marked_before": marked}
    if due_changed:
        facts |= {"due_before": _iso(before), "due": _iso(matter.due_at)}
    note = f"{notice.reason}，{_words(before, matter.due_at)}"
    entry = add_entry(
        kind, matter, RECOMPUTED.code, by=SYSTEM, now=now, note=note,
        public_text=f"{notice.reason}，时限重新计算" if "promised_at" in facts else "", facts=facts,
    )  # fmt: skip
    _audit(kind, matter_id, note, now=now)
    if due_changed:
        text = f"时限重算：{matter.headline}，{note}"
        tell_owner(kind, matter, text, about=f"recompute:{kind.code}:{entry.pk}", now=now, level="yellow")  # fmt: skip
    announce(MatterRetimed(kind.code, matter_id, entry.pk), now=now)
    return True


def _differs(kind: Kind, matter: Any, run: ClockRun, *, now: datetime) -> bool:
    """Compute a run again; whether its due or its mark is another now."""
    before = run.due_at, "provisional" in run.derivation
    retime(kind, matter, run, now=now)
    return before != (run.due_at, "provisional" in run.derivation)


def _begin_missing(kind: Kind, matter: Any) -> bool:
    """Start the clock that could not start without the year, as of when the matter came to it; whether it could."""
    clock = kind.flow.stage[matter.stage].clock
    own = {f"{kind.key}_id": matter.pk}
    if not clock or kind.run._default_manager.filter(**own, clock=clock, stopped_at=None).exists():
        return False
    came = matter.opened_at
    for line in kind.entry._default_manager.filter(**own).exclude(to_stage="").order_by("id"):
        if kind.flow.clock_change(line.from_stage, line.to_stage)[1] == clock:
            came = line.at
    try:
        row, run = new_run(kind, matter, kind.flow.clock[clock], starts_at=came)
    except YearNotLoaded:
        return False
    row.save()
    set_due(matter, run)
    return True


def _store(kind: Kind, matter: Any, *, now: datetime) -> None:
    matter.version += 1
    matter.changed_at = now
    rows.save(matter, (*COLUMNS, *kind.columns))
    keep_entry(kind, matter, was_open=True)


def _audit(kind: Kind, matter_id: int, note: str, *, now: datetime) -> None:
    meta = kind.matter._meta
    chain.write(
        at=now,
        actor_kind=SYSTEM.kind,
        account_id=SYSTEM.account_id,
        actor_name=SYSTEM.name,
        action=f"{meta.app_label}.{RECOMPUTED.code}",
        subject=f"{meta.label_lower}:{matter_id}",
        detail={"note": note},
        result="done",
    )


def _words(before: datetime | None, after: datetime | None) -> str:
    if before == after:
        return "截止时间不变"
    return f"截止时间由{_spoken(before)}改为{_spoken(after)}"


def _spoken(at: datetime | None) -> str:
    local = at.astimezone(LOCAL) if at else None
    return f"{local.month}月{local.day}日 {local:%H:%M}" if local else "未定"


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
