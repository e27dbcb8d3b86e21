"""代班 on the phone: who stands in for me, for whom I do, and naming a colleague."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linli.kernel.calendar.local import local_day
from linli.kernel.errors import LinliError, NotFound
from linli.kernel.matters.deputies import deputies_of, end_deputy, name_deputy, standing_in
from linli.kernel.people.models import Staff
from linli.screens.field.forms import DeputyForm
from linli.screens.field.page import FIELD, page
from linli.screens.shared.guard import PageRequest, needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*FIELD)
def deputies(request: PageRequest) -> HttpResponse:
    """Both lists and the form; what was typed survives a refusal."""
    staff = Staff.objects.filter(pk=request.actor.staff_id or 0).first()
    if staff is None:
        raise NotFound("您的账号没有归到人员，不能指定代班。")
    form = DeputyForm(request.POST if request.method == "POST" else None, staff=staff)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            name_deputy(
                staff.pk,
                deputy_id=form.cleaned_data["deputy"],
                valid_from=form.cleaned_data["valid_from"],
                valid_until=form.cleaned_data["valid_until"],
                reason=form.cleaned_data["reason"],
                by=request.actor,
                now=request.now,
            )
        except LinliError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            status = refusal.status
        else:
            messages.success(request, _("已指定代班，对方已收到消息。"))
            return redirect("field:deputies")
    today = local_day(request.now)
    return page(
        request,
        "field/deputies.html",
        title=_("代班"),
        here="field:me",
        back="/field/me",
        status=status,
        form=form,
        groups=[
            (_("谁代班"), [(row, row.deputy) for row in deputies_of(staff.pk, on=today)]),
            (_("代谁的班"), [(row, row.staff) for row in standing_in(staff.pk, on=today)]),
        ],
    )


@require_POST
@needs(*FIELD)
def deputy_end(request: PageRequest, row_id: int) -> HttpResponse:
    """End one at once."""
    end_deputy(row_id, by=request.actor, now=request.now)
    messages.success(request, _("代班已结束。"))
    return redirect("field:deputies")
