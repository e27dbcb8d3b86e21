"""Asked, endorsed, decided: what every request on a matter has in common, once for all kinds.

A module describes its request as a `RequestRule`, keeps its rows in a subclass of `Request`, and adds the rule to its
kind. What only it can refuse it refuses between `matter_to_ask` and `ask`; what only it changes is an effect that gets
the request with its decision already on it.

    case = matter_to_ask(CASES, EXTENSION, case_id, by=by)
    ask(CASES, EXTENSION, case, reason="配件未到货", by=by, now=now, deadline=deadline)
    decide(CASES, EXTENSION, request_id, agree=True, by=by, now=now, effect=_add_a_limit)

The matter is locked before the request, always, so two decisions at once wait for each other and the second is refused.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Q, QuerySet

from linli.kernel.acting import Actor, within
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.matters.conflicts import (
    handling_right,
    judges_own_unit,
    keep_axes_apart,
    keep_to_the_unit,
)
from linli.kernel.matters.errors import MissingFact, SamePerson, WrongStage
from linli.kernel.matters.kinds import Kind, kinds
from linli.kernel.matters.models import Matter, Request, TimelineEntry
from linli.kernel.matters.moving import add_entry, matter_to_change, roles_of
from linli.kernel.matters.requests import OWN_UNIT, RequestRule, Step
from linli.kernel.matters.roster import pick_decider
from linli.kernel.notify.sending import tell

Effect = Callable[..., dict[str, Any]]
"""(request, matter, *, by, now) -> facts for the timeline: what a decision does beside being written down."""

DIRECTIONS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Signs that turn the writing round; what stands beside them would read backwards."""


@dataclass(frozen=True)
class Decided:
    """A request that was answered, and the line the answer left; none where the timeline is not concerned."""

    request: Any
    matter: Any
    entry: TimelineEntry | None


@dataclass(frozen=True)
class Waiting:
    """Something on a matter that waits for somebody; `code` is the step they take on it.

    `refuse` is the form with which they refuse it, empty where the step itself asks for yes or no.
    """

    kind: str
    code: str
    matter: Any
    asked_by: str
    asked_at: datetime
    reason: str
    refuse: str = ""


def matter_to_ask(kind: Kind, rule: RequestRule, matter_id: int, *, by: Actor) -> Any:
    """The matter, locked, if this actor may ask for this on it now.

    Raises:
        NotFound, NotAllowed: out of reach, another unit's work, or nobody known by name.
        WrongStage: it has ended, or such a request waits already.
    """
    matter = matter_to_change(kind, matter_id, by=by)
    _keep_named(rule, by=by)
    if rule.asked_inside:
        keep_to_the_unit(kind.flow, matter, by=by)
    if rule.while_open and not matter.open:
        raise WrongStage(f"{kind.flow.noun}已经结束，不能再提{rule.name}。", field="reason")
    if rule.one_at_a_time and waiting_request(kind, rule, matter) is not None:
        raise WrongStage(f"已有一个{rule.name}在审批，请等待结果。", field="reason")
    return matter


def ask(
    kind: Kind, rule: RequestRule, matter: Matter, *, reason: str, by: Actor, now: datetime,
    **columns: Any,
) -> Any:  # fmt: skip
    """Store a request on a matter that `matter_to_ask` gave, and call whoever answers it; `columns` are its own."""
    request = rule.model(
        **{kind.key: matter},
        reason=_words(rule, reason, "reason", f"{rule.name}的理由"),
        asked_by_id=staff_id_of(by),
        asked_at=now,
        **columns,
    )
    request.save(force_insert=True)
    if rule.ask.code:
        add_entry(kind, matter, rule.ask.code, by=by, now=now, note=request.reason)
    _call(kind, rule, request, matter, now=now)
    return request


