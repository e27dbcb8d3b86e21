"""Every address of the site × every post: nobody reads in the words of a report what its contact would hide.

The addresses are walked, not listed: a new page is tested the moment it exists. What was said and what the staff wrote
down about it is full of personal data in many spellings; none of it may stand in any answer, files included. Homes are
for those who act on the case or may see its contact.
"""

from __future__ import annotations

import io
import zipfile

import pytest
from django.test import Client
from pytest_django import Settings

from linli.cases.actions.contacts import reveal_contact
from linli.cases.actions.intake import receive_report
from linli.cases.actions.moving import make_move
from linli.cases.actions.remarks import remark
from linli.cases.drafts import ReportDraft
from linli.cases.facts import Facts
from linli.cases.flow import Stage
from linli.cases.models import Case, Report
from linli.cases.queries import case_for, cases_seen
from linli.kernel.access.models import Account
from linli.kernel.access.queries import RESIDENT
from linli.kernel.errors import NotAllowed
from linli.kernel.jobs.queue import run_due
from linli.kernel.privacy.words import Sight
from linli.screens.resident.views_report import token_of
from tests import test_nothing_leaks as walk
from tests.walks import holds, walk_to
from tests.world import MONDAY, World

SAID = (
    "我叫张建国，电话１９９－0000－７５３１，微信zhang_7531，身份证110101199001017531，车牌京A97531，"
    "住春晓苑3幢2单元9501，楼下垃圾没人清"
)
HIDDEN = ("张建国", "0000－７５３１", "00007531", "zhang_7531", "199001017531", "A97531")
HOME = ("9501", "2单元")

READERS = ("", "acceptor", "dispatcher", "checker", "handler", "leader", "grid_worker")
"""The public, who may see a contact, who acts, and those who only look."""

pytestmark = pytest.mark.exhaustive


def monday() -> object:
    return MONDAY


def told(world: World, *, confidential: bool) -> Case:
    """A case at the check, whose words and timeline are full of what somebody told about himself."""
    draft = ReportDraft(
        title=SAID[:50], body=SAID, address="春晓苑3幢2单元9501", lon=120.005, lat=30.005, category_code="E0111",
        contact_name="张建国", contact_phone="19900007531", intake_channel="phone",
        confidential=confidential, publish_consent=not confidential,
    )  # fmt: skip
    receipt = receive_report(draft, by=RESIDENT, now=MONDAY)
    run_due(now=MONDAY)
    case = Report.objects.get(pk=receipt.report_id).case
    assert case is not None
    walk_to(world, case, Stage.HANDLING)
    remark(case.pk, note=SAID, by=world.actors["dispatcher"], now=MONDAY)
    facts = Facts(outcome="solved", note=SAID, public_reply=f"已联系。{SAID}")
    make_move(case.pk, "feedback", by=world.actors["handler"], facts=facts, now=MONDAY)
    run_due(now=MONDAY)
    return Case.objects.get(pk=case.pk)


def client_of(world: World, name: str) -> Client:
    client = Client()
    account = Account.objects.get(staff=world.staff[name])
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(content: bytes) -> str:
    """What is written in an answer, in the parts of a workbook too."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = b"\n".join(packed.read(name) for name in packed.namelist())
    return content.decode("utf-8", "replace")


def answers(client: Client, case: Case) -> list[tuple[str, str]]:
    """(address, text) of everything that can be asked for."""
    found = []
    report = Report.objects.get(case=case)
    more = [f"/home/progress/{token_of(report.pk)}", f"/home/received/{token_of(report.pk)}"]
    for address in (*walk.addresses(case), *more):
        if case.number in address or "/static/" in address:
            queries = [""]
        else:
            queries = ["?q=%E5%9E%83%E5%9C%BE&months=1&extensions=true"]
        for query in queries:
            answer = client.get(address + query)
            streamed = getattr(answer, "streaming_content", None)
            content = b"".join(streamed) if streamed is not None else answer.content
            assert holds(answer, address), address
            found.append((address + query, text_of(content)))
    return found


@pytest.fixture
def site(world: World, settings: Settings) -> World:
    settings.LINLI_CLOCK = "tests.test_words_are_masked.monday"
    return world


@pytest.mark.parametrize("confidential", [False, True])
@pytest.mark.parametrize("name", READERS)
def test_no_answer_shows_what_the_contact_would_hide(
    site: World, *, name: str, confidential: bool
) -> None:
    case = told(site, confidential=confidential)
    walk._whistled(site, case)
    walk._inspected(site)
    client = client_of(site, name) if name else Client()
    seen = answers(client, case)
    assert len(seen) > 100, "the walk found the site"
    shown = [(address, part) for address, text in seen for part in HIDDEN if part in text]
    assert shown == []
    sight = case_for(site.actors[name], case.number).sight if may_see(site, name, case) else 0
    if sight == Sight.NOTHING:
        assert [(one, part) for one, text in seen for part in HOME if part in text] == []


def may_see(world: World, name: str, case: Case) -> bool:
    return bool(name) and cases_seen(world.actors[name]).filter(pk=case.pk).exists()


@pytest.mark.parametrize(
    ("confidential", "name", "sight"),
    [
        (False, "acceptor", Sight.HOMES),
        (False, "handler", Sight.HOMES),
        (False, "leader", Sight.NOTHING),
        (False, "dispatcher", Sight.NOTHING),
        (True, "follow_up", Sight.HOMES),
        (True, "handler", Sight.PLACE),
        (True, "leader", Sight.NOTHING),
    ],
)
def test_homes_are_for_who_acts_or_may_see_the_contact(
    site: World, *, confidential: bool, name: str, sight: Sight
) -> None:
    case = told(site, confidential=confidential)
    assert case_for(site.actors[name], case.number).sight is sight


def test_the_words_are_revealed_with_the_contact(site: World) -> None:
    case = told(site, confidential=True)
    report = Report.objects.get(case=case)
    seen = reveal_contact(report.pk, purpose="call", by=site.actors["follow_up"], now=MONDAY)
    assert (seen.phone, seen.body) == ("19900007531", SAID)
    with pytest.raises(NotAllowed):
        reveal_contact(report.pk, purpose="call", by=site.actors["handler"], now=MONDAY)


def test_the_words_of_somebody_without_a_contact_are_revealed_too(site: World) -> None:
    draft = ReportDraft(body=SAID, lon=120.005, lat=30.005, category_code="E0111")
    receipt = receive_report(draft, by=RESIDENT, now=MONDAY)
    run_due(now=MONDAY)
    seen = reveal_contact(receipt.report_id, purpose="call", by=site.actors["acceptor"], now=MONDAY)
    assert (seen.name, seen.phone, seen.body) == ("", "", SAID)
