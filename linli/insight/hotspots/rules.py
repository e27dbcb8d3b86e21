"""Which matters come back: messages of a period grouped into topics, and topics ranked.

    3 messages 「甲小区麻将馆半夜扰民」 「乙村麻将馆噪音」 「丙花园麻将馆通宵」 by three people in two weeks, 4 votes
    -> one topic 「麻将馆」: 7 people affected (3 reporters + 4 votes), 3 places, 2 weeks

1. Copies of one person are one voice: the same words by the same reporter count once, with the highest votes.
2. How alike two messages are says `likeness`: a shared name alone makes nobody alike.
3. Average linkage builds a tree; it is walked from above, and the largest branch that is a topic is taken. Average
   linkage asks for likeness to the whole group, so no chain of neighbours grows into a giant.
4. A branch is a topic when at least `LEAST_REPORTERS` people are in it, each message is alike with at least half of
   those of other people (the few that are not are left out), and most of the people, three at least, use one phrase.
5. Rank: people affected weigh half, spread and persistence a quarter each, every part on a logarithmic scale of its
   own up to a fixed full mark (1,000 people, 20 places, 26 weeks): three more weeks mean much to a young topic and
   little to an old one, and no score depends on another topic. A part the data cannot tell is left out and the others
   weigh more. Votes are given without names, so who voted twice is counted twice; per reporter only the best-voted
   message counts.

The order of the input does not matter. Everything is compared with everything inside a block; up to `MOST_TOGETHER`
messages are one block, more are divided by class, then place, then month.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.cluster.hierarchy import ClusterNode, linkage, to_tree
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform

from linli.cases.classifier.features import shipped_themes
from linli.insight.hotspots.likeness import Floats, Likeness, telling_grams
from linli.insight.hotspots.naming import Phrase, phrases_of
from linli.insight.hotspots.wording import Wording, same_words, wording
from linli.kernel.privacy.free_text import masked_words

MOST_TOGETHER = 2_000
"""Messages compared with each other, 500–4,000; the comparison takes 32 MB and some seconds at 2,000."""

JOIN_FROM = 0.10
"""Average likeness of two branches that may be one topic, 0.08–0.2; read from the first hundred topics of a stream."""

FIT_FROM = 0.06
"""Likeness from which two messages of a topic support each other; 0.04–`JOIN_FROM`."""

FIT_SHARE = 0.5
"""Share of the others a message must be alike with to stay; 0.4–0.8."""

KEPT_SHARE = 0.75
"""Share of a branch that must stay for the branch to be a topic; otherwise its parts are looked at. 0.6–1."""

LEAST_REPORTERS = 3
"""People in a topic; 2–10. Two may be a couple."""

LEAST_SUPPORT = 20
"""Votes, 5–100, from which a message that stands alone is worth a line of its own."""

WEIGHTS = {"people": 50.0, "spread": 25.0, "persistence": 25.0}
"""Points of each part of the score; they add up to 100."""

FULL_MARKS = {"people": 1_000, "spread": 20, "persistence": 26}
"""People, places and weeks from which a part has all its points."""

EXAMPLE_CHARACTERS = 60
"""Characters of a body shown where there is no title; 20–120."""

PARTS_SHOWN = 2
"""Phrases in a name; 1–3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One message or report. `key` finds it again: a row number or a receipt.

    Empty text and None mean unknown: `reporter` is whoever wrote it, `place` and `category` are names. `votes` and
    `against` are how many agreed or disagreed.
    """

    key: str
    title: str
    body: str = ""
    reporter: str = ""
    day: date | None = None
    votes: int = 0
    against: int = 0
    place: str = ""
    category: str = ""

    @property
    def heading(self) -> str:
        """What may be shown of it: its title, or how it begins, masked."""
        return masked_words(self.title or self.body[:EXAMPLE_CHARACTERS])


@dataclass(frozen=True, slots=True)
class Member:
    """A voice in a topic; `copies` are the keys of the same words by the same person."""

    voice: Voice
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the score: what was counted, and the points it gave of the most it could."""

    counted: int
    points: float
    most: float


@dataclass(frozen=True, slots=True)
class Topic:
    """A matter that comes back. `phrases` are what how many people say; `example` is the most typical title."""

    name: str
    phrases: tuple[Phrase, ...]
    example: str
    members: tuple[Member, ...]
    reporters: int
    votes: int
    against: int
    places: tuple[str, ...]
    days: int
    weeks: int
    first: date | None
    last: date | None
    score: float
    parts: dict[str, Part]
    sentence: str

    @property
    def people(self) -> int:
        """People affected: who reported, and votes."""
        return self.reporters + self.votes


@dataclass(frozen=True, slots=True)
class _Heard:
    """A member ready to be compared."""

    member: Member
    said: Wording
    reporter: str


