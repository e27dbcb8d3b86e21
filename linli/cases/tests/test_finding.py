"""Whatever stands on the page of a case finds it: number, receipt, title and address down to the building."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from linli.cases.actions.contacts import find_by_contact, names_a_contact
from linli.cases.actions.intake import receive_report
from linli.cases.drafts import ReportDraft
from linli.cases.index import condition, find_cases
from linli.cases.models import Case, Report
from linli.cases.queries import capped_count, filtered, report_by_receipt
from linli.cases.tests.test_intake import COPIED
from linli.kernel.access.queries import RESIDENT
from linli.kernel.acting import EVERYWHERE
from linli.kernel.audit.models import AuditLine
from linli.kernel.engine import search
from linli.kernel.errors import NotAllowed
from linli.kernel.jobs.queue import run_due
from tests.world import MONDAY, World

pytestmark = pytest.mark.django_db

PLACES = ("麦浪街364号", "望舒庭12幢", "Ａ座商务楼３号门", "槐荫路1482-1号 3#楼", "东区 B12栋")
MATTERS = ("路灯不亮", "LED灯 坏了", "井盖（圆）松动", "垃圾3天没清", "5G杆倒了")


def opened(draft: ReportDraft) -> Case:
    receipt = receive_report(draft, by=RESIDENT, now=MONDAY)
    run_due(now=MONDAY)
    case = Report.objects.get(pk=receipt.report_id).case
    assert case is not None
    return case


def lamp(**changes: Any) -> ReportDraft:
    plain = ReportDraft(
        title="路灯不亮", body="晚上看不见", address="麦浪街364号", lon=120.005, lat=30.005
    )
    return replace(plain, **changes)


def parts_of(text: str, chance: random.Random, most: int = 25) -> list[str]:
    """Parts with a Chinese character or three digits: the whole, and others by lot."""
    every = {text[i:j] for i in range(len(text)) for j in range(i + 1, len(text) + 1)}
    sought = sorted(
        part
        for part in every
        if any("\u3400" < c < "\ua000" for c in part) or sum(c.isdigit() for c in part) > 2
    )
    return [text, *chance.sample(sought, min(most, len(sought)))]


def test_every_part_of_what_is_on_the_page_finds_its_case(world: World) -> None:
    chance = random.Random(20260309)
    by = world.actors["supervisor"]
    for number in range(8):
        title = f"{chance.choice(PLACES)}{chance.choice(MATTERS)}{chance.randrange(100, 10**6)}"
        case = opened(lamp(title=title, address=chance.choice(PLACES), body=f"第{number}次反映"))
        receipt = Report.objects.get(case=case).receipt
        for text in (case.number, receipt, case.title.plain, case.address.plain):
            for part in parts_of(text, chance):
                found = filtered(by, {"q": part})
                assert found.filter(pk=case.pk).exists(), (part, text)


@pytest.mark.parametrize(
    "typed",
    [
        "364号",
        "麦浪街364号",
        "麦浪街 ３６４ 号",
        "浪",
        "麦浪街3 6 4号",
        "麦\u200b浪街",
        "路灯 364号",
        "，路灯，",
    ],
)
def test_an_address_is_found_however_it_is_typed(world: World, typed: str) -> None:
    case = opened(lamp())
    other = opened(lamp(title="垃圾没清", address="槐荫路10号", body="三天了"))
    found = filtered(world.actors["supervisor"], {"q": typed})
    assert list(found) == [case]
    assert other.pk not in find_cases(typed, EVERYWHERE)


def test_a_number_and_a_receipt_are_found_whole_and_by_their_ends(world: World) -> None:
    case, by = opened(lamp()), world.actors["supervisor"]
    opened(lamp(title="垃圾没清", address="槐荫路10号", body="三天了"))
    receipt = Report.objects.get(case=case).receipt
    grouped = f"{receipt[:4]} {receipt[4:8]}-{receipt[8:]}"
    wide = "".join(chr(ord(c) + 0xFEE0) for c in receipt)
    for typed in (receipt, grouped, wide, case.number, f"{case.number[:8]}-{case.number[8:]}"):
        assert list(filtered(by, {"q": typed})) == [case], typed
    for typed in (receipt[-4:], receipt[-6:], case.number[-6:]):
        assert case in filtered(by, {"q": typed}), typed
    assert report_by_receipt(wide, "").case_id == case.pk


def test_a_number_of_somebody_else_that_looks_like_ours_is_no_case(world: World) -> None:
    case = opened(lamp())
    foreign = f"19990101{case.pk:010d}"
    assert list(filtered(world.actors["supervisor"], {"q": foreign})) == []


def test_the_receipt_of_a_report_that_was_joined_finds_the_case(world: World) -> None:
    case = opened(COPIED)
    assert opened(replace(COPIED, contact_phone="19900004321")) == case
    by = world.actors["supervisor"]
    for receipt in Report.objects.filter(case=case).values_list("receipt", flat=True):
        assert list(filtered(by, {"q": receipt})) == [case]
        assert case in filtered(by, {"q": receipt[-6:]})


def test_a_number_finds_nothing_outside_ones_scope(world: World) -> None:
    case = opened(lamp())
    receipt = Report.objects.get(case=case).receipt
    for typed in (case.number, receipt, receipt[-6:], "路灯"):
        assert not filtered(world.actors["other_grid_worker"], {"q": typed}).exists()


def test_common_words_are_asked_row_by_row_with_the_same_answer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamps = [opened(lamp(address=f"麦浪街{number}号")).pk for number in range(364, 367)]
    opened(lamp(title="垃圾没清", address="槐荫路10号", body="三天了"))
    by = world.actors["supervisor"]
    seldom = set(filtered(by, {"q": "路灯"}))
    monkeypatch.setattr(search, "COMMON", 1)
    rows = filtered(by, {"q": "路灯", "open": "1"})
    assert {case.pk for case in rows} == {case.pk for case in seldom} == set(lamps)
    assert capped_count(rows) == 3
    assert Case.objects.filter(pk__in=rows.values("pk")).count() == 3
    assert not Case.objects.filter(condition("，", EVERYWHERE)).exists()


@pytest.mark.parametrize("typed", ["2单元", "501", "501室", "单元501", "1990000", "0111", "王秀英"])
def test_homes_and_people_are_not_come_upon(world: World, typed: str) -> None:
    opened(
        lamp(
            title="望舒庭12幢2单元501室漏水", address="望舒庭12幢2单元501室", body="电话19900001111",
            contact_phone="19900001111", contact_name="王秀英",
        )
    )  # fmt: skip
    receipt = Report.objects.get().receipt
    if typed not in receipt + Case.objects.get().number:
        assert find_cases(typed, EVERYWHERE) == []


@pytest.mark.parametrize(
    "whole",
    [
        "19900001111",
        "199 0000 1111",
        "１９９００００１１１１",
        "望舒庭12幢2单元501室",
        "望舒庭１２栋2单元501",
    ],
)
def test_whoever_may_see_contacts_finds_them_whole_and_it_is_noted(
    world: World, whole: str
) -> None:
    case = opened(
        lamp(address="望舒庭12幢2单元501室", contact_phone="19900001111", contact_name="王秀英")
    )
    opened(lamp(title="垃圾", address="望舒庭12幢2单元502室", contact_phone="19900002222"))
    assert find_by_contact(whole=whole, by=world.actors["acceptor"], now=MONDAY) == [case.pk]
    noted = AuditLine.objects.filter(action="cases.contacts.find_by_contact", result="done")
    assert [(line.subject, line.detail) for line in noted] == [("", {})]
    assert names_a_contact(whole)
    for nothing in ("1990000", "501室", "秀英", ""):
        assert find_by_contact(whole=nothing, by=world.actors["acceptor"], now=MONDAY) == []
    with pytest.raises(NotAllowed):
        find_by_contact(whole=whole, by=world.actors["handler"], now=MONDAY)
    assert not names_a_contact("路灯不亮")


def test_a_confidential_reporter_is_found_by_nobody(world: World) -> None:
    case = opened(replace(lamp(contact_phone="19900001111"), confidential=True))
    assert case.confidential
    assert find_by_contact(whole="19900001111", by=world.actors["acceptor"], now=MONDAY) == []
