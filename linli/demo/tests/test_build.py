"""The demo as it stands after building: counts, shapes, promises; and building again, resuming, removing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from unittest import mock

import pytest
from django.db.models import F, Max, Model

from linli.cases.actions.effects import CASES
from linli.cases.flow import MOVES, OPEN, Stage
from linli.cases.index import find_cases
from linli.cases.models import (
    Case,
    CaseMove,
    CasePhoto,
    Category,
    Deadline,
    DutyEntry,
    Escalation,
    FilingStandard,
    Merge,
    Rating,
    Report,
)
from linli.demo import build
from linli.demo.build import DemoSummary, build_demo, chronicle_of
from linli.demo.doomed import doomed_rows
from linli.demo.errors import OtherDemo, PlaceTaken, StillNeeded
from linli.demo.presence import demo_password, demo_present, finished, plan_in_place
from linli.demo.remove import remove_demo
from linli.demo.tests.conftest import NOW, build_small
from linli.kernel.access.approving import approvals_to_decide
from linli.kernel.access.models import Account, ApiKey, Approval, PostHolding, Role
from linli.kernel.access.queries import actor_for
from linli.kernel.acting import EVERYWHERE
from linli.kernel.audit import chain
from linli.kernel.audit.models import AuditLine
from linli.kernel.calendar.local import local_day
from linli.kernel.calendar.models import WorkCalendar
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.matters.clocks import run_of
from linli.kernel.matters.models import Deputy, Limit
from linli.kernel.notify.models import Notice
from linli.kernel.organisations.models import Organization
from linli.kernel.people.models import Contact, GridPosting, Shift, Staff
from linli.kernel.places.models import Area, Building, Dwelling, MapEdition
from linli.kernel.places.queries import check_places

TABLES: tuple[type[Model], ...] = (
    Case, CaseMove, CasePhoto, Deadline, Escalation, Merge, Rating, Report, Contact, Area, Building, Dwelling,
    Organization, Staff, Account, PostHolding, GridPosting, Shift, Category, FilingStandard, Limit, DutyEntry,
)  # fmt: skip


def contents() -> list[tuple[str, int, int | None]]:
    """(table, rows, highest id) of every table the demo writes to."""
    return [
        (
            table.__name__,
            table._default_manager.count(),
            table._default_manager.aggregate(top=Max("pk"))["top"],
        )
        for table in TABLES
    ]


def history() -> list[tuple[object, ...]]:
    rows = Report.objects.filter(client_key__startswith="demo:w").order_by("client_key")
    return list(
        rows.values_list(
            "client_key", "receipt", "body", "lon", "contact__phone", "case__opened_at"
        )
    )


def real_subdistrict() -> Area:
    """A sub-district that is not the demo's."""
    day = NOW.date()
    district = Area.objects.create(level="district", code="980101", name="槐区", valid_from=day)
    return Area.objects.create(
        level="subdistrict", code="980101001", name="槐街道", parent=district, valid_from=day
    )


def test_the_sub_district_has_the_size_it_should_have(demo: DemoSummary) -> None:
    assert (demo.communities, demo.grids) == (5, 37)
    assert 150 <= demo.households <= 200
    assert Organization.objects.filter(kind="department").count() == 12
    assert Staff.objects.filter(pk__in=GridPosting.objects.values("staff")).count() == 60
    assert demo.cases > 50
    assert not check_places(Area.objects.get(level="subdistrict").pk)


def test_every_grid_has_one_leader_and_one_worker(demo: DemoSummary) -> None:
    for grid in Area.objects.filter(level="grid"):
        duties = sorted(GridPosting.objects.filter(grid=grid).values_list("duty", flat=True))
        assert duties == ["full_time", "grid_leader"], grid.name


def test_every_telephone_is_one_that_nobody_has(demo: DemoSummary) -> None:
    numbers: list[str] = []
    for table in (Area, Organization, Staff, Contact):
        numbers += table._default_manager.exclude(phone="").values_list("phone", flat=True)
    numbers += Area.objects.exclude(grid_party_branch_phone="").values_list(
        "grid_party_branch_phone", flat=True
    )
    assert len(numbers) > 200
    assert not [number for number in numbers if not re.fullmatch(r"1990000\d{4}", number)]
    told = Report.objects.exclude(source_system="inspections")  # these name a number of ours
    assert not told.filter(body__regex=r"\d{7}").exists()


def test_every_code_lies_under_the_province_that_does_not_exist(demo: DemoSummary) -> None:
    assert not Area.objects.exclude(code__startswith="99").exists()


def test_there_is_a_login_for_every_role_and_all_are_marked_demo(demo: DemoSummary) -> None:
    shown = {account.username for account in demo}
    roles = set(Role.objects.exclude(code__endswith="_client").values_list("code", flat=True))
    held = PostHolding.objects.filter(account__username__in=shown)
    assert set(held.values_list("role__code", flat=True)) == roles
    assert not Account.objects.filter(demo=False).exists()
    one = Account.objects.get(username="wangge1")
    assert one.check_password(demo_password())
    assert not one.check_password("linli-demo-")


