"""Everything the page of one case shows, gathered from the reads of `cases` and put into words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases.flow import CASE, MOVES
from linli.cases.models import Case, CaseMove, CasePhoto, Deadline, PhotoKind, Report
from linli.cases.promise import newly_promised
from linli.cases.proposal import Proposal
from linli.cases.queries import (
    cases_by_id,
    deadlines,
    force_close_request,
    linked_to,
    photos_of,
    ratings_of,
    reaches,
    reports_of,
    timeline,
)
from linli.kernel.acting import Actor
from linli.kernel.files.queries import signed_path
from linli.kernel.files.rules import Size
from linli.kernel.privacy.free_text import masked_tree, masked_words, personal_in
from linli.kernel.privacy.masks import mask_name, mask_phone
from linli.kernel.privacy.words import Sight
from linli.screens.console import labels
from linli.screens.console.cases.beside import Standing
from linli.screens.console.cases.moves import choices_for
from linli.screens.console.cases.order_block import order_block
from linli.screens.shared.guard import PageRequest
from linli.screens.shared.light import light_of
from linli.whistles.queries import whistles_of

MAP_MARGIN = 0.002
"""Degrees around the case that its map shows; about 200 m."""

FIRST_WORDS = "已收到"

STEPS = ("category", "place", "duplicates", "urgent", "deadline", "rule", "organization")
FACT_WORDS = {
    "category": gettext_lazy("类别"),
    "standard": gettext_lazy("立案标准"),
    "limit": gettext_lazy("时限"),
    "limit_source": gettext_lazy("时限依据"),
    "organization": gettext_lazy("承办单位"),
    "worker": gettext_lazy("经办人"),
    "why": gettext_lazy("选择理由"),
    "reason": gettext_lazy("原因"),
    "outcome": gettext_lazy("办理结果"),
    "survivor": gettext_lazy("主案"),
    "new_case": gettext_lazy("重办单"),
    "asked_by": gettext_lazy("申请人"),
    "asked_because": gettext_lazy("申请理由"),
}
URGING = ("urge", "urge_unit")


def case_context(request: PageRequest, case: Case) -> dict[str, Any]:
    """Context of `console/cases/case.html`."""
    standing = Standing(case, request.actor, request.now)
    lines = timeline(case)
    photos = photos_of(case)
    reports = reports_of(case)
    return {
        "case": case,
        "light": light_of(case, request),
        "choices": choices_for(standing),
        "moves": _timeline(lines, photos, request),
        "urged": sum(line.code in URGING for line in lines),
        "photos": photos_shown(photos, request),
        "clocks": [_clock(row, case) for row in deadlines(case)[::-1]],
        "suggestions": _suggestions(case, request.actor),
        "reports": [_report(row, case, request.actor, standing.roles.handlers) for row in reports],
        "ratings": ratings_of(case),
        "linked": linked_to(request.actor, case),
        "whistles": whistles_of(request.actor, case),
        "may_whistle": case.open
        and (request.actor.may("whistle.blow") or request.actor.may("whistle.raise")),
        "over": standing.over,
        "order_block": order_block(request, case),
        "force_request": force_close_request(case) if case.open else None,
        "bounds": _bounds(case),
        "purposes": labels.PURPOSES,
    }


def line_of(line: CaseMove) -> dict[str, Any]:
    """A line of the timeline as `shared/_timeline.html` takes it."""
    homes = line.sight is Sight.HOMES
    facts = [
        masked_words(f"{label}：{line.facts[name]}", keep_home=homes)
        for name, label in FACT_WORDS.items()
        if line.facts.get(name)
    ]
    promise = newly_promised(line.facts)
    if promise is not None:
        facts.append(_("对上报人的承诺：%(promise)s") % {"promise": promise.sentence})
    # The standard words of a move say no more than its name.
    rule = MOVES.get(line.code)
    usual = line.public_text.plain in ("", FIRST_WORDS, rule.public if rule else "")
    public = "" if usual else _("公开内容：%(text)s") % {"text": line.public_text}
    return {
        "what": labels.words_of(labels.LINES, line.code),
        "who": line.by_name,
        "at": line.at,
        "words": "\n".join(filter(None, [str(line.note), *facts, public])),
        "warning": CASE.warns(line.code),
    }


def _timeline(
    lines: list[CaseMove], photos: list[CasePhoto], request: PageRequest
) -> list[dict[str, Any]]:
    own = [photo for photo in photos if photo.kind != PhotoKind.REPORT]
    return [
        {
            **line_of(line),
            "photos": photos_shown([one for one in own if one.at == line.at], request),
        }
        for line in lines[::-1]
    ]


def photos_shown(photos: Iterable[CasePhoto], request: PageRequest) -> list[dict[str, str]]:
    return [
        {
            "url": signed_path(photo.file, now=request.now),
            "thumb": signed_path(photo.file, now=request.now, size=Size.SMALL),
            "label": labels.words_of(labels.PHOTO_KINDS, photo.kind),
        }
        for photo in photos
    ]


def _clock(row: Deadline, case: Case) -> dict[str, Any]:
    ended = row.stopped_at
    return {
        "name": labels.words_of(labels.CLOCKS, row.clock),
        "limit": row.limit,
        "starts_at": row.starts_at,
        "due_at": row.due_at,
        "stopped_at": ended,
        "late": ended is not None and ended > row.due_at,
        "sentence": row.derivation.get("sentence", ""),
        "days": row.derivation.get("days", []),
        "skipped": row.derivation.get("skipped", []),
        "calendar": row.derivation.get("calendar"),
        "rule": row.derivation.get("rule", ""),
    }


def _suggestions(case: Case, actor: Actor) -> list[dict[str, Any]]:
    """One entry per step of triage: what was decided and the sentence that says why."""
    names = {
        "category": _("类别"),
        "place": _("地点"),
        "duplicates": _("重复"),
        "urgent": _("紧急程度"),
        "deadline": _("时限"),
        "rule": _("派遣规则"),
        "organization": _("承办单位"),
    }
    proposal = Proposal.read(masked_tree(case.suggestion, keep_home=case.sight is Sight.HOMES))
    steps = [(step, getattr(proposal, step)) for step in STEPS]
    found: list[dict[str, Any]] = [
        {**asdict(said), "name": names[step]} for step, said in steps if said and said.sentence
    ]
    for name, sentence in (
        (_("经办人"), proposal.organization.worker_sentence),
        (_("当前负责"), proposal.owner),
        (_("时限问题"), proposal.deadline_problem),
    ):
        if sentence:
            found.append({"name": name, "sentence": sentence})
    seen = cases_by_id(actor, [one.id for one in proposal.duplicates.cases])
    for step in found:
        if "cases" in step:
            step["links"] = [
                {"case": seen[one["id"]], "sentence": one["sentence"]}
                for one in step.pop("cases")
                if one["id"] in seen
            ]
    return found


def _report(row: Report, case: Case, actor: Actor, handlers: frozenset[int]) -> dict[str, Any]:
    """A report with its contact masked; a confidential one shows nothing to those who only handle."""
    may_see = reaches(actor, case, "cases.view_contact")
    hidden = row.confidential and (not may_see or actor.staff_id in handlers)
    contact = row.contact
    return {
        "row": row,
        "channel": labels.words_of(labels.CHANNELS, row.intake_channel),
        "hidden": hidden and contact is not None,
        "name": mask_name(contact.name) if contact and not hidden else "",
        "phone": mask_phone(contact.phone) if contact and contact.phone and not hidden else "",
        "may_reveal": may_see and not hidden and (contact is not None or _hides_words(row)),
        "may_split": bool(row.joined_because)
        and row.case_id == case.pk
        and case.open
        and reaches(actor, case, "cases.merge"),
        "contact_url": reverse("console:contact", args=[case.number, row.receipt]),
        "split_url": reverse("console:report_case", args=[case.number, row.receipt]),
    }


def _hides_words(row: Report) -> bool:
    """Whether the reporter told something personal in the words."""
    return any(personal_in(one.plain) for one in (row.title, row.body, row.address))


def _bounds(case: Case) -> str:
    if case.lon is None or case.lat is None:
        return ""
    west, east = case.lon - MAP_MARGIN, case.lon + MAP_MARGIN
    return f"{west:.6f},{case.lat - MAP_MARGIN:.6f},{east:.6f},{case.lat + MAP_MARGIN:.6f}"
