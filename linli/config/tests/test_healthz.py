"""/healthz: 200 only when what must work does, cheap, and without a secret."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from linli.config import clock
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.jobs.heartbeats import beat

pytestmark = pytest.mark.django_db


def asked(address: str = "/healthz") -> tuple[int, Any]:
    forget_everything()
    answer = Client().get(address)
    return answer.status_code, answer.json()


def test_it_is_red_while_the_worker_is_away_and_green_when_it_speaks(settings: Settings) -> None:
    settings.LINLI_LIVE_URL = ""
    Path(settings.LINLI_HOME).mkdir(exist_ok=True)
    status, words = asked()
    assert (status, words["status"]) == (503, "fail")
    assert words["parts"]["worker"] == {"status": "fail", "detail": "never"}
    assert words["parts"]["backup"] == {"status": "warn", "detail": "never"}

    beat("worker", now=clock.now())

    assert asked()[0] == 200


def test_the_starter_asks_for_what_is_there_before_the_others() -> None:
    status, words = asked("/healthz?only=web,database")
    assert status == 200
    assert list(words["parts"]) == ["web", "database"]


def test_it_is_read_once_a_second_however_often_it_is_asked(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    asked()
    with django_assert_num_queries(0):
        Client().get("/healthz")
