"""Reading the audit log. Whoever shows it asks for the permission: this module knows no actor."""

from __future__ import annotations

from django.db.models import QuerySet

from linli.kernel.audit.models import AuditLine


def audit_lines(*, action: str = "", name: str = "", subject: str = "") -> QuerySet[AuditLine]:
    """Lines, the latest first; `action` is a beginning such as cases., `name` and `subject` are exact."""
    rows = AuditLine.objects.order_by("-id")
    if action:
        rows = rows.filter(action__startswith=action)
    if name:
        rows = rows.filter(actor_name=name)
    if subject:
        rows = rows.filter(subject=subject)
    return rows
