"""代班 and 交接: who stands in for whom, and giving away what somebody has in hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from linli.kernel.calendar.local import local_day
from linli.kernel.errors import NotFound
from linli.kernel.matters.deputies import (
    beyond_reach,
    colleagues_of,
    deputies_of,
    end_deputy,
    name_deputy,
    standing_in,
)
from linli.kernel.matters.handing import (
    HandedOver,
    HandingPlan,
    hand_over_all,
    plan_hand_over,
)
from linli.kernel.matters.kinds import kind_of
from linli.kernel.matters.models import Deputy
from linli.kernel.matters.roster import loads_of
from linli.kernel.people.models import Staff
from linli.kernel.people.queries import staff_member
from linli.screens.console.form_page import Asking, fill_in, sent
from linli.screens.console.menu import ANY_STAFF, page
from linli.screens.console.people.forms import ConsoleForm, day_field, number_choice
from linli.screens.shared.guard import PageRequest, needs
from linli.screens.shared.waiting import look_of

FORM = require_http_methods(["GET", "POST"])


class DeputyForm(ConsoleForm):
    """Who, from when to when, and why."""

    valid_from = day_field(gettext_lazy("第一天"))
    valid_until = day_field(gettext_lazy("最后一天"), help_text=gettext_lazy("含当天。"))
    reason = forms.CharField(label=gettext_lazy("原因"), required=False, max_length=100)

    def __init__(self, data: Any, *, staff: Staff) -> None:
        super().__init__(data, auto_id="deputy-%s")
        found = [(one.pk, one.name) for one in colleagues_of(staff)]
        self.fields["deputy"] = number_choice(_("由谁代班"), found)
        self.order_fields(["deputy", "valid_from", "valid_until", "reason"])


class HandingForm(ConsoleForm):
    """Who takes over; nobody named means whoever the roster finds. What was looked at is sent `confirmed`."""

    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, staff: Staff) -> None:
        super().__init__(data, auto_id="handing-%s")
        found = [(one.pk, one.name) for one in colleagues_of(staff)]
        self.fields["to"] = number_choice(
            _("交给谁"), found, empty=_("按岗位自动分配"), required=False
        )

    def to_confirm(self) -> None:
        """Fix the colleague that was chosen: what is confirmed is what was shown."""
        self.fields["to"].widget = forms.HiddenInput()


@FORM
@needs(*ANY_STAFF)
def own_deputies(request: PageRequest) -> HttpResponse:
    """Who stands in for me, and for whom I do."""
    staff = Staff.objects.filter(pk=request.actor.staff_id or 0).first()
    if staff is None:
        raise NotFound("您的账号没有归到人员，不能指定代班。")
    return _deputies(request, staff, back=reverse("console:deputies"), here="console:home")


@FORM
@needs("people.edit")
def staff_deputies(request: PageRequest, staff_id: int) -> HttpResponse:
    """The same for anybody of the own area."""
    staff = staff_member(request.actor, staff_id)
    back = reverse("console:staff_deputies", args=[staff.pk])
    trail = ((staff.name, reverse("console:staff", args=[staff.pk])),)
    return _deputies(request, staff, back=back, here="console:people", trail=trail)


@require_POST
@needs(*ANY_STAFF)
def deputy_end(request: PageRequest, row_id: int) -> HttpResponse:
    """End one at once; back to the page it was on."""
    row = end_deputy(row_id, by=request.actor, now=request.now)
    messages.success(request, _("代班已结束。"))
    if request.actor.staff_id in (row.staff_id, row.deputy_id):
        return redirect("console:deputies")
    return redirect("console:staff_deputies", row.staff_id)


@FORM
@needs("people.edit")
def staff_handing(request: PageRequest, staff_id: int) -> HttpResponse:
    """Give everything somebody has in hand to others."""
    staff = staff_member(request.actor, staff_id)
    back = reverse("console:staff", args=[staff.pk])
    n = loads_of([staff.pk]).get(staff.pk, 0)
    words = _("手上 %(n)d 件事项。所选同事不能办的，自动交给能办的人；环节和时限不变。")
    asking = Asking(
        title=f"{_('交接事项')} · {staff.name}",
        here="console:people",
        button=_("看交接清单"),
        back=back,
        done="",
        words=words % {"n": n},
        trail=((staff.name, back),),
    )

    def do(given: dict[str, Any]) -> HandedOver | HandingPlan:
        step = hand_over_all if given["confirmed"] else plan_hand_over
        return step(staff_id, to=given["to"], by=request.actor, now=request.now)

    def then(made: HandedOver | HandingPlan) -> HttpResponse:
        if isinstance(made, HandingPlan):
            return _to_confirm(request, staff, asking, made)
        done = _("已交接 %(n)d 件。") % {"n": sum(made.given.values())}
        if made.left:
            done += _("还有 %(n)d 件没有岗位能办，请先设岗位。") % {"n": made.left}
        messages.success(request, done)
        return redirect(back)

    return fill_in(request, HandingForm(sent(request), staff=staff), asking, do=do, then=then)


def _to_confirm(
    request: PageRequest, staff: Staff, asking: Asking, plan: HandingPlan
) -> HttpResponse:
    """What would go to whom, and what would stay, before anything is done."""
    form = HandingForm({"to": request.POST.get("to", ""), "confirmed": "1"}, staff=staff)
    form.to_confirm()
    names = Staff.objects.in_bulk([owner for owner, _matters in plan.given])
    return page(
        request,
        "console/people/handing.html",
        title=asking.title,
        here=asking.here,
        trail=asking.trail,
        form=form,
        asking=replace(asking, button=_("确认交接"), words=""),
        shares=[(names[owner].name, matters) for owner, matters in plan.given],
        left=plan.left,
        again=reverse("console:staff_handing", args=[staff.pk]),
    )


def _deputies(
    request: PageRequest,
    staff: Staff,
    *,
    back: str,
    here: str,
    trail: tuple[tuple[str, str], ...] = (),
) -> HttpResponse:
    today = local_day(request.now)
    asking = Asking(
        title=f"{_('代班')} · {staff.name}",
        here=here,
        button=_("指定代班"),
        back=back,
        done=_("已指定代班，对方已收到消息。"),
        words=_(
            "不在的日子里，等本人办的事项同事也看得到；同事按自己的岗位权限办理，新任务先派给在岗的人。"
        ),
        trail=trail,
        template="console/people/deputies.html",
    )

    def do(given: dict[str, Any]) -> Deputy:
        return name_deputy(
            staff.pk,
            deputy_id=given["deputy"],
            valid_from=given["valid_from"],
            valid_until=given["valid_until"],
            reason=given["reason"],
            by=request.actor,
            now=request.now,
        )

    return fill_in(
        request,
        DeputyForm(sent(request), staff=staff),
        asking,
        do=do,
        deputies=[
            {"row": one, "beyond": _beyond_words(one, request)}
            for one in deputies_of(staff.pk, on=today)
        ],
        standing_in=standing_in(staff.pk, on=today),
    )


def _beyond_words(one: Deputy, request: PageRequest) -> str:
    """What waits for the colleague and lies beyond the posts of the deputy, e.g. 案件 3 件、吹哨 1 件."""
    counts = beyond_reach(one, now=request.now)
    words = _("%(kind)s %(n)d 件")
    return "、".join(
        words % {"kind": look_of(kind_of(code)).label, "n": n} for code, n in counts.items()
    )