def endorse(
    kind: Kind, rule: RequestRule, request_id: int, *, agree: bool, opinion: str = "", by: Actor,
    now: datetime,
) -> Any:  # fmt: skip
    """The first answer: agreeing hands the request on to whoever decides, refusing ends it.

    Raises:
        NotFound, NotAllowed, SamePerson: not for this actor.
        WrongStage: endorsed or decided already.
        MissingFact: refused without a word.
    """
    assert rule.endorse is not None, f"{rule.code} is decided at once"
    request, matter = _waiting(kind, rule, request_id, by=by)
    if request.endorsed_at is not None:
        raise WrongStage(f"这个{rule.name}已经审核同意，正等下一步审批。", field="agree")
    _keep_apart(kind, rule, request, matter, rule.endorse, by=by)
    if not agree:
        return _settle(
            kind, rule, request, matter, agree=False, opinion=opinion, by=by, now=now
        ).request
    _pass_on(kind, rule, request, matter, opinion=opinion, by=by, now=now)
    return request


def decide(
    kind: Kind, rule: RequestRule, request_id: int, *, agree: bool, opinion: str = "", by: Actor,
    now: datetime, effect: Effect | None = None,
) -> Decided:  # fmt: skip
    """The last answer. Where two people have to agree, the first who does only endorses; one is enough to refuse.

    Raises:
        NotFound, NotAllowed, SamePerson: not for this actor.
        WrongStage: not endorsed yet, or decided already.
        MissingFact: without the words it needs.
    """
    request, matter = _waiting(kind, rule, request_id, by=by)
    step = rule.step(request)
    if step != rule.decide:
        raise WrongStage(f"{rule.name}要先由承办单位负责人同意。", field="agree")
    _keep_apart(kind, rule, request, matter, step, by=by)
    if agree and rule.two_voices and request.endorsed_at is None:
        entry = _pass_on(kind, rule, request, matter, opinion=opinion, by=by, now=now)
        return Decided(request, matter, entry)
    return _settle(
        kind, rule, request, matter, agree=agree, opinion=opinion, by=by, now=now, effect=effect
    )


def grant_by_move(
    kind: Kind, rule: RequestRule, matter: Matter, *, opinion: str, by: Actor, now: datetime
) -> Any:
    """Grant the request that waits on a matter, from the effect of the move that was asked for.

    Raises:
        MissingFact: nobody asked.
        SamePerson: the asker would make the move.
    """
    request = waiting_request(kind, rule, matter, lock=True)
    if request is None:
        raise MissingFact(f"要先由另一位同事提出{rule.name}并写明理由。", field="request")
    _keep_apart(kind, rule, request, matter, rule.decide, by=by)
    most = _most(rule, "opinion")
    _write(rule, request, agree=True, opinion=opinion.strip()[:most], by=by, now=now)
    _report(rule, request, matter, now=now)
    return request


def waiting_request(kind: Kind, rule: RequestRule, matter: Matter, *, lock: bool = False) -> Any:
    """The request of this sort that waits on a matter, the oldest first; None if none does."""
    rows = _rows(rule).filter(**{f"{kind.key}_id": matter.pk}, granted=None).order_by("pk")
    return (rows.select_for_update() if lock else rows).first()


def waiting_requests(actor: Actor) -> list[Waiting]:
    """Every request on a matter of any kind that this actor may answer, the oldest first.

    Whoever asked or endorsed is not asked again. What else keeps somebody from it is said when they try.
    """
    found = [
        Waiting(
            kind.code, step.code, getattr(row, kind.key), row.asked_by.name, row.asked_at, row.reason,
            rule.refuse.code if rule.refuse is not None and step == rule.decide else "",
        )
        for kind in kinds()
        for rule in kind.requests
        for step, at in _steps(rule)
        if actor.may(step.may)
        for row in _answerable(kind, rule, step, at, actor)
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.asked_at)


def required(text: str, label: str, field: str = "reason", *, most: int = 300) -> str:
    """The words without spaces around them and without signs that turn the writing round, cut to `most` characters.

    Raises:
        MissingFact: nothing was written; the sentence names `label`.
    """
    if not any(unicodedata.category(char)[0] not in "CZ" for char in text):
        raise MissingFact(f"请写明{label}。", field=field)
    return text.translate(DIRECTIONS).strip()[:most]


