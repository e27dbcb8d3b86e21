"""派遣规则: the rules in their order, one with its versions, writing one, and trying rules on the last cases."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.cases.actions.dispatch_rules import (
    RuleDraft,
    change_rule,
    check_draft,
    make_rule,
    move_rule,
    restore_rule,
    set_rule_active,
)
from linli.cases.catalogue.ruling.queries import (
    alarms_of,
    findings_of,
    rule_for,
    rules_for,
    versions_of,
)
from linli.cases.dispatch_trial import MOST_CASES, Trial, idle_words, try_rules
from linli.cases.models import DispatchRule
from linli.cases.queries import active_categories
from linli.kernel.calendar.local import local_day
from linli.kernel.engine.rows import known
from linli.kernel.errors import LinliError
from linli.kernel.organisations.models import Organization
from linli.kernel.places.models import Area
from linli.screens.console import labels
from linli.screens.console.menu import page
from linli.screens.console.people.forms import major_names
from linli.screens.console.rules.forms import ReasonForm, RestorationForm, RuleForm
from linli.screens.shared.guard import PageRequest, needs

HERE = "console:rules"
KEEP = "cases.settings"
ALARMS_SHOWN = timedelta(days=7)
"""How long a failure stays on the page; days, 1-30."""

NEEDED_TO_KEEP = ("name", "reason")
"""A rule may be tried without them."""

TONES = {"shadowed": "yellow", "dead": "yellow", "failing": "red"}


@require_GET
@needs("cases.dispatch", "cases.settings")
def rules(request: PageRequest) -> HttpResponse:
    """The rules in the order in which they are asked, with what is wrong with them."""
    rows = rules_for(request.actor)
    return page(
        request,
        "console/rules/list.html",
        title=_("派遣规则"),
        here=HERE,
        rows=_shown(rows, request),
        may_keep=request.actor.may(KEEP),
    )


@require_GET
@needs("cases.dispatch", "cases.settings")
def rules_trial(request: PageRequest) -> HttpResponse:
    """All rules as they are, tried on the last cases against the duty catalogue alone."""
    rows = rules_for(request.actor)
    trial = try_rules([], rows, by=request.actor, now=request.now)
    return page(
        request,
        "console/rules/trial.html",
        title=_("试运行"),
        here=HERE,
        trail=[],
        rows=[
            {**row, "idle": idle_words(trial, row["rule"].pk), **_counts(trial, row["rule"])}
            for row in _shown(rows, request)
            if row["rule"].active
        ],
        **_trial(trial),
    )


@require_GET
@needs("cases.dispatch", "cases.settings")
def rule_page(request: PageRequest, rule_id: int) -> HttpResponse:
    """One rule: what it says, what it would have changed, and every version of it."""
    rule = rule_for(request.actor, rule_id)
    rows = rules_for(request.actor)
    others = [one for one in rows if one.pk != rule.pk]
    with_it = [_as_active(one) if one.pk == rule.pk else one for one in rows]
    trial = try_rules(others, with_it, by=request.actor, now=request.now)
    return page(
        request,
        "console/rules/rule.html",
        title=rule.name,
        here=HERE,
        trail=[(str(_("第 %(n)d 条")) % {"n": rows.index(rule) + 1}, "")],
        row=next(row for row in _shown(rows, request) if row["rule"].pk == rule.pk),
        rule=rule,
        versions=[_version(one) for one in versions_of(request.actor, rule)],
        reason=ReasonForm(auto_id="state-%s"),
        may_keep=request.actor.may(KEEP),
        idle=idle_words(trial, rule.pk),
        **_counts(trial, rule),
        **_trial(trial),
    )


@require_http_methods(["GET", "POST"])
@needs("cases.settings")
def rule_new(request: PageRequest) -> HttpResponse:
    """Write a rule; with 试运行 it is only tried."""
    return _write(request, None)


@require_http_methods(["GET", "POST"])
@needs("cases.settings")
def rule_edit(request: PageRequest, rule_id: int) -> HttpResponse:
    """Change a rule."""
    return _write(request, rule_for(request.actor, rule_id))


@require_POST
@needs("cases.settings")
def rule_position(request: PageRequest, rule_id: int) -> HttpResponse:
    """One place up or down; the keyboard stays on the button that was pressed."""
    up = request.POST.get("direction") == "up"
    rule = move_rule(rule_id, up=up, by=request.actor, now=request.now)
    place = {"name": rule.name, "n": rule.position}
    messages.success(request, _("“%(name)s”现在是第 %(n)d 条。") % place)
    return redirect(f"{reverse(HERE)}#{'up' if up else 'down'}-{rule_id}")


@require_POST
@needs("cases.settings")
def rule_state(request: PageRequest, rule_id: int) -> HttpResponse:
    """Stop a rule, or let it count again."""
    active = request.POST.get("active") == "yes"
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请写明为什么启用或停用。"))
    else:
        reason = form.cleaned_data["reason"]
        set_rule_active(rule_id, active=active, reason=reason, by=request.actor, now=request.now)
        messages.success(request, _("规则已启用。") if active else _("规则已停用。"))
    return redirect("console:rule", rule_id)


@require_POST
@needs("cases.settings")
def rule_restoration(request: PageRequest, rule_id: int) -> HttpResponse:
    """Back to an earlier version."""
    form = RestorationForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请写明为什么恢复旧版。"))
        return redirect("console:rule", rule_id)
    given = form.cleaned_data
    try:
        restore_rule(
            rule_id,
            number=given["number"],
            reason=given["reason"],
            by=request.actor,
            now=request.now,
        )
    except LinliError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("已恢复第 %(n)d 版。") % {"n": given["number"]})
    return redirect("console:rule", rule_id)


def _write(request: PageRequest, rule: DispatchRule | None) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form = RuleForm(sent, rule=rule, today=local_day(request.now))
    trying = sent is not None and "trial" in sent
    for name in NEEDED_TO_KEEP:
        form.fields[name].required = not trying
    status, found = 200, None
    if sent is not None:
        try:
            if not form.is_valid():
                status = 422
            elif trying:
                found = _try(request, form.draft(), rule)
            else:
                return _keep(request, form, rule)
        except LinliError as refused:
            status = refused.status
            field = refused.field if refused.field in form.fields else None
            form.add_error(field, refused.message)
    for name in NEEDED_TO_KEEP:
        form.fields[name].required = True
    return page(
        request,
        "console/rules/form.html",
        title=_("修改规则") if rule else _("新增规则"),
        here=HERE,
        trail=[(rule.name, reverse("console:rule", args=[rule.pk]))] if rule else [],
        status=status,
        form=form,
        rule=rule,
        version=request.POST.get("version", rule.version if rule else 0),
        back=reverse("console:rule", args=[rule.pk]) if rule else reverse(HERE),
        idle=idle_words(found, rule.pk if rule else 0) if found else "",
        **_trial(found),
    )


def _keep(request: PageRequest, form: RuleForm, rule: DispatchRule | None) -> HttpResponse:
    reason = form.cleaned_data["reason"]
    if rule is None:
        rule = make_rule(form.draft(), reason=reason, by=request.actor, now=request.now)
    else:
        version = request.POST.get("version", "")
        seen = int(version) if version.isdecimal() and len(version) < 9 else 0
        change_rule(
            rule.pk, form.draft(), version=seen, reason=reason, by=request.actor, now=request.now
        )
    messages.success(request, _("规则已保存，几秒后生效。"))
    return redirect("console:rule", rule.pk)


def _try(request: PageRequest, draft: RuleDraft, rule: DispatchRule | None) -> Trial:
    check_draft(draft)
    rows = rules_for(request.actor)
    tried = DispatchRule(
        pk=rule.pk if rule else 0,
        name=draft.name,
        conditions=dict(draft.conditions),
        organization_id=draft.organization,
        post_id=draft.post,
        makes_urgent=draft.makes_urgent,
        tag=draft.tag,
        valid_from=draft.valid_from,
        valid_until=draft.valid_until,
    )
    after = [tried if rule and one.pk == rule.pk else one for one in rows]
    if rule is None:
        after.append(tried)
    return try_rules(rows, after, by=request.actor, now=request.now)


def _as_active(rule: DispatchRule) -> DispatchRule:
    """A stopped rule is tried as if it counted."""
    tried = copy.copy(rule)
    tried.active = True
    return tried


def _trial(trial: Trial | None) -> dict[str, Any]:
    return {"trial": trial, "most": MOST_CASES}


def _counts(trial: Trial, rule: DispatchRule) -> dict[str, int]:
    return {"fitted": trial.fitted[rule.pk], "decided": trial.decided[rule.pk]}


def _shown(rows: list[DispatchRule], request: PageRequest) -> list[dict[str, Any]]:
    findings = findings_of(rows, today=local_day(request.now))
    alarms = alarms_of(request.actor, since=request.now - ALARMS_SHOWN)
    names = _Names()
    return [
        {
            "rule": rule,
            "place": place,
            "conditions": names.conditions(rule.conditions),
            "effect": _effect(rule),
            "findings": [
                {"reason": one.reason, "tone": TONES[one.kind]} for one in findings.get(rule.pk, [])
            ],
            "alarm": alarms.get(rule.pk),
            "first": place == 1,
            "last": place == len(rows),
        }
        for place, rule in enumerate(rows, start=1)
    ]


def _effect(rule: DispatchRule) -> list[str]:
    found = []
    if rule.organization:
        found.append(_("由%(name)s承办") % {"name": rule.organization.name})
    if rule.post:
        found.append(_("由岗位“%(name)s”承办") % {"name": rule.post.name})
    if rule.makes_urgent:
        found.append(str(_("标为紧急")))
    if rule.tag:
        found.append(_("标签“%(tag)s”") % {"tag": rule.tag})
    return found


class _Names:
    """Words for what stands in conditions; each list is read once for a page."""

    def __init__(self) -> None:
        self._areas = dict(Area.objects.values_list("pk", "name"))
        self._classes = {one.code: one.name for one in active_categories()} | major_names()

    def conditions(self, stored: Any) -> list[tuple[str, str]]:
        """(what, which) of each condition, as people say it."""
        if not isinstance(stored, dict):
            return [(str(_("条件")), str(_("无法读取")))]
        words = {
            "words": (_("有词"), stored.get("words")),
            "classes": (_("类别"), self._each(stored.get("classes"), self._classes)),
            "areas": (_("地点"), self._each(stored.get("areas"), self._areas)),
            "channels": (_("来源"), self._each(stored.get("channels"), labels.CHANNELS)),
            "sources": (_("来源系统"), stored.get("sources")),
        }
        found = [
            (str(what), "、".join(map(str, which)))
            for what, which in words.values()
            if isinstance(which, list) and which
        ]
        if stored.get("urgent") is not None:
            found.append((str(_("紧急程度")), str(_("紧急") if stored["urgent"] else _("一般"))))
        if stored.get("working") is not None:
            hours = _("工作时间") if stored["working"] else _("非工作时间")
            found.append((str(_("上报时间")), str(hours)))
        return found

    @staticmethod
    def _each(values: Any, names: Any) -> list[str]:
        return [str(names.get(one, one)) for one in values] if isinstance(values, list) else []


def _version(one: Any) -> dict[str, Any]:
    content = one.content
    names = _Names()
    unit = known(Organization, content["organization"])
    conditions: Iterable[tuple[str, str]] = names.conditions(content["conditions"])
    return {
        "row": one,
        "what": labels.words_of(RULE_CHANGES, one.what),
        "words": "；".join(f"{what}：{which}" for what, which in conditions),
        "unit": unit.name if unit else "",
        "name": content["name"],
    }


RULE_CHANGES: labels.Words = {
    "made": gettext_lazy("新建"),
    "changed": gettext_lazy("修改"),
    "moved": gettext_lazy("调整顺序"),
    "started": gettext_lazy("启用"),
    "stopped": gettext_lazy("停用"),
    "restored": gettext_lazy("恢复旧版"),
}
