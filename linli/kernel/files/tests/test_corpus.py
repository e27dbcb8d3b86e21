"""540 files of seven types, each with marks of its own; none may be found in what is served."""

from __future__ import annotations

from collections import Counter
from datetime import UTC

from linli.kernel.files.rules import ACCEPTED, Kind
from linli.kernel.files.sanitise import sanitise
from linli.kernel.files.tests.corpus import COUNTS, corpus, layers, tags_in

WITH_FACTS = ("JPEG", "PNG", "WEBP", "HEIC", "MP4")


def test_no_served_file_carries_a_tag_and_every_photo_s_place_is_set_aside() -> None:
    found: dict[str, list[str]] = {}
    seen: Counter[str] = Counter()
    for kind, name, data, marks in corpus():
        clean = sanitise(name, data, zone=UTC)
        tags = tags_in(clean.body.read(), marks)
        for thumbnail in clean.thumbnails.values():
            tags += tags_in(thumbnail, marks)
        if kind in WITH_FACTS and _off(clean.facts.lon, marks.lon):
            tags.append(f"place {clean.facts.lon} instead of {marks.lon}")
        if ACCEPTED[clean.format].kind is Kind.PHOTO and len(clean.thumbnails) != 2:
            tags.append("no thumbnails")
        seen[kind] += 1
        if tags:
            found[name] = tags

    assert found == {}
    assert seen == COUNTS
    assert sum(seen.values()) >= 500


def test_every_file_of_the_corpus_is_full_of_tags_before() -> None:
    plain = [
        name
        for _, name, data, marks in corpus()
        if not any(word in layer for _, layer in layers(data) for word in marks.needles())
        or not tags_in(data, marks)
    ]

    assert plain == []


def _off(found: float | None, planted: float) -> bool:
    return found is None or abs(found - planted) > 0.0001