def test_open_cases_wait_at_every_stage_each_with_an_owner(demo: DemoSummary) -> None:
    assert set(Case.objects.filter(open=True).values_list("stage", flat=True)) == set(OPEN)
    assert not Case.objects.filter(open=True, owner=None).exists()
    assert not Case.objects.filter(open=False).exclude(owner=None).exists()


def test_some_limits_are_over_some_run_out_and_most_are_green(demo: DemoSummary) -> None:
    waiting = Case.objects.filter(open=True)
    assert waiting.filter(due_at__lt=NOW).exists()
    assert waiting.filter(due_at__gte=NOW, yellow_at__gt=NOW).count() > waiting.count() / 3


def test_every_timeline_is_a_way_the_flow_allows(demo: DemoSummary) -> None:
    for case in Case.objects.all():
        stage = ""
        earlier = None
        for move in CaseMove.objects.filter(case=case).order_by("id"):
            assert move.from_stage == stage, (case.number, move.code)
            assert earlier is None or move.at >= earlier
            rule = MOVES.get(move.code)
            if rule is not None:
                assert Stage(move.from_stage) in rule.sources
                assert move.to_stage == rule.target
                assert move.note or "note" not in rule.required_fields
            stage, earlier = move.to_stage, move.at
        assert case.stage == stage
        assert earlier is not None
        assert earlier <= NOW
        made = CaseMove.objects.filter(case=case, code__in=MOVES).count()
        assert case.version == 1 + made


def test_whoever_did_the_work_never_checked_or_closed_it(demo: DemoSummary) -> None:
    handled = {
        (move.case_id, move.by_staff_id)
        for move in CaseMove.objects.filter(code__in=("sign_for", "feedback", "self_handle"))
    }
    judged = CaseMove.objects.filter(
        code__in=("rework", "pass_check", "close", "redo", "force_close")
    )
    assert not [move.case_id for move in judged if (move.case_id, move.by_staff_id) in handled]


def test_open_cases_have_one_running_clock_and_ended_ones_none(demo: DemoSummary) -> None:
    running = Deadline.objects.filter(stopped_at=None)
    waiting = Case.objects.filter(open=True)
    assert set(running.values_list("case_id", flat=True)) == set(
        waiting.values_list("pk", flat=True)
    )
    assert not running.exclude(due_at=F("case__due_at")).exists()
    assert not Deadline.objects.exclude(stopped_at=None).exclude(next_at=None).exists()


def test_every_stored_due_can_be_worked_out_again(demo: DemoSummary) -> None:
    rows = list(Deadline.objects.all())
    assert len(rows) > 200
    for row in rows:
        again = run_of(CASES, row.case, row)
        assert again.due.at == row.due_at
        assert again.due.sentence == row.derivation["sentence"]


def test_played_cases_have_the_same_shape_as_those_the_actions_made(demo: DemoSummary) -> None:
    driven = Case.objects.filter(
        pk__in=Report.objects.filter(client_key__startswith="demo:open").values("case"),
        stage="handling",
    )
    played = Case.objects.filter(
        pk__in=Report.objects.filter(client_key__startswith="demo:w").values("case"),
        stage="closed",
        redo_of=None,
    )
    real, made = driven[0], played.exclude(handler=None)[0]
    assert made.suggestion.keys() == real.suggestion.keys()
    for name in ("category", "place", "duplicates", "urgent", "deadline", "organization"):
        assert made.suggestion[name].keys() == real.suggestion[name].keys(), name
    for clock in ("accept", "register", "dispatch", "handle"):
        one = Deadline.objects.filter(case=real, clock=clock).get()
        other = Deadline.objects.filter(case=made, clock=clock)[0]
        assert other.derivation.keys() == one.derivation.keys()
        assert [level[1:] for level in other.levels] == [level[1:] for level in one.levels]
    for code in ("report", "register", "dispatch", "sign_for"):
        one_line = CaseMove.objects.filter(case=real, code=code)[0]
        other_line = CaseMove.objects.filter(case=made, code=code)[0]
        assert other_line.facts.keys() == one_line.facts.keys(), code
        assert other_line.public_text == one_line.public_text


def test_cases_can_be_found_by_their_words(demo: DemoSummary) -> None:
    case = Case.objects.filter(open=False).first()
    assert case is not None
    assert case.pk in find_cases(case.title[:12], EVERYWHERE)


def test_some_cases_of_today_have_drawn_pictures(demo: DemoSummary) -> None:
    assert CasePhoto.objects.filter(kind="report").exists()


def test_a_worker_is_away_and_the_leader_of_the_grid_stands_in(demo: DemoSummary) -> None:
    away = Deputy.objects.select_related("staff", "deputy").get(ended_at=None)
    assert Account.objects.get(staff=away.deputy).username == "gezhang1"
    assert away.staff.organization_id == away.deputy.organization_id


def test_building_again_changes_nothing(demo: DemoSummary) -> None:
    before = contents()
    again = build_small(NOW + timedelta(days=3))
    assert contents() == before
    assert again == demo


