"""Calendars as rows. What they mean is in working_time.py; who may change them in actions.py."""

from __future__ import annotations

from datetime import date

from django.db import models

from linli.kernel.calendar.calendar_file import seasons_from
from linli.kernel.calendar.day_file import NAME_LENGTH, DayKind
from linli.kernel.calendar.working_time import WorkingTime


class WorkCalendar(models.Model):
    """When one organisation works, or everybody without a calendar of their own (`organization_ref` is null).

    Valid on days of [valid_from, valid_until). `years` lists the loaded years, `seasons` and `weekdays` are as in
    calendar_file.py. `version` grows with every change, `fingerprint` is the digest of the content it stands for.
    """

    name = models.CharField(max_length=80)
    # A plain number: organisations lie above calendars and are unknown here.
    organization_ref = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    day_minutes = models.PositiveSmallIntegerField(default=480)
    end_of_nth_day = models.BooleanField(default=False)
    weekdays = models.JSONField(default=list)
    seasons = models.JSONField(default=list)
    years = models.JSONField(default=list)
    fingerprint = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_ref", "valid_from"],
                name="work_calendar_one_per_organization_and_day",
            ),
            # Null never equals null, so the calendar for everybody needs a rule of its own.
            models.UniqueConstraint(
                fields=["valid_from"],
                condition=models.Q(organization_ref=None),
                name="work_calendar_one_default_per_day",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until=None)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="work_calendar_valid_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.edition}"

    @property
    def edition(self) -> str:
        """The version as a due records it, unique over all calendars: `3.12`."""
        return f"{self.pk}.{self.version}"

    def working_time(self, days: list[CalendarDay]) -> WorkingTime:
        """The value of this calendar with its `days`. Raises BadWorkingTime if the row contradicts itself."""
        by_kind: dict[str, set[date]] = {kind: set() for kind in DayKind}
        for row in days:
            by_kind[row.kind].add(row.date)
        return WorkingTime(
            name=self.name,
            version=self.edition,
            years=frozenset(self.years),
            seasons=seasons_from(self.seasons),
            holidays=frozenset(by_kind[DayKind.HOLIDAY]),
            make_up_days=frozenset(by_kind[DayKind.MAKE_UP]),
            names={row.date: row.name for row in days},
            weekdays=frozenset(self.weekdays),
            day_minutes=self.day_minutes,
            end_of_nth_day=self.end_of_nth_day,
        )


class CalendarDay(models.Model):
    """A holiday, or a weekend day that is worked."""

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.CASCADE, related_name="+")
    date = models.DateField()
    kind = models.CharField(
        max_length=8, choices=[(DayKind.HOLIDAY.value, "放假"), (DayKind.MAKE_UP.value, "调休上班")]
    )
    name = models.CharField(max_length=NAME_LENGTH)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "date"], name="work_calendar_one_entry_per_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class CalendarEdition(models.Model):
    """What a calendar said in one version; kept for good, so that a due of last year can be worked out again."""

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    content = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "version"], name="work_calendar_one_edition_per_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id}.{self.version}"


class YearNotice(models.Model):
    """A year was entered: from what, by whom, and how far the dues that reach into it have been computed again.

    `text` is the notice as it was pasted. `checked` of `found` matters have been gone through, `changed` of them got
    another due; `finished_at` is set when the last one is done.
    """

    class Source(models.TextChoices):
        NOTICE = "notice", "粘贴通知"
        TABLE = "table", "表格导入"
        HAND = "hand", "手工修改"
        SHIPPED = "shipped", "随版本更新"

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=8, choices=Source)
    text = models.TextField(blank=True)
    entered_by = models.CharField(max_length=50)
    entered_at = models.DateTimeField()
    found = models.PositiveIntegerField(null=True)
    checked = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["calendar", "year", "-id"], name="year_notice_newest")]

    def __str__(self) -> str:
        return f"{self.year} {self.source}"

    @property
    def reason(self) -> str:
        """Why dues are computed again, as it stands in timelines: 2027年放假安排已录入."""
        return f"{self.year}年放假安排已录入"
