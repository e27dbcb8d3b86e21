"""The forms of a rule of dispatch: its conditions, its effect, and why it is as it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases.actions.dispatch_rules import LONGEST_NAME, LONGEST_TAG, RuleDraft
from linli.cases.catalogue.ruling.queries import LISTS
from linli.cases.models import DispatchRule
from linli.cases.queries import active_categories
from linli.kernel.access.queries import roles
from linli.kernel.places.models import Area, AreaLevel
from linli.screens.console import labels
from linli.screens.console.choices import MOST_GRIDS, Options, organizations
from linli.screens.console.people.forms import (
    ConsoleForm,
    day_field,
    major_names,
    number_choice,
)
from linli.screens.shared.choosing import choice_field

EITHER = ""
YES, NO = "yes", "no"
MEANT = {EITHER: None, YES: True, NO: False}


class ReasonForm(ConsoleForm):
    """Why something is done to a rule; kept with the version."""

    reason = forms.CharField(
        label=gettext_lazy("为什么这样改"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class RestorationForm(ReasonForm):
    """Back to an earlier version."""

    number = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


def _many(label: Any, **more: Any) -> forms.MultipleChoiceField:
    widget = forms.CheckboxSelectMultiple
    return forms.MultipleChoiceField(label=label, required=False, widget=widget, **more)


class RuleForm(ConsoleForm):
    """A rule. What is left empty is no condition."""

    name = forms.CharField(
        label=gettext_lazy("规则名称"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("派单时会说明由哪条规则决定，请写得让人一看就懂。"),
    )
    words = forms.CharField(
        label=gettext_lazy("标题或内容里有这些词之一"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("一行一个，每个 2 到 20 个字。只写事情，不能写人或一类人。"),
    )
    classes = _many(
        gettext_lazy("类别"), help_text=gettext_lazy("可以多选；选大类包括它的所有小类。")
    )
    areas = _many(gettext_lazy("地点"), help_text=gettext_lazy("选社区包括它的所有网格。"))
    channels = _many(gettext_lazy("来源渠道"))
    sources = forms.CharField(
        label=gettext_lazy("来源系统"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("推送上报的系统名称，多个用逗号分开。"),
    )
    urgent = forms.ChoiceField(
        label=gettext_lazy("紧急程度"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (EITHER, gettext_lazy("都可以")),
            (YES, gettext_lazy("紧急")),
            (NO, gettext_lazy("一般")),
        ],
    )
    working = forms.ChoiceField(
        label=gettext_lazy("上报时间"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (EITHER, gettext_lazy("都可以")),
            (YES, gettext_lazy("工作时间")),
            (NO, gettext_lazy("非工作时间")),
        ],
    )
    organization = forms.Field()
    post = forms.Field()
    makes_urgent = forms.BooleanField(label=gettext_lazy("标为紧急"), required=False)
    tag = forms.CharField(
        label=gettext_lazy("加上标签"),
        required=False,
        max_length=LONGEST_TAG,
        help_text=gettext_lazy("显示在派遣台和案件页，例如“汛期”。"),
    )
    valid_from = day_field(gettext_lazy("从哪天起"))
    valid_until = day_field(
        gettext_lazy("到哪天止"), required=False, help_text=gettext_lazy("不填就是长期；含当天。")
    )
    reason = forms.CharField(
        label=gettext_lazy("为什么这样改"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    CONDITIONS = ("words", "classes", "areas", "channels", "sources", "urgent", "working")
    EFFECT = ("organization", "post", "makes_urgent", "tag")
    AROUND = ("valid_from", "valid_until", "reason")

    def __init__(self, data: Any = None, *, rule: DispatchRule | None = None, today: date) -> None:
        super().__init__(data, initial=initial_of(rule, today), auto_id="rule-%s")
        choices: dict[str, Options] = {
            "classes": class_options(),
            "areas": place_options(),
            "channels": list(labels.CHANNELS.items()),
        }
        for name, options in choices.items():
            choice_field(self, name).choices = options
        self.fields["organization"] = number_choice(
            _("由哪个单位承办"), organizations(), empty=_("不指定，按派单目录"), required=False
        )
        posts = [(one.pk, one.name) for one in roles() if "cases.handle" in one.permissions]
        self.fields["post"] = number_choice(
            _("或者由哪个岗位承办"), posts, empty=_("不指定"), required=False
        )
        self.fields["post"].help_text = _("派给案件所在地点上担任这个岗位的人，例如网格员。")

    def fields_of(self, names: tuple[str, ...]) -> list[forms.BoundField]:
        return [self[name] for name in names]

    @property
    def conditions(self) -> list[forms.BoundField]:
        return self.fields_of(self.CONDITIONS)

    @property
    def effect(self) -> list[forms.BoundField]:
        return self.fields_of(self.EFFECT)

    @property
    def around(self) -> list[forms.BoundField]:
        return self.fields_of(self.AROUND)

    def draft(self) -> RuleDraft:
        """What was written, once the form is valid."""
        given = self.cleaned_data
        return RuleDraft(
            name=given["name"],
            valid_from=given["valid_from"],
            valid_until=given["valid_until"],
            classes=tuple(given["classes"]),
            areas=tuple(int(one) for one in given["areas"]),
            channels=tuple(given["channels"]),
            sources=tuple(given["sources"].replace("，", ",").split(",")),
            words=tuple(given["words"].splitlines()),
            urgent=MEANT[given["urgent"]],
            working=MEANT[given["working"]],
            organization=given["organization"],
            post=given["post"],
            makes_urgent=given["makes_urgent"],
            tag=given["tag"],
        )


def class_options() -> Options:
    """Each major class as a whole, then the classes under it."""
    found: dict[str, str] = {}
    majors = major_names()
    for one in active_categories():
        for prefix, name in majors.items():
            if one.code.startswith(prefix):
                found.setdefault(prefix, _("%(name)s（整个大类）") % {"name": name})
        found[one.code] = one.name
    return list(found.items())


def place_options() -> Options:
    """Areas from above to below, a grid with its community; no grids where there are too many for a list."""
    rows = Area.objects.filter(retired_at=None).order_by("code")
    if rows.filter(level=AreaLevel.GRID).count() > MOST_GRIDS:
        rows = rows.exclude(level=AreaLevel.GRID)
    return [
        (pk, f"{parent} · {name}" if level == AreaLevel.GRID else name)
        for pk, level, name, parent in rows.values_list("pk", "level", "name", "parent__name")
    ]


def initial_of(rule: DispatchRule | None, today: date) -> dict[str, Any]:
    """A stored rule as the form shows it. Content that cannot be read is left out, so that it can be mended."""
    if rule is None:
        return {"valid_from": today, "urgent": EITHER, "working": EITHER}
    stored = rule.conditions if isinstance(rule.conditions, dict) else {}
    lists = {name: stored[name] for name in LISTS if isinstance(stored.get(name), list)}
    said = {None: EITHER, True: YES, False: NO}
    return {
        **lists,
        "name": rule.name,
        "words": "\n".join(map(str, lists.get("words", []))),
        "sources": "，".join(map(str, lists.get("sources", []))),
        **{
            name: said[stored.get(name) if stored.get(name) in (True, False) else None]
            for name in ("urgent", "working")
        },
        "organization": rule.organization_id,
        "post": rule.post_id,
        "makes_urgent": rule.makes_urgent,
        "tag": rule.tag,
        "valid_from": rule.valid_from,
        "valid_until": rule.valid_until,
    }
