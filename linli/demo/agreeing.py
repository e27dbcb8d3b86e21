"""The three administrators at their work: one has asked for a reset, which waits for another to agree."""

from __future__ import annotations

from datetime import datetime

from linli.kernel.access.approving import account_words, ask_approval
from linli.kernel.access.models import Account, Approval
from linli.kernel.access.queries import actor_for
from linli.kernel.calendar.local import local_day

ADMINISTRATORS = ("anquan1", "guanli1", "shenji1")
FORGETFUL = "wangge2"


def ask_for_demo_reset(*, now: datetime) -> None:
    """Let the security administrator ask, once; the others have been here before, so that they can be asked."""
    Account.objects.filter(username__in=ADMINISTRATORS, demo=True).update(last_login=now)
    by = Account.objects.filter(username=ADMINISTRATORS[0], demo=True).first()
    about = Account.objects.select_related("staff").filter(username=FORGETFUL, demo=True).first()
    if by is None or about is None or Approval.objects.filter(asked_by=by).exists():
        return
    ask_approval(
        f"password:{about.pk}",
        f"重置密码：{account_words(about)}",
        by=actor_for(by, on=local_day(now)),
        now=now,
    )
