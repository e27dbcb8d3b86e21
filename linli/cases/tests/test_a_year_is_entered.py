"""A case over a year without its notice, and what happens when the notice comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from linli.cases.flow import Stage
from linli.cases.models import Case, CaseMove, Deadline, FilingStandard
from linli.kernel.acting import SYSTEM
from linli.kernel.audit.models import AuditLine
from linli.kernel.calendar.actions import enter_year
from linli.kernel.calendar.calendar_file import default_working_time
from linli.kernel.calendar.errors import YearUnchanged
from linli.kernel.calendar.local import LOCAL
from linli.kernel.calendar.models import CalendarDay, WorkCalendar, YearNotice
from linli.kernel.calendar.notice import read_notice
from linli.kernel.calendar.preview import colour_of, preview
from linli.kernel.calendar.queries import forget_calendars, working_time_for, year_wanted
from linli.kernel.calendar.tests.notices import NOTICE_2026
from linli.kernel.events.outbox import deliver_waiting
from linli.kernel.jobs.queue import run_due
from linli.kernel.matters.kinds import kind_of
from linli.kernel.matters.replaying import replayed
from linli.kernel.notify.models import Message, Notice
from tests.walks import RUBBISH, reported, step
from tests.world import World


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def without_2026() -> WorkCalendar:
    row = WorkCalendar.objects.get()
    CalendarDay.objects.filter(date__year=2026).delete()
    WorkCalendar.objects.update(years=[2024, 2025], fingerprint="without 2026")
    forget_calendars()
    return row


def handled(world: World, limit: str, when: datetime) -> Case:
    FilingStandard.objects.filter(pk=world.standard.pk).update(time_limit=limit)
    case = reported(RUBBISH, at=when)
    for move, who in (
        ("accept", "acceptor"),
        ("register", "supervisor"),
        ("dispatch", "dispatcher"),
        ("sign_for", "handler"),
    ):
        step(world, case, move, who, at=when)
    return Case.objects.get(pk=case.pk)


def settle(now: datetime) -> None:
    """Everything the worker would do by now."""
    for _ in range(6):
        deliver_waiting(now=now)
        run_due(now=now)


@pytest.mark.parametrize(
    ("when", "due"),
    [("2026-12-29T10:00", "2027-01-06T10:00"), ("2027-01-02T10:00", "2027-01-08T18:00")],
)
def test_a_case_of_five_working_days_has_a_due_and_a_promise_marked_provisional(
    world: World, when: str, due: str
) -> None:
    case = handled(world, "5工作日", at(when))

    assert case.due_at == at(due)
    assert case.due_provisional
    assert case.promise is not None
    assert case.promise.sentence.endswith("前办理（按暂定日历）")
    assert case.proposal.deadline_problem == ""
    run = Deadline.objects.get(case=case, clock="handle")
    assert "2027年的放假通知还没有录入" in run.derivation["sentence"]
    assert [found for _, found in replayed(kind_of("case"), [case.pk])] == [[]]
    settle(at(when))
    assert any("（按暂定日历）" in text for text in Message.objects.values_list("text", flat=True))


def test_the_notice_gives_the_shipped_table_and_dues_are_computed_again_and_told(
    world: World,
) -> None:
    now = at("2025-12-31T10:00")
    row = without_2026()
    case = handled(world, "1工作日", now)
    waiting = reported(replace(RUBBISH, title="灯", body="路灯不亮，三天了"), at=now)
    assert (case.due_at, case.due_provisional) == (at("2026-01-02T10:00"), True)
    assert waiting.promise is not None
    assert waiting.promise.at == at("2026-01-02T10:00")
    settle(now)
    sent = Message.objects.count()

    notice = read_notice(NOTICE_2026)
    shown = preview(working_time_for(None, date(2025, 12, 31)), 2026, notice.days)
    shipped = default_working_time()
    assert [one.colour for one in shown.days] == [
        colour_of(shipped, date(2026, 1, 1) + timedelta(days=n)) for n in range(365)
    ]
    assert not shown.entered
    enter_year(row.pk, year=2026, days=notice.days, source="notice", text=NOTICE_2026, by=SYSTEM, now=now)  # fmt: skip
    settle(now)

    case.refresh_from_db()
    waiting.refresh_from_db()
    assert (case.due_at, case.due_provisional) == (at("2026-01-04T10:00"), False)
    assert case.promise is not None
    assert case.promise.sentence == "承诺1月4日 10:00前办理"
    assert waiting.promise is not None
    assert waiting.promise.sentence == "最晚1月4日 10:00前答复"
    line = CaseMove.objects.get(case=case, code="recompute")
    assert line.note == "2026年放假安排已录入，截止时间由1月2日 10:00改为1月4日 10:00"
    assert line.public_text == "2026年放假安排已录入，时限重新计算"
    assert AuditLine.objects.filter(action="cases.recompute").count() == 2
    told = list(Message.objects.order_by("id").values_list("text", flat=True))[sent:]
    assert len(told) == 2
    assert all("原因：时限重算" in text for text in told)
    assert Notice.objects.filter(staff=world.staff["handler"], text__contains="时限重算").exists()
    assert [found for _, found in replayed(kind_of("case"), [case.pk, waiting.pk])] == [[], []]
    progress = YearNotice.objects.get()
    assert (progress.found, progress.checked, progress.changed) == (2, 2, 2)
    assert progress.finished_at == now


def test_the_same_notice_twice_is_refused_and_a_corrected_one_counts(world: World) -> None:
    now = at("2025-12-31T10:00")
    row = WorkCalendar.objects.get()
    notice = read_notice(NOTICE_2026)
    with pytest.raises(YearUnchanged):
        enter_year(row.pk, year=2026, days=notice.days, source="notice", by=SYSTEM, now=now)
    case = handled(world, "1工作日", now)
    assert case.due_at == at("2026-01-04T10:00")

    fewer = tuple(one for one in notice.days if one.day != date(2026, 1, 4))
    shown = preview(working_time_for(None, date(2025, 12, 31)), 2026, fewer)
    assert shown.entered
    assert [one.sentence for one in shown.differences] == ["1月4日 周日：周末休息（原为调休上班）"]
    enter_year(row.pk, year=2026, days=fewer, source="hand", by=SYSTEM, now=now)
    settle(now)

    case.refresh_from_db()
    assert case.due_at == at("2026-01-05T10:00")
    assert case.stage == Stage.HANDLING


def test_computing_again_what_nothing_changed_for_leaves_no_line(world: World) -> None:
    now = at("2026-03-09T10:00")
    case = handled(world, "1工作日", now)
    notice = read_notice(NOTICE_2026)
    fewer = tuple(one for one in notice.days if one.day != date(2026, 10, 10))
    enter_year(WorkCalendar.objects.get().pk, year=2026, days=fewer, source="hand", by=SYSTEM, now=now)  # fmt: skip
    settle(now)

    assert not CaseMove.objects.filter(case=case, code="recompute").exists()
    assert YearNotice.objects.get().changed == 0


def test_the_next_year_is_asked_for_from_the_first_of_december(world: World) -> None:
    assert year_wanted(date(2026, 11, 30)) is None
    assert year_wanted(date(2026, 12, 1)) == 2027
    assert year_wanted(date(2027, 1, 2)) == 2027
    assert year_wanted(date(2025, 12, 1)) is None
