"""The present standards beside a sheet: what would be added, changed, left, and what the sheet does not have."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from linli.cases.catalogue.standards.changes import (
    Plan,
    Present,
    PresentClass,
    PresentRow,
    make_plan,
)
from linli.cases.catalogue.standards.columns import VALUES
from linli.cases.catalogue.standards.rows import Reading, StandardRow

TODAY = date(2026, 3, 9)
LONG_AGO = date(2020, 1, 1)

RUBBISH = StandardRow(
    kind="event", major_code="01", major_name="市容环境", minor_code="11", name="积存垃圾渣土", custom=False,
    filing_condition="有积存垃圾", time_limit="4工作时", closing_condition="垃圾清走", supervising_org="城管队",
    responsible_org="环卫所", legal_basis="市容条例", legal_article="第九条", evidence_required="照片一张",
    sheet="事件", number=2,
)  # fmt: skip
HEAP = replace(RUBBISH, filing_condition="堆放超过两立方米", time_limit="3工作日", number=3)
POSTER = replace(
    RUBBISH, major_code="02", major_name="宣传广告", minor_code="01", name="非法小广告", number=4
)


def reading(*rows: StandardRow, clean: bool = True, digits: int = 2) -> Reading:
    kinds = frozenset(row.kind for row in rows)
    return Reading(rows, (), (), kinds, kinds if clean else frozenset(), digits)


def present(*rows: StandardRow, valid_from: date = LONG_AGO, retired: bool = False) -> Present:
    classes: dict[str, PresentClass] = {}
    found = []
    for row_id, row in enumerate(rows, 1):
        code = f"{row.kind[0].upper()}{row.major_code}{row.minor_code}"
        classes[code] = PresentClass(
            code, row.kind, row.major_code, row.major_name, row.minor_code, row.name, row.custom, retired
        )  # fmt: skip
        values = {name: getattr(row, name) or "" for name in VALUES}
        found.append(PresentRow(row_id, code, row.name, row.filing_condition, values, valid_from))
    return Present(classes, tuple(found), {})


def plan_of(before: Present, after: Reading, *, valid_from: date = TODAY) -> Plan:
    return make_plan(before, after, valid_from=valid_from, today=TODAY)


def test_each_row_is_added_changed_unchanged_or_missing() -> None:
    before = present(RUBBISH, HEAP)
    plan = plan_of(before, reading(replace(RUBBISH, time_limit="2工作时"), POSTER))

    assert [(one.code, one.row.filing_condition) for one in plan.added] == [("E0201", "有积存垃圾")]
    assert [(one.title, one.before, one.after) for one in plan.changed[0].fields] == [
        ("处置时限", "4工作时", "2工作时")
    ]
    assert plan.unchanged == ()
    assert [row.filing_condition for row in plan.missing] == ["堆放超过两立方米"]
    assert plan.removable == plan.missing
    assert list(plan.new_classes) == ["E0201"]
    assert not plan.is_empty


def test_the_present_standards_themselves_change_nothing() -> None:
    plan = plan_of(present(RUBBISH, HEAP, POSTER), reading(RUBBISH, HEAP, POSTER))

    assert plan.is_empty
    assert (len(plan.unchanged), plan.missing) == (3, ())


def test_another_spelling_of_the_same_limit_is_no_change() -> None:
    before = present(replace(RUBBISH, time_limit="4 工作小时", closing_condition=" 垃圾清走 "))

    assert plan_of(before, reading(RUBBISH)).is_empty


def test_a_limit_that_can_no_longer_be_read_is_replaced() -> None:
    before = present(replace(RUBBISH, time_limit="4天"))

    assert plan_of(before, reading(RUBBISH)).changed[0].fields[0].before == "4天"


def test_columns_the_sheet_does_not_have_keep_their_values() -> None:
    short = replace(RUBBISH, legal_basis=None, legal_article=None, evidence_required=None)
    before = present(RUBBISH)

    assert plan_of(before, reading(short)).is_empty
    changed = plan_of(before, reading(replace(short, time_limit="2工作时"))).changed[0]
    assert changed.values["legal_article"] == "第九条"


def test_a_column_left_blank_empties_the_value() -> None:
    changed = plan_of(present(RUBBISH), reading(replace(RUBBISH, evidence_required=""))).changed[0]

    assert [(one.before, one.after) for one in changed.fields] == [("照片一张", "")]


def test_rows_of_a_kind_the_sheet_does_not_have_are_not_missing() -> None:
    cover = replace(RUBBISH, kind="component", name="上水井盖")
    before = present(RUBBISH, cover)

    assert plan_of(before, reading(RUBBISH)).missing == ()
    assert plan_of(before, reading(RUBBISH)).absent == frozenset()


def test_nothing_can_be_ended_while_the_sheet_has_errors() -> None:
    plan = plan_of(present(RUBBISH, HEAP), reading(RUBBISH, clean=False))

    assert [row.filing_condition for row in plan.missing] == ["堆放超过两立方米"]
    assert (plan.removable, plan.absent) == ((), frozenset())


def test_nothing_in_force_is_changed_in_the_past() -> None:
    yesterday = TODAY - timedelta(days=1)
    shorter = replace(RUBBISH, time_limit="2工作时")
    plan = plan_of(present(RUBBISH, HEAP), reading(shorter, POSTER), valid_from=yesterday)

    assert plan.changed == ()
    (refused,) = plan.refused
    assert (refused.number, refused.column, refused.value) == (2, "生效日期", "2026-03-08")
    assert "2026-03-09" in refused.expected
    assert plan.removable == (), "a row cannot end in the past either"
    assert len(plan.added) == 1, "what never was may begin on any day"


def test_no_version_begins_before_the_one_it_follows() -> None:
    next_month = date(2026, 4, 1)
    before = present(RUBBISH, valid_from=next_month)
    shorter = reading(replace(RUBBISH, time_limit="2工作时"))

    assert plan_of(before, shorter).refused[0].expected == "生效日期选 2026-04-01 或以后"
    assert len(plan_of(before, shorter, valid_from=next_month).changed) == 1


def test_a_row_that_ended_comes_back_only_after_its_last_day() -> None:
    before = replace(present(HEAP), ended={("E0111", "有积存垃圾"): date(2026, 3, 31)})

    assert plan_of(before, reading(RUBBISH)).refused[0].expected.startswith("生效日期选 2026-04-01")
    assert len(plan_of(before, reading(RUBBISH), valid_from=date(2026, 4, 1)).added) == 1


def test_a_class_is_renamed_with_its_neighbours_under_the_same_major_class() -> None:
    neighbour = replace(RUBBISH, minor_code="12", name="道路不洁")
    other_kind = replace(RUBBISH, kind="component", name="上水井盖", major_name="公用设施")
    renamed = replace(RUBBISH, major_name="环境卫生", name="积存渣土", custom=True)
    plan = plan_of(present(RUBBISH, neighbour, other_kind), reading(renamed))

    changes = {
        one.code: [(field.title, field.after) for field in one.fields] for one in plan.class_changes
    }
    assert changes == {
        "E0111": [("大类名称", "环境卫生"), ("小类名称", "积存渣土"), ("自定义", "是")],
        "E0112": [("大类名称", "环境卫生")],
    }
    assert plan.changed == ()
    assert not plan.is_empty


def test_a_sheet_without_the_mark_does_not_take_it_away() -> None:
    before = present(replace(RUBBISH, custom=True))

    assert plan_of(before, reading(RUBBISH)).is_empty


def test_one_row_with_the_mark_makes_the_class_the_citys_own() -> None:
    marked = replace(HEAP, custom=True)

    assert plan_of(present(), reading(RUBBISH, marked)).new_classes["E0111"].custom
    (change,) = plan_of(present(RUBBISH, HEAP), reading(RUBBISH, marked)).class_changes
    assert change.custom


def test_a_retired_class_in_the_sheet_comes_back_into_use() -> None:
    plan = plan_of(present(RUBBISH, retired=True), reading(RUBBISH))

    assert [(one.code, one.revived) for one in plan.class_changes] == [("E0111", True)]
    assert len(plan.unchanged) == 1


def test_classes_of_the_city_without_a_number_get_the_next_free_one_backwards() -> None:
    lock = replace(RUBBISH, minor_code="", name="私设地锁", custom=True)
    bikes = replace(lock, name="共享单车乱放")
    before = present(replace(RUBBISH, minor_code="99", name="占用消防通道", custom=True))

    plan = plan_of(before, reading(lock, bikes, replace(lock, filing_condition="又一种")))

    assert [one.code for one in plan.added] == ["E0198", "E0197", "E0198"]
    assert plan.numbered == {"E0198": "私设地锁", "E0197": "共享单车乱放"}
    assert plan_of(before, reading(lock, digits=3)).added[0].code == "E01999"


def test_a_class_of_the_city_keeps_its_number_when_the_sheet_comes_again() -> None:
    lock = replace(RUBBISH, minor_code="", name="私设地锁", custom=True)
    before = present(replace(lock, minor_code="98"))

    plan = plan_of(before, reading(lock))

    assert plan.is_empty
    assert plan.numbered == {}


def test_the_fingerprint_tells_every_change() -> None:
    before = present(RUBBISH, HEAP)
    others = (
        present(RUBBISH),
        present(replace(RUBBISH, time_limit="2工作时"), HEAP),
        present(RUBBISH, replace(HEAP, name="积存渣土")),
        present(RUBBISH, HEAP, valid_from=TODAY),
        present(RUBBISH, HEAP, retired=True),
        replace(before, ended={("E0111", "别的"): LONG_AGO}),
    )

    assert before.fingerprint == present(RUBBISH, HEAP).fingerprint
    assert len({one.fingerprint for one in (before, *others)}) == 1 + len(others)


ROWS = st.lists(
    st.builds(
        replace,
        st.just(RUBBISH),
        major_code=st.sampled_from(["01", "02"]),
        minor_code=st.sampled_from(["11", "12"]),
        filing_condition=st.sampled_from(["甲", "乙", "丙"]),
        time_limit=st.sampled_from(["1工作日", "2工作日"]),
    ),
    max_size=8,
    unique_by=lambda row: (row.major_code, row.minor_code, row.filing_condition),
)


@given(ROWS, ROWS)
def test_every_row_is_in_exactly_one_list(old: list[StandardRow], new: list[StandardRow]) -> None:
    before = present(*old)
    plan = plan_of(before, reading(*new))

    kept = {row.row_id for row in plan.unchanged} | {one.present.row_id for one in plan.changed}
    gone = {row.row_id for row in plan.missing}
    assert len(plan.added) + len(plan.changed) + len(plan.unchanged) == len(new)
    assert not kept & gone
    if new:
        assert kept | gone == {row.row_id for row in before.rows}
