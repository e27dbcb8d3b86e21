"""Where the day of an administrator begins: what an office still needs, and the lists that want looking at."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.cases.flow import CASE
from linli.kernel.access.queries import (
    accounts_for,
    accounts_in_state,
    rights_in_use,
    staff_in_state,
)
from linli.kernel.acting import Actor
from linli.kernel.calendar.local import local_day
from linli.kernel.calendar.queries import year_wanted
from linli.kernel.organisations.queries import organizations_for
from linli.kernel.people.queries import grids_without_leader, staff_for, workers_by_grid
from linli.kernel.places.models import AreaLevel
from linli.kernel.places.queries import areas_of_level
from linli.screens.console.labels import words_of
from linli.screens.console.menu import page
from linli.screens.console.people.words import ACCOUNT_STATES, RIGHTS, STAFF_STATES
from linli.screens.shared.guard import PageRequest, needs

SECURITY, SYSTEM = "access.manage", "people.edit"
IMPORT_COMMAND = "bin/linli places import grids.geojson"


class Step(NamedTuple):
    """One thing an office needs before it can work. `right` says which administrator does it."""

    title: str
    words: str
    done: bool
    right: str
    address: str = ""
    button: str = ""
    command: str = ""


@require_GET
@needs("access.manage", "people.edit")
def start(request: PageRequest) -> HttpResponse:
    """The steps of a new office, ticked as they are done; afterwards only the figures."""
    steps = _steps(request)
    return page(
        request,
        "console/home/start.html",
        title=_("管理首页"),
        here="console:start",
        steps=[{"step": one, "mine": request.actor.may(one.right)} for one in steps],
        ready=all(one.done for one in steps),
        done_count=sum(one.done for one in steps),
        year_wanted=year_wanted(local_day(request.now)),
        may_enter_year=request.actor.may("calendar.edit"),
        figures=[*_people_figures(request), *_access_figures(request)],
    )


@require_GET
@needs("people.edit")
def leaderless(request: PageRequest) -> HttpResponse:
    """Grids that nobody leads today, with whoever works there."""
    today = local_day(request.now)
    grids = list(grids_without_leader(request.actor, today).select_related("parent"))
    workers = workers_by_grid([grid.pk for grid in grids], today)
    return page(
        request,
        "console/home/leaderless.html",
        title=_("缺网格长的网格"),
        here="console:start",
        rows=[{"grid": grid, "workers": workers.get(grid.pk, [])} for grid in grids],
    )


def _steps(request: PageRequest) -> list[Step]:
    rights = rights_in_use(on=local_day(request.now))
    administrator = reverse("console:administrator_new")
    lacking = _lacking(rights)
    return [
        Step(
            _("建立系统管理员账号"),
            _("安全、系统、审计三个管理员由三个人担任。系统管理员录入区划、单位和人员。"),
            SYSTEM in rights,
            SECURITY,
            f"{administrator}?role=system_admin",
            _("建立账号"),
        ),
        Step(
            _("建立审计管理员账号"),
            _("审计管理员只看审计日志，别人做了什么都有记录。"),
            "audit.view" in rights,
            SECURITY,
            f"{administrator}?role=audit_admin",
            _("建立账号"),
        ),
        Step(
            _("导入区划和网格"),
            _(
                "在服务器上运行下面的命令，文件可以是地图（GeoJSON），也可以是有编码、名称两列的表格；坏的逐条说明，改好可以再导入。"
            ),
            areas_of_level(AreaLevel.GRID).exists(),
            SYSTEM,
            command=IMPORT_COMMAND,
        ),
        Step(
            _("录入单位和人员"),
            _("先录入单位，再录入人员，也可以用表格一次导入；然后设班次、安排网格。"),
            _has_people(request.actor),
            SYSTEM,
            reverse("console:organizations"),
            _("录入单位"),
        ),
        Step(
            _("给人员开账号、给岗位"),
            _("还没有人能办：%(what)s。") % {"what": "、".join(lacking)}
            if lacking
            else _("每个环节都有人能办。"),
            not lacking,
            SECURITY,
            f"{reverse('console:people')}?state=no_login",
            _("去开账号"),
        ),
    ]


def _lacking(rights: set[str]) -> list[str]:
    """The links of the loop that nobody could do, in their order."""
    links = dict.fromkeys(stage.may for stage in CASE.stages if stage.open)
    return [words_of(RIGHTS, right) for right in links if right not in rights]


def _has_people(actor: Actor) -> bool:
    return organizations_for(actor).exists() and staff_for(actor).exists()


def _people_figures(request: PageRequest) -> list[dict[str, Any]]:
    today = local_day(request.now)
    everybody = staff_for(request.actor)
    units = organizations_for(request.actor).filter(retired_at=None)
    found = [
        _figure(_("单位"), units.count(), reverse("console:organizations")),
        *(
            _figure(
                words_of(STAFF_STATES, state),
                staff_in_state(everybody, state, on=today).count(),
                f"{reverse('console:people')}?state={state}",
            )
            for state in ("working", "no_login")
        ),
    ]
    if request.actor.may(SYSTEM):
        missing = grids_without_leader(request.actor, today).count()
        found.append(
            _figure(_("缺网格长的网格"), missing, reverse("console:leaderless"), alert=True)
        )
    return found


def _access_figures(request: PageRequest) -> list[dict[str, Any]]:
    if not request.actor.may(SECURITY):
        return []
    today, every = local_day(request.now), accounts_for(request.actor)
    return [
        _figure(
            words_of(ACCOUNT_STATES, state),
            accounts_in_state(every, state, on=today).count(),
            f"{reverse('console:accounts')}?state={state}",
            alert=state == "ending",
        )
        for state in ("never", "no_post", "ending")
    ]


def _figure(label: str, n: int, url: str, *, alert: bool = False) -> dict[str, Any]:
    return {"label": label, "n": n, "url": url, "alert": alert and n > 0}