def staff_id_of(by: Actor) -> int:
    """The person behind an actor whose permission only staff are given."""
    assert by.staff_id is not None, "the permission is given to staff only"
    return by.staff_id


def _waiting(kind: Kind, rule: RequestRule, request_id: int, *, by: Actor) -> tuple[Any, Any]:
    """Request and matter, both locked, the matter first."""
    found = _rows(rule).filter(pk=request_id).values_list(f"{kind.key}_id", flat=True).first()
    if found is None:
        raise NotFound(f"没有这个{rule.name}。", field=rule.code)
    matter = matter_to_change(kind, found, by=by)
    request = _rows(rule).select_for_update().get(pk=request_id)
    if request.granted is not None:
        who = f"{request.decided_by.name}已经裁定。" if request.decided_by else "不能再次裁定。"
        raise WrongStage(f"这个{rule.name}已有结论，{who}", field="agree")
    return request, matter


def _keep_named(rule: RequestRule, *, by: Actor) -> None:
    """Whoever asks or answers is a person with a name; otherwise nobody could be kept from the own request."""
    if by.staff_id is None:
        raise NotAllowed(f"{rule.name}要由有姓名的工作人员提出和决定，请用本人账号办理。")


def _keep_apart(
    kind: Kind, rule: RequestRule, request: Request, matter: Matter, step: Step, *, by: Actor
) -> None:
    """Refuse whoever asked, endorsed, worked on the matter, belongs to its unit or acted on the other axis."""
    _keep_named(rule, by=by)
    roles = roles_of(kind, matter)
    keep_axes_apart(roles, step.may, by=by)
    if by.staff_id == request.asked_by_id:
        raise SamePerson(f"不能决定自己申请的事，{rule.name}要由其他同事审批。", field="agree")
    if by.staff_id == request.endorsed_by_id:
        raise SamePerson(f"您已经同意过这个{rule.name}，要由另一位同事决定。", field="agree")
    if by.staff_id in rule.barred(request, roles):
        raise SamePerson(f"{rule.name}要由没有参与办理{kind.flow.noun}的同事决定。", field="agree")
    if step == rule.endorse and rule.endorsed_inside:
        keep_to_the_unit(kind.flow, matter, by=by)
    elif OWN_UNIT in rule.bars and judges_own_unit(by, matter, handling_right(kind.flow)):
        raise SamePerson(f"{rule.name}要由承办单位以外的同事决定。", field="agree")


def _pass_on(
    kind: Kind, rule: RequestRule, request: Any, matter: Matter, *, opinion: str, by: Actor,
    now: datetime,
) -> TimelineEntry:  # fmt: skip
    """Note the first agreement and call whoever decides."""
    assert rule.endorse is not None, "only what is endorsed goes on to somebody else"
    note = _words(rule, opinion, "opinion", "意见", needed=False)
    request.endorsed_by_id, request.endorsed_at = by.staff_id, now
    request.save(update_fields=["endorsed_by", "endorsed_at"])
    entry = add_entry(kind, matter, rule.endorse.code, by=by, now=now, note=note)
    _call(kind, rule, request, matter, now=now)
    return entry


def _settle(
    kind: Kind, rule: RequestRule, request: Any, matter: Any, *, agree: bool, opinion: str,
    by: Actor, now: datetime, effect: Effect | None = None,
) -> Decided:  # fmt: skip
    label = "裁定意见" if rule.reasoned else "不同意的理由"
    words = _words(rule, opinion, "opinion", label, needed=rule.reasoned or not agree)
    request.granted = agree
    request.opinion = words
    facts: dict[str, Any] = {}
    if effect is not None:
        # Written first: what the effect does to the matter ends what still waits, and this is answered.
        _write(rule, request, agree=agree, opinion=words, by=by, now=now)
        facts = effect(request, matter, by=by, now=now)
        # An effect may have moved the matter; the line stands at the stage it is at now.
        matter = kind.get(matter.pk)
    _write(rule, request, agree=agree, opinion=words, by=by, now=now)
    line = rule.granted if agree else rule.refused
    entry = line and add_entry(
        kind, matter, line, by=by, now=now, note=words, facts=facts,
        public_text=rule.public if agree else "",
    )  # fmt: skip
    _report(rule, request, matter, now=now)
    return Decided(request, matter, entry or None)