def find_topics(voices: Sequence[Voice]) -> list[Topic]:
    """Topics of a period, the highest score first; each voice is in one topic at most."""
    heard = [_heard(member) for member in fold_copies(voices)]
    heard = [one for one in heard if one.said.headline]
    places_known = any(voice.place for voice in voices)
    telling = telling_grams([one.said for one in heard], [one.reporter for one in heard])
    topics = [
        _topic(group, places_known=places_known)
        for block in _blocks(heard, _DIVIDERS)
        for group in _groups(block, telling)
    ]
    return sorted(topics, key=lambda topic: (-topic.score, topic.name, topic.members[0].voice.key))


def widely_supported(voices: Sequence[Voice], topics: Sequence[Topic]) -> list[Member]:
    """Messages in no topic that at least `LEAST_SUPPORT` people agreed with, the most supported first."""
    grouped = {member.voice.key for topic in topics for member in topic.members}
    alone = [
        member
        for member in fold_copies(voices)
        if member.voice.votes >= LEAST_SUPPORT and member.voice.key not in grouped
    ]
    return sorted(alone, key=lambda one: (-one.voice.votes, _by_number(one.voice.key)))


def fold_copies(voices: Sequence[Voice]) -> list[Member]:
    """Each voice once, in an order that depends on what was said and not on the file."""
    same: dict[tuple[str, str], list[Voice]] = defaultdict(list)
    for voice in voices:
        same[voice.reporter, same_words(voice.title, voice.body)].append(voice)
    members = []
    for (_reporter, _words), copies in sorted(
        same.items(), key=lambda item: (item[0][1], item[0][0])
    ):
        first, *others = sorted(copies, key=lambda one: (one.day or date.max, _by_number(one.key)))
        votes = max(one.votes for one in copies)
        against = max(one.against for one in copies)
        voice = replace(first, votes=votes, against=against)
        members.append(Member(voice, tuple(one.key for one in others)))
    return members


def people_of(members: Sequence[Member]) -> tuple[int, int]:
    """(reporters, votes) behind some members; per reporter only the best-voted message counts."""
    best: dict[str, int] = defaultdict(int)
    for member in members:
        reporter = _reporter(member.voice)
        best[reporter] = max(best[reporter], member.voice.votes)
    return len(best), sum(best.values())


def score_of(counted: dict[str, int]) -> tuple[float, dict[str, Part]]:
    """(score 0–100, its parts); `counted` holds what is known of `WEIGHTS`, people always."""
    whole = sum(WEIGHTS[name] for name in counted)
    parts = {}
    for name, number in counted.items():
        most = 100 * WEIGHTS[name] / whole
        share = min(1.0, math.log1p(number) / math.log1p(FULL_MARKS[name]))
        parts[name] = Part(number, round(most * share, 1), round(most, 1))
    return round(sum(part.points for part in parts.values()), 1), parts


def _reporter(voice: Voice) -> str:
    """Who speaks; without a name the words stand for the person, so equal words are one person."""
    return voice.reporter or f"?{same_words(voice.title, voice.body)}"


def _heard(member: Member) -> _Heard:
    voice = member.voice
    return _Heard(member, wording(voice.title, voice.body), _reporter(voice))


def _by_number(key: str) -> tuple[int, str]:
    return (int(key) if key.isdecimal() else 0, key)


def _leading_theme(one: _Heard) -> str:
    themes = shipped_themes()
    counts = themes.count(one.said.text)
    most = max(counts)
    return themes.names[counts.index(most)] if most else ""


_DIVIDERS: tuple[Callable[[_Heard], str], ...] = (
    lambda one: one.member.voice.category,
    _leading_theme,
    lambda one: one.member.voice.place,
    lambda one: f"{one.member.voice.day:%Y-%m}" if one.member.voice.day else "",
)


def _blocks(
    heard: list[_Heard], dividers: Sequence[Callable[[_Heard], str]]
) -> Iterator[list[_Heard]]:
    """Messages to be compared with each other, at most `MOST_TOGETHER` each."""
    if len(heard) <= MOST_TOGETHER:
        yield heard
    elif dividers:
        divided: dict[str, list[_Heard]] = defaultdict(list)
        for one in heard:
            divided[dividers[0](one)].append(one)
        for _name, part in sorted(divided.items()):
            yield from _blocks(part, dividers[1:])
    else:
        # In the order of the words, so that those who begin alike stay together.
        for start in range(0, len(heard), MOST_TOGETHER):
            yield heard[start : start + MOST_TOGETHER]


@dataclass(frozen=True, slots=True)
class _Group:
    """A branch that is a topic; `typical` is the one most like the others."""

    heard: tuple[_Heard, ...]
    phrases: tuple[Phrase, ...]
    typical: _Heard


def _groups(block: list[_Heard], telling: Mapping[str, float]) -> Iterator[_Group]:
    if len(block) < LEAST_REPORTERS:
        return
    classes = [one.member.voice.category for one in block]
    likeness = Likeness([one.said for one in block], telling, classes).of
    _count, labels = connected_components(sparse.csr_matrix(likeness >= JOIN_FROM), directed=False)
    parts: dict[int, list[int]] = defaultdict(list)
    for row, label in enumerate(labels.tolist()):
        parts[label].append(row)
    for rows in parts.values():
        if len(rows) >= LEAST_REPORTERS:
            yield from _walk([block[row] for row in rows], likeness[np.ix_(rows, rows)], telling)


