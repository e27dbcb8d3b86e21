"""The web process: reads a request whole, at no thread's cost, and then hands it to Django.

    granian --interface rsgi linli.config.front:application

Granian parses HTTP and calls this in the event loop of its worker. A body is read here within the limits of `bodies`
and only then is a thread asked for (`lanes`): four sockets that send nothing silence nobody. Answers go out the same
way: a thread makes them, and who reads them slowly costs none. `/healthz` has a thread of its own.
"""

from __future__ import annotations

import asyncio
import io
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings
from django.db import close_old_connections
from granian._granian import RSGIHTTPProtocol as HTTPProtocol
from granian._granian import RSGIProtocolClosed as ProtocolClosed
from granian.rsgi import Scope

from linli.config import bodies, clock
from linli.config.lanes import Full, Lane, Lanes
from linli.config.wsgi import application as django
from linli.kernel.access.queries import key_holder
from linli.kernel.errors import LinliError
from linli.screens.shared.proxies import client_address, networks

_TRUSTED = networks(settings.LINLI_TRUSTED_PROXIES)

THREADS = max(1, min(64, int(os.environ.get("LINLI_WEB_THREADS", "4"))))
"""Requests worked on at once in one web process, 1–64. With SQLite more threads only queue for the write lock."""

LINE = 512
"""Requests that may wait for a thread; each of them is whole already."""

IN_MEMORY = bodies.MEGA
"""Bytes of a body that are kept in memory; a longer one lies in the temporary folder."""

PART = 256 * 1024
"""Bytes of a streamed answer that are read ahead of whoever takes them."""

READING_SECONDS = 60.0
"""How long one such part may take to be taken; seconds."""

LINGER_SECONDS = 2.0
"""How long a refused body is read on and thrown away, so that the refusal is seen; seconds."""

LOGINS = ("/login", "/password", "/console/access")
"""Addresses at which a password is computed."""

KEY = "Bearer "

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class _Streamed:
    """An answer of several parts, of which one is read."""

    status: int
    headers: Headers
    first: bytes
    rest: Iterator[bytes]
    close: Callable[[], None]


