"""Forms of 吹哨报到 and 联席会议."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases.queries import id_in
from linli.kernel.acting import Scope
from linli.kernel.matters.flow import Move
from linli.kernel.organisations.models import Organization
from linli.screens.console.insight.forms import NUMBERS
from linli.screens.console.people.forms import area_options, number_choice
from linli.screens.console.uploads import photo_field
from linli.screens.console.whistles.words import CLOCKS, PARTS
from linli.screens.shared.choosing import choice_field
from linli.screens.shared.matter_forms import Maker, add_fields, mark
from linli.whistles.actions.whistling import Called
from linli.whistles.effects import CALLED_KINDS
from linli.whistles.flow import LEG, SCORES, LegStage
from linli.whistles.models import WhistleLeg
from linli.whistles.queries import kinds_in_use

NOT_CALLED = ""


def _long(label: Any, most: int, *, rows: int = 4, help_text: Any = "", **more: Any) -> Any:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=most, widget=widget, help_text=help_text, **more)


def _moment(label: Any, **more: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, input_formats=["%Y-%m-%dT%H:%M"], **more)


def _kinds() -> list[tuple[str, str]]:
    """What a whistle may be for, as the city's dictionary has it."""
    return [(kind.code, _(kind.name)) for kind in kinds_in_use()]


