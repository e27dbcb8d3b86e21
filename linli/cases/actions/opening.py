"""Opening a case for a report, or joining the report to the case that is already open.

Opening is triage (研判) done by the system: where, what, known already, how urgent, until when, whose. Each step leaves
a sentence in the proposal; nothing of it is final before a person accepts, registers and dispatches.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db.models import F

from linli.cases.actions.ruled import raise_alarm
from linli.cases.actions.secrecy import hide_case, hide_what_was_said_elsewhere
from linli.cases.duplicates.candidates import cell_of
from linli.cases.duplicates.rules import Decision, Verdict
from linli.cases.duplicates.text import text_keys
from linli.cases.flow import CASE, Stage
from linli.cases.index import index_cases
from linli.cases.models import Case, Category, Channel, Report, TextKey, WorkOrder
from linli.cases.suggesting.category import NOTHING, Guess, major_of, suggest_category
from linli.cases.suggesting.likeness import suggest_duplicates
from linli.cases.suggesting.place import Found, suggest_place
from linli.cases.suggesting.proposing import URGENT_WORDS, propose
from linli.kernel.acting import Actor, action
from linli.kernel.engine import rows
from linli.kernel.errors import NotFound
from linli.kernel.matters.inbox import keep_entry
from linli.kernel.matters.kinds import kind_of
from linli.kernel.matters.moving import open_matter
from linli.kernel.notify.sending import tell


@action(may="cases.report")
def triage_report(report_id: int, *, by: Actor, now: datetime) -> Case:
    """Give a stored report its case: join it to an open one or open a new one. Doing it twice changes nothing."""
    report = rows.get(Report, report_id, lock=True)
    if report is None:
        raise NotFound("没有这条上报。", field="report")
    if report.case is not None:
        return report.case
    hide_what_was_said_elsewhere(report)
    chosen = rows.known(Category, report.category_id)
    guess = _chosen(chosen) if chosen else suggest_category(report.title, report.body)
    lon, lat = _where(report, by=by)
    decision = suggest_duplicates(
        title=report.title.plain, body=report.body.plain, lon=lon, lat=lat,
        measured=report.lon is not None,
        code=guess.code, major=guess.major, certainty=guess.probability, now=now,
    )  # fmt: skip
    if decision.verdict is Verdict.JOIN and not report.alarm_key:
        joined = join_report(
            report, decision.likenesses[0].case_id, because=decision.sentence, now=now
        )
        if joined is not None:
            return joined
    return open_case(report, guess, decision, by=by, now=now)


def _where(report: Report, *, by: Actor) -> tuple[float | None, float | None]:
    """The position of a report, or of the building that its words name."""
    if report.lon is not None:
        return report.lon, report.lat
    found = suggest_place(None, None, _words(report), by=by)
    return (found.lon, found.lat) if found else (None, None)


def _words(report: Report) -> str:
    return f"{report.address.plain} {report.title.plain} {report.body.plain}"


def join_report(report: Report, case_id: int, *, because: str, now: datetime) -> Case | None:
    """Add a report to an open case; None if that case has ended meanwhile."""
    case = Case.objects.select_for_update(of=("self",)).filter(pk=case_id, open=True).first()
    if case is None:
        return None
    report.case, report.joined_because = case, because[:300]
    report.save(update_fields=["case", "joined_because"])
    Case.objects.filter(pk=case.pk).update(report_count=F("report_count") + 1, last_reported_at=now)
    if report.confidential and not case.confidential:
        hide_case(case.pk, confidential=True)
    case.refresh_from_db(fields=["report_count", "last_reported_at", "confidential", "public"])
    if _dangerous(report):
        _raise_urgency(case)
    index_cases([case])
    tell(
        case.owner_id,
        f"又有人反映：{case.number} {case.title}（共 {case.report_count} 次）",
        link=f"/cases/{case.number}",
        about=f"report:{report.pk}",
        now=now,
        level="red" if _dangerous(report) else "info",
    )
    return case


def open_case(
    report: Report, guess: Guess, decision: Decision, *, by: Actor, now: datetime
) -> Case:
    """Open a new case for a report."""
    doubt = report.raw_place.get("doubt", "")
    found = suggest_place(report.lon, report.lat, _words(report), doubt=doubt, by=by)
    if found is None:
        raise NotFound("还没有建立街道和网格，请先导入区划。", field="place")
    case = _case_of(report, found, guess, now=now)
    triage = propose(
        case,
        guess,
        found,
        decision,
        danger=_dangerous(report),
        source=report.source_system,
        now=now,
    )
    case.proposal = triage.proposal
    with rows.together():
        _open(case, by=by, now=now, text="已收到")
        report.case = case
        rows.save(report, ("case",))
        if report.intake_channel == Channel.HOTLINE:
            rows.put_new(_work_order(case, report))
        if case.lon is None:
            keys = text_keys(f"{case.title.plain}\n{case.body.plain}")
            TextKey.objects.bulk_create([TextKey(key=key, case=case) for key in keys])
        index_cases([case], receipts=(report.receipt,))
    raise_alarm(triage.unit.failures, case, now=now)
    return case


def open_redo(old: Case, *, by: Actor, reason: str, now: datetime) -> Case:
    """A new order for a matter that was handled but not solved, linked to the first; goes straight to dispatch."""
    new = Case(
        **{name: getattr(old, name) for name in COPIED},
        stage=Stage.TO_DISPATCH,
        suggestion=replace(old.proposal, owner="", redo_of=old.number).written(),
        redo_of=old,
        opened_at=now,
        changed_at=now,
        last_reported_at=now,
    )
    _open(new, by=by, now=now, note=reason, text=f"由 {old.number} 重办")
    index_cases([new])
    return new


COPIED = (
    "district_id", "subdistrict_id", "community_id", "grid_id", "lon", "lat", "cell", "title", "body", "address",
    "intake_channel", "category_id", "standard_id", "order_limit", "urgent", "confidential", "public",
)  # fmt: skip


def _case_of(report: Report, found: Found, guess: Guess, *, now: datetime) -> Case:
    category = _category(guess) if guess.sure else None
    return Case(
        stage=Stage.RECEIVED,
        title=report.title,
        body=report.body,
        address=report.address,
        district_id=found.district_id,
        subdistrict_id=found.subdistrict_id,
        community_id=found.community_id,
        grid_id=found.grid_id,
        lon=found.lon,
        lat=found.lat,
        cell=cell_of(found.lon, found.lat)
        if found.lon is not None and found.lat is not None
        else None,
        intake_channel=report.intake_channel,
        category=category,
        urgent=_dangerous(report) or bool(category and category.urgent),
        confidential=report.confidential,
        public=report.publish_consent and not report.confidential,
        alarm_key=report.alarm_key,
        opened_at=now,
        last_reported_at=now,
        changed_at=now,
    )


def _dangerous(report: Report) -> bool:
    """Whether it is urgent whatever its class."""
    return report.answers.get("danger") == "yes" or any(
        word in report.title or word in report.body for word in URGENT_WORDS
    )


def _raise_urgency(case: Case) -> None:
    """A later report speaks of danger: from then on the case is urgent whatever its class."""
    own = case.proposal.urgent
    if own.danger:
        return
    sentence = "紧急：后来的上报说现场有危险。"
    case.urgent = True
    case.proposal = replace(case.proposal, urgent=replace(own, danger=True, sentence=sentence))
    case.save(update_fields=["urgent", "suggestion"])
    keep_entry(kind_of(CASE.code), case, was_open=True)


def _work_order(case: Case, report: Report) -> WorkOrder:
    """The hotline's side of the matter; an order that came without its number goes by our receipt."""
    number = report.external_no or report.receipt
    return WorkOrder(case=case, order_no=number[:32], received_at=report.received_at)


def _category(guess: Guess) -> Category | None:
    return rows.known(Category, guess.category_id)


def _chosen(category: Category) -> Guess:
    return replace(
        NOTHING,
        category_id=category.pk,
        code=category.code,
        major=major_of(category),
        probability=1.0,
        sure=True,
        sentence=f"上报时已选择“{category.name}”。",
    )


def _open(case: Case, *, by: Actor, now: datetime, text: str, note: str = "") -> None:
    facts = {"channel": case.intake_channel}
    open_matter(
        kind_of(CASE.code),
        case,
        by=by,
        now=now,
        code="report",
        note=note,
        public_text=text,
        facts=facts,
    )
