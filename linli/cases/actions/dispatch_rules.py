"""Keeping the rules of dispatch: a new one, a change, the order, stopping, and back to an earlier version.

Whatever is done is a version with its author and the reason; nothing is deleted, and undoing is one more version. A
rule looks at matters only: `cases/catalogue/ruling/words.py` refuses what would make it look at people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from linli.cases.catalogue.ruling.errors import BadRule, RuleChanged
from linli.cases.catalogue.ruling.words import names_people
from linli.cases.models import Channel, DispatchRule, DispatchRuleVersion
from linli.kernel.access.models import Role
from linli.kernel.acting import Actor, action
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.errors import NotFound
from linli.kernel.matters.asking import required
from linli.kernel.organisations.models import Organization
from linli.kernel.places.models import Area

What = DispatchRuleVersion.What

MOST_RULES = 200
"""Rules kept, 1-500. More are a sign that the duty catalogue should say it."""

MOST_VALUES = 300
"""Values of one condition, 1-1,000."""

SHORTEST_WORD = 2
"""Characters of a word in a condition; one character is in every second report."""

LONGEST_WORD = 20
LONGEST_NAME = 60
LONGEST_TAG = 20


@dataclass(frozen=True)
class RuleDraft:
    """A rule as a person writes it; the columns of `DispatchRule`. `classes` are beginnings of class codes."""

    name: str
    valid_from: date
    valid_until: date | None = None
    classes: tuple[str, ...] = ()
    areas: tuple[int, ...] = ()
    channels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    urgent: bool | None = None
    working: bool | None = None
    organization: int | None = None
    post: int | None = None
    makes_urgent: bool = False
    tag: str = ""
    conditions: Mapping[str, Any] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        stored = {
            "classes": sorted({one.strip() for one in self.classes if one.strip()}),
            "areas": sorted(set(self.areas)),
            "channels": sorted(set(self.channels)),
            "sources": sorted({one.strip() for one in self.sources if one.strip()}),
            "words": sorted({one.strip().casefold() for one in self.words if one.strip()}),
            "urgent": self.urgent,
            "working": self.working,
        }
        kept = {name: value for name, value in stored.items() if value not in ([], None)}
        object.__setattr__(self, "conditions", kept)


@action(may="cases.settings")
def make_rule(draft: RuleDraft, *, reason: str, by: Actor, now: datetime) -> DispatchRule:
    """A new rule behind all others.

    Raises:
        BadRule: something in it cannot be kept; `field` names it.
    """
    rows = _lock()
    if len(rows) >= MOST_RULES:
        raise BadRule(f"最多 {MOST_RULES} 条规则，请先停用并合并旧的规则。", field="name")
    _check(draft, rows)
    rule = DispatchRule(position=max((one.position for one in rows), default=0) + 1)
    _fill(rule, draft)
    rule.save()
    return _keep(rule, What.MADE, reason, by=by, now=now)


@action(may="cases.settings")
def change_rule(
    rule_id: int, draft: RuleDraft, *, version: int, reason: str, by: Actor, now: datetime
) -> DispatchRule:
    """Another content for a rule; `version` is the one the person saw.

    Raises:
        RuleChanged: there is a newer version.
        BadRule: something in it cannot be kept.
    """
    rows = _lock()
    rule = _one(rows, rule_id)
    if rule.version != version:
        raise RuleChanged("这条规则刚被别人改过，请刷新后再改。", field="name")
    _check(draft, rows, own=rule)
    _fill(rule, draft)
    return _next(rule, What.CHANGED, reason, by=by, now=now)


@action(may="cases.settings")
def move_rule(rule_id: int, *, up: bool, by: Actor, now: datetime) -> DispatchRule:
    """Change places with the rule before (`up`) or behind; at the end of the list nothing happens."""
    rows = _lock()
    rule = _one(rows, rule_id)
    at = rows.index(rule)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(rows):
        return rule
    rows[at], rows[to] = rows[to], rows[at]
    for place, one in enumerate(rows, start=1):
        if one.position != place and one.pk != rule.pk:
            DispatchRule.objects.filter(pk=one.pk).update(position=place)
    rule.position = to + 1
    return _next(rule, What.MOVED, f"从第 {at + 1} 位移到第 {to + 1} 位", by=by, now=now)


@action(may="cases.settings")
def set_rule_active(
    rule_id: int, *, active: bool, reason: str, by: Actor, now: datetime
) -> DispatchRule:
    """Stop a rule, or let it count again."""
    rule = _one(_lock(), rule_id)
    if rule.active == active:
        return rule
    rule.active = active
    return _next(rule, What.STARTED if active else What.STOPPED, reason, by=by, now=now)


@action(may="cases.settings")
def restore_rule(
    rule_id: int, *, number: int, reason: str, by: Actor, now: datetime
) -> DispatchRule:
    """The content of an earlier version again, at the place the rule has now.

    Raises:
        BadRule: what it named is no longer there, or another rule has its name.
    """
    rows = _lock()
    rule = _one(rows, rule_id)
    kept = DispatchRuleVersion.objects.filter(rule=rule, number=number).first()
    if kept is None:
        raise NotFound("没有这一版，请从版本列表里重选。", field="number")
    draft = draft_of(kept.content)
    _check(draft, rows, own=rule)
    _fill(rule, draft)
    rule.active = kept.content["active"]
    return _next(rule, What.RESTORED, f"恢复第 {number} 版：{reason}", by=by, now=now)


def content_of(rule: DispatchRule) -> dict[str, Any]:
    """The whole rule as a version keeps it."""
    return {
        "name": rule.name,
        "position": rule.position,
        "active": rule.active,
        "conditions": rule.conditions,
        "organization": rule.organization_id,
        "post": rule.post_id,
        "makes_urgent": rule.makes_urgent,
        "tag": rule.tag,
        "valid_from": rule.valid_from.isoformat(),
        "valid_until": rule.valid_until.isoformat() if rule.valid_until else None,
    }


def draft_of(content: Mapping[str, Any]) -> RuleDraft:
    """A version as a person would write it."""
    until = content["valid_until"]
    lists: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in content["conditions"].items()
    }
    return RuleDraft(
        name=content["name"],
        valid_from=date.fromisoformat(content["valid_from"]),
        valid_until=date.fromisoformat(until) if until else None,
        organization=content["organization"],
        post=content["post"],
        makes_urgent=content["makes_urgent"],
        tag=content["tag"],
        **lists,
    )


def _lock() -> list[DispatchRule]:
    """All rules in their order; a second change of any of them waits here."""
    return list(DispatchRule.objects.select_for_update().order_by("position", "id"))


def _one(rows: list[DispatchRule], rule_id: int) -> DispatchRule:
    found = next((one for one in rows if one.pk == rule_id), None)
    if found is None:
        raise NotFound("没有这条派遣规则，请从规则列表里重选。", field="rule")
    return found


def _fill(rule: DispatchRule, draft: RuleDraft) -> None:
    rule.name, rule.conditions = draft.name.strip(), dict(draft.conditions)
    rule.organization_id, rule.post_id = draft.organization, draft.post
    rule.makes_urgent, rule.tag = draft.makes_urgent, draft.tag.strip()
    rule.valid_from, rule.valid_until = draft.valid_from, draft.valid_until


def _next(rule: DispatchRule, what: What, reason: str, *, by: Actor, now: datetime) -> DispatchRule:
    rule.version += 1
    rule.save()
    return _keep(rule, what, reason, by=by, now=now)


def _keep(rule: DispatchRule, what: What, reason: str, *, by: Actor, now: datetime) -> DispatchRule:
    DispatchRuleVersion.objects.create(
        rule=rule,
        number=rule.version,
        what=what,
        content=content_of(rule),
        reason=required(reason, "为什么这样改", "reason"),
        by_name=by.name,
        by_staff_id=by.staff_id,
        at=now,
    )
    transaction.on_commit(forget_everything)
    return rule


def check_draft(draft: RuleDraft) -> None:
    """Whether a draft could be kept, its name aside. Raises BadRule."""
    _check_effect(draft)
    _check_values(draft)
    _check_people(draft)
    if draft.valid_until is not None and draft.valid_until < draft.valid_from:
        raise BadRule("有效期的止日不能早于起日。", field="valid_until")


def _check(draft: RuleDraft, rows: list[DispatchRule], *, own: DispatchRule | None = None) -> None:
    name = draft.name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise BadRule(f"请给规则起一个 {LONGEST_NAME} 字以内的名称。", field="name")
    if any(one.name == name and one.pk != getattr(own, "pk", None) for one in rows):
        raise BadRule(f"已有一条规则叫“{name}”，请换一个名称。", field="name")
    check_draft(draft)


def _check_effect(draft: RuleDraft) -> None:
    if draft.organization is not None and draft.post is not None:
        raise BadRule("单位和岗位只能指定一个。", field="post")
    if draft.organization is not None and not _units().filter(pk=draft.organization).exists():
        raise BadRule("所选单位不存在或已停用，请重新选择。", field="organization")
    if draft.post is not None:
        role = Role.objects.filter(pk=draft.post).first()
        if role is None or "cases.handle" not in role.permissions:
            raise BadRule("这个岗位不处置案件，请选择处置人员、网格员等岗位。", field="post")
    if draft.organization is None and draft.post is None and not (draft.makes_urgent or draft.tag):
        raise BadRule(
            "规则要有结果：指定单位或岗位、标为紧急，或加一个标签。", field="organization"
        )
    if len(draft.tag.strip()) > LONGEST_TAG:
        raise BadRule(f"标签最多 {LONGEST_TAG} 个字。", field="tag")


def _check_values(draft: RuleDraft) -> None:
    conditions = draft.conditions
    for name, values in conditions.items():
        if isinstance(values, list) and len(values) > MOST_VALUES:
            raise BadRule(f"一个条件最多 {MOST_VALUES} 个值，请分成几条规则。", field=name)
    unknown = set(conditions.get("channels", ())) - set(Channel.values)
    if unknown:
        raise BadRule(f"没有“{min(unknown)}”这个来源，请从列表中选择。", field="channels")
    areas = set(conditions.get("areas", ()))
    if areas - set(Area.objects.filter(pk__in=areas, retired_at=None).values_list("pk", flat=True)):
        raise BadRule("条件里有已撤销的辖区，请重新选择。", field="areas")
    for word in conditions.get("words", ()):
        if not SHORTEST_WORD <= len(word) <= LONGEST_WORD:
            words = f"“{word[:LONGEST_WORD]}”：一个词要有 {SHORTEST_WORD} 到 {LONGEST_WORD} 个字。"
            raise BadRule(words, field="words")


def _check_people(draft: RuleDraft) -> None:
    conditions = draft.conditions
    texts = [("name", draft.name), ("tag", draft.tag)]
    texts += [(name, text) for name in ("words", "sources") for text in conditions.get(name, ())]
    for where, text in texts:
        found = names_people(text)
        if found:
            raise BadRule(
                f"“{found}”指的是人或一类人。规则只能看事情，不能看是谁：请改用事情本身的词。",
                field=where,
            )


def _units() -> Any:
    return Organization.objects.filter(retired_at=None)
