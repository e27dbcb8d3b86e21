"""What may leave of a text: personal values masked, door numbers cut, at most 4,000 characters."""

from __future__ import annotations

import pytest

from linli.doors.open311.publishing import published_address, published_text


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("电话19900001234。", "电话199****1234。"),
        ("打 +86 199-0000-1234", "打 199****1234"),
        ("199 0000 1234", "199****1234"),
        ("座机 0999-55501234", "座机 099*****1234"),
        ("身份证110101199001011234", "身份证110***********1234"),
        ("尾号11010119900101123X的人", "尾号110***********123X的人"),
        ("写到 wang@example.org 吧", "写到 w***@example.org 吧"),
        ("编号 20260309000001", "编号 20260309000001"),
        ("工单 123456789012", "工单 123456789012"),
        ("坐标 120.0051234567", "坐标 120.0051234567"),
        ("三天没人清", "三天没人清"),
    ],
)
def test_personal_values_in_a_text_are_masked_and_nothing_else_is(
    written: str, published: str
) -> None:
    assert published_text(written) == published


def test_the_reporter_is_masked_by_name_and_by_any_kind_of_number() -> None:
    assert (
        published_text("王奶奶住这里，王奶奶的电话5550123", [("王奶奶", "5550123")])
        == "王**住这里，王**的电话*****23"
    )
    assert published_text("王家门口", [("王", "12")]) == "王家门口"


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("春晓苑3幢2单元501室", "春晓苑"),
        ("春晓苑３幢５０１", "春晓苑"),
        ("春晓苑12号楼5层东侧", "春晓苑"),
        ("3#501", ""),
        ("槐树路1号", "槐树路1号"),
        ("3楼下的垃圾箱", "3楼下的垃圾箱"),
        ("一单元 201", ""),
    ],
)
def test_an_address_stops_at_the_quarter(written: str, published: str) -> None:
    assert published_address(written) == published


def test_a_long_text_is_cut_with_a_sign() -> None:
    cut = published_text("长" * 4_001)
    assert (len(cut), cut[-1]) == (4_000, "…")
    assert published_text("长" * 4_000) == "长" * 4_000


def test_a_number_that_the_cut_would_halve_does_not_show() -> None:
    assert "1990000" not in published_text("长" * 3_992 + "19900001234")
