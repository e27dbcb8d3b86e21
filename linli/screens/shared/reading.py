"""How a person reads: 长辈版 and letter size, kept in one cookie and readable without scripts.

The cookie `linli_reading` holds `<mode>.<size>`: mode `elder` or `standard`, size in points, one of `SIZES`.
Anything else in it is read as the standard page.
"""

from __future__ import annotations

from dataclasses import dataclass

from linli.screens.shared.numbers import whole_number

COOKIE = "linli_reading"
COOKIE_AGE = 60 * 60 * 24 * 365  # seconds; a year, so that nobody has to find the switch twice
SIZES = (18, 22, 26, 30)  # points; >= 18, enlargeable to 30 (age-friendly specification of 2021)


@dataclass(frozen=True)
class Reading:
    elder: bool = False
    size: int = SIZES[0]

    @property
    def cookie_value(self) -> str:
        return f"{'elder' if self.elder else 'standard'}.{self.size}"


def read_cookie(value: str | None) -> Reading:
    """A broken or missing cookie is the standard page, never an error."""
    mode, _, size = (value or "").partition(".")
    known = whole_number(size)
    return Reading(elder=mode == "elder", size=known if known in SIZES else SIZES[0])


def from_form(mode: str | None, size: str | None, *, before: Reading) -> Reading:
    """Either switch may be pressed alone; the other keeps what it was."""
    elder = {"elder": True, "standard": False}.get(mode or "", before.elder)
    wanted = whole_number(size)
    return Reading(elder=elder, size=wanted if wanted in SIZES else before.size)
