"""吹哨报到 in the demo: eight matters of many departments at every stage, driven through the real actions."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from random import Random

from linli.demo.matters import Chronicle
from linli.demo.pictures import scene
from linli.kernel.access.models import Account
from linli.kernel.access.queries import actor_for
from linli.kernel.acting import SYSTEM, Actor
from linli.kernel.calendar.errors import YearNotLoaded
from linli.kernel.calendar.local import LOCAL, local_day
from linli.kernel.files.actions import store_file
from linli.kernel.organisations.models import Organization
from linli.kernel.places.models import Area, AreaLevel
from linli.whistles.actions import meetings, whistling
from linli.whistles.actions.legs import move_leg
from linli.whistles.actions.whistling import Called, WhistleDraft
from linli.whistles.models import JointMeeting, Whistle, WhistleLeg

ROWS = Path(__file__).with_name("content") / "whistles.csv"
PICTURE_CLASS = "E0110"
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Told:
    """One row of `content/whistles.csv`. `units` are codes, the leading one first."""

    days: int
    kind: str
    community: int
    title: str
    background: str
    units: tuple[str, ...]
    state: str


def blow_whistles(chronicle: Chronicle) -> None:
    """Every whistle of the table that is not there yet, and one joint meeting."""
    there = set(Whistle.objects.values_list("title", flat=True))
    play = _Play(chronicle.plan.now, Random(chronicle.plan.seed))  # noqa: S311 - repeatable, not secret
    for told in _told():
        if told.title not in there:
            try:
                play.through(told)
            except YearNotLoaded:
                return  # the rest of the demo says which year to load
    play.meeting()


def _told() -> list[Told]:
    with ROWS.open(encoding="utf-8", newline="") as file:
        return [
            Told(
                int(row["days"]),
                row["kind"],
                int(row["community"]),
                row["title"],
                row["background"],
                tuple(row["units"].split()),
                row["state"],
            )
            for row in csv.DictReader(file)
        ]


class _Play:
    """Plays a whistle up to its state, at hours of the past."""

    def __init__(self, now: datetime, rng: Random) -> None:
        self._now = now
        self._rng = rng

    @cached_property
    def _units(self) -> Mapping[str, Organization]:
        return {unit.code: unit for unit in Organization.objects.all()}

    @cached_property
    def _communities(self) -> list[Area]:
        return list(Area.objects.filter(level=AreaLevel.COMMUNITY).order_by("code"))

    def through(self, told: Told) -> None:
        """From the call to the state the row names."""
        start = self._start(told.days)
        clerk = told.state in ("raised", "turned_down")
        draft = WhistleDraft(
            told.kind,
            told.title,
            told.background,
            self._communities[told.community - 1].pk,
            called=tuple(
                Called(self._units[code].pk, "assist" if number else "lead")
                for number, code in enumerate(told.units)
            ),
        )
        if clerk:
            raised = whistling.raise_whistle(
                draft, by=self._who(f"juwei{told.community}"), now=start
            )
            if told.state == "turned_down":
                reason = "先由社区和物业联合清理，两周后仍未解决再吹哨。"
                whistling.turn_down(
                    raised.pk, reason=reason, by=self._who("paiqian1"), now=start + HOUR
                )
            return
        whistle = whistling.blow_whistle(draft, by=self._who("paiqian1"), now=start)
        rows = WhistleLeg.objects.select_related("handling_org").filter(whistle=whistle)
        for number, leg in enumerate(rows.order_by("id")):
            self._leg(leg, number, told.state, start)
        if told.state == "closed":
            self._close(whistle, start)

    def _leg(self, leg: WhistleLeg, number: int, state: str, start: datetime) -> None:
        unit = self._unit(leg)
        if state == "called" and number != 1:
            return
        if state == "answering" and number == 1:
            words = "管线权属在供水公司，不在我局。"
            move_leg(leg.pk, "decline", note=words, by=unit, now=start + HOUR / 2)
            return
        if state == "answering" and number > 1:
            return
        late = self._rng.random() < 0.12
        move_leg(leg.pk, "respond", by=unit, now=start + (2 * HOUR if late else HOUR / 3))
        if state in ("called", "answering"):
            return
        there = start + (timedelta(days=5) if late else (3 + number) * HOUR)
        photo = (self._photo(there),)
        move_leg(leg.pk, "arrive", place="现场", photo_arrival=photo, by=unit, now=there)
        if state == "working" and number > 1:
            return
        done = there + timedelta(days=1)
        move_leg(leg.pk, "feedback", note="已按分工处置，现场恢复。", by=unit, now=done)
        if state == "working":
            return
        move_leg(leg.pk, "pass_check", by=self._who("hecha1"), now=done + HOUR)
        move_leg(
            leg.pk,
            "score",
            arrival_score=3 if late else 5,
            cooperation_score=self._rng.choice((4, 5, 5)),
            effect_score=self._rng.choice((3, 4, 5, 5)),
            by=self._who("kaohe1"),
            now=done + 2 * HOUR,
        )

    def _close(self, whistle: Whistle, start: datetime) -> None:
        done = start + timedelta(days=7)
        words = "各部门现场处置完毕，社区回头看三天没有反复。"
        whistling.close_whistle(whistle.pk, result=words, by=self._who("zhiban1"), now=done)

    def meeting(self) -> None:
        """A meeting about parking, held, with a resolution that became a task."""
        leader, start = self._who("lingdao1"), self._start(30)
        about = Whistle.objects.filter(kind="prominent", ended_at__isnull=False).first()
        if about is None or JointMeeting.objects.exists():
            return
        invited = [self._units[code].pk for code in ("JT", "CG", "YJ", "ZJ")]
        held = start + timedelta(days=2)
        called = meetings.call_meeting(
            "夜间停车联席会议", area=about.subdistrict_id, held_at=held, place="街道三楼会议室",
            chair=leader.name, agenda=["周边道路夜间停车", "消防通道清理"], units=invited,
            whistle=about.pk, by=leader, now=start,
        )  # fmt: skip
        meetings.note_attendance(called.pk, came=invited[:3], by=leader, now=held + HOUR)
        lines = (
            (1, "周边三条支路夜间允许单侧停车，交通部门两周内施划标线。", "JT"),
            (2, "一周内清出两处消防通道的杂物并划禁停线。", "YJ"),
        )
        for point, text, code in lines:
            meetings.resolve(
                called.pk, point=point, text=text, organization=self._units[code].pk, by=leader,
                now=held + HOUR,
            )  # fmt: skip
        meetings.end_meeting(called.pk, by=leader, now=held + 2 * HOUR)

    def _start(self, days: int) -> datetime:
        """Ten o'clock so many days ago, on a weekday; today an hour ago."""
        if days == 0:
            return self._now - HOUR
        day = local_day(self._now) - timedelta(days=days)
        day -= timedelta(days=max(0, day.weekday() - 4))
        return datetime.combine(day, time(10), LOCAL)

    def _who(self, username: str) -> Actor:
        account = Account.objects.get(username=username)
        return actor_for(account, on=local_day(self._now))

    def _unit(self, leg: WhistleLeg) -> Actor:
        account = Account.objects.get(demo=True, staff=leg.owner)
        return actor_for(account, on=local_day(self._now))

    def _photo(self, at: datetime) -> int:
        picture = scene(PICTURE_CLASS, self._rng, mended=False)
        return store_file("到场.jpg", picture, by=SYSTEM, now=at).pk
