"""The small world with browsers: somebody of `POSTS` sits at the console on Monday morning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from linli.cases.models import Case
from linli.kernel.access.models import Account
from tests.walks import RUBBISH, reported
from tests.world import MONDAY, World

Enter = Callable[[str], Client]


def monday() -> datetime:
    """The clock of these tests."""
    return MONDAY


@pytest.fixture
def enter(world: World, settings: Settings) -> Enter:
    """`enter("acceptor")` is a browser in which this person has logged in."""
    settings.LINLI_CLOCK = f"{__name__}.monday"

    def log_in(who: str) -> Client:
        client = Client()
        account = Account.objects.get(username=who)
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


def opened(**changes: Any) -> Case:
    """A case opened by a report; a changed body makes it another matter."""
    return reported(replace(RUBBISH, **changes))


def menu_of(client: Client) -> dict[str, list[str]]:
    """Addresses by workspace, as somebody finds them who opens one workspace after the other."""
    first = client.get("/console/notices").context
    opened = [client.get(one["url"]).context for one in first["workspaces"]] or [first]
    groups = [group for context in opened for group in context["menu"]]
    return {str(group["label"]): [item["url"] for item in group["items"]] for group in groups}
