"""The same sending is one report, two people are two, a key is its sender's own, and secrecy only tightens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from linli.cases.actions.intake import receive_report
from linli.cases.actions.moving import make_move
from linli.cases.drafts import ReportDraft, cleaned
from linli.cases.errors import BadReport, KeyReused
from linli.cases.facts import Facts
from linli.cases.models import Case, CasePhoto, Report
from linli.cases.tests.test_intake import COPIED
from linli.kernel.access.queries import RESIDENT
from linli.kernel.acting import EVERYWHERE, Actor
from linli.kernel.jobs.queue import run_due
from tests.pictures import stored_picture
from tests.walks import RUBBISH, opened
from tests.world import MONDAY, World

DAY = timedelta(days=1)
LAMP = ReportDraft(body="楼道灯不亮了", source_system="page")
PLATFORM = Actor(kind="client", name="市平台", grants={"cases.report": EVERYWHERE})


def test_two_neighbours_with_the_same_words_are_two_reports(world: World) -> None:
    first = receive_report(
        replace(LAMP, visit="a", client_key="1", confidential=True), by=RESIDENT, now=MONDAY
    )
    second = receive_report(replace(LAMP, visit="b", client_key="2"), by=RESIDENT, now=MONDAY)
    third = receive_report(replace(LAMP, client_key="3"), by=RESIDENT, now=MONDAY)
    assert len({first.receipt, second.receipt, third.receipt}) == 3
    assert Report.objects.filter(confidential=True).get().receipt == first.receipt


def test_one_browser_saying_the_same_again_the_same_day_is_one_report(world: World) -> None:
    first = receive_report(replace(LAMP, visit="a", client_key="1"), by=RESIDENT, now=MONDAY)
    again = receive_report(replace(LAMP, visit="a", client_key="2"), by=RESIDENT, now=MONDAY)
    tomorrow = replace(LAMP, visit="a", client_key="3")
    assert (again.receipt, again.already_known) == (first.receipt, True)
    assert not receive_report(tomorrow, by=RESIDENT, now=MONDAY + DAY).already_known


def test_a_handler_cannot_take_the_key_of_an_order_that_is_still_to_come(world: World) -> None:
    taken = replace(LAMP, source_system="city", client_key="2026-17", external_no="2026-17")
    handler = world.actors["handler"]
    planted = receive_report(replace(taken, body="别的话"), by=handler, now=MONDAY)
    order = receive_report(taken, by=PLATFORM, now=MONDAY)
    assert not order.already_known
    assert order.receipt != planted.receipt
    assert Report.objects.get(pk=order.report_id).body == "楼道灯不亮了"


def test_another_account_with_the_same_key_gets_no_receipt_of_ours(world: World) -> None:
    draft = replace(LAMP, client_key="k", contact_phone="19900005551")
    ours = receive_report(draft, by=world.actors["handler"], now=MONDAY)
    theirs = receive_report(draft, by=world.actors["acceptor"], now=MONDAY)
    assert theirs.receipt != ours.receipt


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("body", {"body": "三楼煤气味很重请快来人"}),
        ("contact_phone", {"contact_phone": "19900005552"}),
        ("address", {"address": "春晓苑"}),
        ("lon", {"lon": 120.006}),
    ],
)
def test_a_used_key_with_other_content_is_refused_and_names_the_difference(
    world: World, name: str, change: dict[str, Any]
) -> None:
    dispatcher = world.actors["dispatcher"]
    draft = replace(RUBBISH, client_key="k")
    receive_report(draft, by=dispatcher, now=MONDAY)
    with pytest.raises(KeyReused) as refused:
        receive_report(replace(draft, **change), by=dispatcher, now=MONDAY)
    assert (refused.value.field, refused.value.status) == ("client_key", 409)
    assert name in refused.value.message
    assert Report.objects.count() == 1


def test_a_key_that_is_sent_again_the_next_day_finds_its_report(world: World) -> None:
    draft = replace(RUBBISH, client_key="k")
    first = receive_report(draft, by=PLATFORM, now=MONDAY)
    again = receive_report(draft, by=PLATFORM, now=MONDAY + 3 * DAY)
    assert (again.receipt, again.already_known, again.added) == (first.receipt, True, ())


def test_what_a_second_sending_brings_is_added_and_named(world: World) -> None:
    photo = stored_picture(RESIDENT, now=MONDAY)
    said = replace(RUBBISH, visit="a", client_key="1", publish_consent=True)
    first = receive_report(said, by=RESIDENT, now=MONDAY)
    run_due(now=MONDAY)
    assert Case.objects.get().public

    more = replace(said, client_key="2", confidential=True, photo_ids=(photo.pk,))
    again = receive_report(replace(more, publish_consent=False), by=RESIDENT, now=MONDAY)
    third = receive_report(more, by=RESIDENT, now=MONDAY)

    assert again.receipt == third.receipt == first.receipt
    assert again.added == ("photos", "confidential", "publish_consent")
    assert third.added == ()
    report, case = Report.objects.get(), Case.objects.get()
    assert (report.confidential, report.publish_consent) == (True, False)
    assert (case.confidential, case.public) == (True, False)
    assert CasePhoto.objects.get().report_id == report.pk


def test_consent_that_is_withdrawn_takes_the_case_out_of_sight_and_hides_nobody(
    world: World,
) -> None:
    said = replace(RUBBISH, publish_consent=True)
    receive_report(said, by=RESIDENT, now=MONDAY)
    run_due(now=MONDAY)
    again = receive_report(replace(said, publish_consent=False), by=RESIDENT, now=MONDAY)
    assert again.added == ("publish_consent",)
    case = Case.objects.get()
    assert (case.public, case.confidential) == (False, False)
    back = receive_report(said, by=RESIDENT, now=MONDAY)
    assert back.added == ()
    assert not Case.objects.get().public


def test_one_report_does_not_take_pictures_without_end(world: World) -> None:
    first = receive_report(RUBBISH, by=RESIDENT, now=MONDAY)
    photos = [stored_picture(RESIDENT, now=MONDAY) for _ in range(2)]
    CasePhoto.objects.bulk_create(
        CasePhoto(report_id=first.report_id, file=photos[0], kind="report", at=MONDAY)
        for _ in range(30)
    )
    other = replace(RUBBISH, photo_ids=(photos[1].pk + 1,))
    with pytest.raises(BadReport) as refused:
        receive_report(other, by=RESIDENT, now=MONDAY)
    assert refused.value.field == "photos"


@pytest.mark.parametrize("order", list(permutations(("open", "secret", "consent"))))
def test_one_wish_for_secrecy_holds_at_every_door_in_any_order(
    world: World, order: tuple[str, ...]
) -> None:
    phone = replace(LAMP, contact_phone="19900005555", lon=120.005, lat=30.005)
    doors = {
        "open": (replace(phone, intake_channel="phone"), world.actors["acceptor"]),
        "secret": (
            replace(phone, body="楼道灯　不亮了。", confidential=True, visit="a"),
            RESIDENT,
        ),
        "consent": (
            replace(phone, source_system="city", external_no="7", publish_consent=True),
            PLATFORM,
        ),
    }
    for minute, door in enumerate(order):
        draft, by = doors[door]
        receive_report(draft, by=by, now=MONDAY + timedelta(minutes=minute))
        run_due(now=MONDAY + timedelta(minutes=minute))
    assert Report.objects.count() == 3
    assert set(Report.objects.values_list("confidential", "publish_consent")) == {(True, False)}
    assert set(Case.objects.values_list("confidential", "public")) == {(True, False)}


def test_the_same_words_of_somebody_else_keep_their_own_openness(world: World) -> None:
    secret = replace(LAMP, contact_phone="19900005555", confidential=True)
    receive_report(secret, by=RESIDENT, now=MONDAY)
    other = replace(LAMP, contact_phone="19900005556", publish_consent=True, address="望舒庭")
    found = receive_report(other, by=RESIDENT, now=MONDAY)
    assert not Report.objects.get(pk=found.report_id).confidential


def test_a_secret_report_makes_the_case_it_joins_secret(world: World) -> None:
    case = opened(world, replace(COPIED, publish_consent=True))
    joined = opened(world, replace(COPIED, contact_phone="19900004321", confidential=True))
    assert joined.pk == case.pk
    assert (joined.confidential, joined.public) == (True, False)


def test_a_secret_case_makes_the_case_secret_that_it_is_merged_into(world: World) -> None:
    main = opened(world, replace(RUBBISH, publish_consent=True))
    other = opened(
        world,
        replace(RUBBISH, body="花坛里的灯坏了", category_code="", lon=120.021, confidential=True),
    )
    assert other.pk != main.pk
    facts = Facts(survivor=main.pk, note="同一件事")
    make_move(other.pk, "merge", by=world.actors["supervisor"], facts=facts, now=MONDAY)
    main.refresh_from_db()
    assert (main.confidential, main.public) == (True, False)


def test_a_secret_alarm_makes_the_case_secret_that_it_is_counted_in(world: World) -> None:
    alarm = ReportDraft(
        title="水位过高", intake_channel="iot_alarm", alarm_key="g7", client_key="1"
    )
    receive_report(
        replace(alarm, publish_consent=True, lon=120.005, lat=30.005), by=PLATFORM, now=MONDAY
    )
    receive_report(replace(alarm, client_key="2", confidential=True), by=RESIDENT, now=MONDAY)
    case = Case.objects.get()
    assert (case.report_count, case.confidential, case.public) == (2, True, False)


def test_a_title_is_not_cut_inside_a_number() -> None:
    words = "请在今天下午五点以前联系我一下关于楼道灯坏了的事情我的电话是多少呢19900001234谢谢"
    title = cleaned(ReportDraft(body=words)).title
    assert title.endswith("呢…")
    assert not any(c.isdigit() for c in title)


@pytest.mark.parametrize(
    "blank", ["\u200b\u200b", "\u3164", "\u2800", "\u2060\ufeff", "\u00ad", "\U000e0041", "\u0301"]
)
def test_what_nobody_can_see_is_no_report(world: World, blank: str) -> None:
    with pytest.raises(BadReport) as refused:
        receive_report(ReportDraft(title=blank, body=blank), by=RESIDENT, now=MONDAY)
    assert refused.value.field == "body"
    assert not Report.objects.exists()
