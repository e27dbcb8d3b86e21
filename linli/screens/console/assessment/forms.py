"""Forms of the assessment: weights of the three rates, points of a score, an appeal of a card and its decision."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.cases.actions.weights import WeightsDraft
from linli.cases.models import AssessmentRule
from linli.insight.scorecards.actions import FormulaDraft
from linli.insight.scorecards.rules import Formula

WHOLE = Decimal(1_000)
DAY = "%Y-%m-%d"
REWORK_OVER = (("close", _("应结案数")), ("handle", _("应处置数")))


def _day_field(help_text: Any) -> forms.DateField:
    return forms.DateField(
        label=_("生效日期"),
        input_formats=[DAY],
        widget=forms.DateInput(attrs={"type": "date"}, format=DAY),
        help_text=help_text,
    )


def _weight_field(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_value=1,
        max_digits=4,
        decimal_places=3,
        widget=forms.NumberInput(attrs={"step": "0.001", "inputmode": "decimal"}),
    )


class WeightsForm(forms.Form):
    """Shares between 0 and 1; the three rates are 1 together."""

    valid_from = _day_field(_("要晚于今天；从这一天起开始的考核期用新权重，已经开始的不变。"))
    response = _weight_field(_("响应率权重"))
    solution = _weight_field(_("解决率权重"))
    satisfaction = _weight_field(_("满意率权重"))
    basic = _weight_field(_("基本满意折算"))
    period_day = forms.IntegerField(
        label=_("考核期起始日"),
        min_value=1,
        max_value=28,
        help_text=_("每月几日起算；改动后有一期会变长或变短，中间不留空。"),
    )

    use_required_attribute = False

    def __init__(self, data: Any = None, *, tomorrow: date, now: AssessmentRule | None) -> None:
        initial: dict[str, Any] = {"valid_from": tomorrow}
        if now is not None:
            weights = ("response", "solution", "satisfaction", "basic")
            initial |= {name: f"{getattr(now, name) / 1_000:g}" for name in weights}
            initial["period_day"] = now.period_day
        super().__init__(data, auto_id="weights-%s", initial=initial)

    def draft(self) -> WeightsDraft:
        given = self.cleaned_data
        weights = {
            name: int(given[name] * WHOLE)
            for name in ("response", "solution", "satisfaction", "basic")
        }
        return WeightsDraft(
            valid_from=given["valid_from"], period_day=given["period_day"], **weights
        )


class FormulaForm(forms.Form):
    """Points of each part, 100 together."""

    valid_from = _day_field(_("要晚于今天；从这一天起开始的时段用新分值，已经开始的不变。"))
    done = forms.IntegerField(label=_("处置率"), min_value=0, max_value=100)
    on_time = forms.IntegerField(label=_("按期处置率"), min_value=0, max_value=100)
    no_rework = forms.IntegerField(label=_("不返工"), min_value=0, max_value=100)
    none_waiting = forms.IntegerField(label=_("无超期待处置"), min_value=0, max_value=100)
    no_extension = forms.IntegerField(label=_("不延期"), min_value=0, max_value=100)
    rework_over = forms.ChoiceField(label=_("返工率的分母"), choices=REWORK_OVER)

    use_required_attribute = False

    def __init__(self, data: Any = None, *, tomorrow: date, now: Formula) -> None:
        names = ("done", "on_time", "no_rework", "none_waiting", "no_extension", "rework_over")
        initial = {name: getattr(now, name) for name in names}
        super().__init__(data, auto_id="formula-%s", initial={**initial, "valid_from": tomorrow})

    def draft(self) -> FormulaDraft:
        return FormulaDraft(**self.cleaned_data)


class AppealForm(forms.Form):
    """Which matter counts wrongly, and why."""

    case = forms.CharField(
        label=_("案件编号"),
        max_length=20,
        help_text=_("计分卡上点数字可以看到案件，写其中一件的编号。"),
    )
    reason = forms.CharField(
        label=_("申诉理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )

    use_required_attribute = False


class DecisionForm(forms.Form):
    """Granted or refused, with an opinion."""

    agree = forms.TypedChoiceField(
        label=_("裁定"),
        choices=[("yes", _("申诉成立，这件不计入得分")), ("no", _("申诉不成立"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    opinion = forms.CharField(
        label=_("裁定意见"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )

    use_required_attribute = False
