"""A sheet taken over: versions beside versions, cases that keep theirs, nothing half done."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction

from linli.cases.actions import standards as applying
from linli.cases.actions.moving import make_move
from linli.cases.actions.standards import Applied, apply_standards, preview_standards
from linli.cases.catalogue.standards.errors import BadDay, StandardsChanged
from linli.cases.catalogue.standards.queries import (
    Validity,
    class_history,
    present_standards,
    standards_file,
)
from linli.cases.catalogue.standards.rows import Reading
from linli.cases.catalogue.standards.tests.sheets import (
    LONG_ROWS,
    TITLES,
    book,
    long_book,
    read,
    short_book,
)
from linli.cases.errors import MissingFact
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import Case, Category, Deadline, FilingStandard
from linli.cases.queries import current_standards, standards_by_category
from linli.cases.seed import load_classes
from linli.kernel.acting import SYSTEM
from linli.kernel.audit.models import AuditLine
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.errors import NotAllowed, NotFound
from tests.walks import RUBBISH, opened, walk_to
from tests.world import DAY, MONDAY, World

TUESDAY = MONDAY + timedelta(days=1)


def take_over(
    reading: Reading,
    *,
    now: datetime = MONDAY,
    valid_from: date | None = None,
    remove_missing: bool = False,
) -> Applied:
    base = preview_standards("表.xlsx", reading, valid_from=valid_from, by=SYSTEM, now=now).base
    applied = apply_standards(
        "表.xlsx", reading, base=base, valid_from=valid_from, remove_missing=remove_missing,
        by=SYSTEM, now=now,
    )  # fmt: skip
    forget_everything()
    return applied


def limit_of(text: str) -> Reading:
    """The world's one event row, with another limit."""
    row = [
        "01",
        "市容环境",
        "11",
        "积存垃圾渣土",
        "有积存垃圾",
        text,
        "垃圾清走、地面干净",
        "",
        "",
        "",
        "",
        "",
    ]
    return read(book({"事件": (TITLES, [row], [])}))


def filed_on_tuesday(world: World) -> tuple[Case, FilingStandard]:
    """Another matter, dispatched under the row in force on Tuesday."""
    (row,) = current_standards(world.category, TUESDAY)
    case = opened(world, replace(RUBBISH, body="第三网格门口一堆垃圾。", lon=120.025))
    for move, who, facts in (
        ("accept", "acceptor", Facts(category=world.category.pk)),
        ("register", "supervisor", Facts(standard=row.pk)),
        ("dispatch", "dispatcher", Facts(organization=world.organizations["CG"].pk)),
    ):
        case = make_move(case.pk, move, by=world.actors[who], facts=facts, now=TUESDAY)
    return case, row


def stored() -> list[tuple[object, ...]]:
    """Every class and every version there is."""
    return [
        *Category.objects.order_by("pk").values_list(),
        *FilingStandard.objects.order_by("pk").values_list(),
    ]


def test_a_long_sheet_is_taken_over_with_its_classes(world: World) -> None:
    applied = take_over(read(long_book()))

    assert (applied.added, applied.changed, applied.classes, applied.ended) == (3, 1, 2, 0)
    bikes = Category.objects.get(code="E0198")
    assert (bikes.name, bikes.kind, bikes.custom) == ("共享单车乱放", "event", True)
    assert bikes.major_name == "市容环境"
    rows = standards_by_category(MONDAY)[world.category.pk]
    assert [(row.filing_condition, row.time_limit, row.legal_article) for row in rows] == [
        ("有积存垃圾", "4工作时", "第九条"),
        ("堆放超过两立方米", "3工作日", "第九条"),
    ]
    assert {row.valid_from for row in rows} == {DAY}


def test_the_same_sheet_again_changes_nothing(world: World) -> None:
    for content in (long_book(), short_book().replace(b"3\xe5\xa4\xa9", b"")):
        reading = read(content)
        take_over(reading)
        before = stored()

        applied = take_over(reading, now=TUESDAY, remove_missing=True)

        assert applied.plan.is_empty
        assert applied.sentence.startswith("没有变化")
        assert stored() == before


def test_export_import_export_is_identical(world: World) -> None:
    load_classes()
    take_over(read(long_book()))
    first = standards_file(SYSTEM)
    before = stored()

    reading = read(first)
    applied = take_over(reading, now=TUESDAY, remove_missing=True)

    assert reading.errors == ()
    assert len(reading.rows) == FilingStandard.objects.filter(valid_until=None).count() > 180
    assert applied.plan.is_empty
    assert stored() == before
    assert standards_file(SYSTEM) == first


