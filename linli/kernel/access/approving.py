"""Four eyes: what would let one person be two is agreed to by another administrator first.

Whoever may reset passwords may work as anybody; whoever may make administrators may become the one who watches them. So
once an office has a second administrator, a reset of somebody else's password, a new login of an administrator and a
post that makes one need the agreement of another: any of the three, but neither the one who asks nor the one concerned.
So does taking an administrator away, or whoever must agree could be removed first.

    security administrator resets 王婧's password  ->  NeedsApproval: it is asked for, nothing has changed
    system administrator agrees                    ->  within a day the first one does it, once

The very first administrator is alone, and sets up the office alone; the audit says so.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from linli.kernel.access.errors import ApprovalGone, NeedsApproval, OwnApproval
from linli.kernel.access.models import Account, Approval, PostHolding
from linli.kernel.acting import Actor, action
from linli.kernel.calendar.local import local_day

APPROVE = "access.approve"

GOOD_FOR = timedelta(days=1)
"""How long an agreement may be used."""

WAITS_FOR = timedelta(days=7)
"""How long a request waits for an answer before it is of the past."""


def needs_second(subject: str, words: str, *, about: int | None, by: Actor, now: datetime) -> None:
    """Go on only with the agreement of another administrator, which is used up by it.

    `about` is the account concerned, which does not count as the other one; None where it does, for whoever is to
    lose the right to agree may agree to that. Raises NeedsApproval while there is none; an office with one
    administrator, and the machine itself (`bin/linli`), need none.
    """
    if by.account_id is None or not _others(by.account_id, about, on=local_day(now)).exists():
        return
    agreed = Approval.objects.filter(
        subject=subject, asked_by_id=by.account_id, agreed=True, used_at=None
    ).filter(decided_at__gt=now - GOOD_FOR)
    if not agreed.update(used_at=now):
        raise NeedsApproval(
            f"“{words}”要另一位管理员同意，请在账号页面单独办理。",
            subject=subject,
            words=words,
        )


@action(may="access.manage")
def ask_approval(subject: str, words: str, *, by: Actor, now: datetime) -> Approval:
    """Ask the other administrators; asking again while it waits changes nothing."""
    assert by.account_id is not None, "only somebody with a login is held up"
    row, _ = Approval.objects.get_or_create(
        subject=subject,
        asked_by_id=by.account_id,
        decided_at=None,
        defaults={"words": words[:200], "asked_at": now},
    )
    return row


@action(may="access.approve")
def decide_approval(approval_id: int, *, agree: bool, by: Actor, now: datetime) -> Approval:
    """Agree or refuse. Raises ApprovalGone (decided or too old), OwnApproval."""
    row = waiting_approvals(now=now).select_for_update(of=("self",)).filter(pk=approval_id).first()
    if row is None:
        raise ApprovalGone("这个申请已经有人处理，或已过期，请刷新页面。")
    if by.account_id in (row.asked_by_id, concerned(row)):
        raise OwnApproval("不能批准自己提出的、或关于自己的申请，请另一位管理员办理。")
    row.decided_by_id, row.decided_at, row.agreed = by.account_id, now, agree
    row.save(update_fields=["decided_by", "decided_at", "agreed"])
    return row


def waiting_approvals(*, now: datetime) -> QuerySet[Approval]:
    """What nobody has answered yet, the oldest first."""
    rows = Approval.objects.filter(decided_at=None, asked_at__gt=now - WAITS_FOR)
    return rows.select_related("asked_by__staff").order_by("id")


def approvals_to_decide(actor: Actor, *, now: datetime) -> list[Approval]:
    """What this person may answer."""
    if not actor.may(APPROVE):
        return []
    rows = waiting_approvals(now=now).exclude(asked_by_id=actor.account_id)
    return [row for row in rows if concerned(row) != actor.account_id]


def recent_approvals(*, now: datetime, most: int = 30) -> QuerySet[Approval]:
    """What was answered lately, the latest first."""
    rows = Approval.objects.exclude(decided_at=None).select_related("asked_by", "decided_by")
    return rows.order_by("-decided_at", "-id")[:most]


def concerned(row: Approval) -> int | None:
    """The account that a request is about: the number at the end of its subject."""
    last = row.subject.rpartition(":")[2]
    return int(last) if last.isdecimal() else None


def _others(account_id: int, about: int | None, *, on: date) -> QuerySet[PostHolding]:
    """Posts of administrators who have logged in before, other than these two."""
    in_force = Q(valid_until=None) | Q(valid_until__gte=on)
    rows = PostHolding.objects.filter(in_force, valid_from__lte=on, account__is_active=True)
    rows = rows.exclude(account__last_login=None).exclude(account_id__in=[account_id, about or 0])
    administrators = [
        row.pk for row in rows.select_related("role") if APPROVE in row.role.permissions
    ]
    return PostHolding.objects.filter(pk__in=administrators)


def is_administrator(account: Account, *, on: date) -> bool:
    """Whether somebody agrees to the acts of the other administrators on a day."""
    in_force = Q(valid_until=None) | Q(valid_until__gte=on)
    held = PostHolding.objects.filter(in_force, valid_from__lte=on, account=account)
    return any(APPROVE in row.role.permissions for row in held.select_related("role"))


def account_words(account: Account) -> str:
    """Whose account it is, for the one who decides."""
    return f"{account.staff.name}（{account.username}）" if account.staff else account.username
