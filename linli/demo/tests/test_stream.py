"""The demo goes on living: reports come in, staff deal with them, visitors are left alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from pytest_django import Settings

from linli.cases.actions.intake import receive_report
from linli.cases.drafts import ReportDraft
from linli.cases.models import CaseMove, Report
from linli.demo import stream
from linli.demo.build import DemoSummary
from linli.demo.remove import remove_demo
from linli.demo.tests.conftest import NOW
from linli.kernel.access.queries import RESIDENT
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.jobs.queue import run_due


@pytest.fixture(autouse=True)
def fresh_pace(settings: Settings) -> None:
    settings.LINLI_DEMO_STREAM = True
    stream._pace.slot = None


def live_for(minutes: int, *, start: datetime = NOW) -> datetime:
    at = start
    for _ in range(minutes * 3):
        at += stream.SLOT
        stream.live(now=at)
        run_due(now=at)
    return at


def test_reports_come_in_and_staff_move_cases_on(demo: DemoSummary) -> None:
    moves = CaseMove.objects.count()
    live_for(20)
    assert Report.objects.filter(client_key__startswith="demo:live-").count() >= 3
    made = CaseMove.objects.filter(at__gt=NOW).exclude(code="report")
    assert made.count() >= 3
    assert CaseMove.objects.count() > moves


def test_a_slot_that_is_lived_twice_reports_once(demo: DemoSummary) -> None:
    live_for(20)
    reported = Report.objects.count()
    stream._pace.slot = None
    at = NOW
    for _ in range(60):
        at += stream.SLOT
        for draft, by in stream.next_reports(int(at.timestamp() // 20), now=at):
            receive_report(draft, by=by, now=at)
    assert Report.objects.count() == reported


def test_a_case_that_a_visitor_reported_waits_for_the_visitor(demo: DemoSummary) -> None:
    Report.objects.filter(client_key__startswith="demo:").update(client_key=None)
    draft = ReportDraft(body="春晓苑1幢楼下的路灯不亮，麻烦修一下", contact_phone="19900001234")
    receipt = receive_report(draft, by=RESIDENT, now=NOW)
    run_due(now=NOW)
    live_for(12)
    case = Report.objects.select_related("case").get(pk=receipt.report_id).case
    assert case is not None
    assert case.version == 1


def test_a_case_rests_after_each_move_so_that_one_can_watch_it(demo: DemoSummary) -> None:
    live_for(20)
    made = CaseMove.objects.filter(at__gt=NOW, case__opened_at__gt=NOW)
    by_case: dict[int, list[datetime]] = {}
    for case_id, at in made.order_by("at").values_list("case_id", "at"):
        by_case.setdefault(case_id, []).append(at)
    gaps = [later - earlier for times in by_case.values() for earlier, later in pairwise(times)]
    assert gaps
    assert min(gaps) > stream.LEFT_ALONE


def test_it_is_quiet_when_switched_off(demo: DemoSummary, settings: Settings) -> None:
    settings.LINLI_DEMO_STREAM = False
    before = (Report.objects.count(), CaseMove.objects.count())
    live_for(20)
    assert (Report.objects.count(), CaseMove.objects.count()) == before


def test_it_is_quiet_without_a_demo(demo: DemoSummary) -> None:
    remove_demo(now=NOW)
    forget_everything()
    assert stream.live(now=NOW + timedelta(minutes=1)) == 0


def test_a_clock_that_jumps_a_day_does_not_flood_the_demo(demo: DemoSummary) -> None:
    stream.live(now=NOW)
    before = Report.objects.count()
    stream.live(now=NOW + timedelta(days=1))
    assert Report.objects.count() - before <= 3 * stream.MOST_SLOTS


def test_nothing_more_is_reported_while_too_much_is_open(
    demo: DemoSummary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "MOST_OPEN", 1)
    live_for(20)
    assert not Report.objects.filter(client_key__startswith="demo:live-").exists()
