"""How many reports come in, when, and about what: the habits of a sub-district, as tables.

Mondays are busiest, lunch is quiet, summer evenings are loud, rain fills the streets, frost breaks pipes. Everything
here is pure: a random generator and a day in, plain values out.

Example: a Monday in July with rain gets about 1.25 x 1.2 times the reports of an average day, and 道路积水 is forty
times as common as on a dry one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from linli.kernel.calendar.local import LOCAL, local_midnight

PER_DAY_PER_HOUSEHOLD = 33.2 / 4_000
"""Reports a day; measured in ordinary sub-districts: some 6,000 in half a year from 4,000 households."""

WEEKDAYS = (1.30, 1.17, 1.10, 1.06, 1.10, 0.72, 0.62)
"""Monday to Sunday against the mean."""

HOLIDAY = 0.62
"""A public holiday against an ordinary day."""

HOURS = (
    3, 2, 1, 1, 2, 6, 18, 44, 78, 96, 92, 70, 30, 38, 74, 86, 82, 64, 44, 46, 40, 28, 14, 6,
)  # fmt: skip
"""Weight of each local hour: a high morning, a dip at noon, a small evening."""

COMMON: Mapping[str, float] = {
    "E0201": 92, "E0410": 62, "E0110": 58, "E0405": 48, "E0136": 44, "E0401": 36, "E0113": 30, "E0696": 25,
    "E0135": 25, "E0301": 24, "E0699": 24, "E0128": 22, "E0698": 22, "E0406": 20, "E0111": 18, "E0695": 18,
    "E0112": 14, "E0108": 14, "E0697": 12, "E0503": 12, "E0117": 12, "E0107": 10, "E0101": 10, "E0694": 10,
    "E0693": 9, "E0302": 8, "E0304": 7, "E0305": 7, "E0129": 7, "E0130": 7, "E0202": 6, "E0207": 6, "E0311": 5,
    "E0404": 5, "E0125": 5, "E0137": 4, "E0307": 4, "E0501": 4, "E0508": 4, "E0114": 4, "E0120": 3, "E0506": 3,
    "E0505": 2,
    "C0137": 30, "C0402": 14, "C0305": 12, "C0102": 8, "C0154": 8, "C0103": 7, "C0104": 7, "C0146": 7, "C0217": 6,
    "C0301": 5, "C0303": 5, "C0407": 5, "C0127": 4, "C0306": 4, "C0101": 3, "C0123": 3, "C0128": 3, "C0204": 3,
    "C0225": 3, "C0307": 3, "C0308": 3, "C0408": 3, "C0131": 2, "C0507": 2,
    "A01": 40, "A03": 16, "A06": 14, "A13": 10, "A04": 9, "A05": 9, "A15": 9, "A02": 8, "A07": 8, "A08": 7,
    "A09": 5, "A12": 5, "A11": 4, "A10": 1,
}  # fmt: skip
"""How common each class is on a dry spring day; 小广告 comes first everywhere."""

SUMMER = {
    "E0128": 2.3,
    "E0129": 3.0,
    "E0301": 1.6,
    "E0125": 2.0,
    "E0110": 1.3,
    "E0696": 1.4,
    "C0303": 1.5,
}
AUTUMN = {"E0112": 2.0, "E0120": 3.0, "E0304": 1.4}
WINTER = {"E0501": 2.5, "A01": 1.3}
SEASONS: Mapping[int, Mapping[str, float]] = {
    **dict.fromkeys((6, 7, 8, 9), SUMMER),
    **dict.fromkeys((10, 11), AUTUMN),
    **dict.fromkeys((12, 1, 2), WINTER),
}
RAIN = {
    "E0506": 40.0,
    "C0103": 4.0,
    "C0104": 6.0,
    "E0503": 3.0,
    "E0505": 4.0,
    "E0113": 1.5,
    "E0401": 0.4,
    "E0129": 0.2,
}
WIND = {"C0402": 6.0, "C0306": 4.0, "C0307": 3.0, "E0508": 4.0, "E0694": 3.0, "E0307": 3.0}
FROST = {"E0501": 18.0}
ICE = {"E0507": 45.0}
"""Weights, not factors: without frost nobody reports ice."""

RAIN_CHANCE = {5: 0.25, 6: 0.40, 7: 0.35, 8: 0.30, 9: 0.25}
FROST_CHANCE = {11: 0.06, 12: 0.20, 1: 0.35, 2: 0.25}
WIND_CHANCE = 0.07
BAD_WEATHER = 1.2
"""Reports on a day of rain, wind or frost against another."""

CHANNELS: Mapping[str, float] = {
    "mini_program": 27, "phone": 21, "patrol": 19, "wechat": 12, "hotline": 12, "counter": 4, "doorstep": 2, "web": 1.5,
    "proxy": 1, "paper": 0.5,
}  # fmt: skip


@dataclass(frozen=True)
class Day:
    """What a day is like."""

    date: date
    holiday: bool
    rain: bool
    wind: bool
    frost: bool

    @property
    def busyness(self) -> float:
        """Reports against the mean day."""
        weather = BAD_WEATHER if self.rain or self.wind or self.frost else 1.0
        return WEEKDAYS[self.date.weekday()] * (HOLIDAY if self.holiday else 1.0) * weather


def day_like(day: date, *, seed: int, holidays: Collection[date]) -> Day:
    """The day as this seed makes it, whatever was asked before."""
    rng = Random(f"{seed}:weather:{day.isoformat()}")  # noqa: S311 - repeatable, not secret
    return Day(
        day,
        day in holidays,
        rain=rng.random() < RAIN_CHANCE.get(day.month, 0.12),
        wind=rng.random() < WIND_CHANCE,
        frost=rng.random() < FROST_CHANCE.get(day.month, 0.0),
    )


def class_weights(day: Day) -> dict[str, float]:
    """How common each class is on that day."""
    factors = [SEASONS.get(day.date.month, {})]
    factors += [
        table for table, on in ((RAIN, day.rain), (WIND, day.wind), (FROST, day.frost)) if on
    ]
    weights = dict(COMMON)
    for table in factors:
        for code, factor in table.items():
            weights[code] *= factor
    return weights | ICE if day.frost else weights


def arrivals(day: Day, rng: Random, *, households: int) -> list[datetime]:
    """Times at which reports of that local day arrive, in order; aware."""
    count = poisson(households * PER_DAY_PER_HOUSEHOLD * day.busyness, rng)
    midnight = local_midnight(day.date)
    hours = rng.choices(range(24), HOURS, k=count)
    return sorted(midnight + timedelta(hours=hour, seconds=rng.randrange(3600)) for hour in hours)


def hourly_share(now: datetime) -> float:
    """How busy this hour is against the mean hour of the same day."""
    return HOURS[now.astimezone(LOCAL).hour] * 24 / sum(HOURS)


def poisson(mean: float, rng: Random) -> int:
    """A draw from the Poisson distribution: exact below 30, its normal limit above."""
    if mean > 30:
        return max(0, round(rng.gauss(mean, mean**0.5)))
    count, left = 0, rng.expovariate(1.0)
    while left < mean:
        count, left = count + 1, left + rng.expovariate(1.0)
    return count
