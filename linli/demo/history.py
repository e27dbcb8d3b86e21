"""Stores the stories of one week at once: all of the week or nothing, so a build can be stopped and run again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import Any

from django.db import transaction

from linli.cases.actions.effects import CASES
from linli.cases.drafts import ReportDraft, cleaned
from linli.cases.duplicates.candidates import cell_of
from linli.cases.flow import CASE, Clock, Stage
from linli.cases.index import index_cases
from linli.cases.models import (
    Case,
    CaseMove,
    Deadline,
    Escalation,
    ForceCloseRequest,
    Merge,
    Rating,
    Report,
)
from linli.cases.proposal import (
    Proposal,
    ProposedClass,
    ProposedDeadline,
    ProposedLikeness,
    ProposedPlace,
    ProposedUnit,
    ProposedUrgency,
)
from linli.cases.senders import keys_of
from linli.cases.suggesting.worker import suggest_worker
from linli.demo.cast import Cast
from linli.demo.hotline import store_hotline
from linli.demo.matters import Chronicle
from linli.demo.replay import Played, play
from linli.demo.story import Story, Voice
from linli.kernel.calendar.errors import YearNotLoaded
from linli.kernel.calendar.local import local_day
from linli.kernel.matters.clocks import compute
from linli.kernel.matters.inbox import entry_of
from linli.kernel.matters.models import InboxEntry
from linli.kernel.matters.roster import pick_owner
from linli.kernel.notify.sending import tell
from linli.kernel.people.models import Contact

KEY = "demo:"
"""Reports of the demo have client keys that begin so; `demo:w03-0012` is the thirteenth matter of week 3."""

BATCH = 500
RECEIPT_DIGITS = 12
UNSURE = 0.12
"""Share of the matters whose class the classifier left to a person."""

JOINED_BECAUSE = "同一地点(1 米内)、类别相同、{hours} 小时前上报且尚未办结"


@dataclass
class _Row:
    """A report to be stored, the voice it comes from and the case it belongs to."""

    voice: Voice
    played: Played
    report: Report


def week_is_stored(number: int) -> bool:
    return Report.objects.filter(client_key__startswith=f"{KEY}w{number:02d}-").exists()


def store_week(chronicle: Chronicle, number: int) -> int:
    """Store the week unless it is there; the number of cases stored."""
    if week_is_stored(number):
        return 0
    rng = Random(f"{chronicle.plan.seed}:rows:{number}")  # noqa: S311 - repeatable, not secret
    played = _play(chronicle, chronicle.stories_of_week(number), rng)
    rows = list(_reports(played, rng))
    with transaction.atomic():
        _store_cases(played)
        _store_reports(rows)
        _store_course(played)
        _store_ratings(rows, now=chronicle.plan.now)
        firsts = [(row.played, row.report) for row in rows if not row.report.joined_because]
        callers = chronicle.cast.by_role["follow_up"]
        store_hotline(firsts, callers, rng, now=chronicle.plan.now)
        _give_owners(played, chronicle.cast, now=chronicle.plan.now)
        index_cases([one.case for one in played])
    return len(played)


def _play(chronicle: Chronicle, stories: Sequence[Story], rng: Random) -> list[Played]:
    leader = chronicle.cast.by_role["leader"][0]
    now = chronicle.plan.now
    found: dict[int, Played] = {}
    for story in stories:
        one = play(story, _opened(chronicle, story, rng), leader=leader, now=now)
        found[id(story)] = one
        if story.redo is not None and one.case.outcome == "not_solved":
            again = _opened(chronicle, story.redo, rng)
            again.redo_of, again.stage, again.standard = (
                one.case,
                Stage.TO_DISPATCH,
                story.matter.standard,
            )
            found[id(story.redo)] = play(story.redo, again, leader=leader, now=now)
    for one in found.values():
        if one.moves[-1].code == "merge" and one.story.merged_into is not None:
            survivor = found[id(one.story.merged_into)].case
            survivor.report_count += one.case.report_count
    return sorted(found.values(), key=lambda one: one.case.opened_at)


def _opened(chronicle: Chronicle, story: Story, rng: Random) -> Case:
    """The case as triage would have opened it."""
    matter, spot, areas = story.matter, story.matter.voice.spot, chronicle.cast.area_ids
    sure = rng.random() >= UNSURE
    draft = _draft(matter.voice)
    heard = [voice for voice in story.joined if voice.at <= chronicle.plan.now]
    case = Case(
        stage=Stage.RECEIVED,
        district_id=chronicle.cast.district_id,
        subdistrict_id=chronicle.cast.subdistrict_id,
        community_id=areas[spot.community],
        grid_id=areas[spot.grid],
        lon=spot.lon,
        lat=spot.lat,
        cell=cell_of(spot.lon, spot.lat),
        title=draft.title,
        body=draft.body,
        address=draft.address,
        intake_channel=matter.voice.channel,
        category=matter.category if sure else None,
        urgent=sure and matter.category.urgent,
        confidential=matter.voice.confidential,
        public=matter.voice.publish and not matter.voice.confidential,
        report_count=1 + (0 if story.is_redo else len(heard)),
        opened_at=story.opened_at,
        last_reported_at=heard[-1].at if heard else story.opened_at,
        changed_at=story.opened_at,
    )
    case.proposal = _proposal(case, story, _deadline(story), rng, sure=sure)
    return case


def _proposal(
    case: Case, story: Story, deadline: ProposedDeadline, rng: Random, *, sure: bool
) -> Proposal:
    """The same sentences as triage leaves."""
    matter = story.matter
    category, unit, spot = matter.category, matter.unit, matter.voice.spot
    probability = round(rng.uniform(0.72, 0.99) if sure else rng.uniform(0.3, 0.69), 4)
    advice = "" if sure else "把握不足，请人工选择。"
    usual = "紧急：此类别按紧急事项办理。" if case.urgent else "一般：没有危及安全的情况。"
    return Proposal(
        category=ProposedClass(
            category.pk,
            category.code,
            f"{category.kind}{category.major_code}",
            probability,
            f"{category.name}（{probability:.0%}）：与以往同类上报的用词相近。{advice}",
        ),
        place=ProposedPlace(
            f"坐标（{spot.lon:.6f}, {spot.lat:.6f}）落在编码为 {spot.grid} 的网格内。", sure=True
        ),
        duplicates=ProposedLikeness("附近没有未办结的同类案件。"),
        urgent=ProposedUrgency(usual),
        deadline=deadline,
        organization=ProposedUnit(
            unit.pk, unit.name, f"派单目录：{category.name}由{unit.name}负责。"
        ),
    )


def _deadline(story: Story) -> ProposedDeadline:
    standard = story.matter.standard
    try:
        run = compute(
            CASE, Clock.HANDLE, standard.time_limit, organization_id=None, starts_at=story.opened_at
        )
    except YearNotLoaded as problem:
        return ProposedDeadline(problem.message)
    sentence = f"按立案标准“{standard.filing_condition}”（{run.limit}）：{run.due.sentence}"
    return ProposedDeadline(sentence, standard.pk)


def _draft(voice: Voice) -> ReportDraft:
    return cleaned(
        ReportDraft(
            body=voice.words,
            intake_channel=voice.channel,
            address=voice.spot.address,
            lon=voice.spot.lon,
            lat=voice.spot.lat,
            contact_name=voice.name,
            contact_phone=voice.phone,
            confidential=voice.confidential,
            publish_consent=voice.publish,
            # Two people may say the same of one place on one day; their times tell them apart.
            occurred_at=voice.at,
        )
    )


def _reports(played: Sequence[Played], rng: Random) -> Iterator[_Row]:
    """First reports and those that joined; a case that redoes another has none of its own."""
    for one in played:
        if one.story.is_redo:
            continue
        matter = one.story.matter
        yield _row(one, matter.voice, f"{KEY}{matter.key}", "", rng)
        for number, voice in enumerate(one.story.joined, start=1):
            if voice.at <= one.case.last_reported_at:
                hours = max(1, int((voice.at - one.case.opened_at).total_seconds() // 3600))
                because = JOINED_BECAUSE.format(hours=hours)
                yield _row(one, voice, f"{KEY}{matter.key}-{number}", because, rng)


def _row(played: Played, voice: Voice, key: str, because: str, rng: Random) -> _Row:
    draft = _draft(voice)
    low = 10 ** (RECEIPT_DIGITS - 1)
    contact = None
    if draft.contact_phone or draft.contact_name:
        contact = Contact(
            name=draft.contact_name,
            phone=draft.contact_phone,
            phone_tail=draft.contact_phone[-4:],
            publish_consent=voice.publish,
            given_at=voice.at,
        )
    keys = keys_of(draft, kind="system", staff_id=None, account_id=None, day=local_day(voice.at))
    report = Report(
        receipt=str(low + rng.randrange(9 * low)),
        client_key=key,
        content_key=keys.content_key,
        said_key=keys.said_key,
        case=played.case,
        intake_channel=voice.channel,
        source_system="12345" if voice.channel == "hotline" else "",
        external_no=f"{voice.at:%y%m%d%H%M%S}{rng.randrange(10**6):06d}"
        if voice.channel == "hotline"
        else "",
        title=draft.title,
        body=draft.body,
        address=draft.address,
        lon=draft.lon,
        lat=draft.lat,
        contact=contact,
        confidential=voice.confidential,
        publish_consent=voice.publish,
        entered_by=voice.entered_by,
        occurred_at=draft.occurred_at,
        received_at=voice.at,
        joined_because=because,
    )
    return _Row(voice, played, report)


def _store_cases(played: Sequence[Played]) -> None:
    Case.objects.bulk_create(
        [one.case for one in played if one.case.redo_of is None], batch_size=BATCH
    )
    again = [one for one in played if one.case.redo_of is not None]
    for one in again:
        first = one.case.redo_of
        one.case.redo_of = first  # the row has its id by now
        assert first is not None, "only redone cases are in this list"
        one.case.proposal = replace(one.case.proposal, redo_of=first.number)
    Case.objects.bulk_create([one.case for one in again], batch_size=BATCH)


def _store_reports(rows: Sequence[_Row]) -> None:
    Contact.objects.bulk_create(
        [row.report.contact for row in rows if row.report.contact], batch_size=BATCH
    )
    for row in rows:
        row.report.case, row.report.contact = row.played.case, row.report.contact
    Report.objects.bulk_create([row.report for row in rows], batch_size=BATCH)


def _store_course(played: Sequence[Played]) -> None:
    """Timelines, clocks, tellings and links; in order of time, as the real ones would lie in their tables."""
    _link(played)
    moves = sorted((move for one in played for move in one.moves), key=lambda move: move.at)
    deadlines = sorted(
        (row for one in played for row in one.deadlines), key=lambda row: row.starts_at
    )
    CaseMove.objects.bulk_create(_with_ids(moves), batch_size=BATCH)
    Deadline.objects.bulk_create(_with_ids(deadlines), batch_size=BATCH)
    escalations = [row for one in played for row in one.escalations]
    for escalation in escalations:
        escalation.deadline = escalation.deadline  # it has got its id meanwhile
    Escalation.objects.bulk_create(escalations, batch_size=BATCH)
    ForceCloseRequest.objects.bulk_create(
        _with_ids([row for one in played for row in one.requests])
    )


def _with_ids(rows: list[Any]) -> list[Any]:
    """The rows, knowing the ids that their cases have got meanwhile."""
    for row in rows:
        row.case = row.case
    return rows


def _link(played: Sequence[Played]) -> None:
    by_story = {id(one.story): one.case for one in played}
    merges, merged = [], []
    for one in played:
        last = one.moves[-1]
        if last.code == "merge" and one.story.merged_into is not None:
            survivor = by_story[id(one.story.merged_into)]
            last.facts = {"survivor": survivor.number}
            one.case.merged_into = survivor
            merged.append(one.case)
            merges.append(
                Merge(survivor=survivor, merged=one.case, stage_before=last.from_stage, at=last.at)
            )
        for move in one.moves:
            if move.code == "redo" and one.story.redo is not None:
                move.facts = {"new_case": by_story[id(one.story.redo)].number}
    Merge.objects.bulk_create(merges)
    Case.objects.bulk_update(merged, ["merged_into"])


def _store_ratings(rows: Sequence[_Row], *, now: datetime) -> None:
    firsts = [row for row in rows if not row.report.joined_because]
    Rating.objects.bulk_create(
        [
            Rating(
                case=row.played.case,
                report=row.report,
                satisfaction=grade.satisfaction,
                solved=grade.solved,
                words=grade.words,
                intake_channel=row.report.intake_channel,
                round=grade.round,
                at=grade.at,
            )
            for row in firsts
            for grade in row.played.story.grades
            if grade.at <= now
        ],
        batch_size=BATCH,
    )


def _give_owners(played: Sequence[Played], cast: Cast, *, now: datetime) -> None:
    """Open cases get the owner they would have now, by the real rule, and that person a notice."""
    waiting = [one.case for one in played if one.case.open]
    for case in waiting:
        if case.stage == Stage.HANDLING:
            case.owner_id = case.handler_id
        elif case.stage == Stage.TO_SIGN:
            case.owner_id, _ = suggest_worker(case, now=now)
        else:
            barred = frozenset({case.handler_id} if case.handler_id else ()) | _away(case, cast)
            case.owner_id, why = pick_owner(CASE, case, now=now, barred=barred)
            case.note_owner(why)
        tell(
            case.owner_id, f"{case.stage_name}：{case.number} {case.title}", link=f"/cases/{case.number}",
            about=f"case:{case.pk}:{case.version}", now=case.changed_at,
        )  # fmt: skip
    Case.objects.bulk_update(waiting, ["owner", "suggestion"])
    InboxEntry.objects.bulk_create([entry_of(CASES, case) for case in waiting], batch_size=BATCH)


def _away(case: Case, cast: Cast) -> frozenset[int]:
    """For every other check the grid staff are out, so that the checkers of the centre have some too."""
    if case.stage != Stage.TO_CHECK or case.pk % 2:
        return frozenset()
    return frozenset(
        one.pk for role in ("grid_worker", "grid_leader") for one in cast.by_role[role]
    )
