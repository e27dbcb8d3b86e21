"""Making a move: the one place where a matter of any kind changes its stage.

`make_move` reads the flow, checks right, scope, stage, version, facts, roles and holds, lets the move do its own part
(an effect of the kind), changes clock, owner and inbox, and appends the line to the timeline. Every door and screen
comes through here, so nobody ends a matter by another way.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from linli.kernel.acting import Actor
from linli.kernel.audit import chain
from linli.kernel.engine import rows
from linli.kernel.engine.rows import find
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.events.outbox import announce
from linli.kernel.files.actions import confirm_files
from linli.kernel.matters import errors
from linli.kernel.matters.clocks import change_clock
from linli.kernel.matters.conflicts import (
    keep_axes_apart,
    keep_from_own_work,
    keep_named,
    keep_to_the_unit,
)
from linli.kernel.matters.events import MatterMoved
from linli.kernel.matters.facts import TEXT_MOST, Facts
from linli.kernel.matters.flow import Move
from linli.kernel.matters.inbox import keep_entry
from linli.kernel.matters.kinds import Kind
from linli.kernel.matters.lapsing import end_requests
from linli.kernel.matters.models import EntryPhoto, Hold, Matter, TimelineEntry
from linli.kernel.matters.roles import Roles, roles_in
from linli.kernel.matters.roster import pick_owner
from linli.kernel.matters.telling import tell_owner
from linli.kernel.people.models import Staff

COLUMNS = (
    "stage", "open", "version", "owner", "handler", "handling_org", "due_at", "due_provisional", "yellow_at",
    "suspended_until", "closed_at", "changed_at",
)  # fmt: skip
"""What a move may change on every matter; a kind adds its own columns."""


def make_move(
    kind: Kind, matter_id: int, code: str, *, by: Actor, facts: Facts, now: datetime
) -> Any:
    """Make one move of the flow on one matter; the matter.

    Raises:
        UnknownMove, NotAllowed, NotFound, Conflict, WrongStage, MissingFact, SamePerson, Held.
    """
    move = kind.flow.move.get(code)
    if move is None:
        raise errors.UnknownMove(f"没有“{code}”这个操作。", field="move")
    if not by.may(move.may):
        _audit(kind, move, matter_id, by, now, "refused")
        raise NotAllowed(f"您的岗位不能“{move.name}”，请交给有此权限的同事。")
    by = replace(by, doing=move.may)
    with transaction.atomic(), rows.together():
        matter = matter_to_change(kind, matter_id, by=by)
        check_move(kind, matter, move, by=by, facts=facts)
        apply_move(kind, matter, move, by=by, facts=facts, now=now)
        _audit(kind, move, matter_id, by, now, "done")
    return matter


def matter_to_change(kind: Kind, matter_id: int, *, by: Actor) -> Any:
    """The matter, locked until the transaction ends, if what the actor is doing reaches it.

    Raises:
        NotFound: no such matter, or out of the actor's scope.
    """
    matter = kind.get(matter_id)
    if matter is None or not kind.covers(by, matter, by.doing):
        raise NotFound("没有找到这个事项，或不在您的管辖范围内。", field="number")
    return matter


def check_move(kind: Kind, matter: Matter, move: Move, *, by: Actor, facts: Facts) -> None:
    """Refuse what table, roles, holds or the kind's own checks do not allow."""
    flow = kind.flow
    if facts.version is not None and facts.version != matter.version:
        raise errors.Conflict(
            f"{flow.noun}刚被他人更新（您看到的是第 {facts.version} 版，现为第 {matter.version} 版），请刷新后再办。",
            field="version",
        )
    for check in kind.checks:
        check(matter, move, by=by, facts=facts)
    if matter.stage not in move.sources:
        raise errors.WrongStage(
            f"“{flow.stage[matter.stage].name}”的{flow.name}不能“{move.name}”，请刷新后查看当前环节。",
            field="move",
        )
    check_texts(facts)
    for name in move.required_fields:
        if not facts.given(name):
            raise errors.MissingFact(f"“{move.name}”需要填写{flow.fact_names[name]}。", field=name)
    _check_roles(kind, matter, move, by=by)
    if move.code in flow.ending:
        _check_holds(kind, matter, move)


