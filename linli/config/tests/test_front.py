"""The front: a request reaches a thread when it is whole, and no kind of work takes all threads."""

from __future__ import annotations

import asyncio
import io
import json
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from typing import Any

import pytest

from linli.config import bodies, front
from linli.config.front import Front
from linli.config.lanes import Full, Lane, Lanes

Environ = dict[str, Any]


class Scope:
    """A request as granian describes it."""

    proto, http_version, scheme, server = "http", "1.1", "http", "127.0.0.1:8000"
    authority = None
    rsgi_version = "1.5"

    def __init__(
        self, method: str, path: str, headers: list[tuple[str, str]], client: str = "10.0.0.9:5000"
    ) -> None:
        self.method, self.path, self.query_string, self.client = method, path, "q=路灯", client
        self.headers = Headers(headers)


class Headers:
    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    def __contains__(self, name: str) -> bool:
        return any(name == one for one, _ in self._pairs)

    def get(self, name: str, default: Any = None) -> Any:
        return next((value for one, value in self._pairs if one == name), default)

    def items(self) -> list[tuple[str, str]]:
        return self._pairs


class Line:
    """The other side: sends these parts, and then ends or (`...`) never does; keeps what it is answered."""

    def __init__(self, *parts: Any) -> None:
        self.parts = list(parts)
        self.read = 0
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""

    async def __call__(self) -> bytes:
        return b"".join([part async for part in self])

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            if part is ...:
                await asyncio.get_running_loop().create_future()
            self.read += len(part)
            yield part

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers, self.body = status, dict(headers), body

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.response_bytes(status, headers, b"")

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> Line:
        self.response_bytes(status, headers, b"")
        return self

    async def send_bytes(self, part: bytes) -> None:
        self.body += part


class Echo:
    """Answers with what it was sent; `seen` are the environments."""

    def __init__(self) -> None:
        self.seen: list[Environ] = []

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.seen.append(environ)
        start_response("200 OK", [("content-type", "text/plain")])
        return [environ["wsgi.input"].read()]


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "GRACE", 0.01)
    monkeypatch.setattr(front, "LINGER_SECONDS", 0.01)


@pytest.fixture
def echo() -> Echo:
    return Echo()


def serve(site: Front, scope: Any, line: Any) -> Coroutine[Any, Any, None]:
    return site.__rsgi__(scope, line)


def asked(
    wsgi: Any, *requests: tuple[Scope, Line], knows: Callable[[str], bool] = lambda key: True
) -> None:
    async def ask() -> None:
        site = Front(wsgi, threads=2, knows=knows)
        await site.open()
        await asyncio.gather(*(serve(site, scope, line) for scope, line in requests))

    asyncio.run(ask())


