"""Is there demo data? Everything of the demo hangs below the district 990101, a code no real place has."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from linli.demo.geometry import DISTRICT_CODE, SUBDISTRICT_CODE
from linli.kernel.acting import SYSTEM
from linli.kernel.audit import chain
from linli.kernel.audit.models import AuditLine
from linli.kernel.engine.remembered import Remembered
from linli.kernel.places.models import Area

BUILD, FINISHED = "demo.build", "demo.finished"
"""Names of the audit lines: what a demo is built from, and that it is complete."""

LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters that look alike: the password is read from a screen and typed into a phone."""


@dataclass(frozen=True)
class Plan:
    """What a demo is made from; equal plans give equal demos."""

    now: datetime
    seed: int
    households: int
    months: int


def demo_present() -> bool:
    """Whether pages have to carry the mark 演示; remembered for some seconds."""
    return _present()


def plan_in_place() -> Plan | None:
    """The plan of the demo that is here (finished or interrupted); None without a demo."""
    if not Area.objects.filter(code=DISTRICT_CODE).exists():
        return None
    line = AuditLine.objects.filter(action=BUILD).order_by("-id").first()
    if line is None:
        return None
    facts = line.detail
    return Plan(
        datetime.fromisoformat(facts["now"]), facts["seed"], facts["households"], facts["months"]
    )


def finished() -> bool:
    """Whether the build that began last came to its end."""
    line = AuditLine.objects.filter(action__in=(BUILD, FINISHED)).order_by("-id").first()
    return line is not None and line.action == FINISHED


def note_in_audit(action: str, *, now: datetime, detail: Mapping[str, Any]) -> None:
    """One audit line about the demo as a whole."""
    chain.write(
        at=now, actor_kind=SYSTEM.kind, account_id=None, actor_name=SYSTEM.name, action=action,
        subject=f"places.area:{SUBDISTRICT_CODE}", detail=detail,
    )  # fmt: skip


def mark_finished(*, now: datetime) -> None:
    note_in_audit(FINISHED, now=now, detail={})


def demo_password() -> str:
    """The one password of all demo accounts: another in every installation, the same as long as its key is."""
    digest = hmac.new(settings.SECRET_KEY.encode(), b"linli demo accounts", hashlib.sha256).digest()
    return "linli-demo-" + "".join(LEGIBLE[byte % len(LEGIBLE)] for byte in digest[:6])


_present = Remembered(lambda: Area.objects.filter(code=DISTRICT_CODE).exists(), seconds=5.0)
