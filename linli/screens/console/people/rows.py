"""What the pages about people show of somebody: posts, grids, hours, login; each read once for a whole list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from linli.kernel.access.models import Account, DataScope, PostHolding
from linli.kernel.access.queries import in_force, locked_names, logins_of, posts_of
from linli.kernel.calendar.local import local_day
from linli.kernel.people.models import GridPosting, Shift, Staff
from linli.kernel.people.queries import on_duty, postings_of, shifts_of
from linli.kernel.people.rules import DAYS, week
from linli.screens.console.labels import words_of
from linli.screens.console.people.words import (
    DATA_SCOPES,
    WEEKDAYS,
    hours_in_words,
    hours_of,
)
from linli.screens.shared.guard import PageRequest


def rows_of(request: PageRequest, people: Sequence[Staff]) -> list[dict[str, Any]]:
    """A row of the list for each of some people, with a number of queries that does not grow with them."""
    today = local_day(request.now)
    ids = [one.pk for one in people]
    logins = logins_of(request.actor, ids)
    posts = posts_of(request.actor, [account.pk for account in logins.values()])
    postings, shifts = postings_of(ids), shifts_of(ids, today)
    duty = on_duty(request.now, among=ids)
    locked = locked_names((one.username for one in logins.values()), now=request.now)
    rows = []
    for one in people:
        account = logins.get(one.pk)
        held = posts.get(account.pk, []) if account else []
        rows.append(
            {
                "staff": one,
                "account": account,
                "posts": [post_facts(post, today) for post in held if in_force(post, today)],
                "grids": [each for each in postings.get(one.pk, []) if in_force(each, today)],
                "hours": hours_in_words(shifts.get(one.pk, [])),
                "on_duty": one.pk in duty and one.left_at is None,
                "tags": login_tags(one, account, locked=locked),
            }
        )
    return rows


def login_tags(
    staff: Staff | None, account: Account | None, *, locked: Iterable[str] = ()
) -> list[tuple[str, str]]:
    """(tone, words) about whether somebody can log in; nothing when all is well."""
    if staff is not None and staff.left_at is not None:
        return [("grey", _("已离职"))]
    if account is None:
        return [("line", _("没有账号"))]
    if not account.is_active:
        return [("grey", _("账号停用"))]
    tags = []
    if account.username in locked:
        tags.append(("red", _("密码输错已锁定")))
    if account.must_change_password:
        tags.append(("yellow", _("待改初始密码")))
    return tags


def post_facts(post: PostHolding, today: date) -> dict[str, Any]:
    """A post with its reach in words and whether it counts today."""
    return {
        "post": post,
        "role": post.role.name,
        "reach": reach_words(post),
        "state": state_of(post, today),
    }


def reach_words(post: PostHolding) -> str:
    """槐树里社区（本级及以下）, 城管队（本单位）, 本人负责的网格, 全部."""
    scope = words_of(DATA_SCOPES, post.data_scope)
    if post.data_scope == DataScope.GRID and post.area is None:
        return _("本人负责的网格")
    if post.data_scope == DataScope.ORGANIZATION and post.organization is not None:
        return f"{post.organization}（{scope}）"
    if post.area is not None:
        return f"{post.area.name}（{scope}）"
    return scope


def state_of(held: PostHolding | GridPosting, today: date) -> str:
    """now, to_come, past, or off for what was called off before its first day."""
    if held.valid_until is not None and held.valid_until < held.valid_from:
        return "off"
    if held.valid_from > today:
        return "to_come"
    return "now" if in_force(held, today) else "past"


def history(posts: Iterable[PostHolding], today: date) -> dict[str, list[dict[str, Any]]]:
    """Posts that count or will count, and those that are over."""
    found = [post_facts(post, today) for post in posts]
    return {
        "current": [one for one in found if one["state"] in ("now", "to_come")],
        "past": [one for one in found if one["state"] in ("past", "off")],
    }


def week_rows(shifts: Iterable[Shift]) -> list[dict[str, Any]]:
    """The week as seven lines: bars in minutes of the day, and the same in words."""
    spans = week(hours_of(shifts))
    return [
        {
            "name": words_of(WEEKDAYS, day),
            "bars": [{"start": start, "width": end - start} for start, end in spans[day]],
            "words": "、".join(f"{_minutes(start)}–{_minutes(end)}" for start, end in spans[day]),
        }
        for day in DAYS
    ]


def _minutes(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
