"""吹哨报到 and 联席会议 at the desk: from the call to the score by pages alone."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.cases.models import Case, Report
from linli.kernel.jobs.queue import run_due
from linli.kernel.matters.models import Limit
from linli.screens.console.tests.office import Enter, opened
from linli.whistles.actions.legs import move_leg
from linli.whistles.models import JointMeeting, Resolution, Whistle, WhistleLeg
from linli.whistles.tests.test_whistle import blown
from tests.markup import markup
from tests.pictures import picture, stored_picture
from tests.world import MONDAY, World

LIST = "/console/whistles"
MOST_QUERIES = 20


def form(world: World, **changes: Any) -> dict[str, Any]:
    cg, sw = world.organizations["CG"].pk, world.organizations["SW"].pk
    return {
        "kind": "enforcement", "title": "占道洗车场", "background": "占了人行道三个月。",
        "area": world.areas["G1"], "address": "", "cases": "",
        f"part_{cg}": "lead", f"task_{cg}": "劝离", f"part_{sw}": "assist", f"task_{sw}": "", **changes,
    }  # fmt: skip


def sent(client: Client, to: str, /, **facts: Any) -> None:
    """A form that is taken and leads back."""
    answer = client.post(to, facts)
    assert answer.status_code == 302, re.findall(r"field__error.*?</p>", answer.content.decode())


def step(whistle: Whistle, leg: WhistleLeg, code: str) -> str:
    return f"{LIST}/{whistle.number}/legs/{leg.pk}/moves/{code}"


def test_a_whistle_by_pages_alone(world: World, enter: Enter) -> None:
    case = opened()
    street = enter("dispatcher")
    start = street.get(f"{LIST}/new?case={case.number}")
    assert start.context["form"].initial["title"] == case.title
    sent(street, f"{LIST}/new", **form(world, cases=case.number))
    whistle = Whistle.objects.get()
    assert whistle.number in street.get(f"/console/cases/{case.number}").content.decode()
    for unit, who in (("CG", "handler"), ("SW", "other_handler")):
        leg = WhistleLeg.objects.get(whistle=whistle, handling_org=world.organizations[unit])
        client = enter(who)
        waiting = client.get(LIST).context["waiting"]
        assert [row["leg"] for row in waiting] == [leg]
        sent(client, step(whistle, leg, "respond"), note="马上到")
        photo = SimpleUploadedFile("到场.jpg", picture(), "image/jpeg")
        sent(client, step(whistle, leg, "arrive"), place="路口", photo_arrival=photo)
        sent(client, step(whistle, leg, "feedback"), note="已清走")
        sent(enter("checker"), step(whistle, leg, "pass_check"), note="")
        sent(
            enter("evaluator"), step(whistle, leg, "score"),
            arrival_score="2", cooperation_score="4", effect_score="5", note="晚到一小时",
        )  # fmt: skip
        sent(client, step(whistle, leg, "reply"), reply="路上堵车")
    supervisor = enter("supervisor")
    sent(supervisor, f"{LIST}/{whistle.number}/moves/close", result="已清走并绿化")
    whistle.refresh_from_db()
    assert whistle.stage == "closed"
    words = supervisor.get(f"{LIST}/{whistle.number}").content.decode()
    assert all(word in words for word in ("晚到一小时", "路上堵车", "已清走并绿化"))
    assert whistle.number in supervisor.get(f"{LIST}?ended=1").content.decode()


def test_a_form_sent_back_names_the_field_and_keeps_the_picture(world: World, enter: Enter) -> None:
    street = enter("dispatcher")
    wrong = street.post(f"{LIST}/new", form(world, title=""))
    assert wrong.status_code == 422
    assert "标题：" in wrong.content.decode()
    two = {f"part_{world.organizations['SW'].pk}": "lead"}
    assert "主办" in street.post(f"{LIST}/new", form(world, **two)).content.decode()
    sent(street, f"{LIST}/new", **form(world))
    whistle, leg = Whistle.objects.get(), WhistleLeg.objects.first()
    assert leg is not None
    unit = enter("handler")
    sent(unit, step(whistle, leg, "respond"), note="")
    photo = SimpleUploadedFile("到场.jpg", picture(), "image/jpeg")
    back = unit.post(step(whistle, leg, "arrive"), {"place": "", "photo_arrival": photo})
    assert back.status_code == 422
    assert "到场地点：" in back.content.decode()
    [kept] = re.findall(r'name="photo_arrival_kept" value="(\w+)"', markup(back))
    sent(unit, step(whistle, leg, "arrive"), place="路口", photo_arrival_kept=kept)


def test_the_forms_of_other_moves(world: World, enter: Enter) -> None:
    street = enter("dispatcher")
    sent(street, f"{LIST}/new", **form(world))
    whistle = Whistle.objects.get()
    lead, helper = WhistleLeg.objects.order_by("id")
    tomorrow = (MONDAY + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    sent(
        street, f"{LIST}/{whistle.number}/moves/plan", meet_at=tomorrow, meet_place="门口",
        plan="先劝离", **{f"task_{lead.pk}": "劝离清路", f"task_{helper.pk}": "查水表"},
    )  # fmt: skip
    sent(enter("other_handler"), step(whistle, helper, "decline"), note="不归水务")
    district = enter("district")
    offered = district.get(step(whistle, helper, "designate")).content.decode()
    assert "仍由水务所承担" in offered
    sent(
        district,
        step(whistle, helper, "designate"),
        organization=helper.handling_org_id,
        note="就你",
    )
    refused = enter("other_handler").get(step(whistle, helper, "transfer"))
    assert refused.status_code == 403
    sent(enter("leader"), step(whistle, helper, "waive"), note="水已关停")
    closing = enter("supervisor").post(f"{LIST}/{whistle.number}/moves/close", {"result": "完了"})
    assert closing.status_code == 409
    assert "城管队" in closing.content.decode()
    assert street.get(f"{LIST}/{whistle.number}/moves/dance").status_code == 404
    assert street.get(step(whistle, lead, "dance")).status_code == 404


def test_a_community_raises_and_the_street_takes_it_up(world: World, enter: Enter) -> None:
    clerk, street = enter("clerk"), enter("dispatcher")
    sent(clerk, f"{LIST}/new", **form(world, area=world.areas["C1"]))
    whistle = Whistle.objects.get()
    assert [one.pk for one in street.get(LIST).context["raised"]] == [whistle.pk]
    page = street.get(f"{LIST}/{whistle.number}/moves/blow").content.decode()
    assert "劝离" in page, "what the community wished is filled in"
    facts = {key: value for key, value in form(world).items() if key.startswith(("part", "task"))}
    sent(street, f"{LIST}/{whistle.number}/moves/blow", **facts)
    assert WhistleLeg.objects.count() == 2
    sent(clerk, f"{LIST}/new", **form(world, area=world.areas["C1"], title="又一处"))
    second = Whistle.objects.latest("id")
    sent(street, f"{LIST}/{second.number}/moves/turn_down", reason="先自行协调")
    assert "先自行协调" in clerk.get(f"{LIST}/{second.number}").content.decode()


def test_every_figure_opens_as_many_legs_as_it_says(
    world: World, enter: Enter, settings: Any
) -> None:
    sent(enter("dispatcher"), f"{LIST}/new", **form(world))
    whistle, leg = Whistle.objects.get(), WhistleLeg.objects.first()
    assert leg is not None
    sent(enter("handler"), step(whistle, leg, "respond"), note="")
    street = enter("evaluator")
    found = street.get(f"{LIST}/figures").context
    for row in (found["whole"], *found["rows"]):
        for share, address in (("response", row["response_url"]), ("arrival", row["arrival_url"])):
            for part, ids in (("", row[share].due), ("&part=within", row[share].within)):
                assert len(street.get(address + part).context["rows"]) == len(ids)
    assert found["whole"]["response_rate"] == "100.00%"


def test_a_meeting_by_pages_alone(world: World, enter: Enter) -> None:
    leader = enter("leader")
    tomorrow = (MONDAY + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    sent(
        leader, "/console/meetings/new", title="停车难", area=world.areas["S"], held_at=tomorrow,
        place="三楼", chair="老王", agenda="夜间停车\n消防通道", units=[world.organizations["CG"].pk],
    )  # fmt: skip
    meeting = JointMeeting.objects.get()
    home = f"/console/meetings/{meeting.pk}"
    sent(leader, f"{home}/attendance", came=[world.organizations["CG"].pk])
    sent(
        leader,
        f"{home}/resolutions",
        point="2",
        text="一周内清出消防通道",
        organization="",
        wanted_by="",
    )
    resolution = Resolution.objects.get()
    sent(leader, f"{home}/resolutions/{resolution.pk}/task")
    run_due(now=MONDAY)
    assert Case.objects.get().pk == Report.objects.get().case_id
    sent(leader, f"{home}/end")
    words = leader.get(home).content.decode()
    assert "一周内清出消防通道" in words
    assert "停车难" in leader.get("/console/meetings").content.decode()
    assert enter("handler").get(home).status_code == 200
    assert enter("other_handler").get(home).status_code == 404


@pytest.mark.parametrize("who", ["handler", "clerk", "checker"])
def test_only_the_street_blows_meets_and_ends(world: World, enter: Enter, who: str) -> None:
    sent(enter("dispatcher"), f"{LIST}/new", **form(world))
    whistle = Whistle.objects.get()
    client = enter(who)
    answers = [
        client.post(
            f"{LIST}/{whistle.number}/moves/{code}", {"result": "完", "plan": "", **form(world)}
        )
        for code in ("close", "plan", "add")
    ]
    assert {answer.status_code for answer in answers} <= {403, 404}
    assert client.post("/console/meetings/new", {}).status_code == 403
    assert Whistle.objects.get().stage == "running"


def test_an_administrator_sets_limits_from_a_day_on(world: World, enter: Enter) -> None:
    admin, home = enter("system_admin"), f"{LIST}/limits"
    sent(
        admin, home, kind="enforcement", valid_from="2026-03-10", respond="2 个工作时", arrive="",
        handle="8工作日", check="", score="", designate="",
    )  # fmt: skip
    limits = dict(Limit.objects.filter(variant="enforcement").values_list("clock", "time_limit"))
    assert limits["respond"] == "2工作时"
    assert (limits["handle"], limits["arrive"]) == ("8工作日", "")
    wrong = {"kind": "enforcement", "valid_from": "2026-03-10", "respond": "两天"}
    answer = admin.post(home, wrong)
    assert answer.status_code == 422
    assert "应哨时限：" in answer.content.decode()
    early = admin.post(home, {"kind": "enforcement", "valid_from": "2026-03-08"})
    assert "不能早于今天" in early.content.decode()
    assert enter("dispatcher").get(home).status_code == 403


def test_the_pages_cost_the_same_with_more_whistles(world: World, enter: Enter) -> None:
    street = enter("dispatcher")
    for number in range(4):
        sent(street, f"{LIST}/new", **form(world, title=f"第{number}处"))
    whistle = Whistle.objects.latest("id")
    for address in (LIST, f"{LIST}/{whistle.number}", f"{LIST}/figures"):
        street.get(address)
        with CaptureQueriesContext(connection) as queries:
            street.get(address)
        assert len(queries) <= MOST_QUERIES, address


def test_what_a_department_has_done_counts_before_the_street_has_scored_it(
    world: World, enter: Enter
) -> None:
    whistle = blown(world)
    leg = WhistleLeg.objects.filter(whistle=whistle).order_by("id")[0]
    unit = world.actors["handler"]
    facts: dict[str, Any] = {"by": unit, "now": MONDAY}
    photo = stored_picture(unit, now=MONDAY).pk
    move_leg(leg.pk, "respond", **facts)
    move_leg(leg.pk, "arrive", place="路口", photo_arrival=(photo,), **facts)
    move_leg(leg.pk, "feedback", note="清了", **facts)
    page = enter("dispatcher").get(f"/console/whistles/{whistle.number}").content.decode()
    assert "2 个部门：1 个已应哨，1 个已报到，1 个已反馈" in page
    assert '<span class="muted small">街道核查</span>' in page
    assert '<span class="muted small">应哨</span>' in page
    listed = enter("dispatcher").get("/console/whistles").content.decode()
    row = listed[listed.index("<tbody>") :]
    assert row.index(">应哨</span>") < row.index(">街道核查</span>"), "departments first"
