"""What a wall shows of a resident's words."""

from __future__ import annotations

import pytest

from linli.screens.board.wording import HIDDEN, LONGEST, wall_words


@pytest.mark.parametrize(
    ("words", "hidden"),
    [
        ("王桂兰家501室漏水，电话19900001234", ("王桂兰", "501", "1990", "1234")),
        ("王奶奶家楼上漏水", ("王",)),
        ("周先生反映路灯不亮", ("周",)),
        ("我叫欧阳小明，联系人张三", ("欧阳", "小明", "张三")),
        ("隔壁张三丰天天吵", ("张三丰", "三丰")),
        ("联系人：陈芳 139-0000-1234", ("陈芳", "139", "1234")),
        ("电话幺三九零零零零幺二三四", ("幺三九", "二三四")),
        ("身份证 11010119900307123X 的老人走失", ("1101", "123X")),
        ("１９９００００１２３４ 请回电", ("１９９", "２３４")),
        ("京A12312 天天堵门", ("A12312",)),
        ("加我微信 wang_1234，邮箱 w@example.org", ("wang", "example")),
        ("小李没来巡查，找老张说过", ("小李", "老张")),
        ("刘建国又在楼道抽烟", ("刘建国",)),
        ("槐树路12号3幢2单元门口路灯不亮", ("3幢", "2单元")),
        ("金桂苑1幢1单元门口电动车乱停", ("1幢", "1单元")),
    ],
)
def test_whatever_may_name_a_person_a_number_or_a_door_is_hidden(
    words: str, hidden: tuple[str, ...]
) -> None:
    shown = wall_words(words)
    assert [part for part in hidden if part in shown] == []
    assert HIDDEN in shown


@pytest.mark.parametrize(
    "words",
    [
        "第一网格楼下的垃圾堆了三天没人清",
        "槐树路12号门口路灯不亮",
        "马路上一滩油渍，一走就打滑",
        "金桂苑门口电动车乱停",
        "楼下黄格线上天天有人停车",
        "化粪池夏天一到就往上返",
        "上水井盖不见了",
    ],
)
def test_ordinary_words_stay_as_they_are(words: str) -> None:
    assert wall_words(words) == words


def test_the_reporters_own_name_is_hidden_wherever_it_stands() -> None:
    assert "卓玛" not in wall_words("卓玛央金说桥栏杆松了", ["卓玛央金"])


def test_a_long_title_is_cut_to_what_fits_the_wall() -> None:
    shown = wall_words("积水" * 60)
    assert len(shown) == LONGEST
    assert shown.endswith("…")
