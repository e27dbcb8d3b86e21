"""A request with a key goes past most of the middleware; whoever asks sees no difference."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpResponse
from django.test import Client

from linli.cases.flow import Stage
from linli.cases.models import Case, CaseMove
from linli.kernel.access.keys import make_key
from linli.kernel.access.models import Account
from linli.kernel.acting import SYSTEM
from tests.walks import opened, walk_to
from tests.world import MONDAY, World

NEITHER = ("Date", "Server")


@pytest.fixture
def key(world: World) -> str:
    account = Account.objects.get(username="dispatcher")
    return make_key(account.pk, name="短路", by=SYSTEM, now=MONDAY)


def ask(path: str, key: str, *, long: bool, body: Any = None, **headers: str) -> Any:
    """One request; a session cookie of nobody's sends it the long way."""
    client = Client(raise_request_exception=False)
    if long:
        client.cookies[settings.SESSION_COOKIE_NAME] = "nobodys"
    given = {"Authorization": f"Bearer {key}", **headers}
    if body is None:
        return client.get(path, headers=given)
    return client.post(path, json.dumps(body), content_type="application/json", headers=given)


def told(answer: HttpResponse) -> tuple[int, bytes, dict[str, str]]:
    headers = {name: value for name, value in answer.items() if name not in NEITHER}
    headers["Vary"] = ", ".join(sorted(headers.get("Vary", "").split(", ")))
    content = re.sub(rb"[0-9A-Za-z]{64}", b"a token for forms", answer.content)
    return answer.status_code, content, headers


@pytest.fixture
def long_ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths of the requests that went the long way."""
    seen: list[str] = []
    whole = SessionMiddleware.process_request

    def noted(self: SessionMiddleware, request: Any) -> None:
        seen.append(request.path)
        whole(self, request)

    monkeypatch.setattr(SessionMiddleware, "process_request", noted)
    return seen


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/cases", 200),
        ("/api/cases?size=abc", 422),
        ("/api/cases/{number}", 200),
        ("/api/cases/2026999999", 404),
        ("/api/nothing/of/the/kind", 404),
        ("/api/lists", 200),
        ("/api/openapi.json", 200),
    ],
)
@pytest.mark.parametrize("language", ["", "en"])
def test_both_ways_give_the_same_answer(
    world: World, key: str, long_ways: list[str], path: str, status: int, language: str
) -> None:
    path = path.format(number=opened(world).number)
    headers = {"Accept-Language": language} if language else {}
    short = ask(path, key, long=False, **headers)
    assert long_ways == []
    long = ask(path, key, long=True, **headers)
    assert len(long_ways) == 1
    assert told(short) == told(long)
    assert short.status_code == status
    for name in ("Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options"):
        assert short.has_header(name)


def test_long_answers_are_packed_on_the_short_way(world: World, key: str) -> None:
    answer = ask("/api/openapi.json", key, long=False, **{"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("wrong", ["wrong", "", "x y"])
def test_a_wrong_key_is_refused_the_same_way(world: World, key: str, wrong: str) -> None:
    short = ask("/api/cases", wrong, long=False)
    assert told(short) == told(ask("/api/cases", wrong, long=True))
    assert short.status_code == 403


def test_a_host_that_is_not_ours_is_refused(world: World, key: str, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["linli.example"]
    for long in (False, True):
        assert ask("/api/cases", key, long=long, Host="evil.example").status_code == 400


def test_a_move_is_made_by_the_holder_of_the_key_and_refused_with_a_sentence(
    world: World, key: str, long_ways: list[str]
) -> None:
    case = walk_to(world, opened(world), Stage.TO_DISPATCH)
    path = f"/api/cases/{case.number}/moves"
    refused = ask(path, key, long=False, body={"move": "close"})
    assert refused.status_code in (403, 409)
    assert json.loads(refused.content)["error"]["message"]
    assert Case.objects.get(pk=case.pk).version == case.version

    made = ask(path, key, long=False, body={"move": "dispatch", "organization": "CG"})
    assert made.status_code == 200
    assert CaseMove.objects.filter(case=case).latest("pk").by_staff == world.staff["dispatcher"]
    assert long_ways == []


@pytest.mark.parametrize("path", ["/healthz", "/console/cases", "/open311/v2/services.json"])
def test_elsewhere_a_key_changes_nothing(
    world: World, key: str, long_ways: list[str], path: str
) -> None:
    ask(path, key, long=False)
    assert long_ways == [path]


def test_without_a_key_the_session_decides(world: World, long_ways: list[str]) -> None:
    client = Client()
    client.force_login(
        Account.objects.get(username="dispatcher"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    assert client.get("/api/cases").status_code == 200
    assert Client().get("/api/cases").status_code == 401
    assert long_ways == ["/api/cases", "/api/cases"]
