"""What happens in the demo sub-district, week by week, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from linli.cases.models import Category, FilingStandard
from linli.demo import content
from linli.demo.cast import Cast
from linli.demo.geometry import Town
from linli.demo.pace import soon
from linli.demo.presence import Plan
from linli.demo.profile import CHANNELS, COMMON, arrivals, class_weights, day_like
from linli.demo.spots import Spot, around, kind_for, spots_of
from linli.demo.story import Matter, Story, Voice
from linli.demo.telling import Teller
from linli.kernel.calendar.local import local_day
from linli.kernel.calendar.rules import WorkingTime
from linli.kernel.people.models import Staff

HOT_SPOTS, AT_A_HOT_SPOT = 14, 0.17
"""Places where the same thing happens again and again, and their share of the reports."""

RESIDENTS = 1_500
"""People who ever reported something; some of them several times."""

SAID_AGAIN, SAID_TWICE_LATER = 0.06, 0.03
"""Shares of the open matters that somebody else reports too: joined by the system, or merged by the acceptor."""

SAME_MATTER_FOR = timedelta(days=3)
WEEK = 7

OPENERS = ("", "", "", "您好，", "反映一个事，", "麻烦看一下，")
ENDINGS = (
    "",
    "",
    "",
    "",
    "，请尽快处理",
    "，已经好几天了",
    "，谢谢",
    "，希望有人管管",
    "，附近住户都有意见",
)
CONFIDENTIAL, PUBLISHABLE, NAMELESS = 0.08, 0.55, 0.10


@dataclass(frozen=True)
class Person:
    """A made-up resident who reports things."""

    name: str
    phone: str


class Chronicle:
    """Knows every matter of the demo. Weeks may be asked for in any order and any number of times."""

    def __init__(self, plan: Plan, town: Town, cast: Cast, working_time: WorkingTime) -> None:
        self.plan = plan
        self.cast = cast
        self.working_time = working_time
        self.spots = spots_of(town)
        rng = self._rng("people")
        called = content.names(rng)
        self.people = [Person(next(called), content.resident_phone(rng)) for _ in range(RESIDENTS)]
        self.hot_spots = self._hot_spots()
        last = local_day(plan.now)
        self.first_day = last - timedelta(days=round(plan.months * 365 / 12))
        self.days = (last - self.first_day).days + 1

    @property
    def weeks(self) -> int:
        return -(-self.days // WEEK)

    def stories_of_week(self, number: int) -> list[Story]:
        """The stories that begin in that week (the first is 0) and before `plan.now`, in order of time."""
        rng = self._rng(f"week:{number}")
        teller = Teller(self.cast, self.working_time, rng)
        stories: list[Story] = []
        for voice_at, weights in self._arrivals(number, rng):
            matter = self._matter(f"w{number:02d}-{len(stories):04d}", voice_at, weights, rng)
            earlier = self._still_open(stories, voice_at, rng) if matter.by_resident else None
            if earlier is not None:
                stories.append(self._duplicate(earlier, matter, rng))
                continue
            story = teller.tell(matter)
            self._said_again(story, rng)
            stories.append(story)
        return stories

    def voice(
        self, at: datetime, code: str, spot: Spot, rng: Random, *, channel: str = ""
    ) -> Voice:
        """Somebody reports something of this class at this spot."""
        channel = channel or self._channel(code, rng)
        sentence = rng.choice(content.phrases()[code]).format(place=spot.name)
        if channel == "patrol":
            return Voice(
                at, channel, f"巡查发现：{sentence}", spot, entered_by=self._patrol(spot, rng)
            )
        person = rng.choice(self.people)
        return Voice(
            at,
            channel,
            f"{rng.choice(OPENERS)}{sentence}{rng.choice(ENDINGS)}",
            spot,
            name="" if rng.random() < NAMELESS else person.name,
            phone=person.phone,
            confidential=rng.random() < CONFIDENTIAL,
            publish=rng.random() < PUBLISHABLE,
            entered_by=self.cast.one("acceptor", rng)
            if channel in ("phone", "hotline", "counter")
            else None,
        )

    def standard_for(self, code: str, words: str, rng: Random) -> FilingStandard:
        """The row of the 立案标准 whose condition has most in common with what was said."""
        said = _pairs(words)
        rows = self.cast.standards[code]
        return max(rows, key=lambda row: (len(said & _pairs(row.filing_condition)), rng.random()))

    def spot_for(self, code: str, rng: Random, *, grid: str = "") -> Spot:
        """Somewhere such a thing happens; in this grid, if one is named."""
        spots = self.spots[kind_for(code)]
        if grid:
            spots = [spot for spot in [*spots, *self.spots["home"]] if spot.grid == grid]
        return around(rng.choice(spots), rng)

    def _arrivals(self, number: int, rng: Random) -> Iterator[tuple[datetime, Mapping[str, float]]]:
        for offset in range(number * WEEK, min(self.days, (number + 1) * WEEK)):
            day = self.first_day + timedelta(days=offset)
            like = day_like(day, seed=self.plan.seed, holidays=self.working_time.holidays)
            weights = self._usable(class_weights(like))
            for at in arrivals(like, rng, households=self.plan.households):
                if at < self.plan.now - timedelta(minutes=2):
                    yield at, weights

    def _usable(self, weights: Mapping[str, float]) -> dict[str, float]:
        """Only classes that this installation has, with somebody responsible for them."""
        return {code: weight for code, weight in weights.items() if code in self.cast.units}

    def _matter(self, key: str, at: datetime, weights: Mapping[str, float], rng: Random) -> Matter:
        code, spot = self._what_and_where(weights, rng)
        voice = self.voice(at, code, spot, rng)
        category: Category = self.cast.categories[code]
        return Matter(
            key, voice, category, self.standard_for(code, voice.words, rng), self.cast.units[code]
        )

    def _what_and_where(self, weights: Mapping[str, float], rng: Random) -> tuple[str, Spot]:
        if rng.random() < AT_A_HOT_SPOT:
            code, spot = rng.choice(self.hot_spots)
            return code, around(spot, rng)
        code = rng.choices(list(weights), list(weights.values()))[0]
        return code, self.spot_for(code, rng)

    def _hot_spots(self) -> Sequence[tuple[str, Spot]]:
        rng = self._rng("hot spots")
        codes = [
            code
            for code in COMMON
            if code.startswith(("E", "C0137", "C0305")) and code in self.cast.units
        ]
        return [(code, rng.choice(self.spots[kind_for(code)])) for code in codes[:HOT_SPOTS]]

    def _channel(self, code: str, rng: Random) -> str:
        while True:
            channel = rng.choices(list(CHANNELS), list(CHANNELS.values()))[0]
            if channel != "patrol" or not code.startswith("A"):
                return channel

    def _patrol(self, spot: Spot, rng: Random) -> Staff:
        return rng.choice(self.cast.grid_staff[spot.grid])

    def _still_open(self, stories: Sequence[Story], at: datetime, rng: Random) -> Story | None:
        if rng.random() >= SAID_TWICE_LATER:
            return None
        later = at + timedelta(hours=14)
        for story in reversed(stories):
            fits = story.merged_into is None and story.matter.by_resident and story.redo is None
            if fits and story.ends_at > later and at - story.opened_at < SAME_MATTER_FOR:
                return story
        return None

    def _duplicate(self, earlier: Story, matter: Matter, rng: Random) -> Story:
        """The same matter as `earlier`, seen by somebody else; the acceptor notices."""
        first = earlier.matter
        voice = self.voice(
            matter.voice.at,
            first.category.code,
            around(first.voice.spot, rng),
            rng,
            channel="mini_program",
        )
        story = Story(
            replace(first, key=matter.key, voice=voice),
            voice.at + timedelta(seconds=rng.randint(1, 20)),
        )
        story.merged_into = earlier
        at = soon(story.opened_at, rng, minutes=9)
        if at < earlier.ends_at:
            story.add(
                "merge",
                at,
                self.cast.one("acceptor", rng),
                note=f"与“{first.voice.words[:20]}”为同一件事。",
            )
        return story

    def _said_again(self, story: Story, rng: Random) -> None:
        if rng.random() >= SAID_AGAIN or not story.matter.by_resident:
            return
        until = min(story.ends_at, self.plan.now)
        gap = until - story.opened_at
        if gap < timedelta(hours=1):
            return
        first = story.matter.voice
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            at = story.opened_at + gap * rng.uniform(0.1, 0.9)
            story.joined.append(
                self.voice(at, story.matter.category.code, first.spot, rng, channel="wechat")
            )
        story.joined.sort(key=lambda voice: voice.at)

    def _rng(self, purpose: str) -> Random:
        return Random(f"{self.plan.seed}:{purpose}")  # noqa: S311 - repeatable, not secret


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}
