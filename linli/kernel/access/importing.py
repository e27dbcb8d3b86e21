"""Logins and posts for many people at once, from the table by which they were entered (`people.importing`).

A row finds its person by 工号, makes the login if there is none (user name: the employee number in small letters), and
gives the post named in 岗位 over the area of 辖区编码: 本级及以下, for a grid 网格, without an area 本单位; the column
数据范围 may say otherwise. Bad rows are listed, good ones stay, and a post that is held already is counted as known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from linli.kernel.access.actions import NewLogin, give_post, make_account
from linli.kernel.access.errors import PostInvalid, PostRefused
from linli.kernel.access.models import Account, DataScope, Role
from linli.kernel.acting import Actor, action
from linli.kernel.calendar.local import local_day
from linli.kernel.errors import LinliError
from linli.kernel.people.importing import COLUMNS, given_in, refusal_of
from linli.kernel.people.queries import staff_within
from linli.kernel.places.models import Area, AreaLevel
from linli.kernel.tables.columns import Layout
from linli.kernel.tables.reading import Row, Table
from linli.kernel.tables.results import Imported

POSTS = Layout("岗位", COLUMNS, needed=(("employee_no",), ("post",)))

SCOPES: dict[str, DataScope] = {str(one.label): one for one in DataScope} | {
    "只看本级": DataScope.LEVEL
}

OTHER_NAMES = {"专职网格员": "网格员", "兼职网格员": "网格员"}
"""Duties in a grid that are one role."""


MADE = "made"
"""What `PostImport.more` counts: logins made."""


@dataclass
class PostImport(Imported):
    """What an import did, or in a dry run would do; `logins` are new, with their passwords, empty in a dry run."""

    logins: list[NewLogin] = field(default_factory=list)


@action(may="access.manage")
def import_posts(table: Table, *, by: Actor, now: datetime, dry_run: bool = False) -> PostImport:
    """Make logins and give posts from today on; the number stored is that of posts given."""
    result = table.begun(PostImport(dry_run=dry_run, more={MADE: 0}))
    with transaction.atomic():
        logins = _take(table.rows, result, by=by, now=now)
        result.logins = [] if dry_run else logins
        transaction.set_rollback(dry_run)
    return result


def take_posts(
    rows: Sequence[Row],
    result: Imported,
    *,
    options: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> list[int]:
    """Make logins and give posts for some rows; the ids of the new accounts.

    Their passwords are told to nobody: `renew_first_passwords` makes the ones that are handed over.
    """
    return [one.account.pk for one in _take(rows, result, by=by, now=now)]


def _take(rows: Sequence[Row], result: Imported, *, by: Actor, now: datetime) -> list[NewLogin]:
    logins = []
    for row in rows:
        notes: list[str] = []
        try:
            with transaction.atomic():
                login = _appoint(given_in(row, notes), by=by, now=now)
        except PostRefused:
            result.known += 1
        except LinliError as refused:
            result.refused.append(refusal_of(row, refused))
        else:
            result.stored += 1
            result.notes += notes
            result.count(MADE, login is not None)
            logins += [login] if login is not None else []
    return logins


def _appoint(given: dict[str, str], *, by: Actor, now: datetime) -> NewLogin | None:
    number = given["employee_no"]
    staff = staff_within(by.scope("access.manage")).filter(employee_no__iexact=number).first()
    if staff is None:
        raise PostInvalid(
            f"没有工号为“{number}”的人员，请系统管理员先导入人员。", field="employee_no"
        )
    role, area = _role(given["post"]), _area(given["area"])
    account = Account.objects.filter(staff=staff).first()
    login = None
    if account is None:
        login = make_account(staff.pk, username=staff.employee_no.lower(), by=by, now=now)
        account = login.account
    give_post(
        account.pk,
        role_id=role.pk,
        data_scope=_scope(given["data_scope"], area),
        area_id=area.pk if area else None,
        valid_from=local_day(now),
        by=by,
        now=now,
    )
    return login


def _role(name: str) -> Role:
    if not name:
        raise PostInvalid("请填写岗位。", field="post")
    found = Role.objects.filter(name=OTHER_NAMES.get(name, name)).first()
    if found is None:
        raise PostInvalid(f"没有叫“{name}”的岗位，请照“岗位与权限对照”里的名称填写。", field="post")
    return found


def _area(code: str) -> Area | None:
    if not code:
        return None
    found = Area.objects.filter(code=code).first()
    if found is None:
        raise PostInvalid(
            f"没有编码为“{code}”的辖区，请核对；长编码在 Excel 里要设成文本。", field="area"
        )
    return found


def _scope(words: str, area: Area | None) -> str:
    if words:
        found = SCOPES.get(words)
        if found is None:
            raise PostInvalid(
                f"数据范围“{words}”看不懂，请填{'、'.join(SCOPES)}之一，或留空。",
                field="data_scope",
            )
        return found
    if area is None:
        return DataScope.ORGANIZATION
    return DataScope.GRID if area.level == AreaLevel.GRID else DataScope.BELOW
