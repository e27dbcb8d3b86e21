from __future__ import annotations

from django.db import models


class KeyMark(models.Model):
    """By which a key is recognised without being known: each machine that shares the database must have the same."""

    name = models.CharField(max_length=40, unique=True)
    fingerprint = models.CharField(max_length=32)
    noted_at = models.DateTimeField()
