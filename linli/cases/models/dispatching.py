"""Between a dispatcher and the units: which classes a community takes, disputes, helping units, supervision."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from linli.cases.models.catalogue import Category
from linli.cases.models.loop import Case, CaseMove
from linli.kernel.matters.models import Request


class CommunityListEntry(models.Model):
    """A class that may be handed to a residents' committee (社区准入清单), with the article that allows it."""

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    article = models.CharField(max_length=300)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["category"], condition=Q(valid_until=None), name="listed_once"
            )
        ]


class DispatchDispute(Request):
    """A unit says again that a matter is not its own (派单争议); the unit the ruling names cannot return it.

    It is granted when another unit than the one that disputes has to handle the matter.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(
        "organisations.Organization", on_delete=models.PROTECT, related_name="+"
    )
    designated = models.ForeignKey(
        "organisations.Organization", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(decided_at=None), name="one_open_dispute"
            )
        ]


class Assistance(models.Model):
    """A unit that works on a case beside the one that leads it (协办, 加派), until it says what it did."""

    class Kind(models.TextChoices):
        ASSIST = "assist", "协办"
        ADDED = "added", "加派"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(
        "organisations.Organization", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=8, choices=Kind)
    opinion = models.CharField(max_length=300)
    added_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    done_by = models.ForeignKey(
        "people.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    done_at = models.DateTimeField(null=True)
    done_note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "organization"], name="a_unit_assists_once")
        ]


class Supervision(models.Model):
    """A leader asks the unit for an account of a case by an instant (督办), and the unit answers."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    demand = models.CharField(max_length=300)
    answer_by = models.DateTimeField()
    by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    answered_by = models.ForeignKey(
        "people.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)


class Objection(Request):
    """A unit disagrees with a rework or another finding of the checkers (异议); somebody else decides."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    move = models.OneToOneField(CaseMove, on_delete=models.PROTECT, related_name="+")
