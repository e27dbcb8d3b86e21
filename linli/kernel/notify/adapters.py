"""Ways out of the house. An adapter is a function `(to, text) -> None` that raises `NotSent` when it fails."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

from django.conf import settings

TIMEOUT_SECONDS = 5
"""How long a receiver may take to answer; seconds. The worker waits meanwhile."""


class NotSent(Exception):
    """The message did not leave; the sentence says why."""


def sms_to_file(to: str, text: str) -> None:
    """Write the SMS to `outgoing/sms.jsonl` in the data folder, the default without a provider."""
    _append("sms.jsonl", {"to": to, "text": text})


def webhook_to_file(to: str, text: str) -> None:
    """Write the call to `outgoing/webhook.jsonl` in the data folder."""
    _append("webhook.jsonl", {"to": to, "text": text})


def webhook_over_http(to: str, text: str) -> None:
    """POST the JSON text to an http(s) address."""
    if not to.startswith(("https://", "http://")):
        raise NotSent(f"接收地址 {to} 不是 http(s) 地址，请在设置中更正。")
    request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
        to, data=text.encode(), headers={"Content-Type": "application/json; charset=utf-8"}
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as reply:  # noqa: S310
            if reply.status >= 300:
                raise NotSent(f"接收方返回 {reply.status}")
    except OSError as problem:
        raise NotSent(f"接收方无法连接：{problem}") from problem


def _append(name: str, row: dict[str, str]) -> None:
    folder = Path(settings.LINLI_HOME) / "outgoing"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    except OSError as problem:
        raise NotSent(f"无法写入 {folder / name}：{problem}") from problem
