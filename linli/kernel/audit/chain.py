"""The hash chain over audit lines.

hash(n) = HMAC-SHA-256(key, hash(n-1) + canonical JSON of line n). Example: three lines A B C give h1 = H("" + A),
h2 = H(h1 + B), h3 = H(h2 + C); whoever edits B changes h2 and would have to change every line after it and the seal
too, for which the key is needed; it lies outside the database (`keys`). Lines of version 1, sealed before there was a
key, are chained by SHA-256 alone and say nothing of where they came from; after the first keyed line there is none.
Lines that are written but not sealed yet (the last second) are counted apart by `verify`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from linli.kernel.audit.keys import AuditKey, AuditKeyMissing, audit_key, make_key
from linli.kernel.audit.models import AuditLine, AuditSeal
from linli.kernel.audit.origin import UNKNOWN, Origin
from linli.kernel.engine import rows

KEYED = 2
"""Version of a line that is sealed with the key."""

BATCH = 2_000
"""Lines sealed in one transaction; more would hold the seal row too long."""


SEAL = """
UPDATE audit_auditline SET sequence = sealed.column2, previous_hash = sealed.column3, line_hash = sealed.column4,
version = 2
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
    origin: Origin = UNKNOWN,
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
            client=origin.client[:45],
            request_id=origin.request_id[:32],
            role=origin.role[:80],
        )
    )


def seal(*, most: int = BATCH) -> int:
    """Chain the oldest unsealed lines; the number sealed. Safe to run in several workers."""
    with transaction.atomic():
        end = rows.get(AuditSeal, 1, lock=True) or _first_seal()
        lines = list(AuditLine.objects.filter(sequence=None).order_by("id")[:most])
        key = _key(end) if lines else None
        for line in lines:
            line.sequence, line.version = end.sequence + 1, KEYED
            line.previous_hash = end.line_hash
            line.line_hash = _hash(end.line_hash, line, key)
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
            rows.save(end, ("sequence", "line_hash", "key_fingerprint", "keyed_from"))
    return len(lines)


def seal_waiting(*, now: datetime) -> int:
    """`seal`, as the worker calls it; when a line is sealed is no fact of the chain."""
    return seal()


def _first_seal() -> AuditSeal:
    AuditSeal.objects.get_or_create(pk=1)
    return AuditSeal.objects.select_for_update().get(pk=1)


def _key(end: AuditSeal) -> AuditKey:
    """The key to seal with; the first one is made here, another one than the chain knows is refused."""
    key = audit_key()
    if not end.key_fingerprint:
        key = key or make_key(since=end.sequence + 1)
        end.key_fingerprint, end.keyed_from = key.fingerprint, end.sequence + 1
    if key is None or key.fingerprint != end.key_fingerprint:
        raise AuditKeyMissing(
            "审计链的密钥不在本机或不是同一把：请从第一台机器或备份把 audit_key 复制到数据目录。"
        )
    return key


def verify(*, key: AuditKey | None = None) -> Verdict:
    """Walk the chain from its first line and name the first one that does not fit.

    Args:
        key: instead of the one on this machine.
    """
    end = AuditSeal.objects.filter(pk=1).first() or AuditSeal(sequence=0, line_hash="")
    key = key or audit_key()
    keyed_from = _keyed_from(end, key)
    unsealed = AuditLine.objects.filter(sequence=None).count()
    expected, previous = 1, ""
    for line in (
        AuditLine.objects.exclude(sequence=None).order_by("sequence").iterator(chunk_size=5_000)
    ):
        problem = _problem(line, expected, previous, key, keyed_from)
        if problem:
            return Verdict(expected - 1, unsealed, expected, problem)
        expected, previous = expected + 1, line.line_hash
    if end.sequence != expected - 1 or end.line_hash != previous:
        return Verdict(expected - 1, unsealed, expected, "lines are missing at the end")
    return Verdict(expected - 1, unsealed)


def _keyed_from(end: AuditSeal, key: AuditKey | None) -> int | None:
    """The first line that needs the key. The database may not say a later one than the file of the key."""
    said = [number for number in (end.keyed_from, key.since if key else None) if number]
    return min(said, default=None)


def _problem(
    line: AuditLine, expected: int, previous: str, key: AuditKey | None, keyed_from: int | None
) -> str:
    """What is wrong with a line, "" if nothing is."""
    if line.sequence != expected:
        return "line is missing"
    if keyed_from and expected >= keyed_from and line.version < KEYED:
        return "line was sealed without the key"
    if line.version >= KEYED and key is None:
        return "key is missing"
    if line.previous_hash != previous or line.line_hash != _hash(previous, line, key):
        return "line was changed"
    return ""


def _hash(previous: str, line: AuditLine, key: AuditKey | None) -> str:
    facts = {
        "at": line.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": [line.actor_kind, line.account_id, line.actor_name],
        "action": line.action,
        "subject": line.subject,
        "detail": line.detail,
        "result": line.result,
        "sequence": line.sequence,
    }
    if line.version >= KEYED:
        facts["from"] = [line.client, line.request_id, line.role]
        facts["version"] = line.version
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if line.version < KEYED or key is None:
        return hashlib.sha256((previous + text).encode()).hexdigest()
    return hmac.new(key.secret, (previous + text).encode(), hashlib.sha256).hexdigest()
