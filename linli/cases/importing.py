"""Handing in a whole file of reports: a hotline's export, a paper round typed into Excel, a stream of messages.

Every row is stored once or refused with its number and the reason; good rows are kept whatever the others are like, and
running the same file again adds nothing. Headers may be English or Chinese, see `COLUMNS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from linli.cases.actions.intake import receive_report
from linli.cases.drafts import ReportDraft
from linli.cases.errors import BadReport
from linli.kernel.acting import Actor
from linli.kernel.calendar.local import LOCAL
from linli.kernel.errors import LinliError
from linli.kernel.files.tables import Table

COLUMNS: dict[str, tuple[str, ...]] = {
    "title": ("title", "标题", "主题"),
    "body": ("body", "内容", "主要内容", "描述", "description"),
    "address": ("address", "地址", "被反映地址", "地点"),
    "lon": ("lon", "long", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "category_code": ("category", "类别编码", "小类编码"),
    "contact_name": ("contact_name", "联系人", "来电人"),
    "contact_phone": ("contact_phone", "电话", "联系电话", "来电号码"),
    "external_no": ("external_no", "message_id", "工单编号", "编号"),
    "said_by": ("sender", "user_pseudonym"),
    "occurred_at": ("occurred_at", "posted_at", "接收时间", "创建时间", "发生时间"),
}
TIME_FORMS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d",
)
MOST_REFUSED = 200
"""Refused rows listed; the count goes on."""


@dataclass
class Imported:
    """Outcome of a file. `refused` lists row, field, reason; `report_ids` are those stored or known, in file order."""

    read: int = 0
    stored: int = 0
    already_known: int = 0
    refused_count: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    report_ids: list[int] = field(default_factory=list)
    note: str = ""


def import_reports(
    table: Table,
    *,
    channel: str,
    source: str,
    by: Actor,
    now: datetime,
    progress: Callable[[int], None] | None = None,
) -> Imported:
    """Store every good row of a table as a report; each row is a transaction of its own.

    Raises:
        BadReport: no column holds a title or a body, so that nothing could be stored.
    """
    names = _columns(table.header)
    if "title" not in names and "body" not in names:
        raise BadReport(
            f"表头里没有标题或内容列（找到：{'、'.join(table.header)[:120]}）。请把列名改为“标题”“内容”，或下载模板。",
            field="file",
        )
    result = Imported(note=table.note)
    for number, row in table:
        result.read += 1
        try:
            draft = _draft(row, names, channel=channel, source=source)
            receipt = receive_report(draft, by=by, now=now)
        except LinliError as problem:
            result.refused_count += 1
            if len(result.refused) < MOST_REFUSED:
                result.refused.append(
                    {"row": number, "field": problem.field, "reason": problem.message}
                )
        else:
            result.stored += not receipt.already_known
            result.already_known += receipt.already_known
            result.report_ids.append(receipt.report_id)
        if progress is not None:
            progress(result.read)
    return result


def _columns(header: list[str]) -> dict[str, str]:
    lowered = {name.strip().lower(): name for name in header}
    found = {}
    for wanted, spellings in COLUMNS.items():
        column = next((lowered[one.lower()] for one in spellings if one.lower() in lowered), None)
        if column is not None:
            found[wanted] = column
    return found


def _draft(row: dict[str, str], names: dict[str, str], *, channel: str, source: str) -> ReportDraft:
    cells: dict[str, Any] = {wanted: row[column].strip() for wanted, column in names.items()}
    external_no = cells.pop("external_no", "")
    occurred = cells.pop("occurred_at", "")
    lon, lat = cells.pop("lon", ""), cells.pop("lat", "")
    return ReportDraft(
        **cells,
        intake_channel=channel,
        source_system=source,
        external_no=external_no,
        client_key=external_no,
        from_file=True,
        lon=_number(lon, "lon"),
        lat=_number(lat, "lat"),
        occurred_at=_time(occurred) if occurred else None,
    )


def _number(text: str, name: str) -> float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise BadReport(
            f"“{text[:20]}”不是数字，{name} 应为十进制度数，如 120.155。", field=name
        ) from None


def _time(text: str) -> datetime:
    for form in TIME_FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=LOCAL).astimezone(UTC)
        except ValueError:
            continue
    raise BadReport(f"时间“{text[:30]}”无法识别，请写成 2026-03-09 14:05。", field="occurred_at")
