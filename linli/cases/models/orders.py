"""What the unit writes down of a hotline order beside the timeline, and the papers that belong to it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from linli.cases.models.loop import Case
from linli.cases.models.results import Solved


class HandlingMethod(models.TextChoices):
    PHONE = "phone", "电话"
    ON_SITE = "on_site", "现场"
    FORWARDED = "forwarded", "系统转派"
    JOINT = "joint", "联合办理"


class OrderHandling(models.Model):
    """How the unit dealt with a hotline order; filled in as the work goes on, no move and no clock depends on it.

    `contact_number` is the number under which the caller was reached: personal, and masked like the caller's own.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    is_true = models.BooleanField(null=True)
    beyond_duty = models.BooleanField(null=True)
    contacted = models.BooleanField(null=True)
    contact_number = models.CharField(max_length=20, blank=True)
    contacted_at = models.DateTimeField(null=True)
    solved = models.CharField(max_length=16, choices=Solved, blank=True)
    unresolved_reason = models.CharField(max_length=500, blank=True)
    method = models.CharField(max_length=12, choices=HandlingMethod, blank=True)
    by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(contacted=True) | Q(contact_number="", contacted_at=None),
                name="a_contact_has_its_number_and_time",
            ),
            models.CheckConstraint(
                condition=Q(solved__in=("partly_solved", "not_solved")) | Q(unresolved_reason=""),
                name="only_what_is_not_solved_has_a_reason",
            ),
        ]


class OrderFileKind(models.TextChoices):
    IDENTITY = "identity", "证件附件"
    CONTACT = "contact", "联系证据"
    HANDLING = "handling", "办理附件"


class OrderFile(models.Model):
    """A paper of a hotline order; each kind has a reading right of its own (`actions/ordering.py`)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=OrderFileKind)
    by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "file", "kind"], name="one_paper_once")
        ]
