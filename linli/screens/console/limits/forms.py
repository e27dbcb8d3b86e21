"""What an office fills in to set a limit by kind of order."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.cases.actions.order_limits import CLOCKS, SOURCE_LENGTH
from linli.cases.models import WorkOrder


def _first_day() -> forms.DateField:
    return forms.DateField(
        label=_("生效日期"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("从这一天起立案的按新的时限，已经立案的不变。"),
    )


class LimitForm(forms.Form):
    """One limit with its source."""

    clock = forms.ChoiceField(label=_("哪个时限"), choices=list(CLOCKS.items()))
    kind = forms.ChoiceField(
        label=_("工单类型"),
        required=False,
        choices=[("", _("全部（只用于答复）")), *WorkOrder.Kind.choices],
    )
    limit = forms.CharField(label=_("时限"), max_length=20, help_text=_("例如 5工作日。"))
    source = forms.CharField(
        label=_("依据"),
        max_length=SOURCE_LENGTH,
        help_text=_("哪份文件、哪一天起，例如“市 12345 办法，2026-01-01 起”。"),
    )
    valid_from = _first_day()

    def __init__(self, given: Any, *, today: date) -> None:
        super().__init__(given, initial={"clock": "handle", "valid_from": today})


class PresetForm(forms.Form):
    """From when on a whole set counts."""

    valid_from = _first_day()

    def __init__(self, given: Any, *, today: date) -> None:
        super().__init__(given, initial={"valid_from": today})
