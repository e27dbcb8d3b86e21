"""The form of a move, made from the table in `moves.py`: fields, what is preselected, and why."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases.facts import Facts
from linli.cases.flow import CASE, Clock
from linli.cases.models import Case
from linli.cases.queries import (
    active_categories,
    cases_by_id,
    current_standards,
    id_in,
    standards_by_category,
    units_below,
)
from linli.cases.suggesting.category import major_of
from linli.cases.suggesting.duty import Suggested, suggest_units
from linli.cases.suggesting.likeness import certainty_of, suggest_duplicates
from linli.cases.suggesting.worker import suggest_worker
from linli.kernel.acting import Actor
from linli.kernel.calendar.errors import CalendarError
from linli.kernel.calendar.local import local_day
from linli.kernel.matters.clocks import compute
from linli.screens.console import choices, labels
from linli.screens.console.cases.moves import form_of
from linli.screens.console.uploads import photo_field

PHOTO_NAMES = ("photo_before", "photo_after", "photo_check")
ROWS = (  # facts that are numbers of rows
    "category",
    "standard",
    "organization",
    "worker",
    "survivor",
)

NOTE_WORDS = {
    "feedback": gettext_lazy("办理情况（内部）"),
    "self_handle": gettext_lazy("办理情况（内部）"),
    "confirm": gettext_lazy("核实情况"),
    "refute": gettext_lazy("核实情况"),
    "pass_check": gettext_lazy("核查情况"),
    "rework": gettext_lazy("返工原因"),
    "return_back": gettext_lazy("退回原因"),
    "reassign": gettext_lazy("改派原因"),
    "hand_over": gettext_lazy("转派原因"),
    "urge_unit": gettext_lazy("催办的话"),
    "dispatch": gettext_lazy("派遣意见"),
    "cancel": gettext_lazy("作废原因"),
    "redo": gettext_lazy("上报人不满意的原因"),
    "reopen": gettext_lazy("重开原因"),
    "merge": gettext_lazy("并案理由"),
    "split": gettext_lazy("拆分理由"),
    "remark": gettext_lazy("备注内容"),
    "force_close": gettext_lazy("强制结案的理由"),
    "finish_assistance": gettext_lazy("协办情况"),
    "follow_up": gettext_lazy("上报人说了什么"),
}
REASON_WORDS = {
    "ask_force_close": gettext_lazy("申请强制结案的理由"),
    "ask_extension": gettext_lazy("延期理由"),
    "ask_exclusion": gettext_lazy("剔除理由"),
    "suspend": gettext_lazy("挂账理由"),
    "raise_dispute": gettext_lazy("为什么不归本单位"),
    "object_to_rework": gettext_lazy("异议理由"),
    "appeal_overtime": gettext_lazy("申诉理由"),
    "reclassify": gettext_lazy("调整理由"),
}
OPINION_WORDS = {
    "add_assistance": gettext_lazy("请对方做什么"),
    "endorse_extension": gettext_lazy("意见（不同意时必填）"),
    "grant_extension": gettext_lazy("意见（不同意时必填）"),
    "review_appeal": gettext_lazy("意见（不同意时必填）"),
    "rule_dispute": gettext_lazy("裁定意见"),
}


@dataclass(frozen=True)
class Subject:
    """Whose form on which case; `organization` is what was just chosen in the list of organisations."""

    case: Case
    actor: Actor
    now: datetime
    organization: int | None = None

    @cached_property
    def suggested_unit(self) -> Suggested:
        return suggest_units([self.case], now=self.now)[self.case.pk]

    @property
    def suggested_organization(self) -> tuple[int | None, str]:
        found = self.suggested_unit
        return (found.organization.pk if found.organization else None), found.sentence

    @cached_property
    def suggested_worker(self) -> tuple[int | None, str]:
        chosen = self.organization or self.suggested_organization[0]
        if chosen is None:
            return None, ""
        ruled = self.suggested_unit
        if ruled.worker_id and ruled.organization and ruled.organization.pk == chosen:
            return ruled.worker_id, ruled.sentence
        case = copy.copy(self.case)
        case.handling_org_id = chosen
        return suggest_worker(case, now=self.now)


class MoveForm(forms.Form):
    """Fields are added by `move_form`. `version` is the version of the case the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    next = forms.CharField(max_length=1_000, widget=forms.HiddenInput, required=False)

    use_required_attribute = False

    def see_version(self, version: int) -> None:
        """Let a form that is sent back carry the version the person now sees."""
        sent = QueryDict(mutable=True)
        sent.update(self.data)
        sent["version"] = str(version)
        self.data = sent

    def clean(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        if "survivor" in self.fields and not given.get("survivor"):
            given["survivor"] = id_in(given.get("survivor_number", "").strip()) or None
        return given

    def facts(self, photos: Mapping[str, list[Any]]) -> Facts:
        """What the person gave, for `make_move`."""
        given = {name: self.cleaned_data.get(name) for name in Facts.__dataclass_fields__}
        kept = {name: value for name, value in given.items() if value not in (None, "")}
        rows = {name: int(kept[name]) for name in ROWS if name in kept}
        ids = {name: tuple(file.pk for file in files) for name, files in photos.items()}
        return replace(Facts(), **{**kept, **rows, **ids})


def move_form(code: str, subject: Subject, data: Any = None, *, ids: str = "move-%s") -> MoveForm:
    """The form of a move on a case, empty or filled with what was sent."""
    first = {"version": subject.case.version}
    made: dict[str, forms.Field] = {}
    for wanted in form_of(code):
        name, must = wanted.removesuffix("*"), wanted.endswith("*")
        field = MAKERS[name](code, subject)
        # Photos are looked at after they were stored; the flow refuses what is missing.
        field.required = must and name not in PHOTO_NAMES
        made[name] = field
        if name == "survivor":
            made["survivor_number"] = _survivor_number()
            field.required = False
    form = MoveForm(data, initial=first, auto_id=ids)
    form.fields.update(made)
    return form


def reasons(code: str, subject: Subject) -> list[tuple[str, str]]:
    """(what, why) of everything that is preselected in the form."""
    found: list[tuple[str, str]] = []
    if code == "accept":
        sentence = subject.case.proposal.category.sentence
        found.append((_("系统建议的类别"), sentence))
    if code in ("dispatch", "reassign"):
        found.append((_("系统建议的单位"), subject.suggested_organization[1]))
        found.append((_("系统建议的人员"), subject.suggested_worker[1]))
    return [(what, why) for what, why in found if why]


def standard_cards(subject: Subject) -> list[dict[str, Any]]:
    """The rows of the class with the due each would give if the work went out now."""
    category = subject.case.category
    return [
        {
            "id": row.pk,
            "condition": row.filing_condition,
            "limit": row.time_limit,
            "closing": row.closing_condition,
            **_due(row.time_limit, subject),
        }
        for row in (current_standards(category, subject.now) if category else [])
    ]


def likely_survivors(subject: Subject) -> list[tuple[Case, str]]:
    """Open cases that may be the same matter, with the sentence that says why."""
    case, guess = subject.case, subject.case.proposal.category
    decision = suggest_duplicates(
        title=case.title.plain,
        body=case.body.plain,
        lon=case.lon,
        lat=case.lat,
        code=case.category.code if case.category else guess.code,
        major=major_of(case.category) if case.category else guess.major,
        certainty=certainty_of(case),
        measured=False,
        now=subject.now,
    )
    why = {one.id: one.sentence for one in case.proposal.duplicates.cases}
    why |= {one.case_id: one.sentence for one in decision.likenesses}
    seen = cases_by_id(subject.actor, why)
    return [
        (seen[number], sentence)
        for number, sentence in why.items()
        if number in seen and seen[number].open and number != case.pk
    ]


def _due(limit: str, subject: Subject) -> dict[str, Any]:
    try:
        run = compute(CASE, Clock.HANDLE, limit, organization_id=None, starts_at=subject.now)
    except CalendarError as problem:
        return {"due": None, "sentence": problem.message}
    return {"due": run.due.at, "sentence": run.due.sentence}


def _text(label: Any, *, rows: int = 3, help_text: Any = "", most: int = 2_000) -> forms.Field:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, widget=widget, help_text=help_text, max_length=most)