def _write(
    rule: RequestRule, request: Any, *, agree: bool, opinion: str, by: Actor, now: datetime
) -> None:
    request.granted, request.opinion = agree, opinion
    request.decided_by_id, request.decided_at = by.staff_id, now
    request.save(
        update_fields=["granted", "opinion", "decided_by", "decided_at", *rule.columns],
    )


def _call(
    kind: Kind, rule: RequestRule, request: Request, matter: Matter, *, now: datetime
) -> None:
    """Tell somebody who may take the next step that it waits; the desk of approvals shows it to all of them."""
    step = rule.step(request)
    first = rule.endorse is not None and request.endorsed_at is None
    barred = rule.barred(request, roles_of(kind, matter))
    tell(
        pick_decider(matter, step.may, now=now, barred=barred),
        f"{rule.name}等您决定：{matter.headline}",
        link=rule.link or matter.link,
        about=f"{rule.code}:{request.pk}:endorse" if first else f"{rule.code}:{request.pk}",
        now=now,
        level="yellow",
    )


def _report(rule: RequestRule, request: Request, matter: Matter, *, now: datetime) -> None:
    """Tell whoever asked what came of it."""
    tell(
        request.asked_by_id,
        f"{rule.name}{'已获同意' if request.granted else '未获同意'}：{matter.headline}",
        link=rule.link or matter.link,
        about=f"{rule.code}:{request.pk}:result",
        now=now,
        level="info" if request.granted else "yellow",
    )


def _steps(rule: RequestRule) -> list[tuple[Step, Q]]:
    """The steps somebody may be waited for at, and the rows that are there."""
    if rule.endorse is None or rule.two_voices:
        return [(rule.decide, Q())]
    return [(rule.endorse, Q(endorsed_at=None)), (rule.decide, Q(endorsed_at__isnull=False))]


def _answerable(
    kind: Kind, rule: RequestRule, step: Step, at: Q, actor: Actor
) -> QuerySet[Request]:
    if kind.seen is not None:
        seen = kind.seen(actor, step.may)
    else:
        seen = kind.matter._default_manager.filter(within(actor.scope(step.may)))
    rows = _rows(rule).filter(at, **{f"{kind.key}__in": seen}, granted=None)
    if rule.while_open:
        rows = rows.filter(**{f"{kind.key}__open": True})
    if actor.staff_id is not None:
        rows = rows.exclude(asked_by=actor.staff_id).exclude(endorsed_by=actor.staff_id)
    related = [kind.key, *(f"{kind.key}__{name}" for name in kind.related)]
    return rows.select_related(*related, "asked_by")


def _words(rule: RequestRule, text: str, name: str, label: str, *, needed: bool = True) -> str:
    """The words without spaces around them; too many are refused, since nobody would see that some are gone."""
    words = text.strip()
    most = _most(rule, name)
    if needed and not words:
        raise MissingFact(f"请写明{label}。", field=name)
    if len(words) > most:
        raise MissingFact(f"{label}有 {len(words)} 个字，最多 {most} 个字，请缩短。", field=name)
    return words


def _most(rule: RequestRule, name: str) -> int:
    field = rule.model._meta.get_field(name)
    assert isinstance(field, CharField), "the words of a request have a most"
    assert field.max_length is not None, "the words of a request have a most"
    return field.max_length


def _rows(rule: RequestRule) -> QuerySet[Any]:
    return rule.model._default_manager.all()
