"""What is signed, and which header is wrong when it is not."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

import pytest

from linli.hotline.errors import BadSignature
from linli.hotline.signing import (
    NONCE,
    SIGNATURE,
    TIMESTAMP,
    Signable,
    check_signature,
    signed_headers,
)
from tests.world import MONDAY

REQUEST = Signable("POST", "/hotline/city/orders?x=1", '{"a":"灯"}'.encode())
SECRET, FRESH = "s" * 20, "n0123456789abcdef"


def headers(**changes: str) -> dict[str, str]:
    made = signed_headers(
        REQUEST, system="city", secret=SECRET, nonce=FRESH, now=MONDAY, digest="sha256"
    )
    return {**made, **changes}


def refused(
    request: Signable = REQUEST,
    changes: dict[str, str] | None = None,
    *,
    later: timedelta = timedelta(),
) -> str:
    given = headers(**(changes or {}))
    with pytest.raises(BadSignature) as caught:
        check_signature(request, given, secret=SECRET, now=MONDAY + later, digest="sha256")
    return caught.value.field


def test_the_signature_is_the_one_the_platforms_are_told_to_make() -> None:
    digest = hashlib.sha256(REQUEST.body).hexdigest()
    text = f"POST\n/hotline/city/orders?x=1\n{int(MONDAY.timestamp())}\n{FRESH}\n{digest}"
    expected = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()

    assert headers()[SIGNATURE] == expected
    assert check_signature(REQUEST, headers(), secret=SECRET, now=MONDAY, digest="sha256") == FRESH


@pytest.mark.parametrize(
    "request_",
    [
        Signable("GET", REQUEST.path, REQUEST.body),
        Signable("POST", "/hotline/city/orders?x=2", REQUEST.body),
        Signable("POST", REQUEST.path, b'{"a":"x"}'),
    ],
)
def test_another_method_path_or_body_does_not_fit(request_: Signable) -> None:
    assert refused(request_) == "signature"


def test_another_secret_does_not_fit() -> None:
    with pytest.raises(BadSignature):
        check_signature(REQUEST, headers(), secret="t" * 20, now=MONDAY, digest="sha256")


def test_the_wrong_header_is_named() -> None:
    assert refused(changes={TIMESTAMP: ""}) == "timestamp"
    assert refused(changes={NONCE: ""}) == "nonce"
    assert refused(changes={SIGNATURE: ""}) == "signature"
    assert refused(changes={TIMESTAMP: "yesterday"}) == "timestamp"
    assert refused(changes={NONCE: "short"}) == "nonce"
    assert refused(changes={NONCE: "n0123456789abcdeg"}) == "signature"
    assert refused(changes={TIMESTAMP: str(int(MONDAY.timestamp()) + 1)}) == "signature"
    assert refused(changes={SIGNATURE: "ümlaut"}) == "signature"


def test_five_minutes_are_fresh_and_a_second_more_is_not() -> None:
    for apart in (timedelta(minutes=5), timedelta(minutes=-5)):
        assert check_signature(
            REQUEST, headers(), secret=SECRET, now=MONDAY + apart, digest="sha256"
        )
    assert refused(later=timedelta(minutes=5, seconds=1)) == "timestamp"
    assert refused(later=timedelta(minutes=-5, seconds=-1)) == "timestamp"


def test_sm3_can_be_agreed_on() -> None:
    made = signed_headers(
        REQUEST, system="city", secret=SECRET, nonce=FRESH, now=MONDAY, digest="sm3"
    )

    assert check_signature(REQUEST, made, secret=SECRET, now=MONDAY, digest="sm3") == FRESH
    with pytest.raises(BadSignature):
        check_signature(REQUEST, made, secret=SECRET, now=MONDAY, digest="sha256")
