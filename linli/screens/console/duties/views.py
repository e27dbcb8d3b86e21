"""派单目录 and 社区准入清单: the lists, an entry, its end, and the catalogue as a file in and out."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.cases.actions.duties import (
    CHANGED,
    end_duty,
    import_duties,
    list_class,
    set_duty,
    unlist_class,
)
from linli.cases.catalogue.duties import (
    classes_without_duty,
    duties_for,
    listed_for,
    read_duties,
    write_duties,
)
from linli.kernel.calendar.local import local_day
from linli.kernel.errors import LinliError, NotFound
from linli.screens.console import choices
from linli.screens.console.duties.forms import DutiesFileForm, DutyForm, LastDayForm, ListedForm
from linli.screens.console.form_page import Asking, fill_in, sent
from linli.screens.console.imports.showing import shown
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs

HERE, LIST = "console:duties", "console:community_list"
KEEP = "cases.settings"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 500
"""Entries on the page, 50-1,000; beyond it one searches."""


@require_GET
@needs("cases.dispatch", "cases.settings")
def duties(request: PageRequest) -> HttpResponse:
    """Who is responsible for which class, and where."""
    words = request.GET.get("q", "").strip()[:60]
    unit = _number(request.GET.get("organization", ""))
    ended = request.GET.get("ended") == "1"
    today = local_day(request.now)
    rows = duties_for(request.actor, on=today, words=words, organization=unit, ended=ended)
    found = list(rows[: SHOWN + 1])
    return page(
        request,
        "console/duties/list.html",
        title=_("派单目录"),
        here=HERE,
        rows=found[:SHOWN],
        more=len(found) > SHOWN,
        most=SHOWN,
        today=today,
        words=words,
        unit=unit,
        units=choices.organizations(),
        ended=ended,
        narrowed=bool(words or unit),
        gaps=classes_without_duty(request.actor, on=today),
        may_keep=request.actor.may(KEEP),
    )


@require_GET
@needs("cases.dispatch", "cases.settings")
def duties_xlsx(request: PageRequest) -> HttpResponse:
    """The catalogue in force as the file that can be imported again."""
    today = local_day(request.now)
    rows = duties_for(request.actor, on=today).filter(valid_from__lte=today)
    answer = HttpResponse(write_duties(rows), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="linli-duties.xlsx"'
    return answer


@require_http_methods(["GET", "POST"])
@needs("cases.settings")
def duties_import(request: PageRequest) -> HttpResponse:
    """Hand in a file: looked through, and saved if the person has said so."""
    form = DutiesFileForm(sent(request), request.FILES or None, today=local_day(request.now))
    context: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        try:
            status, context = _import(request, form)
        except LinliError as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
            status = refused.status
    return page(
        request,
        "console/duties/import.html",
        title=_("导入派单目录"),
        here=HERE,
        status=status,
        form=form,
        **context,
    )


def _import(request: PageRequest, form: DutiesFileForm) -> tuple[int, dict[str, Any]]:
    if not form.is_valid():
        return 422, {}
    given = form.cleaned_data
    upload = given["file"]
    sheet = read_duties(upload.name[:100], upload.read())
    done = import_duties(
        upload.name[:100],
        sheet,
        since=given["since"],
        save=given["save"],
        by=request.actor,
        now=request.now,
    )
    more = {CHANGED: _("其中更换单位")}
    return 200, {"shown": shown(done, stored=_("新增或更换"), more=more, known=_("不变"))}


@require_http_methods(["GET", "POST"])
@needs("cases.settings")
def duty_new(request: PageRequest) -> HttpResponse:
    """A unit for a class; from the list the class and the place come along."""
    first = {
        name: _number(request.GET.get(name, "")) for name in ("category", "area", "organization")
    }
    form = DutyForm(sent(request), today=local_day(request.now), first=first)
    asking = Asking(
        title=_("设定承办单位"),
        here=HERE,
        button=_("保存"),
        back=reverse(HERE),
        done=_("派单目录已更新。"),
    )

    def do(given: dict[str, Any]) -> Any:
        return set_duty(
            given["category"],
            area=given["area"],
            organization=given["organization"],
            since=given["since"],
            by=request.actor,
            now=request.now,
        )

    return fill_in(request, form, asking, do=do)


@require_http_methods(["GET", "POST"])
@needs("cases.settings")
def duty_end(request: PageRequest, entry_id: int) -> HttpResponse:
    """End an entry."""
    today = local_day(request.now)
    entry = duties_for(request.actor, on=today).filter(pk=entry_id).first()
    if entry is None:
        raise NotFound(_("派单目录里没有这一条，或已经结束。"), field="entry")
    where = entry.area.name if entry.area else _("全部辖区")
    words = {"unit": entry.organization.name, "class": entry.category.name, "where": where}
    asking = Asking(
        title=_("结束派单目录条目"),
        here=HERE,
        button=_("结束"),
        back=reverse(HERE),
        done=_("这一条已设定结束。"),
        words=_("%(unit)s · %(class)s · %(where)s。结束后按更大辖区的条目派单；没有时要人工选择。")
        % words,
        danger=True,
    )
    return fill_in(
        request,
        LastDayForm(sent(request), today=today),
        asking,
        do=lambda given: end_duty(entry_id, last=given["last"], by=request.actor, now=request.now),
    )


@require_GET
@needs("cases.dispatch", "cases.settings")
def community_list(request: PageRequest) -> HttpResponse:
    """Which classes may be handed to residents' committees, with the article that allows it."""
    words = request.GET.get("q", "").strip()[:60]
    ended = request.GET.get("ended") == "1"
    today = local_day(request.now)
    return page(
        request,
        "console/duties/community_list.html",
        title=_("社区准入清单"),
        here=LIST,
        rows=list(listed_for(request.actor, on=today, words=words, ended=ended)[:SHOWN]),
        today=today,
        words=words,
        ended=ended,
        may_keep=request.actor.may(KEEP),
    )


@require_http_methods(["GET", "POST"])
@needs("cases.settings")
def listed_new(request: PageRequest) -> HttpResponse:
    """Put a class on the list."""
    form = ListedForm(sent(request), today=local_day(request.now))
    asking = Asking(
        title=_("列入社区准入清单"),
        here=LIST,
        button=_("保存"),
        back=reverse(LIST),
        done=_("清单已更新。"),
        words=_("清单上一有条目，没有列入的类别就不能派给居民委员会。"),
    )

    def do(given: dict[str, Any]) -> Any:
        return list_class(
            given["category"],
            article=given["article"],
            since=given["since"],
            by=request.actor,
            now=request.now,
        )

    return fill_in(request, form, asking, do=do)


@require_http_methods(["GET", "POST"])
@needs("cases.settings")
def listed_end(request: PageRequest, entry_id: int) -> HttpResponse:
    """Take a class off the list."""
    today = local_day(request.now)
    entry = listed_for(request.actor, on=today).filter(pk=entry_id).first()
    if entry is None:
        raise NotFound(_("清单里没有这一条，或已经结束。"), field="entry")
    asking = Asking(
        title=_("移出社区准入清单"),
        here=LIST,
        button=_("移出"),
        back=reverse(LIST),
        done=_("这一类已设定移出。"),
        words=_("%(class)s：移出后不能再派给居民委员会，已经派出的不受影响。")
        % {"class": entry.category.name},
        danger=True,
    )
    return fill_in(
        request,
        LastDayForm(sent(request), today=today),
        asking,
        do=lambda given: unlist_class(
            entry_id, last=given["last"], by=request.actor, now=request.now
        ),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
