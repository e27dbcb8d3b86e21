"""联席会议: units are invited to an agenda, sit together, resolve; a resolution that is a task becomes a case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from linli.cases.actions.intake import receive_report
from linli.cases.drafts import ReportDraft
from linli.cases.models import Report
from linli.kernel.acting import SYSTEM, Actor, action, lies_at
from linli.kernel.errors import NotFound
from linli.kernel.matters import errors
from linli.kernel.matters.asking import required, staff_id_of
from linli.kernel.notify.sending import tell
from linli.kernel.organisations.models import Organization
from linli.kernel.people.queries import staff_of
from linli.kernel.places.models import Area
from linli.kernel.places.queries import path_of
from linli.whistles.models import JointMeeting, MeetingUnit, Resolution, Whistle
from linli.whistles.queries import whistles_seen

MOST_POINTS = 30
SOURCE = "joint_meeting"


@action(may="whistle.meet")
def call_meeting(
    title: str,
    *,
    area: int,
    held_at: datetime,
    place: str,
    chair: str,
    agenda: Iterable[str],
    units: Iterable[int],
    whistle: int | None = None,
    by: Actor,
    now: datetime,
) -> JointMeeting:
    """Invite units to an agenda of points; everybody of theirs who handles matters hears of it.

    Raises:
        MissingFact: a field is empty or wrong; NotFound: area or whistle out of reach.
    """
    points = _points(agenda)
    if held_at <= now:
        raise errors.MissingFact("会议时间要晚于现在。", field="held_at")
    found = Area.objects.filter(pk=area, retired_at=None).first()
    path = path_of(found) if found else None
    if path is None or path.subdistrict_id is None or path.district_id is None:
        raise errors.MissingFact("请选择街道、社区或网格。", field="area")
    meeting = JointMeeting(
        title=required(title, "会议名称", "title", most=100),
        whistle=_whistle(whistle, by=by),
        district_id=path.district_id,
        subdistrict_id=path.subdistrict_id,
        community_id=path.community_id,
        grid_id=path.grid_id,
        held_at=held_at,
        place=required(place, "会议地点", "place", most=200),
        chair=required(chair, "主持人", "chair", most=50),
        agenda=points,
        called_by_id=staff_id_of(by),
        called_at=now,
    )
    if not lies_at(by.scope(), meeting):
        raise NotFound("这个地点不在您的管辖范围内，请重新选择。", field="area")
    meeting.save()
    _invite(meeting, units, now=now)
    return meeting


@action(may="whistle.meet")
def note_attendance(
    meeting_id: int, *, came: Iterable[int], by: Actor, now: datetime
) -> JointMeeting:
    """Write down which of the invited units came."""
    meeting = _to_change(meeting_id, by=by)
    there = set(came)
    for unit in MeetingUnit.objects.filter(meeting=meeting):
        unit.came = unit.organization_id in there
        unit.save(update_fields=["came"])
    return meeting


@action(may="whistle.meet")
def resolve(
    meeting_id: int,
    *,
    point: int,
    text: str,
    organization: int | None = None,
    wanted_by: date | None = None,
    by: Actor,
    now: datetime,
) -> Resolution:
    """Write down what was resolved on a point (1 is the first); a unit and a day where somebody has to do it."""
    meeting = _to_change(meeting_id, by=by)
    if not 1 <= point <= len(meeting.agenda):
        raise errors.MissingFact("请选择议程中的一项。", field="point")
    unit = None
    if organization is not None:
        unit = Organization.objects.filter(pk=organization, retired_at=None).first()
        if unit is None:
            raise errors.MissingFact("所选单位不存在或已撤销。", field="organization")
    if wanted_by is not None and wanted_by < now.date():
        raise errors.MissingFact("完成日期已过，请重新选择。", field="wanted_by")
    return Resolution.objects.create(
        meeting=meeting,
        point=point,
        text=required(text, "决议", "text", most=500),
        organization=unit,
        wanted_by=wanted_by,
        by_name=by.name,
        at=now,
    )


@action(may="whistle.meet")
def make_task(resolution_id: int, *, by: Actor, now: datetime) -> Report:
    """Hand a resolution in as a report, so that it becomes a case like any other; twice gives the same one."""
    found = Resolution.objects.select_related("meeting", "organization").filter(pk=resolution_id)
    resolution = found.first()
    if resolution is None:
        raise NotFound("没有这项决议。", field="resolution")
    meeting = _to_change(resolution.meeting_id, by=by, open_only=False)
    unit = f"承办：{resolution.organization.name}。" if resolution.organization else ""
    day = f"要求完成日期：{resolution.wanted_by}。" if resolution.wanted_by else ""
    draft = ReportDraft(
        title=resolution.text[:60],
        body=f"{resolution.text}\n（联席会议“{meeting.title}”第 {resolution.point} 项决议。{unit}{day}）",
        intake_channel="counter",
        address=meeting.place,
        client_key=str(resolution.pk),
        source_system=SOURCE,
    )
    # Whoever may hold the meeting may have it resolve; the right to report is not asked for again.
    receipt = receive_report(draft, by=SYSTEM, now=now)
    resolution.report_id = receipt.report_id
    resolution.save(update_fields=["report"])
    return Report.objects.get(pk=receipt.report_id)


@action(may="whistle.meet")
def end_meeting(meeting_id: int, *, by: Actor, now: datetime) -> JointMeeting:
    """Close the minutes; resolutions may still be made tasks."""
    meeting = _to_change(meeting_id, by=by)
    if not Resolution.objects.filter(meeting=meeting).exists():
        raise errors.MissingFact("还没有记录决议，请先记录再结束。", field="text")
    meeting.ended_at = now
    meeting.save(update_fields=["ended_at"])
    return meeting


def _points(agenda: Iterable[str]) -> list[str]:
    points = [line.strip()[:200] for line in agenda if line.strip()]
    if not points:
        raise errors.MissingFact("请写明议程，每行一项。", field="agenda")
    if len(points) > MOST_POINTS:
        raise errors.MissingFact(f"议程最多 {MOST_POINTS} 项。", field="agenda")
    return points


def _whistle(whistle_id: int | None, *, by: Actor) -> Whistle | None:
    if whistle_id is None:
        return None
    found = whistles_seen(by, "whistle.meet").filter(pk=whistle_id).first()
    if found is None:
        raise NotFound("没有找到这次吹哨，或不在您的管辖范围内。", field="whistle")
    return found


def _invite(meeting: JointMeeting, units: Iterable[int], *, now: datetime) -> None:
    wanted = list(dict.fromkeys(units))
    if (
        Organization.objects.filter(pk__in=wanted, retired_at=None).count() != len(wanted)
        or not wanted
    ):
        raise errors.MissingFact("请选择参会单位。", field="units")
    for unit in wanted:
        MeetingUnit.objects.create(meeting=meeting, organization_id=unit)
        for staff_id in staff_of(unit):
            tell(
                staff_id,
                f"请参加联席会议：{meeting.title}（{meeting.place}）",
                link=f"/console/meetings/{meeting.pk}",
                about=f"meeting:{meeting.pk}",
                now=now,
            )


def _to_change(meeting_id: int, *, by: Actor, open_only: bool = True) -> JointMeeting:
    meeting = JointMeeting.objects.select_for_update().filter(pk=meeting_id).first()
    if meeting is None or not lies_at(by.scope(), meeting):
        raise NotFound("没有找到这次联席会议，或不在您的管辖范围内。", field="meeting")
    if open_only and meeting.ended_at is not None:
        raise errors.WrongStage("会议记录已经结束，不能再改。", field="meeting")
    return meeting
