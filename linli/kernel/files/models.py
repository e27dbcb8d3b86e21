"""The row of a served file. Its bytes lie in the file store under `sha256`."""

from __future__ import annotations

from django.db import models

from linli.kernel.files.rules import Kind


class StoredFile(models.Model):
    """One cleaned file. Two people who send the same picture share the row.

    `confirmed_at` is set when a row of another module uses it; until then it is removed after a day.
    `facts` holds what the photo said of time and place, only if the reporter agreed, and its watermark.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in Kind])
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    original_name = models.CharField(max_length=130)
    uploaded_at = models.DateTimeField()
    uploader = models.CharField(max_length=80)
    facts = models.JSONField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["uploaded_at"],
                name="files_unused",
                condition=models.Q(confirmed_at=None),
            )
        ]

    def __str__(self) -> str:
        return self.original_name
