"""Every page of every role, on a desk and on a phone: readable by everybody, quiet in the console, never too wide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, ViewportSize
from pytest_django.live_server_helper import LiveServer

from tests.browser.street import enter, fill_street
from tests.browser.walk import Page as Walked
from tests.browser.walk import pages_of
from tests.world import World

pytestmark = pytest.mark.accessibility

WHO = (
    "", "acceptor", "supervisor", "dispatcher", "checker", "follow_up", "leader", "grid_worker",
    "handler", "clerk", "evaluator", "district", "system_admin", "security_admin", "audit_admin",
)  # fmt: skip
DESK = ViewportSize(width=1440, height=900)
WALL = ViewportSize(width=1920, height=1080)
PHONE = ViewportSize(width=390, height=844)
NARROW = ViewportSize(width=320, height=640)
GRAVE = {"serious", "critical"}
REFUSED = {"nothing": 404}
"""Views that answer with an error page on purpose."""

MAP_DRAWN = (
    "linli-map canvas, linli-map svg.linli-map__flat, linli-map .linli-map__status:not(:empty)"
)
UNFOLD = "for (const one of document.querySelectorAll('details:not(.menu)')) one.open = true"
"""What is folded away is looked at too."""

WIDTH_WHEN_DRAWN = """new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(
    () => done(document.documentElement.scrollWidth))))"""
LOOKS = 4
"""Charts and maps follow a changed window a few frames later."""

ONLY_FAILURES = {"resultTypes": ["violations"]}

_known: dict[str, set[frozenset[str]]] = {}
"""What was looked at already: two people whose pages are made of the same elements need one look."""


@pytest.fixture
def street(transactional_db: None, live_server: LiveServer, world: World) -> str:
    fill_street(world)
    return live_server.url


@pytest.mark.parametrize("who", WHO)
def test_every_page_can_be_read_by_everybody(
    street: str, context: BrowserContext, page: Page, who: str
) -> None:
    if who:
        enter(context, street, who)
    looked, wrong = 0, []
    console: list[str] = []
    page.on("console", lambda said: console.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: console.append(str(error)))
    for walked in pages_of(who):
        wrong += list(_plain_faults(walked))
        if _looked_at(walked):
            continue
        looked += 1
        wrong += [f"{walked.url}: {fault}" for fault in _look(page, street, walked)]
        expected = "Failed to load resource" if walked.status >= 400 else "\0"
        wrong += [f"{walked.url}: console: {one}" for one in console if expected not in one]
        console.clear()
    assert not wrong, "\n".join(wrong)
    assert looked > 0 or who not in ("", "acceptor"), "the walk reached no page"


def _plain_faults(walked: Walked) -> Iterator[str]:
    """What can be said of a page without a browser."""
    if walked.status != REFUSED.get(walked.view, 200):
        yield f"{walked.who} {walked.url} answers {walked.status}"
    html = " ".join(walked.html.split())
    for wanted in ("<title>", '<html lang="zh-CN"', "<h1", '<main id="main"', "</html>"):
        if wanted not in html and not (wanted.startswith("<main") and 'id="main"' in html):
            yield f"{walked.who} {walked.url} has no {wanted}"
    if "<title> ·" in html or "<title>·" in html:
        yield f"{walked.who} {walked.url} has a title without the page's name"


def _looked_at(walked: Walked) -> bool:
    builds = _known.setdefault(walked.view, set())
    if any(walked.build <= build for build in builds):
        return True
    builds.add(walked.build)
    return False


def _look(page: Page, street: str, walked: Walked) -> Iterator[str]:
    """Grave findings at both sizes, and whether the narrowest phone has to be pushed sideways."""
    wide = WALL if walked.view.startswith("board:") else DESK
    page.set_viewport_size(wide)
    page.goto(street + walked.url)
    page.evaluate(UNFOLD)
    if page.locator("linli-map").count():
        page.locator("linli-map").first.scroll_into_view_if_needed()
        page.wait_for_selector(MAP_DRAWN, state="attached")
    yield from (f"at {wide['width']}: {one}" for one in grave_findings(page))
    page.set_viewport_size(PHONE)
    yield from (f"at {PHONE['width']}: {one}" for one in grave_findings(page))
    page.set_viewport_size(NARROW)
    width = min(page.evaluate(WIDTH_WHEN_DRAWN) for _ in range(LOOKS))
    if width > NARROW["width"]:
        yield f"is {width} wide at {NARROW['width']}"


def grave_findings(page: Page) -> list[str]:
    found: dict[str, Any] = Axe().run(page, options=ONLY_FAILURES).response
    return [
        f"{one['id']} ({one['impact']}): {node['target']} {node['html'][:120]}"
        for one in found["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"][:3]
    ]


def test_the_look_itself_finds_what_is_wrong(page: Page) -> None:
    page.set_content(
        "<html><body><img src='x.png'><input><p style='color:#bbb'>太浅的字谁也看不清</p></body></html>"
    )
    found = " ".join(grave_findings(page))
    assert "image-alt" in found
    assert "color-contrast" in found
    assert "label" in found
