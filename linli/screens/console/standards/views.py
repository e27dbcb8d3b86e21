"""The 立案标准: the list, a class with its versions, a city's sheet in and out.

A sheet is uploaded once. What was read goes along with the preview in a signed field, so that exactly what was shown is
what is confirmed; nothing is stored before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.cases.actions.standards import Preview, apply_standards, preview_standards
from linli.cases.catalogue.standards.errors import BadSheet, StandardsChanged
from linli.cases.catalogue.standards.queries import (
    class_history,
    prevailing_pattern,
    standards_file,
)
from linli.cases.catalogue.standards.rows import Reading, RowError, reading_from
from linli.cases.catalogue.standards.sheet import read_standards
from linli.cases.catalogue.standards.workbook import MOST_BYTES, read_file
from linli.cases.models import Category
from linli.cases.queries import active_categories, duties_by_category, standards_by_category
from linli.kernel.calendar.local import local_day
from linli.kernel.errors import LinliError
from linli.kernel.files.csv_out import csv_of
from linli.screens.console import labels
from linli.screens.console.menu import page
from linli.screens.console.standards.forms import StandardsForm
from linli.screens.shared.guard import PageRequest, needs

HERE = "console:standards"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SALT = "linli.console.standards"
SHOWN = 300
"""Rows of one tab; a preview is looked through, not read to the end."""

MOST_SIGNED = 2_000_000
"""Characters a form carries along; the server takes 2.5 MB. A thousand rows take about a tenth of it."""

LONGEST_SOURCE = 100


@dataclass(frozen=True)
class Sent:
    """What a preview hands to its confirmation."""

    source: str
    reading: Reading
    base: str
    valid_from: date


@require_GET
@needs("cases.view", "cases.settings")
def standards(request: PageRequest) -> HttpResponse:
    """Classes with the rows of their 立案标准 and whose duty they are."""
    words = request.GET.get("q", "").strip()[:60]
    kind = request.GET.get("kind", "")
    rows, duties = standards_by_category(request.now), duties_by_category(request.now)
    wanted = [one for one in active_categories() if _matches(one, rows, words, kind)]
    groups: dict[str, list[dict[str, Any]]] = {}
    for category in wanted:
        name = f"{labels.words_of(labels.KINDS, category.kind)} · {category.major_name}"
        entry = {
            "category": category,
            "rows": rows.get(category.pk, []),
            "duties": duties.get(category.pk, []),
        }
        groups.setdefault(name, []).append(entry)
    return page(
        request,
        "console/standards/list.html",
        title=_("立案标准"),
        here=HERE,
        groups=list(groups.items()),
        words=words,
        kind=kind,
        kinds=labels.KINDS,
        count=len(wanted),
        may_import=request.actor.may("cases.settings"),
    )


@require_GET
@needs("cases.view", "cases.settings")
def standard_class(request: PageRequest, code: str) -> HttpResponse:
    """A class with every version of its rows, and how many running cases each of them still has."""
    history = class_history(request.actor, code, now=request.now)
    return page(
        request,
        "console/standards/class.html",
        title=history.category.name,
        here=HERE,
        trail=[(history.category.major_name, "")],
        history=history,
        may_list=request.actor.may("cases.view"),
    )


@require_GET
@needs("cases.view", "cases.settings")
def standards_xlsx(request: PageRequest) -> HttpResponse:
    """The standards as the file that can be imported again."""
    answer = HttpResponse(standards_file(request.actor), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="linli-standards.xlsx"'
    return answer


@require_http_methods(["GET", "POST"])
@needs("cases.settings")
def standards_import(request: PageRequest) -> HttpResponse:
    """Hand in a sheet; what it would change is shown first."""
    form = StandardsForm(
        request.POST or None,
        request.FILES or None,
        today=local_day(request.now),
        pattern=str(prevailing_pattern(request.actor)),
    )
    if request.method != "POST" or not form.is_valid():
        return _form(request, form, status=422 if request.method == "POST" else 200)
    try:
        source, reading = _read(form)
        return _preview(request, source, reading, form.cleaned_data["valid_from"])
    except LinliError as refused:
        form.refuse(refused)
        return _form(request, form, status=refused.status)


@require_POST
@needs("cases.settings")
def standards_application(request: PageRequest) -> HttpResponse:
    """Confirm a preview. If the standards changed meanwhile, the sheet is laid beside them again."""
    sent = _sent(request)
    try:
        applied = apply_standards(
            sent.source,
            sent.reading,
            base=sent.base,
            valid_from=sent.valid_from,
            remove_missing=request.POST.get("remove_missing") == "on",
            by=request.actor,
            now=request.now,
        )
    except StandardsChanged as refused:
        return _preview(
            request, sent.source, sent.reading, sent.valid_from, problem=refused, status=409
        )
    messages.success(request, applied.sentence)
    bad = len(sent.reading.errors) + len(applied.plan.refused)
    if bad:
        words = _("有 %(n)d 处错误的行没有导入，改好后把整个文件再导入一次即可。")
        messages.warning(request, words % {"n": bad})
    return redirect(HERE)


@require_POST
@needs("cases.settings")
def standards_errors(request: PageRequest) -> HttpResponse:
    """The errors of a preview as CSV, for whoever keeps the sheet."""
    sent = _sent(request)
    preview = preview_standards(
        sent.source, sent.reading, valid_from=sent.valid_from, by=request.actor, now=request.now
    )
    header = [_("工作表"), _("行号"), _("列"), _("值"), _("原因"), _("应为"), _("随之没有读取的行")]
    errors = (*sent.reading.errors, *preview.plan.refused)
    words = csv_of([header, *(_cells(one) for one in errors)])
    answer = HttpResponse(words, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="linli-standards-errors.csv"'
    return answer


def _form(request: PageRequest, form: StandardsForm, *, status: int) -> HttpResponse:
    return page(
        request,
        "console/standards/import.html",
        title=_("导入立案标准"),
        here=HERE,
        status=status,
        form=form,
    )


def _read(form: StandardsForm) -> tuple[str, Reading]:
    """(name of the file, what is in it)."""
    upload = form.cleaned_data["file"]
    source = upload.name[:LONGEST_SOURCE]
    if upload.size > MOST_BYTES:
        megabytes = MOST_BYTES // 1024 // 1024
        raise BadSheet(
            _("文件超过 %(n)d MB，不像立案标准表，请检查后再传。") % {"n": megabytes}, field="file"
        )
    book = read_file(source, upload.read())
    stem = PurePath(source).stem
    return source, read_standards(book, options=form.options(), file_name=stem)


def _preview(
    request: PageRequest,
    source: str,
    reading: Reading,
    valid_from: date,
    *,
    problem: LinliError | None = None,
    status: int = 200,
) -> HttpResponse:
    preview = preview_standards(
        source, reading, valid_from=valid_from, by=request.actor, now=request.now
    )
    plan = preview.plan
    errors = (*reading.errors, *plan.refused)
    counts = {
        "changed": len(plan.changed) + len(plan.class_changes),
        "added": len(plan.added),
        "missing": len(plan.missing),
        "unchanged": len(plan.unchanged),
    }
    return page(
        request,
        "console/standards/preview.html",
        title=_("导入预览"),
        here=HERE,
        trail=[(_("导入"), reverse("console:standards_import"))],
        status=status,
        source=source,
        signed=_signed(request, source, reading, preview),
        plan=plan,
        notes=reading.notes,
        read=len(reading.rows) + reading.refused_lines,
        complete=reading.complete,
        errors=errors[:SHOWN],
        error_count=len(errors),
        held=sum(len(one.also) for one in reading.errors),
        counts=counts,
        first=next((name for name, count in counts.items() if count), "changed"),
        shown={name: getattr(plan, name)[:SHOWN] for name in counts},
        most=SHOWN,
        nothing=plan.is_empty and not plan.removable,
        valid_from=preview.valid_from,
        problem=problem,
    )


def _signed(request: PageRequest, source: str, reading: Reading, preview: Preview) -> str:
    """The sheet as it was read, for the confirmation; only this account can use it."""
    facts = {
        "source": source,
        "reading": reading.as_data(),
        "base": preview.base,
        "valid_from": preview.valid_from.isoformat(),
        "account": request.actor.account_id,
    }
    signed = signing.Signer(salt=SALT).sign_object(facts, compress=True)
    if len(signed) > MOST_SIGNED:
        raise BadSheet(
            _("表格太大，页面放不下。请按类型分成几个文件，或请管理员用命令行导入。"), field="file"
        )
    return signed


def _sent(request: PageRequest) -> Sent:
    try:
        facts = signing.Signer(salt=SALT).unsign_object(request.POST.get("signed", ""))
        if facts["account"] != request.actor.account_id:
            raise signing.BadSignature
    except (signing.BadSignature, ValueError) as problem:
        raise BadSheet(_("这份预览已经不能用了，请重新选择文件上传。"), field="file") from problem
    return Sent(
        facts["source"],
        reading_from(facts["reading"]),
        facts["base"],
        date.fromisoformat(facts["valid_from"]),
    )


def _cells(error: RowError) -> Sequence[str]:
    held = "、".join(map(str, error.also))
    return (
        error.sheet, str(error.number or ""), error.column, error.value, error.reason, error.expected, held,
    )  # fmt: skip


def _matches(category: Category, rows: dict[int, Any], words: str, kind: str) -> bool:
    if kind and category.kind != kind:
        return False
    texts = [category.name, category.major_name, category.code]
    texts += [row.filing_condition for row in rows.get(category.pk, [])]
    return not words or any(words in text for text in texts)