def post(path: str, *parts: Any, length: int | None = None, **headers: str) -> tuple[Scope, Line]:
    size = sum(len(part) for part in parts if part is not ...) if length is None else length
    pairs = [("content-length", str(size))]
    pairs += [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Scope("POST", path, pairs), Line(*parts)


FORM = "multipart/form-data; boundary=x"


def test_a_whole_body_reaches_the_application_as_it_was_sent(echo: Echo) -> None:
    short, long = post("/home/report", b"a=1"), post("/home/report", b"x" * 100_000, b"y" * 100_000)

    asked(echo, short, long)

    assert short[1].body == b"a=1"
    assert long[1].body == b"x" * 100_000 + b"y" * 100_000
    assert {one["CONTENT_LENGTH"] for one in echo.seen} == {"3", "200000"}


@pytest.mark.parametrize("length", [90, 200_000])
def test_a_body_that_does_not_end_is_given_up_and_no_thread_has_seen_it(
    echo: Echo, length: int
) -> None:
    one = post("/home/report", b"abc", ..., length=length)

    asked(echo, one)

    assert (one[1].status, one[1].headers["connection"]) == (408, "close")
    assert "请换信号好的地方再提交一次" in one[1].body.decode()
    assert not echo.seen


def test_a_body_that_trickles_is_given_up(echo: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "GRACE", 5.0)
    monkeypatch.setattr(bodies, "seconds", lambda size: -1.0)
    one = post("/home/report", b"abc", length=200_000)

    asked(echo, one)

    assert (one[1].status, echo.seen) == (408, [])


@pytest.mark.parametrize(
    ("path", "kind", "length", "said"),
    [
        ("/login", FORM, 300_000_000, "这里最多 64 KB"),
        ("/home/report", FORM, 300_000_000, "这里最多 200 MB"),
        ("/home/report", "application/x-www-form-urlencoded", 6_000_000, "这里最多 5 MB"),
        ("/nowhere", "text/plain", 70_000, "这里最多 64 KB"),
    ],
)
def test_more_than_there_is_room_for_is_refused_with_nothing_read(
    echo: Echo, path: str, kind: str, length: int, said: str
) -> None:
    one = post(path, ..., length=length, content_type=kind)

    asked(echo, one)

    assert one[1].status == 413
    assert said in one[1].body.decode()
    assert not echo.seen


def test_a_body_longer_than_announced_or_without_a_length_is_measured_while_it_comes(
    echo: Echo,
) -> None:
    chunked = (
        Scope("POST", "/login", [("transfer-encoding", "chunked")]),
        Line(*[b"x" * 40_000] * 5),
    )

    asked(echo, chunked)

    assert (chunked[1].status, echo.seen) == (413, [])


def test_a_body_that_breaks_off_is_no_request(echo: Echo) -> None:
    one = post("/home/report", b"half", length=90)

    asked(echo, one)

    assert (one[1].status, echo.seen) == (400, [])


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/api/reports", "application/json"),
        ("/open311/v2/requests.json", "application/json"),
        ("/open311/v2/requests.xml", "text/xml"),
        ("/home/report", "text/html"),
    ],
)
def test_a_refusal_speaks_as_its_door_does(path: str, content_type: str) -> None:
    kind, body = bodies.words(413, path, most=bodies.MEGA)

    assert kind == f"{content_type}; charset=utf-8"
    assert "1 MB" in body.decode()
    if "json" in content_type:
        json.loads(body)


def test_without_a_key_the_body_is_not_read(echo: Echo) -> None:
    anonymous = post("/api/photos", ..., length=bodies.MEGA, content_type=FORM)
    unsigned = post("/hotline/city/orders", ..., length=500)
    keyed = post("/api/reports", b"{}", authorization="Bearer k")

    asked(echo, anonymous, unsigned, keyed)

    assert [one[1].body for one in (anonymous, unsigned, keyed)] == [b"", b"", b"{}"]
    assert anonymous[1].headers["connection"] == "close"


@pytest.mark.parametrize(("length", "read"), [(100, 100), (70_000, 0)])
def test_a_long_body_with_a_key_that_nobody_has_is_not_read(
    echo: Echo, length: int, read: int
) -> None:
    one = post("/api/reports", b"x" * length, authorization="Bearer false")

    asked(echo, one, knows=lambda key: key != "false")

    assert len(one[1].body) == read


def test_one_address_keeps_only_so_many_bodies_open(
    echo: Echo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "MOST_OPEN_OF_ONE", 2)
    slow = [post("/home/report", ..., length=10) for _ in range(3)]
    other = post("/home/report", b"a=1")
    other[0].client = "[::1]:5000"

    asked(echo, *slow, other)

    assert [one[1].status for one in slow] == [408, 408, 503]
    assert slow[2][1].headers["retry-after"] == "5"
    assert other[1].status == 200


