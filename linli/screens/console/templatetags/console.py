"""Words for codes in the console's templates: `{% load console %}`."""

from __future__ import annotations

from django import template

from linli.screens.console import labels

register = template.Library()


@register.filter
def channel_label(code: str) -> str:
    return labels.words_of(labels.CHANNELS, code)


@register.filter
def kind_label(code: str) -> str:
    return labels.words_of(labels.KINDS, code)


@register.filter
def outcome_label(code: str) -> str:
    return labels.words_of(labels.OUTCOMES, code)


@register.filter
def satisfaction_label(code: str) -> str:
    return labels.words_of(labels.SATISFACTION, code)


@register.filter
def solved_label(code: str) -> str:
    return labels.words_of(labels.SOLVED, code)


@register.filter
def skipped_label(code: str) -> str:
    return labels.words_of(labels.SKIPPED, code)


@register.filter
def duty_label(code: str) -> str:
    return labels.words_of(labels.DUTIES, code)


@register.filter
def result_label(code: str) -> str:
    return labels.words_of(labels.AUDIT_RESULTS, code)


@register.filter
def in_fours(receipt: str) -> str:
    """A receipt number as it is read out and written down: 1234 5678 9012."""
    return " ".join(receipt[start : start + 4] for start in range(0, len(receipt), 4))


@register.filter
def percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


@register.filter
def entry(table: dict[str, object], key: str) -> object:
    """A value of a mapping whose key stands in a variable."""
    return table.get(key)
