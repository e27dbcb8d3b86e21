"""The colour of a case's clock, the same on every screen."""

from __future__ import annotations

from linli.kernel.matters.models import Matter
from linli.screens.shared.guard import PageRequest


def light_of(case: Matter, request: PageRequest) -> str:
    """green, yellow or red by the stored instants; blue while it is suspended (挂账), grey once it has ended."""
    if not case.open:
        return "grey"
    if case.suspended_until and request.now < case.suspended_until:
        return "blue"
    if case.due_at and case.due_at < request.now:
        return "red"
    return "yellow" if case.yellow_at and case.yellow_at <= request.now else "green"
