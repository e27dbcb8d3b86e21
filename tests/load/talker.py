"""A client that costs little: one keep-alive connection, requests as bytes, only the length of an answer is parsed.

Standard clients cost as much CPU as the server does, and on a machine of two cores that would be measured too.
"""

from __future__ import annotations

import json
import socket
from types import TracebackType
from typing import Any

TIMEOUT_SECONDS = 30.0


class Gone(OSError):
    """The server closed the connection before it had answered."""


class Talker:
    """One connection to a site on loopback; connects anew after a failure."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def get(self, path: str, key: str) -> tuple[int, Any]:
        return self.ask("GET", path, key)

    def post(self, path: str, key: str, words: dict[str, Any]) -> tuple[int, Any]:
        return self.ask("POST", path, key, json.dumps(words).encode())

    def ask(self, method: str, path: str, key: str, body: bytes = b"") -> tuple[int, Any]:
        """(status, parsed JSON). Raises OSError when the server is not there or goes away."""
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
        if body:
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        try:
            connection = self._connected()
            connection.sendall(head.encode() + b"\r\n" + body)
            status, answer = _read(connection)
        except OSError:
            self.close()
            raise
        return status, json.loads(answer) if answer[:1] in (b"{", b"[") else answer

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def __enter__(self) -> Talker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def _connected(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), TIMEOUT_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket


def _read(connection: socket.socket) -> tuple[int, bytes]:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
    while len(body) < length:
        body += _more(connection)
    return int(lines[0].split(b" ", 2)[1]), body


def _more(connection: socket.socket) -> bytes:
    received = connection.recv(65_536)
    if not received:
        raise Gone("the connection was closed")
    return received
