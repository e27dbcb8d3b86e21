"""A kind of matter: a flow with the tables and the few parts that are its own; and which kinds there are.

A module writes one `Kind` in its `effects.py` and adds its path to `MATTERS` in `linli/config/subscriptions.py`.
Everything that serves all matters — the worker's reminders, the inbox, recompute, the leak test, the screens — walks
`kinds()`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string

from linli.kernel.acting import Actor, lies_in
from linli.kernel.engine import rows
from linli.kernel.errors import NotFound
from linli.kernel.matters.facts import Facts
from linli.kernel.matters.flow import Flow, Move
from linli.kernel.matters.models import ClockRun, EntryPhoto, Matter, Reminder, TimelineEntry
from linli.kernel.matters.requests import RequestRule
from linli.kernel.matters.roles import Roles

M = TypeVar("M", bound=Matter)

Effect = Callable[..., dict[str, Any]]
"""(matter, *, by, facts, now) -> facts to note: what a move does beside going to the next stage."""

Check = Callable[..., None]
"""(matter, move, *, by, facts) -> None: refuses what the table alone cannot, by raising."""


@dataclass(frozen=True)
class Kind:
    """`key` is the name of the foreign key to the matter in its own rows.

    `fits` says whether a move makes sense on a matter now, beyond what the table knows, so that it is offered.
    `columns` are the fields of the matter a move may change beside those every matter has; `facts` is what its forms
    fill in; `lock` reads a row for changing, `reaches` says whether a right covers it; `roles` who was what in it;
    `barred` who may not be given it; `around` further foreign keys of a timeline line; `photo` is the table of the
    pictures that came with a move, the facts `photo_…`, unless `keep_photos` stores them otherwise; `followed` runs
    when all of it is stored, `settled` before that, when owner and clock are known (it returns facts to note; with
    `again` it computes what it has anew, `hanging` being the matters for which that matters between two instants);
    `ended` when nobody works on it any more.
    `seen` are the matters a right reaches, `view` is the right with which one reads them.
    `related` is what names and links need, `requests` what may be asked for on such a matter.
    """

    flow: Flow
    matter: type[Matter]
    run: type[ClockRun]
    entry: type[TimelineEntry]
    reminder: type[Reminder]
    key: str
    facts: type[Facts] = Facts
    columns: tuple[str, ...] = ()
    effects: Mapping[str, Effect] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    fits: Callable[[Any, Move, Actor], bool] | None = None
    related: tuple[str, ...] = ()
    lock: Callable[[int], Matter | None] | None = None
    reaches: Callable[[Actor, Any, str], bool] | None = None
    view: str = ""
    seen: Callable[[Actor, str], models.QuerySet[Any]] | None = None
    roles: Callable[[Any], Roles] | None = None
    barred: Callable[[Any], frozenset[int]] | None = None
    around: Callable[[Any], dict[str, Any]] | None = None
    photo: type[EntryPhoto] | None = None
    keep_photos: Callable[..., None] | None = None
    followed: Callable[..., None] | None = None
    settled: Callable[..., dict[str, Any]] | None = None
    hanging: Callable[[datetime, datetime], models.Q] | None = None
    ended: Callable[[Any], None] | None = None
    requests: tuple[RequestRule, ...] = ()

    def __post_init__(self) -> None:
        if self.seen is not None and not self.view:
            raise ValueError(f"{self.code}: `seen` without `view` is in nobody's inbox")

    @property
    def code(self) -> str:
        return self.flow.code

    def get(self, matter_id: int) -> Any:
        """The matter, locked until the transaction ends; None if there is none."""
        if self.lock is not None:
            return self.lock(matter_id)
        return rows.get(self.matter, matter_id, lock=True)

    def covers(self, actor: Actor, matter: Any, right: str) -> bool:
        """Whether the scope of a right holds a matter that was already read."""
        if not actor.may(right):
            return False
        if self.reaches is not None:
            return self.reaches(actor, matter, right)
        return lies_in(actor.scope(right), matter)


def kinds() -> tuple[Kind, ...]:
    """Every kind of matter of this installation, in the order of the list."""
    paths: tuple[str, ...] = import_string(settings.LINLI_MATTERS)
    return tuple(import_string(path) for path in paths)


def kind_of(code: str) -> Kind:
    """The kind with this code.

    Raises:
        NotFound: there is no such kind.
    """
    found = next((kind for kind in kinds() if kind.code == code), None)
    if found is None:
        raise NotFound("没有这类事项。", field="kind")
    return found
