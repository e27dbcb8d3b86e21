"""What matters do when something happens below them."""

from __future__ import annotations

from datetime import datetime

from linli.kernel.acting import SYSTEM
from linli.kernel.calendar.events import YearEntered
from linli.kernel.matters.deputies import end_all_deputies
from linli.kernel.matters.handing import hand_over_all
from linli.kernel.matters.recomputing import begin
from linli.kernel.people.events import StaffLeft
from linli.kernel.people.models import Staff


def recompute_dues(event: YearEntered, *, now: datetime) -> None:
    """Compute the dues that reach into a year again, now that its days are known or others."""
    begin(event.notice_id, now=now)


def give_away(event: StaffLeft, *, now: datetime) -> None:
    """Hand over what somebody who left still has in hand; whoever is back meanwhile keeps it."""
    if Staff.objects.filter(pk=event.staff_id).exclude(left_at=None).exists():
        end_all_deputies(event.staff_id, now=now)
        hand_over_all(event.staff_id, by=SYSTEM, now=now)
