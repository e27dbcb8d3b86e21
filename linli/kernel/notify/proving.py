"""A code by SMS that proves that a number is one's own.

Six digits, good for ten minutes and for one use; five wrong tries end it. The latest code alone counts. What is kept is
a keyed hash of number and code: neither can be read from the row. How often codes go out is limited by number, by the
address that asks and by the day's budget of the office; whoever asks hears the same whether anything was sent.

    send_code("19900001234", known=True, address="203.0.113.9", now=now)
    prove_number("19900001234", "482913", now=now)
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.utils.crypto import constant_time_compare, salted_hmac

from linli.kernel.access.attempts import refuse_if_too_many, remember_tries
from linli.kernel.errors import LinliError
from linli.kernel.notify.models import NumberProof
from linli.kernel.notify.sending import send_sms

GOOD_FOR = timedelta(minutes=10)
DIGITS = 6
SALT = "linli.kernel.notify.proving"


class WrongCode(LinliError):
    """The code does not fit, is too old or was used."""

    status = 422
    code = "wrong_code"


def send_code(number: str, *, known: bool, address: str, now: datetime) -> None:
    """Send a new code; the ones before are void. Raises TooManyTries.

    Nothing is sent to a number that is not `known` here, and whoever asks cannot tell.
    """
    tries = {"code.number": number, "code.address": address}
    refuse_if_too_many(tries, now=now)
    remember_tries(tries, now=now)
    if not known:
        return
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    NumberProof.objects.filter(number=_hash(number)).delete()
    row = NumberProof.objects.create(
        number=_hash(number), code=_hash(f"{number}:{digits}"), made_at=now
    )
    text = f"验证码 {digits}，10 分钟内有效。工作人员不会向您要验证码；不是您本人操作请不用理会。"
    send_sms(number, text, about=f"code:{row.pk}", now=now)


def prove_number(number: str, digits: str, *, now: datetime) -> None:
    """Use a code up. Raises WrongCode, TooManyTries after five wrong ones."""
    tries = {"code.tries": number}
    refuse_if_too_many(tries, now=now)
    row = NumberProof.objects.filter(number=_hash(number), made_at__gt=now - GOOD_FOR).first()
    fits = row is not None and constant_time_compare(row.code, _hash(f"{number}:{digits}"))
    if not fits or not NumberProof.objects.filter(number=_hash(number)).delete()[0]:
        remember_tries(tries, now=now)
        raise WrongCode("验证码不对或已过期，请核对短信，或重新获取。", field="code")


def _hash(words: str) -> str:
    return salted_hmac(SALT, words, algorithm="sha256").hexdigest()
