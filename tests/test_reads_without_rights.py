"""Lists of failures, notices and audit lines are empty for whoever has no right to them."""

from __future__ import annotations

import pytest

from linli.kernel.access.models import Account, DataScope, PostHolding
from linli.kernel.access.queries import RESIDENT, actor_for
from linli.kernel.acting import SYSTEM
from linli.kernel.audit import chain
from linli.kernel.audit.queries import audit_lines
from linli.kernel.jobs.models import Job
from linli.kernel.jobs.queries import failed_jobs
from linli.kernel.notify.models import Message
from linli.kernel.notify.queries import failed_messages, notices_for
from linli.kernel.notify.sending import tell
from tests.world import DAY, MONDAY, World


def test_failures_are_for_those_who_may_see_them(world: World) -> None:
    Job.objects.create(
        kind="x", due_at=MONDAY, made_at=MONDAY, tries=8, error="坏", given_up_at=MONDAY
    )
    Message.objects.create(
        channel="sms",
        to="1",
        text="x",
        about="x",
        made_at=MONDAY,
        send_at=MONDAY,
        error="坏",
        tries=6,
        given_up_at=MONDAY,
    )
    for actor, seen in (
        (RESIDENT, 0),
        (world.actors["acceptor"], 0),
        (world.actors["system_admin"], 1),
    ):
        assert failed_jobs(actor).count() == seen
        assert failed_messages(actor).count() == seen


def test_a_resident_has_no_inbox(world: World) -> None:
    tell(world.staff["acceptor"].pk, "待受理", link="/", about="case:1:1", now=MONDAY)
    assert notices_for(RESIDENT).count() == 0
    assert notices_for(world.actors["acceptor"]).count() == 1


def test_audit_lines_are_found_by_action_name_and_subject(world: World) -> None:
    for number in (1, 2):
        chain.write(
            at=MONDAY, actor_kind="staff", account_id=1, actor_name=f"小{number}", action="cases.close",
            subject=f"cases.case:{number}", detail={},
        )  # fmt: skip
    assert audit_lines(action="cases.").count() == 2
    assert audit_lines(name="小1").get().subject == "cases.case:1"
    assert audit_lines(subject="cases.case:2").get().actor_name == "小2"


@pytest.mark.parametrize(
    ("scope", "reaches"),
    [(DataScope.SELF, "staff"), (DataScope.GRID, "areas"), (DataScope.BELOW, "nothing")],
)
def test_a_post_without_a_place_reaches_only_the_person_or_their_grids(
    world: World, scope: DataScope, reaches: str
) -> None:
    account = Account.objects.get(username="grid_worker")
    PostHolding.objects.filter(account=account).update(
        data_scope=scope, area=None, organization=None
    )
    found = actor_for(account, on=DAY).scope("cases.handle")
    assert bool(found.staff) is (reaches in ("staff", "areas"))
    assert (("grid", world.areas["G1"]) in found.areas) is (reaches == "areas")
    assert SYSTEM.may("anything")


def test_a_machine_account_without_a_person_has_no_grids(world: World) -> None:
    account = Account.objects.get(username="grid_worker")
    account.staff = None
    account.save(update_fields=["staff"])
    PostHolding.objects.filter(account=account).update(data_scope=DataScope.GRID, area=None)
    found = actor_for(account, on=DAY)
    assert (found.kind, found.scope("cases.handle").areas) == ("client", frozenset())
