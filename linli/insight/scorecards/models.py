from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from linli.cases.models import Case
from linli.kernel.matters.models import Request


class ScoreFormula(models.Model):
    """Points of the parts of an organisation's score from a day on; together 100. Past periods keep theirs."""

    class ReworkOver(models.TextChoices):
        CLOSING = "close", "应结案"
        HANDLING = "handle", "应处置"

    valid_from = models.DateField(unique=True)
    done = models.PositiveSmallIntegerField()
    on_time = models.PositiveSmallIntegerField()
    no_rework = models.PositiveSmallIntegerField()
    none_waiting = models.PositiveSmallIntegerField()
    no_extension = models.PositiveSmallIntegerField()
    rework_over = models.CharField(max_length=8, choices=ReworkOver, default=ReworkOver.CLOSING)
    set_by_name = models.CharField(max_length=40)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    done=100 - F("on_time") - F("no_rework") - F("none_waiting") - F("no_extension")
                ),
                name="points_are_100_together",
            )
        ]


class CardAppeal(Request):
    """Somebody says that a matter counts wrongly on a card (申诉): on that of a unit, or on the own one of a worker.

    The row stays whatever is decided. Granted, the matter leaves the score of that card; the score with it and the
    matter itself stay as they are.
    """

    organization = models.ForeignKey(
        "organisations.Organization", null=True, on_delete=models.PROTECT, related_name="+"
    )
    staff = models.ForeignKey("people.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    period_kind = models.CharField(max_length=12)
    period_name = models.CharField(max_length=10)
    reason = models.CharField(max_length=500)
    opinion = models.CharField(max_length=500, blank=True)
    asked_by_name = models.CharField(max_length=40)
    decided_by_name = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(organization=None, staff__isnull=False)
                | Q(organization__isnull=False, staff=None),
                name="appeal_of_one_card",
            ),
            models.CheckConstraint(
                condition=Q(granted=None, decided_at=None, opinion="")
                | Q(granted__isnull=False, decided_at__isnull=False, opinion__gt=""),
                name="appeal_is_decided_with_an_opinion",
            ),
            models.UniqueConstraint(
                fields=["case", "organization", "period_kind", "period_name"],
                condition=Q(staff=None),
                name="one_appeal_of_a_unit_for_a_case",
            ),
            models.UniqueConstraint(
                fields=["case", "staff", "period_kind", "period_name"],
                condition=Q(organization=None),
                name="one_appeal_of_a_worker_for_a_case",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period_name} {self.case_id}"

    @property
    def open(self) -> bool:
        return self.granted is None
