"""报告 at the desk: three kinds, three files, every number of the page opens its list."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from docx import Document
from python_calamine import CalamineWorkbook

from linli.cases.actions.assessing import record_follow_up
from linli.cases.flow import Stage
from linli.cases.seed import load_defaults
from linli.screens.console.tests.office import Enter, opened
from tests.markup import markup
from tests.walks import walk_to
from tests.world import MONDAY, World

REPORTS = "/console/reports"
MARCH = "kind=monthly&at=month:2026-03"
LINKS = re.compile(r'<a href="(/console/(?:figures|rates)/cases\?[^"]+)">(\d+)</a>')


@pytest.fixture
def worked(world: World) -> World:
    load_defaults(now=MONDAY)
    hotline = opened(
        body="热线转来的垃圾", intake_channel="hotline", external_no="250912101108115409"
    )
    closed = walk_to(world, hotline, Stage.CLOSED)
    record_follow_up(
        closed.pk,
        effective=True,
        contacted=True,
        solved="solved",
        satisfaction="basically_satisfied",
        by=world.actors["follow_up"],
        now=MONDAY - timedelta(seconds=1),
    )
    walk_to(world, opened(body="东门也有垃圾", lon=120.0062, lat=30.0062), Stage.HANDLING)
    return world


def files_of(client: Client, address: str) -> dict[str, str]:
    return dict(client.get(address).context["files"])


def test_every_number_of_a_report_opens_as_many_cases(worked: World, enter: Enter) -> None:
    client = enter("leader")
    page = markup(client.get(f"{REPORTS}?{MARCH}"))
    found = LINKS.findall(page)

    assert len(found) > 30
    assert any("/rates/" in link for link, _number in found)
    for link, number in found:
        assert client.get(unescape(link)).context["number"] == int(number), link


@pytest.mark.parametrize(
    "asked", ["", "kind=daily", "kind=weekly&at=week:2026-W11", MARCH, "kind=yearly"]
)
def test_each_kind_of_report_has_a_page_and_three_files(
    worked: World, enter: Enter, asked: str
) -> None:
    client = enter("leader")
    files = files_of(client, f"{REPORTS}?{asked}")

    assert list(files) == ["xlsx", "docx", "svg"]
    for ending, begins in (("xlsx", b"PK"), ("docx", b"PK"), ("svg", b"<svg")):
        assert client.get(files[ending]).content.startswith(begins)


def test_page_and_files_tell_the_same(worked: World, enter: Enter) -> None:
    client = enter("leader")
    answer = client.get(f"{REPORTS}?{MARCH}")
    files, tables = answer.context["files"], answer.context["tables"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(files["xlsx"]).content))
    document = Document(io.BytesIO(client.get(files["docx"]).content))

    assert [one["title"].replace(" · ", "-") for one in tables] == book.sheet_names[1:]
    words = [line.text for line in document.paragraphs]
    assert set(answer.context["findings"]) <= set(words)
    assert words[0] == "槐荫街道案件办理月报"
    for table, printed in zip(tables, document.tables, strict=True):
        rows = [[text for text, _url, _names in row["cells"]] for row in table["rows"]]
        assert [[cell.text for cell in line.cells] for line in printed.rows][1:] == rows


def test_another_kind_opens_at_the_end_of_this_one(worked: World, enter: Enter) -> None:
    kinds = enter("leader").get(f"{REPORTS}?{MARCH}").context["kinds"]
    urls = {code: url for code, _name, url in kinds}

    assert "day%3A2026-03-09" in urls["daily"]
    assert "week%3A2026-W11" in urls["weekly"]


def test_the_picture_is_offered_as_a_png_and_works_without_scripts(
    worked: World, enter: Enter
) -> None:
    client = enter("leader")
    page = markup(client.get(f"{REPORTS}?{MARCH}"))

    element = re.search(r'<linli-picture src="([^"]+)" name="linli-monthly-2026-03"', page)
    assert element is not None
    assert f'<img src="{element[1]}"' in page
    answer = client.get(unescape(element[1]))
    assert answer["Content-Type"] == "image/svg+xml"
    assert "style=" not in answer.content.decode()


def test_a_report_of_a_community_names_it(worked: World, enter: Enter) -> None:
    client = enter("leader")
    page = client.get(f"{REPORTS}?{MARCH}&area={worked.areas['C2']}")

    assert page.context["report"].title == "清河湾社区案件办理月报"
    assert page.context["report"].total.now.flows == {}
    assert enter("clerk").get(f"{REPORTS}?area={worked.areas['C2']}").status_code == 400


def test_what_is_no_file_of_a_report_is_not_found(worked: World, enter: Enter) -> None:
    client = enter("leader")
    assert client.get(f"{REPORTS}/file.pdf?{MARCH}").status_code == 404
    assert client.get(f"{REPORTS}?kind=monthly&at=month:2026-13").status_code == 422
    assert enter("system_admin").get(REPORTS).status_code == 403


def test_the_files_keep_the_instant_of_the_page(worked: World, enter: Enter) -> None:
    client = enter("leader")
    files = files_of(client, f"{REPORTS}?{MARCH}")
    assert all("asof=2026-03-09T01%3A00%3A00" in address for address in files.values())
    earlier = files["docx"].replace("2026-03-09T01", "2026-03-08T01")
    document = Document(io.BytesIO(client.get(earlier).content))
    assert "新增案件 0 件。" in [line.text for line in document.paragraphs]
