"""Pictures of every page for people to look at; not a test.

    python -m tests.browser.screenshots http://127.0.0.1:8000 --accounts .linli/demo_accounts.json [--to pictures]

Logs in as every account of the file (a list of `username` and `password`, as `bin/run` writes it for the demo), walks
along the links of the pages and writes one PNG for each kind of page, on a desk and on a phone, the board on a wall.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.tooling import installed_chromium

SIZES: dict[str, ViewportSize] = {
    "desk": ViewportSize(width=1440, height=900),
    "phone": ViewportSize(width=390, height=844),
}
WALL = ViewportSize(width=1920, height=1080)
NO_PAGES = re.compile(r"^/(static|files|i18n|api|style-guide|open311)/|\.(xlsx|csv|json)\b|file\.")
DRAW_MS = 2_500
"""What a map or a chart may take to be drawn; milliseconds."""


def main() -> int:
    options = _options()
    accounts = json.loads(options.accounts.read_text(encoding="utf-8")) if options.accounts else []
    options.to.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=installed_chromium(), args=["--no-sandbox"] if options.root else []
        )
        taken = 0
        for account in [{"username": "", "password": ""}, *accounts]:
            taken += sum(1 for _ in _take_all(browser, options, account))
        browser.close()
    sys.stdout.write(f"{taken} 张截图在 {options.to.resolve()}\n")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="screenshots", description=__doc__)
    parser.add_argument("url", help="where the site runs")
    parser.add_argument("--accounts", type=Path, help="JSON list of logins")
    parser.add_argument("--to", type=Path, default=Path("pictures"), help="folder for the PNGs")
    parser.add_argument("--root", action="store_true", help="run the browser without its sandbox")
    return parser.parse_args()


def _take_all(
    browser: Browser, options: argparse.Namespace, account: dict[str, str]
) -> Iterator[Path]:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    name = account["username"] or "resident"
    if account["username"]:
        _log_in(page, options.url, account)
    seen: set[str] = set()
    waiting = ["/", "/home/", "/home/report", "/board/", "/board/?watch=1"]
    while waiting:
        address = waiting.pop(0)
        kind = _kind(address)
        if kind in seen or NO_PAGES.search(address):
            continue
        seen.add(kind)
        answer = page.goto(options.url + address)
        if answer is None or answer.status >= 400:
            continue
        yield from _take(page, options.to, f"{name}-{kind}", address)
        waiting += _links(page)
    context.close()


def _log_in(page: Page, url: str, account: dict[str, str]) -> None:
    page.goto(f"{url}/login")
    page.fill("input[name=username]", account["username"])
    page.fill("input[name=password]", account["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda at: "/login" not in at)


def _take(page: Page, folder: Path, name: str, address: str) -> Iterator[Path]:
    sizes = {"wall": WALL, "phone": SIZES["phone"]} if address.startswith("/board/") else SIZES
    for label, size in sizes.items():
        page.set_viewport_size(size)
        if page.locator("linli-map, linli-chart").count():
            page.wait_for_timeout(DRAW_MS)
        file = folder / f"{name}-{label}.png"
        page.screenshot(path=file, full_page=label != "wall")
        yield file


def _links(page: Page) -> list[str]:
    found = page.eval_on_selector_all(
        "a[href]", "all => all.map((one) => one.getAttribute('href'))"
    )
    here = urlsplit(page.url).path
    links = [f"{here}{link}" if link.startswith("?") else link.split("#")[0] for link in found]
    return [link for link in links if link.startswith("/")]


def _kind(address: str) -> str:
    """Pages that differ in a number, or in what a list was asked for, are one kind; the watch mode is its own."""
    parts = urlsplit(address)
    words = re.sub(r"[0-9]+|[A-Za-z0-9_:-]{24,}", "n", parts.path.strip("/")) or "start"
    watch = "-watch" if "watch=1" in parts.query else ""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") + watch


if __name__ == "__main__":
    sys.exit(main())
