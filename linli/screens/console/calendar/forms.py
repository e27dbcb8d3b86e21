"""What the keeper of the calendar fills in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.kernel.calendar.day_file import DayKind, ListedDay
from linli.kernel.calendar.notice import MAX_LETTERS, read_notice
from linli.kernel.calendar.working_time import WorkingTime
from linli.kernel.errors import LinliError
from linli.screens.shared.choosing import choice_field

BY_HAND = "手工设定"
_SATURDAY = 6


class NoticeForm(forms.Form):
    """The words of the notice; `notice` is what was read in them."""

    text = forms.CharField(
        label=_("放假通知的正文"),
        max_length=MAX_LETTERS,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "从“国务院办公厅关于…年部分节假日安排的通知”开始，整篇粘贴；先预览，确认后才保存。"
        ),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "text" in given:
            try:
                given["notice"] = read_notice(given["text"])
            except LinliError as problem:
                self.add_error("text", problem.message)
        return given


class TableForm(forms.Form):
    """The yearly table, as a file."""

    file = forms.FileField(
        label=_("放假表格"), help_text=_("CSV，三列：日期、类型（放假或调休）、名称。")
    )


class DaysForm(forms.Form):
    """The days that are otherwise than their weekday: free from Monday to Friday, worked at a weekend."""

    year = forms.IntegerField(min_value=1992, max_value=2999)
    day = forms.MultipleChoiceField(required=False)

    def __init__(self, given: Any, *, now: WorkingTime) -> None:
        super().__init__(given)
        self.now = now
        chosen = given.getlist("day") if given is not None else []
        choice_field(self, "day").choices = [(one, one) for one in chosen]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        year = given.get("year")
        try:
            days = [date.fromisoformat(one) for one in given.get("day", [])]
        except ValueError:
            days = []
            self.add_error("day", _("日期的格式不对，请刷新后再试。"))
        given["days"] = tuple(self._listed(one) for one in sorted(set(days)) if one.year == year)
        return given

    def _listed(self, day: date) -> ListedDay:
        kind = DayKind.MAKE_UP if day.isoweekday() >= _SATURDAY else DayKind.HOLIDAY
        return ListedDay(day, kind, self.now.names.get(day, BY_HAND))
