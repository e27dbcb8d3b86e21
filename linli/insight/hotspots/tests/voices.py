"""Small worlds of messages: who said what when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from linli.insight.hotspots.rules import Voice

FIRST = date(2026, 3, 2)
"""A Monday."""

CARDS = (
    "甲子里麻将馆半夜扰民", "柳巷口麻将馆通宵噪音", "清河湾麻将馆打牌吵人", "桥头麻将馆夜夜不关",
)  # fmt: skip
LIFTS = ("镜湖湾电梯总困人", "镜湖湾电梯又停了", "镜湖湾电梯坏了没人修")


def said(key: int, title: str, *, who: str = "", days: int = 0, **more: Any) -> Voice:
    """Message `key`, `days` after `FIRST`, by a person of its own unless `who` says another."""
    fields: dict[str, object] = {
        "key": str(key),
        "title": title,
        "reporter": who or f"居民{key}",
        "day": FIRST + timedelta(days=days),
    }
    return Voice(**{**fields, **more})


def a_stream() -> list[Voice]:
    """Two matters among other messages."""
    texts = (*CARDS, *LIFTS, "路口想要红灯", "幼儿园哪天开学", "镜湖湾门口堵车")
    return [said(number, text, days=3 * number) for number, text in enumerate(texts, start=1)]