def test_what_was_exported_fills_an_empty_house_with_the_same(db: None) -> None:
    load_classes()
    take_over(read(long_book()))
    first = standards_file(SYSTEM)
    FilingStandard.objects.all().delete()
    Category.objects.all().delete()

    take_over(read(first))

    assert standards_file(SYSTEM) == first


def test_a_limit_changed_today_does_not_touch_a_case_dispatched_yesterday(world: World) -> None:
    old = walk_to(world, opened(world), Stage.TO_SIGN)
    due = Deadline.objects.get(case=old, clock="handle").due_at
    assert due == MONDAY + timedelta(hours=6), "four working hours around lunch"

    take_over(limit_of("2工作时"), now=TUESDAY)

    old = Case.objects.get(pk=old.pk)
    assert (old.standard_id, old.due_at) == (world.standard.pk, due)
    handling = Deadline.objects.get(case=old, clock="handle")
    assert (handling.due_at, handling.limit) == (due, "4工作时")
    old = make_move(old.pk, "sign_for", by=world.actors["handler"], facts=Facts(), now=TUESDAY)
    assert old.due_at == due

    new, newer = filed_on_tuesday(world)
    assert (new.standard_id, newer.time_limit) == (newer.pk, "2工作时")
    assert new.due_at == TUESDAY + timedelta(hours=2)


def test_a_case_filed_before_the_change_is_dispatched_under_its_own_row(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_DISPATCH)

    take_over(limit_of("2工作时"), now=TUESDAY)
    facts = Facts(organization=world.organizations["CG"].pk)
    case = make_move(case.pk, "dispatch", by=world.actors["dispatcher"], facts=facts, now=TUESDAY)

    assert Deadline.objects.get(case=case, clock="handle").limit == "4工作时"


def test_filing_offers_and_takes_only_rows_of_that_day(world: World) -> None:
    first_of_april = date(2026, 4, 1)
    april = datetime(2026, 4, 1, 2, tzinfo=MONDAY.tzinfo)
    take_over(limit_of("2工作时"), valid_from=first_of_april)
    old, coming = FilingStandard.objects.filter(category=world.category).order_by("pk")
    assert (old.valid_until, coming.valid_from) == (date(2026, 3, 31), first_of_april)

    assert current_standards(world.category, MONDAY) == [old]
    assert current_standards(world.category, april) == [coming]
    assert standards_by_category(april)[world.category.pk] == [coming]
    case = walk_to(world, opened(world), Stage.ACCEPTED)
    for now, refused, taken in ((MONDAY, coming, old), (april, old, coming)):
        with pytest.raises(MissingFact) as no:
            make_move(
                case.pk, "register", by=world.actors["supervisor"], facts=Facts(standard=refused.pk), now=now
            )  # fmt: skip
        assert no.value.field == "standard"
        with transaction.atomic():
            made = make_move(
                case.pk, "register", by=world.actors["supervisor"], facts=Facts(standard=taken.pk), now=now
            )  # fmt: skip
            assert made.standard_id == taken.pk
            transaction.set_rollback(True)


def test_a_changed_row_stays_where_it_stood(world: World) -> None:
    take_over(read(long_book()))
    rows = [list(row) for row in LONG_ROWS]
    rows[0][5] = "2工作时"

    take_over(read(long_book(rows)), now=TUESDAY)

    assert [row.filing_condition for row in current_standards(world.category, TUESDAY)] == [
        "有积存垃圾", "堆放超过两立方米",
    ]  # fmt: skip
    assert [row.filing_condition for row in read(standards_file(SYSTEM)).rows[1:3]] == [
        "有积存垃圾", "堆放超过两立方米",
    ]  # fmt: skip


def test_a_mistake_put_right_on_the_same_day_was_never_in_force(world: World) -> None:
    take_over(limit_of("40工作时"))
    take_over(limit_of("5工作时"))

    (row,) = current_standards(world.category, MONDAY)
    (condition,) = class_history(SYSTEM, "E0111", now=MONDAY).conditions
    assert row.time_limit == "5工作时"
    assert [(one.standard.time_limit, one.validity) for one in condition.versions] == [
        ("5工作时", Validity.IN_FORCE),
        ("40工作时", Validity.CORRECTED),
        ("4工作时", Validity.ENDED),
    ]


