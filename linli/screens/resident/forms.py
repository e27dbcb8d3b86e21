"""What residents fill in."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.cases.drafts import ADDRESS_MOST, BODY_MOST
from linli.cases.models import Category
from linli.kernel.typed import typed_digits
from linli.screens.shared.choosing import choice_field

MOBILE_DIGITS = 11


class ReportForm(forms.Form):
    """One box for the words; everything else may stay empty. `idempotency_key` survives a retry."""

    body = forms.CharField(
        label=_("发生了什么"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=BODY_MOST,
        help_text=_("例如：3 幢楼下的路灯不亮，已经三天了。"),
    )
    address = forms.CharField(
        label=_("在哪里"),
        max_length=ADDRESS_MOST,
        required=False,
        help_text=_("小区、楼号、路口都可以。"),
    )
    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    category = forms.ChoiceField(
        label=_("是哪类事"), required=False, help_text=_("不清楚可以不选，系统会判断。")
    )
    contact_name = forms.CharField(label=_("怎么称呼您"), max_length=40, required=False)
    contact_phone = forms.CharField(
        label=_("您的电话"),
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        help_text=_("用来告诉您结果，也用来查进度；只给经办人员看。"),
    )
    confidential = forms.BooleanField(label=_("请为我保密，不告诉被反映的一方"), required=False)
    publish_consent = forms.BooleanField(label=_("同意公开这件事（不含姓名电话）"), required=False)
    idempotency_key = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "category").choices = _choices()
        self.fields["idempotency_key"].initial = uuid.uuid4().hex


class ProgressForm(forms.Form):
    """Receipt number and the last four digits of the phone."""

    receipt = forms.CharField(
        label=_("回执号"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    phone_tail = forms.CharField(
        label=_("手机尾号后 4 位"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("上报时没有留电话的，不用填。"),
    )

    def clean_receipt(self) -> str:
        """People type the number in groups, as it was read to them."""
        return typed_digits(self.cleaned_data["receipt"])

    def clean_phone_tail(self) -> str:
        return typed_digits(self.cleaned_data["phone_tail"])


class PhoneForm(forms.Form):
    """A mobile number, to which a code can be sent."""

    phone = forms.CharField(
        label=_("手机号"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        help_text=_("上报时留的号码。我们发一条带验证码的短信，确认是您本人。"),
    )

    def clean_phone(self) -> str:
        phone = typed_digits(self.cleaned_data["phone"]).removeprefix("+86").removeprefix("0086")
        if not (phone.isascii() and phone.isdigit() and len(phone) == MOBILE_DIGITS):
            raise forms.ValidationError(_("请填 11 位手机号。"))
        return phone


class CodeForm(forms.Form):
    """The six digits of an SMS."""

    code = forms.CharField(
        label=_("短信里的 6 位数字"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        return typed_digits(self.cleaned_data["code"])


def _choices() -> list[tuple[str, Any]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    rows = Category.objects.filter(retired_at=None, public=True).order_by("kind", "code")
    for row in rows:
        groups.setdefault(row.major_name, []).append((row.code, row.name))
    return [("", _("不清楚，请帮我判断")), *groups.items()]
