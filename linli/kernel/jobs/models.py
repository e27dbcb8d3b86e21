from __future__ import annotations

from django.db import models
from django.db.models import Q


class Job(models.Model):
    """Something to do at `due_at`. `key` makes a job unique for as long as the row lives."""

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120, unique=True, null=True)
    payload = models.JSONField(default=dict)
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="job_waiting",
                condition=Q(done_at=None, given_up_at=None),
            ),
        ]


class Heartbeat(models.Model):
    """A process, a part of the worker or the backup: when it was last well, and since when it fails."""

    name = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    detail = models.CharField(max_length=200, blank=True)
