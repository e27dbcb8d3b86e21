"""Which period and place a page of figures is asked for, what it is compared with, and the addresses of its lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.insight.periods.queries import first_days, stretch_called, windows_of
from linli.insight.periods.rules import Change, Kind, Stretch, Window, Windows, recent
from linli.insight.periods.wording import ARROWS, difference_words, value_words
from linli.kernel.errors import LinliError
from linli.kernel.places.models import Area, AreaLevel
from linli.kernel.places.queries import areas_within
from linli.screens.console.labels import Words, words_of
from linli.screens.shared.guard import PageRequest
from linli.screens.shared.numbers import moment_in

KINDS: Words = {
    "month": gettext_lazy("月"),
    "week": gettext_lazy("周"),
    "day": gettext_lazy("日"),
    "assessment": gettext_lazy("考核期"),
    "hotline_day": gettext_lazy("热线日（中午到中午）"),
}
BASES: Words = {"before": gettext_lazy("环比"), "year": gettext_lazy("同比")}
OFFERED = {Kind.MONTH: 13, Kind.WEEK: 8, Kind.DAY: 14, Kind.ASSESSMENT: 13, Kind.HOTLINE_DAY: 14}
"""Periods in the list of choices; older ones open by their address."""

EVERY_KIND = tuple(Kind)
AREA_COLUMNS = {AreaLevel.SUBDISTRICT: "subdistrict_id", AreaLevel.COMMUNITY: "community_id"}


@dataclass(frozen=True)
class Asked:
    """A period with its bases, read as of an instant, narrowed to a place (none: all the person sees)."""

    stretch: Stretch
    windows: Windows
    asof: datetime
    area: Area | None
    among: Q

    @property
    def at(self) -> str:
        return f"{self.stretch.kind}:{self.stretch.name}"

    @property
    def address(self) -> dict[str, str]:
        """What finds this page again."""
        return {"at": self.at, **({"area": str(self.area.pk)} if self.area else {})}

    def link(self, view: str, **more: str) -> str:
        """Address of a list behind a figure of this page: the same period, place and instant."""
        return f"{reverse(view)}?{self.query(**more)}"

    def query(self, **more: str) -> str:
        """What such an address asks for."""
        return urlencode({**self.address, "asof": self.asof.isoformat(), **more})

    def window(self, base: str) -> Window:
        """The period itself, or the one it is compared with.

        Raises:
            LinliError: there is nothing to compare with.
        """
        found: Window | None = getattr(self.windows, base) if base in BASES else self.windows.now
        if found is None:
            raise LinliError(_("这个时段没有可比的数据，请从表中点击数字打开。"), field="base")
        return found


def asked(
    request: PageRequest, *, usual: Kind = Kind.MONTH, kinds: Sequence[Kind] = EVERY_KIND
) -> Asked:
    """What the address asks for; the present period of the usual kind without one."""
    kind, _colon, name = request.GET.get("at", "").partition(":")
    wanted = Kind(kind) if kind in {one.value for one in kinds} else usual
    if not kind:
        name = request.GET.get("month", "") or request.GET.get("period", "")
    asof = _asof(request)
    stretch = stretch_called(wanted, name, now=asof)
    area = _area(request)
    among = Q(**{AREA_COLUMNS[AreaLevel(area.level)]: area.pk}) if area else Q()
    windows = windows_of(request.actor, stretch, asof=asof, among=among)
    return Asked(stretch, windows, asof, area, among)


def choices(
    request: PageRequest, found: Asked, *, kinds: Sequence[Kind] = EVERY_KIND
) -> dict[str, Any]:
    """What the condition row offers: periods by kind, places of the scope."""
    days = first_days()
    offered = []
    for kind in kinds:
        some = recent(kind, request.now, most=OFFERED[kind], first_days=days)
        if found.stretch.kind is kind and found.stretch not in some:
            some.append(found.stretch)
        options = [(f"{kind}:{one.name}", words_for(one)) for one in some]
        offered.append((words_of(KINDS, kind), options))
    return {
        "asked": found,
        "period_words": words_for(found.stretch),
        "periods": offered,
        "areas": [(area.pk, area.name) for area in areas_of(request)],
        "running": found.asof < found.stretch.end,
    }


def areas_of(request: PageRequest) -> list[Area]:
    """Streets and communities somebody may narrow figures to; one alone is no choice."""
    rows = areas_within(request.actor.scope("cases.view")).filter(level__in=AREA_COLUMNS)
    found = list(rows.defer("geometry", "raw_geometry"))
    return found if len(found) > 1 else []


def words_for(stretch: Stretch) -> str:
    """The name of a period; its days where the name does not tell them."""
    if stretch.kind in (Kind.DAY, Kind.MONTH):
        return stretch.name
    if stretch.kind is Kind.HOTLINE_DAY:
        return f"{stretch.name} 12:00"
    return f"{stretch.name} ({stretch.first_day:%m-%d} – {stretch.last_day:%m-%d})"


def change_cell(change: Change, unit: str, *, good: int = 0, url: str = "") -> dict[str, Any]:
    """What a cell of 环比 or 同比 shows: an arrow, the signed difference, the base; — where there is no base."""
    verdict = ""
    if good and change.direction in ("up", "down"):
        verdict = "good" if (change.direction == "up") == (good > 0) else "bad"
    return {
        "arrow": ARROWS[change.direction],
        "difference": difference_words(change, unit, points=_("{n} 个百分点")),
        "base": value_words(change.base, unit),
        "url": url,
        "verdict": verdict,
    }


def _asof(request: PageRequest) -> datetime:
    """The instant of the page a list was opened from; never one that is still to come."""
    given = moment_in(request.GET.get("asof"))
    return request.now if given is None else min(given, request.now)


def _area(request: PageRequest) -> Area | None:
    wanted = request.GET.get("area", "")
    if not wanted.isdecimal():
        return None
    rows = areas_within(request.actor.scope("cases.view")).filter(level__in=AREA_COLUMNS)
    found = rows.filter(pk=int(wanted[:18])).first()
    if found is None:
        raise LinliError(_("没有这个辖区，或不在您的管辖范围内。"), field="area")
    return found
