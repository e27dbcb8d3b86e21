"""Open cases of today, driven through the real actions: what is suggested, who owns what and why is all real.

A few for every stage, timed so that of some the limit is just used up, of some nearly, of most not yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from linli.cases.actions.intake import TRIAGE, receive_report
from linli.cases.actions.moving import make_move
from linli.cases.drafts import ReportDraft
from linli.cases.facts import Facts
from linli.cases.flow import CASE, Clock, Outcome, Stage
from linli.cases.models import Case, Report
from linli.demo.content import reply_for
from linli.demo.matters import Chronicle
from linli.demo.pace import begun_before
from linli.demo.pictures import scene
from linli.demo.profile import COMMON
from linli.demo.story import Voice
from linli.kernel.access.models import Account
from linli.kernel.access.queries import RESIDENT, actor_for
from linli.kernel.acting import SYSTEM, Actor
from linli.kernel.calendar.errors import YearNotLoaded
from linli.kernel.calendar.local import local_day
from linli.kernel.files.actions import store_file
from linli.kernel.jobs.queue import run_due

SOURCE = "demo"
"""Source system of these reports; with the client key it makes `demo:open-07-E0110`."""

ROUTE = (Stage.RECEIVED, Stage.ACCEPTED, Stage.TO_DISPATCH, Stage.TO_SIGN, Stage.HANDLING, Stage.TO_CHECK,
         Stage.TO_FOLLOW_UP)  # fmt: skip
NEXT_MOVE: dict[Stage, str] = {
    Stage.RECEIVED: "accept",
    Stage.ACCEPTED: "register",
    Stage.TO_DISPATCH: "dispatch",
    Stage.TO_SIGN: "sign_for",
    Stage.HANDLING: "feedback",
    Stage.TO_CHECK: "pass_check",
}
SIDE_MOVES: dict[str, str] = {"verify": "ask_verify", "rework": "rework", "return": "return_back"}

WANTED: tuple[tuple[Stage, str, int], ...] = (
    (Stage.RECEIVED, "", 9),
    (Stage.RECEIVED, "verify", 5),
    (Stage.ACCEPTED, "", 6),
    (Stage.TO_DISPATCH, "", 5),
    (Stage.TO_SIGN, "", 8),
    (Stage.TO_SIGN, "return", 2),
    (Stage.HANDLING, "", 14),
    (Stage.TO_CHECK, "", 7),
    (Stage.TO_CHECK, "rework", 2),
    (Stage.TO_FOLLOW_UP, "", 5),
)
"""Stage to reach, a move to make there, how many for `FULL_SIZE` households."""

FULL_SIZE = 4_000

SHARES = (0.1, 0.25, 0.4, 0.5, 0.6, 0.7, 0.85, 0.93, 1.15, 1.6)
"""Used shares of the limits, in turn: two in ten nearly used up, two in ten overdue."""

PICTURED = 3
"""Every third of them comes with pictures."""

BETWEEN = timedelta(minutes=4)
TRIAGED_AFTER = timedelta(seconds=5)


@dataclass(frozen=True)
class Errand:
    """One case to drive: what is reported, how far it goes, when it got there."""

    number: int
    stage: Stage
    side_move: str
    voice: Voice
    code: str
    steps: int

    @property
    def key(self) -> str:
        return f"open-{self.number:02d}-{self.code}"


@dataclass(frozen=True)
class Pictures:
    """Ids of the stored pictures of an errand."""

    before: tuple[int, ...] = ()
    after: tuple[int, ...] = ()


def drive_all(chronicle: Chronicle) -> int:
    """Report and drive every case that is not there yet; the number of errands."""
    errands = sorted(_errands(chronicle), key=lambda one: one.voice.at)
    driver = Driver(chronicle)
    for errand in errands:
        driver.drive(errand)
    return len(errands)


def _errands(chronicle: Chronicle) -> Iterator[Errand]:
    rng = Random(f"{chronicle.plan.seed}:today")  # noqa: S311 - repeatable, not secret
    codes = [code for code in COMMON if code in chronicle.cast.units]
    shown_grid = min(
        chronicle.cast.grid_staff
    )  # where the grid staff whom visitors log in as have something to do
    number = 0
    for stage, side_move, count in WANTED:
        for _ in range(max(1, round(count * chronicle.plan.households / FULL_SIZE))):
            number += 1
            code = rng.choices(codes, [COMMON[one] for one in codes])[0]
            steps = ROUTE.index(stage)
            limit = _limit(chronicle, code, stage)
            reached = begun_before(
                chronicle.plan.now,
                limit,
                SHARES[number % len(SHARES)],
                working_time=chronicle.working_time,
            )
            at = reached - BETWEEN * (steps + 1)
            near = (
                shown_grid
                if number % 2 and (side_move == "verify" or stage is Stage.TO_CHECK)
                else ""
            )
            voice = chronicle.voice(at, code, chronicle.spot_for(code, rng, grid=near), rng)
            yield Errand(number, stage, side_move, voice, code, steps)


def _limit(chronicle: Chronicle, code: str, stage: Stage) -> str:
    clock = CASE.clock[CASE.stage[stage].clock]
    own = clock.code == Clock.HANDLE
    return chronicle.cast.standards[code][0].time_limit if own else clock.usual_limit("")


class Driver:
    """Makes the moves of the owners, each with the owner's own rights."""

    def __init__(self, chronicle: Chronicle) -> None:
        self.chronicle = chronicle
        self.accounts = {
            one.staff_id: one for one in Account.objects.filter(demo=True).select_related("staff")
        }

    def drive(self, errand: Errand) -> None:
        """Report, triage, then one move after the other: the whole errand or nothing of it."""
        if Report.objects.filter(client_key=f"{SOURCE}:{errand.key}").exists():
            return
        pictures = self._pictures(errand)
        with transaction.atomic():
            self._report(errand, pictures)
            case = (
                Report.objects.select_related("case").get(client_key=f"{SOURCE}:{errand.key}").case
            )
            assert case is not None, "triage gave the report its case"
            if case.report_count == 1:  # else it joined a case that goes its own way
                self._advance(case, errand, pictures)

    def _advance(self, case: Case, errand: Errand, pictures: Pictures) -> None:
        moves = [NEXT_MOVE[stage] for stage in ROUTE[: errand.steps]]
        if errand.side_move:
            moves.append(SIDE_MOVES[errand.side_move])
        at = errand.voice.at
        for move in moves:
            at += BETWEEN
            try:
                case = self._move(case, move, errand, pictures, at)
            except YearNotLoaded:
                return  # around new year some moves wait for the next holiday table, and so does this case

    def _report(self, errand: Errand, pictures: Pictures) -> None:
        voice = errand.voice
        draft = ReportDraft(
            body=voice.words,
            intake_channel=voice.channel,
            address=voice.spot.address,
            lon=voice.spot.lon,
            lat=voice.spot.lat,
            contact_name=voice.name,
            contact_phone=voice.phone,
            confidential=voice.confidential,
            publish_consent=voice.publish,
            client_key=errand.key,
            source_system=SOURCE,
            photo_ids=pictures.before,
        )
        by = self._actor(voice.entered_by.pk, voice.at) if voice.entered_by else RESIDENT
        receive_report(draft, by=by, now=voice.at)
        run_due(now=voice.at + TRIAGED_AFTER, kinds=(TRIAGE,))

    def _move(
        self, case: Case, move: str, errand: Errand, pictures: Pictures, at: datetime
    ) -> Case:
        assert case.owner_id is not None, "an open case has an owner"
        facts = self._facts(move, errand, pictures)
        return make_move(case.pk, move, by=self._actor(case.owner_id, at), facts=facts, now=at)

    def _facts(self, move: str, errand: Errand, pictures: Pictures) -> Facts:
        cast, code = self.chronicle.cast, errand.code
        if move == "feedback":
            reply = reply_for(code, errand.voice.spot.name)
            return Facts(
                outcome=Outcome.SOLVED,
                note=reply.handling_note,
                public_reply=reply.public_reply,
                photo_after=pictures.after,
            )
        return {
            "accept": Facts(category=cast.categories[code].pk),
            "register": Facts(standard=cast.standards[code][0].pk),
            "dispatch": Facts(organization=cast.units[code].pk),
            "pass_check": Facts(note="到现场核查，已恢复。"),
            "rework": Facts(note="现场仍有残留，请重新处理。"),
            "return_back": Facts(note="经核对不属本单位职责，建议由街道明确责任单位。"),
        }.get(move, Facts())

    def _pictures(self, errand: Errand) -> Pictures:
        """Stored before the transaction that uses them: cleaning a picture takes a while."""
        if errand.number % PICTURED:
            return Pictures()
        needs_after = Stage.TO_CHECK in ROUTE[: errand.steps + 1]
        return Pictures(
            (_store(errand, mended=False),), (_store(errand, mended=True),) if needs_after else ()
        )

    def _actor(self, staff_id: int, at: datetime) -> Actor:
        return actor_for(self.accounts[staff_id], on=local_day(at))


def _store(errand: Errand, *, mended: bool) -> int:
    data = scene(errand.code, Random(f"{errand.key}:{mended}"), mended=mended)  # noqa: S311 - a drawing
    name = f"演示图片{errand.number}{'处置后' if mended else '处置前'}.jpg"
    return store_file(name, data, by=SYSTEM, now=errand.voice.at).pk
