"""Logins and posts from the table by which people were entered."""

from __future__ import annotations

from typing import Any

import pytest

from linli.kernel.access.actions.accounts import renew_first_passwords
from linli.kernel.access.importing import MADE, POSTS, PostImport, import_posts
from linli.kernel.access.models import Account, PostHolding
from linli.kernel.access.queries import unused_logins
from linli.kernel.errors import NotAllowed
from linli.kernel.people.actions import add_staff
from linli.kernel.tables.reading import Table, read_table
from linli.kernel.tables.sheets import UnreadableTable
from tests.world import DAY, MONDAY, World

HEADER = ["姓名", "工号", "岗位", "辖区编码", "数据范围"]


@pytest.fixture
def newcomer(world: World) -> str:
    unit = world.organizations["CG"].pk
    add_staff(
        name="网格员小何", employee_no="HE-1", organization_id=unit, by=world.actors["system_admin"], now=MONDAY
    )  # fmt: skip
    return "HE-1"


def table(*rows: tuple[str, ...], header: list[str] = HEADER) -> Table:
    text = "\n".join(",".join(row) for row in [header, *rows])
    return read_table("岗位.csv", text.encode(), POSTS)


def run(world: World, *rows: tuple[str, ...], **changes: Any) -> PostImport:
    given = {"by": world.actors["security_admin"], "now": MONDAY, **changes}
    return import_posts(table(*rows), **given)


def test_a_new_login_gets_its_post_and_a_password_for_one_time(world: World, newcomer: str) -> None:
    result = run(world, ("网格员小何", newcomer, "受理员", "990101001001", ""))

    account = Account.objects.get(username="he-1")
    post = PostHolding.objects.get(account=account)
    assert (result.more[MADE], result.stored, result.refused) == (1, 1, [])
    assert account.check_password(result.logins[0].password)
    assert account.must_change_password
    assert (post.role.code, post.data_scope, post.valid_from) == ("acceptor", "below", DAY)
    assert post.area_id == world.areas["C1"]


@pytest.mark.parametrize(
    ("post", "area", "scope", "expected"),
    [
        ("专职网格员", "990101001001001", "", ("grid_worker", "grid", "G1", None)),
        ("处置人员", "", "", ("handler", "organization", None, "CG")),
        ("社区工作者", "990101001001", "只看本级", ("community_clerk", "level", "C1", None)),
        ("网格员", "", "网格", ("grid_worker", "grid", None, None)),
        ("大屏", "", "全部", ("board_client", "all", None, None)),
    ],
)
def test_the_reach_follows_from_the_area_unless_it_is_written(
    world: World, newcomer: str, post: str, area: str, scope: str, expected: tuple[Any, ...]
) -> None:
    result = run(world, ("网格员小何", newcomer, post, area, scope))

    assert result.refused == []
    held = PostHolding.objects.get(account__username="he-1")
    role, data_scope, key, unit = expected
    assert (held.role.code, held.data_scope) == (role, data_scope)
    assert held.area_id == world.areas.get(key)
    assert (held.organization.code if held.organization else None) == unit


def test_bad_rows_are_named_and_leave_no_login_behind(world: World, newcomer: str) -> None:
    before = PostHolding.objects.count()
    result = run(
        world,
        ("没这人", "X-1", "受理员", "990101001", ""),
        ("网格员小何", newcomer, "", "", ""),
        ("网格员小何", newcomer, "厂长", "", ""),
        ("网格员小何", newcomer, "受理员", "123", ""),
        ("网格员小何", newcomer, "受理员", "", "银河"),
        ("网格员小何", newcomer, "受理员", "", "本级及以下"),
        ("受理员小钱", "E001", "派遣员", "990101001", ""),
        ("安全员小蒋", world.staff["security_admin"].employee_no, "受理员", "990101001", ""),
    )

    assert [(one.row, one.column) for one in result.refused] == [
        (2, "工号"), (3, "岗位"), (4, "岗位"), (5, "辖区编码"), (6, "数据范围"), (7, "辖区编码"), (8, "岗位"), (9, ""),
    ]  # fmt: skip
    assert (result.more[MADE], result.stored, result.logins) == (0, 0, [])
    assert not Account.objects.filter(username="he-1").exists()
    assert PostHolding.objects.count() == before


def test_a_second_run_and_a_trial_change_nothing(world: World, newcomer: str) -> None:
    row = ("网格员小何", newcomer, "受理员", "990101001001", "")
    trial = run(world, row, dry_run=True)
    assert (trial.more[MADE], trial.stored, trial.logins) == (1, 1, [])
    assert not Account.objects.filter(username="he-1").exists()

    run(world, row)
    again = run(world, row)
    assert (again.more[MADE], again.stored, again.known, again.refused) == (0, 0, 1, [])
    assert PostHolding.objects.filter(account__username="he-1").count() == 1


def test_a_table_without_posts_is_refused() -> None:
    with pytest.raises(UnreadableTable, match="“岗位”") as refused:
        table(header=["工号", "姓名"])
    assert refused.value.field == "file"


def test_slips_can_be_made_again_until_somebody_logs_in(world: World, newcomer: str) -> None:
    by = world.actors["security_admin"]
    first = run(world, ("网格员小何", newcomer, "受理员", "990101001001", "")).logins[0]
    ids = [first.account.pk, Account.objects.get(username="acceptor").pk]
    assert unused_logins(ids) == {first.account.pk}, "the other one does not have to change it"

    (again,) = renew_first_passwords(ids, by=by, now=MONDAY)

    account = Account.objects.get(pk=first.account.pk)
    assert account.check_password(again.password)
    assert not account.check_password(first.password)
    Account.objects.filter(pk=account.pk).update(last_login=MONDAY)
    assert renew_first_passwords(ids, by=by, now=MONDAY) == []
    assert unused_logins(ids) == set()


def test_only_whoever_manages_access_imports_posts(world: World, newcomer: str) -> None:
    with pytest.raises(NotAllowed):
        run(
            world,
            ("网格员小何", newcomer, "受理员", "990101001", ""),
            by=world.actors["system_admin"],
        )
    assert not Account.objects.filter(username="he-1").exists()
