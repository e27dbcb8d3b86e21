"""工单时限: the dated limits by kind of order and of the time to answer, and sets of other places to begin with."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.cases.actions.order_limits import CLOCKS, presets, set_order_limit, take_preset
from linli.cases.models import WorkOrder
from linli.cases.promise import USUAL_ANSWER
from linli.cases.queries import order_limits as limits_on
from linli.kernel.calendar.local import local_day
from linli.screens.console.form_page import Asking, fill_in, sent
from linli.screens.console.limits.forms import LimitForm, PresetForm
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs

HERE = "console:standards"
LIST = "console:order_limits"


@require_GET
@needs("cases.settings")
def order_limits(request: PageRequest) -> HttpResponse:
    """What is in force or coming, each with its source; what may be taken over from other places."""
    today = local_day(request.now)
    kinds = dict(WorkOrder.Kind.choices)
    return page(
        request,
        "console/limits/limits.html",
        title=_("工单时限"),
        here=HERE,
        trail=[],
        rows=[
            {
                "row": row,
                "clock": CLOCKS[row.clock],
                "kind": kinds.get(row.variant, ""),
                "coming": row.valid_from > today,
            }
            for row in limits_on(today)
        ],
        presets=[
            {"one": one, "limits": [(kinds[code], limit) for code, limit in one.limits.items()]}
            for one in presets()
        ],
        usual_answer=USUAL_ANSWER,
    )


@require_http_methods(["GET", "POST"])
@needs("cases.settings")
def limit_new(request: PageRequest) -> HttpResponse:
    """One limit from a day on."""
    return fill_in(
        request,
        LimitForm(sent(request), today=local_day(request.now)),
        _asking(_("新的工单时限"), _("保存")),
        do=lambda given: set_order_limit(**given, by=request.actor, now=request.now),
    )


@require_http_methods(["GET", "POST"])
@needs("cases.settings")
def preset_new(request: PageRequest, code: str) -> HttpResponse:
    """All limits of a place from a day on."""
    chosen = next((one for one in presets() if one.code == code), None)
    if chosen is None:
        raise Http404
    return fill_in(
        request,
        PresetForm(sent(request), today=local_day(request.now)),
        _asking(_("采用“%(name)s”的时限") % {"name": chosen.name}, _("采用"), words=chosen.source),
        do=lambda given: take_preset(code, **given, by=request.actor, now=request.now),
    )


def _asking(title: str, button: str, *, words: str = "") -> Asking:
    return Asking(
        title=title, here=HERE, button=button, back=reverse(LIST), done=_("已保存。"), words=words
    )