def check_texts(facts: Facts) -> None:
    """Refuse a text that is too long."""
    name = facts.too_long()
    if name:
        size = len(getattr(facts, name))
        raise errors.TooLong(f"写了 {size} 个字，最多 {TEXT_MOST} 个字，请删减。", field=name)


def apply_move(
    kind: Kind, matter: Matter, move: Move, *, by: Actor, facts: Facts, now: datetime
) -> TimelineEntry:
    """Carry out a move that was already found allowed, on a locked matter."""
    source, was_open, unit = matter.stage, matter.open, matter.handling_org_id
    effect = kind.effects.get(move.code)
    noted = effect(matter, by=by, facts=facts, now=now) if effect else {}
    if move.target is not None and matter.stage == source:
        matter.stage = str(move.target)
    why = _settle(kind, matter, source, move, by=by, now=now)
    if kind.settled is not None:
        noted = {**noted, **kind.settled(matter, now=now)}
    matter.version += 1
    matter.changed_at = now
    rows.save(matter, (*COLUMNS, *kind.columns))
    keep_entry(kind, matter, was_open=was_open)
    end_requests(kind, matter, source=source, unit_before=unit, now=now)
    entry = add_entry(
        kind, matter, move.code, source=source, by=by, now=now, note=f"{facts.note.strip()}\n{why}".strip(),
        public_text=facts.public_reply.strip() or move.public, facts=noted,
    )  # fmt: skip
    if kind.keep_photos is not None:
        kind.keep_photos(matter, entry, by=by, facts=facts, now=now)
    elif kind.photo is not None:
        _keep_photos(kind.photo, entry, by=by, facts=facts, now=now)
    if kind.followed is not None:
        kind.followed(matter, move, entry, by=by, facts=facts, now=now)
    return entry


def open_matter(
    kind: Kind, matter: Matter, *, by: Actor, now: datetime, code: str, note: str = "",
    public_text: str = "", facts: dict[str, Any] | None = None, owner_known: bool = False,
) -> TimelineEntry:  # fmt: skip
    """Store a new matter with its first clock, its owner, its inbox entry and the first line of its timeline."""
    with rows.together():
        if not owner_known:
            give(kind, matter, now=now)
        rows.insert(matter)
        change_clock(kind, matter, "", now=now)
        if kind.settled is not None:
            facts = {**(facts or {}), **kind.settled(matter, now=now)}
        rows.save(matter, (*COLUMNS, *kind.columns))
        keep_entry(kind, matter, was_open=False)
        return add_entry(
            kind,
            matter,
            code,
            source="",
            by=by,
            now=now,
            note=note,
            public_text=public_text,
            facts=facts,
        )


def add_entry(
    kind: Kind, matter: Matter, code: str, *, source: str | None = None, by: Actor, now: datetime,
    note: str = "", public_text: str = "", facts: dict[str, Any] | None = None,
) -> TimelineEntry:  # fmt: skip
    """Append a line to the timeline and announce it if it opened the matter or is a move."""
    entry = kind.entry(
        **{kind.key: matter},
        **(kind.around(matter) if kind.around else {}),
        code=code,
        from_stage=matter.stage if source is None else source,
        to_stage=matter.stage,
        at=now,
        by_kind=by.kind,
        by_name=by.name,
        by_staff_id=by.staff_id,
        note=note,
        public_text=public_text,
        facts=facts or {},
    )
    rows.insert(entry)
    if source is not None:
        announce(MatterMoved(kind.code, matter.pk, entry.pk, code, source, matter.stage), now=now)
    return entry


def give(
    kind: Kind, matter: Matter, *, now: datetime, barred: frozenset[int] = frozenset()
) -> None:
    """Find who has to act on a matter at its stage; the caller saves it."""
    matter.owner_id, sentence = pick_owner(kind.flow, matter, now=now, barred=barred)
    matter.note_owner(sentence)


