"""Imports a person may look at: their own."""

from __future__ import annotations

from linli.kernel.acting import Actor
from linli.kernel.imports.errors import ImportUnknown
from linli.kernel.imports.models import FileImport


def import_of(actor: Actor, import_id: int) -> FileImport:
    """Raises `ImportUnknown`: not there, or handed in by somebody else."""
    mine = FileImport.objects.filter(account_id=actor.account_id or 0)
    found = mine.filter(pk=import_id).first()
    if found is None:
        raise ImportUnknown("没有这次导入，或不是您提交的。")
    return found
