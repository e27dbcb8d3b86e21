"""python -m tests.trials.siege [--only slow-4,logins] [--port 8000 --pid N]

Somebody tries to silence a site on loopback: bodies that never end, pictures that are dear to open, many who log in
at once, bodies of 300 MB. Meanwhile `/healthz` is asked ten times a second. Each attack ends by itself after
ATTACK_SECONDS; printed are the slowest answer, how the attackers were answered, and the memory of the web processes
before, at most, and a minute later. Without `--port` a site of its own is made and removed.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.load.site import descendants, made, running
from tests.trials.hostile import bomb_png, far_cell, large_png, many_scans, photo

ATTACK_SECONDS = 60.0
SLOW_SECONDS = 20.0
"""How long slow bodies are held open; longer than the site waits for a short one."""
PROBE_SECONDS = 0.1
GOOD_SECONDS = 1.0
CALM_SECONDS = 60.0
LARGE = 300 * 1024 * 1024
BOUNDARY = "limit-of-parts"


@dataclass
class Watch:
    """What `/healthz` answered during an attack: seconds each, and how often it did not."""

    port: int
    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    @contextmanager
    def asking(self) -> Iterator[None]:
        done = threading.Event()
        thread = threading.Thread(target=self._ask, args=(done,))
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _ask(self, done: threading.Event) -> None:
        while not done.is_set():
            started = time.monotonic()
            status = _get(self.port, "/healthz", timeout=2 * ATTACK_SECONDS)
            self.seconds.append(time.monotonic() - started)
            self.failed += status != http.client.OK
            done.wait(PROBE_SECONDS)


@dataclass(frozen=True)
class Site:
    port: int
    pid: int


Attack = Callable[[Site], Counter[str]]


def slow(count: int) -> Attack:
    """So many bodies of 90 bytes of which three are sent."""

    def attack(site: Site) -> Counter[str]:
        head = b"POST /open311/v2/requests.json HTTP/1.1\r\nHost: a\r\nContent-Length: 90\r\n"
        head += b"Content-Type: application/x-www-form-urlencoded\r\n\r\nabc"
        sockets = [_sent(site.port, head) for _ in range(count)]
        time.sleep(SLOW_SECONDS)
        return Counter(_status_of(one) for one in sockets)

    return attack


def slow_heads(count: int) -> Attack:
    """So many requests whose headers never end."""

    def attack(site: Site) -> Counter[str]:
        sockets = [_sent(site.port, b"GET / HTTP/1.1\r\nHost: a\r\nX-A: ") for _ in range(count)]
        time.sleep(SLOW_SECONDS)
        return Counter(_status_of(one) for one in sockets)

    return attack


def pictures(site: Site) -> Counter[str]:
    """A hundred pictures, eight to a form, ten forms at once."""
    kinds = [large_png(), many_scans(), photo()[:-2], bomb_png(), many_scans(), large_png()]
    kinds += [photo()[:3000], b"\xff\xd8\xff" + os.urandom(5000)]
    fields = {"body": "楼下的路灯不亮已经三天了", "address": "3 幢楼下"}
    parts = [("photos", f"{n}.jpg", data) for n, data in enumerate(kinds)]
    return _at_once(12, lambda number: _post(site.port, "/home/report", fields, parts))


def logins(site: Site) -> Counter[str]:
    """Fifty people at once with a wrong password."""
    return _at_once(
        50,
        lambda number: _post(
            site.port, "/login", {"username": f"nobody{number}", "password": "wrong-password"}
        ),
    )


def large(site: Site) -> Counter[str]:
    """Bodies of 300 MB to eight addresses."""
    paths = ["/login", "/home/report", "/api/photos", "/open311/v2/requests.json"] * 2
    return _at_once(len(paths), lambda number: _large(site.port, paths[number]))


def tables(site: Site) -> Counter[str]:
    """Workbooks whose second cell is at the end of the sheet, sent as pictures and papers."""
    parts = [("photos", "a.xlsx", far_cell())]
    return _at_once(8, lambda number: _post(site.port, "/home/report", {"body": "表格"}, parts))


ATTACKS: dict[str, Attack] = {
    "slow-4": slow(4),
    "slow-40": slow(40),
    "slow-400": slow(400),
    "heads-400": slow_heads(400),
    "large-8": large,
    "logins-50": logins,
    "tables-8": tables,
    "pictures-96": pictures,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.trials.siege")
    parser.add_argument("--only", default=",".join(ATTACKS))
    parser.add_argument("--port", type=int)
    parser.add_argument("--pid", type=int, help="web process of the site at that port")
    options = parser.parse_args()
    wanted = options.only.split(",")
    if options.port:
        return _besieged(Site(options.port, options.pid or os.getpid()), wanted)
    with running(made(""), web=1, threads=4) as processes:
        return _besieged(Site(processes.port, processes.web.pid), wanted)


def _besieged(site: Site, wanted: Sequence[str]) -> int:
    for _ in range(20):  # what is loaded at first use is no leak
        _get(site.port, "/home/report", timeout=10)
    _post(site.port, "/home/report", {"body": "路灯"}, [("photos", "a.jpg", photo())])
    before, good = memory(site.pid), True
    _say(f"memory before: {before:,.0f} MB")
    for name in wanted:
        watch, peak = Watch(site.port), [0.0]
        with watch.asking(), _measuring(site.pid, peak):
            started = time.monotonic()
            answers = ATTACKS[name](site)
            took = time.monotonic() - started
        worst = max(watch.seconds)
        good &= worst <= GOOD_SECONDS and not watch.failed
        told = ", ".join(f"{what} x{times}" for what, times in answers.most_common())
        _say(
            f"{name:<12} {took:5.1f} s  slowest /healthz {worst:6.2f} s of {len(watch.seconds)}"
            f"  failed {watch.failed}  memory {peak[0]:,.0f} MB  answers: {told}"
        )
    time.sleep(CALM_SECONDS)
    after = memory(site.pid)
    _say(f"memory after {CALM_SECONDS:.0f} s: {after:,.0f} MB ({after / before - 1:+.1%})")
    return 0 if good and after <= 1.1 * before else 1


@contextmanager
def _measuring(pid: int, peak: list[float]) -> Iterator[None]:
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.2):
            peak[0] = max(peak[0], memory(pid))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def memory(pid: int) -> float:
    """Resident memory of a process and its descendants; MB. Linux only."""
    pages = 0
    for one in (pid, *descendants(pid)):
        with suppress(OSError, IndexError):
            pages += int(Path(f"/proc/{one}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _at_once(count: int, do: Callable[[int], str]) -> Counter[str]:
    answers: Counter[str] = Counter()

    def work(number: int) -> None:
        answers[do(number)] += 1

    threads = [
        threading.Thread(target=work, args=(number,), daemon=True) for number in range(count)
    ]
    for thread in threads:
        thread.start()
    until = time.monotonic() + ATTACK_SECONDS
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    missing = sum(thread.is_alive() for thread in threads)
    if missing:
        answers["no answer"] += missing
    return answers


def _sent(port: int, data: bytes) -> socket.socket | None:
    with suppress(OSError):
        connection = socket.create_connection(("127.0.0.1", port), 10)
        connection.sendall(data)
        return connection
    return None


def _status_of(connection: socket.socket | None, *, seconds: float = 0.05) -> str:
    if connection is None:
        return "not connected"
    with connection:
        connection.settimeout(seconds)
        try:
            received = connection.recv(200)
        except TimeoutError:
            return "still open"
        except OSError:
            return "reset"
    return received[9:12].decode("ascii", "replace") if received else "closed"


def _get(port: int, path: str, *, timeout: float) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _post(
    port: int, path: str, fields: dict[str, str], files: Sequence[tuple[str, str, bytes]] = ()
) -> str:
    """Get the form, fill it in and send it; the status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2 * ATTACK_SECONDS)
    try:
        connection.request("GET", path)
        page = connection.getresponse()
        text = page.read().decode()
        cookie = (page.getheader("Set-Cookie") or "").partition(";")[0]
        found = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', text)
        given = {**fields, "csrfmiddlewaretoken": found[1] if found else ""}
        headers = {
            "Cookie": cookie,
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        }
        connection.request("POST", path, body=_parts(given, files), headers=headers)
        return str(connection.getresponse().status)
    except (OSError, http.client.HTTPException) as problem:
        return type(problem).__name__
    finally:
        connection.close()


def _parts(fields: dict[str, str], files: Sequence[tuple[str, str, bytes]]) -> bytes:
    out = b""
    for name, value in fields.items():
        out += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        out += value.encode() + b"\r\n"
    for name, file, data in files:
        out += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; '.encode()
        out += f'filename="{file}"\r\nContent-Type: image/jpeg\r\n\r\n'.encode() + data + b"\r\n"
    return out + f"--{BOUNDARY}--\r\n".encode()


def _large(port: int, path: str) -> str:
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {LARGE}\r\n"
    head += f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n"
    connection = _sent(port, head.encode())
    if connection is None:
        return "not connected"
    part, left = bytes(1 << 20), LARGE
    with suppress(OSError):
        connection.settimeout(ATTACK_SECONDS)
        while left > 0:
            connection.sendall(part)
            left -= len(part)
            connection.setblocking(False)
            with suppress(BlockingIOError):
                connection.recv(1, socket.MSG_PEEK)
                break  # an answer is there already
            connection.settimeout(ATTACK_SECONDS)
    return _status_of(connection, seconds=ATTACK_SECONDS)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