def roles_of(kind: Kind, matter: Matter) -> Roles:
    """Who was what in a matter so far."""
    if kind.roles is not None:
        return kind.roles(matter)
    lines = kind.entry._default_manager.filter(
        **{f"{kind.key}_id": matter.pk}, by_staff__isnull=False
    )
    return roles_in(
        kind.flow, lines.values_list("code", "by_staff_id"), handler_id=matter.handler_id
    )


def _keep_photos(
    model: type[EntryPhoto], entry: TimelineEntry, *, by: Actor, facts: Facts, now: datetime
) -> None:
    """The pictures among the facts, each with the name of its fact as its kind."""
    for name in facts.photo_names():
        files = confirm_files(getattr(facts, name), by=by, now=now)
        line: dict[str, Any] = {"entry": entry, "kind": name}
        model._default_manager.bulk_create(model(file=file, **line) for file in files)


def barred_from(kind: Kind, matter: Matter) -> frozenset[int]:
    """Who may not be given a matter at its stage: whoever did the work does not judge it."""
    if kind.barred is not None:
        return kind.barred(matter)
    of_the_unit = kind.flow.stage[matter.stage].of_the_unit
    return frozenset({matter.handler_id} if matter.handler_id and not of_the_unit else ())


def _settle(
    kind: Kind, matter: Matter, source: str, move: Move, *, by: Actor, now: datetime
) -> str:
    """Owner, clock and end of a matter that has just entered a stage; why it is not whose it would have been."""
    stage, why = kind.flow.stage[matter.stage], ""
    matter.open = stage.open
    if stage.open:
        gone = _gone(matter, by=by) if stage.of_the_unit else None
        if gone is not None:
            matter.owner_id, why = None, f"{gone.name}已离职，改由承办单位的其他人办理。"
        if not stage.of_the_unit or not matter.owner_id:
            left = frozenset({gone.pk} if gone else ())
            give(kind, matter, now=now, barred=barred_from(kind, matter) | left)
        matter.closed_at = None
        tell_owner(
            kind,
            matter,
            f"{stage.name}：{matter.headline}",
            about=f"{kind.code}:{matter.pk}:{matter.version + 1}",
            now=now,
            level=kind.flow.notice,
        )
    else:
        matter.owner_id = None
        matter.closed_at = now
        if kind.ended is not None:
            kind.ended(matter)
    change_clock(kind, matter, source, now=now, run_on=move.runs_on)
    return why


def _gone(matter: Matter, *, by: Actor) -> Staff | None:
    """Whoever would get the matter, if they work here no longer; whoever acts now does."""
    if matter.owner_id in (None, by.staff_id):
        return None
    return Staff.objects.filter(pk=matter.owner_id, left_at__isnull=False).first()


def _check_roles(kind: Kind, matter: Matter, move: Move, *, by: Actor) -> None:
    keep_named(kind.flow, move, by=by)
    if move.of_the_unit:
        keep_to_the_unit(kind.flow, matter, by=by)
    if by.staff_id is None or not (move.barred or move.may in kind.flow.axes):
        return
    roles = roles_of(kind, matter)
    if "handler" in move.barred:
        keep_from_own_work(matter, roles, by=by)
    keep_axes_apart(roles, move.may, by=by)


def _check_holds(kind: Kind, matter: Matter, move: Move) -> None:
    holds = find(Hold, kind=kind.code, matter_id=matter.pk, released_at=None)
    if holds:
        raise errors.Held(
            f"{kind.flow.noun}要等{holds[0].what}结束，请先办完它，再“{move.name}”。", field="move"
        )


def _audit(kind: Kind, move: Move, matter_id: int, by: Actor, now: datetime, result: str) -> None:
    meta = kind.matter._meta
    chain.write(
        at=now,
        actor_kind=by.kind,
        account_id=by.account_id,
        actor_name=by.name,
        action=f"{meta.app_label}.{move.code}",
        subject=f"{meta.label_lower}:{matter_id}",
        detail={},
        result=result,
        origin=by.origin,
    )
