"""The residents' first pages: what can be done here, who looks after my grid, how my data are used."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.kernel.calendar.local import local_day
from linli.kernel.people.models import GridPosting, Staff
from linli.kernel.people.queries import workers_by_grid, workers_of_grid
from linli.kernel.places.models import AreaLevel
from linli.kernel.places.queries import area_by_code, areas_of_level, grid_card
from linli.screens.resident.page import office, page
from linli.screens.shared.guard import PageRequest, anybody


@require_safe
@anybody
def home(request: PageRequest) -> HttpResponse:
    title = office().place or _("邻里")
    return page(request, "resident/home.html", title=title, back="")


@require_safe
@anybody
def workers(request: PageRequest) -> HttpResponse:
    """Communities with their telephone and their grids; one tap calls the person who looks after a grid."""
    grids = areas_of_level(AreaLevel.GRID)
    people = workers_by_grid([grid.pk for grid in grids], local_day(request.now))
    below: dict[int | None, list[dict[str, Any]]] = {}
    for grid in grids:
        lead = [_person(*pair) for pair in people.get(grid.pk, [])][:1]
        below.setdefault(grid.parent_id, []).append(
            {"code": grid.code, "name": grid.name, "person": lead[0] if lead else None}
        )
    communities = [
        {"name": one.name, "phone": one.phone, "grids": below.get(one.pk, [])}
        for one in areas_of_level(AreaLevel.COMMUNITY)
    ]
    title = _("找网格员、社区")
    return page(request, "resident/workers.html", title=title, communities=communities)


@require_safe
@anybody
def grid(request: PageRequest, code: str) -> HttpResponse:
    """The public card of a grid: who looks after it and how to reach them."""
    card = grid_card(code)
    on = local_day(request.now)
    people = [_person(*pair) for pair in workers_of_grid(area_by_code(code).pk, on)]
    back = "/home/workers"
    return page(request, "resident/grid.html", title=card.name, back=back, card=card, people=people)


@require_safe
@anybody
def privacy(request: PageRequest) -> HttpResponse:
    return page(request, "resident/privacy.html", title=_("个人信息怎么用"))


def _person(staff: Staff, duty: str) -> dict[str, str]:
    leads = duty == GridPosting.Duty.LEADER
    return {
        "name": staff.name,
        "phone": staff.phone,
        "duty": _("网格长") if leads else _("网格员"),
    }
