"""Remaining time in words and as a light (绿 黄 红 蓝 灰).

    1 day 3 h left                ->  剩余 1天3小时     green
    2 h over                      ->  已超时 2小时      red
    less than a fifth of it left  ->  剩余 40分钟       yellow, only when the start is known

The colour never stands alone: words and light come together. A closed matter is grey, a suspended one blue;
those two are facts of the case and are given by the caller, never guessed from the clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from .labels import LIGHT_WORDS

LIGHTS = frozenset(LIGHT_WORDS)
YELLOW_SHARE = 0.2  # yellow below this share of the whole limit (casework 6.1.13)


def duration_words(length: timedelta) -> str:
    """Two units at most, rounded down: 1天3小时, 2小时15分钟, 12分钟, 不到1分钟."""
    minutes = int(abs(length).total_seconds() // 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        return _two(_("%(n)d天") % {"n": days}, hours and _("%(n)d小时") % {"n": hours})
    if hours:
        return _two(_("%(n)d小时") % {"n": hours}, minutes and _("%(n)d分钟") % {"n": minutes})
    if minutes:
        return _("%(n)d分钟") % {"n": minutes}
    return _("不到1分钟")


def light_for(due: datetime, now: datetime, *, start: datetime | None = None) -> str:
    """`red` after the due minute, `yellow` with less than a fifth left, else `green`. On time is now <= due."""
    if now > due:
        return "red"
    if start is not None and due > start and (due - now) < (due - start) * YELLOW_SHARE:
        return "yellow"
    return "green"


def yellow_from(due: datetime, start: datetime) -> datetime:
    """The moment the light turns yellow."""
    return due - (due - start) * YELLOW_SHARE


def left_words(due: datetime, now: datetime) -> str:
    words = duration_words(due - now)
    if now > due:
        return _("已超时 %(time)s") % {"time": words}
    return _("剩余 %(time)s") % {"time": words}


def _two(first: str, second: str | int) -> str:
    return _("%(first)s%(second)s") % {"first": first, "second": second} if second else first
