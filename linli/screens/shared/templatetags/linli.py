"""Template tags and filters of every screen: `{% load linli %}`. Reference with examples: ../README.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.http import QueryDict
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from linli.kernel.calendar.local import LOCAL
from linli.kernel.privacy import masks

from .. import labels
from ..time_left import LIGHTS, left_words, light_for, yellow_from

register = template.Library()

HTML_LANGUAGES = {"zh-hans": "zh-CN", "zh-cn": "zh-CN", "zh": "zh-CN"}
DAY_WORDS = {
    0: gettext_noop("今天 %(clock)s"),
    -1: gettext_noop("昨天 %(clock)s"),
    1: gettext_noop("明天 %(clock)s"),
}


@register.simple_tag
def icon(name: str, *, label: str = "", large: bool = False) -> SafeString:
    """A drawing from the sprite; silent for screen readers unless it has a `label`."""
    sheet = static("icons.svg")
    look = "icon icon--l" if large else "icon"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}#{}"></use></svg>',
            look,
            label,
            sheet,
            name,
        )
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>', look, sheet, name
    )


@register.inclusion_tag("shared/_time_left.html")
def time_left(
    due: datetime | None,
    now: datetime | None = None,
    *,
    light: str = "",
    start: datetime | None = None,
    words: str = "",
    provisional: bool = False,
) -> dict[str, Any]:
    """The tag with the remaining time.

    `light` overrides the colour (give `blue` for suspended, `grey` for closed); `start` lets it turn yellow;
    `words` overrides the text (a limit counted in working time is worded by its owner). A `provisional` due was
    counted over a year whose notice of holidays has not been entered, and says so.
    """
    if light and light not in LIGHTS:
        raise template.TemplateSyntaxError(f"light must be one of {sorted(LIGHTS)}, not {light!r}")
    if due is None:
        return {"due": None, "words": words, "light": light or "grey"}
    at = now or timezone.now()
    shown = light or light_for(due, at, start=start)
    return {
        "due": due,
        "yellow_from": yellow_from(due, start) if start and start < due else None,
        "words": words or _light_words(shown, due, at),
        "light": shown,
        "live": not words and shown in ("green", "yellow", "red"),
        "title": friendly_time(due, at),
        "provisional": provisional and shown not in ("blue", "grey"),
    }


@register.simple_tag(takes_context=True)
def local_time(
    context: template.Context, value: datetime | None, now: datetime | None = None
) -> SafeString | str:
    """`<time>` in Asia/Shanghai in friendly words; the full time stands in its title and datetime attributes."""
    if value is None:
        return "—"
    given = context.get("now")
    at = now or (given if isinstance(given, datetime) else timezone.now())
    local = value.astimezone(LOCAL)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(timespec="seconds"),
        local.strftime("%Y-%m-%d %H:%M:%S"),
        friendly_time(value, at),
    )


@register.filter
def local_day(value: date | datetime | None) -> str:
    """2026年3月6日 / 6 Mar 2026."""
    if value is None:
        return "—"
    day = value.astimezone(LOCAL) if isinstance(value, datetime) else value
    return date_format(day, _("Y年n月j日"))


def friendly_time(value: datetime, now: datetime) -> str:
    """今天 14:05, 昨天 14:05, 3月6日 14:05, 2024年3月6日 14:05 (Asia/Shanghai)."""
    local, here = value.astimezone(LOCAL), now.astimezone(LOCAL)
    days = (local.date() - here.date()) // timedelta(days=1)
    if days in DAY_WORDS:
        return _(DAY_WORDS[days]) % {"clock": local.strftime("%H:%M")}
    pattern = _("n月j日 H:i") if local.year == here.year else _("Y年n月j日 H:i")
    return date_format(local, pattern)


@register.filter
def mask_phone(value: str | None) -> str:
    return masks.mask_phone(value) if value else ""


@register.filter
def mask_name(value: str | None) -> str:
    return masks.mask_name(value) if value else ""


@register.filter
def stage_label(code: str) -> str:
    """The word for a stage; an unknown code is shown as it is, so that a page never breaks on data."""
    look = labels.STAGES.get(code)
    return str(look.label) if look else code


@register.filter
def stage_tone(code: str) -> str:
    look = labels.STAGES.get(code)
    return look.tone if look else "off"


@register.filter
def light_label(code: str) -> str:
    return str(labels.LIGHT_WORDS.get(code, code))


@register.simple_tag(takes_context=True)
def querystring_with(context: template.Context, **changes: Any) -> str:
    """The present query with some values changed; None or "" removes one. Starts with `?`.

    A changed condition starts at the first page again unless `after` / `before` are given.
    """
    request = context.get("request")
    query: QueryDict = request.GET.copy() if request is not None else QueryDict(mutable=True)
    for cursor in ("after", "before"):
        query.pop(cursor, None)
    for key, value in changes.items():
        if value in (None, ""):
            query.pop(key, None)
        elif isinstance(value, (list, tuple)):
            query.setlist(key, [str(one) for one in value])
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag
def html_lang() -> str:
    """The value of `<html lang>` for the active language."""
    language = get_language() or "zh-hans"
    return HTML_LANGUAGES.get(language, language)


@register.simple_tag
def element_words() -> SafeString:
    """The sentences the custom elements say, once per page (a data block, no script)."""
    return json_script(
        {key: str(words) for key, words in labels.ELEMENT_WORDS.items()}, "linli-words"
    )


@register.filter
def data_script(value: Any, element_id: str) -> SafeString:
    """`{{ option|data_script:"chart-1" }}`: a JSON data block for `<linli-chart data="chart-1">`."""
    return json_script(value, element_id)


@register.inclusion_tag("shared/_steps.html")
def resident_steps(reached: int, times: Sequence[datetime | None] = ()) -> dict[str, Any]:
    """The five steps a resident sees; `reached` of them are behind (0..5), the next one is current."""
    steps = [
        {
            "label": labels.NEXT.get(code, label) if place == reached else label,
            "state": "done" if place < reached else "current" if place == reached else "to_come",
            "at": times[place] if place < len(times) else None,
        }
        for place, (code, label) in enumerate(labels.RESIDENT_STEPS)
    ]
    if reached == len(steps):
        steps[-1]["label"] = labels.RATED
    return {"steps": steps}


@register.inclusion_tag("shared/_rating.html")
def rating_form(value: Mapping[str, str] | None = None, error: str = "") -> dict[str, Any]:
    """Radio groups `satisfaction` and `solved`; `value` holds what was chosen before."""
    return {
        "ratings": labels.RATINGS,
        "solved": labels.SOLVED,
        "value": value or {},
        "error": error,
    }


def _light_words(light: str, due: datetime, now: datetime) -> str:
    if light in ("blue", "grey"):
        return str(labels.LIGHT_WORDS[light])
    return left_words(due, now)
