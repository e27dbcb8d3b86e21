from __future__ import annotations

from django.db import models


class OutboxEntry(models.Model):
    """One announced event, until every handler has had it."""

    name = models.CharField(max_length=120)
    payload = models.JSONField()
    made_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"], name="outbox_waiting", condition=models.Q(delivered_at=None)
            ),
        ]


class FailedDelivery(models.Model):
    """A handler that raised: what it said, how often it was tried, when it is tried again.

    `next_try_at` is empty once the tries are used up or the delivery succeeded.
    """

    entry = models.ForeignKey(OutboxEntry, on_delete=models.CASCADE, related_name="+")
    handler = models.CharField(max_length=200)
    error = models.TextField()
    tries = models.PositiveIntegerField(default=1)
    failed_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True, db_index=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "handler"], name="one_failure_per_handler")
        ]
