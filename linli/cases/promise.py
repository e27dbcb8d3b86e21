"""What the resident is promised: one rule, from which page, SMS, API and Open311 all take it.

Nobody is promised more than what a derivation carries:

- until the matter has been given to a unit: a time by which the office answers (受理/答复), counted from the report.
  The class is only guessed then, so no limit of a class may be promised: a dead lamp taken for a fallen pole would
  be promised two hours;
- once it lies with a unit: the due of handling, by the standard it was registered under and whatever was extended,
  suspended or changed since. It stands while the work is checked, and comes back with work that is sent back;
- a matter that goes back to the dispatcher (退回) keeps what was promised until another unit has it;
- one whose work is done, or that has ended, is promised nothing more; reopened, it gets a new time to answer.

Example: reported on Monday 9:00, answer by Tuesday 9:00; dispatched at 10:00 under 4工作时, promised by 16:00 that
day; extended once, by Tuesday 10:00, and the resident hears of it with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from linli.cases.flow import Stage
from linli.kernel.calendar.local import LOCAL

ANSWER_CLOCK = "answer"
"""Code under which the dated `Limit` rows of cases keep the time to answer."""

USUAL_ANSWER = "1工作日"
"""Time to answer where no dated limit says otherwise."""


class Promised(StrEnum):
    ANSWER = "answer"
    HANDLING = "handling"


PROMISED_AT: Mapping[Stage, Promised | None] = {
    Stage.RECEIVED: Promised.ANSWER,
    Stage.VERIFYING: Promised.ANSWER,
    Stage.ACCEPTED: Promised.ANSWER,
    Stage.TO_DISPATCH: Promised.ANSWER,
    Stage.TO_SIGN: Promised.HANDLING,
    Stage.HANDLING: Promised.HANDLING,
    Stage.TO_CHECK: Promised.HANDLING,
    Stage.TO_FOLLOW_UP: None,
    Stage.CLOSED: None,
    Stage.NOT_ACCEPTED: None,
    Stage.CANCELLED: None,
}
"""What is promised at each stage; the whole table."""

WORDS: Mapping[Promised, str] = {
    Promised.ANSWER: "最晚{at}前答复",
    Promised.HANDLING: "承诺{at}前办理",
}
PROVISIONAL = "（按暂定日历）"


@dataclass(frozen=True)
class Promise:
    """`at` is aware. `provisional`: counted over a year whose notice of holidays has not been entered."""

    what: Promised
    at: datetime
    provisional: bool = False

    @property
    def done_by(self) -> bool:
        """Whether it is a time by which the work is done."""
        return self.what is Promised.HANDLING

    @property
    def sentence(self) -> str:
        """最晚3月10日 09:00前答复; 承诺1月6日 16:00前办理（按暂定日历）."""
        return WORDS[self.what].format(at=spoken(self.at)) + (
            PROVISIONAL if self.provisional else ""
        )


def promised_after(
    stage: Stage,
    *,
    standing: Promise | None,
    handling: Promise | None,
    answer: Callable[[], Promise | None],
) -> Promise | None:
    """What is promised at a stage, given what stood before.

    `handling` is the due of the unit's running clock, None while no such clock runs; `answer` computes a new time to
    answer and is asked only where one is needed.
    """
    what = PROMISED_AT[stage]
    if what is None:
        return None
    if what is Promised.HANDLING and handling is not None:
        return handling
    if standing is not None:
        return standing
    return answer() if what is Promised.ANSWER else None


def noted(before: Promise | None, after: Promise | None, *, why: str = "") -> dict[str, Any]:
    """The change as a line of the timeline keeps it; empty where nothing changed. `why` is the derivation."""
    if before == after:
        return {}
    return {
        "promised_for": after.what.value if after else "",
        "promised_at": after.at.isoformat() if after else "",
        "promised_before": before.at.isoformat() if before else "",
        "promised_before_for": before.what.value if before else "",
        **({"promise_provisional": True} if after and after.provisional else {}),
        **({"promise_why": why} if why and after else {}),
    }


def changed(facts: Mapping[str, Any]) -> bool:
    """Whether a line put another time in the place of one that was promised for the same thing."""
    what = facts.get("promised_for")
    return bool(what) and what == facts.get("promised_before_for")


def newly_promised(facts: Mapping[str, Any]) -> Promise | None:
    """The promise a line put in the place of another one for the same thing; None where it did not."""
    if not changed(facts):
        return None
    at = datetime.fromisoformat(facts["promised_at"])
    return Promise(Promised(facts["promised_for"]), at, bool(facts.get("promise_provisional")))


def spoken(at: datetime) -> str:
    """1月6日 16:00, as it is said in a message."""
    local = at.astimezone(LOCAL)
    return f"{local.month}月{local.day}日 {local:%H:%M}"