def _select(label: Any, options: choices.Options, first: Any, **more: Any) -> forms.Field:
    return forms.ChoiceField(label=label, choices=[("", first), *options], **more)


def _category(code: str, subject: Subject) -> forms.Field:
    chosen = subject.case.category_id or subject.case.proposal.category.id
    return _select(_("类别"), choices.categories(), _("请选择类别"), initial=chosen)


def _standard(code: str, subject: Subject) -> forms.Field:
    category = subject.case.category
    rows = current_standards(category, subject.now) if category else []
    options = [(row.pk, row.filing_condition) for row in rows]
    proposed = subject.case.proposal.deadline.standard
    chosen = rows[0].pk if len(rows) == 1 else proposed
    field = forms.ChoiceField(
        label=_("立案标准"), choices=options, widget=forms.RadioSelect, initial=chosen
    )
    field.error_messages["required"] = _("请选择一条立案标准。")
    return field


def _organization(code: str, subject: Subject) -> forms.Field:
    chosen = _chosen_unit(code, subject)
    options = choices.organizations()
    if code == "hand_over":
        own = subject.case.handling_org
        found = [own] if own else []
        options = [(unit.pk, unit.name) for unit in [*found, *units_below(subject.case)]]
    field = _select(_("承办单位"), options, _("请选择单位"), initial=chosen)
    if "worker" not in CASE.lines[code].form:
        return field
    # Another unit has other people; without scripts the server chooses among them.
    address = reverse("console:move", args=[subject.case.number, code])
    refresh = {"hx-get": address, "hx-target": "#field-worker", "hx-select": "#field-worker"}
    field.widget.attrs.update(refresh | {"hx-swap": "outerHTML", "hx-trigger": "change"})
    return field


