"""吹哨报到: a sub-district calls departments to one place for one matter; each answers on a leg of its own."""

from __future__ import annotations

from functools import cached_property

from django.db import models
from django.db.models import Q

from linli.cases.models import Case
from linli.kernel.calendar.local import LOCAL
from linli.kernel.matters.models import ClockRun, EntryPhoto, Matter, Reminder, TimelineEntry
from linli.kernel.places.models import Placed
from linli.whistles.flow import (
    LEG,
    PART_NAMES,
    RAISED_WHISTLE,
    STAGE_NAMES,
    WHISTLE_OPEN,
    LegStage,
    WhistleStage,
)


class WhistleKind(models.Model):
    """What a whistle may be for; a dictionary that a city keeps. `code` is the variant of the limits of its legs."""

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=20)
    retired_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Whistle(Placed):
    """One matter for which departments are called (吹哨). Its place is kept in the same columns as a case's.

    `wanted` are the departments a community asks for, as [organisation id, part, task]; the street decides.
    """

    kind = models.CharField(max_length=12)
    stage = models.CharField(max_length=12, default=WhistleStage.RAISED.value)
    title = models.CharField(max_length=100)
    background = models.TextField(max_length=2000)
    address = models.CharField(max_length=200, blank=True)
    wanted = models.JSONField(default=list)
    meet_at = models.DateTimeField(null=True)
    meet_place = models.CharField(max_length=200, blank=True)
    plan = models.TextField(max_length=2000, blank=True)
    result = models.TextField(max_length=2000, blank=True)
    raised_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    blown_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = Placed.Meta.constraints
        indexes = [models.Index(fields=["subdistrict", "stage"], name="whistle_place")]

    handling_org_id = None
    """A whistle lies in an area and belongs to no unit: what asks where a case lies may ask it too."""

    @cached_property
    def number(self) -> str:
        """The number people quote: CS, the local day it was raised and the row's id, e.g. CS20261121000042."""
        return f"CS{self.raised_at.astimezone(LOCAL):%Y%m%d}{self.pk:06d}"

    @property
    def open(self) -> bool:
        return self.stage in WHISTLE_OPEN

    @property
    def stage_name(self) -> str:
        return STAGE_NAMES[WhistleStage(self.stage)]


class WhistleCase(models.Model):
    """A case a whistle is about; it cannot end while the whistle is open."""

    whistle = models.ForeignKey(Whistle, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["whistle", "case"], name="a_case_is_whistled_for_once")
        ]


class WhistleLeg(Matter):
    """What one department owes to one whistle, with its own stage, owner and due; it lies where the whistle lies.

    A leg that is handed on or given to another department ends; the one that follows names it in `came_from`.
    """

    whistle = models.ForeignKey(Whistle, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(
        max_length=8, choices=[(str(part), name) for part, name in PART_NAMES.items()]
    )
    task = models.CharField(max_length=300, blank=True)
    stage = models.CharField(max_length=16, default=LegStage.WAITING.value)
    designated = models.BooleanField(default=False)
    came_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    responded_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    handled_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=500, blank=True)
    arrival_score = models.PositiveSmallIntegerField(null=True)
    cooperation_score = models.PositiveSmallIntegerField(null=True)
    effect_score = models.PositiveSmallIntegerField(null=True)
    score_words = models.CharField(max_length=300, blank=True)
    reply = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            *Matter.Meta.constraints,
            models.UniqueConstraint(
                fields=["whistle", "handling_org"],
                condition=Q(closed_at=None),
                name="one_open_leg_of_a_unit",
            ),
            models.CheckConstraint(
                condition=Q(arrival_score=None) | Q(arrival_score__range=(1, 5)),
                name="arrival_score_1_to_5",
            ),
            models.CheckConstraint(
                condition=Q(cooperation_score=None) | Q(cooperation_score__range=(1, 5)),
                name="cooperation_score_1_to_5",
            ),
            models.CheckConstraint(
                condition=Q(effect_score=None) | Q(effect_score__range=(1, 5)),
                name="effect_score_1_to_5",
            ),
        ]
        indexes = [models.Index(fields=["handling_org", "stage"], name="leg_unit")]

    @property
    def number(self) -> str:
        return self.whistle.number

    @property
    def headline(self) -> str:
        unit = self.handling_org.name if self.handling_org else ""
        return f"{self.whistle.number} {unit} {self.whistle.title}"

    @property
    def topic(self) -> str:
        return self.whistle.title

    @property
    def link(self) -> str:
        return f"/console/whistles/{self.whistle.number}"

    @property
    def variant(self) -> str:
        return self.whistle.kind

    @property
    def stage_name(self) -> str:
        return LEG.stage[self.stage].name