def test_missing_rows_stay_until_somebody_asks_that_they_end(world: World) -> None:
    posters = read(book({"事件": (TITLES, LONG_ROWS[3:], [])}))

    kept = take_over(posters)
    assert [row.filing_condition for row in kept.plan.missing] == ["有积存垃圾"]
    assert (kept.ended, FilingStandard.objects.get(pk=world.standard.pk).valid_until) == (0, None)

    ended = take_over(posters, now=TUESDAY, remove_missing=True)
    assert (ended.ended, ended.retired) == (1, 1)
    assert FilingStandard.objects.get(pk=world.standard.pk).valid_until == DAY
    assert Category.objects.get(pk=world.category.pk).retired_at == TUESDAY
    assert Category.objects.get(pk=world.cover.pk).retired_at is None, "the sheet has no 部件"


def test_a_class_in_use_is_retired_and_its_cases_go_on(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_SIGN)
    take_over(read(book({"事件": (TITLES, LONG_ROWS[3:], [])})), now=TUESDAY, remove_missing=True)

    case = make_move(case.pk, "sign_for", by=world.actors["handler"], facts=Facts(), now=TUESDAY)
    assert (case.category_id, case.standard_id) == (world.category.pk, world.standard.pk)

    back = take_over(limit_of("4工作时"), now=TUESDAY + timedelta(days=1))
    assert [change.revived for change in back.plan.class_changes] == [True]
    assert Category.objects.get(pk=world.category.pk).retired_at is None
    assert len(current_standards(world.category, TUESDAY + timedelta(days=1))) == 1


def test_a_class_that_ends_later_is_retired_when_its_last_day_is_over(world: World) -> None:
    posters = read(book({"事件": (TITLES, LONG_ROWS[3:], [])}))
    april = date(2026, 4, 1)

    assert take_over(posters, valid_from=april, remove_missing=True).retired == 0
    assert len(current_standards(world.category, MONDAY)) == 1
    later = datetime(2026, 4, 2, 2, tzinfo=MONDAY.tzinfo)
    assert take_over(posters, now=later, remove_missing=True).retired == 1


def test_a_row_the_city_ended_does_not_come_back_with_the_next_start(db: None) -> None:
    load_classes()
    before = FilingStandard.objects.count()
    take_over(read(book({"事件": (TITLES, LONG_ROWS[3:], [])})), now=TUESDAY, remove_missing=True)
    open_rows = FilingStandard.objects.filter(valid_until=None).count()

    load_classes()

    assert open_rows < before
    assert FilingStandard.objects.filter(valid_until=None).count() == open_rows


def test_bad_rows_do_not_hold_up_the_good_ones(world: World) -> None:
    rows = [list(row) for row in LONG_ROWS]
    rows[2][5] = "1天"
    reading = read(long_book(rows))

    applied = take_over(reading, remove_missing=True)

    assert len(reading.errors) == 1
    assert (applied.added, applied.changed, applied.ended) == (2, 1, 0)
    assert not Category.objects.filter(code="E0198").exists()


def test_the_second_of_two_people_is_told_to_look_again(world: World) -> None:
    mine, theirs = limit_of("2工作时"), limit_of("3工作时")
    by, now = world.actors["system_admin"], MONDAY
    first = preview_standards("一.xlsx", mine, by=by, now=now)
    second = preview_standards("二.xlsx", theirs, by=by, now=now)
    apply_standards("一.xlsx", mine, base=first.base, by=by, now=now)
    before = stored()

    with pytest.raises(StandardsChanged) as refused:
        apply_standards("二.xlsx", theirs, base=second.base, by=by, now=now)

    assert refused.value.status == 409
    assert stored() == before


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_people_who_confirm_at_once_do_not_both_win(world: World) -> None:
    readings = [limit_of("2工作时"), limit_of("3工作时")]
    base = preview_standards("表.xlsx", readings[0], by=SYSTEM, now=MONDAY).base
    together, outcomes = threading.Barrier(2), []

    def confirm(reading: Reading) -> None:
        together.wait()
        try:
            apply_standards("表.xlsx", reading, base=base, by=SYSTEM, now=MONDAY)
            outcomes.append("done")
        except StandardsChanged:
            outcomes.append("changed")
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm, args=(reading,)) for reading in readings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["changed", "done"]
    open_rows = FilingStandard.objects.filter(category__code="E0111", valid_until=None)
    assert open_rows.count() == 1


