"""A table of people: the system administrator enters them, the security administrator gives logins and posts."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from linli.kernel.access.importing import POSTS, PostImport, import_posts
from linli.kernel.errors import LinliError
from linli.kernel.imports.actions import start_import
from linli.kernel.people.errors import StaffInvalid
from linli.kernel.people.importing import STAFF, import_staff
from linli.kernel.public_address import public_address
from linli.kernel.tables.columns import Layout
from linli.kernel.tables.reading import Table, read_table
from linli.kernel.tables.results import Imported
from linli.screens.console.form_page import sent
from linli.screens.console.imports.showing import TABLE_FILES, shown_as
from linli.screens.console.menu import page
from linli.screens.console.people.changes import FORM
from linli.screens.console.people.forms import ConsoleForm
from linli.screens.shared.guard import PageRequest, needs

MOST_ROWS = 5_000

AT_ONCE = {"staff": 300, "posts": 20}
"""Rows that are taken while the browser waits; more of them become a job. A new login costs a tenth of a second."""

MOST_BYTES = 5 * 1024 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

TEMPLATE_COLUMNS = ("姓名", "工号", "单位", "电话", "岗位", "辖区编码", "数据范围")


LAYOUTS = {"staff": STAFF, "posts": POSTS}


class TableForm(ConsoleForm):
    """A table, to be tried first."""

    file = forms.FileField(
        label=gettext_lazy("文件"),
        widget=forms.FileInput(attrs={"accept": TABLE_FILES}),
        help_text=gettext_lazy("Excel、WPS 表格或 CSV；列名用模板里的。"),
    )
    dry_run = forms.BooleanField(
        label=gettext_lazy("先试一遍，不保存"), required=False, initial=True
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id="table-%s")


@FORM
@needs("people.edit")
def staff_import(request: PageRequest) -> HttpResponse:
    """Enter everybody of a table; good rows are kept, bad ones listed."""
    return _import(
        request,
        kind="staff",
        title=_("表格导入人员"),
        here="console:people",
        words=_(
            "一行一个人：姓名、工号、单位、电话。岗位写“网格长”“专职网格员”“兼职网格员”并填网格编码的，同时安排网格；"
            "其他岗位由安全管理员用同一张表导入。"
        ),
    )


@FORM
@needs("access.manage")
def post_import(request: PageRequest) -> HttpResponse:
    """Give logins and posts to everybody of a table; passwords of new logins are on this answer only."""
    return _import(
        request,
        kind="posts",
        title=_("表格导入岗位"),
        here="console:accounts",
        words=_(
            "按工号找人：没有账号的开账号，再按“岗位”“辖区编码”给岗位，从今天起。"
            "填网格编码的只管那个网格，填其他辖区的管本级及以下，不填的管本单位。"
        ),
    )


@require_GET
@needs("people.edit", "access.manage")
def staff_template(request: PageRequest) -> HttpResponse:
    """The workbook to fill in: text columns, so that long codes keep their digits."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("人员")
    bold = book.add_format({"bold": True, "bg_color": "#E3F0F2"})
    plain = book.add_format({"num_format": "@"})
    for column, name in enumerate(TEMPLATE_COLUMNS):
        sheet.set_column(column, column, 18, plain)
        sheet.write_string(0, column, name, bold)
    sheet.freeze_panes(1, 0)
    book.close()
    answer = HttpResponse(out.getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="linli-staff.xlsx"'
    return answer


def _import(request: PageRequest, *, kind: str, title: str, here: str, words: str) -> HttpResponse:
    form = TableForm(sent(request), request.FILES or None)
    result: Imported | None = None
    status = 422 if request.method == "POST" else 200
    if form.is_valid():
        try:
            table = _table(form, LAYOUTS[kind])
            if table.size > AT_ONCE[kind] and not form.cleaned_data["dry_run"]:
                return _later(request, kind, form.cleaned_data["file"].name, table)
            result = _run(request, kind, table, dry_run=form.cleaned_data["dry_run"])
            status = 200
        except LinliError as refused:
            form.add_error("file", refused.message)
            status = refused.status
    answer = page(
        request,
        "console/people/import.html",
        title=title,
        here=here,
        status=status,
        form=form,
        words=words,
        shown=shown_as(kind, result) if result else None,
        logins=result.logins if isinstance(result, PostImport) else [],
        login_url=public_address(request, "/login"),
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _run(request: PageRequest, kind: str, table: Table, *, dry_run: bool) -> Imported:
    run = import_posts if kind == "posts" else import_staff
    return run(table, dry_run=dry_run, by=request.actor, now=request.now)


def _later(request: PageRequest, kind: str, name: str, table: Table) -> HttpResponse:
    run = start_import(kind, name, table, options={}, by=request.actor, now=request.now)
    return redirect("console:file_import", import_id=run.pk)


def _table(form: TableForm, layout: Layout) -> Table:
    upload = form.cleaned_data["file"]
    if upload.size > MOST_BYTES:
        raise StaffInvalid(_("文件超过 5 MB，请分成几个文件导入。"), field="file")
    table = read_table(upload.name, upload.read(), layout)
    if table.size > MOST_ROWS:
        words = _("文件有 %(n)d 行，一次最多 %(most)d 行，请分成几个文件。")
        raise StaffInvalid(words % {"n": table.size, "most": MOST_ROWS}, field="file")
    return table
