"""Forms of the duty catalogue and of the list of the communities."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.screens.console.choices import categories, organizations
from linli.screens.console.people.forms import ConsoleForm, day_field, number_choice
from linli.screens.console.rules.forms import place_options


class DutyForm(ConsoleForm):
    """Which unit is responsible for a class, and where."""

    category = forms.Field()
    area = forms.Field()
    organization = forms.Field()
    since = day_field(
        gettext_lazy("从哪天起"), help_text=gettext_lazy("原来的承办单位到前一天为止。")
    )

    def __init__(self, data: Any = None, *, today: date, first: dict[str, Any]) -> None:
        super().__init__(data, initial={"since": today, **first}, auto_id="duty-%s")
        self.fields["category"] = number_choice(_("类别"), categories())
        self.fields["area"] = number_choice(
            _("辖区"), place_options(), empty=_("全部辖区"), required=False
        )
        self.fields["area"].help_text = _("辖区小的优先：网格先于社区，社区先于街道。")
        self.fields["organization"] = number_choice(_("承办单位"), organizations())


class ListedForm(ConsoleForm):
    """A class that may be handed to residents' committees."""

    category = forms.Field()
    article = forms.CharField(
        label=gettext_lazy("依据的条款"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("写明文件名称、条款号和原文，拒绝派单时会引用。"),
    )
    since = day_field(gettext_lazy("从哪天起"))

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"since": today}, auto_id="listed-%s")
        self.fields["category"] = number_choice(_("类别"), categories())


class LastDayForm(ConsoleForm):
    """When an entry ends."""

    last = day_field(gettext_lazy("最后一天"), help_text=gettext_lazy("含当天；最早填昨天。"))

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"last": today}, auto_id="last-%s")


class DutiesFileForm(ConsoleForm):
    """A file of the catalogue; it is only looked through unless somebody says otherwise."""

    file = forms.FileField(
        label=gettext_lazy("Excel 或 CSV 文件"),
        help_text=gettext_lazy("列名与导出的文件相同；表里没有的条目不变。"),
    )
    since = day_field(gettext_lazy("从哪天起"))
    save = forms.BooleanField(
        label=gettext_lazy("检查无误，直接保存（不勾选时只检查，不改动）"), required=False
    )

    def __init__(self, data: Any = None, files: Any = None, *, today: date) -> None:
        super().__init__(data, files, initial={"since": today}, auto_id="file-%s")
