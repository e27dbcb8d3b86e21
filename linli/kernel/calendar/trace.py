"""What one calculation of a due did: the facts an explanation is made of.

Instants are whole local minutes since 1970-01-01T00:00 in Asia/Shanghai; days are days since that date.
"""

from dataclasses import dataclass
from enum import StrEnum

from linli.kernel.calendar.limits import TimeLimit
from linli.kernel.calendar.working_time import DAY, WorkingTime, day_of

Span = tuple[int, int]  # [from, until)


class Counting(StrEnum):
    NATURAL = "natural"
    WORKING = "working"
    END_OF_NTH_DAY = "end_of_nth_day"


@dataclass(frozen=True, slots=True)
class Trace:
    """`limit` is the original one; with `extensions` granted it was counted 1 + extensions times.

    `used` are the stretches that counted, `free_days` the days off passed over, `paused_days` the working days
    that did not count because of a pause (only with end_of_nth_day), `pauses` those that touch the running time.
    """

    start: int
    due: int
    limit: TimeLimit
    extensions: int
    counting: Counting
    working_time: WorkingTime
    used: tuple[Span, ...]
    free_days: tuple[int, ...] = ()
    paused_days: tuple[int, ...] = ()
    pauses: tuple[Span, ...] = ()

    @property
    def provisional_years(self) -> tuple[int, ...]:
        """Years without a notice over which it was counted; a natural way of counting asks no calendar."""
        if self.counting is Counting.NATURAL:
            return ()
        first, last = day_of(self.start // DAY).year, day_of((self.due - 1) // DAY).year
        return tuple(
            year for year in range(first, last + 1) if year in self.working_time.provisional
        )