def test_what_is_held_is_bounded_and_given_back() -> None:
    gate = bodies.Gate()
    assert all(gate.let_in(f"a{n}", bodies.MOST_HELD // 4) for n in range(4))
    assert not gate.let_in("b", 1)

    gate.arrived("a0")
    gate.let_go("a0", bodies.MOST_HELD // 4)

    assert gate.let_in("b", 1)
    assert gate.open == 4


def test_what_one_address_announces_is_not_what_all_others_lack() -> None:
    gate = bodies.Gate()
    share = bodies.MOST_HELD_OF_ONE
    assert gate.let_in("a", share)
    assert not gate.let_in("a", 1)
    assert gate.let_in("b", share)
    gate.arrived("a")
    gate.let_go("a", share)
    assert gate.let_in("a", 1)


def test_the_application_sees_the_request_as_any_wsgi_server_tells_it(echo: Echo) -> None:
    headers = [
        ("host", "linli.test"),
        ("cookie", "a=1"),
        ("cookie", "b=2"),
        ("x_real_ip", "6.6.6.6"),
    ]
    headers += [("x-a", "1"), ("x-a", "2")]
    scope = Scope("GET", "/home/中", headers, client="[2001:db8::1]:4711")

    asked(echo, (scope, Line()))

    seen = echo.seen[0]
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/home/中"
    assert seen["QUERY_STRING"].encode("latin-1").decode() == "q=路灯"
    assert (seen["REMOTE_ADDR"], seen["SERVER_PORT"]) == ("2001:db8::1", "8000")
    assert (seen["HTTP_HOST"], seen["HTTP_COOKIE"], seen["HTTP_X_A"]) == (
        "linli.test",
        "a=1; b=2",
        "1,2",
    )
    assert "HTTP_X_REAL_IP" not in seen
    assert "CONTENT_LENGTH" not in seen


class Parts:
    """A streamed answer as Django gives it."""

    streaming = True

    def __init__(self, count: int) -> None:
        self._parts = iter([b"x" * front.PART] * count)
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        return self._parts

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_streamed_answer_is_sent_part_by_part_and_closed(count: int) -> None:
    answer, line = Parts(count), Line()

    def wsgi(environ: Environ, start_response: Callable[..., Any]) -> Parts:
        start_response("206 Partial Content", [])
        return answer

    asked(wsgi, (Scope("GET", "/files/x", []), line))

    assert (line.status, len(line.body), answer.closed) == (206, count * front.PART, True)


def test_health_answers_while_every_thread_is_busy() -> None:
    free, line = threading.Event(), Line()

    def wsgi(environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
        if environ["PATH_INFO"] != "/healthz":
            assert free.wait(10)
        start_response("200 OK", [])
        return [environ["PATH_INFO"].encode()]

    async def ask() -> None:
        site = Front(wsgi, threads=2)
        await site.open()
        busy = [
            asyncio.ensure_future(serve(site, Scope("GET", "/console/", []), Line()))
            for _ in range(5)
        ]
        await serve(site, Scope("GET", "/healthz", []), line)
        assert not any(one.done() for one in busy)
        free.set()
        await asyncio.gather(*busy)

    asyncio.run(ask())

    assert line.body == b"/healthz"


def within(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 20))


def test_dear_work_leaves_a_thread_to_the_pages() -> None:
    async def work() -> None:
        uploads, logins = Lane("uploads", 2, 9, heavy=True), Lane("logins", 2, 9, heavy=True)
        pages = Lane("pages", 3, 9)
        lanes, free = Lanes(3, (pages, uploads, logins)), threading.Event()
        dear = [lanes.run(lane, free.wait) for lane in (uploads, logins, uploads, logins)]

        assert await lanes.run(pages, lambda: "page") == "page"
        assert (uploads.running + logins.running, len(uploads.waiting) + len(logins.waiting)) == (
            2,
            2,
        )

        free.set()
        assert await asyncio.gather(*dear) == [True] * 4

    within(work())


def test_a_full_lane_refuses_at_once_and_another_does_not() -> None:
    async def work() -> None:
        short, pages = Lane("short", 1, 1), Lane("pages", 2, 9)
        lanes, free = Lanes(2, (short, pages)), threading.Event()
        running = [lanes.run(short, free.wait) for _ in range(2)]

        with pytest.raises(Full):
            lanes.run(short, free.wait)
        assert await lanes.run(pages, lambda: 7) == 7

        free.set()
        await asyncio.gather(*running)

    within(work())


def test_what_the_work_raises_reaches_who_asked_and_the_thread_goes_on() -> None:
    async def work() -> None:
        pages = Lane("pages", 1, 9)
        lanes = Lanes(1, (pages,))

        with pytest.raises(ZeroDivisionError):
            await lanes.run(pages, lambda: 1 // 0)
        assert await lanes.run(pages, io.BytesIO(b"x").read) == b"x"

    within(work())
