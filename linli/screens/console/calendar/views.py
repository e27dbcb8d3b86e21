"""工作日历: a year is entered by pasting its notice, by table or by hand; every day is looked at before it counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.kernel.calendar.actions import enter_year, import_days
from linli.kernel.calendar.day_file import MAX_BYTES, ListedDay
from linli.kernel.calendar.local import local_day
from linli.kernel.calendar.models import YearNotice
from linli.kernel.calendar.preview import YearPreview, of_calendar, preview
from linli.kernel.calendar.queries import (
    calendar_for_everybody,
    notices_of,
    working_time_for,
    year_wanted,
)
from linli.kernel.errors import LinliError
from linli.screens.console.calendar.forms import DaysForm, NoticeForm, TableForm
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs

HERE = "console:calendar"


@require_GET
@needs("calendar.edit")
def calendar(request: PageRequest) -> HttpResponse:
    """One year as a picture, whether it is entered or provisional, and the three ways to enter it."""
    return _page(request, year=_year(request))


@require_POST
@needs("calendar.edit")
def draft(request: PageRequest) -> HttpResponse:
    """The year as it would be, every day explained; nothing is stored."""
    form = NoticeForm(request.POST) if "text" in request.POST else None
    if form is not None:
        if not form.is_valid():
            return _page(request, year=_year(request), form=form)
        notice = form.cleaned_data["notice"]
        fields = [("text", form.cleaned_data["text"])]
        return _draft(request, notice.year, notice.days, fields)
    days = DaysForm(request.POST, now=_now(request))
    if not days.is_valid():
        messages.error(request, _("没有看懂选中的日子，请再选一次。"))
        return redirect(HERE)
    given = days.cleaned_data
    fields = [("year", str(given["year"])), *(("day", str(one.day)) for one in given["days"])]
    return _draft(request, given["year"], given["days"], fields)


@require_POST
@needs("calendar.edit")
def enter(request: PageRequest) -> HttpResponse:
    """Store what was looked at; the dues that reach into the year are computed again in the background."""
    if "text" in request.POST:
        form = NoticeForm(request.POST)
        if not form.is_valid():
            return _page(request, year=_year(request), form=form)
        notice = form.cleaned_data["notice"]
        year, days, text = notice.year, notice.days, form.cleaned_data["text"]
        source = YearNotice.Source.NOTICE
    else:
        chosen = DaysForm(request.POST, now=_now(request))
        if not chosen.is_valid():
            return redirect(HERE)
        year, days, text = chosen.cleaned_data["year"], chosen.cleaned_data["days"], ""
        source = YearNotice.Source.HAND
    row = calendar_for_everybody(local_day(request.now))
    by, now = request.actor, request.now
    try:
        enter_year(row.pk, year=year, days=days, source=source, text=text, by=by, now=now)
    except LinliError as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, _("%(year)s 年已录入，正在重新计算涉及的时限。") % {"year": year})
    return redirect(f"{reverse(HERE)}?year={year}")


@require_POST
@needs("calendar.edit")
def take_table(request: PageRequest) -> HttpResponse:
    """Years from a file; rows that cannot be read hold their year back and are named."""
    form = TableForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, year=_year(request), table=form)
    row = calendar_for_everybody(local_day(request.now))
    content = form.cleaned_data["file"].read(MAX_BYTES + 1)
    try:
        done = import_days(row.pk, content=content, by=request.actor, now=request.now)
    except LinliError as problem:
        form.add_error("file", problem.message)
        return _page(request, year=_year(request), table=form)
    for bad in done.problems:
        messages.error(
            request,
            _("第 %(row)s 行“%(value)s”：%(reason)s")
            % {"row": bad.row, "value": bad.value, "reason": bad.reason},
        )
    for year in done.years:
        messages.success(request, _("%(year)s 年已录入，正在重新计算涉及的时限。") % {"year": year})
    years = done.years or done.held_years
    return redirect(f"{reverse(HERE)}?year={years[0]}" if years else reverse(HERE))


def _page(
    request: PageRequest,
    *,
    year: int,
    form: NoticeForm | None = None,
    table: TableForm | None = None,
) -> HttpResponse:
    today = local_day(request.now)
    working_time = _now(request)
    shown = of_calendar(working_time, year)
    return page(
        request,
        "console/calendar/calendar.html",
        title=_("工作日历"),
        here=HERE,
        status=422 if form or table else 200,
        year=year,
        years=sorted(one for one in working_time.years if today.year - 2 <= one <= today.year + 2),
        provisional=year in working_time.provisional,
        shown=shown,
        months=_months(shown),
        wanted=year_wanted(today),
        notices=notices_of(calendar_for_everybody(today)),
        form=form or NoticeForm(),
        table=table or TableForm(),
    )


def _draft(
    request: PageRequest, year: int, days: Sequence[ListedDay], fields: list[tuple[str, str]]
) -> HttpResponse:
    shown = preview(_now(request), year, days)
    return page(
        request,
        "console/calendar/draft.html",
        title=_("预览 %(year)s 年") % {"year": year},
        here=HERE,
        trail=[],
        shown=shown,
        months=_months(shown),
        fields=fields,
    )


def _months(shown: YearPreview) -> list[dict[str, Any]]:
    """Twelve months, each with the empty cells before its first day (weeks begin on Monday)."""
    return [
        {"number": days[0].day.month, "before": range(days[0].day.weekday()), "days": days}
        for days in shown.months
    ]


def _now(request: PageRequest) -> Any:
    return working_time_for(None, local_day(request.now))


def _year(request: PageRequest) -> int:
    """The year asked for, else the one whose notice is wanted, else this one."""
    today = local_day(request.now)
    asked = request.GET.get("year") or request.POST.get("year") or ""
    known = _now(request).years
    if asked.isascii() and asked.isdigit() and len(asked) == 4 and int(asked) in known:
        return int(asked)
    return year_wanted(today) or date(today.year, 1, 1).year