def test_all_of_it_is_done_or_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    reading = read(long_book())
    base = preview_standards("表.xlsx", reading, by=SYSTEM, now=MONDAY).base
    before = stored()

    def full_disk(*_rows: object, **_more: object) -> int:
        raise OSError("No space left on device")

    monkeypatch.setattr(applying, "_version", full_disk)
    with pytest.raises(OSError, match="No space"):
        apply_standards("表.xlsx", reading, base=base, by=SYSTEM, now=MONDAY)

    assert stored() == before


def test_a_code_that_another_class_has_taken_is_a_conflict(world: World) -> None:
    Category.objects.create(
        code="E0198", kind="appeal", major_code="98", major_name="别的", name="别的"
    )
    before = stored()

    with pytest.raises(StandardsChanged) as refused, transaction.atomic():
        take_over(read(long_book()))

    assert "编码是否已被占用" in refused.value.message
    assert stored() == before


def test_only_whoever_keeps_the_settings_imports(world: World) -> None:
    reading, before = limit_of("2工作时"), stored()
    for who in ("supervisor", "leader", "security_admin"):
        with pytest.raises(NotAllowed):
            preview_standards("表.xlsx", reading, by=world.actors[who], now=MONDAY)
        with pytest.raises(NotAllowed):
            apply_standards("表.xlsx", reading, base="", by=world.actors[who], now=MONDAY)
    assert stored() == before
    with pytest.raises(NotAllowed):
        present_standards(world.actors["security_admin"])
    with pytest.raises(NotAllowed):
        class_history(world.actors["audit_admin"], "E0111", now=MONDAY)


def test_the_audit_log_names_the_file(world: World) -> None:
    take_over(limit_of("2工作时"), remove_missing=True)

    line = AuditLine.objects.filter(action="cases.standards.apply_standards").get()
    assert (line.subject, line.detail) == ("表.xlsx", {"remove_missing": True})


def test_a_day_far_ahead_is_taken_for_a_slip_of_the_pen(world: World) -> None:
    with pytest.raises(BadDay) as refused:
        preview_standards(
            "表.xlsx", limit_of("2工作时"), valid_from=date(2206, 3, 9), by=SYSTEM, now=MONDAY
        )
    assert refused.value.field == "valid_from"


def test_a_class_tells_its_versions_and_the_running_cases_of_each(world: World) -> None:
    walk_to(world, opened(world), Stage.TO_SIGN)
    take_over(limit_of("2工作时"), now=TUESDAY)
    filed_on_tuesday(world)
    take_over(limit_of("3工作时"), now=TUESDAY, valid_from=date(2026, 4, 1))

    history = class_history(world.actors["system_admin"], "E0111", now=TUESDAY)

    (condition,) = history.conditions
    assert [(one.standard.time_limit, one.validity, one.running) for one in condition.versions] == [
        ("3工作时", Validity.COMING, 0),
        ("2工作时", Validity.IN_FORCE, 1),
        ("4工作时", Validity.ENDED, 1),
    ]
    assert [(one.before, one.after) for one in condition.versions[1].fields if one.title == "处置时限"] == [
        ("4工作时", "2工作时")
    ]  # fmt: skip
    assert (condition.older, history.older) == (1, 1)
    with pytest.raises(NotFound):
        class_history(SYSTEM, "E9999", now=TUESDAY)


def test_others_count_only_the_running_cases_they_may_see(world: World) -> None:
    walk_to(world, opened(world), Stage.TO_SIGN)
    take_over(limit_of("2工作时"), now=TUESDAY)

    counted = {
        who: class_history(world.actors[who], "E0111", now=TUESDAY).older
        for who in ("system_admin", "leader", "grid_worker", "other_grid_worker")
    }

    assert counted == {"system_admin": 1, "leader": 1, "grid_worker": 1, "other_grid_worker": 0}


def test_a_class_numbered_by_another_scheme_stays_out_of_the_sheet(world: World) -> None:
    own = Category.objects.create(
        code="SENSOR1", kind="event", major_code="09", major_name="物联", name="告警"
    )
    FilingStandard.objects.create(
        category=own, filing_condition="报警", time_limit="1工作日", closing_condition="解除", valid_from=DAY
    )  # fmt: skip

    assert "SENSOR1" not in present_standards(SYSTEM).classes
    take_over(limit_of("4工作时"), remove_missing=True)
    assert Category.objects.get(pk=own.pk).retired_at is None
