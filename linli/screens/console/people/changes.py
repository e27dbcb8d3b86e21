"""Changing what is known about somebody who works here: one form, one action each."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.kernel.access.actions import end_employment
from linli.kernel.calendar.local import local_day
from linli.kernel.errors import NotFound
from linli.kernel.matters.roster import loads_of
from linli.kernel.people.actions import (
    add_staff,
    edit_staff,
    end_posting,
    mark_returned,
    post_to_grid,
    set_base,
    set_shifts,
    set_skills,
    transfer_staff,
)
from linli.kernel.people.models import GridPosting, Staff
from linli.kernel.people.queries import postings_of, shifts_of, skills_of, staff_member
from linli.screens.console import labels
from linli.screens.console.form_page import Asking, fill_in, sent
from linli.screens.console.people.forms import (
    BaseForm,
    Confirmation,
    EndForm,
    PostingForm,
    ShiftsForm,
    SkillsForm,
    StaffForm,
    TransferForm,
)
from linli.screens.shared.guard import PageRequest, needs

HERE = "console:people"
FORM = require_http_methods(["GET", "POST"])


@FORM
@needs("people.edit")
def staff_new(request: PageRequest) -> HttpResponse:
    """Enter somebody who works here."""
    form = StaffForm(sent(request), scope=request.actor.scope("people.edit"))
    asking = Asking(
        title=_("新增人员"),
        here=HERE,
        button=_("保存"),
        back=reverse(HERE),
        done=_("已保存。"),
        words=_("保存后在人员页面设班次和网格；账号和岗位由安全管理员给。"),
    )

    def do(given: dict[str, Any]) -> Staff:
        return add_staff(
            name=given["name"],
            employee_no=given["employee_no"],
            organization_id=given["organization"],
            phone=given["phone"],
            by=request.actor,
            now=request.now,
        )

    return fill_in(
        request, form, asking, do=do, then=lambda made: redirect("console:staff", made.pk)
    )


@FORM
@needs("people.edit")
def staff_details(request: PageRequest, staff_id: int) -> HttpResponse:
    """Correct name, employee number, telephone."""
    staff = staff_member(request.actor, staff_id)
    scope = request.actor.scope("people.edit")
    form = StaffForm(sent(request), scope=scope, staff=staff)
    asking = _asking(staff, title=_("修改资料"), button=_("保存"), done=_("资料已修改。"))

    def do(given: dict[str, Any]) -> Staff:
        return edit_staff(staff_id, **given, by=request.actor, now=request.now)

    return fill_in(request, form, asking, do=do)


@FORM
@needs("people.edit")
def staff_transfer(request: PageRequest, staff_id: int) -> HttpResponse:
    """Let somebody work for another organisation."""
    staff = staff_member(request.actor, staff_id)
    form = TransferForm(sent(request), scope=request.actor.scope("people.edit"))
    words = _("现在在“%(unit)s”。网格任职和岗位不会自动变，请调动后核对。")
    asking = _asking(
        staff,
        title=_("调动单位"),
        button=_("调动"),
        done=_("已调动。请核对网格任职和岗位。"),
        words=words % {"unit": staff.organization.name},
    )

    def do(given: dict[str, Any]) -> Staff:
        unit = given["organization"]
        return transfer_staff(staff_id, organization_id=unit, by=request.actor, now=request.now)

    return fill_in(request, form, asking, do=do)


@FORM
@needs("people.edit")
def staff_leaving(request: PageRequest, staff_id: int) -> HttpResponse:
    """Somebody leaves: say what ends with it, then do it."""
    staff = staff_member(request.actor, staff_id)
    left_open = loads_of([staff.pk]).get(staff.pk, 0)
    words = _("今天起：账号停用，岗位、网格任职和班次结束，密钥失效。记录都保留。")
    warning = _(
        "手上还有 %(n)d 件未办结的事项，离职后自动交给能办的同事，每件都留下“经办人交接”记录。"
    ) % {"n": left_open}
    asking = _asking(
        staff,
        title=_("办理离职"),
        button=_("办理离职"),
        done=_("已办理离职，账号已停用。"),
        words=words,
        warning=warning if left_open else "",
        danger=True,
    )
    return fill_in(
        request,
        Confirmation(sent(request)),
        asking,
        do=lambda _given: end_employment(staff_id, by=request.actor, now=request.now),
    )


@FORM
@needs("people.edit")
def staff_return(request: PageRequest, staff_id: int) -> HttpResponse:
    """Somebody is back."""
    staff = staff_member(request.actor, staff_id)
    asking = _asking(
        staff,
        title=_("办理复职"),
        button=_("复职"),
        done=_("已复职。请重新设班次和网格，并请安全管理员启用账号、给岗位。"),
        words=_("复职后资料恢复可用；班次、网格、岗位和账号要重新给。"),
    )
    return fill_in(
        request,
        Confirmation(sent(request)),
        asking,
        do=lambda _given: mark_returned(staff_id, by=request.actor, now=request.now),
    )


@FORM
@needs("people.edit")
def staff_shifts(request: PageRequest, staff_id: int) -> HttpResponse:
    """Hours on duty from a day on."""
    staff = staff_member(request.actor, staff_id)
    today = local_day(request.now)
    present = shifts_of([staff.pk], today).get(staff.pk, [])
    form = ShiftsForm(sent(request), shifts=present, today=today)
    asking = _asking(
        staff,
        title=_("设班次"),
        button=_("保存班次"),
        done=_("班次已保存。"),
        words=_("派单先派给在岗的人。不需要的行留空；全部留空就是从那天起不排班。"),
        template="console/people/shifts.html",
    )

    def do(given: dict[str, Any]) -> Staff:
        since = given["valid_from"]
        return set_shifts(
            staff_id, given["hours"], valid_from=since, by=request.actor, now=request.now
        )

    return fill_in(request, form, asking, do=do)


@FORM
@needs("people.edit")
def staff_skills(request: PageRequest, staff_id: int) -> HttpResponse:
    """Which classes somebody is able to handle."""
    staff = staff_member(request.actor, staff_id)
    form = SkillsForm(sent(request), skills=skills_of(staff.pk))
    asking = _asking(staff, title=_("设技能"), button=_("保存"), done=_("技能已保存。"))

    def do(given: dict[str, Any]) -> Staff:
        return set_skills(staff_id, given["prefixes"], by=request.actor, now=request.now)

    return fill_in(request, form, asking, do=do)


@FORM
@needs("people.edit")
def staff_base(request: PageRequest, staff_id: int) -> HttpResponse:
    """How much somebody can carry, and from where."""
    staff = staff_member(request.actor, staff_id)
    asking = _asking(
        staff,
        title=_("设驻点和在办上限"),
        button=_("保存"),
        done=_("已保存。"),
        template="console/people/base_form.html",
    )

    def do(given: dict[str, Any]) -> Staff:
        return set_base(staff_id, **given, by=request.actor, now=request.now)

    return fill_in(request, BaseForm(sent(request), staff=staff), asking, do=do)


@FORM
@needs("people.edit")
def posting_new(request: PageRequest, staff_id: int) -> HttpResponse:
    """Give somebody a grid to look after."""
    staff = staff_member(request.actor, staff_id)
    scope = request.actor.scope("people.edit")
    form = PostingForm(sent(request), scope=scope, today=local_day(request.now))
    asking = _asking(
        staff,
        title=_("安排网格"),
        button=_("安排"),
        done=_("网格已安排。"),
        words=_("一个网格只有一名网格长；专职、兼职网格员可以有几名。"),
    )

    def do(given: dict[str, Any]) -> GridPosting:
        return post_to_grid(
            staff_id,
            grid_id=given["grid"],
            duty=given["duty"],
            valid_from=given["valid_from"],
            valid_until=given["valid_until"],
            take_over=given["take_over"],
            by=request.actor,
            now=request.now,
        )

    return fill_in(request, form, asking, do=do)


@FORM
@needs("people.edit")
def posting_end(request: PageRequest, staff_id: int, posting_id: int) -> HttpResponse:
    """Let a posting end."""
    staff = staff_member(request.actor, staff_id)
    every = postings_of([staff.pk]).get(staff.pk, [])
    posting = next((one for one in every if one.pk == posting_id), None)
    if posting is None:
        raise NotFound("没有这条网格任职，请从人员页面重选。")
    words = _("%(grid)s 的%(duty)s任职，从 %(day)s 起。记录保留。")
    asking = _asking(
        staff,
        title=_("结束网格任职"),
        button=_("结束任职"),
        done=_("任职已结束。"),
        words=words
        % {
            "grid": posting.grid.name,
            "duty": labels.words_of(labels.DUTIES, posting.duty),
            "day": posting.valid_from,
        },
        danger=True,
    )

    def do(given: dict[str, Any]) -> GridPosting:
        return end_posting(posting_id, last=given["last"], by=request.actor, now=request.now)

    form = EndForm(sent(request), today=local_day(request.now))
    return fill_in(request, form, asking, do=do)


def _asking(staff: Staff, *, title: str, **more: Any) -> Asking:
    back = reverse("console:staff", args=[staff.pk])
    name = f"{title} · {staff.name}"
    return Asking(title=name, here=HERE, back=back, trail=((staff.name, back),), **more)
