"""The live process: tells open pages that something changed. `uvicorn linli.config.live:application`.

Server-sent events at `/events`. A message carries no content, only the word that cases changed; a page then asks for
its part again with its own rights, so this process needs none. It looks at the end of the outbox twice a second: one
small query, however many pages are open.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.config.settings")
django.setup()

from django.db import close_old_connections  # noqa: E402 - needs the settings

from linli.config.clock import now  # noqa: E402
from linli.kernel.events.models import OutboxEntry  # noqa: E402
from linli.kernel.jobs.heartbeats import BEAT_SECONDS, beat  # noqa: E402

LOOK_SECONDS = 0.5
"""How often the outbox is looked at; seconds, 0.2–2. Pages must be live within two."""

PING_SECONDS = 15.0
"""Silence after which a comment is sent, so that proxies keep the line open; seconds."""

LOOKS_A_BEAT = int(BEAT_SECONDS / LOOK_SECONDS)

CHANGED = b'data: {"events": ["cases-changed"]}\n\n'
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"access-control-allow-origin", b"*"),
    (b"x-accel-buffering", b"no"),
]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_changed = asyncio.Condition()
_state = {"last": 0}


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/events":
        await _stream(receive, send)
    elif scope["type"] == "http":
        await send(
            {
                "type": "http.response.start",
                "status": 200 if scope["path"] == "/healthz" else 404,
                "headers": [],
            }
        )
        await send({"type": "http.response.body", "body": b""})


async def _lifespan(receive: Receive, send: Send) -> None:
    watcher: asyncio.Task[None] | None = None
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            watcher = asyncio.create_task(_watch())
            await send({"type": "lifespan.startup.complete"})
        else:
            if watcher is not None:
                watcher.cancel()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _watch() -> None:
    looked = 0
    while True:
        try:
            last = await asyncio.to_thread(_last_entry)
            if looked % LOOKS_A_BEAT == 0:
                await asyncio.to_thread(beat, "live", now=now())
            looked += 1
        except Exception:  # the database may be away for a moment; pages poll meanwhile
            last = _state["last"]
        if last != _state["last"]:
            _state["last"] = last
            async with _changed:
                _changed.notify_all()
        await asyncio.sleep(LOOK_SECONDS)


def _last_entry() -> int:
    close_old_connections()
    return OutboxEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0


async def _stream(receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": b"retry: 3000\n\n", "more_body": True})
    gone = asyncio.create_task(_until_gone(receive))
    try:
        while not gone.done():
            await send(
                {"type": "http.response.body", "body": await _next_message(), "more_body": True}
            )
    finally:
        gone.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _next_message() -> bytes:
    try:
        async with _changed:
            await asyncio.wait_for(_changed.wait(), PING_SECONDS)
    except TimeoutError:
        return b": still here\n\n"
    return CHANGED
