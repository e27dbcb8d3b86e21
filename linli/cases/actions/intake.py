"""Taking a report in: stored first, acknowledged, then everything else.

The same report sent again finds the row that is already there and gets the same receipt (`senders.py` says what is the
same); what it brings along that is new — pictures, a wish for secrecy — is added. An alarm with an `alarm_key` joins
its open case at once, so that a storm of ten thousand becomes one case with a count and not ten thousand pieces of
work.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from linli.cases.actions.opening import open_case
from linli.cases.actions.photos import attach_photos
from linli.cases.actions.secrecy import hide, hide_case
from linli.cases.drafts import ReportDraft, cleaned
from linli.cases.duplicates.rules import Decision, Verdict
from linli.cases.errors import BadReport, KeyReused
from linli.cases.events import ReportStored
from linli.cases.models import Case, CasePhoto, Category, PhotoKind, Report
from linli.cases.senders import Keys, differing, keys_of
from linli.cases.suggesting.category import suggest_category
from linli.kernel.acting import SYSTEM, Actor, action
from linli.kernel.calendar.local import local_day
from linli.kernel.engine import rows
from linli.kernel.engine.remembered import Remembered
from linli.kernel.events.outbox import announce
from linli.kernel.jobs.queue import enqueue
from linli.kernel.notify.sending import tell
from linli.kernel.people.models import Contact
from linli.kernel.places.coordinates import in_china, parse_coord_sys, to_stored
from linli.kernel.places.plausible import doubt_about

TRIAGE = "cases.triage"
SAME_ALARM = "同一设备的同一告警，计入已有案件。"
TOLD_COUNTS = frozenset(10**power for power in range(1, 7))

RECEIPT_DIGITS = 12

PHOTOS_MOST = 30
"""Pictures of one report, however often it is sent again."""


@dataclass(frozen=True)
class Receipt:
    """What the sender gets back: the number to ask with, and whether we knew the report already.

    `added` names what a sending that we knew has brought: photos, confidential, publish_consent (withdrawn).
    """

    report_id: int
    receipt: str
    already_known: bool
    case_id: int | None
    added: tuple[str, ...] = ()


@action(may="cases.report")
def receive_report(draft: ReportDraft, *, by: Actor, now: datetime) -> Receipt:
    """Store a report; a worker finds or opens its case.

    Raises:
        BadReport: a field is wrong; `field` names it and nothing is stored.
        KeyReused: this sender has used the key for other content; nothing is stored.
    """
    draft = cleaned(draft)
    keys = keys_of(
        draft, kind=by.kind, staff_id=by.staff_id, account_id=by.account_id, day=local_day(now)
    )
    report = _row(draft, keys, by=by, now=now)
    if report.alarm_key:
        report.case_id = _open_alarm_case(report.alarm_key)
        report.joined_because = SAME_ALARM if report.case_id else ""
    while not rows.insert_new(report):
        known = _known(keys)
        if known is not None:
            return _again(known, report, draft, keys, by=by, now=now)
        report.receipt = _new_receipt()  # another report drew the same number
    _keep_contact(report, draft, now=now)
    _keep_secret(report)
    if draft.photo_ids:
        attach_photos(draft.photo_ids, PhotoKind.REPORT, report=report, by=by, now=now)
    joins = report.case_id is not None
    if report.alarm_key and not joins:
        _open_alarm(report, now=now)
    with rows.together():
        announce(ReportStored(report.pk), now=now)
        if report.case_id is None:
            words = {"report_id": report.pk}
            enqueue(TRIAGE, words, due_at=now, now=now, key=f"triage:{report.pk}")
        # Last of all: in a storm every other alarm waits for this row until the transaction ends.
        counted = not joins or _count_alarm(report, now=now)
    if not counted:
        _open_alarm(report, now=now)
    return Receipt(report.pk, report.receipt, already_known=False, case_id=report.case_id)


def _known(keys: Keys) -> Report | None:
    """What this sender has sent under this key, else with this content."""
    found: list[Report] = []
    if keys.client_key:
        found = rows.find(Report, sender=keys.sender, client_key=keys.client_key)
    found = found or rows.find(Report, content_key=keys.content_key)
    return found[0] if found else None


def _again(
    known: Report, sent: Report, draft: ReportDraft, keys: Keys, *, by: Actor, now: datetime
) -> Receipt:
    """The receipt of what we have, with what is new in this sending added to it."""
    if known.content_key != keys.content_key:
        _refuse_other_content(known, sent, phone=draft.contact_phone)
    added = (
        *_new_photos(known, draft.photo_ids, by=by, now=now),
        *hide(
            known,
            confidential=draft.confidential,
            withdrawn=known.publish_consent and not draft.publish_consent,
        ),
    )
    return Receipt(known.pk, known.receipt, already_known=True, case_id=known.case_id, added=added)


def _refuse_other_content(known: Report, sent: Report, *, phone: str) -> None:
    """Raises KeyReused, unless it is the same content on another day."""
    contact = rows.get(Contact, known.contact_id or 0)
    names = differing(_content(sent, phone), _content(known, contact.phone if contact else ""))
    if names:
        raise KeyReused(
            f"这个 client_key 已经用于另一条上报（回执 {known.receipt}），"
            f"这次的 {'、'.join(names)} 与那条不同，没有收下。新的上报请换一个 client_key。",
            field="client_key",
        )


def _content(report: Report, phone: str) -> dict[str, object]:
    """What was said, under the names by which it is sent."""
    names = ("title", "body", "address", "lon", "lat", "alarm_key", "occurred_at")
    said = {name: getattr(report, name) for name in names}
    return {**said, "category": report.category_id, "contact_phone": phone}


def _new_photos(
    known: Report, file_ids: tuple[int, ...], *, by: Actor, now: datetime
) -> tuple[str, ...]:
    there = set(CasePhoto.objects.filter(report=known).values_list("file_id", flat=True))
    new = [one for one in file_ids if one not in there]
    if not new:
        return ()
    if len(there) + len(new) > PHOTOS_MOST:
        raise BadReport(
            f"这条上报已有 {len(there)} 张照片，最多 {PHOTOS_MOST} 张，请另写一条。", field="photos"
        )
    attach_photos(new, PhotoKind.REPORT, report=known, by=by, now=now)
    return ("photos",)


def _row(draft: ReportDraft, keys: Keys, *, by: Actor, now: datetime) -> Report:
    lon, lat, raw = _position(draft)
    return Report(
        receipt=_new_receipt(),
        sender=keys.sender,
        client_key=keys.client_key,
        content_key=keys.content_key,
        said_key=keys.said_key,
        intake_channel=draft.intake_channel,
        source_system=draft.source_system,
        external_no=draft.external_no,
        title=draft.title,
        body=draft.body,
        address=draft.address,
        lon=lon,
        lat=lat,
        raw_place=raw,
        category=_category(draft.category_code),
        confidential=draft.confidential,
        publish_consent=draft.publish_consent,
        entered_by_id=by.staff_id,
        occurred_at=draft.occurred_at,
        received_at=now,
        answers=draft.answers,
        alarm_key=draft.alarm_key,
    )


def _position(draft: ReportDraft) -> tuple[float | None, float | None, dict[str, object]]:
    raw: dict[str, object] = {"label": draft.place_label} if draft.place_label else {}
    if draft.lon is None or draft.lat is None:
        return None, None, raw
    lon, lat = to_stored(draft.lon, draft.lat, parse_coord_sys(draft.coord_sys))
    doubt = doubt_about(lon, lat)
    # A report is never turned away for its position: far away it is still looked at, but an address counts for more.
    if doubt and (draft.address or not in_china(lon, lat)):
        given = {"lon": draft.lon, "lat": draft.lat, "coord_sys": draft.coord_sys}
        return None, None, raw | given | {"doubt": doubt}
    if draft.coord_sys not in ("wgs84", "cgcs2000"):
        raw |= {"lon": draft.lon, "lat": draft.lat, "coord_sys": draft.coord_sys}
    return lon, lat, raw


def _category(code: str) -> Category | None:
    if not code:
        return None
    category = _categories(code)
    if category is None:
        raise BadReport(f"没有编码为“{code}”的类别，请从类别列表中选择。", field="category")
    return category


def _read_category(code: str) -> Category | None:
    return Category.objects.filter(code=code, retired_at=None).first()


_categories = Remembered(_read_category, seconds=3.0)


def _keep_contact(report: Report, draft: ReportDraft, *, now: datetime) -> None:
    if not draft.contact_phone and not draft.contact_name:
        return
    report.contact = Contact.objects.create(
        name=draft.contact_name,
        phone=draft.contact_phone,
        phone_tail=draft.contact_phone[-4:],
        publish_consent=draft.publish_consent,
        sms_consent=draft.sms_consent,
        given_at=now,
    )
    rows.save(report, ("contact",))


def _open_alarm(report: Report, *, now: datetime) -> None:
    """The first alarm of a device opens its case; one that comes second to that is counted."""
    report.case_id, report.joined_because = None, ""
    guess = suggest_category(report.title, report.body)
    decision = Decision(Verdict.NOTHING, (), "告警按设备归并。")
    try:
        with transaction.atomic():
            open_case(report, guess, decision, by=SYSTEM, now=now)
    except IntegrityError:
        report.case_id, report.joined_because = _open_alarm_case(report.alarm_key), SAME_ALARM
        rows.save(report, ("case", "joined_because"))
        if not _count_alarm(report, now=now):
            raise


def _keep_secret(report: Report) -> None:
    """A wish for secrecy that comes with an alarm holds for the case it is counted in."""
    if report.case_id and report.confidential:
        hide_case(report.case_id, confidential=True)


def _count_alarm(report: Report, *, now: datetime) -> bool:
    """Whether the case is still open and has counted one more; its owner hears of the 10th, the 100th, the 1,000th."""
    still_open = {"pk": report.case_id, "open": True}
    total = rows.count_up(Case, "report_count", {"last_reported_at": now}, **still_open)
    case = rows.get(Case, report.case_id or 0) if total in TOLD_COUNTS else None
    if case is not None:
        text = f"告警已重复 {total} 次：{case.number} {case.title}"
        about = f"alarm:{case.pk}:{total}"
        tell(case.owner_id, text, link=f"/cases/{case.number}", about=about, now=now)
    return total is not None


def _open_alarm_case(alarm_key: str) -> int | None:
    found = rows.find(Case, alarm_key=alarm_key, open=True)
    return found[0].pk if found else None


def _new_receipt() -> str:
    return f"{secrets.randbelow(9 * 10 ** (RECEIPT_DIGITS - 1)) + 10 ** (RECEIPT_DIGITS - 1)}"
