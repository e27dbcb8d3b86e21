"""Slowing down guesses: what may be tried how often, counted in every process alike.

Each thing that can be tried has its own allowance, and each try counts against all that it touches: the receipt that is
asked for and the address that asks; the name, the address and the whole site when somebody logs in. So one clumsy
office behind one address does not stop the others, and somebody who goes through forty names from one address, or
through one name from forty addresses, is stopped as well.

    refuse_if_too_many({"receipt": "113163241217", "receipt.address": "203.0.113.9"}, now=now)

Whoever logged in from an address in the last month is known there: others who guess the name do not lock them out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from linli.kernel.access.models import Attempt
from linli.kernel.errors import LinliError


@dataclass(frozen=True)
class Allowance:
    """`most` tries in any stretch of `within`; `sentence` tells whoever has used them up what to do."""

    most: int
    within: timedelta
    sentence: str


ASK = "查询次数太多了，请十分钟后再试，或拨打社区电话由工作人员帮您查。"
LOG_IN = "登录失败次数太多，请半小时后再试；急用请联系安全管理员。"
SENT = "发送次数太多了，请过一会儿再试，或拨打社区电话。"

ALLOWANCES: dict[str, Allowance] = {
    "receipt": Allowance(10, timedelta(minutes=10), ASK),
    "receipt.address": Allowance(30, timedelta(minutes=10), ASK),
    "login.name": Allowance(20, timedelta(minutes=30), LOG_IN),
    "login.address": Allowance(30, timedelta(minutes=30), LOG_IN),
    "login.total": Allowance(300, timedelta(minutes=10), LOG_IN),
    "password.account": Allowance(7, timedelta(minutes=30), LOG_IN),
    "number.address": Allowance(10, timedelta(hours=1), SENT),
    "code.number": Allowance(5, timedelta(hours=1), SENT),
    "code.address": Allowance(20, timedelta(hours=1), SENT),
    "code.tries": Allowance(5, timedelta(minutes=10), "验证码错误次数太多，请重新获取验证码。"),
}

KNOWN = "login.known"
KNOWN_FOR = timedelta(days=30)
KEPT = timedelta(days=1)
"""How long a try is kept; longer than any allowance looks back."""


class TooManyTries(LinliError):
    status = 429
    code = "too_many_tries"


def refuse_if_too_many(tries: Mapping[str, str], *, now: datetime) -> None:
    """Raises TooManyTries when one of the things tried has used up its allowance. Empty values are not counted."""
    for kind, value in tries.items():
        if value and used_up(kind, value, now=now):
            raise TooManyTries(ALLOWANCES[kind].sentence, field=kind.partition(".")[0])


def used_up(kind: str, value: str, *, now: datetime) -> bool:
    """Whether nothing is left of an allowance."""
    return bool(used_up_among(kind, [value], now=now))


def used_up_among(kind: str, values: Iterable[str], *, now: datetime) -> set[str]:
    """Those of some values that have nothing left of their allowance; one query for all."""
    allowed = ALLOWANCES[kind]
    by_key = {_key(kind, value): value for value in values}
    tries = Attempt.objects.filter(what__in=by_key, at__gt=now - allowed.within)
    counted = tries.values_list("what").annotate(times=Count("id"))
    return {by_key[what] for what, times in counted if times >= allowed.most}


def remember_tries(tries: Mapping[str, str], *, now: datetime) -> None:
    """Count one try against each; nothing readable about the person is kept."""
    _forget(now=now)
    Attempt.objects.bulk_create(
        Attempt(what=_key(kind, value), at=now, kept_until=now + KEPT)
        for kind, value in tries.items()
        if value
    )


def remember_known(name: str, address: str, *, now: datetime) -> None:
    """Somebody has logged in here: they keep their way in, whatever others try."""
    what = _key(KNOWN, _pair(name, address))
    Attempt.objects.filter(what=what).delete()
    Attempt.objects.create(what=what, at=now, kept_until=now + KNOWN_FOR)


def is_known(name: str, address: str, *, now: datetime) -> bool:
    what = _key(KNOWN, _pair(name, address))
    return Attempt.objects.filter(what=what, kept_until__gt=now).exists()


def refuse_login(name: str, address: str, *, now: datetime) -> None:
    """Raises TooManyTries; an address where this name is known is judged by its own tries alone (see `axes`)."""
    if not is_known(name, address, now=now):
        refuse_if_too_many(_login(name, address), now=now)


def remember_login_failure(name: str, address: str, *, now: datetime) -> None:
    remember_tries(_login(name, address), now=now)


def forgive(name: str) -> None:
    """Forget the wrong tries under a name: an administrator has unlocked it."""
    Attempt.objects.filter(what=_key("login.name", name.casefold())).delete()


def _login(name: str, address: str) -> dict[str, str]:
    return {"login.name": name.casefold(), "login.address": address, "login.total": "*"}


def _pair(name: str, address: str) -> str:
    return f"{name.casefold()}\x1f{address}"


def _forget(*, now: datetime) -> None:
    Attempt.objects.filter(kept_until__lt=now).delete()


def _key(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()
