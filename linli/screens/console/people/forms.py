"""Forms about organisations and the people who work for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases.queries import active_categories
from linli.kernel.access.models import Role
from linli.kernel.access.queries import roles
from linli.kernel.acting import Actor, Scope
from linli.kernel.organisations.models import Organization
from linli.kernel.organisations.queries import organizations_within
from linli.kernel.people.models import GridPosting, Shift, Staff
from linli.kernel.people.rules import Hours, joined
from linli.kernel.places.models import Area, AreaLevel
from linli.kernel.places.queries import areas_within
from linli.screens.console import labels
from linli.screens.console.choices import MOST_GRIDS, Options
from linli.screens.console.labels import words_of
from linli.screens.console.people.words import (
    AXES,
    LEVELS,
    ORGANIZATION_KINDS,
    STAFF_STATES,
    WEEKDAYS,
    hours_of,
)
from linli.screens.shared.choosing import choice_field

SHIFT_LINES = (1, 2, 3)
PREFIX_KIND_AND_MAJOR = 1
"""Codes of classes begin with one letter for the kind, then the major class."""

NOW, LATER = "now", "day"


class ConsoleForm(forms.Form):
    """Names what is wrong on the server, in our words."""

    use_required_attribute = False


def day_field(label: Any, **more: Any) -> forms.DateField:
    """A day chosen in the browser's own calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **more)


def number_choice(label: Any, options: Options, *, empty: str = "", **more: Any) -> Any:
    """A choice whose values are ids of rows; nothing chosen is None."""
    return forms.TypedChoiceField(
        label=label,
        choices=[("", empty or _("请选择")), *options],
        coerce=int,
        empty_value=None,
        **more,
    )


def organization_options(scope: Scope) -> Options:
    """Organisations in use inside a scope, by kind."""
    groups: dict[str, Options] = {}
    for one in organizations_within(scope).filter(retired_at=None):
        groups.setdefault(words_of(ORGANIZATION_KINDS, one.kind), []).append((one.pk, one.name))
    return list(groups.items())


def area_options(scope: Scope, *, levels: Iterable[str] = AreaLevel.values) -> Options:
    """Areas of a scope by level, grids by community; no grids when there are too many for a list."""
    rows = areas_within(scope).filter(level__in=list(levels)).order_by("code")
    groups: dict[str, Options] = {}
    grids = 0
    for pk, level, name, parent in rows.values_list("pk", "level", "name", "parent__name"):
        grids += level == AreaLevel.GRID
        group = parent if level == AreaLevel.GRID else words_of(LEVELS, level)
        groups.setdefault(str(group), []).append((pk, name))
    if grids > MOST_GRIDS:
        return area_options(scope, levels=set(levels) - {AreaLevel.GRID})
    order = [words_of(LEVELS, level) for level in AreaLevel.values]
    return sorted(groups.items(), key=lambda one: order.index(one[0]) if one[0] in order else 99)


def role_options(found: list[Role] | None = None) -> Options:
    """Roles, those of an axis marked with it."""
    return [(role.pk, role_words(role)) for role in (roles() if found is None else found)]


def role_words(role: Role) -> str:
    return (
        role.name if role.axis == Role.Axis.NONE else f"{role.name} · {words_of(AXES, role.axis)}"
    )


def grid_code_field(scope: Scope) -> forms.Field | None:
    """Where there are too many grids for a list, a grid is named by its code."""
    if areas_within(scope).filter(level=AreaLevel.GRID).count() <= MOST_GRIDS:
        return None
    return forms.CharField(
        label=_("网格编码"), required=False, max_length=15, help_text=_("15 位，见“社区与网格”。")
    )


def area_of_code(form: forms.Form, given: dict[str, Any], name: str) -> None:
    """Put the grid that was named by its code where the list would have put its choice."""
    code = str(given.get("grid_code") or "").strip()
    if not code:
        return
    found = Area.objects.filter(code=code, level=AreaLevel.GRID).first()
    if found is None:
        form.add_error("grid_code", _("没有编码为“%(code)s”的网格，请核对。") % {"code": code})
    else:
        given[name] = found.pk


