"""The form for reports that come by phone, over the counter, at the door or on paper, and the one for files."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.cases.drafts import BODY_MOST, ReportDraft
from linli.cases.models import Category
from linli.kernel.files.models import StoredFile
from linli.screens.console import choices, labels
from linli.screens.console.imports.showing import TABLE_FILES
from linli.screens.console.uploads import photo_field
from linli.screens.shared.choosing import choice_field

SOURCE = "console"
OFFLINE_CHANNELS = ("phone", "counter", "doorstep", "paper", "proxy")
FILE_CHANNELS = ("hotline", "phone", "counter", "doorstep", "paper", "wechat", "web")

FIELDS_OF_DRAFT = {
    "channel": "intake_channel",
    "category": "category_code",
    "place_label": "address",
}
"""Names of fields in errors of `cases` that differ from those of the form."""


class IntakeForm(forms.Form):
    """One report as somebody at the counter types it. `idempotency_key` stays the same on every retry."""

    intake_channel = forms.ChoiceField(
        label=_("来源"),
        choices=[(code, labels.CHANNELS[code]) for code in OFFLINE_CHANNELS],
        widget=forms.RadioSelect,
        initial="phone",
    )
    body = forms.CharField(
        label=_("内容"),
        max_length=BODY_MOST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("什么东西、在哪里、怎么了、多久了。"),
    )
    title = forms.CharField(
        label=_("标题"), max_length=120, required=False, help_text=_("不填就取内容的第一句。")
    )
    address = forms.CharField(
        label=_("地点"),
        max_length=200,
        required=False,
        help_text=_("小区、楼栋、路口；也可以在地图上点。"),
    )
    category = forms.ChoiceField(label=_("类别"), required=False)
    contact_name = forms.CharField(label=_("联系人"), max_length=40, required=False)
    contact_phone = forms.CharField(
        label=_("联系电话"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text=_("留电话才能收到办理短信、凭尾号查询。"),
    )
    proxy_person = forms.CharField(
        label=_("代办人"),
        max_length=40,
        required=False,
        help_text=_("来源选“代办”时填写：谁替他说的、什么关系。"),
    )
    confidential = forms.BooleanField(
        label=_("上报人要求保密，不向承办单位透露姓名和电话"), required=False
    )
    publish_consent = forms.BooleanField(label=_("上报人同意公开这件事的办理结果"), required=False)
    photos = photo_field(_("照片"))
    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    idempotency_key = forms.CharField(max_length=60, widget=forms.HiddenInput)

    use_required_attribute = False

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="intake-%s", initial={"idempotency_key": uuid.uuid4().hex})
        choice_field(self, "category").choices = [("", _("由系统判断")), *choices.categories()]

    def clean(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        if given.get("intake_channel") == "proxy" and not given.get("proxy_person"):
            self.add_error("proxy_person", _("来源是代办，请填写代办人和与上报人的关系。"))
        return given

    def draft(self, photos: list[StoredFile]) -> ReportDraft:
        """What was typed, for `receive_report`."""
        given = self.cleaned_data
        category = Category.objects.filter(pk=int(given["category"] or 0)).first()
        proxy = given["proxy_person"]
        return ReportDraft(
            **{
                name: given[name]
                for name in ("title", "body", "address", "lon", "lat", "intake_channel")
            },
            **{
                name: given[name]
                for name in ("contact_name", "contact_phone", "confidential", "publish_consent")
            },
            category_code=category.code if category else "",
            client_key=given["idempotency_key"],
            source_system=SOURCE,
            photo_ids=tuple(file.pk for file in photos),
            answers={"proxy_person": proxy} if proxy else {},
        )


class ImportForm(forms.Form):
    """A file of reports."""

    file = forms.FileField(
        label=_("文件"),
        widget=forms.FileInput(attrs={"accept": TABLE_FILES}),
        help_text=_("Excel、WPS 表格或 CSV，最多 20000 行；表头可用模板里的中文列名。"),
    )
    channel = forms.ChoiceField(
        label=_("来源"),
        choices=[(code, labels.CHANNELS[code]) for code in FILE_CHANNELS],
        initial="hotline",
    )
    source = forms.CharField(
        label=_("来源系统"),
        max_length=40,
        required=False,
        help_text=_("例如 12345 平台；同一来源的同一编号只收一次，可以放心重复导入。"),
    )

    use_required_attribute = False
