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
