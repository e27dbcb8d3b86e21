"""Names are made of what most of the people say, whole words only."""

from __future__ import annotations

from linli.insight.hotspots.likeness import telling_grams
from linli.insight.hotspots.naming import Phrase, phrases_of
from linli.insight.hotspots.wording import wording


def names(*titles: str, people: str = "") -> list[Phrase]:
    wordings = [wording(title, "") for title in titles]
    who = list(people) or [str(number) for number in range(len(titles))]
    return phrases_of(wordings, who, telling_grams(wordings, who))


def test_the_longest_phrase_most_people_use_names_the_group() -> None:
    found = names("甲村麻将馆扰民", "乙巷麻将馆噪音", "丙园麻将馆扰民")

    assert found[0] == Phrase("麻将馆", 3)


def test_a_piece_that_goes_on_the_same_way_is_no_phrase() -> None:
    found = names("没有购房资格了吗", "哪有购房资格", "问购房资格审核")

    assert [phrase.text for phrase in found] == ["购房资格"]


def test_where_nearly_all_go_on_the_same_way_the_longer_phrase_names_the_group() -> None:
    found = names("东边糖水铺子乱", "旧桥糖水铺子吵", "河滩糖水铺子挤", "校门糖水铺面停")

    assert found[0] == Phrase("糖水铺子", 3)


def test_a_piece_of_a_listed_matter_is_no_phrase() -> None:
    texts = [phrase.text for phrase in names("购房补贴没发", "租房补贴没发", "购房补贴少了")]

    assert "房补贴" not in texts
    assert "补贴" in texts


def test_a_listed_matter_stays_whole_even_where_most_go_on_the_same_way() -> None:
    assert names("昨夜停水", "昨夜停水三户", "昨夜停水怪", "河东停水")[0].text == "停水"


def test_people_are_counted_and_not_messages() -> None:
    found = names("东街麻将馆闹", "西街麻将馆吵", "后厨油烟呛", "楼上油烟大", people="aabc")

    assert found == [Phrase("油烟", 2)]


def test_a_number_is_not_cut_in_two() -> None:
    texts = [phrase.text for phrase in names("317路改道", "317路绕行", "317路停开")]

    assert texts[0] == "317路"
    assert not any(text.startswith("7路") for text in texts)


def test_what_hangs_on_an_address_is_no_phrase() -> None:
    assert names("柳州市晒谷", "柳州市赶集", "柳州市划船") == [Phrase("柳州", 3)]


def test_nothing_in_common_gives_no_name() -> None:
    assert names("井盖响", "路灯灭", "树倒了") == []


def test_phrases_of_one_name_do_not_overlap() -> None:
    texts = [
        phrase.text for phrase in names("柳堤路旧城改造", "旧城改造柳堤路", "柳堤路的旧城改造")
    ]

    assert set(texts) == {"柳堤路", "旧城改造"}
