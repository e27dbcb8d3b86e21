"""Extensions, suspension, disputes and the rest through the pages: forms, approvals, buttons, refusals."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from linli.cases.flow import Stage
from linli.cases.models import (
    Assistance,
    Case,
    Category,
    Deadline,
    DispatchDispute,
    Extension,
    FilingStandard,
    Supervision,
    Suspension,
)
from linli.kernel.calendar.local import LOCAL
from linli.screens.console.tests.office import Enter, opened
from tests.walks import walk_to
from tests.world import World


def send(enter: Enter, who: str, case: Case, code: str, **given: str) -> int:
    case.refresh_from_db()
    words = {"version": str(case.version), **given}
    return enter(who).post(f"/console/cases/{case.number}/moves/{code}", words).status_code


def buttons(enter: Enter, who: str, case: Case) -> set[str]:
    choices = enter(who).get(f"/console/cases/{case.number}").context["choices"]
    return {one.code for one in choices}


def waiting(enter: Enter, who: str) -> list[str]:
    return [row["code"] for row in enter(who).get("/console/approvals").context["rows"]]


def test_an_extension_goes_from_the_handler_to_the_unit_to_the_dispatcher(
    world: World, enter: Enter
) -> None:
    case = walk_to(world, opened(), Stage.HANDLING)
    before = Deadline.objects.get(case=case, stopped_at=None).due_at

    assert send(enter, "handler", case, "ask_extension", reason="") == 422
    assert send(enter, "handler", case, "ask_extension", reason="配件未到", told="等配件") == 302
    assert "ask_extension" not in buttons(enter, "handler", case)
    assert waiting(enter, "unit_leader") == ["endorse_extension"]
    assert waiting(enter, "dispatcher") == []

    assert send(enter, "unit_leader", case, "endorse_extension", agree="yes") == 302
    assert waiting(enter, "unit_leader") == []
    assert waiting(enter, "dispatcher") == ["grant_extension"]

    assert send(enter, "dispatcher", case, "grant_extension", agree="") == 422
    assert send(enter, "dispatcher", case, "grant_extension", agree="no") == 422
    assert send(enter, "dispatcher", case, "grant_extension", agree="yes") == 302
    assert Deadline.objects.get(case=case, stopped_at=None).due_at > before
    page = enter("handler").get(f"/console/cases/{case.number}").content.decode()
    assert "延期 · 已批准" in page


def test_a_suspended_case_is_blue_and_can_be_resumed(world: World, enter: Enter) -> None:
    case = walk_to(world, opened(), Stage.HANDLING)
    until = (timezone.now() + timedelta(days=3)).astimezone(LOCAL)

    given = {"until": until.strftime("%Y-%m-%dT%H:%M"), "reason": "等产权单位"}
    assert send(enter, "dispatcher", case, "suspend", **{**given, "until": "明天"}) == 422
    assert send(enter, "dispatcher", case, "suspend", **given) == 302

    assert enter("handler").get(f"/console/cases/{case.number}").context["light"] == "blue"
    assert "suspend" not in buttons(enter, "dispatcher", case)
    assert send(enter, "dispatcher", case, "resume") == 302
    assert Suspension.objects.get().resumed_at is not None
    assert enter("handler").get(f"/console/cases/{case.number}").context["light"] != "blue"


def test_a_dispute_is_ruled_from_the_approvals(world: World, enter: Enter) -> None:
    case = walk_to(world, opened(), Stage.TO_SIGN)
    unit = str(world.organizations["CG"].pk)
    assert "raise_dispute" not in buttons(enter, "handler", case)
    assert send(enter, "handler", case, "return_back", note="不归我们") == 302
    assert send(enter, "dispatcher", case, "dispatch", organization=unit) == 302
    assert send(enter, "handler", case, "raise_dispute", reason="归水务") == 302
    assert waiting(enter, "leader") == ["rule_dispute"]

    other = str(world.organizations["SW"].pk)
    given = {"organization": other, "opinion": "归水务"}
    assert send(enter, "leader", case, "rule_dispute", **given) == 302
    assert DispatchDispute.objects.get().designated == world.organizations["SW"]
    assert "return_back" not in buttons(enter, "other_handler", case)


def test_a_helping_unit_finds_the_case_among_its_approvals(world: World, enter: Enter) -> None:
    case = walk_to(world, opened(), Stage.HANDLING)
    unit = str(world.organizations["SW"].pk)
    given = {"organization": unit, "kind": "assist", "opinion": "请关阀"}
    assert send(enter, "dispatcher", case, "add_assistance", **given) == 302
    assert waiting(enter, "other_handler") == ["finish_assistance"]
    assert buttons(enter, "other_handler", case) == {"finish_assistance"}
    assert send(enter, "other_handler", case, "finish_assistance", note="阀门已关") == 302
    assert Assistance.objects.get().done_note == "阀门已关"
    assert waiting(enter, "other_handler") == []


def test_a_unit_hands_a_case_over_and_is_urged(world: World, enter: Enter) -> None:
    case = walk_to(world, opened(), Stage.HANDLING)
    address = f"/console/cases/{case.number}/moves/hand_over"
    form = enter("handler").get(address).context["form"]
    assert [name for _pk, name in form.fields["organization"].choices] == ["请选择单位", "城管队"]
    assert [name for _pk, name in form.fields["worker"].choices] == ["请选择同事", "城管老许"]
    given = {"worker": str(world.staff["unit_leader"].pk), "note": "他熟悉"}
    assert send(enter, "handler", case, "hand_over", **{**given, "worker": ""}) == 422
    assert send(enter, "grid_worker", case, "hand_over", **given) == 403
    unit = {"organization": str(world.organizations["CG"].pk)}
    assert send(enter, "handler", case, "hand_over", **given, **unit) == 302
    case.refresh_from_db()
    assert (case.owner, case.stage) == (world.staff["unit_leader"], Stage.TO_SIGN)

    assert "urge_unit" in buttons(enter, "dispatcher", case)
    for words in ("今天到场", "还没有到"):
        assert send(enter, "dispatcher", case, "urge_unit", note=words) == 302
    assert send(enter, "dispatcher", case, "urge_unit", note="") == 422
    page = enter("unit_leader").get(f"/console/cases/{case.number}")
    assert page.context["urged"] == 2
    assert "催办 2 次" in page.content.decode()


def test_supervision_is_asked_and_answered(world: World, enter: Enter) -> None:
    case = walk_to(world, opened(), Stage.HANDLING)
    until = (timezone.now() + timedelta(hours=5)).astimezone(LOCAL)
    given = {"demand": "今天到场", "answer_by": until.strftime("%Y-%m-%dT%H:%M")}
    assert send(enter, "leader", case, "supervise", **given) == 302
    assert waiting(enter, "handler") == ["answer_supervision"]
    assert send(enter, "handler", case, "answer_supervision", answer="已到场") == 302
    assert Supervision.objects.get().answer == "已到场"


def test_another_class_is_chosen_by_its_standard(world: World, enter: Enter) -> None:
    case = walk_to(world, opened(), Stage.HANDLING)
    road = Category.objects.create(
        code="E0113", kind="event", major_code="01", major_name="市容环境", name="道路破损"
    )
    standard = FilingStandard.objects.create(
        category=road,
        filing_condition="路面破损",
        time_limit="5工作日",
        closing_condition="修复",
        valid_from="2020-01-01",
    )
    page = enter("supervisor").get(f"/console/cases/{case.number}/moves/reclassify")
    assert "市容环境 · 道路破损" in page.content.decode()
    given = {"new_standard": str(standard.pk), "reason": "实为路面破损"}
    assert send(enter, "supervisor", case, "reclassify", **given) == 302
    case.refresh_from_db()
    assert case.category == road


def test_a_late_case_is_appealed_and_reviewed_by_two(world: World, enter: Enter) -> None:
    case = walk_to(world, opened(), Stage.CLOSED)
    run = Deadline.objects.get(case=case, clock="handle")
    Deadline.objects.filter(pk=run.pk).update(due_at=run.starts_at - timedelta(minutes=1))
    assert send(enter, "handler", case, "appeal_overtime", reason="暴雨停工") == 302
    assert waiting(enter, "evaluator") == ["review_appeal"]
    assert send(enter, "evaluator", case, "review_appeal", agree="yes") == 302
    assert "review_appeal" not in buttons(enter, "evaluator", case)
    assert send(enter, "supervisor", case, "review_appeal", agree="yes") == 302
    assert Deadline.objects.get(pk=run.pk).excused_at is not None


def test_nobody_without_the_right_gets_through(world: World, enter: Enter) -> None:
    case = walk_to(world, opened(), Stage.HANDLING)
    assert send(enter, "handler", case, "ask_extension", reason="配件未到", told="等配件") == 302
    for who in ("handler", "supervisor", "checker", "dispatcher"):
        assert send(enter, who, case, "endorse_extension", agree="yes") in (403, 404, 409)
    assert Extension.objects.get().endorsed_at is None
