"""Deliveries that went wrong. Whoever shows them asks for the permission: this module knows no actor."""

from __future__ import annotations

from django.db.models import F, QuerySet

from linli.kernel.events.models import FailedDelivery


def failed_deliveries() -> QuerySet[FailedDelivery]:
    """Deliveries not settled yet, those without another try first, then the latest."""
    rows = FailedDelivery.objects.filter(settled_at=None).select_related("entry")
    return rows.order_by(F("next_try_at").asc(nulls_first=True), "-id")