class LegDeadline(ClockRun):
    """One run of one clock of a leg."""

    leg = models.ForeignKey(WhistleLeg, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["leg"], condition=Q(stopped_at=None), name="one_running_clock_of_a_leg"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at", "id"],
                name="leg_deadline_next",
                condition=Q(stopped_at=None, next_at__isnull=False),
            ),
            models.Index(fields=["leg", "id"], name="leg_deadline_leg"),
        ]

    @property
    def clock_name(self) -> str:
        return LEG.clock[self.clock].name


class LegReminder(Reminder):
    """Somebody was told that a leg's due is near or past."""

    deadline = models.ForeignKey(LegDeadline, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deadline", "level"], name="leg_told_once_per_level")
        ]


class WhistleLine(TimelineEntry):
    """A line of the timeline, of the whistle or of one leg.

    `facts` of an arrival: place in words, lon and lat in degrees (CGCS2000); of a score: the three marks.
    """

    whistle = models.ForeignKey(Whistle, on_delete=models.PROTECT, related_name="+")
    leg = models.ForeignKey(WhistleLeg, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["leg", "code"], name="whistle_line_leg")]


class WhistlePhoto(EntryPhoto):
    """A picture that came with a line: the sign-in at the place, the work done."""

    entry = models.ForeignKey(WhistleLine, on_delete=models.PROTECT, related_name="+")


class RaisedWhistle(Matter):
    """What a community raised, until the street has decided; it lies where the whistle lies."""

    whistle = models.OneToOneField(Whistle, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=16, default=RAISED_WHISTLE.first)

    @property
    def number(self) -> str:
        return self.whistle.number

    @property
    def headline(self) -> str:
        return f"{self.whistle.number} {self.whistle.title}"

    @property
    def topic(self) -> str:
        return self.whistle.title

    @property
    def link(self) -> str:
        return f"/console/whistles/{self.whistle.number}"

    @property
    def variant(self) -> str:
        return self.whistle.kind


class RaisedDeadline(ClockRun):
    """One run of the clock of a raised whistle."""

    raised = models.ForeignKey(
        RaisedWhistle, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["raised"], condition=Q(stopped_at=None), name="one_clock_of_a_raised"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at", "id"],
                name="raised_deadline_next",
                condition=Q(stopped_at=None, next_at__isnull=False),
            ),
            models.Index(fields=["raised", "id"], name="raised_deadline_raised"),
        ]


class RaisedReminder(Reminder):
    """Somebody was told that the street's decision is near its due or late."""

    deadline = models.ForeignKey(RaisedDeadline, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deadline", "level"], name="raised_told_once_per_level")
        ]


class RaisedLine(TimelineEntry):
    """A line of the timeline of a raised whistle."""

    raised = models.ForeignKey(RaisedWhistle, on_delete=models.PROTECT, related_name="+")


class JointMeeting(Placed):
    """A joint meeting (联席会议): units sit together on an agenda and resolve; a resolution may become a case."""

    title = models.CharField(max_length=100)
    whistle = models.ForeignKey(Whistle, null=True, on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField()
    place = models.CharField(max_length=200)
    chair = models.CharField(max_length=50)
    agenda = models.JSONField(default=list)
    called_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    handling_org_id = None

    class Meta:
        constraints = Placed.Meta.constraints
        indexes = [models.Index(fields=["subdistrict", "held_at"], name="meeting_place")]


class MeetingUnit(models.Model):
    """A unit that was invited; who came is written down at the meeting."""

    meeting = models.ForeignKey(JointMeeting, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(
        "organisations.Organization", on_delete=models.PROTECT, related_name="+"
    )
    came = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "organization"], name="a_unit_is_invited_once"
            )
        ]


class Resolution(models.Model):
    """What a meeting resolved on one point of its agenda; with `report` it is a task, that is, a case."""

    meeting = models.ForeignKey(JointMeeting, on_delete=models.PROTECT, related_name="+")
    point = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500)
    organization = models.ForeignKey(
        "organisations.Organization", null=True, on_delete=models.PROTECT, related_name="+"
    )
    wanted_by = models.DateField(null=True)
    report = models.ForeignKey(
        "cases.Report", null=True, on_delete=models.PROTECT, related_name="+"
    )
    by_name = models.CharField(max_length=50)
    at = models.DateTimeField()
