from __future__ import annotations

from collections.abc import Callable

from tests.bench.harness import Bench, Figures, measure


def counting(order: list[str], name: str, values: list[float]) -> Callable[[], Figures]:
    def round_() -> Figures:
        order.append(name)
        return {"ms": values.pop(0)}

    return round_


def test_sides_take_turns_and_the_ratio_is_between_the_medians() -> None:
    order: list[str] = []
    sides = {"a": counting(order, "a", [10, 50, 11]), "b": counting(order, "b", [22, 20, 90])}

    first, second = measure(Bench("intake", "?", sides), rounds=3)

    assert order == ["a", "b", "b", "a", "a", "b"]
    assert (first.median, first.least, first.most, first.ratio) == (11, 10, 50, 1.0)
    assert (second.median, second.ratio) == (22, 2.0)
