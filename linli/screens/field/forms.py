"""What workers fill in on the phone. Pictures are taken by `shared.uploads`, since they must outlive an error."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.cases.drafts import ADDRESS_MOST, BODY_MOST
from linli.cases.facts import Facts
from linli.cases.models import Case, Category, Report
from linli.cases.queries import active_categories, current_standards
from linli.kernel.acting import Actor
from linli.kernel.matters.deputies import LONGEST_REASON, colleagues_of
from linli.kernel.people.models import Staff
from linli.screens.field.moves import form_of
from linli.screens.field.words import NOTES, OUTCOMES
from linli.screens.shared.choosing import choice_field
from linli.screens.shared.uploads import Photos

PHOTO_LABELS = {
    "photo_before": _("处置前照片"),
    "photo_after": _("处置后照片"),
    "photo_check": _("现场照片"),
}
RECENT = 6
"""Classes offered first: those the worker used last."""

NOTE_MOST = 2_000


class MoveForm(forms.Form):
    """Fields are added by `move_form`. `version` is the version of the case the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def see_version(self, version: int) -> None:
        """Let a form that is sent back carry the version the person now sees."""
        self.data = {**self.data.dict(), "version": str(version)}  # type: ignore[attr-defined]

    def facts(self, photos: Mapping[str, Photos]) -> Facts:
        """What the person gave, for `make_move`."""
        given = {
            name: value for name, value in self.cleaned_data.items() if value not in (None, "")
        }
        if "standard" in given:
            given["standard"] = int(given["standard"])
        pictures: dict[str, Any] = {name: one.ids for name, one in photos.items()}
        return replace(Facts(), **given, **pictures)


class ReportForm(forms.Form):
    """A matter seen on the round. With `handled` it was put right on the spot (自办自结)."""

    body = forms.CharField(
        label=_("看到什么"), widget=forms.Textarea(attrs={"rows": 3}), max_length=BODY_MOST
    )
    address = forms.CharField(label=_("在哪里"), max_length=ADDRESS_MOST, required=False)
    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    category = forms.ChoiceField(label=_("类别"), required=False)
    handled = forms.BooleanField(label=_("我已经当场处理好了（自办自结）"), required=False)
    note = forms.CharField(
        label=_("怎么处理的"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=NOTE_MOST,
        required=False,
    )
    idempotency_key = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "category").choices = _categories(actor)
        self.fields["idempotency_key"].initial = uuid.uuid4().hex
        if not actor.may("cases.self_handle"):
            del self.fields["handled"], self.fields["note"]

    def clean(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        if given.get("handled"):
            if not given.get("category"):
                self.add_error("category", _("自办自结要选类别，才知道按哪条标准核查。"))
            if not given.get("note", "").strip():
                self.add_error("note", _("请写一句是怎么处理的。"))
        return given


class DeputyForm(forms.Form):
    """Who stands in, from when to when, and why."""

    valid_from = forms.DateField(label=_("第一天"), widget=forms.DateInput(attrs={"type": "date"}))
    valid_until = forms.DateField(
        label=_("最后一天"), widget=forms.DateInput(attrs={"type": "date"}), help_text=_("含当天。")
    )
    reason = forms.CharField(label=_("原因"), required=False, max_length=LONGEST_REASON)

    def __init__(self, data: Any, *, staff: Staff) -> None:
        super().__init__(data)
        found = [("", _("请选择")), *((one.pk, one.name) for one in colleagues_of(staff))]
        self.fields["deputy"] = forms.TypedChoiceField(
            label=_("由谁代班"), choices=found, coerce=int, empty_value=None
        )
        self.order_fields(["deputy", "valid_from", "valid_until", "reason"])


def move_form(code: str, case: Case, *, now: datetime, data: Any = None) -> MoveForm:
    """The form of a move on a case, empty or filled with what was sent."""
    form = MoveForm(data, initial={"version": case.version})
    for wanted in form_of(code):
        name = wanted.removesuffix("*")
        if name in MAKERS:
            field = MAKERS[name](code, case, now)
            field.required = wanted.endswith("*")
            form.fields[name] = field
    return form


def photo_names(code: str) -> dict[str, bool]:
    """Names of the pictures a move takes, and whether one must be there."""
    wanted = form_of(code)
    return {
        one.removesuffix("*"): one.endswith("*")
        for one in wanted
        if one.removesuffix("*") in PHOTO_LABELS
    }


def _text(label: Any, help_text: Any = "") -> forms.Field:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, widget=widget, max_length=NOTE_MOST, help_text=help_text)


def _radio(
    label: Any, options: list[tuple[Any, Any]], missing: Any, initial: Any = None
) -> forms.Field:
    field = forms.ChoiceField(
        label=label, choices=options, widget=forms.RadioSelect, initial=initial
    )
    field.error_messages["required"] = missing
    return field


def _standard(code: str, case: Case, now: datetime) -> forms.Field:
    rows = current_standards(case.category, now) if case.category else []
    options = [(row.pk, f"{row.filing_condition}（{row.time_limit}）") for row in rows]
    only = rows[0].pk if len(rows) == 1 else None
    return _radio(_("符合哪条立案标准"), options, _("请选择一条立案标准。"), only)


def _outcome(code: str, case: Case, now: datetime) -> forms.Field:
    return _radio(_("办理结果"), list(OUTCOMES.items()), _("请选择办理结果。"))


MAKERS: dict[str, Callable[[str, Case, datetime], forms.Field]] = {
    "note": lambda code, case, now: _text(NOTES[code]),
    "public_reply": lambda code, case, now: _text(
        _("给上报人的答复"), _("上报人会看到这段话，请不要写姓名和电话。")
    ),
    "outcome": _outcome,
    "standard": _standard,
}


def _categories(actor: Actor) -> list[tuple[str, Any]]:
    """Classes by kind and major class; those used last come first."""
    every = active_categories()
    recent = _recent(actor, every)
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in every:
        groups.setdefault(row.major_name, []).append((row.code, row.name))
    first = [(_("最近用过"), [(row.code, row.name) for row in recent])] if recent else []
    return [("", _("不清楚，由系统判断")), *first, *groups.items()]  # type: ignore[list-item]


def _recent(actor: Actor, every: list[Category]) -> list[Category]:
    if actor.staff_id is None:
        return []
    used = Report.objects.filter(entered_by_id=actor.staff_id, category__isnull=False)
    ids = dict.fromkeys(used.order_by("-id").values_list("category_id", flat=True)[:50])
    known = {row.pk: row for row in every}
    return [known[pk] for pk in ids if pk in known][:RECENT]
