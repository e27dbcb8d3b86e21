"""Likeness of texts and the keys by which alike texts meet."""

import random

from hypothesis import given
from hypothesis import strategies as st

from linli.cases.duplicates.text import (
    KEY_COUNT,
    bigrams,
    normalise,
    same_text,
    text_keys,
    text_likeness,
)

LEAK = "槐树里社区三号楼下水管道漏水,一楼王奶奶家墙面发霉,请尽快派人维修"


def test_width_case_spaces_and_marks_do_not_matter() -> None:
    assert normalise("3号楼 A座,漏水!") == "3号楼a座漏水"
    assert same_text("3号楼 A座,漏水!", "3号楼A座漏水")
    assert not same_text("", "!")


def test_the_example_of_the_module_holds() -> None:
    assert bigrams("路灯不亮") == {"路灯", "灯不", "不亮"}
    assert text_likeness("路灯不亮", "路灯又不亮") == 0.4


def test_a_single_character_is_compared_as_it_stands_and_nothing_with_nothing_is_not_alike() -> (
    None
):
    assert text_likeness("堵", "堵") == 1.0
    assert text_likeness("", "") == 0.0
    assert text_likeness("堵", "") == 0.0


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_symmetric_and_between_zero_and_one(one: str, other: str) -> None:
    likeness = text_likeness(one, other)
    assert likeness == text_likeness(other, one)
    assert 0.0 <= likeness <= 1.0


@given(st.text(max_size=80))
def test_keys_are_few_positive_and_fit_a_bigint(text: str) -> None:
    keys = text_keys(text)
    assert len(set(keys)) == len(keys) <= KEY_COUNT
    assert all(0 <= key < 2**63 for key in keys)
    assert bool(keys) == bool(normalise(text))


def test_keys_are_the_same_in_every_run() -> None:
    assert text_keys("路灯不亮") == (5869616170939382383,)


def test_keys_find_what_brute_force_finds_among_reworded_texts() -> None:
    chance = random.Random(3)
    letters = "".join(chr(0x4E00 + n) for n in range(800))
    texts = ["".join(chance.choices(letters, k=70)) for _ in range(150)]
    reworded = [text[:20] + "".join(chance.choices(letters, k=12)) + text[32:] for text in texts]
    missed = wrong = 0
    for i, new in enumerate(reworded):
        keys = set(text_keys(new))
        alike = {n for n, text in enumerate(texts) if text_likeness(new, text) >= 0.3}
        found = {n for n, text in enumerate(texts) if keys & set(text_keys(text))}
        assert alike == {i}
        missed += len(alike - found)
        wrong += len(found - alike)
    assert (missed, wrong) == (0, 0)


def test_a_reworded_complaint_shares_a_key_and_an_unrelated_one_does_not() -> None:
    reworded = LEAK.replace("请尽快派人维修", "希望物业马上来修")
    assert set(text_keys(LEAK)) & set(text_keys(reworded))
    assert not set(text_keys(LEAK)) & set(text_keys("小区门口夜间占道摆摊油烟扰民"))
