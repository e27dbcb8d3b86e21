"""Every read of managed topics. The permission is inside: nothing here returns a row its actor may not see."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from linli.cases.models import Case
from linli.cases.queries import cases_seen
from linli.insight.monthly.models import MonthlyTopic, MonthlyTopicCase, MonthlyTopicNote
from linli.kernel.acting import NOWHERE, Actor, Scope, within
from linli.kernel.errors import NotFound

SEEN = ("insight.topics", "cases.view")
"""Whoever manages topics sees them, and whoever sees the cases of the sub-district or leads one."""

SHOWN_WITH = ("subdistrict", "lead_org")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a topic is: cases in it, and those of them that are closed or otherwise ended."""

    cases: int
    ended: int

    @property
    def share(self) -> float | None:
        """0 to 1; None without cases, which is neither."""
        return self.ended / self.cases if self.cases else None


def topics_seen(actor: Actor) -> QuerySet[MonthlyTopic]:
    """Managed topics in the actor's scope, the newest month first; those the own organisation leads too."""
    scope = NOWHERE
    for permission in SEEN:
        if actor.may(permission):
            scope = scope | actor.scope(permission)
    rows = MonthlyTopic.objects.filter(_lies_in(scope)).select_related(*SHOWN_WITH)
    return rows.order_by("-month", "-pk")


def topic_for(actor: Actor, topic_id: int) -> MonthlyTopic:
    """The topic, if the actor may see it.

    Raises:
        NotFound: no such topic, or out of the actor's scope.
    """
    topic = topics_seen(actor).filter(pk=topic_id).first()
    if topic is None:
        raise NotFound("没有找到这个专题，或不在您的管辖范围内。", field="topic")
    return topic


def topic_to_change(topic_id: int, *, by: Actor) -> MonthlyTopic:
    """The topic, locked until the transaction ends, if it lies in the scope of what the actor is doing."""
    rows = MonthlyTopic.objects.select_for_update(of=("self",)).filter(_lies_in(by.scope()))
    topic = rows.filter(pk=topic_id).first()
    if topic is None:
        raise NotFound("没有找到这个专题，或不在您的管辖范围内。", field="topic")
    return topic


def cases_of(actor: Actor, topic: MonthlyTopic) -> QuerySet[Case]:
    """Cases that are in the topic now, as far as the actor may see them."""
    chosen = MonthlyTopicCase.objects.filter(topic=topic, removed_at=None)
    return cases_seen(actor).filter(pk__in=chosen.values("case_id")).order_by("-pk")


def notes_of(topic: MonthlyTopic) -> list[MonthlyTopicNote]:
    """Progress notes, the newest first."""
    return list(MonthlyTopicNote.objects.filter(topic=topic).order_by("-pk"))


def progress_of(topics: list[MonthlyTopic]) -> dict[int, Progress]:
    """By the id of the topic, in one query."""
    rows = MonthlyTopicCase.objects.filter(topic__in=topics, removed_at=None).order_by()
    counted = rows.values("topic_id").annotate(
        all=Count("pk"), ended=Count("pk", filter=Q(case__open=False))
    )
    found = {row["topic_id"]: Progress(row["all"], row["ended"]) for row in counted}
    return {topic.pk: found.get(topic.pk, Progress(0, 0)) for topic in topics}


def _lies_in(scope: Scope) -> Q:
    return within(scope, organization="lead_org", staff=("started_by",))
