"""Signed requests, the same in both directions.

A request carries four headers; the signature is an HMAC over five lines joined by line feeds:

    X-Hotline-System      who calls: the code under which both sides know the exchange
    X-Hotline-Timestamp   seconds since 1970-01-01 UTC
    X-Hotline-Nonce       16 to 64 letters, digits, - or _; never used twice
    X-Hotline-Signature   hex of HMAC(secret, METHOD \\n path?query \\n timestamp \\n nonce \\n hex digest of the body)

Example: secret "s", POST /hotline/city/orders, timestamp 1773018000, nonce "n0123456789abcdef", body "{}" under
sha256. Both digests are SHA-256, or SM3 where the platform asks for it and this machine's OpenSSL has it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from linli.hotline.errors import BadSignature

SKEW = timedelta(minutes=5)
"""How far the clocks of the two sides may stand apart; minutes, 1–15. A nonce is remembered for twice as long."""

DIGESTS = ("sha256", "sm3")

SYSTEM = "X-Hotline-System"
TIMESTAMP = "X-Hotline-Timestamp"
NONCE = "X-Hotline-Nonce"
SIGNATURE = "X-Hotline-Signature"
FIELDS = {TIMESTAMP: "timestamp", NONCE: "nonce", SIGNATURE: "signature"}

_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True)
class Signable:
    """What is signed of a request. `path` is as it was sent, with its query."""

    method: str
    path: str
    body: bytes


def signature(
    request: Signable, *, secret: str, timestamp: str, nonce: str, digest: str = "sha256"
) -> str:
    """The hex signature of a request."""
    told = hashlib.new(digest, request.body).hexdigest()
    lines = "\n".join((request.method.upper(), request.path, timestamp, nonce, told))
    return hmac.new(secret.encode(), lines.encode(), digest).hexdigest()


def signed_headers(
    request: Signable, *, system: str, secret: str, nonce: str, now: datetime, digest: str
) -> dict[str, str]:
    """The four headers of an outgoing request."""
    stamp = str(int(now.timestamp()))
    signed = signature(request, secret=secret, timestamp=stamp, nonce=nonce, digest=digest)
    return {SYSTEM: system, TIMESTAMP: stamp, NONCE: nonce, SIGNATURE: signed}


def check_signature(
    request: Signable, headers: Mapping[str, str], *, secret: str, now: datetime, digest: str
) -> str:
    """The nonce of a request that is signed rightly and freshly; whether it was used before is asked elsewhere.

    Raises:
        BadSignature: a header is missing, malformed, too old or does not fit; `field` names it.
    """
    for header, field in FIELDS.items():
        if not headers.get(header):
            raise BadSignature(f"请求缺少签名头 {header}，请按接口说明签名。", field=field)
    stamp, nonce = headers[TIMESTAMP], headers[NONCE]
    if not _NONCE.fullmatch(nonce):
        raise BadSignature(f"{NONCE} 应为 16 到 64 位字母、数字、- 或 _。", field="nonce")
    _check_time(stamp, now=now)
    expected = signature(request, secret=secret, timestamp=stamp, nonce=nonce, digest=digest)
    if not hmac.compare_digest(expected.encode(), headers[SIGNATURE].lower().encode()):
        raise BadSignature(
            "签名不对：请核对密钥、请求方法、路径（含参数）、时间戳、随机数和正文摘要。",
            field="signature",
        )
    return nonce


def _check_time(stamp: str, *, now: datetime) -> None:
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        raise BadSignature(f"{TIMESTAMP} 应为 1970 年以来的秒数。", field="timestamp")
    apart = abs(now.timestamp() - int(stamp))
    if apart > SKEW.total_seconds():
        raise BadSignature(
            f"时间戳与本平台相差 {apart:.0f} 秒，最多允许 {SKEW.total_seconds():.0f} 秒，请校准时钟后重发。",
            field="timestamp",
        )
