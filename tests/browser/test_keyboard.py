"""派单 and 吹哨 without a mouse: only keys are pressed."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from linli.cases.models import Case
from linli.whistles.models import Whistle, WhistleLeg
from tests.browser.street import enter, fill_street
from tests.world import World

MOST_TABS = 400


@pytest.fixture
def street(transactional_db: None, live_server: LiveServer, world: World) -> str:
    fill_street(world)
    return live_server.url


def tab_to(page: Page, selector: str) -> None:
    """Walk with Tab until the element has the focus, as somebody without a mouse has to."""
    for _ in range(MOST_TABS):
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector} on {page.url}")


def test_a_case_is_dispatched_by_two_keys(street: str, context: BrowserContext, page: Page) -> None:
    case = Case.objects.get(stage="to_dispatch")
    enter(context, street, "dispatcher")
    page.goto(f"{street}/console/dispatch")
    page.keyboard.press("j")
    page.keyboard.press("p")
    expect(page.locator("#messages")).to_contain_text("已按建议派遣 1 件")
    case.refresh_from_db()
    assert case.stage == "to_sign"


def test_a_whistle_is_blown_by_keys(
    street: str, context: BrowserContext, page: Page, world: World
) -> None:
    enter(context, street, "dispatcher")
    page.goto(f"{street}/console/whistles")
    tab_to(page, "a[href$='/whistles/new']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/whistles/new")
    tab_to(page, "input[name=kind]")
    page.keyboard.press("Space")
    tab_to(page, "input[name=title]")
    page.keyboard.type("老楼加装电梯")
    tab_to(page, "textarea[name=background]")
    page.keyboard.type("两个单元签字齐了，卡在管线。")
    tab_to(page, "select[name=area]")
    page.keyboard.press("ArrowDown")
    lead = world.organizations["CG"].pk
    tab_to(page, f"select[name=part_{lead}]")
    page.keyboard.press("ArrowDown")
    tab_to(page, "main form button.button--primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/whistles/CS*")
    made = Whistle.objects.get(title="老楼加装电梯")
    leg = WhistleLeg.objects.get(whistle=made)
    assert (made.kind, leg.handling_org_id, leg.part) == ("prominent", lead, "lead")


def test_a_department_answers_by_keys(street: str, context: BrowserContext, page: Page) -> None:
    enter(context, street, "handler")
    page.goto(f"{street}/console/whistles")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/whistles/CS*")
    tab_to(page, "a[href$='/moves/respond']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/moves/respond")
    tab_to(page, "main form button.button--primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/whistles/CS*")
    assert WhistleLeg.objects.filter(stage="responded").count() == 1


def test_a_workspace_is_opened_by_keys(street: str, context: BrowserContext, page: Page) -> None:
    enter(context, street, "leader")
    page.goto(f"{street}/console/")
    tab_to(page, ".console__space[href$='/console/figures']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/figures")
    expect(page.locator(".console__space[aria-current]")).to_have_text("研判")
    tab_to(page, ".console__link[href$='/console/rates']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/rates")


def test_on_a_phone_the_workspaces_unfold_with_the_menu(
    street: str, context: BrowserContext, page: Page
) -> None:
    page.set_viewport_size(ViewportSize(width=390, height=844))
    enter(context, street, "leader")
    page.goto(f"{street}/console/")
    expect(page.locator(".console__spaces")).to_be_hidden()
    tab_to(page, ".console__menu-open")
    page.keyboard.press("Enter")
    expect(page.locator(".console__spaces")).to_be_visible()
    tab_to(page, ".console__space[href$='/console/places']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/places")
