"""Masking keeps what the rule keeps and nothing more (domain facts: people, section 4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.privacy import masks


@pytest.mark.parametrize(
    ("kind", "plain", "masked"),
    [
        ("phone", "19900001234", "199****1234"),
        ("id_number", "110101195001011234", "110***********1234"),
        ("name", "张三", "张*"),
        ("name", "张三丰", "张**"),
        ("name", "欧阳小明", "欧阳**"),
        ("address", "和风社区春晓苑3幢2单元501", "和风社区春晓苑***"),
        ("bank_card", "6222000000000018", "************0018"),
        ("plate", "京A12312", "京A***12"),
        ("email", "abc@example.org", "a***@example.org"),
    ],
)
def test_each_kind_is_masked_as_the_table_of_the_field_says(
    kind: str, plain: str, masked: str
) -> None:
    assert masks.MASKS[kind](plain) == masked


@pytest.mark.parametrize(
    ("keep", "masked"),
    [
        ((3, 3), "110************234"),
        ((4, 4), "1101**********1234"),
        ((6, 4), "110101********1234"),
    ],
)
def test_an_id_number_may_keep_one_of_three_other_pairs(keep: tuple[int, int], masked: str) -> None:
    assert masks.mask_id_number("110101195001011234", keep=keep) == masked


def test_an_id_number_cannot_be_kept_almost_whole() -> None:
    with pytest.raises(ValueError, match="keep must be one of"):
        masks.mask_id_number("110101195001011234", keep=(10, 6))


@pytest.mark.parametrize(
    "written", ["199 0000 1234", "199-0000-1234", "+86 199 0000 1234", "008619900001234"]
)
def test_a_phone_is_masked_however_it_is_written(written: str) -> None:
    assert masks.mask_phone(written) == "199****1234"


def test_a_landline_keeps_its_area_code_and_tail_and_a_short_number_only_two_digits() -> None:
    assert masks.mask_phone("099-00001234") == "099****1234"
    assert masks.mask_phone("00001234") == "******34"
    assert masks.mask_phone("1234") == "****"


def test_a_name_of_one_character_is_hidden_and_a_short_name_is_not_a_compound_family_name() -> None:
    assert masks.mask_name("王") == "*"
    assert masks.mask_name("欧阳") == "欧*"
    assert masks.mask_name("") == ""


def test_the_dot_in_a_long_name_stays_so_that_its_shape_can_be_read() -> None:
    assert masks.mask_name("买买提·艾力") == "买**·**"


@pytest.mark.parametrize(
    ("plain", "masked"),
    [
        ("槐树路12号春晓苑3幢2单元501", "槐树路12号春晓苑***"),
        ("槐树里社区春晓苑三幢二单元", "槐树里社区春晓苑***"),
        ("槐树里12号501室", "槐树里***"),
        ("槐树里12号", "槐树里***"),
        ("春晓苑3-2-501", "春晓苑***"),
        ("春晓苑 B座 1203", "春晓苑 ***"),
        ("槐树里社区", "槐树里社区"),
    ],
)
def test_an_address_ends_at_the_quarter(plain: str, masked: str) -> None:
    assert masks.mask_address(plain) == masked


def test_a_green_plate_and_a_plate_with_a_dot_keep_two_and_two() -> None:
    assert masks.mask_plate("京A·12312") == "京A***12"
    assert masks.mask_plate("京AD12345") == "京A****45"


@pytest.mark.parametrize("odd", ["", "@example.org", "abc"])
def test_what_is_no_email_address_is_hidden_whole(odd: str) -> None:
    assert masks.mask_email(odd) == "***"


@given(st.text(alphabet="0123456789", min_size=1, max_size=20))
def test_never_more_than_seven_digits_of_a_phone_are_shown(digits: str) -> None:
    masked = masks.mask_phone(digits)
    assert sum(character.isdigit() for character in masked) <= 7
    assert "*" in masked or masked == ""


@given(st.text(min_size=1, max_size=30))
def test_a_masked_name_shows_at_most_two_characters_of_it(name: str) -> None:
    shown = [c for c in masks.mask_name(name) if c not in "*·•" and not c.isspace()]
    assert len(shown) <= 2
