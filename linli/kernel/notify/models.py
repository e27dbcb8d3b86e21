from __future__ import annotations

from django.db import models
from django.db.models import Q


class Notice(models.Model):
    """A line in somebody's inbox. `about` makes the same notice arrive once."""

    staff = models.ForeignKey(
        "people.Staff", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    text = models.CharField(max_length=300)
    link = models.CharField(max_length=200, blank=True)
    level = models.CharField(max_length=12, default="info")
    about = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "about"], name="notice_once")]
        indexes = [
            models.Index(fields=["staff", "-id"], name="notice_unread", condition=Q(read_at=None))
        ]


class Message(models.Model):
    """Something sent out of the house, until it is sent or given up."""

    class Channel(models.TextChoices):
        SMS = "sms", "短信"
        WEBHOOK = "webhook", "接口推送"

    channel = models.CharField(max_length=12, choices=Channel)
    to = models.CharField(max_length=300)
    text = models.TextField()
    about = models.CharField(max_length=120, unique=True)
    made_at = models.DateTimeField()
    send_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["send_at"],
                name="message_waiting",
                condition=Q(sent_at=None, given_up_at=None),
            ),
            models.Index(fields=["channel", "to", "made_at"], name="message_to"),
            models.Index(fields=["channel", "made_at"], name="message_made"),
        ]


class NumberProof(models.Model):
    """A code that was sent and not used yet; keyed hashes alone, see `proving.py`."""

    number = models.CharField(max_length=64, unique=True)
    code = models.CharField(max_length=64)
    made_at = models.DateTimeField()
