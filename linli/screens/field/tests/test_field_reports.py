"""Reporting from the round, and putting something right on the spot."""

from __future__ import annotations

from typing import Any

from django.test import Client

from linli.cases.flow import Stage
from linli.cases.models import Case, CasePhoto, Report
from linli.screens.field.tests.phone import phone_of, photo
from tests.world import World

SEEN = {
    "body": "3 幢楼下堆着垃圾",
    "address": "3幢楼下",
    "lon": "120.005",
    "lat": "30.005",
    "category": "E0111",
    "idempotency_key": "f1",
}


def send(phone: Client, **changes: Any) -> Any:
    return phone.post("/field/report", {**SEEN, **changes})


def test_a_report_from_the_round_has_its_case_at_once(world: World) -> None:
    answer = send(phone_of("grid_worker"), photos=[photo()])
    row = Report.objects.get()
    assert answer["Location"] == f"/field/reports/{row.receipt}"
    assert (row.intake_channel, row.entered_by_id) == ("patrol", world.staff["grid_worker"].pk)
    assert row.case is not None
    assert row.case.grid_id == world.areas["G1"]
    kept = CasePhoto.objects.select_related("file").get(report=row)
    assert kept.file.facts is not None
    assert "第一网格" in kept.file.facts["watermark"]["text"]


def test_what_was_put_right_on_the_spot_waits_for_somebody_elses_check(world: World) -> None:
    extra = {
        "handled": "on",
        "note": "当场清走",
        "photos": [photo()],
        "photo_after": [photo("red")],
    }
    send(phone_of("grid_worker"), **extra)
    case = Case.objects.get()
    assert case.stage == Stage.TO_CHECK
    assert case.handler_id == world.staff["grid_worker"].pk
    assert case.owner_id != world.staff["grid_worker"].pk
    assert sorted(CasePhoto.objects.filter(case=case).values_list("kind", flat=True)) == [
        "after",
        "before",
    ]


def test_putting_right_without_the_second_picture_is_refused_and_nothing_is_lost(
    world: World,
) -> None:
    answer = send(phone_of("grid_worker"), handled="on", note="当场清走", photos=[photo()])
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "自办自结要有处置前和处置后的照片" in page
    assert "当场清走" in page
    assert "已经收到 1 张照片" in page
    assert Report.objects.count() == 0


def test_putting_right_outside_the_own_grid_is_still_reported(world: World) -> None:
    extra = {
        "handled": "on",
        "note": "当场清走",
        "photos": [photo()],
        "photo_after": [photo("red")],
    }
    phone = phone_of("grid_worker")
    answer = send(phone, **extra, lon="120.025")
    row = Report.objects.get()
    assert row.case is not None
    assert row.case.stage == Stage.RECEIVED
    page = phone.get(answer["Location"]).content.decode()
    assert "没有记为办结" in page
    assert "由那里的同事办理" in page


def test_sending_twice_makes_one_report(world: World) -> None:
    phone = phone_of("grid_worker")
    send(phone)
    send(phone)
    assert Report.objects.count() == 1


def test_the_classes_used_last_come_first(world: World) -> None:
    phone = phone_of("grid_worker")
    assert "最近用过" not in phone.get("/field/report").content.decode()
    send(phone)
    page = phone.get("/field/report").content.decode()
    assert page.index("最近用过") < page.index("积存垃圾渣土") < page.index("上水井盖")


def test_somebody_elses_receipt_is_not_shown(world: World) -> None:
    send(phone_of("grid_worker"), lon="120.005")
    row = Report.objects.get()
    assert phone_of("other_grid_worker").get(f"/field/reports/{row.receipt}").status_code == 404


def test_whoever_may_not_put_right_is_not_asked(world: World) -> None:
    assert 'name="handled"' not in phone_of("handler").get("/field/report").content.decode()
