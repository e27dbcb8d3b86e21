"""Rows written in plain SQL are the rows the ORM would have written."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from linli.kernel.audit.models import AuditLine
from linli.kernel.engine import rows
from linli.kernel.jobs.models import Job
from linli.kernel.organisations.models import Organization
from tests.world import MONDAY

pytestmark = pytest.mark.django_db


def line(**changes: object) -> AuditLine:
    facts: dict[str, Any] = {
        "at": MONDAY,
        "actor_kind": "staff",
        "actor_name": "小李",
        "action": "close",
        "detail": {"n": [1, "二"]},
    }
    return AuditLine(**{**facts, **changes})


def values(row: AuditLine) -> Any:
    return AuditLine.objects.filter(pk=row.pk).values().get()


def test_an_inserted_row_reads_back_as_one_the_orm_saved() -> None:
    plain, saved = line(), line()
    rows.insert(plain)
    saved.save()
    assert {**values(plain), "id": 0} == {**values(saved), "id": 0}
    assert plain.pk is not None
    plain.result = "done"
    plain.save(update_fields=["result"])


def test_a_row_whose_key_is_taken_is_not_added_and_nothing_breaks() -> None:
    facts = {"kind": "found", "key": "once", "due_at": MONDAY, "made_at": MONDAY}
    assert rows.insert_new(Job(**facts))
    again = Job(**facts)
    assert not rows.insert_new(again)
    assert again._state.adding
    assert Job.objects.count() == 1


def test_only_the_named_fields_are_written() -> None:
    row = line()
    rows.insert(row)
    row.actor_name, row.action, row.detail = "小赵", "open", {"x": None}
    rows.save(row, ("actor_name", "detail"))
    found = AuditLine.objects.get(pk=row.pk)
    assert (found.actor_name, found.action, found.detail) == ("小赵", "close", {"x": None})


def test_a_change_reaches_the_matching_rows_and_no_others() -> None:
    first, second, third = line(), line(), line(sequence=7)
    for row in (first, second, third):
        rows.insert(row)
    rows.change(AuditLine, {"result": "seen"}, sequence=None)
    rows.change(AuditLine, {"result": "never"}, sequence=8)
    assert [values(row)["result"] for row in (first, second, third)] == ["seen", "seen", ""]


def test_rows_are_found_by_value_and_by_emptiness_in_order() -> None:
    for number in (None, 3, None):
        rows.insert(line(sequence=number))
    empty = rows.find(AuditLine, sequence=None)
    assert [row.pk for row in empty] == sorted(row.pk for row in empty)
    assert len(empty) == 2
    (one,) = rows.find(AuditLine, sequence=3, lock=True)
    assert (one.detail, one.at) == ({"n": [1, "二"]}, MONDAY)
    assert rows.get(AuditLine, 10**9) is None


def test_a_quote_in_a_value_is_a_value() -> None:
    name = "');DROP TABLE cases_case;--"
    rows.insert(line(actor_name=name))
    assert [row.actor_name for row in rows.find(AuditLine, actor_name=name)] == [name]


def test_a_known_row_is_remembered_and_nobody_is_known_by_nothing() -> None:
    made = Organization.objects.create(kind="department", code="CG", name="城管队")
    first = rows.known(Organization, made.pk)
    assert first is rows.known(Organization, made.pk)
    assert rows.known(Organization, None) is None


def test_together_writes_go_out_in_order_and_before_the_next_reading() -> None:
    first = line()
    rows.insert(first)
    with rows.together():
        rows.put(line(action="second"))
        rows.save(AuditLine(pk=first.pk, result="saved"), ("result",))
        rows.change(AuditLine, {"result": "changed"}, pk=first.pk)
        assert AuditLine.objects.count() == 1, "nothing has been sent yet"
        third = line(action="third")
        rows.insert(third)
        assert third.pk == AuditLine.objects.order_by("-id").values_list("pk", flat=True)[0]
        rows.put(line(action="fourth"))
        assert [row.action for row in rows.find(AuditLine, sequence=None)][-1] == "fourth"
        rows.put(line(action="fifth"))
    assert list(AuditLine.objects.order_by("id").values_list("action", "result")) == [
        ("close", "changed"),
        ("second", ""),
        ("third", ""),
        ("fourth", ""),
        ("fifth", ""),
    ]


def test_what_waits_is_dropped_when_the_block_fails() -> None:
    def fail() -> None:
        with rows.together():
            rows.put(line())
            with rows.together():
                rows.put(line())
            raise RuntimeError("the pen broke")

    with pytest.raises(RuntimeError):
        fail()
    rows.put(line(action="after"))
    assert [row.action for row in rows.find(AuditLine, sequence=None)] == ["after"]


def test_an_insert_together_with_others_says_whether_its_key_was_free() -> None:
    facts = {"kind": "found", "key": "once", "due_at": MONDAY, "made_at": MONDAY}
    with rows.together():
        rows.put(line())
        assert rows.insert_new(Job(**facts))
        rows.put(line())
        assert not rows.insert_new(Job(**facts))
    assert (Job.objects.count(), AuditLine.objects.count()) == (1, 2)


def test_an_error_among_writes_that_went_out_together_is_the_usual_one_and_nothing_stays() -> None:
    facts = {"kind": "found", "key": "once", "due_at": MONDAY, "made_at": MONDAY}
    before = AuditLine.objects.count()

    def write_all() -> None:
        with transaction.atomic(), rows.together():
            for row in (line(), Job(**facts), Job(**facts), line()):
                rows.put(row)

    with pytest.raises(IntegrityError):
        write_all()
    assert AuditLine.objects.count() == before
    assert not Job.objects.exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the embedded engine plans anew")
def test_a_statement_that_is_repeated_is_prepared_whatever_the_size_of_its_numbers() -> None:
    for number in (1, 40_000, 3_000_000_000):
        rows.find(Job, pk=number)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ['%"jobs_job"%']
        )
        assert cursor.fetchone()[0] == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the embedded engine has no planner")
def test_looking_rows_up_costs_what_it_costs_without_a_turning_disk() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW random_page_cost")
        assert cursor.fetchone()[0] == "1.1"
