"""From `bin/run --empty` to an office that can accept and dispatch, with nothing but the pages and one command."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from linli.cases.seed import load_roles
from linli.config.first_start import _make_first_administrator
from linli.kernel.access.models import Account
from linli.kernel.acting import SYSTEM
from linli.kernel.organisations.models import Organization
from linli.kernel.people.models import Staff
from linli.kernel.places.actions import import_areas
from tests.world import MONDAY


def ticks(client: Client) -> list[bool]:
    return [one["step"].done for one in client.get("/console/start").context["steps"]]


def today() -> datetime:
    return MONDAY


@pytest.fixture
def empty(
    db: None,
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """A database as `bin/run --empty` leaves it; the one-time password it printed."""
    settings.LINLI_CLOCK = f"{__name__}.today"
    monkeypatch.setattr("linli.config.clock.now", today)
    load_roles()
    _make_first_administrator()
    printed = capsys.readouterr().out
    return printed.split("一次性密码：")[1].split()[0]


def log_in(username: str, password: str, own: str) -> Client:
    """Somebody's first day: the one-time password, then the own one."""
    client = Client()
    answer = client.post("/login", {"username": username, "password": password}, follow=True)
    assert answer.redirect_chain[-1][0] == "/password"
    changed = client.post(
        "/password", {"old_password": password, "new_password1": own, "new_password2": own}
    )
    assert changed.headers["Location"] == "/console/start"
    return client


def test_an_office_begins_with_one_password_and_ends_ready(empty: str) -> None:
    admin = log_in("admin", empty, "pipe-lantern-2026")
    assert ticks(admin) == [False] * 5
    words = admin.get("/console/start").content.decode()
    assert "bin/linli places import" in words
    assert "由系统管理员办理" in words

    def administrator(role: str, username: str) -> Any:
        form = admin.get(f"/console/accounts/administrator?role={role}").context["form"]
        given = {"username": username, "role": form.fields["role"].initial}
        return admin.post("/console/accounts/administrator", given).context["secret"]

    secret = administrator("system_admin", "weixiaowei")
    administrator("audit_admin", "shenxiaoshen")
    assert ticks(admin) == [True, True, False, False, False]

    system = log_in("weixiaowei", secret, "brook-candle-2026")
    _import_one_grid()
    assert ticks(system) == [True, True, True, False, False]

    system.post(
        "/console/organizations/new", {"code": "YX", "name": "城运中心", "kind": "operations_center"}
    )  # fmt: skip
    unit = Organization.objects.get()
    for number, name in enumerate(("受理员小钱", "派遣员小周", "值班长老孙", "网格员小李")):
        given = {"name": name, "employee_no": f"E{number}", "organization": unit.pk}
        assert system.post("/console/people/new", given).status_code == 302
    assert ticks(system) == [True, True, True, True, False]

    for staff, role in zip(
        Staff.objects.order_by("employee_no"),
        ("acceptor", "dispatcher", "shift_supervisor", "grid_worker"),
        strict=True,
    ):
        admin.post(f"/console/people/{staff.pk}/account", {"username": staff.employee_no})
        account = Account.objects.get(staff=staff)
        form = admin.get(f"/console/accounts/{account.pk}/posts").context["form"]
        roles = {str(name).split(" ")[0]: pk for pk, name in form.fields["role"].choices}
        wanted = {
            "acceptor": "受理员",
            "dispatcher": "派遣员",
            "shift_supervisor": "值班长",
            "grid_worker": "网格员",
        }
        given = {"role": roles[wanted[role]], "data_scope": "all", "valid_from": "2026-03-09"}
        assert admin.post(f"/console/accounts/{account.pk}/posts", given).status_code == 302
    assert admin.get("/console/start").context["ready"]
    assert "准备工作都已完成" in system.get("/console/start").content.decode()


def _import_one_grid() -> None:
    ring = [[120.0, 30.0], [120.01, 30.0], [120.01, 30.01], [120.0, 30.01], [120.0, 30.0]]
    rows = [
        ("990101", "榆林区", None),
        ("990101001", "槐荫街道", None),
        ("990101001001", "槐树里社区", None),
    ]
    rows_with_grid = [*rows, ("990101001001001", "第一网格", [ring])]
    features = []
    for code, name, shape in rows_with_grid:
        properties = {"code": code, "name": name, "parent": code[:-3] if len(code) > 6 else None}
        geometry = {"type": "Polygon", "coordinates": shape} if shape else None
        if shape:
            properties["kind"] = "basic"
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    done = import_areas({"type": "FeatureCollection", "features": features}, by=SYSTEM, now=MONDAY)
    assert not done.bad, done.bad
