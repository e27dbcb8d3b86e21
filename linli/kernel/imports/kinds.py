"""Which imports can be worked off in parts; the list is in `linli.config.subscriptions.IMPORTS`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from linli.kernel.acting import Actor
from linli.kernel.tables.columns import Layout
from linli.kernel.tables.reading import Row
from linli.kernel.tables.results import Imported


class Take(Protocol):
    """Takes rows one by one, each whole or not at all, and counts them in `result`."""

    def __call__(
        self,
        rows: Sequence[Row],
        result: Imported,
        *,
        options: Mapping[str, Any],
        by: Actor,
        now: datetime,
    ) -> list[int]: ...


@dataclass(frozen=True)
class ImportKind:
    """`layout` and `take` by their paths; `part` is how many rows one transaction takes.

    A part keeps everybody who writes waiting on SQLite, so that it should take a second at most.
    """

    name: str
    right: str
    layout_path: str
    take_path: str
    part: int = 20

    @property
    def layout(self) -> Layout:
        found: Layout = import_string(self.layout_path)
        return found

    @property
    def take(self) -> Take:
        found: Take = import_string(self.take_path)
        return found


def kind_named(name: str) -> ImportKind:
    every: Sequence[ImportKind] = import_string(settings.LINLI_IMPORTS)
    return next(one for one in every if one.name == name)