BASE = {
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "granian",
    "GATEWAY_INTERFACE": "CGI/1.1",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


class TooSlow(Exception):
    """The body did not come in time."""


class TooLarge(Exception):
    """There was more of it than announced or allowed."""


class Gone(Exception):
    """Whoever sent it left before the end."""


class Front:
    """The RSGI application around a WSGI one."""

    def __init__(
        self,
        wsgi: Callable[..., Iterable[bytes]],
        *,
        threads: int = THREADS,
        knows: Callable[[str], bool] = lambda key: True,
    ) -> None:
        self.wsgi = wsgi
        self.knows = knows
        self.threads = threads
        self.gate = bodies.Gate()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.run_until_complete(self.open())

    async def open(self) -> None:
        """Start the threads; once, in the event loop that will serve."""
        few = max(1, self.threads // 2)
        self.pages = Lane("pages", self.threads, LINE)
        self.logins = Lane("logins", max(1, self.threads // 4), 64, heavy=True)
        self.uploads = Lane("uploads", few, 32, heavy=True)
        self.health = Lane("health", 1, LINE)
        self.lanes = Lanes(self.threads, (self.pages, self.logins, self.uploads))
        self.apart = Lanes(1, (self.health,))

    async def __rsgi__(self, scope: Scope, proto: HTTPProtocol) -> None:
        headers = scope.headers
        length = headers.get("content-length")
        if length is None and "transfer-encoding" not in headers:
            await self._answer(scope, proto, io.BytesIO(), 0)
            return
        form = headers.get("content-type", "").startswith("multipart/")
        most = bodies.room(scope.path, form=form)
        announced = _number(length)
        if announced is None or announced <= most:
            await self._with_body(scope, proto, announced, most)
        else:
            _refuse(proto, scope.path, bodies.TOO_LARGE, most=most)
            await _linger(proto)

    async def _with_body(
        self, scope: Scope, proto: HTTPProtocol, announced: int | None, most: int
    ) -> None:
        if _is_refused_unread(scope) or await self._has_a_false_key(scope, announced):
            await self._answer(scope, proto, io.BytesIO(), 0, unread=True)
            await _linger(proto)
            return
        address, size = _client(scope), most if announced is None else announced
        if not self.gate.let_in(address, size):
            _refuse(proto, scope.path, bodies.BUSY)
            await _linger(proto)
            return
        try:
            try:
                body = await _read(proto, announced, most)
            finally:
                self.gate.arrived(address)
            with body:
                await self._answer(scope, proto, body, _length(body))
        except TooSlow:
            _refuse(proto, scope.path, bodies.TOO_SLOW)
        except TooLarge:
            _refuse(proto, scope.path, bodies.TOO_LARGE, most=most)
            await _linger(proto)
        except Gone:
            proto.response_empty(400, [("connection", "close")])
        finally:
            self.gate.let_go(address, size)

    async def _has_a_false_key(self, scope: Scope, announced: int | None) -> bool:
        """Asked before a long body is read; a short one costs less than the question."""
        key = scope.headers.get("authorization", "")
        if announced is None or announced <= bodies.TINY or not scope.path.startswith("/api/"):
            return False
        if not key.startswith(KEY):
            return False
        with suppress(Full):
            return not await self.lanes.run(self.pages, lambda: self.knows(key[len(KEY) :].strip()))
        return False

    async def _answer(
        self, scope: Scope, proto: HTTPProtocol, body: IO[bytes], size: int, *, unread: bool = False
    ) -> None:
        environ = _environ(scope, body, size)
        if unread:
            environ["linli.unread"] = True
        lanes, lane = self._lane(scope, form=size > 0 and "multipart/" in environ["CONTENT_TYPE"])
        try:
            streamed = await lanes.run(lane, lambda: _called(self.wsgi, environ, proto))
        except Full:
            _refuse(proto, scope.path, bodies.BUSY)
            return
        if streamed is not None:
            await _stream(proto, streamed, lambda: lanes.run(lane, lambda: _part(streamed.rest)))

    def _lane(self, scope: Scope, *, form: bool) -> tuple[Lanes, Lane]:
        if scope.path == "/healthz":
            return self.apart, self.health
        if scope.method == "POST" and scope.path.startswith(LOGINS):
            return self.lanes, self.logins
        return self.lanes, self.uploads if form else self.pages


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None


def _address(scope: Scope) -> str:
    return scope.client.rpartition(":")[0].strip("[]")


def _client(scope: Scope) -> str:
    """Who asks, also behind a proxy of ours: otherwise all who come through it would share one allowance."""
    if not _TRUSTED:
        return _address(scope)
    said = ",".join(value for name, value in scope.headers.items() if name == "x-forwarded-for")
    return client_address(_address(scope), said, _TRUSTED)


def _is_refused_unread(scope: Scope) -> bool:
    """Whether a door refuses this whatever its body says: then Django answers it with the body left unread."""
    headers = scope.headers
    if scope.path.startswith("/api/"):
        return "authorization" not in headers and "cookie" not in headers
    return scope.path.startswith("/hotline/") and "x-hotline-signature" not in headers


async def _read(proto: HTTPProtocol, announced: int | None, most: int) -> IO[bytes]:
    """The whole body, at its beginning. Raises TooSlow, TooLarge, Gone."""
    try:
        if announced is not None and announced <= bodies.TINY:
            async with asyncio.timeout(bodies.seconds(announced)):
                data = await proto()
            if len(data) != announced:
                raise Gone
            return io.BytesIO(data)
        return await _spooled(proto, announced, most)
    except TimeoutError:
        raise TooSlow from None
    except ProtocolClosed:
        raise Gone from None


async def _spooled(proto: HTTPProtocol, announced: int | None, most: int) -> IO[bytes]:
    body = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by the caller
    size, loop = 0, asyncio.get_running_loop()
    start = loop.time()
    try:
        async with asyncio.timeout(bodies.GRACE) as silence:
            async for part in proto:
                size += len(part)
                if size > most:
                    raise TooLarge
                body.write(part)
                now = loop.time()
                if now - start > bodies.seconds(size):
                    raise TooSlow
                silence.reschedule(min(now + bodies.GRACE, start + bodies.LONGEST))
        if announced is not None and size != announced:
            raise Gone
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return body


def _length(body: IO[bytes]) -> int:
    size = body.seek(0, io.SEEK_END)
    body.seek(0)
    return size


def _refuse(proto: HTTPProtocol, path: str, status: int, *, most: int = 0) -> None:
    content_type, content = bodies.words(status, path, most=most)
    headers = [
        ("content-type", content_type),
        ("cache-control", "no-store"),
        ("connection", "close"),
    ]
    if status == bodies.BUSY:
        headers.append(("retry-after", str(bodies.RETRY_SECONDS)))
    proto.response_bytes(status, headers, content)


async def _linger(proto: HTTPProtocol) -> None:
    """Read on for a moment: a socket closed with bytes unread loses the answer before it is seen."""
    with suppress(TimeoutError, ProtocolClosed):
        async with asyncio.timeout(LINGER_SECONDS):
            async for _part_of_it in proto:
                pass


_names: dict[str, str] = {"content-type": "CONTENT_TYPE", "content-length": ""}
"""How a header is called in a WSGI environment; "" leaves it out."""


def _named(header: str) -> str:
    # `x_real_ip` would become the same name as `x-real-ip`, which only a proxy may set.
    name = "" if "_" in header else "HTTP_" + header.upper().replace("-", "_")
    if len(_names) < 500:
        _names[header] = name
    return name


def _environ(scope: Scope, body: IO[bytes], size: int) -> dict[str, Any]:
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        **BASE,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope.query_string.encode("utf-8", "surrogateescape").decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "REMOTE_ADDR": _address(scope),
        "CONTENT_TYPE": "",
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
    }
    for header, value in scope.headers.items():
        name = _names.get(header)
        if name is None:
            name = _named(header)
        if name in environ and value and name != "CONTENT_TYPE":
            environ[name] += ("; " if header == "cookie" else ",") + value
        elif name:
            environ[name] = value
    if size or scope.method in ("POST", "PUT", "PATCH"):
        environ["CONTENT_LENGTH"] = str(size)
    return environ


def _called(
    wsgi: Callable[..., Iterable[bytes]], environ: dict[str, Any], proto: HTTPProtocol
) -> _Streamed | None:
    """Ask the application and send what it answers; what is too long for one part is given back. Runs in a thread."""
    status, headers = 500, []

    def start_response(said: str, fields: Headers, exc_info: Any = None) -> None:
        nonlocal status, headers
        status, headers = int(said[:3]), fields

    answer: Any = wsgi(environ, start_response)
    close = getattr(answer, "close", _nothing)
    kept = False
    try:
        parts = iter(answer)
        whole = not getattr(answer, "streaming", False)
        first = b"".join(parts) if whole else _part(parts)
        if "linli.unread" in environ:
            headers.append(("connection", "close"))
        if whole or len(first) < PART:
            proto.response_bytes(status, headers, first)
            return None
        kept = True
        return _Streamed(status, headers, first, parts, close)
    finally:
        if not kept:
            close()


async def _stream(
    proto: HTTPProtocol, streamed: _Streamed, more: Callable[[], Awaitable[bytes]]
) -> None:
    """Part by part, each read by a thread once the one before is taken. What is streamed is files, not rows."""
    try:
        transport = proto.response_stream(streamed.status, streamed.headers)
        part = streamed.first
        while part:
            async with asyncio.timeout(READING_SECONDS):
                await transport.send_bytes(part)
            part = await more()
    except (TimeoutError, ProtocolClosed, Full):
        pass  # the answer ends here, shorter than announced: whoever reads it knows
    finally:
        streamed.close()


def _part(parts: Iterator[bytes]) -> bytes:
    """The next PART bytes, or what is left."""
    taken, size = [], 0
    for part in parts:
        taken.append(part)
        size += len(part)
        if size >= PART:
            break
    return b"".join(taken)


def _nothing() -> None:
    pass


def _is_known(key: str) -> bool:
    """Whether somebody has this key. Runs in a thread, outside of any request."""
    close_old_connections()
    try:
        key_holder(key, now=clock.now())
    except LinliError:
        return False
    finally:
        close_old_connections()
    return True


application = Front(django, knows=_is_known)
