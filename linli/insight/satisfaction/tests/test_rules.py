"""Who said what, on figures worked out elsewhere."""

from __future__ import annotations

from linli.insight.satisfaction.rules import Opinion


def test_who_is_not_satisfied_is_everybody_else() -> None:
    one = Opinion("", "", frozenset({1, 2, 3, 4}), frozenset({1}), frozenset({1}), frozenset({2}))
    assert one.liked == {1, 2}
    assert one.dissatisfied == {3, 4}
    assert one.unsolved == {2, 3, 4}
