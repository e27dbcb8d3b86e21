"""One report in all its forms: the same figures on the page, in the workbook, in the document; less in the picture."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db.models import F, Q
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Length
from python_calamine import CalamineWorkbook

from linli.cases.actions.assessing import record_follow_up
from linli.cases.flow import Stage
from linli.cases.models import Case, CaseMove, Deadline
from linli.cases.seed import load_defaults
from linli.insight.errors import BadPeriod
from linli.insight.rates.tests.test_queries import finished
from linli.insight.reports.card import share_card
from linli.insight.reports.excel import heading, workbook
from linli.insight.reports.findings import findings
from linli.insight.reports.queries import Report, make_report
from linli.insight.reports.tables import Table, tables_of
from linli.insight.reports.word import document
from tests.walks import RUBBISH, opened, walk_to
from tests.world import MONDAY, World

ASOF = MONDAY + timedelta(days=40)


@pytest.fixture
def busy(world: World) -> World:
    """In March three matters closed and two being handled, one of them late; in February one closed."""
    load_defaults(now=MONDAY)
    for number in range(3):
        case = finished(world, number)
        record_follow_up(
            case.pk,
            effective=True,
            contacted=number > 0,
            solved="solved",
            satisfaction="satisfied" if number else "basically_satisfied",
            by=world.actors["follow_up"],
            now=MONDAY,
        )
    for body in ("东门有垃圾", "西门有垃圾"):
        walk_to(
            world,
            opened(world, RUBBISH.__class__(**{**RUBBISH.__dict__, "body": body})),
            Stage.HANDLING,
        )
    earlier = finished(world, 9)
    shift = timedelta(days=31)
    Case.objects.filter(pk=earlier.pk).update(opened_at=F("opened_at") - timedelta(days=400))
    CaseMove.objects.filter(case=earlier).update(at=F("at") - shift)
    for run in Deadline.objects.filter(case=earlier):
        Deadline.objects.filter(pk=run.pk).update(
            due_at=run.due_at - shift, stopped_at=run.stopped_at and run.stopped_at - shift
        )
    Case.objects.filter(pk=earlier.pk).update(closed_at=MONDAY - shift)
    return world


def march(
    world: World, kind: str = "monthly", name: str = "2026-03", *, demo: bool = False
) -> Report:
    return make_report(world.actors["leader"], kind, name, asof=ASOF, place="槐荫街道", demo=demo)


def row(table: Table, name: str) -> list[str]:
    return next(
        [cell.text for cell in line] for line in table.rows if line[table.names].text == name
    )


def test_the_tables_tell_what_happened_and_compare_it(busy: World) -> None:
    tables = {table.code: table for table in tables_of(march(busy))}
    assert row(tables["summary"], "应处置") == [
        "应处置",
        "5",
        "",
        "↑ +4 (+400.0%)",
        "1",
        "↑ +5",
        "0",
    ]
    assert row(tables["summary"], "处置率")[1:5] == [
        "60.00%",
        "3 / 5",
        "↓ −40.00 个百分点",
        "100.00%",
    ]
    assert row(tables["units"], "城管队")[1:4] == ["5", "3", "60.00%"]
    assert row(tables["units"], "合计")[1:4] == ["5", "3", "60.00%"]
    assert row(tables["rates"], "响应率")[1:3] == ["66.67%", "2 / 3"]
    assert row(tables["rates"], "满意率")[2] == "(2+1×0.9) / 3"
    assert row(tables["departments"], "城管队")[:3] == ["样本少", "城管队", "3"]
    assert "streets" not in tables


def test_the_first_lines_carry_their_numbers(busy: World) -> None:
    new, handled, closed, voices = findings(march(busy))
    assert new == "新增案件 5 件，环比上升 5 件，同比上升 5 件。"
    assert handled.startswith("应处置 5 件，处置率 60.00%（3/5），环比下降 40.00 个百分点；")
    assert closed.startswith("应结案 5 件，结案率 60.00%（3/5）")
    assert "有效回访 3 件，响应率 66.67%（2 / 3）" in voices
    assert voices.endswith("（有效回访不足 30 件，样本少）。")
    quiet = findings(march(busy, name="2025-06"))
    assert quiet[1:3] == ["没有应处置的案件。", "没有应结案的案件。"]
    assert quiet[3] == "本期没有计入考核的有效回访。"


def test_the_workbook_has_a_sheet_a_table_with_numbers_in_it(busy: World) -> None:
    report = march(busy, demo=True)
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook(report)))
    tables = tables_of(report)
    assert book.sheet_names == ["说明", *(one.title.replace(" · ", "-") for one in tables)]
    about = book.get_sheet_by_name("说明").to_python()
    assert about[0][0] == heading(report)
    assert "演示数据" in heading(report)
    for table in tables:
        lines = book.get_sheet_by_name(table.title.replace(" · ", "-")).to_python()
        assert tuple(lines[2]) == table.columns
        for line, cells in zip(lines[3:], table.rows, strict=True):
            shown = [float(one.number) if one.number is not None else one.text for one in cells]
            assert line == shown


def test_the_document_is_set_like_one_of_an_office(busy: World) -> None:
    report = march(busy, demo=True)
    made = Document(io.BytesIO(document(report)))
    words = [line.text for line in made.paragraphs]
    assert words[0] == "槐荫街道案件办理月报"
    assert words[2] == "范围：槐荫街道　截至：2026年04月18日 09:00"
    assert set(findings(report)) <= set(words)
    assert any(line.startswith("有效回访：接通并得到回答") for line in words)
    heads = [one.text for one in made.paragraphs if one.style and one.style.name == "Heading 1"]
    tables = tables_of(report)
    assert [head.split("、")[1] for head in heads] == [
        "主要情况",
        *(one.title for one in tables),
        "指标口径",
    ]
    for table, printed in zip(tables, made.tables, strict=True):
        rows = [[cell.text for cell in line.cells] for line in printed.rows]
        assert rows == [list(table.columns), *([cell.text for cell in line] for line in table.rows)]
        assert list(printed.rows[0]._tr.iter(qn("w:tblHeader")))
        properties = [one.tag.rpartition("}")[2] for one in printed._tbl.tblPr]
        order = ("tblStyle", "tblW", "jc", "tblLayout", "tblCellMar", "tblLook")
        assert properties == [one for one in order if one in properties]
        widths = [Length(column.width or 0).mm for column in printed.columns]
        assert sum(widths) == pytest.approx(166, abs=1)
    section = made.sections[0]
    assert [Length(one or 0).mm for one in (section.page_width, section.page_height)] == [
        pytest.approx(210, abs=1),
        pytest.approx(297, abs=1),
    ]
    assert section.header.paragraphs[0].text == "演示数据，并非真实情况"
    assert made.core_properties.author == "邻里"
    for line in (one for one in made.paragraphs if one.text not in heads):
        for run in line.runs:
            (fonts,) = run._element.iter(qn("w:rFonts"))
            assert fonts.get(qn("w:eastAsia")), run.text


def test_real_data_carry_no_mark_of_made_up_ones(busy: World) -> None:
    report = march(busy)
    made = Document(io.BytesIO(document(report)))
    assert made.sections[0].header.paragraphs[0].text == ""
    assert "演示" not in share_card(report) + heading(report)


def test_the_picture_tells_sums_only(busy: World) -> None:
    picture = ElementTree.fromstring(share_card(march(busy, demo=True)))
    words = [one.text or "" for one in picture.iter("{http://www.w3.org/2000/svg}text")]
    together = "".join(words)
    assert "槐荫街道案件办理月报" in words
    assert "演示数据" in words
    for name in (
        "城管队",
        "王奶奶",
        "槐树里社区",
        "垃圾",
        *(staff.name for staff in busy.staff.values()),
    ):
        assert name not in together
    numbers = [one for one in words if re.fullmatch(r"\d+", one)]
    assert numbers
    assert all(number == "0" or int(number) >= 5 for number in numbers)
    assert words.count("<5") == 2
    assert "环比" not in together
    assert "各类都不到 5 件，不分列。" not in words


def test_a_quiet_period_has_a_picture_too(busy: World) -> None:
    quiet = share_card(march(busy, name="2025-06"))
    assert "各类都不到 5 件，不分列。" in quiet
    assert quiet.count(">—<") == 6


@pytest.mark.parametrize(
    ("kind", "name", "rates"),
    [
        ("daily", "2026-03-09", "hotline_day"),
        ("weekly", "2026-W11", "week"),
        ("monthly", "2026-03", "assessment"),
    ],
)
def test_each_kind_reads_its_own_periods(busy: World, kind: str, name: str, rates: str) -> None:
    report = march(busy, kind, name)
    assert (report.name, report.rates_windows.now.stretch.kind) == (name, rates)
    assert report.total.now.value is not None
    assert len(report.total.now.flows["opened"]) == 5


def test_what_is_no_report_is_refused(busy: World) -> None:
    with pytest.raises(BadPeriod, match="日报、周报、月报"):
        march(busy, "yearly")
    with pytest.raises(BadPeriod, match="没有“2026-13”这个时段"):
        march(busy, "monthly", "2026-13")


def test_a_report_is_of_a_place_and_of_what_its_reader_sees(busy: World) -> None:
    there = make_report(
        busy.actors["leader"],
        "monthly",
        "2026-03",
        asof=ASOF,
        place="清河湾社区",
        demo=False,
        among=Q(community_id=busy.areas["C2"]),
    )
    stranger = make_report(
        busy.actors["other_handler"], "monthly", "2026-03", asof=ASOF, place="", demo=False
    )
    for report in (there, stranger):
        assert report.total.now.flows == {}
        assert report.ranking.everything.calls == 0
