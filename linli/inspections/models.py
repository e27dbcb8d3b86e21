"""隐患检查: places that are visited again and again, what is looked at there, and the visits."""

from __future__ import annotations

from functools import cached_property

from django.db import models
from django.db.models import Q

from linli.inspections.flow import INSPECTION
from linli.kernel.calendar.local import LOCAL
from linli.kernel.matters.models import ClockRun, EntryPhoto, Matter, Reminder, TimelineEntry
from linli.kernel.places.models import Placed


class SiteKind(models.Model):
    """A kind of place and the plan for it: visited again `every_days` after the last visit."""

    code = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=20)
    every_days = models.PositiveSmallIntegerField()
    retired_at = models.DateTimeField(null=True)


class ChecklistItem(models.Model):
    """What is looked at in a kind of place, from a day on; `limit` is the usual time to put it right."""

    code = models.CharField(max_length=16)
    kind = models.ForeignKey(SiteKind, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=100)
    limit = models.CharField(max_length=20)
    cannot_wait = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="one_item_a_day")
        ]


class Site(Placed):
    """A place to inspect. `name` is that of the premises; nothing here is about a person."""

    kind = models.ForeignKey(SiteKind, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    address = models.CharField(max_length=200, blank=True)
    unit = models.ForeignKey(
        "organisations.Organization", null=True, on_delete=models.PROTECT, related_name="+"
    )
    retired_at = models.DateTimeField(null=True)
    handling_org_id = None

    class Meta:
        constraints = Placed.Meta.constraints
        indexes = [models.Index(fields=["subdistrict", "kind"], name="site_place")]

    @property
    def where(self) -> str:
        """Community, grid and address in words."""
        return "".join(area.name for area in (self.community, self.grid) if area) + self.address


class SiteExit(models.Model):
    """A place left the plan (退出检查), by whom and why, until somebody puts it back; every time has its row."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    back_by = models.ForeignKey(
        "people.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site"], condition=Q(back_at=None), name="out_of_the_plan_once"
            )
        ]


class Inspection(Matter):
    """One visit of a site and what followed from it. `limit` is the time its findings were given."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=16, default=INSPECTION.first)
    inspector = models.ForeignKey(
        "people.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    visited_at = models.DateTimeField(null=True)
    limit = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            *Matter.Meta.constraints,
            models.UniqueConstraint(
                fields=["site"], condition=Q(open=True), name="one_open_inspection"
            ),
        ]
        indexes = [
            models.Index(fields=["subdistrict", "stage"], name="inspection_place"),
            models.Index(fields=["site", "visited_at"], name="inspection_site"),
        ]

    @cached_property
    def number(self) -> str:
        """JC, the local day it was planned and the row's id, e.g. JC20260309000042."""
        return f"JC{self.opened_at.astimezone(LOCAL):%Y%m%d}{self.pk:06d}"

    @property
    def topic(self) -> str:
        return self.site.name

    @property
    def headline(self) -> str:
        return f"{self.number} {self.site.name}"

    @property
    def link(self) -> str:
        return f"/console/inspections/{self.number}"

    @property
    def variant(self) -> str:
        return self.site.kind.code

    def own_limit(self, clock: str) -> str:
        return self.limit if clock == "rectify" else ""


class Finding(models.Model):
    """Something of the checklist that was not in order."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(ChecklistItem, on_delete=models.PROTECT, related_name="+")


class InspectionDeadline(ClockRun):
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inspection"],
                condition=Q(stopped_at=None),
                name="one_running_clock_of_an_inspection",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at", "id"],
                name="inspection_deadline_next",
                condition=Q(stopped_at=None, next_at__isnull=False),
            )
        ]


class InspectionReminder(Reminder):
    deadline = models.ForeignKey(InspectionDeadline, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deadline", "level"], name="inspection_told_once")
        ]


class InspectionLine(TimelineEntry):
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="+")


class InspectionPhoto(EntryPhoto):
    entry = models.ForeignKey(InspectionLine, on_delete=models.PROTECT, related_name="+")
