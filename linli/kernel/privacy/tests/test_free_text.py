"""Nothing personal leaves a text however it was typed, and nothing else is touched."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.privacy.free_text import masked_words, personal_in
from linli.kernel.privacy.tests.invented import KINDS, Invented, invented


def compact(text: str) -> str:
    """What somebody who wants to find the value again would read: figures and letters alone, one spelling each."""
    found = ""
    for sign in unicodedata.normalize("NFKC", text):
        digit = unicodedata.digit(sign, None)
        plain = SPELLED.get(sign, "") or (str(digit) if digit is not None else sign)
        found += plain.upper() if plain.isalnum() or plain in "*@#" else ""
    return found


SPELLED = {
    sign: str(value)
    for value, signs in enumerate(
        ("零〇○", "一幺壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
    )
    for sign in signs
}


def left(one: Invented) -> bool:
    """Whether more of a value is left than its mask shows."""
    shown, plain = compact(masked_words(one.said)), compact(one.plain)
    if one.kind == "name":
        return one.plain in masked_words(one.said)
    if one.kind == "home":
        return plain in shown
    if one.kind == "email":
        return compact(one.plain.partition("@")[0]) in shown
    size = min(len(plain), 6)
    return any(plain[at : at + size] in shown for at in range(len(plain) - size + 1))


@pytest.mark.parametrize("seed", range(5))
def test_no_value_of_any_kind_is_left_in_any_spelling(seed: int) -> None:
    samples = list(invented(600, seed=seed))
    assert {one.kind for one in samples} == set(KINDS)
    assert [one for one in samples if left(one)] == []


@pytest.mark.parametrize("seed", range(2))
def test_hiding_twice_is_hiding_once(seed: int) -> None:
    for one in invented(600, seed=100 + seed):
        masked = masked_words(one.said)
        assert masked_words(masked) == masked, one


@given(st.text(alphabet="我叫张建国1９九①-. 幢室号#@京A。，*春晓苑\u200b先生", max_size=40))
def test_hiding_any_text_twice_is_hiding_it_once(text: str) -> None:
    masked = masked_words(text)
    assert masked_words(masked) == masked


@pytest.mark.parametrize(
    "kept",
    [
        "3月9日起不亮，2026-03-09 12:30、2026.3.9、２０２６年３月９日、2024.1.13-2024.12.15 8:30",
        "编号 20260309000001，回执 202611280042，工单 123456789012",
        "12345、110、119、12315、96111、95598、400-800-1234 都打过",
        "表底数 00123456，用水 12.5 吨，电费 1500000.00元，宽1.5米，面积105m2",
        "坐标 120.0051234567，30.00512345",
        "GB/T 50180-2018、CJ/T 188-2018、K155路、1路公交、地铁3号线",
        "统一社会信用代码91310000MA1FL12345，信用代码 911101011990010112",
        "幸福路12号门口的井盖、灯杆3号、路口第3根、麦浪街364号",
        "两栋楼之间，有3栋高楼，三室两厅，5楼漏水，101教室，一栋三十层的写字楼",
        "张先生和王女士说，高新区居民方便老人，联系人信息不详",
        "唯一的路，一直不亮，一共三家，万一有事",
        "加微信群，QQ群里说，微信支付不了",
    ],
)
def test_what_is_not_personal_stays_to_the_letter(kept: str) -> None:
    assert masked_words(kept) == kept


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            "我叫张建国，电话１９９－0000－１２３４，住春晓苑3幢2单元501，楼下的路灯3月9日起不亮，12345也打过",
            "我叫张**，电话199****1234，住春晓苑***，楼下的路灯3月9日起不亮，12345也打过",
        ),
        ("（0571）88880000转8012，有人", "057*****0000***，有人"),
        ("打 +86 199-0000-1234", "打 199****1234"),
        ("0086-571-88880000", "571****0000"),
        ("电话88880000，编号88880000", "电话******00，编号88880000"),
        ("尾号11010119900101123X的人", "尾号110***********123X的人"),
        ("卡号6222 0000 0000 0000 018", "卡号***************0018"),
        ("京Ａ·１２３１２、苏AD12345、浙A1234警", "京A***12、苏A****45、浙A***4警"),
        ("护照E12345678，回乡证H1234567890", "护照***，回乡证***"),
        ("微信号：abc_123456，QQ 12345678", "微信号：***，QQ ***"),
        ("写到 wang@example.org 吧", "写到 w***@example.org 吧"),
        ("张建国先生和欧阳小明女士", "张**先生和欧阳**女士"),
        ("联系人：卓玛央金。业主王桂兰", "联系人：卓***。业主王**"),
        ("姓名李小燕一直打不通", "姓名李**一直打不通"),
        ("春晓苑３＃５０１漏水", "春晓苑***漏水"),
        ("幸福路12号301室", "幸福路***"),
        ("幸福小区12号", "幸福小区***"),
        ("曙光泊岸六栋和3幢楼下", "曙光泊岸***和***楼下"),
        ("春晓苑3-501，B座1203室", "春晓苑***，***"),
    ],
)
def test_what_is_personal_shows_as_much_as_its_mask_allows(said: str, shown: str) -> None:
    assert masked_words(said) == shown


def test_who_has_to_go_there_sees_the_home_and_nothing_else() -> None:
    said = "春晓苑3幢501，电话19900001234"
    assert masked_words(said, keep_home=True) == "春晓苑3幢501，电话199****1234"


def test_a_known_name_is_hidden_wherever_it_stands() -> None:
    assert (
        masked_words("王奶奶住这里，找王奶奶", names=("王奶奶", "王", "")) == "王**住这里，找王**"
    )


def test_a_value_is_told_by_kind_and_place() -> None:
    (found,) = personal_in("打\u200b１９９00001234。")
    assert (found.kind, found.start, found.end) == ("phone", 2, 13)


@pytest.mark.parametrize(
    "text",
    [
        "19900007777方便时请联系",
        "19900007777万一不在",
        "19900007777平时在",
        "**19900006666**",
        "*19900006666",
    ],
)
def test_a_number_is_hidden_whatever_word_or_star_stands_beside_it(text: str) -> None:
    shown = masked_words(text)
    assert "7777" not in shown.replace("199****7777", "")
    assert not re.search(r"[0-9]{8}", shown)
    assert masked_words(shown) == shown


@pytest.mark.parametrize("text", ["19900007777元", "19912345678平方米", "19912345678 吨"])
def test_an_amount_stays(text: str) -> None:
    assert masked_words(text) == text
