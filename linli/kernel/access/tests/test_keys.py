"""Keys of machines: shown once, withdrawn at once, never in a person's name."""

from __future__ import annotations

import pytest

from linli.kernel.access.actions import (
    deactivate_account,
    make_client_account,
    make_key,
    withdraw_key,
)
from linli.kernel.access.errors import AccountInvalid, NameTaken, OwnRights, UnknownKey
from linli.kernel.access.models import Account, ApiKey
from linli.kernel.access.queries import actor_for_key, keys_for
from linli.kernel.access.tests.office import Office
from linli.kernel.audit.models import AuditLine
from linli.kernel.errors import NotAllowed, NotFound
from tests.world import DAY, MONDAY, World


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


@pytest.fixture
def hotline(office: Office) -> Account:
    return make_client_account(username="热线平台", by=office.security, now=MONDAY)


def test_a_key_opens_what_its_account_may_until_it_is_withdrawn(
    office: Office, hotline: Account
) -> None:
    office.give("热线平台", "intake_client")
    key = make_key(hotline.pk, name="工单推送", by=office.security, now=MONDAY)
    assert actor_for_key(key, on=DAY).may("cases.report")
    assert key not in str(list(AuditLine.objects.values()))

    row = ApiKey.objects.get(account=hotline)
    assert withdraw_key(row.pk, by=office.security, now=MONDAY).withdrawn_at == MONDAY
    with pytest.raises(UnknownKey):
        actor_for_key(key, on=DAY)
    with pytest.raises(AccountInvalid, match="已经停用"):
        withdraw_key(row.pk, by=office.security, now=MONDAY)
    with pytest.raises(NotFound):
        withdraw_key(10**9, by=office.security, now=MONDAY)


def test_a_key_never_acts_in_the_name_of_a_person_nor_for_a_closed_account(
    office: Office, hotline: Account
) -> None:
    deactivate_account(hotline.pk, by=office.security, now=MONDAY)
    with pytest.raises(AccountInvalid, match="以他的名义") as person:
        make_key(office.account("clerk").pk, name="x", by=office.security, now=MONDAY)
    with pytest.raises(AccountInvalid, match="先启用"):
        make_key(hotline.pk, name="x", by=office.security, now=MONDAY)
    with pytest.raises(OwnRights):
        make_key(office.account("security_admin").pk, name="x", by=office.security, now=MONDAY)
    assert person.value.field == "account"
    assert not ApiKey.objects.exists()


def test_two_keys_of_one_account_have_two_names(office: Office, hotline: Account) -> None:
    make_key(hotline.pk, name="推送", by=office.security, now=MONDAY)
    with pytest.raises(NameTaken) as refused:
        make_key(hotline.pk, name=" 推送 ", by=office.security, now=MONDAY)
    assert refused.value.field == "name"
    for wrong in ("", "名" * 61):
        with pytest.raises(AccountInvalid) as named:
            make_key(hotline.pk, name=wrong, by=office.security, now=MONDAY)
        assert named.value.field == "name"
    withdraw_key(ApiKey.objects.get().pk, by=office.security, now=MONDAY)
    make_key(hotline.pk, name="推送", by=office.security, now=MONDAY)
    assert [key.withdrawn_at is None for key in keys_for(office.security)] == [True, False]


def test_keys_are_listed_and_withdrawn_by_whoever_manages_access(
    office: Office, hotline: Account
) -> None:
    make_key(hotline.pk, name="推送", by=office.security, now=MONDAY)
    assert not keys_for(office.world.actors["system_admin"]).exists()
    assert not keys_for(office.narrow("C1")).exists()
    for who in (office.world.actors["system_admin"], office.world.actors["acceptor"]):
        with pytest.raises(NotAllowed):
            withdraw_key(ApiKey.objects.get().pk, by=who, now=MONDAY)
    with pytest.raises(NotFound):
        withdraw_key(ApiKey.objects.get().pk, by=office.narrow("C1"), now=MONDAY)
    assert ApiKey.objects.get().withdrawn_at is None
