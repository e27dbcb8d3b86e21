"""The condition row of the case list: from the address line to what `cases.queries.filtered` takes, and back.

Every condition of `cases.queries.CONDITIONS` may stand in the address, those without a field in the row too, because
each figure elsewhere links to its list. Days are local; 至 includes its day. A value nobody can read is named and
left out rather than answered with an error page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import FieldError, ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases.flow import Stage
from linli.cases.models import Case
from linli.cases.queries import CONDITIONS
from linli.kernel.acting import Actor
from linli.kernel.calendar.local import day_bounds
from linli.kernel.people.models import Staff
from linli.screens.console import choices, labels
from linli.screens.shared.labels import STAGES
from linli.screens.shared.numbers import day_in, moment_in, whole_number
from linli.screens.shared.time_left import LIGHTS

LIGHT_CONDITIONS = {"red": "overdue_at", "yellow": "yellow_at"}
IDS = frozenset({"category", "standard", "community", "grid", "organization", "owner"})
NOT_CONDITIONS = frozenset({"before", "after", "size", "light", "q"})
LONGEST_QUERY = 100

HIDDEN_WORDS = {
    "owner": gettext_lazy("经办人"),
    "standard": gettext_lazy("立案标准"),
    "outcome": gettext_lazy("办理结果"),
    "closed_from": gettext_lazy("结案时间起"),
    "closed_until": gettext_lazy("结案时间至"),
    "overdue_at": gettext_lazy("超时"),
    "yellow_at": gettext_lazy("将超时"),
    "registered_on": gettext_lazy("立案日期"),
    "fed_back_on": gettext_lazy("处置反馈日期"),
    "closed_on": gettext_lazy("结案日期"),
    "to_handle_at": gettext_lazy("当月应处置，截至"),
    "handled_late_at": gettext_lazy("当月未按期处置，截至"),
    "rated_from": gettext_lazy("评价时间起"),
    "satisfaction": gettext_lazy("评价"),
    "unowned": gettext_lazy("无人负责"),
}
HIDDEN_LABELS = {"outcome": labels.OUTCOMES, "satisfaction": labels.SATISFACTION}


class ConditionForm(forms.Form):
    """The fields of the condition row; all optional."""

    q = forms.CharField(label=gettext_lazy("查询"), max_length=LONGEST_QUERY)
    stage = forms.ChoiceField(label=gettext_lazy("环节"))
    community = forms.ChoiceField(label=gettext_lazy("社区"))
    grid = forms.ChoiceField(label=gettext_lazy("网格"))
    light = forms.ChoiceField(label=gettext_lazy("时限"))
    kind = forms.ChoiceField(label=gettext_lazy("类型"))
    category = forms.ChoiceField(label=gettext_lazy("类别"))
    channel = forms.ChoiceField(label=gettext_lazy("来源"))
    organization = forms.ChoiceField(label=gettext_lazy("承办单位"))
    open = forms.ChoiceField(label=gettext_lazy("办理状态"))
    urgent = forms.ChoiceField(label=gettext_lazy("紧急"))
    opened_from = forms.DateField(label=gettext_lazy("上报时间起"))
    opened_until = forms.DateField(label=gettext_lazy("上报时间至"))

    FIRST = ("q", "stage", "community", "light")

    def __init__(self, data: QueryDict, *, actor: Actor) -> None:
        super().__init__(data, auto_id="condition-%s")
        community = data.get("community", "")
        options: dict[str, choices.Options] = {
            "stage": [(code, look.label) for code, look in STAGES.items()],
            "community": choices.communities(actor),
            "grid": choices.grids(actor, whole_number(community)),
            "light": [("red", _("已超时")), ("yellow", _("将超时"))],
            "kind": list(labels.KINDS.items()),
            "category": choices.categories(),
            "channel": list(labels.CHANNELS.items()),
            "organization": choices.organizations(),
            "open": [("1", _("未办结")), ("0", _("已办结"))],
            "urgent": [("1", _("只看紧急"))],
        }
        for name, made in self.fields.items():
            made.required = False
            if isinstance(made, forms.ChoiceField):
                made.choices = [("", _("全部")), *options[name]]
            if isinstance(made, forms.DateField):
                made.widget = forms.DateInput(attrs={"type": "date"})

    @property
    def first(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FIRST]

    @property
    def more(self) -> list[forms.BoundField]:
        return [one for one in self if one.name not in self.FIRST]

    @property
    def more_in_use(self) -> bool:
        return any(self.data.get(one.name) for one in self.more)


@dataclass(frozen=True)
class Hidden:
    """A condition that came with a link from elsewhere."""

    name: str
    label: str
    value: str

    @property
    def shown(self) -> str:
        """The value in words: people by name, outcomes by their label, instants to the minute."""
        if self.name == "owner":
            return str(Staff.objects.filter(pk=whole_number(self.value) or 0).first() or self.value)
        if self.name in HIDDEN_LABELS:
            return labels.words_of(HIDDEN_LABELS[self.name], self.value)
        return self.value[:16].replace("T", " ") if self.name.endswith("_at") else self.value


@dataclass
class Wanted:
    """Conditions for `filtered`; `hidden` have no field in the row; `unread` could not be read."""

    conditions: dict[str, Any] = field(default_factory=dict)
    hidden: list[Hidden] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def wanted_of(query: QueryDict, *, now: datetime) -> Wanted:
    """What the address line asks for."""
    found = Wanted()
    words = query.get("q", "").strip()[:LONGEST_QUERY]
    if words:
        found.conditions["q"] = words
    light = query.get("light", "")
    if light in LIGHT_CONDITIONS:
        found.conditions[LIGHT_CONDITIONS[light]] = now
    elif light and light not in LIGHTS:
        found.unread.append(light)
    for name in CONDITIONS:
        text = query.get(name, "").strip()
        if not text or name in NOT_CONDITIONS:
            continue
        value = _value(name, text, now)
        if value is None or not _works(name, value):
            found.unread.append(f"{name}={text[:40]}")
            continue
        found.conditions[name] = value
        if name not in ConditionForm.base_fields:
            found.hidden.append(Hidden(name, str(HIDDEN_WORDS.get(name, name)), text[:40]))
    return found


def _value(name: str, text: str, now: datetime) -> Any:
    if name == "stage":
        return text if text in set(Stage) else None
    if name in IDS:
        return whole_number(text)
    if name.endswith("_on"):
        return day_in(text)
    if not name.endswith(("_from", "_until", "_at")):
        return text
    if text in ("1", "now"):
        return now
    day = day_in(text)
    if day is None:
        return moment_in(text)
    first, following = day_bounds(day)
    return following if name.endswith("_until") else first


def _works(name: str, value: Any) -> bool:
    """Whether the database would understand the value: a class is a number, a day a day."""
    try:
        Case.objects.filter(CONDITIONS[name](value))
    except (ValueError, TypeError, ValidationError, FieldError):
        return False
    return True
