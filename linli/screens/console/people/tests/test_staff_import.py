"""Tables of people on the screen: trial first, good rows kept, passwords once."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.kernel.access.models import Account
from linli.kernel.people.importing import POSTED, STAFF
from linli.kernel.people.models import Staff
from linli.kernel.tables.reading import read_table
from linli.screens.console.people import importing
from linli.screens.console.tests.office import Enter
from tests.world import POSTS, World

TABLE = (
    "姓名,工号,单位,电话,岗位,辖区编码\n"
    "网格员小何,HE-1,城管队,19900007777,网格长,990101001001002\n"
    "受理员小罗,LUO-1,YX,,受理员,990101001\n"
    "没单位,X-1,不存在,,,\n"
)
PEOPLE, ACCESS = "/console/people/import", "/console/accounts/import"


def send(client: Client, address: str, text: str = TABLE, **more: Any) -> Any:
    file = SimpleUploadedFile("人员.csv", text.encode("gb18030"))
    return client.post(address, {"file": file, **more})


@pytest.mark.parametrize("who", POSTS)
def test_each_import_is_for_its_administrator(enter: Enter, world: World, who: str) -> None:
    client = enter(who)
    for address, whose in ((PEOPLE, "system_admin"), (ACCESS, "security_admin")):
        assert client.get(address).status_code == (200 if who == whose else 403)
        if who != whose:
            assert send(client, address).status_code == 403
    template = client.get("/console/people/template.xlsx")
    assert template.status_code == (
        200 if who.endswith(("system_admin", "security_admin")) else 403
    )
    if who not in ("system_admin", "security_admin"):
        assert not Staff.objects.filter(employee_no="HE-1").exists()


def test_a_trial_stores_nothing_and_the_import_keeps_the_good_rows(
    enter: Enter, world: World
) -> None:
    client = enter("system_admin")
    trial = send(client, PEOPLE, dry_run="on")
    assert "只是检查，什么也没有保存" in trial.content.decode()
    assert not Staff.objects.filter(employee_no="HE-1").exists()

    done = send(client, PEOPLE)
    words = done.content.decode()
    result = done.context["shown"].imported
    assert (result.stored, result.more[POSTED]) == (2, 1)
    assert "没有叫“不存在”的单位" in words
    assert Staff.objects.get(employee_no="HE-1").name == "网格员小何"
    assert send(client, PEOPLE).context["shown"].imported.known == 2


def test_logins_and_posts_come_from_the_same_table_with_passwords_once(
    enter: Enter, world: World
) -> None:
    send(enter("system_admin"), PEOPLE)
    client = enter("security_admin")
    done = send(client, ACCESS)

    logins = done.context["logins"]
    words = done.content.decode()
    assert [one.account.username for one in logins] == ["he-1", "luo-1"]
    assert done.headers["Cache-Control"] == "no-store"
    assert "data-print" in words
    for one in logins:
        assert words.count(one.password) == 1
        assert Account.objects.get(username=one.account.username).check_password(one.password)
    again = send(client, ACCESS).content.decode()
    assert not any(one.password in again for one in logins)


def test_the_template_has_the_columns_that_are_read(enter: Enter, world: World) -> None:
    answer = enter("system_admin").get("/console/people/template.xlsx")
    header = read_table("人员.xlsx", answer.content, STAFF).names
    assert header == list(importing.TEMPLATE_COLUMNS)


def test_a_file_that_cannot_be_taken_is_named(
    enter: Enter, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = enter("system_admin")
    nothing = client.post(PEOPLE, {})
    columns = send(client, PEOPLE, text="甲,乙\n1,2\n")
    monkeypatch.setattr(importing, "MOST_ROWS", 1)
    long = send(client, PEOPLE)
    monkeypatch.setattr(importing, "MOST_BYTES", 10)
    large = send(client, PEOPLE)
    for answer in (nothing, columns, long, large):
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == ["file"]
    assert "缺少“姓名、工号、单位”列" in columns.content.decode()
    assert not Staff.objects.filter(employee_no="HE-1").exists()
