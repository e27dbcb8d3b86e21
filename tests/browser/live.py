"""How long it takes from an acknowledged report to the changed figure on an open board; not a test.

    python -m tests.browser.live http://127.0.0.1:8000 --user lingdao1 --password … [--tries 5]

Needs web, worker and live process, as `bin/run` starts them. Reports are handed in as a resident does, so run it on the
demo. A try whose report joined an open case changes no figure and is said so; on a demo that receives reports of its
own, one of them may come first, so run it with `--tries` enough.
"""

from __future__ import annotations

import argparse
import sys
import uuid

from playwright.sync_api import Browser, Page, TimeoutError, ViewportSize, sync_playwright

from tests.tooling import installed_chromium

WALL = ViewportSize(width=1920, height=1080)
PATIENCE_MS = 15_000
SETTLE_MS = 5_000
"""Between two tries, so that one does not help the next; milliseconds."""

WATCH = """() => {
  window.watcher?.disconnect();
  window.changedAt = null;
  const look = () => document.querySelector('[data-figure=reported]').textContent;
  const before = look();
  window.watcher = new MutationObserver(() => {
    if (look() === before || window.changedAt) return;
    window.changedAt = Date.now();
    document.body.classList.add('changed');
  });
  document.body.classList.remove('changed');
  window.watcher.observe(document.body, { subtree: true, childList: true, characterData: true });
}"""
MATTERS = ("路灯不亮", "井盖松动", "垃圾满溢", "树枝折断", "墙面小广告", "下水道反味", "护栏倒了")


def main() -> int:
    options = _options()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=installed_chromium(), args=["--no-sandbox"] if options.root else []
        )
        board = _board(browser, options)
        seconds = [_try(browser, board, options.url, number) for number in range(options.tries)]
        browser.close()
    for number, one in enumerate(seconds, 1):
        words = f"{one:.2f} s" if one is not None else "数字没有变（可能并入了已有案件）"
        sys.stdout.write(f"第 {number} 次：{words}\n")
    known = [one for one in seconds if one is not None]
    return 0 if known and max(known) <= 2 else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="live", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--user", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--tries", type=int, default=5)
    parser.add_argument("--root", action="store_true", help="run the browser without its sandbox")
    return parser.parse_args()


def _board(browser: Browser, options: argparse.Namespace) -> Page:
    page = browser.new_context(locale="zh-CN", viewport=WALL).new_page()
    page.goto(f"{options.url}/login")
    page.fill("input[name=username]", options.user)
    page.fill("input[name=password]", options.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda at: "/login" not in at)
    page.goto(f"{options.url}/board/")
    page.wait_for_timeout(SETTLE_MS)
    return page


def _try(browser: Browser, board: Page, url: str, number: int) -> float | None:
    """Seconds from the answer to the report to the new figure; None when it did not change."""
    context = browser.new_context(locale="zh-CN")
    phone = context.new_page()
    phone.goto(f"{url}/home/report")
    phone.fill("textarea[name=body]", f"{MATTERS[number % len(MATTERS)]}，{uuid.uuid4().hex}")
    board.evaluate(WATCH)
    with phone.expect_response(lambda one: one.request.method == "POST") as answer:
        phone.get_by_role("button", name="提交").click()
    timing = answer.value.request.timing
    acknowledged = timing["startTime"] + timing["responseStart"]
    try:
        board.wait_for_selector("body.changed", timeout=PATIENCE_MS)
    except TimeoutError:
        return None
    finally:
        context.close()
    changed: float = board.evaluate("window.changedAt")
    board.wait_for_timeout(SETTLE_MS)
    return float((changed - acknowledged) / 1_000)


if __name__ == "__main__":
    sys.exit(main())
