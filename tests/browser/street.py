"""What the browser meets: 槐荫街道 with a matter at every stage, and somebody logged in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from django.utils.module_loading import import_string
from playwright.sync_api import BrowserContext

from linli.cases.actions.intake import receive_report
from linli.cases.actions.moving import make_move
from linli.cases.actions.rating import rate_case
from linli.cases.drafts import ReportDraft
from linli.cases.facts import Facts
from linli.cases.models import Case, Report
from linli.config.worker import work_once
from linli.kernel.access.models import Account
from linli.kernel.access.queries import RESIDENT
from linli.whistles.actions.legs import move_leg
from linli.whistles.actions.meetings import call_meeting, resolve
from linli.whistles.actions.whistling import Called, WhistleDraft, blow_whistle, raise_whistle
from linli.whistles.models import WhistleLeg
from tests.world import World

ROUTE: tuple[tuple[str, str], ...] = (
    ("accept", "acceptor"),
    ("register", "supervisor"),
    ("dispatch", "dispatcher"),
    ("sign_for", "handler"),
    ("feedback", "handler"),
    ("pass_check", "checker"),
    ("close", "supervisor"),
)

MATTERS = (
    "楼下垃圾堆了三天没人清", "河边渣土没人运", "巷口旧沙发占道", "花坛里的建筑垃圾", "菜场后门污水横流",
    "公交站旁堆了砖块", "学校门口废纸箱成山", "配电箱旁的枯枝",
)  # fmt: skip


def now() -> datetime:
    """The clock the pages run by."""
    return import_string(settings.LINLI_CLOCK)()  # type: ignore[no-any-return]


def fill_street(world: World) -> list[Case]:
    """One matter for every stage from 待受理 to 已结案, the last one rated; spread over the three grids."""
    cases = []
    for number, words in enumerate(MATTERS):
        draft = ReportDraft(
            body=words, lon=120.003 + 0.0031 * number, lat=30.002 + 0.0009 * number,
            category_code="E0111", contact_name="王奶奶", contact_phone="19900001234",
        )  # fmt: skip
        report_id = receive_report(draft, by=RESIDENT, now=now()).report_id
        work_once()
        case = Report.objects.get(pk=report_id).case
        assert case is not None, "the worker opens a case for a report"
        for move, who in ROUTE[:number]:
            facts = facts_for(world, move)
            case = make_move(case.pk, move, by=world.actors[who], facts=facts, now=now())
        cases.append(case)
    last = Report.objects.get(case=cases[-1])
    rate_case(
        last.pk, satisfaction="satisfied", solved="solved", words="谢谢", channel="web",
        by=RESIDENT, now=now(),
    )  # fmt: skip
    _whistle(world)
    while work_once():
        pass
    return cases


def _whistle(world: World) -> None:
    """A whistle to answer, one that a department declined, one that a community raised, and a meeting."""
    cg, sw = (world.organizations[code].pk for code in ("CG", "SW"))
    called = (Called(cg, "lead", "劝离、清路"), Called(sw, "assist", "查用水"))
    draft = WhistleDraft(
        "enforcement", "占道洗车场", "占了人行道三个月。", world.areas["C1"], called=called
    )
    street, clerk = world.actors["dispatcher"], world.actors["clerk"]
    blow_whistle(draft, by=street, now=now())
    second = blow_whistle(replace(draft, title="污水横流"), by=street, now=now())
    leg = WhistleLeg.objects.get(whistle=second, handling_org_id=sw)
    move_leg(leg.pk, "decline", note="管线不归我们", by=world.actors["other_handler"], now=now())
    raise_whistle(replace(draft, title="夜间烧烤"), by=clerk, now=now())
    meeting = call_meeting(
        "停车难联席会", area=world.areas["S"], held_at=now() + timedelta(hours=1), place="三楼会议室",
        chair="街道老王", agenda=["夜间停车", "消防通道"], units=[cg, sw], by=world.actors["leader"], now=now(),
    )  # fmt: skip
    resolve(meeting.pk, point=1, text="两周内划线", by=world.actors["leader"], now=now())


def facts_for(world: World, move: str) -> Facts:
    return {
        "accept": Facts(category=world.category.pk),
        "register": Facts(standard=world.standard.pk),
        "dispatch": Facts(organization=world.organizations["CG"].pk),
        "feedback": Facts(outcome="solved", note="清走两车", public_reply="已清走"),
        "pass_check": Facts(note="现场干净"),
        "close": Facts(closing_condition_met=True),
    }.get(move, Facts())


def client_of(name: str) -> Client:
    """A browser without pictures, logged in as somebody of the world; an empty name is a resident."""
    client = Client()
    if name:
        client.force_login(Account.objects.get(username=name))
    return client


def enter(context: BrowserContext, url: str, name: str) -> None:
    """Let a browser context be logged in as somebody."""
    session = client_of(name).cookies[settings.SESSION_COOKIE_NAME].value
    context.clear_cookies()
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])


def same_site(links: list[str]) -> Iterator[str]:
    """Addresses of this site among the links of a page, without their anchors."""
    for link in links:
        parts = urlsplit(link)
        if not parts.scheme and not parts.netloc and parts.path.startswith("/"):
            yield parts._replace(fragment="").geturl()
