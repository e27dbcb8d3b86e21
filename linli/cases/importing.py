"""Handing in a whole file of reports: a hotline's export, a paper round typed into Excel, a stream of messages.

Every row is stored once, known already, or refused with its number and the reason; good rows are kept whatever the
others are like, and running the same file again adds nothing. Headers may be English or Chinese, see `REPORTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from linli.cases.actions.intake import receive_report
from linli.cases.drafts import ReportDraft
from linli.kernel.acting import Actor
from linli.kernel.calendar.local import LOCAL
from linli.kernel.errors import LinliError
from linli.kernel.tables.cells import decimal_of, moment_of
from linli.kernel.tables.columns import Layout
from linli.kernel.tables.reading import BadRow, Row, Table
from linli.kernel.tables.results import Imported

COLUMNS: Mapping[str, Sequence[str]] = {
    "title": ("标题", "title", "主题", "诉求标题", "工单标题", "案件标题", "留言主题"),
    "body": (
        "内容", "body", "主要内容", "诉求内容", "工单内容", "问题描述", "描述", "留言详情", "留言内容",
        "诉求描述", "description",
    ),
    "address": ("地址", "address", "被反映地址", "事发地址", "诉求地址", "详细地址", "地点", "事发地点"),
    "lon": ("经度", "lon", "long", "lng", "longitude"),
    "lat": ("纬度", "lat", "latitude"),
    "category_code": ("类别编码", "小类编码", "category"),
    "contact_name": ("联系人", "contact_name", "来电人", "诉求人", "反映人", "来电人姓名", "联系人姓名"),
    "contact_phone": (
        "联系电话", "contact_phone", "电话", "来电号码", "手机", "手机号", "手机号码", "联系方式", "来电电话",
    ),
    "external_no": (
        "工单编号", "external_no", "message_id", "编号", "工单号", "诉求编号", "案件编号", "受理编号", "留言编号",
    ),
    "said_by": ("sender", "user_pseudonym"),
    "occurred_at": (
        "接收时间", "occurred_at", "posted_at", "创建时间", "发生时间", "来电时间", "受理时间", "上报时间", "留言时间",
        "时间",
    ),
}  # fmt: skip
REPORTS = Layout("上报", COLUMNS, needed=(("title", "body"),))

DRAFT_FIELDS = {"category": "category_code", "client_key": "external_no", "phone": "contact_phone"}
"""Fields of refusals that are columns under another name."""


CHANNEL, SOURCE = "channel", "source"
"""Options of an import: where the reports come from, and the system that numbered them."""


def import_reports(
    table: Table,
    *,
    channel: str,
    source: str,
    by: Actor,
    now: datetime,
    progress: Callable[[int], None] | None = None,
) -> tuple[Imported, list[int]]:
    """Store every good row of a table as a report, each in a transaction of its own.

    The outcome, and the ids of the reports stored or known, in the order of the file.
    """
    result = table.begun(Imported())
    ids: list[int] = []
    options = {CHANNEL: channel, SOURCE: source}
    for done, row in enumerate(table.rows, start=1):
        ids += take_reports([row], result, options=options, by=by, now=now)
        if progress is not None:
            progress(done)
    return result, ids


def take_reports(
    rows: Sequence[Row],
    result: Imported,
    *,
    options: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> list[int]:
    """Store rows, or say in the result why not; the ids of their reports."""
    ids = []
    for row in rows:
        notes: list[str] = []
        try:
            draft = _draft(row, notes, channel=options[CHANNEL], source=options[SOURCE], now=now)
            receipt = receive_report(draft, by=by, now=now)
        except BadRow as bad:
            result.refused.append(bad.refusal)
        except LinliError as problem:
            name = DRAFT_FIELDS.get(problem.field, problem.field)
            result.refused.append(row.refusal(name, problem.message))
        else:
            result.stored += not receipt.already_known
            result.known += receipt.already_known
            result.notes += notes
            ids.append(receipt.report_id)
    return ids


def _draft(row: Row, notes: list[str], *, channel: str, source: str, now: datetime) -> ReportDraft:
    external_no = row.key("external_no")
    return ReportDraft(
        title=row.text("title"),
        body=row.text("body"),
        address=row.text("address"),
        category_code=row.key("category_code"),
        contact_name=row.text("contact_name"),
        contact_phone=row.phone("contact_phone", notes),
        said_by=row.key("said_by"),
        intake_channel=channel,
        source_system=source,
        external_no=external_no,
        client_key=external_no,
        from_file=True,
        lon=row.read("lon", decimal_of),
        lat=row.read("lat", decimal_of),
        occurred_at=row.read("occurred_at", partial(moment_of, zone=LOCAL, now=now)),
    )
