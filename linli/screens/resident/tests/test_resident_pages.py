"""What the residents' pages weigh, whom one may call, and what is said of other people's matters: nothing personal."""

from __future__ import annotations

import gzip
import re
from datetime import date
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from linli.cases.actions.moving import make_move
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import Case, CasePhoto
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.files.models import StoredFile
from linli.kernel.jobs.queue import run_due
from linli.kernel.organisations.models import Organization, OrganizationKind
from linli.kernel.people.models import GridPosting, Staff
from linli.kernel.places.models import Area
from linli.screens.resident.tests.test_reporting import RUBBISH, photo, sent
from linli.screens.resident.views_report import token_of
from tests.markup import markup
from tests.walks import walk_to
from tests.world import MONDAY, World

PAGE_BYTES = 60_000
"""First page with its style sheets, compressed: an old phone on a slow line opens it in some seconds."""


@pytest.fixture(autouse=True)
def _clock(settings: Settings) -> None:
    settings.LINLI_CLOCK = "linli.screens.resident.tests.test_reporting.monday"


def weight(page: str) -> int:
    sheets = re.findall(r'<link rel="stylesheet" href="/static/([^"]+)"', page)
    assert sheets
    files = [Path(str(finders.find(sheet))).read_bytes() for sheet in sheets]
    return sum(len(gzip.compress(part)) for part in (page.encode(), *files))


@pytest.mark.parametrize("path", ["/home/", "/home/report", "/home/workers"])
def test_a_page_stays_light(client: Client, world: World, path: str) -> None:
    assert weight(client.get(path).content.decode()) < PAGE_BYTES


def test_the_page_for_elders_has_at_most_six_big_buttons(client: Client, world: World) -> None:
    client.cookies["linli_reading"] = "elder.18"
    page = client.get("/home/").content.decode()
    shown = page.split('<details class="urgent">')[0]
    assert "紧急求助" in page
    assert shown.count('class="tile') - shown.count("tile__more") + 1 <= 6


def test_a_community_and_its_workers_are_one_tap_away(client: Client, world: World) -> None:
    Area.objects.filter(pk=world.areas["C1"]).update(phone="19900000100")
    Staff.objects.filter(pk=world.staff["grid_worker"].pk).update(phone="19900000111")
    page = client.get("/home/workers").content.decode()
    assert 'href="tel:19900000100"' in page
    assert 'href="tel:19900000111"' in page
    assert "网格员小李" in page


def test_the_list_of_workers_needs_the_same_queries_for_more_grids(
    client: Client, world: World
) -> None:
    few, _page = workers_page(client)
    for number in range(101, 121):
        grid = Area.objects.create(
            code=f"990101001001{number}",
            name=f"第{number}网格",
            level="grid",
            kind="basic",
            parent_id=world.areas["C1"],
            valid_from=date(2020, 1, 1),
        )
        GridPosting.objects.create(
            staff=world.staff["grid_worker"],
            grid=grid,
            duty=GridPosting.Duty.FULL_TIME,
            valid_from=date(2020, 1, 1),
        )
    many, page = workers_page(client)
    assert page.count("网格员小李") == 21
    assert many == few


def workers_page(client: Client) -> tuple[int, str]:
    """How many queries the page costs with nothing remembered, and the page."""
    forget_everything()
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/home/workers").content.decode()
    return len(asked), page


def test_the_notice_on_privacy_names_the_office_and_its_telephone(
    client: Client, world: World
) -> None:
    Organization.objects.create(
        code="JDB",
        name="槐荫街道办事处",
        kind=OrganizationKind.SUBDISTRICT_OFFICE,
        phone="19900000912",
    )
    page = client.get("/home/privacy").content.decode()
    assert "由槐荫街道办事处使用" in page
    assert "tel:19900000912" in page


