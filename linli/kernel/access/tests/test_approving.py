"""Nobody becomes a second administrator, or somebody else, alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from linli.kernel.access.actions import (
    deactivate_account,
    end_post,
    make_administrator,
    reset_password,
)
from linli.kernel.access.approving import (
    GOOD_FOR,
    WAITS_FOR,
    approvals_to_decide,
    ask_approval,
    decide_approval,
)
from linli.kernel.access.errors import ApprovalGone, NeedsApproval, OwnApproval
from linli.kernel.access.models import Account, Approval, PostHolding
from linli.kernel.access.queries import actor_for
from linli.kernel.access.tests.office import Office
from linli.kernel.acting import SYSTEM, Actor
from linli.kernel.errors import NotAllowed
from tests.world import DAY, MONDAY, World


@pytest.fixture
def auditor(world: World) -> Actor:
    """Somebody who reads the audit log and has been here before."""
    role = Office(world).role("audit_admin")
    made = make_administrator(username="auditor", role_id=role, by=SYSTEM, now=MONDAY)
    Account.objects.filter(pk=made.account.pk).update(last_login=MONDAY)
    return actor_for(Account.objects.get(pk=made.account.pk), on=DAY)


def asked(by: Actor, act: Callable[[], object]) -> Approval:
    with pytest.raises(NeedsApproval) as needed:
        act()
    return ask_approval(needed.value.subject, needed.value.words, by=by, now=MONDAY)


def test_the_only_administrator_sets_up_the_office_alone(world: World) -> None:
    office = Office(world)
    assert reset_password(office.account("acceptor").pk, by=office.security, now=MONDAY).password


def test_a_reset_needs_another_administrator_and_is_good_once(world: World, auditor: Actor) -> None:
    office = Office(world)
    account = office.account("acceptor")
    before = account.password

    def reset(days: timedelta = timedelta()) -> str:
        return reset_password(account.pk, by=office.security, now=MONDAY + days).password

    row = asked(office.security, reset)
    assert asked(office.security, reset) == row
    account.refresh_from_db()
    assert account.password == before

    assert approvals_to_decide(auditor, now=MONDAY) == [row]
    assert approvals_to_decide(office.security, now=MONDAY) == []
    decide_approval(row.pk, agree=True, by=auditor, now=MONDAY)
    assert reset()
    asked(office.security, reset)  # used up


def test_an_agreement_is_good_for_a_day(world: World, auditor: Actor) -> None:
    office = Office(world)
    account = office.account("acceptor")
    row = asked(office.security, lambda: reset_password(account.pk, by=office.security, now=MONDAY))
    decide_approval(row.pk, agree=True, by=auditor, now=MONDAY)
    with pytest.raises(NeedsApproval):
        reset_password(account.pk, by=office.security, now=MONDAY + GOOD_FOR)


def test_a_refusal_and_an_old_request_let_nothing_happen(world: World, auditor: Actor) -> None:
    office = Office(world)
    account = office.account("acceptor")

    def reset() -> object:
        return reset_password(account.pk, by=office.security, now=MONDAY)

    refused = asked(office.security, reset)
    decide_approval(refused.pk, agree=False, by=auditor, now=MONDAY)
    old = asked(office.security, reset)
    with pytest.raises(ApprovalGone):
        decide_approval(old.pk, agree=True, by=auditor, now=MONDAY + WAITS_FOR)
    with pytest.raises(ApprovalGone):
        decide_approval(refused.pk, agree=True, by=auditor, now=MONDAY)
    asked(office.security, reset)


def test_nobody_agrees_to_the_own_request_or_to_one_about_themselves(
    world: World, auditor: Actor
) -> None:
    office = Office(world)
    second = make_administrator(
        username="second", role_id=office.role("system_admin"), by=SYSTEM, now=MONDAY
    ).account
    Account.objects.filter(pk=second.pk).update(last_login=MONDAY)
    concerned = actor_for(second, on=DAY)
    row = asked(office.security, lambda: reset_password(second.pk, by=office.security, now=MONDAY))
    for who in (office.security, concerned):
        with pytest.raises(OwnApproval):
            decide_approval(row.pk, agree=True, by=who, now=MONDAY)
    with pytest.raises(NotAllowed):
        decide_approval(row.pk, agree=True, by=world.actors["acceptor"], now=MONDAY)
    assert not Approval.objects.get().agreed


def test_making_an_administrator_needs_another_one(world: World, auditor: Actor) -> None:
    office = Office(world)
    before = PostHolding.objects.count()

    def make() -> object:
        return make_administrator(
            username="boss", role_id=office.role("system_admin"), by=office.security, now=MONDAY
        )

    row = asked(office.security, make)
    post = asked(office.security, lambda: office.give("acceptor", "audit_admin"))
    assert (Account.objects.filter(username="boss").exists(), PostHolding.objects.count()) == (
        False,
        before,
    )
    decide_approval(row.pk, agree=True, by=auditor, now=MONDAY)
    decide_approval(post.pk, agree=True, by=auditor, now=MONDAY)
    make()
    office.give("checker", "checker", area="C2")  # an ordinary post needs nobody
    assert PostHolding.objects.count() == before + 2


def test_whoever_must_agree_is_not_removed_by_whoever_asks(world: World, auditor: Actor) -> None:
    office = Office(world)
    account = Account.objects.get(username="auditor")
    row = asked(
        office.security,
        lambda: deactivate_account(account.pk, by=office.security, now=MONDAY),
    )
    asked(
        office.security,
        lambda: end_post(office.post_of("auditor").pk, last=DAY, by=office.security, now=MONDAY),
    )
    account.refresh_from_db()
    assert account.is_active
    decide_approval(row.pk, agree=True, by=auditor, now=MONDAY)
    assert not deactivate_account(account.pk, by=office.security, now=MONDAY).is_active


def test_what_was_agreed_is_the_post_as_it_was_asked_for(world: World, auditor: Actor) -> None:
    office = Office(world)
    one_day: dict[str, Any] = {"valid_until": DAY}
    row = asked(office.security, lambda: office.give("acceptor", "audit_admin", **one_day))
    decide_approval(row.pk, agree=True, by=auditor, now=MONDAY)
    with pytest.raises(NeedsApproval):
        office.give("acceptor", "audit_admin")
    assert office.give("acceptor", "audit_admin", **one_day).valid_until == DAY


def test_an_administrator_who_never_came_is_nobody_to_ask(world: World) -> None:
    office = Office(world)
    make_administrator(
        username="auditor", role_id=office.role("audit_admin"), by=SYSTEM, now=MONDAY
    )
    assert reset_password(office.account("acceptor").pk, by=office.security, now=MONDAY).password
