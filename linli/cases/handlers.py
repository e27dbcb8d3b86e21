"""What cases do when something was announced. Each may be called twice."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from linli.cases.events import CaseRated, ReportStored
from linli.cases.flow import CASE, MOVES
from linli.cases.models import CaseMove, Report
from linli.cases.queries import reports_of
from linli.kernel.calendar.local import LOCAL
from linli.kernel.engine import rows
from linli.kernel.matters.events import MatterMoved
from linli.kernel.notify.sending import send_sms, tell

TOLD_MOVES = frozenset(
    {
        "accept",
        "decline",
        "refute",
        "dispatch",
        "pass_check",
        "close",
        "reopen",
        "redo",
        "force_close",
    }
)
"""Moves of which the reporters hear; the others are seen on the page."""

LEFT_A_PHONE = """
WITH RECURSIVE same(id) AS (
    SELECT CAST(%s AS bigint) UNION SELECT c.id FROM cases_case c JOIN same ON c.merged_into_id = same.id
)
SELECT 1 FROM cases_report r JOIN same ON r.case_id = same.id WHERE r.contact_id IS NOT NULL LIMIT 1
"""
"""Most matters come from patrols: one small question spares them the reading of everything to be told."""


def confirm_receipt(event: ReportStored, *, now: datetime) -> None:
    """Send the receipt number to whoever left a phone."""
    report = rows.get(Report, event.report_id)
    if report and report.contact and report.contact.sms_consent:
        # No words of the sender's: who types a stranger's number could make us say anything to them.
        text = f"您反映的事已收到，回执号 {report.receipt}。可凭回执号和手机尾号查询，或致电社区。"
        send_sms(report.contact.phone, text, about=f"receipt:{report.pk}", now=now)


def tell_reporters(event: MatterMoved, *, now: datetime) -> None:
    """Tell everybody who reported the matter, those of merged cases too, what has happened."""
    if event.kind != CASE.code or event.code not in TOLD_MOVES:
        return
    if not _left_a_phone(event.matter_id):
        return
    move = CaseMove.objects.select_related("case").get(pk=event.entry_id)
    promised = move.case.due_at if event.code == "dispatch" else None
    until = f"，承诺 {promised.astimezone(LOCAL):%m月%d日 %H:%M} 前办理" if promised else ""
    said = MOVES[event.code].public or MOVES[event.code].name
    for report in reports_of(move.case):
        if report.contact and report.contact.sms_consent:
            text = f"您反映的事（回执号 {report.receipt}）：{said}{until}。详情请凭回执号查询。"
            send_sms(report.contact.phone, text, about=f"move:{move.pk}:{report.pk}", now=now)


def _left_a_phone(case_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(LEFT_A_PHONE, [case_id])
        return cursor.fetchone() is not None


def thank_or_alert(event: CaseRated, *, now: datetime) -> None:
    """Let whoever handled a case know how it was rated."""
    from_rating = (
        CaseMove.objects.filter(case_id=event.case_id, code="feedback").order_by("-id").first()
    )
    if from_rating is not None:
        text = f"上报人已评价：{from_rating.case.number} {from_rating.case.title}"
        tell(
            from_rating.by_staff_id,
            text,
            link=f"/cases/{from_rating.case.number}",
            about=f"rating:{event.rating_id}",
            now=now,
        )
