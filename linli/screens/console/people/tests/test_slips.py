"""A long table of posts: its logins get their slips later, in portions, and again until somebody has logged in."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.kernel.access.models import Account
from linli.kernel.imports.actions import TAKE_PART
from linli.kernel.jobs.queue import run_due
from linli.screens.console.imports import views
from linli.screens.console.people import importing
from linli.screens.console.tests.office import Enter
from tests.world import MONDAY, World


def work() -> None:
    while run_due(now=MONDAY, kinds=(TAKE_PART,)):
        pass


def send(client: Client, address: str, text: str, **more: Any) -> Any:
    return client.post(address, {"file": SimpleUploadedFile("表.csv", text.encode()), **more})


def test_slips_are_made_in_portions_for_logins_nobody_has_used(
    world: World, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = "姓名,工号,单位\n" + "".join(f"网格员{n},N-{n},CG\n" for n in range(3))
    assert send(enter("system_admin"), "/console/people/import", people).status_code == 200
    monkeypatch.setattr(importing, "AT_ONCE", {"posts": 1})
    monkeypatch.setattr(views, "SLIPS_AT_ONCE", 2)
    client = enter("security_admin")
    posts = "工号,岗位,辖区编码\n" + "".join(f"N-{n},受理员,990101001\n" for n in range(3))
    address = send(client, "/console/accounts/import", posts).headers["Location"]
    work()

    page = client.get(address)
    assert page.context["parts"] == [(0, 1, 2), (2, 3, 3)]
    slips = client.post(f"{address}/slips", {"from": "0"})
    assert slips.headers["Cache-Control"] == "no-store"
    logins = slips.context["logins"]
    assert [one.account.username for one in logins] == ["n-0", "n-1"]
    for one in logins:
        assert slips.content.decode().count(one.password) == 1
        assert Account.objects.get(pk=one.account.pk).check_password(one.password)

    Account.objects.filter(username__in=("n-0", "n-1")).update(last_login=MONDAY)
    assert client.get(address).context["parts"] == [(2, 3, 3)]
    assert client.post(f"{address}/slips", {"from": "0"}).context["logins"] == []
    for wrong in ("x", "9999999"):
        assert client.post(f"{address}/slips", {"from": wrong}).status_code == 200
    assert enter("acceptor").post(f"{address}/slips", {"from": "0"}).status_code == 403


def test_a_trial_is_never_put_off(
    world: World, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", {"staff": 1})
    text = "姓名,工号,单位\n甲甲,N-1,CG\n乙乙,N-2,CG\n"
    trial = send(enter("system_admin"), "/console/people/import", text, dry_run="on")
    assert trial.context["shown"].imported.stored == 2
