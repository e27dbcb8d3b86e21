"""A shared matter makes alike, a shared name alone does not."""

from __future__ import annotations

import numpy as np

from linli.insight.hotspots.likeness import (
    NAME_ALONE,
    Likeness,
    Places,
    shared_runs,
    telling_grams,
)
from linli.insight.hotspots.rules import JOIN_FROM
from linli.insight.hotspots.wording import wording


def likeness(
    *titles: str, classes: tuple[str, ...] = ()
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    wordings = [wording(title, "") for title in titles]
    telling = telling_grams(wordings, [str(number) for number in range(len(titles))])
    return Likeness(wordings, telling, classes or ("",) * len(titles)).of


def test_a_shared_name_alone_hardly_counts() -> None:
    of = likeness("镜湖湾门口堵死", "镜湖湾大厅没灯", "镜湖湾楼顶唱歌")

    assert of[0, 1] <= NAME_ALONE + 1e-9
    assert of[0, 1] < JOIN_FROM


def test_a_name_and_something_else_in_common_counts() -> None:
    of = likeness("镜湖湾楼顶唱歌", "楼顶唱歌镜湖湾也有", "镜湖湾大厅没灯")

    assert of[0, 1] > 2 * JOIN_FROM
    assert of[0, 2] < JOIN_FROM


def test_a_shared_matter_is_enough() -> None:
    assert likeness("甲子里麻将馆吵", "柳巷口麻将馆闹")[0, 1] > 2 * JOIN_FROM


def test_a_name_is_enough_for_messages_of_one_class() -> None:
    titles = ("镜湖湾门口堵死", "镜湖湾大厅没灯")

    assert likeness(*titles, classes=("噪声", "噪声"))[0, 1] > 2 * JOIN_FROM
    assert likeness(*titles, classes=("噪声", "照明"))[0, 1] < JOIN_FROM
    assert likeness(*titles, classes=("", ""))[0, 1] < JOIN_FROM


def test_a_whole_letter_in_common_is_no_name() -> None:
    letter = "昨夜风大树枝刮到车上玻璃碎一地保险公司不赔修车铺漫天要价"

    assert likeness(letter, letter + "急")[0, 1] > 2 * JOIN_FROM


def test_what_only_one_person_says_joins_nothing() -> None:
    wordings = [wording("麻将馆吵", ""), wording("麻将馆闹", "")]

    assert telling_grams(wordings, ["王奶奶", "王奶奶"]) == {}


def test_what_very_many_say_is_common_talk() -> None:
    wordings = [wording("小区里" + chr(0x4E00 + number), "") for number in range(40)]

    assert "小区" not in telling_grams(wordings, [str(number) for number in range(40)])


def test_a_rare_gram_tells_more_and_the_headline_more_than_the_rest() -> None:
    wordings = [wording("井盖", "")] * 6 + [wording("路灯", "")] * 4 + [wording("门锁", "")] * 2
    telling = telling_grams(wordings, [str(number) for number in range(12)])
    assert telling["路灯"] > telling["井盖"]
    assert telling["门锁"] == telling["路灯"], "two people tell no more than four"

    texts = [wording("井盖", "路灯"), wording("井盖", ""), wording("路灯", "")]
    of = Likeness(texts, telling_grams(texts, list("abc")), ("",) * 3).of
    assert of[0, 1] > of[0, 2] > 0


def test_overlapping_grams_make_one_run() -> None:
    common = {"麻将": 1.0, "将馆": 2.0, "麻将馆": 4.0, "扰民": 8.0}

    assert shared_runs(Places("乙村麻将馆天天扰民"), common) == {"麻将馆": 7.0, "扰民": 8.0}


def test_every_message_is_wholly_like_itself() -> None:
    of = likeness("甲子里麻将馆吵", "独一份")

    assert of.diagonal().tolist() == [1.0, 1.0]
    assert of[0, 1] == 0.0
