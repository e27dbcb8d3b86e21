"""What counts in the assessment of a hotline matter: its order, the calls back, and what is left out with a reason."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from linli.cases.models.loop import Case
from linli.cases.models.results import Satisfaction, Solved
from linli.kernel.matters.models import Request
from linli.kernel.privacy.words import LineField


class WorkOrder(models.Model):
    """The hotline's side of a case (工单): its number, kind and how far it is assessed.

    `first_unit` is the unit that got it first (首接单位) and leads it to the end, whoever else is concerned.
    """

    class Kind(models.TextChoices):
        REQUEST = "request", "诉求"
        COMPLAINT = "complaint", "投诉"
        INQUIRY = "inquiry", "咨询"
        HELP = "help", "求助"
        SUGGESTION = "suggestion", "建议"
        REPORT = "report", "举报"
        PRAISE = "praise", "表扬"

    class Scope(models.TextChoices):
        NONE = "none", "不考核"
        RESPONSE_ONLY = "response_only", "只考核响应"
        FULL = "full", "全部考核"

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    order_no = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.REQUEST)
    assessment_scope = models.CharField(max_length=16, choices=Scope, default=Scope.FULL)
    tags = models.JSONField(default=list)
    first_unit = models.ForeignKey(
        "organisations.Organization", null=True, on_delete=models.PROTECT, related_name="+"
    )
    received_at = models.DateTimeField()


class FollowUp(models.Model):
    """A call back to the reporter (回访). The last one of a case counts; earlier ones stay.

    `effective` is 是否有效回访: somebody was reached and answered. The answers of one that was not are empty.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    effective = models.BooleanField()
    contacted = models.BooleanField(null=True)
    solved = models.CharField(max_length=16, choices=Solved, blank=True)
    satisfaction = models.CharField(max_length=24, choices=Satisfaction, blank=True)
    words = LineField(max_length=500, blank=True)
    by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(effective=False, contacted=None, solved="", satisfaction="")
                | Q(effective=True, contacted__isnull=False) & ~Q(solved="") & ~Q(satisfaction=""),
                name="an_effective_call_has_its_answers",
            )
        ]
        indexes = [
            models.Index(fields=["case", "id"], name="follow_up_case"),
            models.Index(fields=["at"], name="follow_up_at"),
        ]


class Exclusion(Request):
    """A matter is left out of the assessment (剔除), with a reason and an approval; the figure with it stays beside."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(granted=None) | Q(granted=True),
                name="excluded_once",
            )
        ]


class AssessmentRule(models.Model):
    """The weights of the three rates and the day a period begins on, from a day on; in thousandths, together 1,000."""

    valid_from = models.DateField(unique=True)
    response = models.PositiveSmallIntegerField()
    solution = models.PositiveSmallIntegerField()
    satisfaction = models.PositiveSmallIntegerField()
    basic = models.PositiveSmallIntegerField()
    period_day = models.PositiveSmallIntegerField(default=19)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(response=1_000 - models.F("solution") - models.F("satisfaction")),
                name="weights_are_one_together",
            ),
            models.CheckConstraint(
                condition=Q(period_day__gte=1, period_day__lte=28), name="a_day_every_month_has"
            ),
        ]
