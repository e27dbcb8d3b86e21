"""What people write names a building, a quarter, a number in a street, a crossing or an area, and says how surely."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.places.reading.gazetteer import Gazetteer, House, Kind, Spot, gazetteer
from linli.kernel.places.reading.homes import split_home, without_homes
from linli.kernel.places.reading.rules import SURE_FROM, Near, read_place
from linli.kernel.places.reading.spelling import house_key, number_in

C1, C2 = 3, 4
G1, G2, G3 = 5, 6, 7
AREAS = [
    (Kind.SUBDISTRICT, Spot("槐荫街道", 1, 2)),
    (Kind.COMMUNITY, Spot("槐树里社区", 1, 2, C1)),
    (Kind.COMMUNITY, Spot("清河湾社区", 1, 2, C2)),
    (Kind.COMMUNITY, Spot("和平社区", 1, 2, 8)),
    (Kind.GRID, Spot("第一网格", 1, 2, C1, G1)),
    (Kind.GRID, Spot("第二网格", 1, 2, C1, G2)),
    (Kind.GRID, Spot("第三网格", 1, 2, C2, G3)),
]


def houses() -> list[House]:
    grids = {spot.name: spot for _, spot in AREAS}
    rows = [
        *(("第一网格", "望舒庭", f"{n}幢", f"槐荫街道麦浪街{360 + 2 * n}号") for n in range(1, 14)),
        ("第一网格", "望舒庭", "12号商铺楼", "麦浪街400号"),
        ("第一网格", "望舒庭", "甲幢", ""),
        ("第一网格", "望舒庭", "A座", ""),
        ("第二网格", "枫林里", "1幢", "槐荫路10号"),
        ("第三网格", "枫林里", "1幢", "槐荫路482号"),
        ("第三网格", "枫林里", "9幢", ""),
        ("第三网格", "", "槐荫大厦", "槐荫路500号"),
    ]
    return [
        House(grids[grid], number, quarter, name, address, 120 + number / 1e4, 30 + number / 1e4)
        for number, (grid, quarter, name, address) in enumerate(rows, start=1)
    ]


BOOK: Gazetteer = gazetteer(AREAS, houses())


@pytest.mark.parametrize(
    "text",
    [
        "望舒庭12幢", "望舒庭１２幢", "望舒庭12栋", "望舒庭12号楼", "望舒庭十二幢", "望舒庭第十二幢", "望舒庭12#",
        "望舒庭 12 幢", "望舒庭小区12幢", "望舒庭，12座", "望舒庭二期12幢", "望舒庭12幢2单元501", "望舒庭12-2-501",
        "望舒庭12#501室", "望舒庭12号门口", "望\u200b舒庭12幢", "家住望舒庭12幢的路灯不亮", "麦浪街384号",
        "麦浪街三百八十四号", "麦浪街 384 号", "望舒庭012幢", "槐树里社区望舒庭12幢",
    ],
)  # fmt: skip
def test_one_building_is_known_however_it_is_written(text: str) -> None:
    read = read_place(text, BOOK)
    assert read is not None
    assert (read.spot.name, read.spot.building_id, read.spot.grid_id) == ("望舒庭12幢", 12, G1)
    assert read.sure
    assert read.spot.lon is not None
    assert read.matched[:2] in read.sentence


@pytest.mark.parametrize(
    ("text", "kind", "name", "grid", "community"),
    [
        ("望舒庭甲幢", Kind.BUILDING, "望舒庭甲幢", G1, C1),
        ("望舒庭a座", Kind.BUILDING, "望舒庭A座", G1, C1),
        ("望舒庭12号商铺楼", Kind.BUILDING, "望舒庭12号商铺楼", G1, C1),
        ("槐荫大厦门口", Kind.BUILDING, "槐荫大厦", G3, C2),
        ("枫林里9幢", Kind.BUILDING, "枫林里9幢", G3, C2),
        ("清河湾社区枫林里1幢", Kind.BUILDING, "枫林里1幢", G3, C2),
        ("第二网格枫林里1栋", Kind.BUILDING, "枫林里1幢", G2, C1),
        ("望舒庭", Kind.QUARTER, "望舒庭", G1, C1),
        ("望舒庭小区的路灯", Kind.QUARTER, "望舒庭", G1, C1),
        ("望舒庭路灯不亮", Kind.QUARTER, "望舒庭", G1, C1),
        ("望舒庭小区一楼", Kind.QUARTER, "望舒庭", G1, C1),
        ("望舒庭99幢", Kind.QUARTER, "望舒庭", G1, C1),
        ("第1网格", Kind.GRID, "第一网格", G1, C1),
        ("槐树里居委会", Kind.COMMUNITY, "槐树里社区", None, C1),
        ("槐树里垃圾没人清", Kind.COMMUNITY, "槐树里社区", None, C1),
        ("槐荫街道", Kind.SUBDISTRICT, "槐荫街道", None, None),
        ("麦浪街与槐荫路交叉口", Kind.CROSSING, "麦浪街与槐荫路路口", G1, C1),
    ],
)
def test_every_kind_of_place_is_read(
    text: str, kind: Kind, name: str, grid: int | None, community: int | None
) -> None:
    read = read_place(text, BOOK)
    assert read is not None
    assert (read.kind, read.spot.name) == (kind, name)
    assert (read.spot.grid_id, read.spot.community_id) == (grid, community)
    assert read.sure


@pytest.mark.parametrize(
    "text",
    ["", "啥也没有", "望舒庭路与某路", "3幢楼下", "和平解决", "槐树里路12号", "望舒", "！？"],
)
def test_what_names_no_known_place_is_no_place(text: str) -> None:
    assert read_place(text, BOOK) is None


def test_an_unknown_number_is_near_the_next_known_one_and_less_sure() -> None:
    near, far = read_place("槐荫路480号", BOOK), read_place("槐荫路200号", BOOK)
    assert near is not None
    assert far is not None
    assert (near.spot.grid_id, near.spot.building_id, near.figures["numbers_apart"]) == (
        G3,
        None,
        2,
    )
    assert "最近的是482号（枫林里1幢）" in near.sentence
    assert (near.sure, far.sure) == (True, False)
    exact = read_place("槐荫路482号", BOOK)
    assert exact is not None
    assert exact.probability > near.probability > far.probability


def test_two_quarters_of_one_name_are_told_apart_by_the_reporter_or_both_said() -> None:
    both = read_place("枫林里1幢", BOOK)
    assert both is not None
    assert (both.sure, both.spot.community_id, len(both.others)) == (False, None, 2)
    assert "有 2 处（第二网格、第三网格）" in both.sentence
    mine = read_place("枫林里1幢", BOOK, near=Near(frozenset({G3})))
    assert mine is not None
    assert (mine.spot.grid_id, mine.sure) == (G3, True)
    assert "按上报人所在的区域" in mine.sentence
    there = read_place("枫林里1幢", BOOK, near=Near(lon=120.0017, lat=30.0017))
    assert there is not None
    assert (there.spot.grid_id, "按离上报人的远近" in there.sentence) == (G2, True)


def test_a_bare_number_is_read_where_the_reporter_is() -> None:
    read = read_place("3 幢楼下的路灯不亮", BOOK, near=Near(frozenset({G1})))
    assert read is not None
    assert (read.spot.name, read.sure) == ("望舒庭3幢", True)
    assert read_place("1幢楼下", BOOK, near=Near(frozenset({G1, G2, G3}))) is None


def test_a_building_outside_the_community_named_is_doubted() -> None:
    read = read_place("清河湾社区望舒庭1幢", BOOK)
    assert read is not None
    assert (read.kind, read.spot.community_id) == (Kind.COMMUNITY, C2)


def test_what_lies_below_the_building_is_kept_apart() -> None:
    read = read_place("望舒庭12幢2单元501室漏水", BOOK)
    assert read is not None
    assert read.home == "2单元501室"
    assert split_home("望舒庭12幢2单元501室漏水") == ("望舒庭12幢", "2单元501室", "漏水")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("望舒庭12幢2单元501漏水", "望舒庭12幢\n漏水"),
        ("望舒庭12幢501室", "望舒庭12幢\n"),
        ("望舒庭３＃５０１室", "望舒庭３＃\n"),
        ("望舒庭12-2-501", "望舒庭12\n"),
        ("电话19900001111，请回", "电话\n，请回"),
        ("电话 199 0000 1111", "电话 \n"),
        ("0571-88880000", "\n"),
        ("110101199003071234", "\n"),
        ("20260309000042 113163241217", "20260309000042 113163241217"),
        ("麦浪街364号 望舒庭12幢楼道", "麦浪街364号 望舒庭12幢楼道"),
        ("望舒庭3号楼2026年", "望舒庭3号楼2026年"),
    ],
)
def test_homes_and_telephones_are_left_out_and_places_stay(text: str, left: str) -> None:
    assert without_homes(text) == left


@given(st.integers(1, 999))
def test_a_number_in_characters_is_the_number(number: int) -> None:
    digits = "零一二三四五六七八九"
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    said = f"{digits[hundreds]}百" if hundreds else ""
    said += f"{digits[tens]}十" if tens else ("零" if hundreds and ones else "")
    said += digits[ones] if ones else ""
    assert number_in(said) == number
    assert house_key(f"{said}号楼") == house_key(f"{number}幢") == str(number)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    read = read_place(text, BOOK)
    assert read is None or 0 < read.probability <= 1


def test_the_limit_of_being_sure_lies_below_every_plain_name() -> None:
    assert (
        min(
            read.probability
            for text in ("望舒庭", "槐树里", "第1网格")
            if (read := read_place(text, BOOK))
        )
        > SURE_FROM
    )
