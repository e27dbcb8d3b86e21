"""How much of a body is taken, and for how long: by address, before anything of it is read.

Pure: no Django, no clock. A form is a few kilobytes and an upload has the size of what may be uploaded, so whoever
announces more is refused with nothing read, and whoever sends slower than the worst telephone is not waited for.

    >>> room("/login", form=True)
    65536
    >>> seconds(90)
    15.02...
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

KILO = 1024
MEGA = 1024 * KILO

TINY = 64 * KILO
"""Bytes of a body where nothing long is ever sent: logging in, choosing a language, any address we do not know."""
FORM = 5 * MEGA
"""Bytes of a form without files. A 100 kB message fits many times."""
MACHINE = MEGA
"""Bytes of a message from a machine; the longest work order has about 30 kB."""
PICTURE = 16 * MEGA
"""Bytes of one picture and its envelope."""
PICTURES = 200 * MEGA
"""Bytes of a form with files: nine papers of 20 MB, or a film of 100 MB and its form."""

ROOMS: Sequence[tuple[str, int, int]] = (
    ("/api/photos", TINY, PICTURE),
    ("/api/", MACHINE, MACHINE),
    ("/hotline/", MACHINE, MACHINE),
    ("/open311/", MACHINE, PICTURES),
    ("/home/report", FORM, PICTURES),
    ("/home/", FORM, FORM),
    ("/field/", FORM, PICTURES),
    ("/console/", FORM, PICTURES),
)
"""Beginning of an address, most bytes of a body, most bytes of a form with files; the first that fits counts."""

GRACE = 15.0
"""Time in which any body may take its first steps, and the longest silence in it; seconds, 5–60."""
RATE = 4 * KILO
"""Least bytes a second beyond that. A weak 2G signal carries twice as much."""
LONGEST = 900.0
"""Time after which no body is waited for; seconds. 15 MB of photos at 17 kB/s."""

MOST_OPEN = 2_048
"""Bodies that are being sent at once in one web process; each costs a socket and a few kilobytes, and what it holds is
bounded by MOST_HELD."""
MOST_OPEN_OF_ONE = 64
"""The same from one address; a whole office behind one connection sends a dozen."""
MOST_HELD = 1024 * MEGA
"""Bytes of bodies on their way or being worked on in one web process; they lie in the temporary folder."""

MOST_HELD_OF_ONE = MOST_HELD // 4
"""The same for one address: what one announces and never sends must not be what all others lack."""

TOO_LARGE, TOO_SLOW, BUSY = 413, 408, 503
RETRY_SECONDS = 5
"""When somebody who found us full may try again; seconds."""

_WORDS = {
    TOO_LARGE: (
        "too_large",
        "发送的内容太大，没有接收。请减少或压缩照片后再提交，这里最多 {most}。",
    ),
    TOO_SLOW: ("too_slow", "发送得太慢，连接已断开，没有收全。请换信号好的地方再提交一次。"),
    BUSY: ("busy", "现在使用的人很多，这一次没有处理。请稍后再试，已填的内容请先保留。"),
}


def room(path: str, *, form: bool) -> int:
    """Most bytes of a body at an address; `form` says that it is a form with files (multipart)."""
    for start, plain, files in ROOMS:
        if path.startswith(start):
            return files if form else plain
    return TINY


def seconds(size: int) -> float:
    """How long so many bytes may take altogether."""
    return min(LONGEST, GRACE + size / RATE)


def words(status: int, path: str, *, most: int = 0) -> tuple[str, bytes]:
    """(content type, body) of a refusal, as whoever asks at this address expects it."""
    code, sentence = _WORDS[status]
    message = sentence.format(most=_shown(most))
    if path.startswith("/open311/"):
        return _open311(status, message, json_wanted=path.endswith(".json"))
    if path.startswith(("/api/", "/hotline/")):
        field = "body" if status == TOO_LARGE else ""
        error = {"error": {"code": code, "message": message, "field": field}}
        return "application/json; charset=utf-8", json.dumps(error, ensure_ascii=False).encode()
    page = (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>没有接收</title>'
        '<meta name="viewport" content="width=device-width"><body style="font:1.25rem/1.6 sans-serif;'
        'max-width:36rem;margin:4rem auto;padding:0 1rem">'
        f"<h1>没有接收</h1><p>{escape(message)}</p></body></html>"
    )
    return "text/html; charset=utf-8", page.encode()


def _open311(status: int, message: str, *, json_wanted: bool) -> tuple[str, bytes]:
    if json_wanted:
        errors = [{"code": status, "description": message}]
        return "application/json; charset=utf-8", json.dumps(errors, ensure_ascii=False).encode()
    text = (
        '<?xml version="1.0" encoding="utf-8"?>'
        f"<errors><error><code>{status}</code><description>{escape(message)}</description></error></errors>"
    )
    return "text/xml; charset=utf-8", text.encode()


def _shown(size: int) -> str:
    return f"{size // MEGA} MB" if size >= MEGA else f"{size // KILO} KB"


class Gate:
    """Counts the bodies on their way and the bytes they asked for; used by one thread only."""

    def __init__(self) -> None:
        self.open = 0
        self.held = 0
        self._of_one: dict[str, int] = {}
        self._held_of_one: dict[str, int] = {}

    def let_in(self, address: str, size: int) -> bool:
        """Whether one more body of `size` bytes from there is read; if so it is counted."""
        mine, mine_held = self._of_one.get(address, 0), self._held_of_one.get(address, 0)
        if self.open >= MOST_OPEN or self.held + size > MOST_HELD:
            return False
        if mine >= MOST_OPEN_OF_ONE or (mine_held and mine_held + size > MOST_HELD_OF_ONE):
            return False
        self.open += 1
        self.held += size
        self._of_one[address] = mine + 1
        self._held_of_one[address] = mine_held + size
        return True

    def arrived(self, address: str) -> None:
        """It is read, or given up."""
        self.open -= 1
        left = self._of_one[address] - 1
        if left:
            self._of_one[address] = left
        else:
            del self._of_one[address]

    def let_go(self, address: str, size: int) -> None:
        """Its bytes are worked on and forgotten."""
        self.held -= size
        left = self._held_of_one[address] - size
        if left:
            self._held_of_one[address] = left
        else:
            del self._held_of_one[address]