def _chosen_unit(code: str, subject: Subject) -> int | None:
    """The unit just chosen, else the own one or the one proposed."""
    own = code == "hand_over"
    return subject.organization or (
        subject.case.handling_org_id if own else subject.suggested_organization[0]
    )


def _worker(code: str, subject: Subject) -> forms.Field:
    chosen = _chosen_unit(code, subject)
    options = choices.workers(chosen, local_day(subject.now))
    if code == "hand_over":
        options = [one for one in options if one[0] != subject.case.owner_id]
    return _select(
        _("经办人"),
        options,
        _("请选择同事") if code == "hand_over" else _("由系统按在岗、就近选定"),
        initial=None if code == "hand_over" else subject.suggested_worker[0],
        error_messages={"invalid_choice": _("所选人员不在该单位，请重新选择，或由系统选定。")},
    )


def _survivor(code: str, subject: Subject) -> forms.Field:
    options = [(case.pk, f"{case.number} {case.title}") for case, _why in likely_survivors(subject)]
    return forms.ChoiceField(
        label=_("并入哪一件"),
        choices=options,
        widget=forms.RadioSelect,
        help_text="" if options else _("附近没有相似的在办案件，请填写主案编号。"),
    )


def _survivor_number() -> forms.Field:
    return forms.CharField(
        label=_("或者填写主案编号"),
        required=False,
        max_length=20,
        help_text=_("例如 20260309000042"),
    )


def _reason_code(code: str, subject: Subject) -> forms.Field:
    listed = [(one, words) for one, words in labels.DECLINE_REASONS.items() if one != "untrue"]
    return _select(_("不予受理的原因"), listed, _("请选择原因"))


def _outcome(code: str, subject: Subject) -> forms.Field:
    wanted = ("solved", "not_ours", "cannot_be_solved")
    options = [(one, labels.OUTCOMES[one]) for one in wanted]
    field = forms.ChoiceField(label=_("办理结果"), choices=options, widget=forms.RadioSelect)
    field.error_messages["required"] = _("请选择办理结果。")
    return field


