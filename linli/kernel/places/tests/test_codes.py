from __future__ import annotations

import pytest

from linli.kernel.places.codes import (
    COMPONENT_PATTERNS,
    CommunityKind,
    ComponentCode,
    Level,
    SubdistrictKind,
    check_parent,
    community_kind,
    compose_component_code,
    credit_check_character,
    credit_code_is_valid,
    extended_name,
    next_extended_minor,
    parent_code,
    parse_community_grid_code,
    parse_component_code,
    parse_grid_code,
    parse_region_code,
    subdistrict_kind,
)
from linli.kernel.places.errors import CodeInvalid, CodesExhausted, ParentMismatch


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("990000", Level.PROVINCE),
        ("990100", Level.CITY),
        ("990101", Level.DISTRICT),
        ("990101001", Level.SUBDISTRICT),
        ("990101001001", Level.COMMUNITY),
        ("990101001001001", Level.GRID),
        (990101001, Level.SUBDISTRICT),
        (" 990101 ", Level.DISTRICT),
    ],
)
def test_the_length_of_a_code_says_its_level(code: object, level: Level) -> None:
    assert parse_region_code(code).level is level


@pytest.mark.parametrize(
    "code",
    [
        "",
        "99010",
        "9901010",
        "99010a",
        "９９０１０１",
        "1.1E+17",
        990101.0,
        None,
        True,
        "000101",
        "990001",
    ],
)
def test_what_is_no_region_code_is_refused_with_field_and_value(code: object) -> None:
    with pytest.raises(CodeInvalid) as caught:
        parse_region_code(code, field="parent")
    assert caught.value.field == "parent"
    assert caught.value.value == code
    assert caught.value.status == 422


def test_the_third_segment_tells_street_town_and_township_apart() -> None:
    kinds = {
        segment: subdistrict_kind(f"990101{segment}")
        for segment in ("001", "099", "100", "199", "200", "399", "400", "599")
    }
    assert kinds == {
        "001": SubdistrictKind.STREET,
        "099": SubdistrictKind.STREET,
        "100": SubdistrictKind.TOWN,
        "199": SubdistrictKind.TOWN,
        "200": SubdistrictKind.TOWNSHIP,
        "399": SubdistrictKind.TOWNSHIP,
        "400": SubdistrictKind.TOWNSHIP_LIKE,
        "599": SubdistrictKind.TOWNSHIP_LIKE,
    }
    for segment in ("000", "600", "999"):
        with pytest.raises(CodeInvalid, match=segment):
            parse_region_code(f"990101{segment}")


def test_the_fourth_segment_tells_residents_and_village_committees_apart() -> None:
    kinds = [
        community_kind(f"990101001{segment}") for segment in ("001", "199", "200", "399", "601")
    ]
    assert kinds == [
        CommunityKind.RESIDENTS_COMMITTEE,
        CommunityKind.RESIDENTS_COMMITTEE,
        CommunityKind.VILLAGE_COMMITTEE,
        CommunityKind.VILLAGE_COMMITTEE,
        CommunityKind.MERGED,
    ]
    for segment in ("000", "600"):
        with pytest.raises(CodeInvalid, match="居委会"):
            parse_region_code(f"990101001{segment}")


def test_a_grid_of_another_community_is_refused() -> None:
    assert parse_grid_code("990101001001007", community="990101001001") == "990101001001007"
    with pytest.raises(ParentMismatch, match="990101001001"):
        parse_grid_code("990101001002007", community="990101001001")
    with pytest.raises(CodeInvalid, match="15 位"):
        parse_grid_code("990101001001", community="990101001001")


def test_a_parent_is_compared_by_its_significant_digits_only() -> None:
    check_parent("990101", "990100")
    check_parent("990101", "990000")
    check_parent("990100003", "990100")
    with pytest.raises(ParentMismatch):
        check_parent("990201", "990100")


def test_the_parent_code_is_three_digits_shorter() -> None:
    assert [parent_code(c) for c in ("990101001001001", "990101001001", "990101001", "990101")] == [
        "990101001001",
        "990101001",
        "990101",
        "",
    ]


def test_a_twenty_digit_code_becomes_a_fifteen_digit_one() -> None:
    parsed = parse_community_grid_code("10000199010100100107")
    assert (parsed.object_code, parsed.community, parsed.sequence) == (
        "100001",
        "990101001001",
        "07",
    )
    assert parsed.grid == "990101001001007"
    assert not parsed.undivided


def test_an_undivided_or_merged_community_is_read_from_twenty_digits() -> None:
    parsed = parse_community_grid_code("10000199010100160100")
    assert parsed.undivided
    assert parsed.community == "990101001601"
    assert parsed.grid == "990101001601000"
    with pytest.raises(CodeInvalid, match="20 位"):
        parse_community_grid_code("1000019901010010010")


def test_a_component_code_is_composed_by_the_pattern_and_read_back() -> None:
    older = ComponentCode("990101", "01", "02", "000123")
    assert compose_component_code(older) == "9901010102000123"
    assert parse_component_code("9901010102000123") == older
    newer = ComponentCode("990101", "01", "002", "00123")
    pattern = COMPONENT_PATTERNS["6+2+3+5"]
    assert compose_component_code(newer, pattern=pattern) == "9901010100200123"
    assert parse_component_code("9901010100200123", pattern=pattern) == newer


def test_a_part_that_does_not_fit_the_pattern_is_named() -> None:
    with pytest.raises(CodeInvalid) as caught:
        compose_component_code(ComponentCode("990101", "01", "002", "000123"))
    assert (caught.value.field, caught.value.value) == ("minor", "002")
    for pattern in ((6, 2, 2, 5), (6, 2, 8), (6, 2, 8, 0)):
        with pytest.raises(CodeInvalid, match="16 位"):
            compose_component_code(ComponentCode("990101", "01", "02", "000123"), pattern=pattern)
    with pytest.raises(CodeInvalid, match="16 位"):
        parse_component_code("99010101020001234")


def test_own_classes_are_numbered_backwards_and_never_twice() -> None:
    assert next_extended_minor([]) == "99"
    assert next_extended_minor(["01", "99"]) == "98"
    assert next_extended_minor({"99", "97"}) == "98"
    assert next_extended_minor(["999", "998"], width=3) == "997"
    with pytest.raises(CodesExhausted):
        next_extended_minor([f"{n:03d}" for n in range(80, 1000)], width=3)
    with pytest.raises(CodesExhausted):
        next_extended_minor([f"{n:02d}" for n in range(1, 100)])
    with pytest.raises(CodeInvalid):
        next_extended_minor([], width=4)
    assert extended_name(extended_name("私设地锁")) == "私设地锁（自定义）"


def test_the_check_character_of_a_credit_code() -> None:
    assert credit_check_character("91350100M000100Y4") == "3"
    assert credit_code_is_valid("91350100M000100Y43")
    for wrong in (
        "91350100M000100Y44",
        "91350100M000100Y4",
        "91350100M000100I43",
        "19350100M000100Y43",
    ):
        assert not credit_code_is_valid(wrong)
    with pytest.raises(CodeInvalid) as caught:
        credit_check_character("short")
    assert caught.value.field == "credit_code"
