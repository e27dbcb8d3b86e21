"""A long file on the screen: the page says how far it is, and what became of every row."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.kernel.imports.actions import TAKE_PART
from linli.kernel.jobs.queue import run_due
from linli.screens.console.intake import views as intake
from linli.screens.console.tests.office import Enter
from tests.markup import markup
from tests.world import MONDAY, World


def work() -> None:
    while run_due(now=MONDAY, kinds=(TAKE_PART,)):
        pass


def send(client: Client, address: str, text: str, **more: Any) -> Any:
    return client.post(address, {"file": SimpleUploadedFile("表.csv", text.encode()), **more})


def test_a_long_file_of_reports_becomes_a_job_with_a_page(
    world: World, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "AT_ONCE", 2)
    client = enter("acceptor")
    text = (
        "工单编号,标题,联系电话\nH1,路灯,19900000001/61234567\nH2,,\nH3,井盖,1.99E+10\nH4,积水,\n"
    )

    answer = send(client, "/console/import", text, channel="hotline")
    address = answer.headers["Location"]
    waiting = client.get(address)
    assert "正在导入：4 行里已处理 0 行" in waiting.content.decode()
    assert markup(waiting)

    work()
    part = client.get(address, headers={"HX-Request": "true"})
    done = part.context["shown"].imported
    assert (done.read, done.stored, [one.row for one in done.refused]) == (4, 2, [3, 4])
    words = part.content.decode()
    assert "有 2 个号码，保存了第一个" in words
    assert "请把该列设为文本后重填" in words
    assert "<html" not in words
    assert enter("dispatcher").get(address).status_code in (403, 404)


def test_notes_beyond_a_screenful_are_counted(world: World, enter: Enter) -> None:
    text = "标题,联系电话\n" + "".join(f"路灯{n},199****0001\n" for n in range(25))
    answer = send(enter("acceptor"), "/console/import", text, channel="hotline")
    assert "还有 5 条说明没有列出" in answer.content.decode()