class OrganizationForm(ConsoleForm):
    """An organisation; its code can be given once."""

    code = forms.CharField(
        label=gettext_lazy("单位编码"),
        max_length=32,
        help_text=gettext_lazy("字母和数字，例如 CG-01；以后不能改，停用后也不再用。"),
    )
    name = forms.CharField(label=gettext_lazy("单位名称"), max_length=80)
    short_name = forms.CharField(label=gettext_lazy("简称"), max_length=24, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("单位类型"),
        choices=[("", gettext_lazy("请选择")), *ORGANIZATION_KINDS.items()],
    )
    area = forms.Field()
    phone = forms.CharField(
        label=gettext_lazy("电话"),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )

    def __init__(
        self, data: Any = None, *, scope: Scope, organization: Organization | None = None
    ) -> None:
        initial = {}
        if organization is not None:
            names = ("name", "short_name", "kind", "phone")
            initial = {name: getattr(organization, name) for name in names}
            initial["area"] = organization.area_id
        super().__init__(data, initial=initial, auto_id="organization-%s")
        if organization is not None:
            del self.fields["code"]
        levels = [level for level in AreaLevel.values if level != AreaLevel.GRID]
        self.fields["area"] = number_choice(
            _("所在辖区"),
            area_options(scope, levels=levels),
            empty=_("全区（不限辖区）"),
            required=False,
            help_text=_("只负责一个街道或社区的单位，请选它所在的辖区。"),
        )


