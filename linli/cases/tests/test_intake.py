"""What was said is stored first, found again when it is said again, and sorted or joined afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from linli.cases.actions import intake
from linli.cases.actions.contacts import reveal_contact
from linli.cases.actions.intake import receive_report
from linli.cases.actions.opening import join_report, triage_report
from linli.cases.drafts import ReportDraft
from linli.cases.errors import BadReport
from linli.cases.flow import Stage
from linli.cases.models import Case, Report
from linli.kernel.access.queries import RESIDENT
from linli.kernel.acting import SYSTEM
from linli.kernel.errors import NotFound
from linli.kernel.jobs.models import Job
from linli.kernel.jobs.queue import run_due
from linli.kernel.matters.models import InboxEntry
from linli.kernel.places.models import Area, Building
from tests.pictures import stored_picture
from tests.walks import RUBBISH, opened, walk_to
from tests.world import MONDAY, World

COPIED = replace(
    RUBBISH,
    body="第一网格楼下的垃圾堆了三天没人清，味道很大，老人孩子都绕着走，物业说不归他们管，居委会说已经上报，"
    "请尽快派人来清理并在这里装一个带盖的垃圾箱，谢谢。",
    lon=None,
    lat=None,
)


def test_a_report_that_came_a_moment_earlier_is_found_by_the_loser_of_the_race(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = receive_report(RUBBISH, by=RESIDENT, now=MONDAY)
    real, asked = intake._known, []

    def blind_once(*keys: Any) -> object:
        asked.append(keys)
        return None if len(asked) == 1 else real(*keys)

    monkeypatch.setattr(intake, "_known", blind_once)
    second = receive_report(RUBBISH, by=RESIDENT, now=MONDAY)
    assert (second.receipt, second.already_known) == (first.receipt, True)
    assert Report.objects.count() == 1


def test_pictures_and_a_foreign_coordinate_system_are_kept(world: World) -> None:
    photo = stored_picture(world.actors["acceptor"], now=MONDAY)
    draft = replace(RUBBISH, lon=120.0055, lat=30.0045, coord_sys="gcj02", photo_ids=(photo.pk,))
    report = Report.objects.get(pk=receive_report(draft, by=RESIDENT, now=MONDAY).report_id)
    assert report.raw_place == {"lon": 120.0055, "lat": 30.0045, "coord_sys": "gcj02"}
    assert report.lon != 120.0055
    photo.refresh_from_db()
    assert photo.confirmed_at == MONDAY


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("category", {"category_code": "X999"}),
        ("photos", {"photo_ids": (10**9,)}),
        ("lat", {"lat": None}),
        ("lon", {"lon": 1200.0}),
        ("lon", {"lon": float("nan")}),
        ("channel", {"intake_channel": "pigeon"}),
        ("body", {"title": "", "body": " "}),
        ("body", {"body": "长" * 200_001}),
        ("address", {"address": "远" * 201}),
        ("contact_phone", {"contact_phone": "没有"}),
        ("contact_name", {"contact_name": "名" * 41}),
        ("external_no", {"external_no": "9" * 61}),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_stored(
    world: World, field: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(BadReport) as refused:
        receive_report(replace(RUBBISH, **changes), by=RESIDENT, now=MONDAY)
    assert refused.value.field == field
    assert (Report.objects.count(), Job.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "words",
    ["'); DROP TABLE cases_case;--", "灯😀不亮", "A\x00B路灯", "垃圾" * 50_000, "ＡＢＣ　全角"],
)
def test_strange_words_are_stored_whole_and_sorted(world: World, words: str) -> None:
    receipt = receive_report(
        ReportDraft(title=words, intake_channel="phone"), by=RESIDENT, now=MONDAY
    )
    run_due(now=MONDAY)
    report = Report.objects.get(pk=receipt.report_id)
    assert report.case is not None
    assert words.replace("\x00", "") in (report.title, report.body)


def test_the_same_long_words_twice_join_one_case_and_say_why(world: World) -> None:
    case = opened(world, COPIED)
    joined = opened(world, replace(COPIED, contact_phone="19900004321"))
    assert joined.pk == case.pk
    report = Report.objects.latest("id")
    assert "自动并入" in report.joined_because
    assert Case.objects.get(pk=case.pk).report_count == 2


def test_a_case_is_urgent_from_the_report_on_that_speaks_of_danger(world: World) -> None:
    case = opened(world, COPIED)
    assert not case.urgent
    for phone in ("19900004321", "19900004322"):
        opened(world, replace(COPIED, contact_phone=phone, answers={"danger": "yes"}))
    case.refresh_from_db()
    assert (case.report_count, case.urgent, case.proposal.urgent.danger) == (3, True, True)
    assert InboxEntry.objects.get(kind="case", matter_id=case.pk).pressing


def test_a_case_that_ended_meanwhile_is_not_joined(world: World) -> None:
    case = walk_to(world, opened(world), Stage.CLOSED)
    report = Report.objects.get(case=case)
    assert join_report(report, case.pk, because="同一件事", now=MONDAY) is None


def test_sorting_twice_changes_nothing_and_needs_a_report(world: World) -> None:
    case = opened(world)
    report = Report.objects.get(case=case)
    assert triage_report(report.pk, by=SYSTEM, now=MONDAY).pk == case.pk
    assert Case.objects.count() == 1
    with pytest.raises(NotFound):
        triage_report(10**9, by=SYSTEM, now=MONDAY)


def test_without_a_place_name_the_sub_district_takes_the_matter(world: World) -> None:
    case = opened(
        world, replace(RUBBISH, lon=None, lat=None, body="楼下的垃圾没人清", title="垃圾")
    )
    assert (case.subdistrict_id, case.grid_id) == (world.areas["S"], None)
    assert case.suggestion["place"]["sure"] is False
    assert case.owner_id is not None


def test_a_place_named_in_words_gives_the_grid(world: World) -> None:
    case = opened(world, replace(RUBBISH, lon=None, lat=None, address="第三网格门口"))
    assert case.grid_id == world.areas["G3"]
    outside = opened(world, replace(RUBBISH, title="远处", lon=121.5, lat=31.5))
    assert outside.suggestion["place"]["sure"] is False


@pytest.mark.parametrize(
    ("lon", "lat", "why"),
    [
        (0.0, 0.0, "不在中国境内"),
        (-180.0, -90.0, "不在中国境内"),
        (121.5, 31.5, "离辖区超过 20 公里"),
    ],
)
def test_the_address_counts_and_not_a_position_that_cannot_be(
    world: World, lon: float, lat: float, why: str
) -> None:
    case = opened(world, replace(RUBBISH, lon=lon, lat=lat, address="第三网格门口"))
    assert (case.grid_id, case.lon) == (world.areas["G3"], None)
    place = case.suggestion["place"]
    assert why in place["sentence"]
    assert "没有采用" in place["sentence"]
    report = Report.objects.get(case=case)
    assert (report.lon, report.raw_place["lon"], report.raw_place["lat"]) == (None, lon, lat)


def test_a_report_without_an_address_is_taken_in_whatever_the_telephone_measured(
    world: World,
) -> None:
    case = opened(world, replace(RUBBISH, lon=0.0, lat=0.0, title="垃圾", body="楼下的垃圾没人清"))
    assert (case.subdistrict_id, case.lon) == (world.areas["S"], None)
    assert case.suggestion["place"]["sure"] is False


def test_a_building_named_in_words_gives_its_position(world: World) -> None:
    Building.objects.create(
        community_id=world.areas["C2"], grid_id=world.areas["G3"], quarter="春晓苑", name="3幢",
        storeys=6, lon=120.025, lat=30.005,
    )  # fmt: skip
    case = opened(world, replace(RUBBISH, lon=None, lat=None, address="春晓苑3幢楼下"))
    assert (case.grid_id, case.lon) == (world.areas["G3"], 120.025)


def test_reports_that_name_one_building_are_shown_together_and_joined_by_their_words_only(
    world: World,
) -> None:
    Building.objects.create(
        community_id=world.areas["C2"], grid_id=world.areas["G3"], quarter="春晓苑", name="3幢",
        storeys=6, lon=120.025, lat=30.005,
    )  # fmt: skip
    said: dict[str, Any] = {"lon": None, "lat": None, "address": "春晓苑三号楼"}
    first = opened(world, replace(RUBBISH, **said, title="垃圾", body="楼下垃圾没清"))
    later = MONDAY + timedelta(hours=5)
    receipt = receive_report(
        replace(RUBBISH, **said, title="垃圾桶", body="桶满了，没人倒"), by=RESIDENT, now=later
    )
    run_due(now=later)
    second = Report.objects.get(pk=receipt.report_id).case
    assert second is not None
    assert second.pk != first.pk
    assert [one.id for one in second.proposal.duplicates.cases] == [first.pk]
    copied = opened(world, replace(COPIED, address="春晓苑3幢"))
    again = opened(world, replace(COPIED, address="春晓苑3幢", contact_phone="19900004321"))
    assert again.pk == copied.pk


def test_an_address_counts_for_more_than_a_position_outside_every_grid(world: World) -> None:
    Building.objects.create(
        community_id=world.areas["C2"], grid_id=world.areas["G3"], quarter="春晓苑", name="3幢",
        storeys=6, lon=120.025, lat=30.005,
    )  # fmt: skip
    beside = replace(RUBBISH, lon=120.1, lat=30.05, address="春晓苑3栋2单元", title="垃圾")
    case = opened(world, replace(beside, body="垃圾没人清"))
    assert (case.grid_id, case.lon) == (world.areas["G3"], 120.025)
    sentence = case.suggestion["place"]["sentence"]
    assert sentence == "坐标不在任何网格内，没有采用。文字中提到“春晓苑3栋”，即春晓苑3幢。"


def test_before_there_is_a_map_the_report_waits_and_is_not_lost(db: None) -> None:
    assert not Area.objects.exists()
    receipt = receive_report(replace(RUBBISH, category_code=""), by=RESIDENT, now=MONDAY)
    run_due(now=MONDAY)
    job = Job.objects.get()
    assert (job.done_at, job.tries) == (None, 1)
    assert Report.objects.get(pk=receipt.report_id).case is None


def test_danger_makes_a_matter_urgent(world: World) -> None:
    case = opened(world, replace(RUBBISH, body="燃气泄漏，味道很重"))
    assert case.urgent
    assert "燃气泄漏" in case.suggestion["urgent"]["sentence"]
    said = opened(world, replace(RUBBISH, lon=120.001, answers={"danger": "yes"}))
    assert said.urgent


def test_a_year_beyond_every_table_is_said_and_no_due_is_invented(world: World) -> None:
    late = datetime(2051, 3, 9, 1, 0, tzinfo=UTC)
    receipt = receive_report(RUBBISH, by=RESIDENT, now=late)
    run_due(now=late)
    case = Report.objects.get(pk=receipt.report_id).case
    assert case is not None
    assert (case.due_at, case.promised_at) == (None, None)
    assert "2051" in case.suggestion["deadline"]["sentence"]
    assert "2051" in case.suggestion["deadline_problem"]
    assert case.owner_id is not None


def test_an_alarm_storm_is_one_case_that_counts(world: World) -> None:
    for number in range(300):
        draft = ReportDraft(
            title="水位过高", intake_channel="iot_alarm", alarm_key="gauge-7", client_key=f"n{number}",
            source_system="mqtt", lon=120.005, lat=30.005,
        )  # fmt: skip
        receive_report(draft, by=SYSTEM, now=MONDAY + timedelta(milliseconds=200 * number))
    case = Case.objects.get()
    assert (case.report_count, Report.objects.filter(case=case).count()) == (300, 300)


def test_an_alarm_whose_case_another_one_just_opened_joins_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = ReportDraft(
        title="水位过高",
        intake_channel="iot_alarm",
        alarm_key="gauge-7",
        client_key="a",
        lon=120.005,
        lat=30.005,
    )
    receive_report(draft, by=SYSTEM, now=MONDAY)
    real, asked = intake._open_alarm_case, []

    def blind_once(key: str) -> int | None:
        asked.append(key)
        return None if len(asked) == 1 else real(key)

    monkeypatch.setattr(intake, "_open_alarm_case", blind_once)
    receive_report(replace(draft, client_key="b"), by=SYSTEM, now=MONDAY)
    assert Case.objects.get().report_count == 2


def test_an_alarm_whose_case_was_closed_a_moment_earlier_opens_another(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = ReportDraft(
        title="水位过高",
        intake_channel="iot_alarm",
        alarm_key="gauge-7",
        client_key="a",
        lon=120.005,
        lat=30.005,
    )
    closed = receive_report(draft, by=SYSTEM, now=MONDAY).case_id or 0
    Case.objects.filter(pk=closed).update(open=False, stage="cancelled")
    monkeypatch.setattr(intake, "_open_alarm_case", lambda key: closed)

    receipt = receive_report(replace(draft, client_key="b"), by=SYSTEM, now=MONDAY)

    second = Case.objects.exclude(pk=closed).get()
    assert Report.objects.get(pk=receipt.report_id).case_id == second.pk
    assert (Case.objects.get(pk=closed).report_count, second.report_count) == (1, 1)


def test_a_contact_is_shown_only_where_there_is_one(world: World) -> None:
    with pytest.raises(NotFound):
        reveal_contact(10**9, purpose="回访", by=world.actors["acceptor"], now=MONDAY)
