"""What cases do when something was announced. Each may be called twice."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from linli.cases.events import CaseRated, ReportStored
from linli.cases.flow import CASE, MOVES
from linli.cases.models import CaseMove, Report
from linli.cases.promise import changed
from linli.cases.queries import reports_of
from linli.kernel.engine import rows
from linli.kernel.matters.events import MatterMoved, MatterRetimed
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

RETIMING_MOVES = frozenset({"reassign", "hand_over", "return_back", "rework", "split"})
"""Moves of which they hear only when another time is promised by them."""

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
    if event.kind != CASE.code or event.code not in TOLD_MOVES | RETIMING_MOVES:
        return
    if not _left_a_phone(event.matter_id):
        return
    if event.code in RETIMING_MOVES:
        tell_new_promise(MatterRetimed(event.kind, event.matter_id, event.entry_id), now=now)
        return
    move = CaseMove.objects.select_related("case").get(pk=event.entry_id)
    said = MOVES[event.code].public or MOVES[event.code].name
    promise = move.case.promise
    _send_to_reporters(move, f"{said}，{promise.sentence}" if promise else said, now=now)


def tell_new_promise(event: MatterRetimed, *, now: datetime) -> None:
    """Tell the reporters when something beside the stages put another time in the place of the promised one."""
    if event.kind == CASE.code and _left_a_phone(event.matter_id):
        move = CaseMove.objects.select_related("case").get(pk=event.entry_id)
        if changed(move.facts):
            _tell_change(move, now=now)


def _tell_change(move: CaseMove, *, now: datetime) -> None:
    """The reason is the name of the step: what somebody wrote about it stands on the page, not in an SMS."""
    promise = move.case.promise
    if promise is not None:
        why = CASE.word(move.code)
        _send_to_reporters(move, f"办理时间有变化，{promise.sentence}，原因：{why}", now=now)


def _send_to_reporters(move: CaseMove, said: str, *, now: datetime) -> None:
    for report in reports_of(move.case):
        if report.contact and report.contact.sms_consent:
            text = f"您反映的事（回执号 {report.receipt}）：{said}。详情请凭回执号查询。"
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
