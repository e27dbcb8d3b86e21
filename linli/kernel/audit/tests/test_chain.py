"""The chain names the first line that was edited, removed or moved."""

from __future__ import annotations

import pytest
from django.db import connection

from linli.kernel.audit import chain
from linli.kernel.audit.models import AuditLine
from tests.world import MONDAY

pytestmark = pytest.mark.django_db


def write(number: int) -> None:
    for index in range(number):
        chain.write(
            at=MONDAY, actor_kind="staff", account_id=1, actor_name="小李", action="cases.close",
            subject=f"cases.case:{index}", detail={"n": index},
        )  # fmt: skip


def test_an_untouched_chain_is_intact_and_counts_what_is_not_sealed_yet() -> None:
    write(5)
    assert chain.seal() == 5
    write(2)
    assert chain.verify() == chain.Verdict(sealed=5, unsealed=2)
    assert chain.seal() == 2
    assert chain.seal() == 0
    assert chain.verify() == chain.Verdict(sealed=7, unsealed=0)


@pytest.mark.parametrize("column", ["subject", "actor_name", "action", "result"])
def test_one_changed_character_is_found_at_its_line(column: str) -> None:
    write(6)
    chain.seal()
    AuditLine.objects.filter(sequence=4).update(**{column: "x"})
    assert chain.verify().broken_at == 4


def test_a_changed_figure_in_the_detail_is_found() -> None:
    write(3)
    chain.seal()
    AuditLine.objects.filter(sequence=2).update(detail={"n": 9})
    assert chain.verify().broken_at == 2


def test_a_removed_line_is_found_in_the_middle_and_at_the_end() -> None:
    write(6)
    chain.seal()
    AuditLine.objects.filter(sequence=6).delete()
    assert chain.verify().broken_at == 6
    AuditLine.objects.filter(sequence=3).delete()
    assert chain.verify().broken_at == 3


def test_two_lines_that_changed_places_are_found() -> None:
    write(4)
    chain.seal()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditline SET sequence = 99 WHERE sequence = 2")
        cursor.execute("UPDATE audit_auditline SET sequence = 2 WHERE sequence = 3")
        cursor.execute("UPDATE audit_auditline SET sequence = 3 WHERE sequence = 99")
    assert chain.verify().broken_at == 2
