"""The form for a city's sheet of standards: the file, and what only the person with the sheet can know."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.cases.catalogue.standards.codes import PATTERNS, parse_pattern
from linli.cases.catalogue.standards.rows import Options
from linli.cases.catalogue.standards.sheet import DAYS_MEAN, HOURS_MEAN
from linli.kernel.errors import LinliError
from linli.screens.console import labels

FIELDS_OF_ERRORS = {"file": "file", "pattern": "pattern", "valid_from": "valid_from"}
ASK_BACK = _("没有，或列为错误")


class StandardsForm(forms.Form):
    """A file and how to read it."""

    file = forms.FileField(
        label=_("文件"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        help_text=_("xlsx、xls 或 CSV；12 列或 9 列，列的先后不限，合并单元格可以保留。"),
    )
    valid_from = forms.DateField(
        label=_("生效日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        help_text=_("从这一天起立案的案件按新标准；已立案的不受影响。"),
    )
    days_mean = forms.ChoiceField(
        label=_("表里只写“天”时"),
        required=False,
        choices=[("", ASK_BACK), *((unit, unit) for unit in DAYS_MEAN)],
    )
    hours_mean = forms.ChoiceField(
        label=_("表里只写“小时”时"),
        required=False,
        choices=[("", ASK_BACK), *((unit, unit) for unit in HOURS_MEAN)],
    )
    kind = forms.ChoiceField(
        label=_("表名没有写明类型时"),
        required=False,
        choices=[("", _("表名已写明（部件、事件、诉求）")), *labels.KINDS.items()],
    )
    pattern = forms.CharField(
        label=_("部件编码分段"),
        max_length=20,
        help_text=_("区划+大类+小类+流水号，合计 16 位；决定小类代码是 2 位还是 3 位。"),
        widget=forms.TextInput(attrs={"list": "patterns"}),
    )
    usual_patterns = tuple(PATTERNS.values())

    use_required_attribute = False

    def __init__(self, data: Any = None, files: Any = None, *, today: date, pattern: str) -> None:
        initial = {"valid_from": today, "pattern": pattern}
        super().__init__(data, files, auto_id="standards-%s", initial=initial)

    def clean_pattern(self) -> str:
        try:
            return str(parse_pattern(self.cleaned_data["pattern"]))
        except LinliError as refused:
            raise forms.ValidationError(refused.message) from refused

    def options(self) -> Options:
        """What was chosen, for `read_standards`."""
        given = self.cleaned_data
        return Options(
            pattern=parse_pattern(given["pattern"]),
            days_mean=given["days_mean"],
            hours_mean=given["hours_mean"],
            kind=given["kind"],
        )

    def refuse(self, problem: LinliError) -> None:
        """Put an error at the field it is about."""
        self.add_error(FIELDS_OF_ERRORS.get(problem.field, "file"), problem.message)
