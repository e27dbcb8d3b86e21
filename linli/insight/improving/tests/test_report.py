"""Every number of every sentence is computed again from the timelines, the calls, the ratings and the reports."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median

import pytest
from django.db.models import F, Q

from linli.cases.actions.assessing import record_follow_up
from linli.cases.actions.moving import make_move
from linli.cases.facts import Facts
from linli.cases.flow import CLOCK_NAMES, Clock, Stage
from linli.cases.models import Case, CaseMove, Channel, Deadline, FollowUp, Rating, Report
from linli.cases.seed import load_defaults
from linli.insight.improving.queries import improvement, sentence_for
from linli.insight.improving.rules import Sentence
from linli.insight.periods.rules import Kind, Window, stretch_at, windows
from linli.insight.satisfaction.queries import all_opinions, opinions
from linli.kernel.errors import NotFound
from tests.walks import RUBBISH, opened, walk_to
from tests.world import MONDAY, World

ASOF = MONDAY + timedelta(days=20)
MARCH: Window = windows(stretch_at(Kind.MONTH, MONDAY), asof=ASOF, data_from=None).now
NUMBER = re.compile(r"\d+(?:\.\d+)?")
ANSWERS = (
    ("solved", "satisfied"),
    ("solved", "basically_satisfied"),
    ("not_solved", "dissatisfied"),
    ("partly_solved", "dissatisfied"),
)


@pytest.fixture
def worked(world: World) -> World:
    """Twelve matters: some sent back, some rated, one reopened, one cancelled; three people speak of card rooms."""
    load_defaults(now=MONDAY)
    for n in range(9):
        draft = replace(RUBBISH, body=f"第{n}处有垃圾", lon=120.0005 + n * 0.0004)
        if n == 4:
            draft = replace(draft, lon=120.0205)
        case = walk_to(world, opened(world, draft), Stage.TO_CHECK)
        now = MONDAY + timedelta(hours=n)
        if n % 3 == 0:
            feedback = Facts(outcome="solved", note="清走", public_reply="已清走")
            act(world, case, "rework", "checker", Facts(note="没清干净"), now)
            act(world, case, "feedback", "handler", feedback, now + timedelta(hours=30))
        later = now + timedelta(hours=40)
        act(world, case, "pass_check", "checker", Facts(note="干净"), later)
        act(world, case, "close", "supervisor", Facts(closing_condition_met=True), later)
        solved, satisfaction = ANSWERS[n % 4]
        if n < 7:
            record_follow_up(
                case.pk, effective=True, contacted=True, solved=solved, satisfaction=satisfaction,
                by=world.actors["follow_up"], now=later,
            )  # fmt: skip
    rated(Case.objects.order_by("pk")[0], "not_solved", "dissatisfied", at=ASOF - timedelta(days=1))
    rated(Case.objects.order_by("pk")[8], "solved", "satisfied", at=ASOF - timedelta(days=1))
    last = Case.objects.order_by("-pk")[0]
    act(world, last, "reopen", "supervisor", Facts(note="又有了"), MONDAY + timedelta(days=5))
    cancelled = opened(world, replace(RUBBISH, body="误报的垃圾", lon=120.0099))
    act(world, cancelled, "cancel", "supervisor", Facts(note="误报"), MONDAY)
    for n, words in enumerate(("甲里麻将馆半夜吵", "乙巷麻将馆打牌闹", "丙园麻将馆通宵不关")):
        draft = replace(
            RUBBISH,
            title=words,
            body=words,
            lon=120.0012 + n * 0.002,
            contact_phone=f"1990000{n:04d}",
        )
        opened(world, draft)
    Deadline.objects.filter(clock="check").update(due_at=F("starts_at") - timedelta(minutes=1))
    return world


def act(world: World, case: Case, move: str, who: str, facts: Facts, now: datetime) -> None:
    make_move(case.pk, move, by=world.actors[who], facts=facts, now=now)


def rated(case: Case, solved: str, satisfaction: str, *, at: datetime) -> None:
    Rating.objects.create(
        case=case, report=Report.objects.filter(case=case)[0], satisfaction=satisfaction,
        solved=solved, intake_channel="web", at=at,
    )  # fmt: skip


def sentences(world: World, who: str = "leader", among: Q | None = None) -> dict[str, Sentence]:
    sections = improvement(world.actors[who], window=MARCH, among=among or Q())
    return {one.code: one for section in sections for one in section.sentences}


def said(sentence: Sentence) -> list[float]:
    """The numbers of a sentence, without those of names in quotation marks."""
    return [float(one) for one in NUMBER.findall(re.sub(r"“[^”]*”", "", sentence.text))]


def behind(sentence: Sentence) -> tuple[set[int], set[int]]:
    return set(sentence.part), set(sentence.whole)


def inside(at: datetime | None) -> bool:
    return at is not None and MARCH.start <= at < MARCH.until


def percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1)


def last_answers(cases: Iterable[int]) -> dict[int, tuple[str, str]]:
    """By reading call after call and rating after rating in the order of time."""
    fields = ("at", "case_id", "solved", "satisfaction")
    calls = FollowUp.objects.filter(effective=True).values_list(*fields)
    found: dict[int, tuple[str, str]] = {}
    for at, case_id, solved, how in sorted([*calls, *Rating.objects.values_list(*fields)]):
        if inside(at) and case_id in cases:
            found[case_id] = (solved, how)
    return found


def cases_with_move(*codes: str) -> set[int]:
    return {one.case_id for one in CaseMove.objects.all() if one.code in codes and inside(one.at)}


def test_what_is_said_of_classes(worked: World) -> None:
    answers = last_answers({case.pk for case in Case.objects.filter(category=worked.category)})
    bad = [pk for pk, (_solved, how) in answers.items() if how == "dissatisfied"]
    open_ = [pk for pk, (solved, _how) in answers.items() if solved != "solved"]
    (one,) = (one for code, one in sentences(worked).items() if code.startswith("class:"))

    n = len(answers)
    assert (n, len(bad), len(open_)) == (8, 4, 4)
    assert said(one) == [
        n, len(bad), len(bad), n, percent(len(bad), n), len(open_), len(open_), n, percent(len(open_), n),
    ]  # fmt: skip
    assert "样本少" in one.text
    assert behind(one) == (set(bad), set(answers))


def test_what_is_said_of_rework(worked: World) -> None:
    sent_back = cases_with_move("rework")
    handled = cases_with_move("feedback") | sent_back
    found = sentences(worked)
    unit = found[f"rework:{worked.organizations['CG'].pk}"]
    whole = {
        run.case_id
        for run in Deadline.objects.filter(clock="handle").exclude(case__stage="cancelled")
        if inside(min(run.due_at, run.case.closed_at or run.due_at))
    }

    assert len(sent_back) == 3
    assert said(unit) == [
        len(handled), 3, 3, len(handled), percent(3, len(handled)),
    ]  # fmt: skip
    assert found["rework"].whole == whole
    assert said(found["rework"]) == [len(whole), 3, 3, len(whole), percent(3, len(whole))]
    assert set(found["rework"].part) == sent_back
    assert behind(unit) == (sent_back, handled)


def test_what_is_said_of_doing_again(worked: World) -> None:
    closed, again = cases_with_move("close"), cases_with_move("reopen", "redo")
    one = sentences(worked)["again"]

    assert (len(closed), len(again)) == (9, 1)
    assert said(one) == [9, 1, 1, 9, percent(1, 9)]
    assert behind(one) == (again, closed)


def test_what_is_said_of_the_legs(worked: World) -> None:
    hours: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    late: dict[str, set[int]] = defaultdict(set)
    for run in Deadline.objects.exclude(case__stage="cancelled"):
        if inside(run.stopped_at):
            assert run.stopped_at is not None
            hours[run.clock][run.case_id] += (run.stopped_at - run.starts_at) / timedelta(hours=1)
            if run.stopped_at > run.due_at:
                late[run.clock].add(run.case_id)
    everything = sum(sum(one.values()) for one in hours.values())
    found = {code: one for code, one in sentences(worked).items() if code.startswith("leg:")}
    slowest = sorted(hours, key=lambda clock: -sum(hours[clock].values()))

    assert len(found) == 3
    assert next(iter(found)) == f"leg:{slowest[0]}"
    for code, one in found.items():
        clock = code.removeprefix("leg:")
        mine = hours[clock]
        assert one.text.startswith(CLOCK_NAMES[Clock(clock)])
        assert said(one) == [
            len(mine), len(late[clock]), len(late[clock]), len(mine), percent(len(late[clock]), len(mine)),
            round(median(mine.values()), 1), percent_of(sum(mine.values()), everything),
            round(sum(mine.values())), round(everything),
        ]  # fmt: skip
        assert behind(one) == (late[clock], set(mine))
    assert late["check"]


def percent_of(part: float, whole: float) -> float:
    return round(100 * part / whole, 1)


def test_what_is_said_of_the_words_of_residents(worked: World) -> None:
    heard = {
        one.case.pk
        for one in Report.objects.select_related("case")
        if one.case is not None
        and one.case.stage != "cancelled"
        and inside(one.received_at)
        and one.intake_channel != Channel.IOT_ALARM
    }
    about = set(Case.objects.filter(title__contains="麻将馆").values_list("pk", flat=True))
    one = next(one for one in sentences(worked).values() if "麻将馆" in one.text)

    assert len(about) == 3
    assert said(one) == [3, 3, 3, len(heard), percent(3, len(heard))]
    assert behind(one) == (about, heard)


def test_every_sentence_has_figures_and_opens_its_lists(worked: World) -> None:
    found = sentences(worked)
    assert len(found) >= 7
    for code, one in found.items():
        assert f"{len(one.part)}/{len(one.whole)}" in one.text, one.text
        assert one.text.endswith("。")
        assert sentence_for(worked.actors["leader"], code, window=MARCH) == one
    with pytest.raises(NotFound):
        sentence_for(worked.actors["leader"], "class:9999", window=MARCH)


def test_nothing_is_said_where_nothing_happened(worked: World) -> None:
    quiet = windows(
        stretch_at(Kind.MONTH, MONDAY - timedelta(days=90)), asof=ASOF, data_from=None
    ).now
    sections = improvement(worked.actors["leader"], window=quiet)
    assert [section.sentences for section in sections] == [[], [], [], []]
    assert sentences(worked, "other_handler") == {}


def test_a_place_is_told_of_its_own_matters_only(worked: World) -> None:
    there = Q(community_id=worked.areas["C2"])
    for one in sentences(worked, among=there).values():
        assert set(
            Case.objects.filter(pk__in=one.whole).values_list("community_id", flat=True)
        ) <= {worked.areas["C2"]}


@pytest.mark.parametrize("by", ["organization", "community", "minor", "channel"])
def test_opinions_add_up_in_every_dimension(worked: World, by: str) -> None:
    leader = worked.actors["leader"]
    everything = all_opinions(leader, window=MARCH)
    lines = opinions(leader, by=by, window=MARCH)
    answers = last_answers(set(Case.objects.values_list("pk", flat=True)))

    assert everything.said == set(answers)
    assert everything.solved == {pk for pk, (solved, _how) in answers.items() if solved == "solved"}
    assert frozenset().union(*(one.said for one in lines)) == everything.said
    assert sum(len(one.satisfied) for one in lines) == len(everything.satisfied)
    assert all(one.name for one in lines)
