"""One matter comes full circle, through the pages alone: 王奶奶 reports with a photo, seven people work, she rates."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from linli.cases.models import Case, CasePhoto, Rating, Report
from linli.config.worker import work_once
from tests.browser.street import enter
from tests.world import World

PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1440, height=900)
WORDS = "第一网格楼下的垃圾堆了三天没人清，臭得开不了窗"


class People:
    """A browser window for each person, all on one site."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.troubles: list[str] = []

    def page(self, who: str, *, size: ViewportSize) -> Page:
        context = self.browser.new_context(
            viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        if who:
            enter(context, self.url, who)
        page = context.new_page()
        page.on("pageerror", lambda error: self.troubles.append(f"{who}: {error}"))
        return page

    def at_desk(self, who: str, address: str) -> Page:
        page = self.page(who, size=DESK)
        page.goto(self.url + address)
        return page

    def on_phone(self, who: str, address: str) -> Page:
        page = self.page(who, size=PHONE)
        page.goto(self.url + address)
        return page


@pytest.fixture
def people(
    transactional_db: None, live_server: LiveServer, world: World, browser: Browser
) -> People:
    return People(browser, live_server.url)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "垃圾.jpg"
    Image.new("RGB", (640, 480), (120, 110, 90)).save(file)
    return file


def work() -> None:
    """Let the worker do what waits."""
    while work_once():
        pass


def test_a_matter_goes_from_a_residents_phone_full_circle_to_her_rating(
    people: People, world: World, photo: Path
) -> None:
    hers = people.on_phone("", "/home/report")
    report(hers, photo)
    work()
    case = Case.objects.get()
    assert CasePhoto.objects.filter(report__case=case).count() == 1
    address = f"/console/cases/{case.number}/moves"

    accept = people.at_desk("acceptor", f"{address}/accept")
    accept.select_option("select[name=category]", str(world.category.pk))
    send(accept)
    register = people.at_desk("supervisor", f"{address}/register")
    register.locator("input[name=standard]").first.check(force=True)
    send(register)
    dispatch = people.at_desk("dispatcher", f"{address}/dispatch")
    dispatch.select_option("select[name=organization]", str(world.organizations["CG"].pk))
    send(dispatch)
    assert stage(case) == "to_sign"

    handle(people, case, photo)
    assert stage(case) == "to_check"

    check = people.at_desk("checker", f"{address}/pass_check")
    check.fill("textarea[name=note]", "到现场看过，地面干净")
    send(check)
    close = people.at_desk("supervisor", f"{address}/close")
    close.check("input[name=closing_condition_met]")
    send(close)
    assert stage(case) == "closed"
    work()

    rate(people, hers)
    rating = Rating.objects.get(case=case)
    assert (rating.satisfaction, rating.solved) == ("satisfied", "solved")
    assert people.troubles == []


def stage(case: Case) -> str:
    case.refresh_from_db()
    return case.stage


def report(page: Page, photo: Path) -> None:
    page.set_input_files("input[name=photos]", photo)
    page.fill("textarea[name=body]", WORDS)
    page.fill("input[name=address]", "槐树里第一网格3号楼下")
    page.fill("input[name=contact_phone]", "19900001234")
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/home/received/**")
    expect(page.locator("main")).to_contain_text(group(Report.objects.get().receipt))


def group(receipt: str) -> str:
    """A receipt as it is read out: four digits at a time."""
    return receipt[:4]


def send(page: Page) -> None:
    """Send the form of a move and see that it was made."""
    page.locator("main form[method=post] button.button--primary").last.click()
    page.wait_for_url("**/console/cases/*")
    expect(page.locator("#messages")).to_contain_text("已办理")


def handle(people: People, case: Case, photo: Path) -> None:
    """城管小冯 signs for it and reports back, on his phone."""
    page = people.on_phone("handler", "/field/")
    page.locator(f"a[href*='{case.number}']").first.click()
    page.get_by_role("button", name="签收").click()
    expect(page.locator(".stage").first).to_contain_text("处置中")
    page.get_by_role("link", name="处置反馈").click()
    page.locator("input[name=outcome][value=solved]").check(force=True)
    page.set_input_files("input[name=photo_after]", photo)
    page.fill("textarea[name=note]", "清走两车垃圾")
    page.fill("textarea[name=public_reply]", "垃圾已经清走，以后每天两次")
    page.get_by_role("button", name="处置反馈").click()
    expect(page.locator(".stage").first).to_contain_text("待核查")


def rate(people: People, page: Page) -> None:
    """王奶奶 asks with receipt and telephone how it went, and says so."""
    page.goto(f"{people.url}/home/progress")
    page.fill("input[name=receipt]", Report.objects.get().receipt)
    page.fill("input[name=phone_tail]", "1234")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("垃圾已经清走，以后每天两次")
    page.locator("input[name=satisfaction][value=satisfied]").check(force=True)
    page.locator("input[name=solved][value=solved]").check(force=True)
    page.get_by_role("button", name="提交评价").click()
    expect(page.locator("main")).to_contain_text("您的评价")
