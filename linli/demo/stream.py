"""Lets the demo live: now and then somebody reports something, and staff deal with what waits for them.

`live` is called by the worker in every round. Time is cut into slots of twenty seconds; what happens in a slot depends
on the seed and the slot alone, and a report carries the slot in its key, so two workers do not report it twice. Cases
that a visitor reported are left to the visitor. Only where LINLI_DEMO_STREAM=1 asks for it (`bin/run` does), and never
where there is no demo.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from linli.cases.actions.intake import receive_report
from linli.cases.actions.moving import make_move
from linli.cases.actions.rating import rate_case
from linli.cases.drafts import ReportDraft
from linli.cases.facts import Facts
from linli.cases.flow import Outcome, Stage
from linli.cases.models import Case, Category, Report, Satisfaction, Solved
from linli.cases.queries import current_standards
from linli.demo.build import chronicle_of
from linli.demo.content import reply_for
from linli.demo.matters import Chronicle
from linli.demo.presence import demo_present, finished, plan_in_place
from linli.demo.profile import class_weights, day_like, hourly_share, poisson
from linli.demo.today import SOURCE
from linli.kernel.access.models import Account
from linli.kernel.access.queries import RESIDENT, actor_for
from linli.kernel.acting import Actor
from linli.kernel.calendar.local import local_day
from linli.kernel.engine.remembered import Remembered
from linli.kernel.errors import LinliError

SLOT = timedelta(seconds=20)
MOST_SLOTS = 10
"""Slots made up for in one round; with a fast clock the rest is skipped, or the demo would drown."""

EVERY = timedelta(minutes=4)
"""Mean time between two reports in an hour of ordinary busyness."""

QUIETEST = 0.35
"""Least busyness of an hour: who looks at the demo at night should see something too."""

MOST_OPEN, USUALLY_OPEN = 220, 150
"""No new reports above the first; at the second, staff are just as quick as the reports come."""

MOST_A_DAY = 200
MOVES_PER_SLOT = 0.6
LEFT_ALONE = timedelta(minutes=2)
"""How long a case rests after each move, so that one can watch it."""

LOOKED_AT = 40
RATED = 0.5

MOVES: dict[str, str] = {
    Stage.RECEIVED: "accept",
    Stage.VERIFYING: "confirm",
    Stage.ACCEPTED: "register",
    Stage.TO_DISPATCH: "dispatch",
    Stage.TO_SIGN: "sign_for",
    Stage.HANDLING: "feedback",
    Stage.TO_CHECK: "pass_check",
    Stage.TO_FOLLOW_UP: "close",
}
"""The plain way from every open stage."""

log = logging.getLogger(__name__)


@dataclass
class _Pace:
    """The last slot this process has lived through; nothing is lost when it is forgotten."""

    slot: int | None = None


_pace = _Pace()


def live(*, now: datetime) -> int:
    """Everything that happens in the demo since the last call; how many things."""
    if not (settings.LINLI_DEMO_STREAM and demo_present() and _ready()):
        return 0
    current = int(now.timestamp() // SLOT.total_seconds())
    first = current if _pace.slot is None else max(_pace.slot + 1, current - MOST_SLOTS + 1)
    _pace.slot = current
    return sum(_live_through(slot, now=now) for slot in range(first, current + 1))


def next_reports(slot: int, *, now: datetime) -> Iterator[tuple[ReportDraft, Actor]]:
    """What is reported in this slot, and by whom."""
    chronicle = _chronicle()
    rng = Random(f"{chronicle.plan.seed}:live:{slot}")  # noqa: S311 - repeatable, not secret
    day = day_like(
        local_day(now), seed=chronicle.plan.seed, holidays=chronicle.working_time.holidays
    )
    busyness = day.busyness * max(QUIETEST, hourly_share(now))
    weights = {
        code: weight for code, weight in class_weights(day).items() if code in chronicle.cast.units
    }
    for number in range(poisson(SLOT / EVERY * busyness, rng)):
        code = rng.choices(list(weights), list(weights.values()))[0]
        voice = chronicle.voice(now, code, chronicle.spot_for(code, rng), rng)
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
            client_key=f"live-{slot}-{number}-{code}",
            source_system=SOURCE,
        )
        yield draft, _actor(voice.entered_by.pk, now) if voice.entered_by else RESIDENT


def _live_through(slot: int, *, now: datetime) -> int:
    rng = Random(f"acts:{slot}")  # noqa: S311 - repeatable, not secret
    open_now = Case.objects.filter(open=True).count()
    done = 0
    if open_now < MOST_OPEN and _today(now) < MOST_A_DAY:
        for draft, by in next_reports(slot, now=now):
            receive_report(draft, by=by, now=now)
            done += 1
    for _ in range(poisson(MOVES_PER_SLOT * open_now / USUALLY_OPEN, rng)):
        done += _act(rng, now=now)
    return done


def _act(rng: Random, *, now: datetime) -> int:
    """One move by the owner of one case that has rested a while; 0 if there was nothing to do."""
    cases = list(_waiting(now).order_by("due_at", "id")[:LOOKED_AT])
    if not cases:
        return 0
    case = rng.choice(cases)
    move = MOVES[case.stage]
    try:
        facts = _facts(case, move, now=now)
        if facts is None or case.owner_id is None:
            return 0
        make_move(case.pk, move, by=_actor(case.owner_id, now), facts=facts, now=now)
        if move == "close" and rng.random() < RATED:
            _rate(case, rng, now=now)
    except LinliError as refusal:
        # A visitor was quicker, or holds the post otherwise; the next slot finds something else to do.
        log.info("demo: %s of case %s: %s", move, case.pk, refusal.message)
        return 0
    return 1


def _waiting(now: datetime) -> QuerySet[Case]:
    own = Report.objects.filter(case=OuterRef("pk"), client_key__startswith=f"{SOURCE}:")
    return Case.objects.filter(Exists(own), open=True, changed_at__lt=now - LEFT_ALONE)


def _facts(case: Case, move: str, *, now: datetime) -> Facts | None:
    """What the move needs; None when it is not known what the case is about."""
    category = _category(case)
    if category is None:
        return None
    reply = reply_for(category.code, case.address.plain or "现场")
    unit = _chronicle().cast.units.get(category.code)
    standards = current_standards(category, now)
    return {
        "accept": Facts(category=category.pk),
        "confirm": Facts(note="到现场看过，情况属实。"),
        "register": Facts(standard=standards[0].pk if standards else None),
        "dispatch": Facts(organization=unit.pk if unit else None),
        "feedback": Facts(
            outcome=Outcome.SOLVED, note=reply.handling_note, public_reply=reply.public_reply
        ),
        "pass_check": Facts(note="对照处置前后照片，符合结案条件。"),
        "close": Facts(closing_condition_met=True, note="已电话回访，反映人知晓结果。"),
    }.get(move, Facts())


def _category(case: Case) -> Category | None:
    """The class of the case, else the one that was suggested, else the one its report was made from."""
    if case.category is not None:
        return case.category
    suggested = case.proposal.category.id
    if suggested:
        return Category.objects.filter(pk=suggested).first()
    key = Report.objects.filter(case=case, client_key__startswith=f"{SOURCE}:").values_list(
        "client_key", flat=True
    )
    return _chronicle().cast.categories.get((key.first() or "").rpartition("-")[2])


def _rate(case: Case, rng: Random, *, now: datetime) -> None:
    report = Report.objects.filter(case=case, contact__isnull=False).order_by("id").first()
    if report is None:
        return
    satisfaction = rng.choices(Satisfaction.values, (72, 20, 8))[0]
    solved = Solved.PARTLY_SOLVED if satisfaction == Satisfaction.DISSATISFIED else Solved.SOLVED
    rate_case(
        report.pk,
        satisfaction=satisfaction,
        solved=solved,
        words="",
        channel=report.intake_channel,
        by=RESIDENT,
        now=now,
    )


def _today(now: datetime) -> int:
    midnight = now - timedelta(days=1)
    return Report.objects.filter(
        received_at__gte=midnight, client_key__startswith=f"{SOURCE}:live-"
    ).count()


def _actor(staff_id: int, now: datetime) -> Actor:
    return actor_for(
        Account.objects.select_related("staff").get(staff_id=staff_id), on=local_day(now)
    )


def _read_chronicle() -> Chronicle:
    plan = plan_in_place()
    assert plan is not None, "there is a demo, or nobody asks"
    return chronicle_of(plan)


_chronicle = Remembered(_read_chronicle, seconds=600.0)
_ready = Remembered(finished, seconds=5.0)
