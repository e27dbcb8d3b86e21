"""Taking up a matter for a month: choosing it, its cases, its progress, its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from linli.cases.models import Case, Solved
from linli.cases.queries import cases_seen
from linli.insight.errors import BadTopic, OwnWork, TopicClosed
from linli.insight.monthly.models import MonthlyTopic, MonthlyTopicCase, MonthlyTopicNote
from linli.insight.monthly.queries import topic_to_change
from linli.kernel.acting import Actor, action
from linli.kernel.organisations.models import Organization

MANAGE = "insight.topics"

MOST_CASES = 500
"""Cases in a topic, 50–2,000; what has more is no topic of a month."""

LENGTHS = {"title": 60, "why": 500, "goal": 300, "text": 1_000, "result": 1_000}
NAMES = {"title": "题目", "why": "选题理由", "goal": "目标", "text": "进展", "result": "结题说明"}


@dataclass(frozen=True, kw_only=True)
class TopicDraft:
    """What somebody decides when choosing a topic. `month` is any day of it; `origin` are the figures behind it."""

    month: date
    title: str
    why: str
    goal: str
    lead_org: int | None
    case_ids: Sequence[int] = ()
    origin: Mapping[str, Any] = field(default_factory=dict)


@action(may=MANAGE)
def start_topic(draft: TopicDraft, *, by: Actor, now: datetime) -> MonthlyTopic:
    """Take up a matter for a month, with the cases that show it.

    Raises:
        BadTopic: a sentence is missing or too long, no lead organisation, no case, cases of two sub-districts, or the
            same title in the same month.
    """
    texts = {name: _sentence(name, getattr(draft, name)) for name in ("title", "why", "goal")}
    organization = Organization.objects.filter(pk=draft.lead_org or 0, retired_at=None).first()
    if organization is None:
        raise BadTopic("请选择牵头单位。", field="lead_org")
    cases = _cases(draft.case_ids, by)
    if not cases:
        raise BadTopic("请至少选一件您管辖范围内的案件。", field="cases")
    if len({case.subdistrict_id for case in cases}) > 1:
        raise BadTopic("所选案件分属几个街道，请按街道分别立题。", field="cases")
    month = draft.month.replace(day=1)
    try:
        with transaction.atomic():
            topic = MonthlyTopic.objects.create(
                **texts,
                month=month,
                lead_org=organization,
                origin=dict(draft.origin),
                district_id=cases[0].district_id,
                subdistrict_id=cases[0].subdistrict_id,
                started_at=now,
                started_by_id=by.staff_id,
                started_by_name=by.name,
            )
    except IntegrityError as taken:
        raise BadTopic(
            f"{month:%Y年%m月}已有同名专题，请换一个题目或在原专题中添加案件。", field="title"
        ) from taken
    _put_in(topic, cases, by=by, now=now)
    return topic


@action(may=MANAGE)
def add_cases(topic_id: int, *, case_ids: Sequence[int], by: Actor, now: datetime) -> MonthlyTopic:
    """Put more cases into an open topic; those already in it stay as they are."""
    topic = _open(topic_id, by)
    cases = _cases(case_ids, by)
    if not cases:
        raise BadTopic("没有找到这些案件，或不在您的管辖范围内。请核对编号。", field="cases")
    if any(case.subdistrict_id != topic.subdistrict_id for case in cases):
        raise BadTopic("案件不在专题所属的街道，请另立专题。", field="cases")
    _put_in(topic, cases, by=by, now=now)
    return topic


@action(may=MANAGE)
def remove_case(topic_id: int, *, case_id: int, by: Actor, now: datetime) -> MonthlyTopic:
    """Take a case out of an open topic; the row keeps who did it and when."""
    topic = _open(topic_id, by)
    rows = MonthlyTopicCase.objects.filter(topic=topic, case_id=case_id, removed_at=None)
    if not rows.update(removed_at=now, removed_by_name=by.name):
        raise BadTopic("这件案件不在专题中。", field="cases")
    return topic


@action(may=MANAGE)
def note_progress(topic_id: int, *, text: str, by: Actor, now: datetime) -> MonthlyTopicNote:
    """Append a line of progress to an open topic."""
    topic = _open(topic_id, by)
    line = _sentence("text", text)
    return MonthlyTopicNote.objects.create(topic=topic, at=now, by_name=by.name, text=line)


@action(may=MANAGE)
def close_topic(
    topic_id: int, *, outcome: str, result: str, by: Actor, now: datetime
) -> MonthlyTopic:
    """End a topic with a result. 已解决 is refused while one of its cases is open, and to the lead organisation itself.

    Raises:
        BadTopic: no outcome or result, or it cannot be called solved yet.
        OwnWork: the actor belongs to the organisation that led it.
    """
    topic = _open(topic_id, by)
    if by.organization_id is not None and by.organization_id == topic.lead_org_id:
        raise OwnWork("牵头单位不能给自己的专题结题，请由其他单位的负责人结题。")
    if outcome not in Solved.values:
        raise BadTopic("请选择解决、部分解决或未解决。", field="outcome")
    left = MonthlyTopicCase.objects.filter(topic=topic, removed_at=None, case__open=True).count()
    if outcome == Solved.SOLVED and left:
        raise BadTopic(
            f"还有 {left} 件案件没有办结，不能按“已解决”结题；请选“部分解决”或等办结后再结。",
            field="outcome",
        )
    topic.result = _sentence("result", result)
    topic.outcome = outcome
    topic.closed_at = now
    topic.closed_by_id = by.staff_id
    topic.closed_by_name = by.name
    topic.save(update_fields=["result", "outcome", "closed_at", "closed_by", "closed_by_name"])
    return topic


def _open(topic_id: int, by: Actor) -> MonthlyTopic:
    topic = topic_to_change(topic_id, by=by)
    if not topic.open:
        raise TopicClosed("专题已经结题，不能再改。")
    return topic


def _sentence(name: str, text: str) -> str:
    text = text.strip()
    if not text:
        raise BadTopic(f"请填写{NAMES[name]}。", field=name)
    if len(text) > LENGTHS[name]:
        raise BadTopic(f"{NAMES[name]}有 {len(text)} 个字，最多 {LENGTHS[name]} 个字。", field=name)
    return text


def _cases(case_ids: Sequence[int], by: Actor) -> list[Case]:
    """Those of the cases the actor may see and manage topics for."""
    if len(case_ids) > MOST_CASES:
        raise BadTopic(f"一个专题最多 {MOST_CASES} 件案件。", field="cases")
    rows = cases_seen(by).filter(pk__in=cases_seen(by, MANAGE).filter(pk__in=case_ids).values("pk"))
    return list(rows.order_by("pk"))


def _put_in(topic: MonthlyTopic, cases: Sequence[Case], *, by: Actor, now: datetime) -> None:
    there = MonthlyTopicCase.objects.filter(topic=topic, removed_at=None)
    known = set(there.values_list("case_id", flat=True))
    new = [case for case in cases if case.pk not in known]
    if len(known) + len(new) > MOST_CASES:
        raise BadTopic(f"一个专题最多 {MOST_CASES} 件案件。", field="cases")
    MonthlyTopicCase.objects.bulk_create(
        [
            MonthlyTopicCase(topic=topic, case=case, added_at=now, added_by_name=by.name)
            for case in new
        ]
    )
