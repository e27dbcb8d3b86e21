"""Is a new report about a matter that is already open, and may it be joined without asking a person?

Two kinds of evidence, each with its own scale, the better one counts:

* place: an open case of the same category at the same place, reported a day ago -> the same matter in 98 of 100;
* text: where coordinates are missing, the share of character pairs in common.

    score = how sure it is that the candidate is still open x how likely two such reports are one matter

What a person is shown is put in order by what the reports are about before how near they lie: first a case of the same
class that speaks of the same thing, then one class or one thing, and among these the score. Example: a lamp 3 m away
stands before a lamp 30 m away, and a complaint about a charging point is not shown for either, though the class
guessed for it be the same. A class that is only guessed does not keep apart what names one thing.

A score is a share of right answers, 0 to 1, not points. Joining without a person happens only where at least 98 of
100 joins were right when measured (README.md); everything else is shown to a person or left alone.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from linli.cases.duplicates.text import bigrams, same_text, subjects, text_likeness
from linli.kernel.places.distance import distance_m

JOIN_AT: Final = 0.97
"""Score (0.95 to 1) from which a report is joined without a person: the lowest at which at least 98 of 100 joins were
right in the years it was tuned on (0.99 and 0.98) and in the later ones (0.99 and 0.98). A wrong join hides a matter,
a suggestion costs a look."""

JOIN_AFTER: Final = timedelta(minutes=10)
"""Quiet time (0 to 60 minutes) at a place before a report is joined by place: who reports twice in one sitting mostly
means two matters (of such joins only 86 of 100 were right)."""

SUGGEST_COUNT: Final = 5
"""Candidates shown (1 to 10): what fits on one screen of a phone."""

SAME_PLACE_M: Final = 1.0
"""Metres (0 to 3) that count as one and the same place: one address, one code on one bin or lamp post. Geocoded
neighbouring doors can lie 1 to 3 m apart: of 208 requests with an open case that near, one was a duplicate."""

SUGGEST_RADIUS_M: Final = 50.0
"""Metres (10 to 250) within which a case of the same category is suggested: the error of a phone between houses."""

SUGGEST_WINDOW: Final = timedelta(weeks=12)
"""Age (1 to 52 weeks) after which an open case is no longer suggested by place."""

TEXT_SUGGEST_AT: Final = 0.30
"""Text likeness (0 to 1) from which a case is suggested; below it half of the pairs read were different matters."""

TEXT_JOIN_BIGRAMS: Final = 40
"""Bigrams (20 to 200) an identical text needs to be joined: shorter ones (「路灯不亮」) fit many places."""

TEXT_SCORES: Final = ((0.80, 0.95), (0.40, 0.92), (TEXT_SUGGEST_AT, 0.74))
"""(text likeness from, share of pairs that were one matter), from 172 pairs read one by one."""

IDENTICAL_TEXT_SCORE: Final = 0.99
"""Score of identical long texts: the same words sent twice. By construction, the pairs read are too few to prove it."""

GUESSED_BELOW: Final = 0.95
"""Probability (0.8 to 1) of a class below which it may be another: of guesses with 0.8 nineteen of twenty are right."""

SAME_THING_SCORE: Final = 0.5
"""Most that one thing near by scores (0 to 0.7) when the classes guessed differ: shown, never sure. Not measured."""

PLACE_BASE: Final = 1.66
"""Log-odds for one open case at the same place, reported less than ten minutes ago. See `learn.py`."""

INTERVALS: Final = (
    (timedelta(minutes=10), 0.0),
    (timedelta(hours=1), 0.71),
    (timedelta(hours=12), 1.79),
    (timedelta(hours=66), 2.19),
    (timedelta(hours=72), -1.43),
    (timedelta(hours=78), -3.72),
    (SUGGEST_WINDOW, -7.47),
)
"""(time since the case was last reported up to, log-odds added)."""

OPEN_HERE: Final = ((4, 1.98), (2, 1.88), (1, 0.0))
"""(open cases at the same place from, log-odds added): a place that is reported again and again."""

DISTANCES: Final = ((SAME_PLACE_M, 0.0), (15.0, -9.76), (SUGGEST_RADIUS_M, -9.62))
"""(metres up to, log-odds added)."""


class Category(StrEnum):
    """How the categories of two reports compare."""

    SAME = "same"
    SAME_MAJOR = "same_major"
    OTHER = "other"


class Thing(StrEnum):
    """How what two texts are about compares."""

    SAME = "same"
    UNKNOWN = "unknown"
    OTHER = "other"


class Verdict(StrEnum):
    """What to do with a report."""

    JOIN = "join"
    SUGGEST = "suggest"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What is known of a report the moment it arrives.

    `category` and `major` are codes of 小类 and 大类 ("" = not known yet); `lon` and `lat` are WGS-84 degrees or both
    None; `text` is title and body. `certainty` is the probability that `category` is right: 1 where somebody chose it.
    `measured` is False where the position is that of a building named in the words: near enough to show, not to join.
    """

    opened_at: datetime
    category: str
    major: str = ""
    lon: float | None = None
    lat: float | None = None
    text: str = ""
    certainty: float = 1.0
    measured: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(Filing):
    """An earlier case that may be about the same matter.

    `last_reported_at` is when the newest report joined it (`opened_at` of the case when there is only one).
    `open_certainty` is 1.0 in the product, which knows the stage; a file with dates only gives less.
    """

    case_id: int
    last_reported_at: datetime
    open_certainty: float = 1.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """The figures a likeness is computed from; stored with the decision, they replay it.

    `metres` is None when a side has no coordinates; `since` is the time since the candidate was last reported, `quiet`
    the time since anything open was reported at the same place (`since` when the candidate is elsewhere);
    `open_here` counts the open cases at the same place, the candidate included; `text` is 0 to 1. `about` are the
    things both name, `guessed` says that one of the classes may be another.
    """

    metres: float | None
    since: timedelta
    quiet: timedelta
    category: Category
    open_here: int
    open_certainty: float
    text: float
    text_bigrams: int
    same_text: bool
    thing: Thing = Thing.UNKNOWN
    about: tuple[str, ...] = ()
    guessed: bool = False

    @property
    def fit(self) -> int:
        """How well class and words go together, 0 to 3; before distance when a person is shown what may be the same."""
        if self.thing is Thing.OTHER:
            return 0
        return (self.category is Category.SAME) + 2 * (self.thing is Thing.SAME)

    @property
    def contradicted(self) -> bool:
        """Whether the words speak against a likeness that rests on place and on a class that was only guessed."""
        return self.thing is Thing.OTHER and self.guessed and self.text < TEXT_SUGGEST_AT


