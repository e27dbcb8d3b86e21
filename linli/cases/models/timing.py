"""The clocks of a case."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from linli.cases.flow import CLOCK_NAMES, Clock
from linli.cases.models.loop import Case
from linli.kernel.matters.models import ClockRun, Reminder, Request


class Deadline(ClockRun):
    """One run of one clock of a case.

    `excused_at` takes an overtime out of the statistics; that `stopped_at` lies behind `due_at` stays as it was.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    excused_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(stopped_at=None), name="one_running_clock"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at", "id"],
                name="deadline_next",
                condition=Q(stopped_at=None, next_at__isnull=False),
            ),
            models.Index(fields=["case", "id"], name="deadline_case"),
            models.Index(fields=["clock", "due_at"], name="deadline_due"),
            models.Index(fields=["clock", "stopped_at"], name="deadline_stopped"),
        ]

    @property
    def clock_name(self) -> str:
        return CLOCK_NAMES[Clock(self.clock)]


class Escalation(Reminder):
    """Somebody was told that the deadline of a case is near or past."""

    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deadline", "level"], name="once_per_level")]


class Extension(Request):
    """Somebody asked for another whole limit (延期): endorsed in the own unit, then granted by a dispatcher.

    A refused one (by either) does not count towards the most that may be granted. `told` is the reason in the words the
    reporters read.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="+")
    due_before = models.DateTimeField()
    due_after = models.DateTimeField(null=True)
    told = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(granted=None), name="one_waiting_extension"
            )
        ]


class Suspension(models.Model):
    """The clock of a case was stopped until a day (挂账): once per case, at most a year. It resumes by itself."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()
    resumed_by = models.ForeignKey(
        "people.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    resumed_at = models.DateTimeField(null=True)


class OvertimeAppeal(Request):
    """A unit asks that an overtime be left out of the statistics (超时申诉): after closing, once, two reviewers.

    The first one who agrees endorses it, the second one decides; one is enough to refuse.
    """

    deadline = models.OneToOneField(Deadline, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
