"""Every word of every flow, and of what a whistle may be for, exists in English."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.utils.translation import gettext, override, pgettext

from linli.kernel.matters.kinds import Kind, kinds
from linli.whistles.seed import KINDS

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def words_of(kind: Kind) -> Iterator[str]:
    flow = kind.flow
    yield flow.name
    yield from (stage.name for stage in flow.stages)
    yield from (clock.name for clock in flow.clocks)
    for line in flow.lines.values():
        yield line.name
        yield line.advice


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.code)
def test_every_word_of_a_flow_has_its_english(kind: Kind) -> None:
    with override("en"):
        missing = [word for word in words_of(kind) if word and not in_english(word)]
    assert missing == []


def in_english(word: str) -> bool:
    """A stage and a button may have the same word in Chinese only; a stage has a context of its own."""
    found = (gettext(word), pgettext("stage", word))
    return any(not CHINESE.search(one) for one in found)


def test_what_a_whistle_is_for_has_its_english() -> None:
    with override("en"):
        assert [name for _, name in KINDS if not in_english(name)] == []