@dataclass(frozen=True, slots=True)
class Likeness:
    """How likely one candidate is the same matter: `score` 0 to 1, a Chinese sentence, and the figures behind it.

    `joinable` says whether evidence of this kind may join at all, whatever the score.
    """

    case_id: int
    score: float
    joinable: bool
    sentence: str
    facts: Evidence

    @property
    def may_join(self) -> bool:
        """Whether the report may be joined without asking a person."""
        return self.joinable and self.score >= JOIN_AT


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, with whom (best first, at most `SUGGEST_COUNT`; exactly one for a join), and why in Chinese."""

    verdict: Verdict
    likenesses: tuple[Likeness, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Place:
    """What is open at the very place of a report: how many cases, and when the newest report came (None = nothing)."""

    open_here: int = 0
    last_reported_at: datetime | None = None


def likenesses(new: Filing, candidates: Iterable[Candidate]) -> list[Likeness]:
    """The likeness of `new` to every candidate that is worth showing, in no particular order."""
    earlier = list(candidates)
    here = [each.last_reported_at for each in earlier if _is_same_place(new, each)]
    place = Place(len(here), max(here, default=None))
    found = (likeness(new, each, place=place) for each in earlier)
    return [each for each in found if each is not None]


def likeness(new: Filing, candidate: Candidate, *, place: Place) -> Likeness | None:
    """Compare a report with one case; None when neither place nor text makes it worth showing."""
    facts = evidence(new, candidate, place=place)
    score = facts.open_certainty * max(place_score(facts), text_score(facts), thing_score(facts))
    if score == 0.0:
        return None
    return Likeness(
        case_id=candidate.case_id,
        score=score,
        joinable=facts.category is Category.SAME
        and facts.thing is not Thing.OTHER
        and ((new.measured and facts.quiet >= JOIN_AFTER) or _is_sent_twice(facts)),
        sentence=_sentence(facts),
        facts=facts,
    )


def evidence(new: Filing, candidate: Candidate, *, place: Place) -> Evidence:
    """The figures for one pair; a candidate that claims to be later than the report counts as simultaneous."""
    since = _time_between(candidate.last_reported_at, new.opened_at)
    newest = candidate.last_reported_at
    thing, about = _compare_things(new, candidate)
    if place.last_reported_at is not None and _is_same_place(new, candidate):
        newest = place.last_reported_at
    return Evidence(
        metres=_metres(new, candidate),
        since=since,
        quiet=_time_between(newest, new.opened_at),
        category=_compare_categories(new, candidate),
        open_here=max(1, place.open_here),
        open_certainty=candidate.open_certainty,
        text=text_likeness(new.text, candidate.text),
        text_bigrams=min(len(bigrams(new.text)), len(bigrams(candidate.text))),
        same_text=same_text(new.text, candidate.text),
        thing=thing,
        about=about,
        guessed=min(new.certainty, candidate.certainty) < GUESSED_BELOW,
    )


def place_score(facts: Evidence) -> float:
    """How likely two reports so near in place and time are one matter; 0.0 where a suggestion would be noise."""
    if facts.metres is None or facts.metres > SUGGEST_RADIUS_M or facts.since > SUGGEST_WINDOW:
        return 0.0
    if facts.category is Category.OTHER:
        return 0.0
    if facts.category is Category.SAME_MAJOR and facts.metres > SAME_PLACE_M:
        return 0.0
    log_odds = PLACE_BASE + sum(place_weights(facts))
    return 1.0 / (1.0 + math.exp(-log_odds))


def thing_score(facts: Evidence) -> float:
    """A case near by that names the same thing, though one of the two classes guessed is another; else 0.0.

    The nearer the likelier, and never more than `SAME_THING_SCORE`.
    """
    if facts.metres is None or facts.metres > SUGGEST_RADIUS_M or facts.since > SUGGEST_WINDOW:
        return 0.0
    if facts.thing is not Thing.SAME or not facts.guessed or facts.category is Category.SAME:
        return 0.0
    return SAME_THING_SCORE * (1.0 - facts.metres / (2.0 * SUGGEST_RADIUS_M))


def place_weights(facts: Evidence) -> tuple[float, float, float]:
    """The log-odds that time, number of open cases and distance add to `PLACE_BASE`."""
    metres = 0.0 if facts.metres is None else facts.metres
    return (
        INTERVALS[interval_step(facts.quiet)][1],
        next(weight for least, weight in OPEN_HERE if facts.open_here >= least),
        next(weight for most, weight in DISTANCES if metres <= most),
    )


def interval_step(since: timedelta) -> int:
    """The row of `INTERVALS` a time falls in; times beyond the last row count as the last."""
    return next((i for i, (most, _) in enumerate(INTERVALS) if since <= most), len(INTERVALS) - 1)


def text_score(facts: Evidence) -> float:
    """How likely two reports with texts so alike are one matter; 0.0 below `TEXT_SUGGEST_AT`."""
    if _is_sent_twice(facts):
        return IDENTICAL_TEXT_SCORE
    return next((score for least, score in TEXT_SCORES if facts.text >= least), 0.0)


def decide(found: Sequence[Likeness]) -> Decision:
    """Join to the best candidate where it is sure enough, else suggest the five best, else leave the report alone."""
    likeliest = sorted(found, key=lambda each: (-each.score, each.facts.since, -each.case_id))
    joinable = [each for each in likeliest[:SUGGEST_COUNT] if each.may_join]
    shown = (each for each in likeliest if not each.facts.contradicted)
    best_first = sorted(shown, key=lambda each: -each.facts.fit)[:SUGGEST_COUNT]
    if joinable:
        return Decision(
            Verdict.JOIN,
            (joinable[0],),
            f"自动并入已有案件:{joinable[0].sentence}。可由工作人员拆分。",
        )
    if best_first:
        return Decision(
            Verdict.SUGGEST,
            tuple(best_first),
            f"可能与 {len(best_first)} 件未办结案件重复,请人工确认。最相近的一件:{best_first[0].sentence}。",
        )
    return Decision(Verdict.NOTHING, (), "附近没有未办结的同类案件,也没有文字相近的案件。")


def _is_sent_twice(facts: Evidence) -> bool:
    elsewhere = facts.metres is not None and facts.metres > SUGGEST_RADIUS_M
    return facts.same_text and facts.text_bigrams >= TEXT_JOIN_BIGRAMS and not elsewhere


def _metres(new: Filing, candidate: Filing) -> float | None:
    if new.lon is None or new.lat is None or candidate.lon is None or candidate.lat is None:
        return None
    return distance_m(new.lon, new.lat, candidate.lon, candidate.lat)


def _time_between(earlier: datetime, later: datetime) -> timedelta:
    return max(timedelta(0), later - earlier)


def _is_same_place(new: Filing, candidate: Filing) -> bool:
    metres = _metres(new, candidate)
    return metres is not None and metres <= SAME_PLACE_M


def _compare_categories(new: Filing, candidate: Filing) -> Category:
    if new.category and new.category == candidate.category:
        return Category.SAME
    if new.major and new.major == candidate.major:
        return Category.SAME_MAJOR
    return Category.OTHER


def _compare_things(new: Filing, candidate: Filing) -> tuple[Thing, tuple[str, ...]]:
    here, there = subjects(new.text), subjects(candidate.text)
    if not here or not there:
        return Thing.UNKNOWN, ()
    both = tuple(sorted(here & there))
    return (Thing.SAME if both else Thing.OTHER), both


def _sentence(facts: Evidence) -> str:
    parts = [
        _place_words(facts),
        _CATEGORY_WORDS[facts.category],
        f"{_time_words(facts.since)}上报且尚未办结",
    ]
    if facts.open_here > 1 and facts.metres is not None:
        parts.insert(2, f"该处共有 {facts.open_here} 件未办结")
    if facts.about:
        parts.append(f"都说到{'、'.join(facts.about)}")
    if facts.text >= TEXT_SUGGEST_AT:
        parts.append("文字相同" if facts.same_text else f"文字相近({facts.text:.0%})")
    return "、".join(parts)


def _place_words(facts: Evidence) -> str:
    if facts.metres is None:
        return "无坐标可比"
    if facts.metres <= SAME_PLACE_M:
        return f"同一地点({SAME_PLACE_M:.0f} 米内)"
    return f"相距 {facts.metres:.0f} 米"


def _time_words(since: timedelta) -> str:
    minutes = int(since.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} 分钟前"
    if minutes < 24 * 60:
        return f"{minutes // 60} 小时前"
    return f"{minutes // (24 * 60)} 天前"


_CATEGORY_WORDS: Final = {
    Category.SAME: "同一类别",
    Category.SAME_MAJOR: "同一大类",
    Category.OTHER: "类别不同",
}
