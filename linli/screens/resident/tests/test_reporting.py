"""A resident reports with a phone, without JavaScript, and follows it to the rating."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import Settings

from linli.cases.actions.moving import make_move
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import Case, CasePhoto, Report
from linli.kernel.jobs.queue import run_due
from linli.screens.resident.views_report import token_of
from tests.walks import walk_to
from tests.world import MONDAY, World

RUBBISH = {
    "body": "第一网格楼下的垃圾堆了三天没人清。",
    "address": "第一网格3幢楼下",
    "lon": "120.005",
    "lat": "30.005",
    "contact_phone": "19900001234",
    "idempotency_key": "k1",
}


@pytest.fixture(autouse=True)
def _clock(settings: Settings) -> None:
    settings.LINLI_CLOCK = "linli.screens.resident.tests.test_reporting.monday"


def monday() -> object:
    return MONDAY


def photo() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(out, "JPEG")
    return SimpleUploadedFile("rubbish.jpg", out.getvalue(), "image/jpeg")


def sent(client: Client, **changes: object) -> Report:
    answer = client.post("/home/report", {**RUBBISH, **changes})
    assert answer.status_code == 302, answer.content.decode()
    return Report.objects.latest("id")


def test_the_first_page_is_light_and_needs_no_script(client: Client, world: World) -> None:
    answer = client.get("/home/")
    page = answer.content.decode()
    assert len(page.encode()) < 20_000
    assert 'lang="zh' in page
    assert "/home/report" in page


def test_a_report_with_a_photo_gets_a_receipt_and_soon_a_promise(
    client: Client, world: World
) -> None:
    row = sent(client, photos=[photo()])
    assert CasePhoto.objects.filter(report=row).count() == 1
    page = client.get(f"/home/received/{token_of(row.pk)}").content.decode()
    assert row.receipt[:4] in page
    assert "正在为您找负责的人" in page
    run_due(now=MONDAY)
    assert "最晚答复时间" in client.get(f"/home/received/{token_of(row.pk)}").content.decode()


def test_sending_the_form_again_gives_the_same_receipt(client: Client, world: World) -> None:
    sent(client)
    sent(client)
    assert Report.objects.count() == 1


def test_the_same_words_from_another_browser_are_another_report_with_its_own_page(
    world: World,
) -> None:
    neighbours = [Client(), Client()]
    for number, neighbour in enumerate(neighbours):
        neighbour.get("/home/report")
        answer = neighbour.post(
            "/home/report", {"body": "楼道灯不亮了", "idempotency_key": f"n{number}"}
        )
        assert answer.status_code == 302
    assert len(set(Report.objects.values_list("receipt", flat=True))) == 2


def test_a_second_sending_says_what_it_added(client: Client, world: World) -> None:
    sent(client)
    again = {**RUBBISH, "idempotency_key": "k2", "confidential": "on", "photos": [photo()]}
    page = client.post("/home/report", again, follow=True).content.decode()
    assert "这件事刚才已经登记过；新的照片已加上，已改为保密。" in page
    assert Report.objects.get().confidential


def test_the_way_back_and_other_words_lose_nothing(client: Client, world: World) -> None:
    sent(client)
    asked = client.post("/home/report", {**RUBBISH, "body": "三楼煤气味很重，请快来人。"})
    assert asked.status_code == 422
    assert "这是另一件事的话，请再点一次提交" in asked.content.decode()
    fresh = asked.context["form"]["idempotency_key"].value()
    row = sent(client, body="三楼煤气味很重，请快来人。", idempotency_key=fresh)
    assert row.body == "三楼煤气味很重，请快来人。"


def test_an_error_keeps_what_was_typed_and_the_photo_that_was_sent(
    client: Client, world: World
) -> None:
    answer = client.post(
        "/home/report", {**RUBBISH, "body": "", "photos": [photo()], "contact_phone": "abc"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "第一网格3幢楼下" in page
    assert "已经收到 1 张照片" in page
    assert Report.objects.count() == 0


def test_a_wrong_phone_is_named_beside_its_field(client: Client, world: World) -> None:
    answer = client.post("/home/report", {**RUBBISH, "contact_phone": "123"})
    assert answer.status_code == 422
    assert "不像一个号码" in answer.content.decode()


def test_a_zip_called_jpg_is_refused_and_the_words_stay(client: Client, world: World) -> None:
    fake = SimpleUploadedFile("photo.jpg", b"PK\x03\x04" + b"0" * 500, "image/jpeg")
    answer = client.post("/home/report", {**RUBBISH, "photos": [fake]})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "照片：" in page
    assert "堆了三天" in page
    assert Report.objects.count() == 0


def test_progress_needs_the_receipt_and_the_phone_tail(client: Client, world: World) -> None:
    row = sent(client)
    wrong = client.post("/home/progress", {"receipt": row.receipt, "phone_tail": "0000"})
    assert wrong.status_code == 422
    grouped = " ".join(row.receipt[start : start + 4] for start in (0, 4, 8))
    right = client.post("/home/progress", {"receipt": grouped, "phone_tail": "1234"})
    assert right.status_code == 302


def test_guessing_phone_tails_is_stopped_after_ten_tries(client: Client, world: World) -> None:
    row = sent(client)
    for tail in range(10):
        client.post("/home/progress", {"receipt": row.receipt, "phone_tail": f"{tail:04d}"})
    answer = client.post("/home/progress", {"receipt": row.receipt, "phone_tail": "1234"})
    assert answer.status_code == 429
    assert "十分钟后" in answer.content.decode()


def test_a_resident_never_reads_internal_notes(client: Client, world: World) -> None:
    row = sent(client)
    run_due(now=MONDAY)
    case = Case.objects.get()
    walk_to(world, case, Stage.CLOSED)
    page = client.get(f"/home/progress/{token_of(row.pk)}").content.decode()
    assert "垃圾已清走" in page
    assert "清走两车" not in page
    assert "这件事已经办好" in page


def test_not_solved_sends_the_matter_back_to_work_at_once(client: Client, world: World) -> None:
    row = sent(client)
    run_due(now=MONDAY)
    walk_to(world, Case.objects.get(), Stage.CLOSED)
    address = f"/home/progress/{token_of(row.pk)}"
    answer = client.post(
        f"{address}/rating",
        {"satisfaction": "dissatisfied", "solved": "not_solved", "words": "还在"},
    )
    assert answer.status_code == 302
    assert Case.objects.get().stage == Stage.TO_DISPATCH
    assert "已经重新办理" in client.get(address).content.decode()


def test_rating_before_the_end_is_refused_in_words(client: Client, world: World) -> None:
    row = sent(client)
    run_due(now=MONDAY)
    answer = client.post(
        f"/home/progress/{token_of(row.pk)}/rating",
        {"satisfaction": "satisfied", "solved": "solved", "words": ""},
    )
    assert answer.status_code == 422


def test_whoever_reported_a_merged_matter_follows_the_survivor(
    client: Client, world: World
) -> None:
    first, second = (
        sent(client),
        sent(client, idempotency_key="k2", body="另一个人说的垃圾", lon="120.001"),
    )
    run_due(now=MONDAY)
    one, two = (Report.objects.get(pk=row.pk).case for row in (first, second))
    assert one is not None
    assert two is not None
    make_move(
        two.pk, "merge", by=world.actors["acceptor"], facts=Facts(survivor=one.pk), now=MONDAY
    )
    walk_to(world, one, Stage.CLOSED)
    page = client.get(f"/home/progress/{token_of(second.pk)}").content.decode()
    assert "垃圾已清走" in page
    assert "合在一起办理" in page


def test_a_refused_matter_says_why_and_which_office(client: Client, world: World) -> None:
    row = sent(client)
    run_due(now=MONDAY)
    facts = Facts(reason_code="outside_duty", public_reply="请向铁路部门反映，电话 12306。")
    make_move(
        Case.objects.get().pk, "decline", by=world.actors["acceptor"], facts=facts, now=MONDAY
    )
    page = client.get(f"/home/progress/{token_of(row.pk)}").content.decode()
    assert "不属于本辖区职责" in page
    assert "12306" in page


def test_urging_works_once_a_stage(client: Client, world: World) -> None:
    row = sent(client)
    run_due(now=MONDAY)
    address = f"/home/progress/{token_of(row.pk)}"
    assert client.post(f"{address}/urging").status_code == 302
    assert "已经帮您催过了" in client.post(f"{address}/urging").content.decode()


def test_a_forged_link_opens_nothing(client: Client, world: World) -> None:
    sent(client)
    assert client.get("/home/progress/1:abc").status_code == 400


def test_a_code_on_the_door_fills_in_the_place(client: Client, world: World) -> None:
    page = client.get("/home/report?grid=990101001001001&label=3幢").content.decode()
    assert "槐树里社区第一网格 3幢" in page


@pytest.mark.parametrize(
    "path", ["/home/", "/home/report", "/home/progress", "/home/workers", "/home/privacy"]
)
def test_every_page_opens_without_a_login(client: Client, world: World, path: str) -> None:
    assert client.get(path).status_code == 200


def test_the_card_of_a_grid_shows_who_looks_after_it(client: Client, world: World) -> None:
    page = client.get("/home/grids/990101001001001").content.decode()
    assert "网格员小李" in page
