"""The frame of a console page: workspaces, menu, place, bell, account.

A workspace is what somebody of one trade has open; its entries are the menu, one workspace at a time. Only what the
person may open is there, so somebody with one post sees one or two of the workspaces and never an empty one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases.desks import DESKS, waiting_at_desks
from linli.demo.presence import demo_present
from linli.kernel.access.models import PostHolding
from linli.kernel.acting import Actor, Scope
from linli.kernel.calendar.local import local_day
from linli.kernel.engine.remembered import Remembered
from linli.kernel.notify.queries import unread_count
from linli.kernel.places.models import AreaLevel
from linli.kernel.places.queries import areas_within
from linli.screens.shared.guard import PageRequest


class Entry(NamedTuple):
    """A line of the menu; whoever has one of the permissions sees it."""

    label: str | Promise
    address: str
    icon: str
    permissions: tuple[str, ...]


class Workspace(NamedTuple):
    """Entries that belong to one trade."""

    label: str | Promise
    icon: str
    entries: tuple[Entry, ...]


CASES = ("cases.view",)
ADMINISTRATORS = ("people.edit", "access.manage")
DESKS_PAGE = "console:desks"
ANY_STAFF = ("cases.view", "audit.view", "failures.view", "access.manage", "board.view")

WORKSPACES = (
    Workspace(
        gettext_lazy("办件"),
        "list",
        (
            Entry(gettext_lazy("工作台"), "console:home", "home", CASES),
            Entry(gettext_lazy("办理台"), DESKS_PAGE, "report", tuple(one.may for one in DESKS)),
            Entry(gettext_lazy("审批台"), "console:approvals", "check-circle", CASES),
            Entry(gettext_lazy("案件列表"), "console:cases", "list", CASES),
            Entry(gettext_lazy("登记上报"), "console:intake", "edit", CASES),
            Entry(gettext_lazy("吹哨报到"), "console:whistles", "whistle", ("whistle.view",)),
            Entry(gettext_lazy("隐患检查"), "console:inspections", "shield", ("inspections.view",)),
            Entry(gettext_lazy("12345 对接"), "console:hotline", "phone", ("hotline.view",)),
        ),
    ),
    Workspace(
        gettext_lazy("研判"),
        "chart",
        (
            Entry(gettext_lazy("指标"), "console:figures", "chart", CASES),
            Entry(gettext_lazy("三率"), "console:rates", "star", CASES),
            Entry(gettext_lazy("报告"), "console:reports", "document", CASES),
            Entry(gettext_lazy("满意度与改进"), "console:improvement", "thumbs-up", CASES),
            Entry(gettext_lazy("计分卡"), "console:scorecards", "check-circle", CASES),
            Entry(gettext_lazy("热点与重复"), "console:hotspots", "location", CASES),
            Entry(gettext_lazy("每月一题"), "console:monthly", "calendar", CASES),
        ),
    ),
    Workspace(
        gettext_lazy("辖区"),
        "grid",
        (
            Entry(gettext_lazy("社区与网格"), "console:places", "grid", ("places.view",)),
            Entry(
                gettext_lazy("立案标准"),
                "console:standards",
                "document",
                ("cases.view", "cases.settings"),
            ),
            Entry(
                gettext_lazy("派遣规则"),
                "console:rules",
                "settings",
                ("cases.dispatch", "cases.settings"),
            ),
            Entry(
                gettext_lazy("派单目录"),
                "console:duties",
                "building",
                ("cases.dispatch", "cases.settings"),
            ),
            Entry(
                gettext_lazy("社区准入清单"),
                "console:community_list",
                "home",
                ("cases.dispatch", "cases.settings"),
            ),
            Entry(
                gettext_lazy("吹哨时限"), "console:whistle_limits", "whistle", ("cases.settings",)
            ),
            Entry(gettext_lazy("工作日历"), "console:calendar", "calendar", ("calendar.edit",)),
            Entry(
                gettext_lazy("时限计算"),
                "console:due",
                "calendar",
                ("cases.view", "cases.settings"),
            ),
            Entry(gettext_lazy("一屏统览"), "/board/", "fullscreen", ("board.view",)),
        ),
    ),
    Workspace(
        gettext_lazy("系统"),
        "settings",
        (
            Entry(gettext_lazy("管理首页"), "console:start", "home", ADMINISTRATORS),
            Entry(gettext_lazy("考核设置"), "console:assessment", "settings", ("cases.settings",)),
            Entry(gettext_lazy("人员与岗位"), "console:people", "users", ADMINISTRATORS),
            Entry(
                gettext_lazy("单位"),
                "console:organizations",
                "building",
                ("organisations.edit", *ADMINISTRATORS),
            ),
            Entry(gettext_lazy("账号与权限"), "console:accounts", "lock", ("access.manage",)),
            Entry(
                gettext_lazy("双人审批"),
                "console:access_approvals",
                "check-circle",
                ("access.approve",),
            ),
            Entry(gettext_lazy("接口密钥"), "console:keys", "key", ("access.manage",)),
            Entry(gettext_lazy("未成功的处理"), "console:failures", "alert", ("failures.view",)),
            Entry(gettext_lazy("审计日志"), "console:audit", "shield", ("audit.view",)),
        ),
    ),
)
"""In the order in which they are shown; none has more than nine entries, so that a menu is read at a glance."""


def page(
    request: PageRequest,
    template: str,
    *,
    title: str,
    here: str,
    trail: Sequence[tuple[str, str]] = (),
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """A page of the console. `here` names the menu's current line, `trail` are (label, address) between it and here."""
    return render(
        request,
        template,
        {
            **frame(request, here=here),
            "page_title": title,
            "breadcrumb": _trail(here, trail, title),
            **context,
        },
        status=status,
    )