def _walk(part: list[_Heard], among: Floats, telling: Mapping[str, float]) -> Iterator[_Group]:
    """The tree of one connected part from above; the largest branches that are topics."""
    tree = linkage(squareform(np.maximum(0.0, 1.0 - among), checks=False), "average")
    waiting: list[ClusterNode] = [to_tree(tree)]
    while waiting:
        branch = waiting.pop()
        if branch.count < LEAST_REPORTERS:
            continue
        found = None
        if 1.0 - branch.dist >= JOIN_FROM:
            rows = sorted(branch.pre_order())
            found = _topic_of([part[row] for row in rows], among[np.ix_(rows, rows)], telling)
        if found is not None:
            yield found
        else:
            waiting += [branch.left, branch.right]


def _topic_of(heard: list[_Heard], among: Floats, telling: Mapping[str, float]) -> _Group | None:
    """The branch without those that do not fit, if it is a topic."""
    people = np.array([one.reporter for one in heard])
    stays = _fitting(among, people[:, None] != people[None, :])
    if len(set(people[stays])) < LEAST_REPORTERS or stays.sum() < KEPT_SHARE * len(heard):
        return None
    kept = [one for one, stay in zip(heard, stays.tolist(), strict=True) if stay]
    phrases = phrases_of([one.said for one in kept], [one.reporter for one in kept], telling)
    if max((phrase.people for phrase in phrases), default=0) < LEAST_REPORTERS:
        return None
    central = among[np.ix_(stays, stays)].sum(axis=1).round(9)
    return _Group(tuple(kept), tuple(phrases), kept[int(np.argmax(central))])


def _fitting(among: Floats, strangers: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Who stays: the one alike with the fewest strangers leaves, until all have enough."""
    alike = (among >= FIT_FROM) & strangers
    stays = np.ones(len(among), dtype=np.bool_)
    while stays.any():
        share = alike[:, stays].sum(axis=1) / np.maximum(1, strangers[:, stays].sum(axis=1))
        worst = int(np.argmin(np.where(stays, share, np.inf)))
        if share[worst] >= FIT_SHARE:
            break
        stays[worst] = False
    return stays


def _topic(group: _Group, *, places_known: bool) -> Topic:
    members = sorted(
        (one.member for one in group.heard),
        key=lambda one: (one.voice.day or date.max, _by_number(one.voice.key)),
    )
    reporters, votes = people_of(members)
    places = tuple(sorted({one.voice.place for one in members} - {""}))
    days = sorted({one.voice.day for one in members if one.voice.day})
    weeks = len({day - timedelta(days=day.weekday()) for day in days})
    counted = {
        "people": reporters + votes,
        "spread": len(places) if places_known else reporters,
        **({"persistence": weeks} if days else {}),
    }
    score, parts = score_of(counted)
    topic = Topic(
        name=_name(group),
        phrases=group.phrases,
        example=_example(group.typical.member.voice),
        members=tuple(members),
        reporters=reporters,
        votes=votes,
        against=_against(members),
        places=places,
        days=len(days),
        weeks=weeks,
        first=days[0] if days else None,
        last=days[-1] if days else None,
        score=score,
        parts=parts,
        sentence="",
    )
    return replace(topic, sentence=_sentence(topic))


def _name(group: _Group) -> str:
    """The best phrases, in the order in which the most typical message says them."""
    text = group.typical.said.text
    best = [phrase.text for phrase in group.phrases[:PARTS_SHOWN]]
    return "·".join(sorted(best, key=lambda one: (text.find(one) % (len(text) + 1), one)))


def _example(voice: Voice) -> str:
    return voice.heading


def _against(members: Sequence[Member]) -> int:
    worst: dict[str, int] = defaultdict(int)
    for member in members:
        reporter = _reporter(member.voice)
        worst[reporter] = max(worst[reporter], member.voice.against)
    return sum(worst.values())


def _sentence(topic: Topic) -> str:
    """Why it is a topic, for the person who reads the list."""
    said = "、".join(
        f"{phrase.people} 人说到“{phrase.text}”" for phrase in topic.phrases[:PARTS_SHOWN]
    )
    words = [f"{topic.reporters} 人上报 {len(topic.members)} 条"]
    if topic.votes:
        words.append(f"另有 {topic.votes} 人次支持")
    words.append(f"其中 {said}")
    if topic.places:
        words.append(f"涉及 {len(topic.places)} 处")
    if topic.first and topic.last:
        span = f"{topic.first:%Y-%m-%d} 至 {topic.last:%Y-%m-%d}"
        words.append(f"{span}之间有 {topic.weeks} 周出现")
    return "，".join(words) + "。"
