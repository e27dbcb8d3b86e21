"""The hash chain over audit lines.

hash(n) = SHA-256(hash(n-1) + canonical JSON of line n). Example: three lines A B C give h1 = H("" + A),
h2 = H(h1 + B), h3 = H(h2 + C); whoever edits B changes h2 and must change every line after it and the seal too.
Lines that are written but not sealed yet (the last second) are counted apart by `verify`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from linli.kernel.audit.models import AuditLine, AuditSeal
from linli.kernel.engine import rows

BATCH = 2_000
"""Lines sealed in one transaction; more would hold the seal row too long."""


SEAL = """
UPDATE audit_auditline SET sequence = sealed.column2, previous_hash = sealed.column3, line_hash = sealed.column4
FROM (VALUES {lines}) AS sealed WHERE id = sealed.column1
"""
"""Plain SQL: the ORM's bulk update builds one CASE per cell and costs thirty times as much."""

PLACES = "(%s, %s, %s, %s)"
AT_ONCE = 200
"""Lines sealed by one statement; SQLite takes at most 32,766 values in one."""


@dataclass(frozen=True)
class Verdict:
    """Outcome of `verify`. `broken_at` is the first bad sequence number, `reason` says what is wrong with it."""

    sealed: int
    unsealed: int
    broken_at: int | None = None
    reason: str = ""


def write(
    *,
    at: datetime,
    actor_kind: str,
    account_id: int | None,
    actor_name: str,
    action: str,
    subject: str,
    detail: Mapping[str, Any],
    result: str = "done",
) -> None:
    """Add one line, in the caller's transaction."""
    rows.put(
        AuditLine(
            at=at,
            actor_kind=actor_kind,
            account_id=account_id,
            actor_name=actor_name[:80],
            action=action[:120],
            subject=subject[:120],
            detail=dict(detail),
            result=result,
        )
    )


def seal(*, most: int = BATCH) -> int:
    """Chain the oldest unsealed lines; the number sealed. Safe to run in several workers."""
    with transaction.atomic():
        end = rows.get(AuditSeal, 1, lock=True) or _first_seal()
        lines = list(AuditLine.objects.filter(sequence=None).order_by("id")[:most])
        for line in lines:
            line.sequence = end.sequence + 1
            line.previous_hash = end.line_hash
            line.line_hash = _hash(end.line_hash, line)
            end.sequence, end.line_hash = line.sequence, line.line_hash
        with rows.together():
            for start in range(0, len(lines), AT_ONCE):
                some = lines[start : start + AT_ONCE]
                cells = [
                    cell
                    for one in some
                    for cell in (one.pk, one.sequence, one.previous_hash, one.line_hash)
                ]
                rows.write(SEAL.format(lines=", ".join([PLACES] * len(some))), cells)
            rows.save(end, ("sequence", "line_hash"))
    return len(lines)


def seal_waiting(*, now: datetime) -> int:
    """`seal`, as the worker calls it; when a line is sealed is no fact of the chain."""
    return seal()


def _first_seal() -> AuditSeal:
    AuditSeal.objects.get_or_create(pk=1)
    return AuditSeal.objects.select_for_update().get(pk=1)


def verify() -> Verdict:
    """Walk the chain from its first line and name the first one that does not fit."""
    end = AuditSeal.objects.filter(pk=1).first() or AuditSeal(sequence=0, line_hash="")
    unsealed = AuditLine.objects.filter(sequence=None).count()
    expected, previous = 1, ""
    for line in (
        AuditLine.objects.exclude(sequence=None).order_by("sequence").iterator(chunk_size=5_000)
    ):
        if line.sequence != expected:
            return Verdict(expected - 1, unsealed, expected, "line is missing")
        if line.previous_hash != previous or line.line_hash != _hash(previous, line):
            return Verdict(expected - 1, unsealed, expected, "line was changed")
        expected, previous = expected + 1, line.line_hash
    if end.sequence != expected - 1 or end.line_hash != previous:
        return Verdict(expected - 1, unsealed, expected, "lines are missing at the end")
    return Verdict(expected - 1, unsealed)


def _hash(previous: str, line: AuditLine) -> str:
    facts = {
        "at": line.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": [line.actor_kind, line.account_id, line.actor_name],
        "action": line.action,
        "subject": line.subject,
        "detail": line.detail,
        "result": line.result,
        "sequence": line.sequence,
    }
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((previous + text).encode()).hexdigest()