def test_another_demo_is_refused_while_one_is_there(demo: DemoSummary) -> None:
    before = contents()
    with pytest.raises(OtherDemo) as refusal:
        build_demo(now=NOW, seed=8, households=200, months=1)
    assert "demo remove" in refusal.value.message
    assert contents() == before


def test_the_same_seed_tells_the_same_stories_and_another_seed_others(demo: DemoSummary) -> None:
    plan = plan_in_place()
    assert plan is not None
    first = chronicle_of(plan).stories_of_week(1)
    assert len(first) > 5
    assert chronicle_of(plan).stories_of_week(1) == first
    assert chronicle_of(replace(plan, seed=8)).stories_of_week(1) != first


def test_an_interrupted_build_goes_on_and_makes_the_same_demo(demo: DemoSummary) -> None:
    whole = history()
    remove_demo(now=NOW)
    stopped = mock.patch.object(build, "drive_all", side_effect=KeyboardInterrupt)
    with mock.patch.object(build, "train_demo_classifier"):
        with stopped, pytest.raises(KeyboardInterrupt):
            build_small()
        assert plan_in_place() is not None
        assert not finished()
        with mock.patch.object(build, "drive_all"):
            build_small(NOW + timedelta(hours=5))
    assert finished()
    assert history() == whole


def test_removing_leaves_the_settings_and_nothing_else(demo: DemoSummary) -> None:
    settings = (Category, FilingStandard, Limit, Role, WorkCalendar)
    kept = [table._default_manager.count() for table in settings]
    title = Case.objects.filter(open=False)[0].title
    gone = remove_demo(now=NOW)
    assert (gone.cases, gone.staff) == (demo.cases, demo.staff)
    left = {name: rows for name, rows, _ in contents() if rows}
    assert left.keys() == {"Category", "FilingStandard", "Limit"}
    assert [table._default_manager.count() for table in settings] == kept
    assert find_cases(title.plain, EVERYWHERE) == []
    forget_everything()
    assert not demo_present()
    chain.seal(most=100_000)
    assert chain.verify().broken_at is None


def test_removing_twice_does_nothing_the_second_time(demo: DemoSummary) -> None:
    remove_demo(now=NOW)
    assert remove_demo(now=NOW).cases == 0


def test_a_real_account_in_a_demo_unit_stops_the_removal(demo: DemoSummary) -> None:
    unit = Organization.objects.get(code="CG")
    staff = Staff.objects.create(name="王奶奶", employee_no="R-1", organization=unit)
    Account.objects.create_account("real.person", "long-enough-words", staff=staff)
    before = contents()
    with pytest.raises(StillNeeded, match=r"real\.person"):
        remove_demo(now=NOW)
    assert contents() == before


def test_a_real_case_that_demo_people_worked_on_stops_the_removal(demo: DemoSummary) -> None:
    demo_case = Case.objects.filter(open=False).first()
    assert demo_case is not None
    real = real_subdistrict()
    before = Case.objects.count()
    Case.objects.filter(pk=demo_case.pk).update(
        subdistrict=real, district=real.parent, community=None, grid=None
    )
    with pytest.raises(StillNeeded, match=demo_case.number):
        remove_demo(now=NOW)
    assert Case.objects.count() == before


def test_a_real_sub_district_with_its_own_case_stays(demo: DemoSummary) -> None:
    real = real_subdistrict()
    assert real.parent is not None
    case = Case.objects.create(
        district=real.parent, subdistrict=real, stage="received", title="路灯不亮", intake_channel="phone",
        opened_at=NOW, last_reported_at=NOW, changed_at=NOW,
    )  # fmt: skip
    waiting = Report.objects.create(
        receipt="1", content_key="1", intake_channel="phone", title="井盖响", received_at=NOW
    )
    remove_demo(now=NOW)
    assert list(Case.objects.all()) == [case]
    assert list(Report.objects.all()) == [waiting]
    assert set(Area.objects.values_list("code", flat=True)) == {"980101", "980101001"}


def test_every_table_with_a_key_to_demo_rows_is_cleared(demo: DemoSummary) -> None:
    account = Account.objects.get(username="wangge1")
    ApiKey.objects.create(name="大屏", key_hash="0", account=account, made_at=NOW)
    covered = {rows.model for rows in doomed_rows()}
    assert covered >= {ApiKey, DutyEntry, Notice, CasePhoto, MapEdition, Dwelling}
    assert not covered & {Category, FilingStandard, Limit, Role, WorkCalendar, AuditLine}
    remove_demo(now=NOW)
    assert not ApiKey.objects.exists()


def test_no_demo_is_built_beside_a_real_sub_district(demo: DemoSummary) -> None:
    remove_demo(now=NOW)
    real_subdistrict()
    with pytest.raises(PlaceTaken):
        build_small()
    assert not Case.objects.exists()
    assert plan_in_place() is None


def test_a_reset_waits_for_another_administrator(demo: DemoSummary) -> None:
    row = Approval.objects.get()
    assert (row.asked_by.username, row.decided_at) == ("anquan1", None)
    auditor = actor_for(Account.objects.get(username="shenji1"), on=local_day(NOW))
    assert approvals_to_decide(auditor, now=NOW) == [row]