def test_similar_matters_are_told_by_class_place_and_step_only(
    client: Client, world: World
) -> None:
    sent(client, publish_consent="on")
    run_due(now=MONDAY)
    asked = {"body": RUBBISH["body"], "lon": RUBBISH["lon"], "lat": RUBBISH["lat"]}
    found = client.get("/home/similar", asked).content.decode()
    assert "第一网格" in found
    assert "已收到" in found
    assert "堆了三天" not in found
    assert Case.objects.get().number not in found


def test_a_confidential_matter_is_not_hinted_at(client: Client, world: World) -> None:
    sent(client, confidential="on")
    run_due(now=MONDAY)
    asked = {"body": RUBBISH["body"], "lon": RUBBISH["lon"], "lat": RUBBISH["lat"]}
    assert client.get("/home/similar", asked).content.decode().strip() == ""


@pytest.mark.parametrize(
    ("lon", "lat"), [("nan", "1"), ("1e300", "1"), ("inf", "-inf"), ("a", "b")]
)
def test_a_position_that_is_none_is_left_out(
    client: Client, world: World, lon: str, lat: str
) -> None:
    assert client.get("/home/similar", {"lon": lon, "lat": lat}).status_code == 200
    assert client.get("/home/report", {"at": f"{lon},{lat}"}).status_code == 200


def test_a_picture_that_was_sent_with_a_mistake_is_used_by_the_next_try(
    client: Client, world: World
) -> None:
    page = markup(client.post("/home/report", {**RUBBISH, "body": "", "photos": [photo()]}))
    [key] = re.findall(r'name="photos_kept" value="(\w+)"', page)
    row = sent(client, photos_kept=[key])
    assert CasePhoto.objects.get(report=row).file == StoredFile.objects.get()


def test_a_picture_is_named_by_a_key_and_never_by_its_number_or_digest(
    client: Client, world: World
) -> None:
    page = markup(client.post("/home/report", {**RUBBISH, "body": "", "photos": [photo()]}))
    file = StoredFile.objects.get()
    assert "photos_kept" in page
    assert f'value="{file.pk}"' not in page
    assert f'value="{file.sha256}"' not in page


def test_whoever_urged_sees_it_and_is_not_asked_again(client: Client, world: World) -> None:
    row = sent(client)
    run_due(now=MONDAY)
    address = f"/home/progress/{token_of(row.pk)}"
    assert "催一下" in client.get(address).content.decode()
    client.post(f"{address}/urging")
    page = client.get(address).content.decode()
    assert "已经帮您催过" in page
    assert "催一下" not in page


def test_a_matter_done_again_shows_how_far_the_second_order_is(
    client: Client, world: World
) -> None:
    row = sent(client)
    run_due(now=MONDAY)
    case = walk_to(world, Case.objects.get(), Stage.TO_FOLLOW_UP)
    facts = Facts(note="还有一半")
    make_move(case.pk, "redo", by=world.actors["follow_up"], facts=facts, now=MONDAY)
    page = client.get(f"/home/progress/{token_of(row.pk)}").content.decode()
    assert "重新办理的情况" in page
    assert "请您评价" not in page


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("solved", "已经办好"),
        ("not_ours", "不属于本街道的职责"),
        ("cannot_be_solved", "目前还解决不了"),
    ],
)
def test_each_end_has_words_of_its_own(
    client: Client, world: World, outcome: str, words: str
) -> None:
    row = sent(client)
    run_due(now=MONDAY)
    case = walk_to(world, Case.objects.get(), Stage.HANDLING)
    handler, checker = world.actors["handler"], world.actors["checker"]
    facts = Facts(outcome=outcome, note="看过了", public_reply="已答复")
    make_move(case.pk, "feedback", by=handler, facts=facts, now=MONDAY)
    make_move(case.pk, "pass_check", by=checker, facts=Facts(note="属实"), now=MONDAY)
    assert words in client.get(f"/home/progress/{token_of(row.pk)}").content.decode()