def _closing(code: str, subject: Subject) -> forms.Field:
    standard = subject.case.standard
    words = standard.closing_condition if standard else _("问题已经解决")
    field = forms.BooleanField(label=_("结案条件已经达到：%(words)s") % {"words": words})
    field.error_messages["required"] = _("请先确认结案条件已经达到，再结案。")
    return field


def _note(code: str, subject: Subject) -> forms.Field:
    return _text(NOTE_WORDS.get(code, gettext_lazy("说明")))


def _public_reply(code: str, subject: Subject) -> forms.Field:
    help_text = _("上报人会看到这段话，请不要写姓名和电话。")
    return _text(_("公开答复"), help_text=help_text)


def _new_standard(code: str, subject: Subject) -> forms.Field:
    groups: dict[str, list[tuple[int, str]]] = {}
    standards = standards_by_category(subject.now)
    for category in active_categories():
        rows = standards.get(category.pk, [])
        groups.setdefault(f"{category.major_name} · {category.name}", []).extend(
            (row.pk, f"{row.filing_condition}（{row.time_limit}）") for row in rows
        )
    return _select(_("新的类别和立案标准"), [*groups.items()], _("请选择立案标准"))


def _agree(code: str, subject: Subject) -> forms.Field:
    return forms.TypedChoiceField(
        label=_("决定"),
        choices=[("yes", _("同意")), ("no", _("不同意"))],
        coerce=lambda text: text == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择同意或不同意。")},
    )


def _choice(label: Any, options: list[tuple[str, Any]]) -> forms.Field:
    field = forms.ChoiceField(label=label, choices=options, widget=forms.RadioSelect)
    field.error_messages["required"] = _("请选择一项。")
    return field


def _kind(code: str, subject: Subject) -> forms.Field:
    options = [("assist", _("协办：配合主办单位")), ("added", _("加派：与原单位一起办"))]
    return forms.ChoiceField(label=_("方式"), choices=options, widget=forms.RadioSelect)


def _moment(label: Any, help_text: Any = "") -> forms.Field:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(
        label=label, widget=widget, help_text=help_text, input_formats=["%Y-%m-%dT%H:%M"]
    )


MAKERS: dict[str, Callable[[str, Subject], forms.Field]] = {
    "category": _category,
    "standard": _standard,
    "organization": _organization,
    "worker": _worker,
    "survivor": _survivor,
    "reason_code": _reason_code,
    "outcome": _outcome,
    "closing_condition_met": _closing,
    "note": _note,
    "public_reply": _public_reply,
    "reason": lambda code, subject: _text(REASON_WORDS.get(code, gettext_lazy("理由")), most=300),
    "told": lambda code, subject: _text(
        _("给上报人的说明"),
        most=300,
        help_text=_("批准后上报人在进度页看到这段话，请写明为什么要延期。"),
    ),
    "new_standard": _new_standard,
    "agree": _agree,
    "effective": lambda code, subject: _choice(
        _("是否有效回访"), [("yes", _("接通并答复")), ("no", _("没有接通或没有答复"))]
    ),
    "contacted": lambda code, subject: _choice(
        _("承办单位联系过上报人吗"), [("yes", _("联系过")), ("no", _("没有联系"))]
    ),
    "solved": lambda code, subject: _choice(_("问题解决了吗"), [*labels.SOLVED.items()]),
    "satisfaction": lambda code, subject: _choice(_("满意吗"), [*labels.SATISFACTION.items()]),
    "opinion": lambda code, subject: _text(OPINION_WORDS.get(code, gettext_lazy("意见")), most=300),
    "kind": _kind,
    "until": lambda code, subject: _moment(
        _("恢复计时的时间"), _("到这个时间自动恢复，最长一年。")
    ),
    "demand": lambda code, subject: _text(_("督办要求"), most=300),
    "answer_by": lambda code, subject: _moment(_("答复期限")),
    "answer": lambda code, subject: _text(_("答复内容"), most=500),
    "photo_before": lambda code, subject: photo_field(_("处置前照片")),
    "photo_after": lambda code, subject: photo_field(_("处置后照片")),
    "photo_check": lambda code, subject: photo_field(_("现场照片")),
}
