"""Forms of 隐患检查."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.inspections.flow import INSPECTION
from linli.inspections.models import Inspection, SiteKind
from linli.kernel.acting import Scope
from linli.kernel.matters.flow import Move
from linli.screens.console.choices import organizations
from linli.screens.console.people.forms import area_options, number_choice
from linli.screens.console.uploads import photo_field
from linli.screens.shared import inspection_forms
from linli.screens.shared.choosing import choice_field
from linli.screens.shared.matter_forms import Maker, add_fields, photo_names


def kind_options() -> list[tuple[str, str]]:
    """Kinds of place in use, as the office's dictionary has them."""
    rows = SiteKind.objects.filter(retired_at=None).order_by("id")
    return [(kind.code, _(kind.name)) for kind in rows]


class InspectionForm(forms.Form):
    """The form of a move; its fields are those of the flow."""

    def __init__(self, *args: Any, move: Move, inspection: Inspection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pictures: dict[str, Maker] = dict.fromkeys(
            photo_names(move.form), lambda name, one: photo_field(None)
        )
        makers = {**inspection_forms.makers_of(move), **pictures}
        add_fields(self, move.form, inspection, INSPECTION, makers)


class ExitForm(forms.Form):
    """Why a place leaves the plan."""

    reason = forms.CharField(
        label=gettext_lazy("退出检查的原因"),
        max_length=200,
        help_text=gettext_lazy("例如：店已关、已搬走。"),
    )


class SiteForm(forms.Form):
    """A place to inspect."""

    kind = forms.ChoiceField(
        label=gettext_lazy("场所类型"), choices=kind_options, widget=forms.RadioSelect
    )
    name = forms.CharField(
        label=gettext_lazy("名称"),
        max_length=60,
        help_text=gettext_lazy("只写场所的名称，不写个人姓名和电话。"),
    )
    area = number_choice(gettext_lazy("所在区域"), [])
    address = forms.CharField(label=gettext_lazy("具体地点"), max_length=200, required=False)
    unit = number_choice(gettext_lazy("督促整改的单位"), [], required=False)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "area").choices = [("", _("请选择")), *area_options(scope)]
        choice_field(self, "unit").choices = [("", _("请选择")), *organizations()]
