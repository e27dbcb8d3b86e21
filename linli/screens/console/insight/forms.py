"""The forms of managed topics (每月一题): choosing one, its cases, its progress, its end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases.models import Case
from linli.cases.queries import id_in
from linli.screens.console import choices, labels
from linli.screens.shared.choosing import choice_field

NUMBERS = re.compile(r"\d{14,}")
MONTH_FORM = "%Y-%m"


class TopicForm(forms.Form):
    """Take up a matter for a month. `cases` are those to choose from; all of them are ticked at first."""

    title = forms.CharField(label=gettext_lazy("题目"), max_length=60)
    month = forms.DateField(
        label=gettext_lazy("月份"),
        input_formats=[MONTH_FORM],
        widget=forms.DateInput(attrs={"type": "month"}, format=MONTH_FORM),
    )
    lead_org = forms.ChoiceField(label=gettext_lazy("牵头单位"))
    why = forms.CharField(
        label=gettext_lazy("选题理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    goal = forms.CharField(
        label=gettext_lazy("目标"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("一句能核对的话：到哪一天，什么变成什么样。"),
    )
    case_ids = forms.TypedMultipleChoiceField(
        label=gettext_lazy("案件"), coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, cases: Iterable[Case], suggested: dict[str, Any], **kwargs: Any
    ) -> None:
        offered = list(cases)
        ticked = [case.pk for case in offered]
        initial = {"case_ids": ticked, **suggested}
        super().__init__(*args, initial=initial, auto_id="topic-%s", **kwargs)  # type: ignore[misc]
        choice_field(self, "lead_org").choices = [("", _("请选择")), *choices.organizations()]
        choice_field(self, "case_ids").choices = [
            (case.pk, f"{case.number} {case.title}") for case in offered
        ]

    def clean_month(self) -> date:
        month: date = self.cleaned_data["month"]
        return month.replace(day=1)


class CasesForm(forms.Form):
    """More cases by their numbers."""

    cases = forms.CharField(
        label=gettext_lazy("案件编号"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("一行一个，或用空格、顿号隔开。"),
    )

    def clean_cases(self) -> list[int]:
        found = NUMBERS.findall(self.cleaned_data["cases"])
        if not found:
            raise forms.ValidationError(_("没有看到案件编号，例如 20261121000042。"))
        return [id_in(number) for number in found]


class NoteForm(forms.Form):
    """A line of progress."""

    text = forms.CharField(
        label=gettext_lazy("进展"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 4})
    )


class ClosureForm(forms.Form):
    """How a topic ended."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("结果"), choices=list(labels.SOLVED.items()), widget=forms.RadioSelect
    )
    result = forms.CharField(
        label=gettext_lazy("结题说明"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("写清做了什么、达到目标没有、还剩什么。"),
    )
