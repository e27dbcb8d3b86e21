"""The tricks of a handler: an account with every role, everything that can be asked for, and where to begin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import URLResolver, get_resolver

from linli.cases.actions.dispatching import add_assistance, finish_assistance
from linli.cases.actions.moving import make_move
from linli.cases.actions.remarks import ask_force_close
from linli.cases.drafts import ReportDraft
from linli.cases.facts import Facts
from linli.cases.flow import MOVES
from linli.cases.models import Case, CaseMove, Report
from linli.kernel.access.models import Account, DataScope, PostHolding, Role
from linli.kernel.access.queries import actor_for
from linli.kernel.acting import Actor
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.errors import LinliError
from linli.kernel.people.models import Staff
from linli.screens.console.cases.beside import BESIDE, Standing
from tests.walks import reported
from tests.world import DAY, MONDAY, World

JUDGING = {
    "pass_check", "close", "force_close", "redo", "merge", "cancel", "refute", "decline", "follow_up",
    "uphold_objection", "reject_objection", "review_appeal", "grant_appeal", "refuse_appeal", "grant_exclusion",
    "refuse_exclusion",
}  # fmt: skip
"""Lines by which work is checked, ended, scored, or taken out of the figures."""

FACT_FIELDS = {one.name for one in fields(Facts)}
WORKING = {"sign_for", "feedback", "self_handle", "finish_assistance"}
DEPARTMENTS = {"CG", "SW"}
DEPTH = 4
"""Moves in a row that are tried; every state within it is tried only once."""


@dataclass
class Office:
    """The world with a second open case, pictures to show, and a colleague of the handler."""

    world: World
    other: Case
    photos: tuple[int, ...]
    tried: int = 0
    done: int = 0
    seen: dict[Any, int] = field(default_factory=dict)


def opened(title: str, *, lon: float = 120.005) -> Case:
    draft = ReportDraft(
        title=title, body=f"{title}，三天没人清。", lon=lon, lat=30.005, category_code="E0111",
        contact_name="王奶奶", contact_phone="19900001234",
    )  # fmt: skip
    return reported(draft)


def with_every_role(who: str) -> Actor:
    """The account of this person holding every role everywhere, beside the post it has."""
    account = Account.objects.get(username=who)
    for role in Role.objects.all():
        PostHolding.objects.get_or_create(
            account=account, role=role, data_scope=DataScope.ALL, valid_from=date(2020, 1, 1)
        )
    forget_everything()
    return actor_for(account, on=DAY)


def facts_of(office: Office, who: str, **more: Any) -> Facts:
    """Everything any move could ask for, at once."""
    world = office.world
    given: dict[str, Any] = {
        "category": world.category.pk, "standard": world.standard.pk, "organization": world.organizations["CG"].pk,
        "worker": world.staff[who].pk if world.staff[who].organization.code == "CG" else None,
        "survivor": office.other.pk, "note": "好了", "public_reply": "好了", "outcome": "solved",
        "reason_code": "outside_duty", "closing_condition_met": True, "photo_before": office.photos,
        "photo_after": office.photos,
    }  # fmt: skip
    return Facts(**{**given, **more})


def words_of(office: Office) -> dict[str, Any]:
    """The same for what stands beside the moves, as its forms give it."""
    return {
        "reason": "因为", "agree": True, "opinion": "同意", "until": MONDAY + timedelta(days=3),
        "new_standard": office.world.standard.pk, "organization": office.world.organizations["SW"].pk,
        "kind": "assist", "note": "好了", "demand": "说明", "answer_by": MONDAY + timedelta(days=1), "answer": "好了",
        "effective": "yes", "told": "快好了", "contacted": "yes", "solved": "solved", "satisfaction": "satisfied",
    }  # fmt: skip


def options(
    office: Office, who: str, actor: Actor, *, now: datetime = MONDAY, **more: Any
) -> Iterator[tuple[str, Callable[[Case], Any]]]:
    """(name, what it does to a case): every move and everything beside the moves; `more` changes what is given."""
    given = {key: value for key, value in more.items() if key in FACT_FIELDS}
    variants = {
        "": facts_of(office, who, **given),
        " to another unit": facts_of(
            office, who, organization=office.world.organizations["SW"].pk, worker=None
        ),
    }
    for code in MOVES:
        wanted = variants if code in ("dispatch", "reassign", "hand_over") else {"": variants[""]}
        for name, facts in wanted.items():
            yield f"{code}{name}", _mover(code, actor, facts, now=now)
    for code in BESIDE:
        yield code, _beside(code, actor, {**words_of(office), **more}, now=now)


def _mover(code: str, actor: Actor, facts: Facts, *, now: datetime) -> Callable[[Case], Any]:
    return lambda case: make_move(case.pk, code, by=actor, facts=facts, now=now)


def _beside(
    code: str, actor: Actor, given: Mapping[str, Any], *, now: datetime
) -> Callable[[Case], Any]:
    return lambda case: BESIDE[code].act(Standing(case, actor, now), given)


def walk(office: Office, case: Case, *steps: tuple[str, str]) -> Case:
    """The case after (who, move) each; `colleague` is another handler of the same department."""
    actors = office.world.actors
    for who, code in steps:
        facts = facts_of(office, "handler", worker=None)
        if code == "hand_over":
            facts = facts_of(office, "handler", worker=office.world.staff["unit_leader"].pk)
        case = make_move(case.pk, code, by=actors[who], facts=facts, now=MONDAY)
    return case


FILED = (("acceptor", "accept"), ("supervisor", "register"), ("dispatcher", "dispatch"))
WORKED = (*FILED, ("handler", "sign_for"), ("handler", "feedback"))


def assisted(office: Office) -> Case:
    """水务小陈 helped with the case that 城管队 leads."""
    case = walk(office, opened("要两家办的垃圾", lon=120.0005), *FILED, ("handler", "sign_for"))
    helping = add_assistance(
        case.pk, organization=office.world.organizations["SW"].pk, kind="assist", opinion="请关阀",
        by=office.world.actors["dispatcher"], now=MONDAY,
    )  # fmt: skip
    finish_assistance(helping.pk, note="关了", by=office.world.actors["other_handler"], now=MONDAY)
    return walk(office, case, ("handler", "feedback"))


def asked_by_a_friend(office: Office) -> Case:
    """A friend has already asked that the case be closed by force."""
    case = walk(office, opened("朋友帮忙的垃圾"), *WORKED)
    ask_force_close(case.pk, reason="办好了", by=office.world.actors["leader"], now=MONDAY)
    return case


STARTS: dict[str, tuple[str, Callable[[Office], Case]]] = {
    "signed for": ("handler", lambda o: walk(o, opened("垃圾"), *WORKED[:-1])),
    "handled": ("handler", lambda o: walk(o, opened("垃圾"), *WORKED)),
    "checked by somebody": ("handler", lambda o: walk(o, opened("垃圾"), *WORKED, ("checker", "pass_check"))),
    "sent back and handled again": (
        "handler",
        lambda o: walk(o, opened("垃圾"), *WORKED, ("checker", "rework"), ("handler", "feedback")),
    ),
    "handed over after signing": (
        "handler",
        lambda o: walk(
            o, opened("垃圾"), *WORKED[:-1], ("handler", "hand_over"), ("unit_leader", "sign_for"),
            ("unit_leader", "feedback"),
        ),
    ),
    "reopened by somebody": (
        "handler",
        lambda o: walk(
            o, opened("垃圾"), *WORKED, ("checker", "pass_check"), ("supervisor", "close"), ("supervisor", "reopen")
        ),
    ),
    "put right on the spot": (
        "grid_worker", lambda o: walk(o, opened("垃圾"), ("grid_worker", "self_handle"))
    ),
    "helped with": ("other_handler", assisted),
    "force asked by a friend": ("handler", asked_by_a_friend),
    "handled by a colleague of the department": (
        "unit_leader", lambda o: walk(o, opened("垃圾"), *WORKED)
    ),
}  # fmt: skip


def ways_found(case: Case, person: Staff) -> list[str]:
    """Lines by which this person, or the department they are of, judged what was theirs."""
    found: list[str] = []
    cases = [case.pk, *Case.objects.filter(merged_into=case).values_list("pk", flat=True)]
    worked = False
    own_department = person.organization.code in DEPARTMENTS
    lines = CaseMove.objects.filter(case__in=cases).select_related("by_staff").order_by("id")
    for line in lines:
        own = line.by_staff_id == person.pk
        unit = line.by_staff.organization_id if line.by_staff else None
        colleague = own_department and unit == person.organization_id
        if own and worked and line.code in JUDGING:
            found.append(f"{line.code} from {line.from_stage}")
        worked = worked or ((own or colleague) and line.code in WORKING)
    return found


def explore(
    office: Office,
    case: Case,
    who: str,
    ways: list[tuple[str, Callable[[Case], Any]]],
    path: list[str],
) -> None:
    """Try everything from here, and from wherever it leads; the database is as before afterwards."""
    state = (
        case.stage, case.handler_id, case.handling_org_id, case.owner_id, case.merged_into_id, case.outcome,
        bool(case.returned), bool(case.reopened), case.designated, bool(case.suspended_until),
    )  # fmt: skip
    if office.seen.get(state, DEPTH + 1) <= len(path) or len(path) >= DEPTH:
        return
    office.seen[state] = len(path)
    for name, act in ways:
        office.tried += 1
        mark = transaction.savepoint()
        try:
            with transaction.atomic():
                act(case)
        except (LinliError, AssertionError):
            transaction.savepoint_rollback(mark)
            continue
        office.done += 1
        then = Case.objects.get(pk=case.pk)
        found = ways_found(then, office.world.staff[who])
        assert not found, f"{' → '.join([*path, name])}: {found}"
        explore(office, then, who, ways, [*path, name])
        transaction.savepoint_rollback(mark)


def addresses(case: Case) -> Iterator[str]:
    """Every address of the site; where one takes an argument stands what belongs to the case, else 1."""
    report = Report.objects.filter(case=case).earliest("pk")
    values = {
        "number": case.number, "receipt": report.receipt, "report_id": str(report.pk), "case_id": str(case.pk),
        "code": "E0111", "pk": str(case.pk), "id": str(case.pk), "token": report.receipt, "kind": "job",
        "form": "json", "grid": "990101001001001", "rest": "nothing",
    }  # fmt: skip
    yield from _below(get_resolver().url_patterns, "/", values)


def _below(patterns: Iterable[Any], prefix: str, values: Mapping[str, str]) -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern).lstrip("^").rstrip("$")
        if isinstance(pattern, URLResolver):
            yield from _below(pattern.url_patterns, route, values)
            continue
        for name in pattern.pattern.regex.groupindex:
            route = re.sub(
                rf"<(\w+:)?{name}>|\(\?P<{name}>[^()]*(\([^()]*\))?[^()]*\)",
                values.get(name, "1"),
                route,
            )
        yield route.replace("\\.", ".")
