"""What becomes of a case beside its stage: merging, ratings, photos, a forced closing, how it is found."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from linli.cases.models.catalogue import Channel
from linli.cases.models.loop import Case, Report
from linli.kernel.matters.models import Request
from linli.kernel.privacy.words import WordsField


class Merge(models.Model):
    """A case was found to be the same matter as another. Undoing it restores the stage it had."""

    survivor = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    merged = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    stage_before = models.CharField(max_length=16)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at=None), name="merged_into_one"
            ),
            models.CheckConstraint(
                condition=~Q(survivor=models.F("merged")), name="not_into_itself"
            ),
        ]


class Satisfaction(models.TextChoices):
    SATISFIED = "satisfied", "满意"
    BASICALLY_SATISFIED = "basically_satisfied", "基本满意"
    DISSATISFIED = "dissatisfied", "不满意"


class Solved(models.TextChoices):
    SOLVED = "solved", "已解决"
    PARTLY_SOLVED = "partly_solved", "部分解决"
    NOT_SOLVED = "not_solved", "未解决"


class Rating(models.Model):
    """What a reporter says of the result; one per report and round (`round` is how often the case was reopened)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="+")
    satisfaction = models.CharField(max_length=20, choices=Satisfaction)
    solved = models.CharField(max_length=16, choices=Solved)
    words = WordsField(blank=True)
    intake_channel = models.CharField(max_length=16, choices=Channel)
    round = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "round"], name="one_rating_per_round")
        ]
        indexes = [
            models.Index(fields=["case"], name="rating_case"),
            models.Index(fields=["at"], name="rating_at"),
        ]


class PhotoKind(models.TextChoices):
    REPORT = "report", "上报照片"
    BEFORE = "before", "处置前"
    AFTER = "after", "处置后"
    CHECK = "check", "核查照片"


class CasePhoto(models.Model):
    """A picture that belongs to a report, and through it or directly to a case."""

    report = models.ForeignKey(Report, null=True, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=PhotoKind)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["case"], name="photo_case"),
            models.Index(fields=["report"], name="photo_report"),
        ]


class ForceCloseRequest(Request):
    """Somebody asks that a case be closed by force; somebody else has to do it, and grants it by doing so."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(decided_at=None), name="one_open_request_per_case"
            )
        ]


class TextKey(models.Model):
    """A few hashes of a case's text, so that near-identical texts find each other among millions."""

    key = models.BigIntegerField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["key", "-case"], name="text_key")]


class FieldCommand(models.Model):
    """A command made on a phone, perhaps without signal. The phone gives the id, so that it is carried out once.

    `result` is {"done": bool, "message": str, "link": str}; a refusal is kept like a success.
    """

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey("access.Account", on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=24)
    made_at = models.DateTimeField()
    received_at = models.DateTimeField()
    result = models.JSONField(default=dict)
