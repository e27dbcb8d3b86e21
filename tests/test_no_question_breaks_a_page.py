"""Whatever stands in an address, the answer is a page or a sentence, never an error of ours.

The addresses are enumerated. What a page asks its address for is overheard, so a new parameter is tried without being
listed here. The account holds every role everywhere: nothing is refused before it is read.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.http import QueryDict
from django.test import Client

from linli.cases.models import Case
from linli.kernel.access.keys import make_key
from linli.kernel.access.models import Account
from linli.kernel.acting import SYSTEM
from tests.tricks import addresses, with_every_role
from tests.walks import opened
from tests.world import MONDAY, World

pytestmark = pytest.mark.exhaustive

HOSTILE = [
    "9" * 30, "9223372036854775808", "-1", "0", "", "１２３", "²", "1e400", "nan", "0001-01-01", "9999-12-31",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-W99", "2026-13", "0001-01", "9999-12",
    "a\nX", "\x00", "\ud800", "%", "x" * 5_000, "true", "[]", "closed,open,", "../../etc/passwd", "1,9" * 50,
]  # fmt: skip
"""Numbers beyond every column, times at the ends of the calendar, breaks, halves of characters, and lengths."""

PARTS = [
    "9" * 30,
    "9223372036854775808",
    "0",
    "-1",
    "１",
    "a\nX",
    "\x00",
    "x" * 500,
    "20260309" + "9" * 15,
]

OF_API = ("q", "stage", "open", "channel", "before", "size")
SKIPPED = ("/logout", "/i18n/", "/live/")
MISSING = "1"

EVERYTHING = os.environ.get("LINLI_FUZZ") == "everything"
"""Each parameter with each value: half an hour. Otherwise each with a few, in turn, so that all values are tried."""


def monday() -> object:
    return MONDAY


@pytest.fixture
def case(world: World, settings: Any) -> Case:
    settings.LINLI_CLOCK = f"{__name__}.monday"
    return opened(world)


@pytest.fixture
def client(case: Case) -> Client:
    with_every_role("supervisor")
    client = Client(raise_request_exception=False)
    account = Account.objects.get(username="supervisor")
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


class Overheard(QueryDict):
    """Remembers what it was asked for."""

    asked: set[str] = set()

    def __getitem__(self, key: Any) -> Any:
        self.asked.add(str(key))
        return super().__getitem__(key)

    def getlist(self, key: Any, default: Any = None) -> Any:
        self.asked.add(str(key))
        return super().getlist(key, default)

    def __contains__(self, key: Any) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)


def questions(client: Client, address: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Parameters that a page asks its address for."""
    Overheard.asked = set(OF_API) if address.startswith("/api/") else set()
    with monkeypatch.context() as patch:
        patch.setattr("django.core.handlers.wsgi.QueryDict", Overheard)
        client.get(address)
    return sorted(Overheard.asked - {"csrfmiddlewaretoken"})


def asked(client: Client, address: str) -> str:
    """ "" when the answer is one, else what broke."""
    answer: Any = client.get(address)
    if answer.status_code < 500 or answer.status_code == 503:
        return ""
    kind = answer.exc_info[0].__name__ if getattr(answer, "exc_info", None) else ""
    return f"{answer.status_code} {kind} {address[:160]}"


def written(value: str) -> str:
    return quote(value.encode("utf-8", "surrogatepass"))


def pages(case: Case) -> Iterator[str]:
    return (one for one in addresses(case) if not one.startswith(SKIPPED))


def test_no_parameter_breaks_a_page(
    case: Case, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn, broken, tried = itertools.cycle(HOSTILE), [], 0
    for address in pages(case):
        for name in questions(client, address, monkeypatch):
            for value in HOSTILE if EVERYTHING else itertools.islice(turn, 4):
                tried += 1
                broken.append(asked(client, f"{address}?{name}={written(value)}"))

    assert tried > 500
    assert not [one for one in broken if one], "\n".join(sorted({one for one in broken if one}))


def test_no_part_of_an_address_breaks_a_page(case: Case, client: Client) -> None:
    found = [
        asked(client, address.replace(f"/{part}", f"/{written(value)}", 1))
        for address in pages(case)
        for part in {one for one in address.split("/")[2:] if one and one[-1].isdigit()}
        for value in PARTS
    ]
    ends = [
        asked(client, address + end) for address in pages(case) for end in ("%0aX", "%00", "%0a")
    ]

    assert len(found) > 200
    broken = sorted({one for one in found + ends if one})
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize(
    "value", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9" * 40, "\ud800"]
)
@pytest.mark.parametrize(
    "field", ["occurred_at", "lon", "title", "category", "contact_phone", "external_no"]
)
def test_no_field_of_a_report_breaks_the_interface(
    case: Case, client: Client, field: str, value: str
) -> None:
    key = make_key(Account.objects.get(username="supervisor").pk, name="t", by=SYSTEM, now=MONDAY)
    words = {"title": "路灯不亮", "body": "三天了", field: value}

    answer = client.post(
        "/api/reports",
        words,
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )

    assert answer.status_code < 500, answer.content