def frame(request: PageRequest, *, here: str) -> dict[str, Any]:
    """What `shared/console.html` asks for."""
    actor = request.actor
    mine = workspaces_of(actor)
    opened = _opened(mine, here)
    return {
        "now": request.now,
        "demo_data": demo_present(),
        "workspaces": _switch(mine, opened),
        "menu": _menu(opened, here, badges=_badges(request, opened)),
        "home_url": "/",
        "place_name": _place(actor.scope("cases.view")),
        "search_url": reverse("console:cases") if actor.may("cases.view") else "",
        "bell_url": reverse("console:notices"),
        "unread_count": unread_count(actor),
        "account_name": actor.name,
        "account_role": _posts(actor.account_id, local_day(request.now)),
        "account_menu": _account_menu(actor),
        "logout_url": "/logout",
    }


def _account_menu(actor: Actor) -> list[dict[str, Any]]:
    own = {"label": _("代班"), "url": reverse("console:deputies"), "icon": "users"}
    password = {"label": _("修改密码"), "url": "/password", "icon": "key"}
    return [own, password] if actor.staff_id is not None else [password]


def place_of(actor: Actor) -> str:
    """The name of the widest area somebody works in; empty where there are several."""
    return _place(actor.scope("cases.view"))


def workspaces_of(actor: Actor) -> list[Workspace]:
    """The workspaces of somebody's posts, each with what the person may open."""
    mine = [
        one._replace(
            entries=tuple(
                entry
                for entry in one.entries
                if any(actor.may(permission) for permission in entry.permissions)
            )
        )
        for one in WORKSPACES
    ]
    return [one for one in mine if one.entries]


def _opened(mine: list[Workspace], here: str) -> Workspace | None:
    """The workspace a page belongs to; a page that belongs to all, like the notices, opens the first."""
    with_page = (one for one in mine if any(entry.address == here for entry in one.entries))
    return next(with_page, mine[0] if mine else None)


def _switch(mine: list[Workspace], opened: Workspace | None) -> list[dict[str, Any]]:
    """Links between the workspaces; somebody with one needs none."""
    if len(mine) < 2:
        return []
    return [
        {
            "label": one.label,
            "url": _url(one.entries[0]),
            "icon": one.icon,
            "current": one is opened,
        }
        for one in mine
    ]


def _badges(request: PageRequest, opened: Workspace | None) -> dict[str, int]:
    """What waits at the desks in the own hand, by the address of the entry; asked where the entry is seen."""
    if opened is None or all(entry.address != DESKS_PAGE for entry in opened.entries):
        return {}
    waiting = waiting_at_desks(request.actor, now=request.now).values()
    return {DESKS_PAGE: sum(one.mine for one in waiting) or sum(one.pool for one in waiting)}


def _menu(opened: Workspace | None, here: str, *, badges: dict[str, int]) -> list[dict[str, Any]]:
    if opened is None:
        return []
    items = [
        {
            "label": entry.label,
            "url": _url(entry),
            "icon": entry.icon,
            "current": entry.address == here,
            "badge": badges.get(entry.address, 0),
        }
        for entry in opened.entries
    ]
    return [{"label": opened.label, "items": items}]


def _url(entry: Entry) -> str:
    return entry.address if entry.address[0] == "/" else reverse(entry.address)


def _trail(here: str, trail: Sequence[tuple[str, str]], title: str) -> list[dict[str, Any]]:
    if not trail:
        return []
    entry = next(entry for one in WORKSPACES for entry in one.entries if entry.address == here)
    steps = [(str(entry.label), reverse(entry.address)), *trail, (title, "")]
    return [{"label": label, "url": url} for label, url in steps]


def _read_place(scope: Scope) -> str:
    """The widest area somebody works in; a name on every page tells where one is."""
    for level in (AreaLevel.DISTRICT, AreaLevel.SUBDISTRICT, AreaLevel.COMMUNITY, AreaLevel.GRID):
        names = areas_within(scope).filter(level=level).values_list("name", flat=True)[:2]
        if len(names) == 1:
            return str(names[0])
    return ""


def _read_posts(account_id: int | None, day: date) -> str:
    if account_id is None:
        return ""
    rows = PostHolding.objects.filter(account_id=account_id, valid_from__lte=day).filter(
        Q(valid_until=None) | Q(valid_until__gte=day)
    )
    return "、".join(dict.fromkeys(rows.order_by("id").values_list("role__name", flat=True)))


_place = Remembered(_read_place, seconds=30.0)
_posts = Remembered(_read_posts, seconds=30.0)
