"""The sheet of a hotline order and the day of a comparison."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.hotline.models import OrderHandling
from linli.hotline.sheets import HandlingFacts
from linli.screens.console import labels
from linli.screens.console.hotline import words
from linli.screens.shared.choosing import choice_field

MOMENT = "%Y-%m-%dT%H:%M"

PAPER_FIELDS = {
    "identity_file": "identity",
    "contact_evidence": "contact",
    "handling_file": "handling",
}
"""Fields of the form and the kinds of papers they bring."""


class PapersWidget(forms.FileInput):
    """Several pictures or PDFs at once."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"accept": "image/*,application/pdf", "multiple": True})


def _yes_or_no(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", _("是")), ("no", _("否")), ("", _("未填"))],
        coerce=lambda text: text == "yes",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )


def _papers(label: Any, help_text: Any) -> forms.Field:
    return forms.Field(label=label, required=False, widget=PapersWidget, help_text=help_text)


class SheetForm(forms.Form):
    """How a hotline order was dealt with. An empty number keeps the one that is stored."""

    is_true = _yes_or_no(_("诉求属实"))
    beyond_duty = _yes_or_no(_("超职责诉求"))
    method = forms.ChoiceField(
        label=_("处理方式"),
        choices=[("", _("未填")), *words.METHODS.items()],
        required=False,
    )
    contacted = _yes_or_no(_("已联系群众"))
    contact_number = forms.CharField(
        label=_("联系号码"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    contacted_at = forms.DateTimeField(
        label=_("联系时间"),
        required=False,
        input_formats=[MOMENT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )
    solved = forms.ChoiceField(
        label=_("是否解决"), choices=[("", _("未填")), *labels.SOLVED.items()], required=False
    )
    unresolved_reason = forms.CharField(
        label=_("未解决原因"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("没有解决或只解决了一部分时必填。"),
    )
    handling_file = _papers(_("办理附件"), _("现场照片、处理单等；看得到案件的人都能看。"))
    contact_evidence = _papers(_("联系证据"), _("通话记录截图等；办理、核查、回访和受理人员能看。"))
    identity_file = _papers(_("证件附件"), _("只有能看联系方式的人能打开，每次打开都会留下记录。"))

    use_required_attribute = False

    def facts(self) -> HandlingFacts:
        """What the person gave, for `record_handling`."""
        given = {name: self.cleaned_data[name] for name in HandlingFacts.__dataclass_fields__}
        return HandlingFacts(**given)


def first_words(row: OrderHandling | None) -> dict[str, Any]:
    """What stands in the form at first; the number does not, it is personal."""
    if row is None:
        return {}
    words = {True: "yes", False: "no", None: ""}
    return {
        "is_true": words[row.is_true],
        "beyond_duty": words[row.beyond_duty],
        "contacted": words[row.contacted],
        "contacted_at": row.contacted_at,
        "solved": row.solved,
        "unresolved_reason": row.unresolved_reason,
        "method": row.method,
    }


class DayForm(forms.Form):
    """Which platform and which day are compared."""

    upstream = forms.ChoiceField(label=_("上游平台"))
    day = forms.DateField(label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, platforms: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="compare-%s", **kwargs)  # type: ignore[misc]
        choice_field(self, "upstream").choices = platforms
