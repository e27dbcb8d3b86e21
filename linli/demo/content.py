"""The texts of the demo: what people say, how offices answer, how everybody is called. Files in `content/`.

All of it is made up. A sentence has one slot, `{place}`; the same sentences teach the demo classifier.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random

FOLDER = Path(__file__).parent / "content"
ANY_CLASS = "*"
PHONES = 10_000
"""Numbers 199 0000 0000 to 199 0000 9999: the block the demo keeps to; no operator has given it to anybody."""

RESIDENT_PHONES_FROM = 2_000
"""Below are the numbers of areas, organisations and staff."""


@dataclass(frozen=True)
class Reply:
    """What a unit notes for itself and what it answers in public; both may name the `{place}`."""

    handling_note: str
    public_reply: str


@dataclass(frozen=True)
class OrganizationPlan:
    """A row of `departments.csv`; names still have their slots."""

    code: str
    kind: str
    name: str
    short_name: str
    place: str
    workers: int
    login: str


@lru_cache(maxsize=1)
def phrases() -> Mapping[str, tuple[str, ...]]:
    """Sentences by class code."""
    found: dict[str, list[str]] = {}
    for row in _rows("phrases.csv"):
        found.setdefault(row["class_code"], []).append(row["sentence"])
    return {code: tuple(sentences) for code, sentences in found.items()}


@lru_cache(maxsize=1)
def replies() -> Mapping[str, Reply]:
    """Answers by class code; `*` is for every other class."""
    return {
        row["class_code"]: Reply(row["handling_note"], row["public_reply"])
        for row in _rows("replies.csv")
    }


def reply_for(code: str, place: str) -> Reply:
    """The answer for a class, with the place filled in."""
    found = replies().get(code) or replies()[ANY_CLASS]
    return Reply(found.handling_note.format(place=place), found.public_reply.format(place=place))


@lru_cache(maxsize=1)
def organization_plans() -> tuple[OrganizationPlan, ...]:
    return tuple(
        OrganizationPlan(
            row["code"], row["kind"], row["name"], row["short_name"], row["place"],
            int(row["workers"]), row["login"],
        )
        for row in _rows("departments.csv")
    )  # fmt: skip


def names(rng: Random) -> Iterator[str]:
    """Made-up names without end; all different until every pair of the lists is used."""
    pairs = [
        (family, given) for family in _lines("surnames.txt") for given in _lines("given_names.txt")
    ]
    while True:
        rng.shuffle(pairs)
        yield from (family + given for family, given in pairs)


def phone(number: int) -> str:
    """The telephone with this number of the demo's block, e.g. 19900000042."""
    return f"1990000{number % PHONES:04d}"


def resident_phone(rng: Random) -> str:
    return phone(rng.randrange(RESIDENT_PHONES_FROM, PHONES))


@lru_cache(maxsize=4)
def _lines(name: str) -> tuple[str, ...]:
    return tuple((FOLDER / name).read_text(encoding="utf-8").split())


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
