"""The sheet of a hotline order, its papers, and the call back with its questions."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import Settings

from linli.cases.actions.moving import make_move
from linli.cases.errors import MissingFact, WrongStage
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import Case, CaseMove, FollowUp, Report
from linli.hotline.models import OrderFile, OrderHandling
from linli.hotline.questions import SHIPPED, parse_script
from linli.hotline.sheets import HandlingFacts, add_papers, open_paper, record_handling
from linli.kernel.audit.models import AuditLine
from linli.kernel.engine.remembered import forget_everything
from linli.kernel.errors import NotAllowed, NotFound
from linli.screens.console.tests.office import Enter, opened
from tests.walks import walk_to
from tests.world import MONDAY, World

CALLED = "13900005678"


def order(world: World, stage: Stage = Stage.HANDLING, **changes: Any) -> Case:
    given = {"intake_channel": "hotline", "external_no": "A1", **changes}
    return walk_to(world, opened(**given), stage)


def sheet(case: Case) -> str:
    return f"/console/cases/{case.number}/order"


def page(client: Client, case: Case) -> str:
    return client.get(f"/console/cases/{case.number}").content.decode()


def picture(colour: str = "red") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "JPEG")
    return SimpleUploadedFile(f"{colour}.jpg", out.getvalue(), "image/jpeg")


FULL = {
    "is_true": "yes",
    "beyond_duty": "no",
    "method": "on_site",
    "contacted": "yes",
    "contact_number": CALLED,
    "contacted_at": "2026-03-09T08:30",
    "solved": "partly_solved",
    "unresolved_reason": "配件后天到",
}


def test_the_handler_fills_in_the_sheet_and_the_case_shows_it(world: World, enter: Enter) -> None:
    case = order(world)
    handler = enter("handler")
    assert "填写办理情况" in page(handler, case)

    answer = handler.post(sheet(case), FULL)

    assert answer.status_code == 302
    row = OrderHandling.objects.get(case=case)
    assert (row.is_true, row.beyond_duty, row.contacted) == (True, False, True)
    assert (row.solved, row.unresolved_reason) == ("partly_solved", "配件后天到")
    assert row.contacted_at == MONDAY - timedelta(minutes=30)
    shown = page(enter("acceptor"), case)
    for words in ("现场", "配件后天到", "139****5678", "填写办理情况"):
        assert words in shown
    assert CALLED not in shown
    line = CaseMove.objects.get(case=case, code="order_handling")
    assert "是否解决：部分解决" in line.note
    assert CALLED not in line.note
    case.refresh_from_db()
    assert case.stage == Stage.HANDLING


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"contact_number": ""}, "contact_number"),
        ({"contact_number": "12"}, "contact_number"),
        ({"contacted_at": ""}, "contacted_at"),
        ({"contacted_at": "2026-03-09T09:01"}, "contacted_at"),
        ({"contacted_at": "gestern"}, "contacted_at"),
        ({"unresolved_reason": " "}, "unresolved_reason"),
        ({"solved": "perhaps"}, "solved"),
        ({"method": "magic"}, "method"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_stored(
    world: World, enter: Enter, changes: dict[str, str], field: str
) -> None:
    case = order(world)

    answer = enter("handler").post(sheet(case), {**FULL, **changes})

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert OrderHandling.objects.count() == 0


def test_an_empty_number_keeps_the_one_that_is_there_until_nobody_was_contacted(
    world: World, enter: Enter
) -> None:
    case = order(world)
    handler = enter("handler")
    handler.post(sheet(case), FULL)
    assert CALLED not in handler.get(sheet(case)).content.decode()

    handler.post(sheet(case), {**FULL, "contact_number": "", "solved": "solved"})
    row = OrderHandling.objects.get()
    assert (row.contact_number, row.unresolved_reason) == (CALLED, "")
    handler.post(sheet(case), {"contacted": "no"})

    row = OrderHandling.objects.get()
    assert (row.contacted, row.contact_number, row.contacted_at) == (False, "", None)


def test_only_the_unit_that_has_the_order_fills_it_in_and_only_while_it_has_it(
    world: World, enter: Enter
) -> None:
    case = order(world)
    facts = HandlingFacts(is_true=True)
    for who in ("acceptor", "other_handler", "grid_worker"):
        with pytest.raises((NotAllowed, NotFound)):
            record_handling(case.pk, facts, by=world.actors[who], now=MONDAY)
    assert enter("acceptor").get(sheet(case)).status_code == 403
    assert enter("other_handler").get(sheet(case)).status_code == 404

    walk_to(world, case, Stage.HANDLING)
    done = Facts(outcome="solved", note="x", public_reply="好了")
    make_move(case.pk, "feedback", by=world.actors["handler"], facts=done, now=MONDAY)

    with pytest.raises(WrongStage):
        record_handling(case.pk, facts, by=world.actors["handler"], now=MONDAY)
    assert enter("handler").get(sheet(case)).status_code == 409
    assert OrderHandling.objects.count() == 0


def test_a_case_that_is_no_order_has_no_sheet(world: World, enter: Enter) -> None:
    case = walk_to(world, opened(), Stage.HANDLING)

    with pytest.raises(WrongStage):
        record_handling(case.pk, HandlingFacts(), by=world.actors["handler"], now=MONDAY)
    assert "热线工单" not in page(enter("handler"), case)


def papers_of(world: World, enter: Enter, case: Case) -> dict[str, OrderFile]:
    files = {
        "identity_file": picture("red"),
        "contact_evidence": picture("green"),
        "handling_file": picture("blue"),
    }
    assert enter("handler").post(sheet(case), {"is_true": "yes", **files}).status_code == 302
    return {row.kind: row for row in OrderFile.objects.filter(case=case)}


READS = {  # of identity, contact and handling papers, by who looks
    "acceptor": (True, True, True),
    "follow_up": (True, True, True),
    "checker": (False, True, True),
    "handler": (False, True, True),
    "dispatcher": (False, False, True),
    "evaluator": (False, False, True),
}


def test_each_kind_of_paper_opens_for_its_own_readers(world: World, enter: Enter) -> None:
    case = order(world)
    rows = papers_of(world, enter, case)

    for who, reads in READS.items():
        client = enter(who)
        for kind, may in zip(("identity", "contact", "handling"), reads, strict=True):
            answer = client.post(f"{sheet(case)}/papers/{rows[kind].pk}")
            assert answer.status_code == (302 if may else 403), (who, kind)
            if may:
                assert answer.headers["Location"].startswith("/files/")
        assert page(client, case).count("不在您的查看权限内") == reads.count(False)


def test_where_the_caller_asked_for_secrecy_the_unit_sees_only_what_it_brought(
    world: World, enter: Enter
) -> None:
    case = order(world, confidential=True)
    rows = papers_of(world, enter, case)
    enter("handler").post(sheet(case), FULL)

    for who, reads in {
        "handler": (False, True, True),
        "unit_leader": (False, False, True),
        "checker": (False, False, True),
        "acceptor": (True, True, True),
    }.items():
        for kind, may in zip(("identity", "contact", "handling"), reads, strict=True):
            try:
                open_paper(rows[kind].pk, by=world.actors[who], now=MONDAY)
                opened_it = True
            except NotAllowed:
                opened_it = False
            assert opened_it == may, (who, kind)
    for who, shown in {"handler": False, "unit_leader": False, "acceptor": True}.items():
        assert ("139****5678" in page(enter(who), case)) == shown, who


def test_who_looked_at_a_paper_is_in_the_audit_log(world: World, enter: Enter) -> None:
    case = order(world)
    row = papers_of(world, enter, case)["identity"]

    enter("acceptor").post(f"{sheet(case)}/papers/{row.pk}")

    line = AuditLine.objects.filter(action="hotline.sheets.open_paper").get()
    assert (line.actor_name, line.subject) == ("受理员小钱", f"hotline.orderfile:{row.pk}")


def test_a_paper_of_another_case_is_not_found(world: World, enter: Enter) -> None:
    case = order(world)
    row = papers_of(world, enter, case)["handling"]
    other = order(world, Stage.RECEIVED, external_no="A2", body="第二件")

    assert enter("acceptor").post(f"{sheet(other)}/papers/{row.pk}").status_code == 404
    assert enter("acceptor").post(f"{sheet(case)}/papers/{row.pk + 99}").status_code == 404
    assert enter("other_grid_worker").post(f"{sheet(case)}/papers/{row.pk}").status_code == 404


def test_a_file_that_cannot_be_kept_is_named_and_the_good_ones_stay(
    world: World, enter: Enter
) -> None:
    case = order(world)
    bad = SimpleUploadedFile("x.exe", b"MZ", "application/x-dosexec")
    handler = enter("handler")

    answer = handler.post(
        sheet(case), {"is_true": "yes", "identity_file": bad, "handling_file": picture()}
    )
    assert answer.status_code == 422
    assert "identity_file" in answer.context["form"].errors
    (kept,) = answer.context["kept"]["handling_file"]
    handler.post(sheet(case), {"is_true": "yes", "handling_file_kept": kept["key"]})

    assert [row.kind for row in OrderFile.objects.all()] == ["handling"]


def test_papers_have_a_kind_and_stay_one(world: World, enter: Enter) -> None:
    case = order(world)
    row = papers_of(world, enter, case)["handling"]
    by = world.actors["handler"]

    assert add_papers(case.pk, [row.file_id], kind="handling", by=by, now=MONDAY) == []
    with pytest.raises(MissingFact):
        add_papers(case.pk, [row.file_id], kind="portrait", by=by, now=MONDAY)
    with pytest.raises(MissingFact):
        add_papers(case.pk, [999], kind="handling", by=by, now=MONDAY)
    assert OrderFile.objects.count() == 3


ANSWERS = {
    "effective": "yes",
    "contacted": "yes",
    "solved": "solved",
    "satisfaction": "satisfied",
    "words": "很快",
}


def call(case: Case) -> str:
    return f"/console/cases/{case.number}/follow-up"


def test_the_questions_are_asked_in_order_and_the_answers_are_a_follow_up(
    world: World, enter: Enter
) -> None:
    case = order(world, Stage.TO_FOLLOW_UP)
    client = enter("follow_up")
    answer = client.get(call(case))
    shown = [q["one"].field for q in answer.context["questions"]]
    assert shown == ["effective", "contacted", "solved", "satisfaction"]
    assert "19900001234" not in answer.content.decode()

    assert client.post(call(case), ANSWERS).status_code == 302

    row = FollowUp.objects.get(case=case)
    assert (row.effective, row.contacted) == (True, True)
    assert (row.solved, row.satisfaction, row.words.plain) == ("solved", "satisfied", "很快")


def test_an_unanswered_call_needs_no_other_answer(world: World, enter: Enter) -> None:
    case = order(world, Stage.TO_FOLLOW_UP)

    assert enter("follow_up").post(call(case), {"effective": "no"}).status_code == 302

    assert FollowUp.objects.get().effective is False


@pytest.mark.parametrize("field", ["effective", "contacted", "solved", "satisfaction"])
def test_a_missing_answer_is_named_at_its_question(world: World, enter: Enter, field: str) -> None:
    case = order(world, Stage.TO_FOLLOW_UP)
    given = {name: value for name, value in ANSWERS.items() if name != field}

    answer = enter("follow_up").post(call(case), given)

    assert answer.status_code == 422
    wrong = [q["one"].field for q in answer.context["questions"] if q["wrong"]]
    assert wrong == [field]
    assert FollowUp.objects.count() == 0


def test_after_saving_the_next_waiting_case_opens(world: World, enter: Enter) -> None:
    first = order(world, Stage.TO_FOLLOW_UP)
    second = order(world, Stage.TO_FOLLOW_UP, external_no="A2", body="第二件", lon=120.006)
    client = enter("follow_up")

    answer = client.post(call(first), {**ANSWERS, "next": "1"})

    assert answer.headers["Location"] == call(second)


def test_whoever_may_not_call_gets_no_save_button_and_is_refused(
    world: World, enter: Enter
) -> None:
    case = order(world, Stage.HANDLING)
    answer = enter("follow_up").get(call(case))
    assert "现在不能回访" in answer.content.decode()
    assert "data-save" not in answer.content.decode()

    refused = enter("follow_up").post(call(case), ANSWERS)

    assert refused.status_code == 409
    assert enter("handler").get(call(case)).status_code == 403


def test_an_office_asks_in_its_own_words_and_a_bad_file_is_said(
    world: World, enter: Enter, settings: Settings
) -> None:
    case = order(world, Stage.TO_FOLLOW_UP)
    own = json.loads(SHIPPED.read_text(encoding="utf-8"))
    own["questions"][2]["ask"] = "灯亮了没有？"
    file = settings.LINLI_HOME / "follow_up_questions.json"
    file.write_text(json.dumps(own), encoding="utf-8")
    forget_everything()
    assert "灯亮了没有？" in enter("follow_up").get(call(case)).content.decode()

    file.write_text("{}", encoding="utf-8")
    forget_everything()
    shown = enter("follow_up").get(call(case)).content.decode()

    assert "暂用自带的问题" in shown
    assert "解决了吗" in shown


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.pop("opening"),
        lambda data: data["questions"].pop(),
        lambda data: data["questions"].append(data["questions"][0]),
        lambda data: data["questions"].reverse(),
        lambda data: data["questions"][0].update(field="nation"),
        lambda data: data["questions"][1].update(ask=""),
        lambda data: data["questions"][1].update(answers="yes"),
        lambda data: data["questions"][3]["answers"].pop(),
        lambda data: data["questions"][3]["answers"][0].update(value="superb"),
    ],
)
def test_a_script_that_does_not_ask_what_is_counted_is_refused(change: Any) -> None:
    data = json.loads(SHIPPED.read_text(encoding="utf-8"))
    change(data)

    with pytest.raises(ValueError):
        parse_script(data)


def test_the_caller_of_a_secret_order_is_not_shown_to_who_handled_it(
    world: World, enter: Enter
) -> None:
    case = order(world, confidential=True)

    assert "上报人要求保密" in page(enter("handler"), case)
    assert Report.objects.get().confidential
