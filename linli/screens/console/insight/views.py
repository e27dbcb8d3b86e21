"""热点与重复 and 每月一题: what comes back, and what is taken up for a month. Every number opens its list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.cases.models import Case
from linli.cases.queries import case_for, cases_by_id, id_in
from linli.insight.hotspots.queries import Period, hotspots, repeats
from linli.insight.hotspots.repeats import Repeat
from linli.insight.hotspots.rules import Topic
from linli.insight.monthly.actions import (
    MANAGE,
    TopicDraft,
    add_cases,
    close_topic,
    note_progress,
    remove_case,
    start_topic,
)
from linli.insight.monthly.models import MonthlyTopic
from linli.insight.monthly.queries import cases_of, notes_of, progress_of, topic_for, topics_seen
from linli.kernel.calendar.local import local_day
from linli.kernel.errors import NotFound
from linli.screens.console import labels
from linli.screens.console.form_page import Asking, fill_in, sent
from linli.screens.console.insight.forms import CasesForm, ClosureForm, NoteForm, TopicForm
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest, needs
from linli.screens.shared.light import light_of

SHOWN_FIRST, SHOWN_AT_MOST = 10, 100
"""Topics and places on the page, and after 看全部."""

MONTHS_SHOWN = 60

PERIODS = {
    "week": gettext_lazy("本周"),
    "month": gettext_lazy("本月"),
    "quarter": gettext_lazy("近 90 天"),
}
FIRST_SHOWN = "quarter"
PARTS = {
    "people": gettext_lazy("受影响人数"),
    "spread": gettext_lazy("涉及范围"),
    "persistence": gettext_lazy("持续周数"),
}


@require_GET
@needs("cases.view")
def hotspots_page(request: PageRequest) -> HttpResponse:
    """Topics and places of a period, ranked."""
    name, period = _period(request)
    found = hotspots(request.actor, period)
    places = repeats(request.actor, period)
    most = SHOWN_AT_MOST if request.GET.get("all") else SHOWN_FIRST
    return page(
        request,
        "console/insight/hotspots.html",
        title=_("热点与重复"),
        here="console:hotspots",
        periods=PERIODS,
        chosen=name,
        period=period,
        found=found,
        topics=[
            _topic_line(topic, rank, name)
            for rank, topic in enumerate(found.topics[:most], start=1)
        ],
        repeats=_repeat_lines(places[:most], name, request),
        repeats_total=len(places),
        more_url=f"?period={name}&all=1" if max(len(found.topics), len(places)) > most else "",
        topics_total=len(found.topics),
        may_manage=request.actor.may(MANAGE),
    )


@require_GET
@needs("cases.view")
def hotspot(request: PageRequest, receipt: str) -> HttpResponse:
    """One topic with every report in it; `receipt` is any of them."""
    name, period = _period(request)
    found = hotspots(request.actor, period)
    topic = _topic_with(found.topics, receipt)
    case_of = {member.voice.key: found.case_of[member.voice.key] for member in topic.members}
    cases = cases_by_id(request.actor, case_of.values())
    return page(
        request,
        "console/insight/hotspot.html",
        title=topic.name,
        here="console:hotspots",
        trail=[_back(name)],
        chosen=name,
        period=period,
        topic=topic,
        parts=[(PARTS[part], what) for part, what in topic.parts.items()],
        rows=[
            {"member": member, "case": cases.get(case_of[member.voice.key])}
            for member in topic.members
        ],
        new_url=_new(topic=receipt, period=name),
        may_manage=request.actor.may(MANAGE),
    )


@require_GET
@needs("cases.view")
def repeat(request: PageRequest, number: str) -> HttpResponse:
    """One place with every case that came back there; `number` is any of them."""
    name, period = _period(request)
    case_for(request.actor, number)
    found = _repeat_with(repeats(request.actor, period), number)
    cases = cases_by_id(request.actor, [spot.case_id for spot in found.spots])
    shown = [cases[spot.case_id] for spot in found.spots if spot.case_id in cases]
    return page(
        request,
        "console/insight/repeat.html",
        title=_("%(place)s：%(category)s") % {"place": found.place, "category": found.category},
        here="console:hotspots",
        trail=[_back(name)],
        chosen=name,
        period=period,
        found=found,
        rows=_case_rows(shown, request),
        new_url=_new(repeat=number, period=name),
        may_manage=request.actor.may(MANAGE),
    )


@require_GET
@needs("cases.view", MANAGE)
def monthly(request: PageRequest) -> HttpResponse:
    """Managed topics of the scope, the newest month first."""
    topics = list(topics_seen(request.actor)[:MONTHS_SHOWN])
    progress = progress_of(topics)
    return page(
        request,
        "console/insight/monthly.html",
        title=_("每月一题"),
        here="console:monthly",
        rows=[{"topic": topic, "progress": progress[topic.pk]} for topic in topics],
        may_manage=request.actor.may(MANAGE),
    )


@require_http_methods(["GET", "POST"])
@needs(MANAGE)
def monthly_new(request: PageRequest) -> HttpResponse:
    """Take up a matter: from a topic, from a place, or from the cases that are sent."""
    suggested, case_ids, origin = _offered(request)
    cases = cases_by_id(request.actor, case_ids)
    if not cases:
        messages.info(request, _("请先在这里选一个主题或点位，再列为每月一题。"))
        return redirect("console:hotspots")
    form = TopicForm(sent(request), cases=[cases[pk] for pk in sorted(cases)], suggested=suggested)
    asking = Asking(
        title=_("列为每月一题"),
        here="console:monthly",
        button=_("立题"),
        back=reverse("console:hotspots"),
        done=_("已立题。"),
    )
    return fill_in(
        request,
        form,
        asking,
        do=lambda given: start_topic(
            TopicDraft(**{**given, "lead_org": int(given["lead_org"])}, origin=origin),
            by=request.actor,
            now=request.now,
        ),
        then=lambda topic: _done(request, topic, _("已立题，请记录第一条进展。")),
    )


@require_GET
@needs("cases.view", MANAGE)
def monthly_topic(request: PageRequest, topic_id: int) -> HttpResponse:
    """One managed topic: its state, its cases, its progress."""
    topic = topic_for(request.actor, topic_id)
    cases = list(
        cases_of(request.actor, topic).select_related(
            "category", "community", "grid", "owner", "handling_org"
        )
    )
    return page(
        request,
        "console/insight/monthly_topic.html",
        title=topic.title,
        here="console:monthly",
        trail=[(_month(topic), "")],
        topic=topic,
        progress=progress_of([topic])[topic.pk],
        rows=_case_rows(cases, request),
        notes=notes_of(topic),
        outcome=labels.words_of(labels.SOLVED, topic.outcome) if topic.outcome else "",
        may_manage=request.actor.may(MANAGE) and topic.open,
    )


@require_http_methods(["GET", "POST"])
@needs(MANAGE)
def monthly_cases(request: PageRequest, topic_id: int) -> HttpResponse:
    """Put more cases into a topic, by their numbers."""
    topic = topic_for(request.actor, topic_id)
    return fill_in(
        request,
        CasesForm(sent(request)),
        _asking(topic, _("添加案件"), _("已添加。"), icon="plus"),
        do=lambda given: add_cases(
            topic.pk, case_ids=given["cases"], by=request.actor, now=request.now
        ),
    )


@require_POST
@needs(MANAGE)
def monthly_case_removal(request: PageRequest, topic_id: int, number: str) -> HttpResponse:
    """Take a case out of a topic."""
    topic = topic_for(request.actor, topic_id)
    remove_case(topic.pk, case_id=id_in(number), by=request.actor, now=request.now)
    return _done(request, topic, _("已移出专题。"))


@require_http_methods(["GET", "POST"])
@needs(MANAGE)
def monthly_note(request: PageRequest, topic_id: int) -> HttpResponse:
    """Write down a line of progress."""
    topic = topic_for(request.actor, topic_id)
    return fill_in(
        request,
        NoteForm(sent(request)),
        _asking(topic, _("记录进展"), _("已记录。"), icon="edit"),
        do=lambda given: note_progress(topic.pk, **given, by=request.actor, now=request.now),
    )


@require_http_methods(["GET", "POST"])
@needs(MANAGE)
def monthly_closure(request: PageRequest, topic_id: int) -> HttpResponse:
    """End a topic with a result."""
    topic = topic_for(request.actor, topic_id)
    return fill_in(
        request,
        ClosureForm(sent(request)),
        _asking(topic, _("结题"), _("已结题。"), icon="check-circle"),
        do=lambda given: close_topic(topic.pk, **given, by=request.actor, now=request.now),
    )


def _period(request: PageRequest) -> tuple[str, Period]:
    """The chosen period by name; a name nobody knows counts as the first shown."""
    name = request.GET.get("period", "")
    name = name if name in PERIODS else FIRST_SHOWN
    today = local_day(request.now)
    first = {
        "week": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
        "quarter": today - timedelta(days=89),
    }[name]
    return name, Period(first, today)


def _topic_with(topics: Iterable[Topic], receipt: str) -> Topic:
    for topic in topics:
        if any(receipt == one.voice.key or receipt in one.copies for one in topic.members):
            return topic
    raise NotFound("所选时段里没有这个主题了，请回到热点与重复重新查看。", field="topic")


def _repeat_with(found: Iterable[Repeat], number: str) -> Repeat:
    case_id = id_in(number)
    for one in found:
        if any(spot.case_id == case_id for spot in one.spots):
            return one
    raise NotFound("所选时段里这个点位没有重复案件了，请回到热点与重复重新查看。", field="number")


def _topic_line(topic: Topic, rank: int, period: str) -> dict[str, Any]:
    key = topic.members[0].voice.key
    return {
        "rank": rank,
        "topic": topic,
        "parts": [(PARTS[name], part.counted) for name, part in topic.parts.items()],
        "url": reverse("console:hotspot", args=[key]) + f"?period={period}",
        "new_url": _new(topic=key, period=period),
    }


def _repeat_lines(found: list[Repeat], period: str, request: PageRequest) -> list[dict[str, Any]]:
    first = cases_by_id(request.actor, [one.key for one in found])
    lines = []
    for rank, one in enumerate(found, start=1):
        if one.key in first:
            number = first[one.key].number
            url = reverse("console:repeat", args=[number]) + f"?period={period}"
            new_url = _new(repeat=number, period=period)
            lines.append({"rank": rank, "repeat": one, "url": url, "new_url": new_url})
    return lines


def _offered(request: PageRequest) -> tuple[dict[str, object], list[int], dict[str, Any]]:
    """What the address suggests and what was sent; a topic that is gone by then costs nobody the filled-in form."""
    if request.method != "POST":
        return _suggestion(request)
    chosen = [int(one) for one in request.POST.getlist("case_ids") if _is_id(one)]
    try:
        suggested, case_ids, origin = _suggestion(request)
    except NotFound:
        return {}, chosen, {}
    return suggested, [*case_ids, *chosen], origin


def _suggestion(request: PageRequest) -> tuple[dict[str, object], list[int], dict[str, Any]]:
    """(first values of the form, cases to choose from, the figures behind it), from what the address names."""
    _name, period = _period(request)
    receipt, number = request.GET.get("topic", ""), request.GET.get("repeat", "")
    first: dict[str, object] = {"month": local_day(request.now)}
    origin: dict[str, Any] = {"from": f"{period.first}", "until": f"{period.last}"}
    if receipt:
        found = hotspots(request.actor, period)
        topic = _topic_with(found.topics, receipt)
        case_ids = [found.case_of[member.voice.key] for member in topic.members]
        first |= {
            "title": topic.name[:60],
            "why": topic.sentence,
            "lead_org": _lead(request, case_ids),
        }
        phrases = [phrase.text for phrase in topic.phrases]
        return (
            first,
            case_ids,
            origin | {"sentence": topic.sentence, "score": topic.score, "phrases": phrases},
        )
    if number:
        one = _repeat_with(repeats(request.actor, period), number)
        case_ids = [spot.case_id for spot in one.spots]
        title = _("%(place)s：%(category)s") % {"place": one.place, "category": one.category}
        first |= {"title": title[:60], "why": one.sentence, "lead_org": _lead(request, case_ids)}
        return first, case_ids, origin | {"sentence": one.sentence}
    return first, [], {}


def _lead(request: PageRequest, case_ids: Iterable[int]) -> int | str:
    """The organisation that handles most of the cases; none when nobody handles one yet."""
    cases = cases_by_id(request.actor, case_ids).values()
    counted = Counter(case.handling_org_id for case in cases if case.handling_org_id)
    return min(counted, key=lambda one: (-counted[one], one), default="")


def _case_rows(cases: Iterable[Case], request: PageRequest) -> list[dict[str, Any]]:
    return [{"case": case, "light": light_of(case, request)} for case in cases]


def _new(**where: str) -> str:
    return f"{reverse('console:monthly_new')}?{urlencode(where)}"


def _back(period: str) -> tuple[str, str]:
    return str(PERIODS[period]), f"{reverse('console:hotspots')}?period={period}"


def _month(topic: MonthlyTopic) -> str:
    return f"{topic.month:%Y-%m}"


def _asking(topic: MonthlyTopic, title: str, done: str, *, icon: str) -> Asking:
    back = reverse("console:monthly_topic", args=[topic.pk])
    return Asking(
        title=title, here="console:monthly", button=title, back=back, done=done, icon=icon,
        trail=((topic.title, back),),
    )  # fmt: skip


def _done(request: PageRequest, topic: MonthlyTopic, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("console:monthly_topic", topic_id=topic.pk)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18
