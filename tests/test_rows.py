"""Rows written in plain SQL are the rows the ORM would have written."""

from __future__ import annotations

from typing import Any

import pytest

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


def test_a_change_reaches_the_matching_rows_and_counts_them() -> None:
    first, second, third = line(), line(), line(sequence=7)
    for row in (first, second, third):
        rows.insert(row)
    assert rows.change(AuditLine, {"result": "seen"}, sequence=None) == 2
    assert rows.change(AuditLine, {"result": "seen"}, sequence=8) == 0
    assert AuditLine.objects.get(pk=third.pk).result == ""


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