class StaffForm(ConsoleForm):
    """Somebody who works here; the organisation is asked for only at the beginning."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=40)
    employee_no = forms.CharField(
        label=gettext_lazy("工号"),
        max_length=24,
        help_text=gettext_lazy("字母和数字，一人一个，离职后也不再给别人。"),
    )
    organization = forms.Field()
    phone = forms.CharField(
        label=gettext_lazy("工作电话"),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
        help_text=gettext_lazy("网格员的电话会印在网格卡片上。"),
    )

    def __init__(self, data: Any = None, *, scope: Scope, staff: Staff | None = None) -> None:
        initial = {}
        if staff is not None:
            initial = {name: getattr(staff, name) for name in ("name", "employee_no", "phone")}
        super().__init__(data, initial=initial, auto_id="staff-%s")
        if staff is not None:
            del self.fields["organization"]
        else:
            self.fields["organization"] = number_choice(_("单位"), organization_options(scope))


class TransferForm(ConsoleForm):
    """To another organisation."""

    organization = forms.Field()

    def __init__(self, data: Any = None, *, scope: Scope) -> None:
        super().__init__(data, auto_id="transfer-%s")
        self.fields["organization"] = number_choice(_("调到"), organization_options(scope))


class ShiftsForm(ConsoleForm):
    """Up to three lines of hours; a line without days counts as empty."""

    valid_from = day_field(
        gettext_lazy("从哪天起"),
        help_text=gettext_lazy("从这天起按下面的班次，以前的班次到前一天为止。"),
    )

    def __init__(self, data: Any, *, shifts: Iterable[Shift], today: date) -> None:
        initial: dict[str, Any] = {"valid_from": today + timedelta(days=1)}
        for line, one in zip(SHIFT_LINES, joined(hours_of(shifts)), strict=False):
            initial[f"weekdays_{line}"] = list(one.weekdays)
            initial[f"starts_{line}"] = one.starts
            initial[f"ends_{line}"] = one.ends
        super().__init__(data, initial=initial, auto_id="shifts-%s")
        for line in SHIFT_LINES:
            self.fields[f"weekdays_{line}"] = forms.MultipleChoiceField(
                label=_("第 %(n)d 段") % {"n": line},
                choices=list(WEEKDAYS.items()),
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
            for name, label in (("starts", _("上班")), ("ends", _("下班"))):
                self.fields[f"{name}_{line}"] = forms.TimeField(
                    label=label,
                    required=False,
                    widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
                )

    @property
    def lines(self) -> list[list[forms.BoundField]]:
        return [
            [self[f"{name}_{line}"] for name in ("weekdays", "starts", "ends")]
            for line in SHIFT_LINES
        ]

    def clean(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        hours: list[Hours] = []
        for line in SHIFT_LINES:
            days = given.get(f"weekdays_{line}") or []
            times = {name: given.get(f"{name}_{line}") for name in ("starts", "ends")}
            for name, moment in times.items():
                if days and moment is None and f"{name}_{line}" not in self.errors:
                    self.add_error(
                        f"{name}_{line}", _("第 %(n)d 段选了星期，请填时间。") % {"n": line}
                    )
            if not days and any(moment is not None for moment in times.values()):
                self.add_error(f"weekdays_{line}", _("填了时间，请选星期几。"))
            if days and times["starts"] is not None and times["ends"] is not None:
                hours.append(Hours("".join(days), times["starts"], times["ends"]))
        given["hours"] = hours
        return given


class SkillsForm(ConsoleForm):
    """Which major classes somebody is able to handle; what was entered more finely stays on offer."""

    prefixes = forms.MultipleChoiceField(
        label=gettext_lazy("能处置的大类"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("一个也不选，表示各类都能处置。派遣时优先推荐能处置这一类的人。"),
    )

    def __init__(self, data: Any = None, *, skills: list[str]) -> None:
        super().__init__(data, initial={"prefixes": skills}, auto_id="skills-%s")
        names = major_names()
        others = [(code, code) for code in skills if code not in names]
        choice_field(self, "prefixes").choices = [*names.items(), *others]


def major_names() -> dict[str, str]:
    """Beginnings of codes that stand for a whole major class, e.g. E01 → 事件 · 市容环境."""
    found: dict[str, str] = {}
    for one in active_categories():
        if one.code[PREFIX_KIND_AND_MAJOR:].startswith(one.major_code) and one.major_code:
            prefix = one.code[: PREFIX_KIND_AND_MAJOR + len(one.major_code)]
            found.setdefault(prefix, f"{words_of(labels.KINDS, one.kind)} · {one.major_name}")
    return found


class BaseForm(ConsoleForm):
    """How much somebody can carry, and from where they set out."""

    capacity = forms.IntegerField(
        label=gettext_lazy("同时在办上限（件）"),
        help_text=gettext_lazy("手上到了这个数，派遣时先推荐别人。1 至 200。"),
    )
    lon = forms.FloatField(
        label=gettext_lazy("驻点经度"),
        required=False,
        widget=forms.NumberInput(attrs={"step": "any"}),
        help_text=gettext_lazy("派遣时按驻点推荐离现场近的人；可以在地图上点。"),
    )
    lat = forms.FloatField(
        label=gettext_lazy("驻点纬度"),
        required=False,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )

    def __init__(self, data: Any = None, *, staff: Staff) -> None:
        first = {"capacity": staff.capacity, "lon": staff.home_lon, "lat": staff.home_lat}
        super().__init__(data, initial=first, auto_id="base-%s")


class PostingForm(ConsoleForm):
    """A grid to look after."""

    grid = forms.Field()
    duty = forms.ChoiceField(
        label=gettext_lazy("任职"),
        choices=[(code, labels.DUTIES[code]) for code in GridPosting.Duty.values],
        widget=forms.RadioSelect,
        initial=GridPosting.Duty.FULL_TIME,
    )
    valid_from = day_field(gettext_lazy("从哪天起"))
    valid_until = day_field(
        gettext_lazy("到哪天止"), required=False, help_text=gettext_lazy("不填就是长期；含当天。")
    )
    take_over = forms.BooleanField(
        label=gettext_lazy("接替现任网格长（现任到前一天为止）"), required=False
    )

    def __init__(self, data: Any = None, *, scope: Scope, today: date) -> None:
        super().__init__(data, initial={"valid_from": today}, auto_id="posting-%s")
        grids = area_options(scope, levels=[AreaLevel.GRID])
        by_code = grid_code_field(scope)
        self.fields["grid"] = number_choice(_("网格"), grids, required=by_code is None)
        if by_code is not None:
            self.fields["grid_code"] = by_code

    def clean(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        area_of_code(self, given, "grid")
        if "grid" in given and given["grid"] is None and not self.errors:
            self.add_error("grid", _("请选网格，或填网格编码。"))
        return given


class EndForm(ConsoleForm):
    """When something ends: at once, or with a day."""

    when = forms.ChoiceField(
        label=gettext_lazy("何时结束"),
        choices=[(NOW, gettext_lazy("立即")), (LATER, gettext_lazy("到某天为止"))],
        widget=forms.RadioSelect,
        initial=NOW,
    )
    last = day_field(
        gettext_lazy("最后一天"),
        required=False,
        help_text=gettext_lazy("含当天；选“立即”时不用填。"),
    )

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, auto_id="end-%s")
        self.today = today

    def clean(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        if given.get("when") == NOW:
            given["last"] = self.today - timedelta(days=1)
        elif given.get("when") == LATER and not given.get("last") and "last" not in self.errors:
            self.add_error("last", _("请填最后一天。"))
        return given


class Confirmation(ConsoleForm):
    """No field: the page says what will happen, the button does it."""


class StaffConditions(ConsoleForm):
    """The condition row of the list of staff."""

    q = forms.CharField(label=gettext_lazy("查询"), required=False, max_length=60)
    organization = forms.Field()
    community = forms.Field()
    role = forms.Field()
    state = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False, choices=list(STAFF_STATES.items())
    )

    def __init__(self, data: Any, *, actor: Actor, scope: Scope, roles: Options) -> None:
        super().__init__(data, auto_id="condition-%s")
        self.fields["q"].widget.attrs["placeholder"] = _("姓名、工号或电话")
        options: dict[str, tuple[str, Options]] = {
            "organization": (_("单位"), organization_options(scope)),
            "community": (_("社区 / 网格"), area_options(scope, levels=["community", "grid"])),
            "role": (_("岗位"), roles),
        }
        for name, (label, found) in options.items():
            self.fields[name] = number_choice(label, found, empty=_("全部"), required=False)
        self.order_fields(["q", "organization", "community", "role", "state"])
