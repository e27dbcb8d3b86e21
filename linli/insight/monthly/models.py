from __future__ import annotations

from django.db import models
from django.db.models import Q

from linli.cases.models import Case, Solved
from linli.kernel.places.models import Placed


class MonthlyTopic(Placed):
    """A matter that a sub-district takes up for a month (每月一题), with a lead organisation and a goal.

    `month` is its first day. `origin` keeps the figures that spoke for choosing it: sentence, score, period, phrases.
    It lies in a sub-district as a whole, so community, grid and position stay empty.
    """

    month = models.DateField()
    title = models.CharField(max_length=60)
    why = models.CharField(max_length=500)
    goal = models.CharField(max_length=300)
    lead_org = models.ForeignKey(
        "organisations.Organization", on_delete=models.PROTECT, related_name="+"
    )
    origin = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        "people.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    started_by_name = models.CharField(max_length=40)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        "people.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_by_name = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=16, blank=True, choices=Solved)
    result = models.CharField(max_length=1_000, blank=True)

    class Meta:
        constraints = [
            *Placed.Meta.constraints,
            models.UniqueConstraint(
                fields=["subdistrict", "month", "title"], name="monthly_topic_once"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="", result="")
                | Q(closed_at__isnull=False, outcome__gt="", result__gt=""),
                name="monthly_topic_closes_with_a_result",
            ),
        ]
        indexes = [models.Index(fields=["subdistrict", "-month"], name="monthly_topic_months")]

    def __str__(self) -> str:
        return self.title

    @property
    def open(self) -> bool:
        return self.closed_at is None


class MonthlyTopicCase(models.Model):
    """A case chosen into a topic. Taking it out again leaves the row, with who did it and when."""

    topic = models.ForeignKey(MonthlyTopic, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    added_by_name = models.CharField(max_length=40)
    removed_at = models.DateTimeField(null=True)
    removed_by_name = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "case"],
                condition=Q(removed_at=None),
                name="case_once_in_monthly_topic",
            )
        ]


class MonthlyTopicNote(models.Model):
    """One line of progress. Appended, never edited."""

    topic = models.ForeignKey(MonthlyTopic, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by_name = models.CharField(max_length=40)
    text = models.CharField(max_length=1_000)
