"""The fields that only inspections have, the same at the desk and on the phone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.inspections.models import ChecklistItem, Inspection
from linli.inspections.queries import items_for, length_of
from linli.kernel.calendar.limits import parse_limit
from linli.kernel.matters.flow import Move
from linli.kernel.organisations.models import Organization
from linli.screens.shared.matter_forms import Maker


def makers_of(move: Move) -> dict[str, Maker]:
    """The fields of a move: a finding that gets a limit is none of those that cannot wait."""
    return (
        {**MAKERS, "items": _items_that_wait}
        if "limit" in move.form.replace("*", "").split()
        else MAKERS
    )


def _items(name: str, one: Inspection) -> forms.Field:
    """What may be wrong in such a place; what cannot wait says so."""
    return _chosen_of(items_for(one.site.kind, now=timezone.now()))


def _items_that_wait(name: str, one: Inspection) -> forms.Field:
    """What may be wrong and can be given time; what cannot wait is named, with the move it needs."""
    items = items_for(one.site.kind, now=timezone.now())
    field = _chosen_of([item for item in items if not item.cannot_wait])
    pressing = "、".join(item.text for item in items if item.cannot_wait)
    if pressing:
        words = _("不能等待整改的请用“转为案件”：%(items)s。") % {"items": pressing}
        field.help_text = words
        field.error_messages["invalid_choice"] = words
    return field


def _chosen_of(items: list[ChecklistItem]) -> forms.Field:
    options = []
    for item in items:
        when = _("不能等") if item.cannot_wait else item.limit
        options.append((item.pk, f"{item.text}（{when}）"))
    field = forms.TypedMultipleChoiceField(
        choices=options, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    field.error_messages["required"] = _("请至少选一项。")
    return field


def _limit(name: str, one: Inspection) -> forms.Field:
    """The limits that the checklist of the kind of place knows, the shortest first."""
    items = items_for(one.site.kind, now=timezone.now())
    known = {parse_limit(item.limit) for item in items if not item.cannot_wait}
    ordered = sorted(known, key=length_of)
    field = forms.ChoiceField(
        choices=[(str(limit), str(limit)) for limit in ordered], widget=forms.RadioSelect
    )
    field.error_messages["required"] = _("请选择整改时限。")
    return field


def _organization(name: str, one: Inspection) -> forms.Field:
    """Who sees to it: the unit of the site, unless another one is named."""
    units = Organization.objects.filter(retired_at=None).order_by("kind", "name")
    return forms.TypedChoiceField(
        choices=[("", _("请选择")), *((unit.pk, unit.name) for unit in units)],
        coerce=int,
        empty_value=None,
        initial=one.site.unit_id,
    )


MAKERS: dict[str, Maker] = {"items": _items, "limit": _limit, "organization": _organization}


def given_facts(cleaned: dict[str, Any]) -> dict[str, Any]:
    """What was filled in, as fields of a kind's facts; what was left empty is left out."""
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in cleaned.items()
        if value not in (None, "", [])
    }
