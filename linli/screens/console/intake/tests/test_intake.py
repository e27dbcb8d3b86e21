"""Taking reports in at the counter, and from files."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from linli.cases.importing import COLUMNS
from linli.cases.models import CasePhoto, Report
from linli.kernel.files.tests.marks import Secrets
from linli.kernel.files.tests.pictures import jpeg
from linli.kernel.jobs.queue import run_due
from linli.kernel.places.models import Building
from linli.screens.console.intake import views
from linli.screens.console.tests.office import Enter, opened
from tests.markup import markup
from tests.world import MONDAY, World

TOLD = {
    "intake_channel": "phone",
    "body": "第一网格路口的路灯不亮，三天了",
    "address": "槐树路 12 号",
    "contact_name": "王奶奶",
    "contact_phone": "199 0000 1234",
    "idempotency_key": "key-1",
    "step": "send",
}


def test_a_call_becomes_a_report_with_a_number_to_read_out(world: World, enter: Enter) -> None:
    client = enter("acceptor")

    sent = client.post("/console/intake", TOLD)
    page = client.get(sent.headers["Location"])

    report = Report.objects.select_related("contact").get()
    assert (report.intake_channel, report.title.plain) == (
        "phone",
        "第一网格路口的路灯不亮，三天了",
    )
    assert (report.contact and report.contact.phone) == "19900001234"
    assert report.entered_by_id == world.staff["acceptor"].pk
    receipt = report.receipt
    words = page.content.decode()
    assert f"{receipt[:4]} {receipt[4:8]} {receipt[8:]}" in words
    assert "正在判断类别、网格和责任人" in words
    assert "19900001234" not in words


def test_the_receipt_page_shows_the_case_once_it_exists(world: World, enter: Enter) -> None:
    client = enter("acceptor")
    address = client.post("/console/intake", TOLD).headers["Location"]
    run_due(now=MONDAY)

    state = client.get(address, headers={"HX-Request": "true"}).content.decode()

    case = Report.objects.get().case
    assert case is not None
    assert case.number in state
    assert "hx-trigger" not in state


def test_the_receipt_of_somebody_else_in_another_community_is_not_found(
    world: World, enter: Enter
) -> None:
    case = opened()
    receipt = Report.objects.get(case=case).receipt

    assert enter("acceptor").get(f"/console/intake/{receipt}").status_code == 200
    assert enter("other_grid_worker").get(f"/console/intake/{receipt}").status_code == 404
    assert enter("acceptor").get("/console/intake/000000000000").status_code == 404


def test_sending_the_same_form_twice_stores_one_report(world: World, enter: Enter) -> None:
    client = enter("acceptor")

    first = client.post("/console/intake", TOLD)
    second = client.post("/console/intake", TOLD)

    assert first.headers["Location"] == second.headers["Location"]
    assert Report.objects.count() == 1


def test_a_form_sent_again_with_other_words_asks_whether_it_is_another_matter(
    world: World, enter: Enter
) -> None:
    client = enter("acceptor")
    client.post("/console/intake", TOLD)

    asked = client.post("/console/intake", {**TOLD, "body": "三楼煤气味很重，请快来人。"})

    assert asked.status_code == 409
    assert Report.objects.count() == 1
    fresh = asked.context["form"]["idempotency_key"].value()
    assert fresh != TOLD["idempotency_key"]
    again = {**TOLD, "body": "三楼煤气味很重，请快来人。", "idempotency_key": fresh}
    assert client.post("/console/intake", again).status_code == 302
    assert Report.objects.filter(body__startswith="三楼煤气").count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"body": ""}, "body"),
        ({"contact_phone": "12"}, "contact_phone"),
        ({"intake_channel": "proxy"}, "proxy_person"),
        ({"intake_channel": "pigeon"}, "intake_channel"),
        ({"category": "999999"}, "category"),
        ({"lon": "120.0", "lat": ""}, "lat"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_typed_is_lost(
    world: World, enter: Enter, change: dict[str, str], field: str
) -> None:
    answer = enter("acceptor").post("/console/intake", {**TOLD, **change})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    words = answer.content.decode()
    assert "槐树路 12 号" in words
    assert "王奶奶" in words
    assert 'value="key-1"' in words
    assert Report.objects.count() == 0


def test_photos_survive_a_wrong_field(world: World, enter: Enter) -> None:
    client = enter("acceptor")
    picture = SimpleUploadedFile("a.jpg", jpeg(Secrets.of(1)), "image/jpeg")

    refused = client.post("/console/intake", {**TOLD, "body": "", "photos": picture})
    [digest] = re.findall(r'name="photos_kept" value="(\w+)"', markup(refused))
    client.post("/console/intake", {**TOLD, "photos_kept": digest})

    assert CasePhoto.objects.get(report=Report.objects.get()).file.sha256 == digest[:64]


def test_who_speaks_for_somebody_else_is_kept_with_the_report(world: World, enter: Enter) -> None:
    enter("acceptor").post(
        "/console/intake", {**TOLD, "intake_channel": "proxy", "proxy_person": "女儿 王小美"}
    )

    assert Report.objects.get().answers == {"proxy_person": "女儿 王小美"}


def test_similar_open_cases_are_shown_before_anything_is_stored(world: World, enter: Enter) -> None:
    case = opened()
    told = {
        **TOLD,
        "body": "楼下垃圾堆着",
        "lon": "120.00501",
        "lat": "30.005",
        "category": str(world.category.pk),
    }
    client = enter("acceptor")

    asked = client.post("/console/intake/similar", told).content.decode()
    looked = client.post("/console/intake", {**told, "step": "look"}).content.decode()
    elsewhere = enter("other_grid_worker").post("/console/intake/similar", told).content.decode()

    assert case.number in asked
    assert case.number in looked
    assert case.number not in elsewhere
    assert Report.objects.count() == 1


def test_a_place_named_in_words_is_looked_around_as_well(world: World, enter: Enter) -> None:
    case = opened()
    Building.objects.create(
        community_id=world.areas["C1"],
        grid_id=world.areas["G1"],
        quarter="春晓苑",
        name="3幢",
        storeys=6,
        lon=120.00501,
        lat=30.005,
    )
    told = {"body": "垃圾没人清", "address": "春晓苑三号楼", "category": str(world.category.pk)}
    client = enter("acceptor")

    named = client.post("/console/intake/similar", told).content.decode()
    nowhere = client.post("/console/intake/similar", {**told, "address": "别处"}).content.decode()

    assert case.number in named
    assert "文字中提到“春晓苑三号楼”，即春晓苑3幢。" in named
    assert "没有找到相似的在办案件" in nowhere
    assert "文字中提到" not in nowhere


def test_a_file_stores_its_good_rows_and_lists_the_bad_ones(world: World, enter: Enter) -> None:
    rows = "工单编号,标题,内容,联系电话\n1,路灯坏了,第一网格路口,19900001234\n2,,,\n3,井盖,第二网格,12\n"
    client = enter("acceptor")

    def upload() -> Any:
        file = SimpleUploadedFile("热线.csv", rows.encode("gb18030"))
        return client.post(
            "/console/import", {"file": file, "channel": "hotline", "source": "12345"}
        )

    first, second = upload(), upload()

    result = first.context["shown"].imported
    assert (result.read, result.stored, len(result.refused)) == (3, 1, 2)
    assert [(one.row, one.column) for one in result.refused] == [(3, "内容"), (4, "联系电话")]
    again = second.context["shown"].imported
    assert (again.stored, again.known, len(again.refused)) == (0, 1, 2)
    assert Report.objects.get().intake_channel == "hotline"


@pytest.mark.parametrize(
    ("name", "content"),
    [("leer.csv", b" "), ("bild.xlsx", b"PK\x03\x04broken"), ("a.csv", b"x,y\n1,2\n")],
)
def test_a_file_that_is_no_table_of_reports_is_refused_in_words(
    world: World, enter: Enter, name: str, content: bytes
) -> None:
    file = SimpleUploadedFile(name, content)

    answer = enter("acceptor").post("/console/import", {"file": file, "channel": "hotline"})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["file"]


def test_a_file_too_long_for_a_page_is_refused_before_anything_is_stored(
    world: World, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_ROWS", 1)
    file = SimpleUploadedFile("a.csv", "标题\n一\n二\n".encode())

    answer = enter("acceptor").post("/console/import", {"file": file, "channel": "hotline"})

    assert answer.status_code == 422
    assert "文件有 2 行" in answer.content.decode()
    assert Report.objects.count() == 0


def test_the_template_has_columns_the_import_knows(world: World, enter: Enter) -> None:
    content = enter("acceptor").get("/console/import/template.xlsx").content

    [header] = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()

    known = {spelling for spellings in COLUMNS.values() for spelling in spellings}
    assert set(header) <= known
    assert {"标题", "内容", "工单编号"} <= set(header)
