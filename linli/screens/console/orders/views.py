"""A hotline order on its case: the sheet that the unit fills in, its papers, and the call back with its questions."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linli.cases.actions.assessing import record_follow_up
from linli.cases.flow import Stage
from linli.cases.models import Case
from linli.cases.queries import case_for, waiting_at
from linli.hotline.papers import sheet_of
from linli.hotline.questions import VALUES, script
from linli.hotline.sheets import add_papers, open_paper, record_handling
from linli.kernel.errors import LinliError, NotFound
from linli.kernel.files.actions import store_file
from linli.kernel.files.errors import FileError
from linli.kernel.files.models import StoredFile
from linli.kernel.files.queries import signed_path
from linli.kernel.files.rules import Kind
from linli.screens.console.cases.order_block import may_call, may_fill
from linli.screens.console.cases.page import case_context
from linli.screens.console.hotline.forms import PAPER_FIELDS, SheetForm, first_words
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs
from linli.screens.shared.uploads import kept_file, key_of

MOST_PAPERS = 9
"""Files of one kind that are sent at once."""

Papers = dict[str, list[StoredFile]]


@require_http_methods(["GET", "POST"])
@needs("cases.handle")
def order_sheet(request: PageRequest, number: str) -> HttpResponse:
    """The sheet of an order that lies with one's own unit. A form sent back keeps its files."""
    case = case_for(request.actor, number)
    sheet = sheet_of(request.actor, case)
    first = first_words(sheet.handling)
    form = SheetForm(request.POST or None, initial=first, auto_id="sheet-%s")
    papers: Papers = {name: [] for name in PAPER_FIELDS}
    status = 200
    if request.method == "POST":
        papers = {name: _taken(request, form, name) for name in PAPER_FIELDS}
        status = _keep(request, case, form, papers) if form.is_valid() else 422
        if status == 200:
            messages.success(request, _("办理情况已保存。"))
            return redirect("console:case", number=case.number)
    elif not may_fill(request.actor, case):
        status = 409
    return page(
        request,
        "console/orders/sheet.html",
        title=_("填写办理情况 · %(title)s") % {"title": case.title},
        here="console:cases",
        trail=[(case.number, reverse("console:case", args=[case.number]))],
        status=status,
        case=case,
        form=form,
        sheet=sheet,
        kept={
            name: [{"name": one.original_name, "key": key_of(one, name, request)} for one in files]
            for name, files in papers.items()
        },
        possible=may_fill(request.actor, case),
    )


@require_POST
@needs("cases.view")
def order_paper(request: PageRequest, number: str, paper_id: int) -> HttpResponse:
    """Open a paper, once; who looked is in the audit log."""
    case = case_for(request.actor, number)
    row = open_paper(paper_id, by=request.actor, now=request.now)
    if row.case_id != case.pk:
        raise NotFound(_("这件案件没有这份附件。"), field="paper")
    answer = redirect(signed_path(row.file, now=request.now))
    answer["Cache-Control"] = "no-store"
    return answer


@require_http_methods(["GET", "POST"])
@needs("cases.follow_up")
def follow_up_call(request: PageRequest, number: str) -> HttpResponse:
    """The questions of a call back in order, with a key for every answer."""
    case = case_for(request.actor, number)
    refused: LinliError | None = None
    given: dict[str, str] = {}
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in (*VALUES, "words")}
        try:
            _record(request, case, given)
        except NotFound:
            raise
        except LinliError as problem:
            refused = problem
        else:
            words = _("回访已保存：%(number)s %(title)s")
            messages.success(request, words % {"number": case.number, "title": case.title})
            return redirect(_next_call(request, case))
    return _call_page(request, case, given, refused)


def _record(request: PageRequest, case: Case, given: dict[str, str]) -> None:
    contacted = {"yes": True, "no": False}.get(given["contacted"])
    if given["effective"] not in VALUES["effective"]:
        from_file = next(one for one in script().questions if one.field == "effective")
        raise _Unanswered(_("请先回答：%(ask)s") % {"ask": from_file.ask}, field="effective")
    record_follow_up(
        case.pk,
        effective=given["effective"] == "yes",
        contacted=contacted,
        solved=given["solved"],
        satisfaction=given["satisfaction"],
        words=given["words"],
        by=request.actor,
        now=request.now,
    )


class _Unanswered(LinliError):
    """The first question has no answer, and the others hang on it."""

    status = 422
    code = "missing"


def _call_page(
    request: PageRequest, case: Case, given: dict[str, str], refused: LinliError | None
) -> HttpResponse:
    said = script()
    context = case_context(request, case)
    return page(
        request,
        "console/orders/call.html",
        title=_("回访 · %(title)s") % {"title": case.title},
        here="console:cases",
        trail=[(case.number, reverse("console:case", args=[case.number]))],
        status=refused.status if refused else 200,
        case=case,
        script=said,
        questions=[
            {
                "n": place,
                "one": one,
                "chosen": given.get(one.field, ""),
                "wrong": refused.message if refused and refused.field == one.field else "",
            }
            for place, one in enumerate(said.questions, 1)
        ],
        words=given.get("words", ""),
        refused=refused if refused and refused.field not in VALUES else None,
        reports=context["reports"],
        calls=context["over"].follow_ups,
        possible=may_call(request.actor, case),
    )


def _next_call(request: PageRequest, case: Case) -> str:
    """The next case that waits for a call, if that was asked for; else the case itself."""
    if "next" in request.POST:
        rows = waiting_at(request.actor, Stage.TO_FOLLOW_UP, "cases.follow_up")
        called = {case.pk}
        for other in rows.exclude(pk__in=called)[:50]:
            if may_call(request.actor, other):
                return reverse("console:follow_up_call", args=[other.number])
    return reverse("console:case", args=[case.number])


def _keep(request: PageRequest, case: Case, form: SheetForm, papers: Papers) -> int:
    """Store the sheet and its papers; the status of a refusal, which then stands in the form."""
    by, now = request.actor, request.now
    try:
        record_handling(case.pk, form.facts(), by=by, now=now)
        for name, files in papers.items():
            if files:
                ids = [file.pk for file in files]
                add_papers(case.pk, ids, kind=PAPER_FIELDS[name], by=by, now=now)
    except NotFound:
        raise
    except LinliError as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return refused.status
    return 200


def _taken(request: PageRequest, form: SheetForm, name: str) -> list[StoredFile]:
    """Files sent under a field, beside what earlier tries of the form had stored; a bad one is its field's error."""
    kept = [kept_file(key, name, request) for key in request.POST.getlist(f"{name}_kept")]
    found = {file.pk: file for file in kept if file is not None}
    for upload in request.FILES.getlist(name)[: MOST_PAPERS + 1]:
        assert upload.file is not None, "an upload has a body"
        try:
            file = store_file(
                upload.name or "paper",
                upload.file,
                by=request.actor,
                now=request.now,
                field=name,
                kinds={Kind.PHOTO, Kind.DOCUMENT},
            )
        except FileError as refused:
            form.is_valid()
            form.add_error(name, refused.message)
        else:
            found[file.pk] = file
    if len(found) > MOST_PAPERS:
        form.is_valid()
        form.add_error(name, _("一次最多 %(n)s 份，多出的没有加入。") % {"n": MOST_PAPERS})
    return list(found.values())[:MOST_PAPERS]
