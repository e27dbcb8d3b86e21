"""Who finds us busy is told when to come back."""

from __future__ import annotations

import pytest
from django.test import Client

from linli.kernel.access import hashing
from linli.kernel.audit.models import AuditLine
from tests.world import PASSWORD, World


def test_a_login_that_finds_the_line_full_is_answered_with_503_and_a_sentence(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing, "LINE", 0)

    answer = Client().post("/login", {"username": "acceptor", "password": PASSWORD})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "现在登录的人很多" in answer.content.decode()
    assert not AuditLine.objects.filter(action="access.log_in").exists()
