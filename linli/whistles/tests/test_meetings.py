"""Joint meetings: an invitation, attendance, resolutions, and tasks that are cases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from linli.cases.models import Report
from linli.kernel.acting import Actor, Scope
from linli.kernel.errors import NotAllowed, NotFound
from linli.kernel.jobs.queue import run_due
from linli.kernel.matters.errors import MissingFact, WrongStage
from linli.kernel.notify.models import Notice
from linli.whistles.actions import meetings
from linli.whistles.models import JointMeeting, MeetingUnit, Resolution
from linli.whistles.queries import meeting_for, meetings_seen
from linli.whistles.tests.test_whistle import blown
from tests.world import MONDAY, World

TOMORROW = MONDAY + timedelta(days=1)


def met(world: World, **changes: Any) -> JointMeeting:
    facts: dict[str, Any] = {
        "title": "停车难联席会",
        "area": world.areas["S"],
        "held_at": TOMORROW,
        "place": "街道三楼会议室",
        "chair": "街道老王",
        "agenda": ["夜间停车", " ", "消防通道"],
        "units": [world.organizations["CG"].pk],
        "by": world.actors["leader"],
        "now": MONDAY,
    }
    return meetings.call_meeting(**{**facts, **changes})


def test_a_meeting_invites_resolves_and_ends(world: World) -> None:
    meeting = met(world)
    leader = world.actors["leader"]
    assert meeting.agenda == ["夜间停车", "消防通道"]
    assert Notice.objects.filter(about=f"meeting:{meeting.pk}").count() == 2
    with pytest.raises(MissingFact):
        meetings.end_meeting(meeting.pk, by=leader, now=TOMORROW)
    meetings.note_attendance(
        meeting.pk, came=[world.organizations["CG"].pk], by=leader, now=TOMORROW
    )
    assert MeetingUnit.objects.get().came
    meetings.resolve(meeting.pk, point=2, text="一周内清出通道", by=leader, now=TOMORROW)
    meetings.end_meeting(meeting.pk, by=leader, now=TOMORROW)
    with pytest.raises(WrongStage):
        meetings.resolve(meeting.pk, point=1, text="再议", by=leader, now=TOMORROW)


def test_a_resolution_becomes_one_case_however_often_it_is_asked_for(world: World) -> None:
    leader = world.actors["leader"]
    meeting = met(world)
    resolution = meetings.resolve(
        meeting.pk, point=2, text="一周内清出消防通道的杂物", organization=world.organizations["CG"].pk,
        wanted_by=TOMORROW.date(), by=leader, now=TOMORROW,
    )  # fmt: skip
    first = meetings.make_task(resolution.pk, by=leader, now=TOMORROW)
    again = meetings.make_task(resolution.pk, by=leader, now=TOMORROW + timedelta(days=2))
    run_due(now=TOMORROW)
    report = Report.objects.get()
    assert first.pk == again.pk == report.pk
    assert report.case is not None
    assert "城管队" in report.body
    assert Resolution.objects.get().report == report


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"held_at": MONDAY}, "held_at"),
        ({"agenda": ["  "]}, "agenda"),
        ({"agenda": ["议题"] * 31}, "agenda"),
        ({"units": []}, "units"),
        ({"units": [10**9]}, "units"),
        ({"area": 10**9}, "area"),
        ({"whistle": 10**9}, "whistle"),
    ],
)
def test_a_wrong_field_is_named(world: World, change: dict[str, Any], field: str) -> None:
    with pytest.raises((MissingFact, NotFound)) as refused:
        met(world, **change)
    assert refused.value.field == field
    assert not JointMeeting.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"point": 0}, "point"),
        ({"point": 3}, "point"),
        ({"text": " "}, "text"),
        ({"organization": 10**9}, "organization"),
        ({"wanted_by": MONDAY.date()}, "wanted_by"),
    ],
)
def test_a_wrong_resolution_is_refused(world: World, change: dict[str, Any], field: str) -> None:
    meeting = met(world)
    given = {"point": 1, "text": "清出通道", **change}
    with pytest.raises(MissingFact) as refused:
        meetings.resolve(meeting.pk, **given, by=world.actors["leader"], now=TOMORROW)
    assert refused.value.field == field


def test_what_is_not_there_or_lies_elsewhere_is_not_found(world: World) -> None:
    leader, clerk_area = world.actors["leader"], world.areas["D"]
    with pytest.raises(MissingFact) as refused:
        met(world, area=clerk_area)
    assert refused.value.field == "area"
    with pytest.raises(NotFound):
        meetings.make_task(10**9, by=leader, now=TOMORROW)
    with pytest.raises(NotFound):
        meetings.end_meeting(10**9, by=leader, now=TOMORROW)
    narrow = Actor(
        "staff",
        "小街",
        staff_id=world.staff["leader"].pk,
        grants={"whistle.meet": Scope(areas=frozenset({("community", world.areas["C2"])}))},
    )
    with pytest.raises(NotFound):
        met(world, area=world.areas["C1"], by=narrow)


def test_a_meeting_about_a_whistle_names_it(world: World) -> None:
    whistle = blown(world)
    assert met(world, whistle=whistle.pk).whistle == whistle


def test_who_was_not_invited_and_works_elsewhere_sees_nothing(world: World) -> None:
    meeting = met(world)
    assert meeting_for(world.actors["handler"], meeting.pk) == meeting
    assert not meetings_seen(world.actors["other_handler"]).exists()
    with pytest.raises(NotFound):
        meeting_for(world.actors["other_handler"], meeting.pk)
    with pytest.raises(NotAllowed):
        met(world, by=world.actors["handler"])
