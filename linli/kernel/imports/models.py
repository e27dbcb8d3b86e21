"""An import that goes on in the background, and the rows that still wait."""

from __future__ import annotations

from typing import Any

from django.db import models

from linli.kernel.tables.results import Imported, Refusal


class FileImport(models.Model):
    """A file that was handed in. `outcome` is what became of its rows so far, `made` what else an importer keeps."""

    kind = models.CharField(max_length=20)
    file_name = models.CharField(max_length=130)
    options = models.JSONField(default=dict)
    account = models.ForeignKey("access.Account", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcome = models.JSONField(default=dict)
    made = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["account", "-started_at"], name="imports_of_account")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def imported(self) -> Imported:
        """The outcome as every import has it."""
        facts: dict[str, Any] = dict(self.outcome)
        return Imported(**{**facts, "refused": [Refusal(**one) for one in facts["refused"]]})

    @property
    def taken(self) -> int:
        """Rows of which is known what became of them."""
        return self.imported.taken


class RowsWaiting(models.Model):
    """A part of the rows; it is removed in the transaction that takes them."""

    file_import = models.ForeignKey(FileImport, on_delete=models.CASCADE, related_name="+")
    place = models.PositiveIntegerField()
    rows = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file_import", "place"], name="imports_one_of_each")
        ]
