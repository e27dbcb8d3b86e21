"""What every test runs in: no network, repeatable random examples, a known browser."""

from __future__ import annotations

import gc
import os
import shutil
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from hypothesis import settings as hypothesis_settings

hypothesis_settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
hypothesis_settings.load_profile("repeatable")

# pytest-playwright keeps an event loop running in this thread, which Django takes for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

ON_POSTGRES = os.environ.get("LINLI_DATABASE_URL", "").startswith("postgres")
NO_BROWSER = os.environ.get("LINLI_BROWSER") == "no" and not os.environ.get("CI")
"""bin/test could not get one. The gate does not accept that as an excuse: there the tests run and fail."""
HERE = {"127.0.0.1", "::1", "localhost", "0.0.0.0"}


class NetworkUsed(AssertionError):
    """A test tried to reach another machine."""


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Any:
    """Refuse every connection that leaves this machine."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in HERE:
            raise NetworkUsed(f"a test tried to connect to {address[0]}:{address[1]}")
        real(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        yield


@pytest.fixture(autouse=True, scope="session")
def cheap_hashes() -> Iterator[None]:
    """Argon2 as in the settings, but without the labour that is meant for whoever steals the table."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Argon2PasswordHasher, "time_cost", 1)
        patch.setattr(Argon2PasswordHasher, "memory_cost", 8)
        patch.setattr(Argon2PasswordHasher, "parallelism", 1)
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The installed Chromium if there is one, else Playwright's own; root needs it without the sandbox."""
    arguments = dict(browser_type_launch_args)
    installed = installed_chromium()
    if installed:
        arguments["executable_path"] = installed
    if os.geteuid() == 0:
        arguments["args"] = [*arguments.get("args", []), "--no-sandbox"]
    return arguments


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A reader in China."""
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


def installed_chromium() -> str | None:
    """Path of a system Chromium; LINLI_CHROMIUM comes first."""
    named = os.environ.get("LINLI_CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the garbage collector need not look through it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test by what it uses, put those with a page last, and skip, with the reason, what cannot run here."""
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or used & {"db", "transactional_db", "live_server"}:
            item.add_marker("database")
        if used & {"page", "browser", "context"}:
            item.add_marker("browser")
            if NO_BROWSER:
                item.add_marker(pytest.mark.skip(reason="no Chromium could be installed here"))
        if item.get_closest_marker("postgres") and not ON_POSTGRES:
            item.add_marker(pytest.mark.skip(reason="PostgreSQL only; bin/test runs it there too"))
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
