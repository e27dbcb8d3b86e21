"""Working on a case from the phone: only what this person may do now, and nothing given is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest

from linli.cases.actions.moving import make_move
from linli.cases.actions.remarks import remark
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import Case, CaseMove, CasePhoto
from linli.cases.queries import roles_of
from linli.screens.field.moves import choices_for
from linli.screens.field.tests.phone import phone_of, photo, verifying
from tests.walks import opened, walk_to
from tests.world import MONDAY, World

FEEDBACK = {"outcome": "solved", "note": "清走两车", "public_reply": "垃圾已清走"}


def offered(world: World, who: str, case: Case) -> list[str]:
    return [one.code for one in choices_for(world.actors[who], case, roles_of(case))]


def sent(case: Case, code: str, who: str, **fields: object) -> Any:
    given = {"version": str(case.version), **fields}
    return phone_of(who).post(f"/field/cases/{case.number}/{code}", given)


@pytest.mark.parametrize(
    ("stage", "who", "codes"),
    [
        (Stage.TO_SIGN, "handler", ["sign_for", "return_back", "remark"]),
        (Stage.HANDLING, "handler", ["feedback", "return_back", "remark"]),
        (Stage.TO_CHECK, "handler", ["remark"]),
        (Stage.TO_CHECK, "grid_worker", ["pass_check", "rework", "remark"]),
        (Stage.RECEIVED, "grid_worker", ["self_handle", "remark"]),
    ],
)
def test_each_stage_offers_its_own_work(
    world: World, stage: Stage, who: str, codes: list[str]
) -> None:
    assert offered(world, who, walk_to(world, opened(world), stage)) == codes


def test_a_grid_worker_is_not_offered_the_work_of_a_department(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_SIGN)
    assert offered(world, "grid_worker", case) == ["remark"]


def test_a_case_out_of_reach_is_not_found(world: World) -> None:
    case = verifying(world)
    for address in (f"/field/cases/{case.number}", f"/field/cases/{case.number}/confirm"):
        assert phone_of("other_grid_worker").get(address).status_code == 404


def test_one_tap_signs_for_a_case(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_SIGN)
    answer = sent(case, "sign_for", "handler")
    case.refresh_from_db()
    assert answer.status_code == 302
    assert (case.stage, case.handler_id) == (Stage.HANDLING, world.staff["handler"].pk)


def test_opening_the_address_of_a_one_tap_move_changes_nothing(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_SIGN)
    phone_of("handler").get(f"/field/cases/{case.number}/sign_for")
    case.refresh_from_db()
    assert case.stage == Stage.TO_SIGN


def test_feedback_goes_with_pictures_that_carry_time_and_name(world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    sent(case, "feedback", "handler", **FEEDBACK, photo_after=[photo()])
    case.refresh_from_db()
    assert (case.stage, case.public_reply.plain) == (Stage.TO_CHECK, "垃圾已清走")
    kept = CasePhoto.objects.select_related("file").get(case=case)
    assert kept.kind == "after"
    assert kept.file.facts is not None
    assert "2026-03-09 09:00" in kept.file.facts["watermark"]["text"]
    assert "城管小冯" in kept.file.facts["watermark"]["text"]


def test_a_form_with_a_mistake_comes_back_with_the_words_and_the_picture(world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    fields = {**FEEDBACK, "outcome": "", "photo_after": [photo()]}
    page = sent(case, "feedback", "handler", **fields).content.decode()
    assert "请选择办理结果" in page
    assert "清走两车" in page
    [key] = re.findall(r'name="photo_after_kept"\s+value="(\w+)"', page)
    sent(case, "feedback", "handler", **FEEDBACK, photo_after_kept=[key])
    assert CasePhoto.objects.filter(case=case, kind="after").count() == 1


def test_somebody_elses_move_meanwhile_is_told_and_not_overwritten(world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    seen = Case.objects.get(pk=case.pk)
    make_move(
        case.pk,
        "reassign",
        by=world.actors["dispatcher"],
        facts=Facts(organization=world.organizations["CG"].pk, note="换一组人"),
        now=MONDAY,
    )
    answer = sent(seen, "feedback", "handler", **FEEDBACK)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "清走两车" in page
    assert "改派" in page
    case.refresh_from_db()
    assert case.stage == Stage.TO_SIGN


def test_verifying_says_true_or_not_true(world: World) -> None:
    case = verifying(world)
    sent(case, "confirm", "grid_worker", note="确实堆着", photo_check=[photo()])
    case.refresh_from_db()
    assert case.stage == Stage.ACCEPTED


def test_self_handling_needs_pictures_from_before_and_after(world: World) -> None:
    case = opened(world)
    fields = {"standard": str(world.standard.pk), "note": "当场清走"}
    answer = sent(case, "self_handle", "grid_worker", **fields, photo_before=[photo()])
    assert answer.status_code == 422
    both = {"photo_before": [photo()], "photo_after": [photo("red")]}
    sent(case, "self_handle", "grid_worker", **fields, **both)
    case.refresh_from_db()
    assert (case.stage, case.handler_id) == (Stage.TO_CHECK, world.staff["grid_worker"].pk)
    assert offered(world, "grid_worker", case) == ["remark"]


def test_after_returning_a_case_the_unit_goes_home(world: World) -> None:
    case = walk_to(world, opened(world), Stage.TO_SIGN)
    answer = sent(case, "return_back", "handler", note="不是我们的")
    assert answer["Location"] == "/field/"


def test_a_remark_keeps_the_stage(world: World) -> None:
    case = verifying(world)
    sent(case, "remark", "grid_worker", note="明天再去一次")
    case.refresh_from_db()
    assert case.stage == Stage.VERIFYING
    assert CaseMove.objects.filter(case=case, code="remark", note="明天再去一次").exists()


@pytest.mark.parametrize("code", ["close", "force_close", "dispatch", "nothing"])
def test_the_phone_has_no_move_of_the_desk(world: World, code: str) -> None:
    case = walk_to(world, opened(world), Stage.TO_SIGN)
    assert phone_of("handler").post(f"/field/cases/{case.number}/{code}").status_code == 404


def test_the_page_of_a_case_never_shows_who_reported_it(world: World) -> None:
    case = walk_to(world, opened(world), Stage.HANDLING)
    remark(case.pk, note="已联系", by=world.actors["handler"], now=MONDAY)
    page = phone_of("handler").get(f"/field/cases/{case.number}").content.decode()
    assert "王奶奶" not in page
    assert "19900001234" not in page
    assert "geo:30.005000,120.005000" in page
