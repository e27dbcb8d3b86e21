"""What a proxy says of whoever asks counts when the proxy is ours, and no further than our proxies reach."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from linli.screens.shared.proxies import BehindProxies, client_address, networks

OURS = networks(["10.0.0.0/8", "127.0.0.1", "fd00::/8"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", "198.51.100.7", "203.0.113.9"),
        ("10.0.0.2", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.2", "203.0.113.9, 198.51.100.7, 10.0.0.5", "198.51.100.7"),
        ("10.0.0.2", "", "10.0.0.2"),
        ("10.0.0.2", "10.0.0.3, 10.0.0.4", "10.0.0.3"),
        ("10.0.0.2", "nonsense", "10.0.0.2"),
        ("10.0.0.2", "198.51.100.7, nonsense", "10.0.0.2"),
        ("fd00::1", "2001:db8::5", "2001:db8::5"),
        ("", "198.51.100.7", ""),
    ],
)
def test_the_client_is_the_first_address_from_the_right_that_is_none_of_ours(
    peer: str, forwarded: str, client: str
) -> None:
    assert client_address(peer, forwarded, OURS) == client


def seen(settings: Settings, peer: str, **headers: str) -> HttpRequest:
    settings.LINLI_TRUSTED_PROXIES = ["10.0.0.0/8"]
    found: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        found.append(request)
        return HttpResponse()

    BehindProxies(view)(RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers))
    return found[0]


def test_our_proxy_says_who_asks_and_that_it_was_over_tls(settings: Settings) -> None:
    said = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"}
    request = seen(settings, "10.0.0.2", **said)
    assert (request.META["REMOTE_ADDR"], request.is_secure()) == ("198.51.100.7", True)


def test_nobody_else_can_say_it(settings: Settings) -> None:
    said = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"}
    request = seen(settings, "203.0.113.9", **said)
    assert (request.META["REMOTE_ADDR"], request.is_secure()) == ("203.0.113.9", False)
    assert "HTTP_X_FORWARDED_FOR" not in request.META


def test_a_setting_that_is_no_network_is_refused() -> None:
    with pytest.raises(ValueError, match="proxy"):
        networks(["proxy"])