class DepartmentsForm(forms.Form):
    """Which departments are called, each with its part and what it is to do; a row of two fields per department."""

    use_required_attribute = False

    def __init__(
        self, *args: Any, wanted: list[list[Any]] | None = None, barred: Any = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        units = Organization.objects.filter(retired_at=None, kind__in=CALLED_KINDS)
        self.units = list(units.exclude(pk__in=list(barred)).order_by("kind", "name", "id"))
        before = {unit: (part, task) for unit, part, task in wanted or []}
        parts = [(NOT_CALLED, _("不请")), *PARTS.items()]
        for unit in self.units:
            part, task = before.get(unit.pk, (NOT_CALLED, ""))
            self.fields[f"part_{unit.pk}"] = forms.ChoiceField(
                label=unit.name, choices=parts, required=False, initial=part
            )
            self.fields[f"task_{unit.pk}"] = forms.CharField(
                label=_("%(unit)s的任务") % {"unit": unit.name},
                max_length=300,
                required=False,
                initial=task,
                widget=forms.TextInput(attrs={"placeholder": _("任务")}),
            )

    def rows(self) -> list[dict[str, Any]]:
        """For the page: each department with its two fields."""
        return [
            {"unit": unit, "part": self[f"part_{unit.pk}"], "task": self[f"task_{unit.pk}"]}
            for unit in self.units
        ]

    def own_fields(self) -> list[forms.BoundField]:
        """The fields that are not in the rows."""
        return [
            field
            for field in self.visible_fields()
            if not field.name.startswith(("part_", "task_"))
        ]

    def called(self) -> tuple[Called, ...]:
        """What was chosen, in the order of the page."""
        given = self.cleaned_data
        return tuple(
            Called(unit.pk, given[f"part_{unit.pk}"], given[f"task_{unit.pk}"])
            for unit in self.units
            if given[f"part_{unit.pk}"] != NOT_CALLED
        )


class WhistleForm(DepartmentsForm):
    """A new whistle."""

    kind = forms.ChoiceField(label=gettext_lazy("类型"), choices=_kinds, widget=forms.RadioSelect)
    title = forms.CharField(label=gettext_lazy("标题"), max_length=100)
    background = _long(
        gettext_lazy("情况说明"),
        2_000,
        help_text=gettext_lazy("什么事、多久了、试过什么办法、为什么需要部门到场。"),
    )
    area = number_choice(gettext_lazy("发生在"), [])
    address = forms.CharField(label=gettext_lazy("具体地点"), max_length=200, required=False)
    cases = forms.CharField(
        label=gettext_lazy("关联案件"),
        max_length=2_000,
        required=False,
        help_text=gettext_lazy("案件编号，多个用空格或顿号隔开。吹哨结束前，这些案件不能结案。"),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "area").choices = [("", _("请选择")), *area_options(scope)]

    def clean_cases(self) -> tuple[int, ...]:
        words = self.cleaned_data["cases"]
        found = NUMBERS.findall(words)
        if words.strip() and not found:
            raise forms.ValidationError(_("没有看到案件编号，例如 20261121000042。"))
        return tuple(id_in(number) for number in found)


class PlanForm(forms.Form):
    """When and where everybody meets, the plan, and the division of work."""

    meet_at = _moment(gettext_lazy("会商时间"), required=False)
    meet_place = forms.CharField(label=gettext_lazy("会商地点"), max_length=200, required=False)
    plan = _long(gettext_lazy("处置方案"), 2_000, required=False)

    def __init__(self, *args: Any, legs: list[WhistleLeg], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.legs = legs
        for leg in legs:
            label = _("%(unit)s的分工") % {
                "unit": leg.handling_org.name if leg.handling_org else ""
            }
            self.fields[f"task_{leg.pk}"] = forms.CharField(
                label=label, max_length=300, required=False, initial=leg.task
            )

    def tasks(self) -> dict[int, str]:
        return {leg.pk: self.cleaned_data[f"task_{leg.pk}"] for leg in self.legs}


class ReasonForm(forms.Form):
    reason = _long(gettext_lazy("理由"), 300)


class ResultForm(forms.Form):
    result = _long(
        gettext_lazy("处置结果"),
        2_000,
        help_text=gettext_lazy("事情现在怎样了，社区和居民会看到。"),
    )


class LegForm(forms.Form):
    """The form of a move on a leg; its fields are those of the flow."""

    def __init__(self, *args: Any, move: Move, leg: WhistleLeg, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_fields(self, move.form, leg, LEG, MAKERS)


def _unit(name: str, leg: WhistleLeg) -> forms.Field:
    """Another department; where the district names one, the same one first."""
    units = Organization.objects.filter(retired_at=None, kind__in=CALLED_KINDS).order_by("name")
    options = [(unit.pk, unit.name) for unit in units if unit.pk != leg.handling_org_id]
    if leg.stage == LegStage.DECLINED and leg.handling_org is not None:
        own = _("仍由%(unit)s承担") % {"unit": leg.handling_org.name}
        options.insert(0, (leg.handling_org.pk, own))
    field: forms.Field = number_choice(_("部门"), [("", _("请选择")), *options])
    return field


MAKERS: dict[str, Maker] = {
    "organization": _unit,
    "photo_arrival": lambda name, leg: photo_field(_("到场照片")),
    "photo_done": lambda name, leg: photo_field(_("处置照片")),
    **dict.fromkeys(SCORES, mark),
}


class ReplyForm(forms.Form):
    reply = _long(gettext_lazy("答复"), 500)


class MeetingForm(forms.Form):
    """A joint meeting to call."""

    title = forms.CharField(label=gettext_lazy("会议名称"), max_length=100)
    area = number_choice(gettext_lazy("范围"), [])
    held_at = _moment(gettext_lazy("时间"))
    place = forms.CharField(label=gettext_lazy("地点"), max_length=200)
    chair = forms.CharField(label=gettext_lazy("主持人"), max_length=50)
    agenda = _long(gettext_lazy("议程"), 6_000, help_text=gettext_lazy("每行一项。"))
    units = forms.TypedMultipleChoiceField(
        label=gettext_lazy("参会单位"), coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "area").choices = [("", _("请选择")), *area_options(scope)]
        rows = Organization.objects.filter(retired_at=None).order_by("kind", "name")
        choice_field(self, "units").choices = [(unit.pk, unit.name) for unit in rows]

    def clean_agenda(self) -> list[str]:
        return str(self.cleaned_data["agenda"]).splitlines()


class ResolutionForm(forms.Form):
    """What was resolved on a point."""

    point = number_choice(gettext_lazy("议程"), [])
    text = _long(gettext_lazy("决议"), 500)
    organization = number_choice(gettext_lazy("承办单位"), [], required=False)
    wanted_by = forms.DateField(
        label=gettext_lazy("完成日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, agenda: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        points = [(number, f"{number}. {text}") for number, text in enumerate(agenda, start=1)]
        choice_field(self, "point").choices = [("", _("请选择")), *points]
        rows = Organization.objects.filter(retired_at=None).order_by("kind", "name")
        choice_field(self, "organization").choices = [
            ("", _("不指定")),
            *((unit.pk, unit.name) for unit in rows),
        ]


class AttendanceForm(forms.Form):
    """Which of the invited units came."""

    came = forms.TypedMultipleChoiceField(
        label=gettext_lazy("到会单位"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class LimitsForm(forms.Form):
    """The limits of one kind from a day on."""

    kind = forms.ChoiceField(label=gettext_lazy("类型"), choices=_kinds, widget=forms.RadioSelect)
    valid_from = forms.DateField(
        label=gettext_lazy("生效日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, usual: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for clock, name in CLOCKS.items():
            self.fields[clock] = forms.CharField(
                label=_("%(what)s时限") % {"what": name},
                max_length=20,
                required=False,
                initial=usual.get(clock, ""),
            )
