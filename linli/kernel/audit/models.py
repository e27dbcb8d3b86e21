from __future__ import annotations

from django.db import models


class AuditLine(models.Model):
    """One thing somebody did, or was refused. Written once, sealed once, never edited."""

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=20)
    account_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    action = models.CharField(max_length=120)
    subject = models.CharField(max_length=120)
    detail = models.JSONField(default=dict)
    result = models.CharField(max_length=20)
    client = models.CharField(max_length=45, default="", blank=True)
    request_id = models.CharField(max_length=32, default="", blank=True)
    role = models.CharField(max_length=80, default="", blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    sequence = models.BigIntegerField(null=True, unique=True)
    previous_hash = models.CharField(max_length=64, default="")
    line_hash = models.CharField(max_length=64, default="")

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="audit_unsealed", condition=models.Q(sequence=None))
        ]


class AuditSeal(models.Model):
    """The end of the chain: the one row that says how long it must be."""

    sequence = models.BigIntegerField(default=0)
    line_hash = models.CharField(max_length=64, default="")
    key_fingerprint = models.CharField(max_length=32, default="", blank=True)
    keyed_from = models.BigIntegerField(null=True)
