"""Moves: which buttons somebody gets, what the forms keep, and what happens when two people are at it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.cases.flow import CASE, OUTCOME_NAMES, Outcome, Stage
from linli.cases.models import Case, CaseMove, CasePhoto
from linli.kernel.files.models import StoredFile
from linli.kernel.files.tests.marks import Secrets
from linli.kernel.files.tests.pictures import jpeg
from linli.kernel.matters.kinds import kinds
from linli.screens.console import labels
from linli.screens.console.cases.beside import BESIDE
from linli.screens.console.tests.office import Enter, opened
from linli.screens.shared.matter_forms import fields_of
from tests.markup import markup
from tests.walks import walk_to
from tests.world import World

BUTTONS: dict[Stage, dict[str, set[str]]] = {
    Stage.RECEIVED: {
        "acceptor": {"accept", "ask_verify", "decline", "merge", "remark"},
        "supervisor": {"decline", "merge", "cancel", "remark"},
        "dispatcher": {"supervise", "ask_force_close", "remark"},
        "grid_worker": {"self_handle", "remark"},
        "follow_up": {"remark"},
    },
    Stage.ACCEPTED: {
        "acceptor": {"decline", "merge", "remark"},
        "supervisor": {"register", "decline", "merge", "cancel", "remark"},
    },
    Stage.TO_DISPATCH: {
        "supervisor": {"reclassify", "cancel", "merge", "remark"},
        "dispatcher": {"dispatch", "supervise", "ask_force_close", "remark"},
        "leader": {"dispatch", "supervise", "ask_force_close", "remark"},
    },
    Stage.TO_SIGN: {
        "handler": {"sign_for", "hand_over", "return_back", "ask_extension", "remark"},
        "grid_worker": {"remark"},
    },
    Stage.HANDLING: {
        "handler": {"feedback", "hand_over", "return_back", "ask_extension", "remark"},
        "supervisor": {"reclassify", "merge", "remark"},
        "dispatcher": {
            "reassign",
            "add_assistance",
            "urge_unit",
            "supervise",
            "suspend",
            "ask_force_close",
            "remark",
        },
    },
    Stage.TO_CHECK: {"checker": {"pass_check", "rework", "remark"}, "handler": {"remark"}},
    Stage.TO_FOLLOW_UP: {
        "supervisor": {"close", "reopen", "merge", "remark"},
        "follow_up": {"redo", "follow_up", "remark"},
    },
    Stage.CLOSED: {"supervisor": {"reopen", "remark"}, "acceptor": {"follow_up", "remark"}},
}


def at(case: Case, code: str) -> str:
    return f"/console/cases/{case.number}/moves/{code}"


def errors_of(answer: Any) -> dict[str, list[str]]:
    return {name: list(texts) for name, texts in answer.context["form"].errors.items()}


def photo(name: str = "after.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, jpeg(Secrets.of(1)), "image/jpeg")


@pytest.mark.parametrize("stage", BUTTONS)
def test_each_person_gets_the_buttons_of_the_stage_and_no_other(
    world: World, enter: Enter, stage: Stage
) -> None:
    case = walk_to(world, opened(), stage)

    for who, expected in BUTTONS[stage].items():
        choices = enter(who).get(f"/console/cases/{case.number}").context["choices"]
        assert ({one.code for one in choices}, who) == (expected, who)


def test_who_handled_a_case_gets_no_button_to_check_it(world: World, enter: Enter) -> None:
    case = walk_to(world, opened(), Stage.TO_CHECK)
    client = enter("grid_worker")
    address = f"/console/cases/{case.number}"
    before = {one.code for one in client.get(address).context["choices"]}

    Case.objects.filter(pk=case.pk).update(handler=world.staff["grid_worker"])

    after = {one.code for one in client.get(address).context["choices"]}
    assert before == {"pass_check", "rework", "remark"}
    assert after == {"remark"}


def test_every_move_of_the_flow_has_a_form_with_all_it_needs() -> None:
    assert set(BESIDE) <= set(CASE.lines)
    for kind in kinds():
        for code, move in kind.flow.move.items():
            required = {name for name, must in fields_of(move.form) if must}
            assert set(move.required_fields) <= required, code


def test_every_code_has_a_word_for_translation() -> None:
    assert set(labels.LINES) == set(CASE.lines)
    assert set(labels.OUTCOMES) == set(Outcome)
    assert {code: str(words) for code, words in labels.OUTCOMES.items()} == OUTCOME_NAMES


def test_a_case_walks_the_whole_loop_through_the_forms(world: World, enter: Enter) -> None:
    case = opened()
    steps: tuple[tuple[str, str, dict[str, object]], ...] = (
        ("accept", "acceptor", {"category": world.category.pk}),
        ("register", "supervisor", {"standard": world.standard.pk}),
        ("dispatch", "dispatcher", {"organization": world.organizations["CG"].pk}),
        ("sign_for", "handler", {}),
        (
            "feedback",
            "handler",
            {"outcome": "solved", "note": "清走两车", "public_reply": "已清走"},
        ),
        ("pass_check", "checker", {"note": "现场干净"}),
        ("close", "supervisor", {"closing_condition_met": "on"}),
    )

    for code, who, given in steps:
        client = enter(who)
        form = client.get(at(case, code))
        assert form.status_code == 200, code
        version = form.context["form"]["version"].value()
        answer = client.post(at(case, code), {"version": version, **given})
        assert answer.status_code == 302, (code, answer.context and errors_of(answer))

    case.refresh_from_db()
    assert (case.stage, case.outcome, case.public_reply.plain) == ("closed", "solved", "已清走")


def test_the_accept_form_proposes_the_class_and_says_why(world: World, enter: Enter) -> None:
    case = opened()

    answer = enter("acceptor").get(at(case, "accept"))

    assert answer.context["form"]["category"].value() == world.category.pk
    assert answer.context["reasons"] == [("系统建议的类别", "上报时已选择“积存垃圾渣土”。")]
    assert '<optgroup label="事件 · 市容环境">' in answer.content.decode()


def test_the_register_form_shows_each_standard_with_the_due_it_gives(
    world: World, enter: Enter
) -> None:
    case = walk_to(world, opened(), Stage.ACCEPTED)

    words = enter("supervisor").get(at(case, "register")).content.decode()

    assert "有积存垃圾" in words
    assert "垃圾清走、地面干净" in words
    assert "到2026年3月9日15:00截止" in words


def test_the_dispatch_form_proposes_unit_and_worker_and_says_why(
    world: World, enter: Enter
) -> None:
    case = walk_to(world, opened(), Stage.TO_DISPATCH)
    client = enter("dispatcher")

    answer = client.get(at(case, "dispatch"))
    other = client.get(f"{at(case, 'dispatch')}?organization={world.organizations['SW'].pk}")

    form = answer.context["form"]
    assert form["organization"].value() == world.organizations["CG"].pk
    assert form["worker"].value() == world.staff["handler"].pk
    assert [what for what, _why in answer.context["reasons"]] == [
        "系统建议的单位",
        "系统建议的人员",
    ]
    assert [name for _pk, name in other.context["form"].fields["worker"].choices][1:] == [
        "水务小陈"
    ]


def test_a_refused_form_keeps_everything_that_was_typed(world: World, enter: Enter) -> None:
    case = walk_to(world, opened(), Stage.HANDLING)

    answer = enter("handler").post(
        at(case, "feedback"), {"version": case.version, "note": "清走两车", "public_reply": ""}
    )

    assert answer.status_code == 422
    assert set(errors_of(answer)) == {"outcome", "public_reply"}
    assert ">\n清走两车</textarea>" in answer.content.decode()
    case.refresh_from_db()
    assert case.stage == "handling"


def test_photos_of_a_refused_form_are_kept_and_used_on_the_next_try(
    world: World, enter: Enter
) -> None:
    case = walk_to(world, opened(), Stage.HANDLING)
    client = enter("handler")
    given = {"version": case.version, "outcome": "solved", "note": "清走两车"}

    refused = client.post(at(case, "feedback"), {**given, "photo_after": photo()})
    [digest] = re.findall(r'name="photo_after_kept" value="(\w+)"', markup(refused))
    again = client.post(
        at(case, "feedback"), {**given, "public_reply": "已清走", "photo_after_kept": digest}
    )

    assert (refused.status_code, again.status_code) == (422, 302)
    kept = CasePhoto.objects.get(case=case)
    assert (kept.file.sha256, kept.kind) == (digest[:64], "after")
    page = enter("checker").get(f"/console/cases/{case.number}")
    assert len(page.context["moves"][0]["photos"]) == 1


def test_a_file_that_is_no_picture_is_refused_beside_its_field(world: World, enter: Enter) -> None:
    case = walk_to(world, opened(), Stage.HANDLING)
    fake = SimpleUploadedFile("x.jpg", b"<svg onload=alert(1)>", "image/jpeg")

    answer = enter("handler").post(
        at(case, "feedback"),
        {
            "version": case.version,
            "outcome": "solved",
            "note": "好",
            "public_reply": "好",
            "photo_after": fake,
        },
    )

    assert answer.status_code == 422
    assert set(errors_of(answer)) == {"photo_after"}
    assert StoredFile.objects.count() == 0


def test_somebody_elses_change_comes_back_as_409_with_what_happened(
    world: World, enter: Enter
) -> None:
    case = opened()
    first, second = enter("acceptor"), enter("supervisor")
    seen = case.version
    first.post(at(case, "accept"), {"version": seen, "category": world.category.pk})

    late = second.post(
        at(case, "decline"),
        {"version": seen, "reason_code": "outside_duty", "public_reply": "请找区里", "note": ""},
    )

    assert late.status_code == 409
    words = late.content.decode()
    assert "此案刚被他人更新" in words
    assert "请找区里" in words
    assert [(one["who"], one["what"]) for one in late.context["news"]] == [("受理员小钱", "受理")]
    assert f'name="version" value="{seen + 1}"' in words
    again = second.post(
        at(case, "decline"),
        {"version": seen + 1, "reason_code": "outside_duty", "public_reply": "请找区里"},
    )
    assert again.status_code == 302
    assert Case.objects.get(pk=case.pk).stage == "not_accepted"


def test_a_second_click_on_the_same_button_does_nothing_twice(world: World, enter: Enter) -> None:
    case = opened()
    client = enter("acceptor")
    sent = {"version": case.version, "category": world.category.pk}

    answers = [client.post(at(case, "accept"), sent).status_code for _ in range(2)]

    assert answers == [302, 409]
    assert CaseMove.objects.filter(case=case, code="accept").count() == 1


def test_a_move_that_is_not_possible_now_says_so_without_a_button(
    world: World, enter: Enter
) -> None:
    case = opened()

    answer = enter("supervisor").get(at(case, "close"))

    assert answer.status_code == 409
    assert "现在不能“结案”" in answer.content.decode()
    assert enter("acceptor").get(at(case, "abolish")).status_code == 404


def test_somebody_without_the_right_cannot_post_the_move(world: World, enter: Enter) -> None:
    case = opened()

    answer = enter("dispatcher").post(
        at(case, "accept"), {"version": case.version, "category": world.category.pk}
    )

    assert answer.status_code == 403
    case.refresh_from_db()
    assert case.stage == "received"


def test_closing_without_the_condition_ticked_is_refused(world: World, enter: Enter) -> None:
    case = walk_to(world, opened(), Stage.TO_FOLLOW_UP)
    client = enter("supervisor")

    words = client.get(at(case, "close")).content.decode()
    refused = client.post(at(case, "close"), {"version": case.version})

    assert "结案条件已经达到：垃圾清走、地面干净" in words
    assert refused.status_code == 422
    assert errors_of(refused) == {"closing_condition_met": ["请先确认结案条件已经达到，再结案。"]}


def test_merging_takes_a_candidate_or_a_number_and_both_pages_link(
    world: World, enter: Enter
) -> None:
    first = opened()
    second = opened(title="另一处", body="另一处的垃圾", lon=120.0009)
    client = enter("acceptor")

    wrong = client.post(at(second, "merge"), {"version": 1, "survivor_number": "20260309999999"})
    right = client.post(at(second, "merge"), {"version": 1, "survivor_number": first.number})

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert set(errors_of(wrong)) == {"survivor"}
    assert second.number in client.get(f"/console/cases/{first.number}").content.decode()
    merged = client.get(f"/console/cases/{second.number}")
    assert first.number in merged.content.decode()
    assert {one.code for one in merged.context["choices"]} == {"split", "remark"}


def test_a_forced_closing_needs_two_people(world: World, enter: Enter) -> None:
    case = walk_to(world, opened(), Stage.HANDLING)
    given = {
        "version": case.version,
        "outcome": "cannot_be_solved",
        "note": "已拆迁",
        "public_reply": "已拆迁",
    }

    asked = enter("dispatcher").post(
        at(case, "ask_force_close"), {"version": case.version, "reason": "该处已拆迁"}
    )
    choices = enter("leader").get(f"/console/cases/{case.number}").context["choices"]
    done = enter("leader").post(at(case, "force_close"), given)

    assert (asked.status_code, done.status_code) == (302, 302)
    assert "force_close" in {one.code for one in choices}
    assert Case.objects.get(pk=case.pk).outcome == "cannot_be_solved"


def test_who_asked_for_the_forced_closing_gets_no_button_for_it(world: World, enter: Enter) -> None:
    case = walk_to(world, opened(), Stage.HANDLING)
    leader = enter("leader")
    leader.post(at(case, "ask_force_close"), {"version": case.version, "reason": "该处已拆迁"})

    choices = leader.get(f"/console/cases/{case.number}").context["choices"]
    refused = leader.post(
        at(case, "force_close"),
        {"version": case.version, "outcome": "cannot_be_solved", "note": "x", "public_reply": "x"},
    )

    assert "force_close" not in {one.code for one in choices}
    assert refused.status_code == 403
    assert Case.objects.get(pk=case.pk).stage == "handling"


def test_the_dialog_answers_htmx_with_a_dialog_and_sends_the_browser_on(
    world: World, enter: Enter
) -> None:
    case = opened()
    client = enter("acceptor")
    htmx = {"HX-Request": "true"}

    form = client.get(at(case, "accept"), headers=htmx)
    wrong = client.post(at(case, "accept"), {"version": case.version}, headers=htmx)
    right = client.post(
        at(case, "accept"), {"version": case.version, "category": world.category.pk}, headers=htmx
    )

    assert form.content.decode().lstrip().startswith("<dialog")
    assert (wrong.status_code, wrong.content.decode().lstrip()[:7]) == (422, "<dialog")
    assert (right.status_code, right.headers["HX-Redirect"]) == (
        204,
        f"/console/cases/{case.number}",
    )


def test_after_a_move_the_browser_goes_back_only_to_an_address_of_ours(
    world: World, enter: Enter
) -> None:
    first = opened()
    second = opened(title="另一处", body="另一处的垃圾", lon=120.0009)
    client = enter("acceptor")

    inside = client.post(
        at(first, "accept"), {"version": 1, "category": world.category.pk, "next": "/console/desk"}
    )
    outside = client.post(
        at(second, "accept"),
        {"version": 1, "category": world.category.pk, "next": "https://evil.example/"},
    )

    assert inside.headers["Location"] == "/console/desk"
    assert outside.headers["Location"] == f"/console/cases/{second.number}"


def test_who_loses_sight_of_the_case_by_the_move_lands_on_the_workbench(
    world: World, enter: Enter
) -> None:
    case = walk_to(world, opened(), Stage.HANDLING)

    answer = enter("handler").post(
        at(case, "return_back"), {"version": case.version, "note": "不归我们"}
    )

    assert answer.headers["Location"] == "/console/"


def test_a_remark_changes_no_stage_and_no_clock(world: World, enter: Enter) -> None:
    case = opened()

    enter("acceptor").post(at(case, "remark"), {"version": case.version, "note": "已电话联系"})

    after = Case.objects.get(pk=case.pk)
    assert (after.stage, after.version, after.due_at) == (case.stage, case.version, case.due_at)
    assert CaseMove.objects.get(case=case, code="remark").note == "已电话联系"


def test_a_client_without_cross_site_token_is_refused(world: World, enter: Enter) -> None:
    case = opened()
    careful = Client(enforce_csrf_checks=True)
    careful.cookies = enter("acceptor").cookies

    answer = careful.post(at(case, "accept"), {"version": 1, "category": world.category.pk})

    assert answer.status_code == 403
    assert Case.objects.get(pk=case.pk).stage == "received"


@pytest.mark.parametrize("version", ["99", "99.0", " 1.000 "])
def test_a_version_in_any_spelling_is_a_conflict(world: World, enter: Enter, version: str) -> None:
    case = walk_to(world, opened(), Stage.HANDLING)
    given = {"version": version, "outcome": "solved", "note": "清走", "public_reply": "已清走"}

    assert enter("handler").post(at(case, "feedback"), given).status_code == 409


@pytest.mark.parametrize("wanted", ["desk", "//elsewhere.example", "javascript:alert(1)"])
def test_an_address_that_is_none_of_ours_leads_back_to_the_case(
    world: World, enter: Enter, wanted: str
) -> None:
    case = opened()
    given = {"version": case.version, "note": "已电话联系", "next": wanted}

    answer = enter("acceptor").post(at(case, "remark"), given)

    assert answer.headers["Location"] == f"/console/cases/{case.number}"
